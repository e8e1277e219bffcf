#include "tests/support/database.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "app/migrations.hpp"
#include "platform/id.hpp"
#include "platform/pg/blocking.hpp"
#include "platform/pg/migrate.hpp"

namespace taama::test {

namespace {

// Held while the template is looked for and made.
constexpr const char* template_lock = "select pg_advisory_lock(7461616)";

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

// FNV-1a: names the template, guards nothing.
std::uint64_t hash(std::uint64_t seed, std::string_view text) {
    for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
    return seed;
}

std::string template_name(const std::vector<pg::Migration>& migrations) {
    std::uint64_t value = 14'695'981'039'346'656'037u;
    for (const pg::Migration& migration : migrations)
        value = hash(hash(hash(value, migration.module), migration.name), migration.sql);
    return fmt::format("taama_template_{:016x}", value);
}

void make_template(pg::BlockingConnection& admin, const std::string& name,
                   const std::vector<pg::Migration>& migrations) {
    const std::string draft = name + "_draft";
    admin.run_script("drop draft", "drop database if exists " + draft + " with (force)");
    admin.run_script("make draft", "create database " + draft);
    pg::migrate(cluster_url(draft), migrations);
    // The name appears only when the content is complete; nobody connects any more.
    admin.run_script("close draft", "alter database " + draft + " allow_connections false");
    admin.run_script("name template", "alter database " + draft + " rename to " + name);
}

const std::string& ready_template() {
    static const std::string name = [] {
        const std::vector<pg::Migration> migrations = app::migrations_in_order();
        const std::string wanted = template_name(migrations);
        pg::BlockingConnection admin{cluster_url()};
        admin.run_script("lock template", template_lock);
        const auto found =
            admin.run("find template", "select 1 from pg_database where datname = $1", {wanted});
        if (PQntuples(found.get()) == 0) make_template(admin, wanted, migrations);
        return wanted;
    }();
    return name;
}

}  // namespace

std::string cluster_url() {
    const char* url = std::getenv("TAAMA_TEST_DATABASE_URL");
    if (url == nullptr) throw std::runtime_error("TAAMA_TEST_DATABASE_URL is not set; use ./test");
    return url;
}

std::string cluster_url(const std::string& name) {
    char* problem = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parts(
        PQconninfoParse(cluster_url().c_str(), &problem), &PQconninfoFree);
    if (!parts) {
        const std::string text = problem != nullptr ? problem : "out of memory";
        PQfreemem(problem);
        throw std::runtime_error("TAAMA_TEST_DATABASE_URL: " + text);
    }
    std::string url = "postgresql:///" + name;
    char separator = '?';
    for (const PQconninfoOption* part = parts.get(); part->keyword != nullptr; ++part) {
        if (part->val == nullptr || std::string_view{part->keyword} == "dbname") continue;
        url += fmt::format("{}{}={}", separator, part->keyword, percent_encoded(part->val));
        separator = '&';
    }
    return url;
}

TestDatabase::TestDatabase() : name_("taama_test_" + Uuid::make().to_string()) {
    std::erase(name_, '-');
    url_ = cluster_url(name_);
    const std::string& source = ready_template();
    pg::BlockingConnection{cluster_url()}.run_script(
        "clone template", "create database " + name_ + " template " + source);
}

TestDatabase::~TestDatabase() {
    try {
        pg::BlockingConnection{cluster_url()}.run_script(
            "drop clone", "drop database if exists " + name_ + " with (force)");
    } catch (const std::exception& error) {
        fmt::print(stderr, "{} stays behind: {}\n", name_, error.what());
    }
}

pg::Options TestDatabase::options() const {
    return {
        .url = url_, .shared_connections = 1, .exclusive_connections = 6, .slow_connections = 1};
}

}  // namespace taama::test
