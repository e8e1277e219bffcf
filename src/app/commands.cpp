#include "app/commands.hpp"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <csignal>
#include <fstream>
#include <iterator>

#include "app/database/database_command.hpp"
#include "app/database/local_database.hpp"
#include "app/errors_catalogue.hpp"
#include "app/migrations.hpp"
#include "app/offline.hpp"
#include "app/seed/seed.hpp"
#include "app/serve/serve.hpp"
#include "platform/config/config.hpp"
#include "platform/crypto/sodium_ready.hpp"
#include "platform/pg/sql.hpp"
#include "platform/telemetry/log.hpp"

namespace taama::app {

namespace {

// Options that every command takes.
struct Common {
    std::string config_file;
    std::string data_directory;
    bool dev = false;
};

config::Config configure(const Common& common) {
    config::Config config = config::load(common.config_file, config::process_environment());
    if (!common.data_directory.empty()) config.data_directory = common.data_directory;
    if (config.files_directory.empty()) config.files_directory = config.data_directory / "files";
    if (common.dev) config.dev_mode = config.demo = true;
    if (config.dev_mode) config::load_or_make_dev_secrets(config);
    if (const auto level = log::parse_level(config.log_level)) log::set_level(*level);
    return config;
}

int migrate(const config::Config& config) {
    const LocalDatabase database{config};
    const auto migrations = migrations_in_order();
    const auto done = pg::migrate(database.url(), migrations);
    for (const std::string& name : done) fmt::print("{}\n", name);
    fmt::print("schema is current ({} migrations, {} new)\n", migrations.size(), done.size());
    return 0;
}

int check_statements(const config::Config& config, const std::string& print) {
    if (!print.empty()) {
        for (const pg::Sql& statement : pg::all_statements())
            if (statement.name == print) {
                fmt::print("{}\n", statement.text);
                return 0;
            }
        fmt::print(stderr, "no statement {}\n", print);
        return 1;
    }
    const LocalDatabase database{config};
    pg::migrate(database.url(), migrations_in_order());
    const auto problems = pg::check_sql(database.url());
    for (const std::string& problem : problems) fmt::print("{}\n", problem);
    fmt::print("{} statements, {} refused\n", pg::all_statements().size(), problems.size());
    return problems.empty() ? 0 : 1;
}

int run(int argc, char** argv) {
    CLI::App app{"Taama: one server for carpooling, rides, deliveries, rental and fleets"};
    app.require_subcommand(1);
    app.fallthrough();
    Common common;
    app.add_option("--config", common.config_file,
                   "TOML file (default: TAAMA_CONFIG, ./taama.toml)");
    app.add_option("--data-dir", common.data_directory, "where data lives (default: var)");
    app.add_flag("--dev", common.dev, "dev mode: sandbox, demo data, made-up secrets");

    int exit_code = 0;
    const auto command = [&](const char* name, const char* help, auto action) {
        CLI::App* sub = app.add_subcommand(name, help);
        sub->callback([&exit_code, &common, action] { exit_code = action(configure(common)); });
        return sub;
    };

    static ServeOptions serve_options;
    CLI::App* serve_command = command("serve", "serve the API", [](config::Config config) {
        return serve(std::move(config), serve_options);
    });
    serve_command->add_option("--port", serve_options.port, "listen here (0: any free port)");
    serve_command->add_flag("--no-jobs", serve_options.no_jobs, "leave jobs to `taama worker`");
    serve_command->add_flag("--unsafe", serve_options.unsafe_database,
                            "serve money although the database may forget it");
    command("worker", "run jobs and events only", [](config::Config config) {
        serve_options.only_jobs = true;
        return serve(std::move(config), serve_options);
    });
    command("migrate", "bring the schema up to date",
            [](const config::Config& config) { return migrate(config); });
    command("seed", "load the demo data",
            [](const config::Config& config) { return seed(config); });

    static std::string print;
    command("check-sql", "prepare every statement against the schema",
            [](const config::Config& config) { return check_statements(config, print); })
        ->add_option("--print", print, "show one statement instead");
    static LedgerCheckOptions ledger_options;
    CLI::App* ledger =
        command("check-ledger", "recompute the books",
                [](const config::Config& config) { return check_ledger(config, ledger_options); });
    ledger->add_flag("--full", ledger_options.full,
                     "every row, not only those since the last good run");
    ledger->add_flag("--json", ledger_options.json, "findings as JSON");
    command("openapi", "print the OpenAPI document",
            [](const config::Config& config) { return print_openapi(config); });
    command("errors", "print the error catalogue (docs/errors.md)", [](const config::Config&) {
        fmt::print("{}", errors_markdown());
        return 0;
    });
    command("config", "print the effective configuration", [](const config::Config& config) {
        fmt::print("{}", config::to_toml(config));
        return 0;
    });

    CLI::App* staff = app.add_subcommand("staff", "the operator's people");
    staff->require_subcommand(1);
    static NewStaff person;
    CLI::App* create = staff->add_subcommand("create", "make a staff account");
    create->add_option("--username", person.username, "a-z 0-9 . _ -")->required();
    create->add_option("--role", person.role, "super, ops, support, finance, compliance, …")
        ->required();
    create->add_option("--name", person.full_name, "full name")->required();
    create->add_option("--email", person.email, "e-mail address");
    create->add_option("--password", person.password, "at least 8 characters (default: made up)")
        ->envname("TAAMA_STAFF_PASSWORD");
    create->callback([&] { exit_code = create_staff(configure(common), person); });

    static DatabaseCommand by_hand;
    CLI::App* database =
        command("database", "the private PostgreSQL",
                [](const config::Config& config) { return run_database_command(config, by_hand); });
    database->add_option("action", by_hand.action, "start, stop, status, url, remove or psql")
        ->required()
        ->check(CLI::IsMember({"start", "stop", "status", "url", "remove", "psql"}));
    database->add_option("arguments", by_hand.arguments, "of psql");
    database->add_flag("--fast", by_hand.fast, "for throw-away tests: nothing is flushed to disk");

    CLI11_PARSE(app, argc, argv);
    return exit_code;
}

}  // namespace

int run_command(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    if (!crypto::start_sodium()) {
        fmt::print(stderr, "taama: libsodium does not start\n");
        return 2;
    }
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "taama: {}\n", error.what());
        return 2;
    }
}

}  // namespace taama::app
