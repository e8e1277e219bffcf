#pragma once

// Plain libpq for start-up and commands, where waiting is all there is to do.

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

struct pg_conn;
struct pg_result;

namespace taama::pg {

class BlockingConnection {
public:
    explicit BlockingConnection(const std::string& url);  // throws Unavailable

    struct Clear {
        void operator()(pg_result* result) const;
    };
    using Result = std::unique_ptr<pg_result, Clear>;

    // Throw Error, with `name` as the statement.
    Result run(std::string_view name, const char* sql,
               std::initializer_list<std::string> parameters = {});
    void run_script(std::string_view name, const std::string& script);
    void prepare(std::string_view name, std::string_view sql);

private:
    struct Finish {
        void operator()(pg_conn* connection) const;
    };
    void require_success(std::string_view name, const pg_result* result);
    std::unique_ptr<pg_conn, Finish> connection_;
};

}  // namespace taama::pg
