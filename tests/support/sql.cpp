#include "tests/support/sql.hpp"

#include <libpq-fe.h>

#include <stdexcept>

namespace taama::test {

struct Sql::Connection {
    PGconn* handle;
    explicit Connection(PGconn* opened) : handle(opened) {}
    ~Connection() { PQfinish(handle); }
};

Sql::Sql(const std::string& url)
    : connection_(std::make_unique<Connection>(PQconnectdb(url.c_str()))) {
    if (PQstatus(connection_->handle) != CONNECTION_OK)
        throw std::runtime_error(PQerrorMessage(connection_->handle));
}

Sql::~Sql() = default;
Sql::Sql(Sql&&) noexcept = default;

std::vector<Sql::Row> Sql::query(const std::string& text, const std::vector<std::string>& values) {
    std::vector<const char*> pointers;
    for (const std::string& value : values) pointers.push_back(value.c_str());
    const std::unique_ptr<PGresult, decltype(&PQclear)> result{
        PQexecParams(connection_->handle, text.c_str(), static_cast<int>(pointers.size()), nullptr,
                     pointers.data(), nullptr, nullptr, 0),
        &PQclear};
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        throw std::runtime_error(text + ": " + PQerrorMessage(connection_->handle));
    std::vector<Row> rows(static_cast<std::size_t>(PQntuples(result.get())));
    for (int r = 0; r < PQntuples(result.get()); ++r)
        for (int c = 0; c < PQnfields(result.get()); ++c)
            rows[static_cast<std::size_t>(r)].push_back(
                PQgetisnull(result.get(), r, c)
                    ? std::nullopt
                    : std::optional<std::string>{PQgetvalue(result.get(), r, c)});
    return rows;
}

std::string Sql::value(const std::string& text, const std::vector<std::string>& values) {
    const auto rows = query(text, values);
    if (rows.size() != 1 || rows[0].size() != 1 || !rows[0][0])
        throw std::runtime_error("not one value: " + text);
    return *rows[0][0];
}

long long Sql::number(const std::string& text, const std::vector<std::string>& values) {
    return std::stoll(value(text, values));
}

}  // namespace taama::test
