#include "platform/pg/migrate.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <openssl/evp.h>

#include <set>
#include <stdexcept>

#include "platform/assert.hpp"
#include "platform/pg/blocking.hpp"
#include "platform/pg/db.hpp"
#include "platform/pg/sql.hpp"

namespace taama::pg {

namespace {

// Any number that no other advisory lock of the program uses: "taama".
constexpr std::string_view migration_lock = "499849981281";

constexpr const char* make_table = R"sql(
    create schema if not exists platform;
    create table if not exists platform.migrations (
        module text not null,
        number integer not null,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now(),
        primary key (module, number)
    ))sql";

std::string sha256_hex(std::string_view text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    ASSERT(EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) == 1);
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

std::string label(const Migration& migration) {
    return fmt::format("{}/{}", migration.module, migration.name);
}

bool has_table(BlockingConnection& db) {
    const auto found =
        db.run("migrate.has_table", "select to_regclass('platform.migrations') is not null");
    return std::string_view{PQgetvalue(found.get(), 0, 0)} == "t";
}

// True when it was applied before; throws when its text is another one now.
bool is_applied(BlockingConnection& db, const Migration& migration) {
    const auto found = db.run("migrate.find", R"sql(
        select checksum from platform.migrations where module = $1 and number = $2::integer)sql",
                              {std::string{migration.module}, std::to_string(migration.number)});
    if (PQntuples(found.get()) == 0) return false;
    if (PQgetvalue(found.get(), 0, 0) != sha256_hex(migration.sql))
        throw std::runtime_error(
            fmt::format("migration {} was applied with another text", label(migration)));
    return true;
}

void apply(BlockingConnection& db, const Migration& migration) {
    const std::string name = label(migration);
    db.run(name, "begin");
    try {
        db.run_script(name, fmt::format("create schema if not exists {}", migration.module));
        db.run_script(name, std::string{migration.sql});
        db.run(name, R"sql(
            insert into platform.migrations (module, number, name, checksum)
            values ($1, $2::integer, $3, $4))sql",
               {std::string{migration.module}, std::to_string(migration.number),
                std::string{migration.name}, sha256_hex(migration.sql)});
        db.run(name, "commit");
    } catch (const Error&) {
        db.run(name, "rollback");
        throw;
    }
}

}  // namespace

std::vector<std::string> migrate(const std::string& url, std::span<const Migration> migrations) {
    BlockingConnection db{url};
    // Held until the connection closes.
    db.run("migrate.lock", "select pg_advisory_lock($1::bigint)", {std::string{migration_lock}});
    db.run_script("migrate.make_table", make_table);
    std::vector<std::string> applied;
    for (const Migration& migration : migrations) {
        if (is_applied(db, migration)) continue;
        apply(db, migration);
        applied.push_back(label(migration));
    }
    return applied;
}

bool is_current(const std::string& url, std::span<const Migration> migrations) {
    BlockingConnection db{url};
    if (!has_table(db)) return migrations.empty();
    for (const Migration& migration : migrations) {
        if (!is_applied(db, migration)) return false;
    }
    return true;
}

std::vector<std::string> check_sql(const std::string& url) {
    BlockingConnection db{url};
    std::vector<std::string> problems;
    std::set<std::string_view> names;
    for (const Sql& sql : all_statements()) {
        if (!names.insert(sql.name).second) {
            problems.push_back(fmt::format("{}: two statements have this name", sql.name));
            continue;
        }
        try {
            db.prepare(sql.name, sql.text);
        } catch (const Error& error) {
            problems.emplace_back(error.what());
        }
    }
    return problems;
}

}  // namespace taama::pg
