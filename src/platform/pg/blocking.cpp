#include "platform/pg/blocking.hpp"

#include <libpq-fe.h>

#include <vector>

#include "platform/pg/db.hpp"

namespace taama::pg {

void BlockingConnection::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

void BlockingConnection::Clear::operator()(pg_result* result) const { PQclear(result); }

BlockingConnection::BlockingConnection(const std::string& url) {
    const char* names[] = {"dbname",          "application_name", "client_encoding",
                           "connect_timeout", "options",          nullptr};
    const char* values[] = {
        url.c_str(), "taama", "UTF8", "5", "-c TimeZone=UTC -c client_min_messages=warning",
        nullptr};
    connection_.reset(PQconnectdbParams(names, values, 1));
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        throw Unavailable(PQerrorMessage(connection_.get()));
    PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
}

BlockingConnection::Result BlockingConnection::run(std::string_view name, const char* sql,
                                                   std::initializer_list<std::string> parameters) {
    std::vector<const char*> values;
    for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
    Result result{PQexecParams(connection_.get(), sql, static_cast<int>(values.size()), nullptr,
                               values.data(), nullptr, nullptr, 0)};
    require_success(name, result.get());
    return result;
}

void BlockingConnection::run_script(std::string_view name, const std::string& script) {
    const Result result{PQexec(connection_.get(), script.c_str())};
    require_success(name, result.get());
}

void BlockingConnection::prepare(std::string_view name, std::string_view sql) {
    const Result result{PQprepare(connection_.get(), std::string{name}.c_str(),
                                  std::string{sql}.c_str(), 0, nullptr)};
    require_success(name, result.get());
}

void BlockingConnection::require_success(std::string_view name, const pg_result* result) {
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        throw Unavailable(PQerrorMessage(connection_.get()));
    const auto field = [&](int code) {
        const char* text = PQresultErrorField(result, code);
        return std::string{text != nullptr ? text : ""};
    };
    throw Error(std::string{name}, field(PG_DIAG_SQLSTATE), field(PG_DIAG_CONSTRAINT_NAME),
                field(PG_DIAG_MESSAGE_PRIMARY));
}

}  // namespace taama::pg
