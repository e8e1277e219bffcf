#pragma once

// A statement of the program: a named constant, written above the one function that runs it.

#include <chrono>
#include <functional>
#include <span>
#include <string_view>

namespace taama::pg {

// Only a literal compiles, so SQL assembled at run time does not exist. The name is that of the
// prepared statement and the one that metrics, logs and check-sql use.
struct Sql {
    std::string_view name;
    std::string_view text;

    consteval Sql(const char* statement_name, const char* statement_text)
        : name(statement_name), text(statement_text) {}
};

// A lock that a row gives until the end of the transaction. Both statements take an array of keys:
// `wait` waits for each; `skip` takes those that are free, and says in a column `place` which keys
// of the array these are (from 1).
struct Lock {
    Sql wait;
    Sql skip;
};

// Told of each answer: the name of the last statement of what went together, and the time since it
// was sent.
using AnswerWatcher =
    std::function<void(std::string_view statement, std::chrono::duration<double> took)>;

// Every statement that is marked PG_STATEMENT, in link order: what `taama check-sql` prepares.
std::span<const Sql> all_statements();

}  // namespace taama::pg

// Puts the constant into a section of its own, which is the list of all statements: complete by
// construction, without registration at start-up. AddressSanitizer must not pad the entries.
#define PG_STATEMENT [[gnu::section("taama_sql"), gnu::used, clang::no_sanitize("address")]]
