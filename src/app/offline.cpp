#include "app/offline.hpp"

#include <fmt/format.h>

#include "app/database/local_database.hpp"
#include "app/worker.hpp"
#include "modules/identity/staff_accounts.hpp"
#include "modules/payments/payments.hpp"
#include "platform/crypto/random.hpp"
#include "platform/http/openapi.hpp"
#include "platform/loop_thread.hpp"

namespace taama::app {

namespace {

pg::Options options_of(const std::string& url) {
    pg::Options options;
    options.url = url;
    options.shared_connections = 1;
    options.exclusive_connections = 1;
    options.slow_connections = 1;
    return options;
}

// Runs one coroutine with a database of its own.
template <class F>
auto with_database(const std::string& url, F action) {
    LoopThread thread;
    std::unique_ptr<pg::Db> db;
    thread.call([&] { db = std::make_unique<pg::Db>(thread.io(), options_of(url)); });
    struct Close {
        LoopThread& thread;
        std::unique_ptr<pg::Db>& db;
        ~Close() {
            thread.call([this] { db->close(); });
            thread.join();
            db.reset();
        }
    } close{thread, db};
    thread.run([&] { return db->connect(); });
    return thread.run([&] { return action(*db); });
}

}  // namespace

int check_ledger(const config::Config& config, const LedgerCheckOptions& options) {
    const LocalDatabase database{config};
    const Clock clock;
    const auto scope = options.full ? ledger::CheckScope::full : ledger::CheckScope::incremental;
    const auto report = with_database(
        database.url(), [&](pg::Db& db) { return payments::check_ledger(db, clock, scope); });
    if (options.json) {
        fmt::print("{}\n", report.to_json());
    } else {
        for (const auto& finding : report.findings)
            fmt::print("{} {}: {}\n", finding.invariant, finding.subject, finding.text);
        fmt::print("{}\n", report.ok() ? "the books balance"
                                       : fmt::format("{} violations", report.findings.size()));
    }
    return report.ok() ? 0 : 1;
}

int print_openapi(const config::Config& config) {
    // The operations are the same whatever the database and the keys; none is asked.
    config::Config keyed = config;
    config::make_throwaway_secrets(keyed);
    Process process{keyed, "host=/nonexistent"};
    LoopThread thread;
    std::unique_ptr<Worker> worker;
    thread.call([&] { worker = std::make_unique<Worker>(thread.io(), process); });
    fmt::print("{}\n", boost::json::serialize(
                           http::openapi_document(worker->operations(), "Taama", api_version)));
    thread.call([&] { worker->close(); });
    thread.join();
    return 0;
}

int create_staff(const config::Config& config, const NewStaff& person) {
    identity::StaffIn staff{
        .username = person.username,
        .full_name = person.full_name,
        .email = person.email.empty() ? std::nullopt : std::optional{person.email},
        .password = person.password};
    if (!boost::describe::enum_from_string(person.role.c_str(), staff.role)) {
        fmt::print(stderr, "taama: no role {}\n", person.role);
        return 2;
    }
    const bool made_up = staff.password.empty();
    if (made_up) staff.password = crypto::random_token(12);
    const std::string password = staff.password;
    const LocalDatabase database{config};
    const Clock clock;
    WorkPool work_pool{1};
    try {
        with_database(database.url(), [&](pg::Db& db) {
            return identity::create_staff(db, work_pool, std::move(staff), clock.now());
        });
    } catch (const Refusal& refusal) {
        fmt::print(stderr, "taama: {} {}\n", refusal.code().en,
                   boost::json::serialize(refusal.details()));
        return 1;
    }
    fmt::print("{} ({}) can sign in", person.username, person.role);
    if (made_up) fmt::print(" with the password {}", password);
    fmt::print("\n");
    return 0;
}

}  // namespace taama::app
