#pragma once

// A look into the database beside the server, over a connection of the tests' own.

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace taama::test {

class Sql {
public:
    explicit Sql(const std::string& url);  // throws std::runtime_error
    ~Sql();
    Sql(Sql&&) noexcept;

    using Row = std::vector<std::optional<std::string>>;
    // Values as PostgreSQL writes them. Throws std::runtime_error.
    std::vector<Row> query(const std::string& text, const std::vector<std::string>& values = {});
    // The one value of the one row.
    std::string value(const std::string& text, const std::vector<std::string>& values = {});
    long long number(const std::string& text, const std::vector<std::string>& values = {});

private:
    struct Connection;
    std::unique_ptr<Connection> connection_;
};

}  // namespace taama::test
