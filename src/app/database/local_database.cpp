#include "app/database/local_database.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <stdexcept>

#include "app/database/durability.hpp"

namespace taama::app {

LocalDatabase::LocalDatabase(const config::Config& config) : url_(config.database.url) {
    if (!url_.empty()) return;
    cluster_ = std::make_unique<Cluster>(ClusterOptions{config.data_directory});
    const ClusterLayout& layout = cluster_->layout();
    if (!layout.moved_because.empty())
        fmt::print(stderr, "The database is in {}: {}.\n", layout.cluster.native(),
                   layout.moved_because);
    cluster_->start();
    url_ = cluster_->url();
}

LocalDatabase::~LocalDatabase() {
    supervisor_.reset();
    if (cluster_) cluster_->stop();
}

void LocalDatabase::supervise(ClusterSupervisor::Report report) {
    if (cluster_) supervisor_ = std::make_unique<ClusterSupervisor>(*cluster_, std::move(report));
}

namespace {

struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
};

std::string show(PGconn* connection, const char* statement) {
    const std::unique_ptr<PGresult, Finish> result{PQexec(connection, statement)};
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK)
        throw std::runtime_error{std::string{statement} + ": " + PQerrorMessage(connection)};
    return PQgetvalue(result.get(), 0, 0);
}

}  // namespace

void require_durability(const std::string& url) {
    const std::unique_ptr<PGconn, Finish> connection{PQconnectdb(url.c_str())};
    if (PQstatus(connection.get()) != CONNECTION_OK)
        throw std::runtime_error{PQerrorMessage(connection.get())};
    const std::string fsync = show(connection.get(), "show fsync");
    const std::string pages = show(connection.get(), "show full_page_writes");
    const std::string commit = show(connection.get(), "show synchronous_commit");
    std::string problems;
    for (const std::string& problem : durability_problems({fsync, pages, commit}))
        (problems += problems.empty() ? "" : ", ") += problem;
    if (!problems.empty())
        throw std::runtime_error{"this database may forget acknowledged payments (" + problems +
                                 "); --unsafe serves all the same"};
}

}  // namespace taama::app
