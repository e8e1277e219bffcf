#include "app/database/cluster.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <fstream>
#include <memory>
#include <mutex>

#include "app/database/cluster_supervisor.hpp"

namespace taama::app {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// One statement on a connection of its own; empty when it cannot be run.
std::optional<std::string> ask(const Cluster& cluster, const char* sql) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{
        PQconnectdb(cluster.url().c_str()), &PQfinish};
    const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQexec(connection.get(), sql),
                                                               &PQclear};
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) return "";
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) return std::nullopt;
    return PQgetvalue(result.get(), 0, 0);
}

// A cluster of this test alone, fully durable, gone with the test.
class ClusterTest : public ::testing::Test {
protected:
    ClusterTest() {
        std::string name = fs::temp_directory_path() / "taama-cluster-XXXXXX";
        if (!mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
        chmod(name.c_str(), 0755);
        directory_ = name;
        cluster_.emplace(ClusterOptions{.data_directory = directory_});
    }
    ~ClusterTest() override {
        cluster_->remove();
        fs::remove_all(directory_);
    }

    void kill_server() {
        auto server = cluster_->find_server();
        ASSERT_TRUE(server);
        server->signal(SIGKILL);
        ASSERT_TRUE(server->ended(5s));
    }

    fs::path directory_;
    std::optional<Cluster> cluster_;
};

TEST_F(ClusterTest, StartsStopsAndStartsAgain) {
    EXPECT_FALSE(cluster_->find_server());
    EXPECT_EQ(cluster_->stop(), ClusterStop::was_not_running);
    EXPECT_EQ(cluster_->start(), ClusterStart::started);
    EXPECT_EQ(ask(*cluster_, "create table kept as select 1 as one"), "");
    EXPECT_EQ(cluster_->start(), ClusterStart::already_running);
    EXPECT_EQ(cluster_->stop(), ClusterStop::stopped);
    EXPECT_FALSE(cluster_->find_server());
    EXPECT_EQ(cluster_->start(), ClusterStart::started);
    EXPECT_EQ(ask(*cluster_, "select one from kept"), "1");
}

TEST_F(ClusterTest, IsDurablePrivateAndUtf8) {
    cluster_->start();
    for (const char* setting : {"fsync", "full_page_writes", "synchronous_commit"})
        EXPECT_EQ(ask(*cluster_, fmt::format("show {}", setting).c_str()), "on") << setting;
    EXPECT_EQ(ask(*cluster_, "show listen_addresses"), "");
    EXPECT_EQ(ask(*cluster_, "show data_checksums"), "on");
    EXPECT_EQ(ask(*cluster_,
                  "select pg_encoding_to_char(encoding) || ' ' || datcollate "
                  "from pg_database where datname = 'taama'"),
              "UTF8 C.UTF-8");
    const auto mode = fs::status(cluster_->layout().sockets).permissions();
    EXPECT_EQ(mode, fs::perms::owner_all);
}

TEST_F(ClusterTest, RecoversFromKillAndKeepsWhatWasCommitted) {
    cluster_->start();
    ASSERT_EQ(ask(*cluster_, "create table kept as select 42 as n"), "");
    kill_server();
    EXPECT_EQ(cluster_->start(), ClusterStart::started);
    EXPECT_EQ(ask(*cluster_, "select n from kept"), "42");
}

// After a reboot another process may have the number in postmaster.pid; PostgreSQL alone would
// then refuse to start.
TEST_F(ClusterTest, StartsWhenItsOldProcessIdBelongsToAnotherProcess) {
    cluster_->start();
    kill_server();
    for (const fs::path& file : {cluster_->layout().cluster / "postmaster.pid",
                                 cluster_->layout().sockets / ".s.PGSQL.5432.lock"})
        std::ofstream{file} << getppid() << "\n";
    EXPECT_FALSE(cluster_->find_server());
    EXPECT_EQ(cluster_->start(), ClusterStart::started);
    EXPECT_EQ(ask(*cluster_, "select 1"), "1");
}

TEST_F(ClusterTest, AnUnfinishedClusterIsMadeAnew) {
    fs::create_directories(directory_ / "postgres.unfinished" / "base");
    EXPECT_EQ(cluster_->start(), ClusterStart::started);
    EXPECT_FALSE(fs::exists(directory_ / "postgres.unfinished"));
}

TEST_F(ClusterTest, TheLastProgramStopsTheServer) {
    Cluster second{{.data_directory = directory_}};
    cluster_->start();
    EXPECT_EQ(second.start(), ClusterStart::already_running);
    EXPECT_EQ(cluster_->stop(), ClusterStop::in_use);
    EXPECT_EQ(ask(second, "select 1"), "1");
    EXPECT_EQ(second.stop(), ClusterStop::stopped);
}

TEST_F(ClusterTest, TheSupervisorStartsAKilledServerAgain) {
    cluster_->start();
    std::mutex mutex;
    std::condition_variable changed;
    int returns = 0;
    const ClusterSupervisor supervisor{*cluster_, [&](std::string_view what) {
                                           const std::scoped_lock lock{mutex};
                                           if (what == "PostgreSQL is back") ++returns;
                                           changed.notify_all();
                                       }};
    for (int round = 1; round <= 3; ++round) {
        kill_server();
        std::unique_lock lock{mutex};
        ASSERT_TRUE(changed.wait_for(lock, 10s, [&] { return returns == round; }));
        EXPECT_EQ(ask(*cluster_, "select 1"), "1");
    }
}

}  // namespace

}  // namespace taama::app
