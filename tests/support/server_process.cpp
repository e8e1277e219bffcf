#include "tests/support/server_process.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <boost/json/parse.hpp>

#include <iostream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "app/database/cluster.hpp"

namespace taama::test {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

namespace {

// Generous: the sanitizers' builds are ten times slower.
constexpr auto start_patience = 60s;
constexpr auto stop_patience = 30s;
constexpr auto command_patience = 120s;

std::string end_of(const std::string& text) {
    constexpr std::size_t shown = 6000;
    return text.size() <= shown ? text : "…" + text.substr(text.size() - shown);
}

}  // namespace

Settings lifted_limits() {
    Settings settings{{"otp.sends_per_ip_hour", "1000"}, {"auth.mfa_required_roles", "[]"}};
    for (const char* name : {"anonymous", "user", "staff", "login", "auth", "otp_send", "refresh",
                             "search", "upload", "booking", "messages", "payments_init", "location",
                             "webhook", "ws_connect", "ws_message"})
        settings.emplace_back("ratelimit." + std::string{name}, "1000000");
    return settings;
}

ServerProcess::ServerProcess(ServerOptions options)
    : options_(std::move(options)), log_path_(directory_.path() / "server.log") {
    find_database();
    start();
    if (is_worker()) return;
    auto plain = unchecked_client();
    const Response document = plain.get("/api/v1/openapi.json");
    if (document.status != 200) throw std::runtime_error("openapi.json: " + document.brief());
    validator_ = std::make_unique<OpenApiValidator>(document.json);
}

void ServerProcess::find_database() {
    if (options_.beside != nullptr) {
        database_url_ = options_.beside->database_url();
        std::filesystem::copy_file(options_.beside->data_directory() / "secrets.toml",
                                   directory_.path() / "secrets.toml");
    } else if (options_.own_cluster) {
        database_url_ = app::Cluster{{.data_directory = directory_.path()}}.url();
        start();
        write_settings();
        stop();
    } else {
        database_ = std::make_unique<TestDatabase>();
        database_url_ = database_->url();
        write_settings();
    }
}

ServerProcess::~ServerProcess() {
    if (child_) stop();
    if (!options_.own_cluster) return;
    try {
        app::Cluster{{.data_directory = directory_.path()}}.remove();
    } catch (const std::exception& error) {
        ADD_FAILURE() << "the cluster stays behind: " << error.what();
    }
}

std::map<std::string, std::string> ServerProcess::environment() const {
    std::map<std::string, std::string> all{
        {"TAAMA_DATA_DIR", directory_.path().string()},
        {"TAAMA_DEV", "true"},
        // Tokens name their issuer; the port changes with every start.
        {"TAAMA_PUBLIC_URL", "http://taama.test"},
        {"TAAMA_DEMO", "false"},
        {"WAVE_API_KEY", "wave_ci_test_key"},
        {"WAVE_WEBHOOK_SECRET", webhook_secret},
    };
    if (!options_.own_cluster) {
        all["TAAMA_DATABASE_URL"] = database_url_;
        // The tests' cluster flushes nothing; the program's own one does.
        all["TAAMA_DATABASE_UNSAFE"] = "true";
    }
    for (const auto& [name, value] : options_.environment) all[name] = value;
    return all;
}

std::chrono::milliseconds ServerProcess::start() {
    std::filesystem::remove(directory_.path() / "server.json");
    const auto begin = SteadyClock::now();
    std::vector<std::string> arguments = options_.command;
    if (!is_worker()) arguments.insert(arguments.end(), {"--port", "0"});
    child_ = std::make_unique<ChildProcess>(Launch{.program = TAAMA_PROGRAM,
                                                   .arguments = std::move(arguments),
                                                   .environment = environment(),
                                                   .output = log_path_});
    if (!is_worker()) read_server_file();
    return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - begin);
}

void ServerProcess::read_server_file() {
    const auto deadline = SteadyClock::now() + start_patience;
    const auto path = directory_.path() / "server.json";
    while (SteadyClock::now() < deadline && !child_->exit_code()) {
        boost::system::error_code incomplete;
        const auto file = boost::json::parse(read_file(path), incomplete);
        if (!incomplete && file.at("pid").to_number<pid_t>() == child_->id()) {
            endpoint_.port = file.at("port").to_number<std::uint16_t>();
            endpoint_.tls = options_.environment.contains("TAAMA_TLS_CERTIFICATE");
            return;
        }
        std::this_thread::sleep_for(1ms);
    }
    throw std::runtime_error("the server did not start:\n" + end_of(log()));
}

void ServerProcess::signal(int number) { child_->signal(number); }

std::optional<int> ServerProcess::wait(std::chrono::milliseconds patience) {
    return child_->wait(patience);
}

void ServerProcess::stop() {
    child_->signal(SIGTERM);
    const auto code = child_->wait(stop_patience);
    if (!code)
        ADD_FAILURE() << "the server did not stop:\n" << end_of(log());
    else if (*code != 0)
        ADD_FAILURE() << "the server ended with " << *code << ":\n" << end_of(log());
    child_.reset();
    if (!options_.errors_in_log) report_errors_of_log();
    if (testing::UnitTest::GetInstance()->Failed()) show_log();
}

void ServerProcess::kill_hard() {
    child_->signal(SIGKILL);
    child_->wait(stop_patience);
    child_.reset();
}

// The lines that may say why a test failed.
void ServerProcess::show_log() const {
    std::istringstream lines{log()};
    std::string told;
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with('{') && !line.contains("\"level\":\"info\""))
            told += line.substr(0, 1000) + "\n";
    if (!told.empty()) std::cerr << "the server's log:\n" << end_of(told);
}

void ServerProcess::report_errors_of_log() const {
    std::istringstream lines{log()};
    for (std::string line; std::getline(lines, line);)
        if (line.contains("\"level\":\"error\""))
            ADD_FAILURE() << "logged: " << line.substr(0, 2000);
}

CommandResult ServerProcess::run(std::vector<std::string> arguments,
                                 const std::map<std::string, std::string>& more) const {
    TemporaryDirectory scratch;
    const auto output = scratch.path() / "output";
    std::map<std::string, std::string> variables = environment();
    variables.insert(more.begin(), more.end());
    ChildProcess command{{.program = TAAMA_PROGRAM,
                          .arguments = std::move(arguments),
                          .environment = std::move(variables),
                          .output = output}};
    const auto code = command.wait(command_patience);
    return {code.value_or(-1), read_file(output)};
}

void ServerProcess::expect_ledger_holds() const {
    const CommandResult result = run({"check-ledger", "--full"});
    EXPECT_EQ(result.exit_code, 0) << result.output;
}

void ServerProcess::write_settings() const {
    Sql sql{database_url_};
    for (const auto& [key, value] : options_.settings)
        sql.query(
            "insert into settings.values as v (key, value, version, updated_at)"
            " values ($1, $2::jsonb, 1, now())"
            " on conflict (key) do update set value = excluded.value, version = v.version + 1",
            {key, value});
}

// --- the shared one ------------------------------------------------------------------------------

namespace {

std::unique_ptr<ServerProcess>& shared() {
    static std::unique_ptr<ServerProcess> server;
    return server;
}

// Stops the server while failures still count.
class SharedServerEnd : public testing::Environment {
    void TearDown() override { shared().reset(); }
};
const auto* const shared_server_end = testing::AddGlobalTestEnvironment(new SharedServerEnd);

}  // namespace

ServerProcess& shared_server() {
    if (!shared() || !shared()->runs()) shared() = std::make_unique<ServerProcess>();
    return *shared();
}

}  // namespace taama::test
