// The database is lost for good, and then the server is told to stop: it drains and ends as always.

#include <gtest/gtest.h>
#include <signal.h>

#include "app/database/cluster.hpp"
#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;

// What draining, jobs and housekeeping may take together, each within its own patience.
constexpr auto stop_patience = 60s;

// A cluster that nobody supervises, as another machine's would be.
class ExternalDatabase {
public:
    ExternalDatabase() { cluster_.start(); }
    ~ExternalDatabase() {
        tell(SIGCONT);
        cluster_.remove();
    }
    ExternalDatabase(const ExternalDatabase&) = delete;

    std::string url() const { return cluster_.url(); }
    void kill() {
        auto postgres = cluster_.find_server();
        ASSERT_TRUE(postgres);
        postgres->signal(SIGKILL);
        ASSERT_TRUE(postgres->ended(10s));
    }
    // It keeps its connections and answers nothing more.
    void freeze() { tell(SIGSTOP); }

private:
    void tell(int number) {
        const auto postgres = cluster_.find_server();
        if (!postgres) return;
        // Each backend has a process group of its own, so that they are asked for one by one.
        for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
            const auto id = std::atoi(entry.path().filename().c_str());
            if (id <= 0) continue;
            if (id == postgres->id() || parent_of(id) == postgres->id()) ::kill(id, number);
        }
    }
    // The fourth field of /proc/<id>/stat, after the name in parentheses.
    static pid_t parent_of(pid_t id) {
        const std::string stat = read_file("/proc/" + std::to_string(id) + "/stat");
        const auto name_end = stat.rfind(") ");
        return name_end == std::string::npos ? 0 : std::atoi(stat.c_str() + name_end + 4);
    }

    TemporaryDirectory directory_;
    app::Cluster cluster_{{.data_directory = directory_.path(), .fast = true}};
};

ServerOptions served_by(const ExternalDatabase& database) {
    ServerOptions options;
    options.environment = {{"TAAMA_DATABASE_URL", database.url()}};
    options.errors_in_log = true;
    return options;
}

// Its dispatcher has delivered something, so that it holds the lease which it gives back at the
// end.
void make_news(const ExternalDatabase& database) {
    Sql sql{database.url()};
    sql.query(
        "insert into platform.outbox (id, name, payload, at, next_attempt_at)"
        " values (gen_random_uuid(), 'test.news', '{}', now(), now())");
    eventually("the dispatcher holds its lease", 30s, [&] {
        return sql.number("select count(*) from platform.leases where held_until > now()") == 1;
    });
}

TEST(DatabaseGone, KilledForGoodTheServerStillEndsWith0) {
    ExternalDatabase database;
    ServerProcess server{served_by(database)};
    make_news(database);
    database.kill();
    auto http = server.unchecked_client();
    EXPECT_EQ(http.get("/api/v1/trips/0199a1b2-0000-7000-8000-000000000001").status, 503);
    server.signal(SIGTERM);
    EXPECT_EQ(server.wait(stop_patience), 0) << server.log();
}

TEST(DatabaseGone, FrozenTheServerStillEndsWith0) {
    ExternalDatabase database;
    ServerProcess server{served_by(database)};
    make_news(database);
    database.freeze();
    server.signal(SIGTERM);
    EXPECT_EQ(server.wait(stop_patience), 0) << server.log();
}

}  // namespace
}  // namespace taama::test
