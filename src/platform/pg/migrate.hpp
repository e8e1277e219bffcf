#pragma once

// Forward-only migrations, one numbered series per module, run in the order that app/ lists.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace taama::pg {

struct Migration {
    std::string_view module;  // also the schema it owns
    int number;               // 1, 2, 3 …
    std::string_view name;    // "0001_accounts.sql"
    std::string_view sql;
};

// Brings the schema up to date under an advisory lock, so that two nodes may start at once. Each
// file runs in one transaction. A recorded migration whose text changed since is refused with its
// name. Blocking: for start-up and commands. Returns the names of what ran.
std::vector<std::string> migrate(const std::string& url, std::span<const Migration> migrations);

// True when nothing is left to run.
bool is_current(const std::string& url, std::span<const Migration> migrations);

// Prepares every statement of the program against the schema of `url`. Returns one line per
// statement that PostgreSQL refuses ("carpool.lock_trip: column t.x does not exist").
std::vector<std::string> check_sql(const std::string& url);

}  // namespace taama::pg
