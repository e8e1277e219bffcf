#pragma once

// The built program, serving on a port of its own with a database of its own.

#include <boost/json/value.hpp>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/database.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/openapi_validator.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/websocket_client.hpp"

namespace taama::test {

class ServerProcess;

// Settings by key, as JSON text: {"otp.sends_per_ip_hour", "1000"}.
using Settings = std::vector<std::pair<std::string, std::string>>;

// What counts by address or person is lifted: a test is one machine that plays many people.
Settings lifted_limits();

struct ServerOptions {
    Settings settings = lifted_limits();
    std::map<std::string, std::string> environment{};
    // The program's own PostgreSQL cluster with full durability, instead of a database of the
    // tests' cluster.
    bool own_cluster = false;
    // Lines of level error are expected (the database is taken away, …).
    bool errors_in_log = false;
    // Another node of this one: its database and its secrets. It must outlive us.
    const ServerProcess* beside = nullptr;
    // What the node does: "serve" with options, or "worker", which listens on no port.
    std::vector<std::string> command{"serve"};
};

struct CommandResult {
    int exit_code = 0;
    std::string output;
};

class ServerProcess {
public:
    explicit ServerProcess(ServerOptions options = {});
    ~ServerProcess();  // stop(), when it still runs
    ServerProcess(const ServerProcess&) = delete;

    // Returns how long it took to listen; a worker is not waited for.
    std::chrono::milliseconds start();
    // SIGTERM; adds failures when it does not end with 0 in time or logged an error.
    void stop();
    void signal(int number);
    std::optional<int> wait(std::chrono::milliseconds patience);
    void kill_hard();  // SIGKILL, and waits for the end
    bool runs() { return child_ && !child_->exit_code(); }

    HttpClient client() const { return HttpClient{endpoint_, validator_.get()}; }
    // Without checks: for answers that are meant to be odd, and while the server dies.
    HttpClient unchecked_client() const { return HttpClient{endpoint_}; }
    WebSocketClient socket(const std::string& target, HeaderList headers = {}) const {
        return WebSocketClient{endpoint_, target, std::move(headers)};
    }
    const Endpoint& endpoint() const { return endpoint_; }
    const OpenApiValidator& validator() const { return *validator_; }
    const std::filesystem::path& data_directory() const { return directory_.path(); }
    const std::string& database_url() const { return database_url_; }
    Sql sql() const { return Sql{database_url_}; }
    std::string log() const { return read_file(log_path_); }

    // Another command of the program with the same configuration and database.
    CommandResult run(std::vector<std::string> arguments,
                      const std::map<std::string, std::string>& environment = {}) const;
    // `taama check-ledger --full`: adds a failure with its findings when an invariant does not
    // hold.
    void expect_ledger_holds() const;

    static constexpr const char* webhook_secret = "wave_ci_WHS_testsecret0000000000000";

private:
    bool is_worker() const { return options_.command.front() == "worker"; }
    void find_database();
    void write_settings() const;
    void read_server_file();
    std::map<std::string, std::string> environment() const;
    void report_errors_of_log() const;
    void show_log() const;

    ServerOptions options_;
    TemporaryDirectory directory_;
    std::filesystem::path log_path_;
    std::unique_ptr<TestDatabase> database_;
    std::string database_url_;
    std::unique_ptr<ChildProcess> child_;
    Endpoint endpoint_;
    std::unique_ptr<OpenApiValidator> validator_;
};

// The server that the tests of this process share; started at first use, stopped and checked at the
// end.
ServerProcess& shared_server();

}  // namespace taama::test
