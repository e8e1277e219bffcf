#pragma once

// Commands that work on the database while the server may or may not run.

#include <string>

#include "platform/config/config.hpp"

namespace taama::app {

struct LedgerCheckOptions {
    bool full = false;
    bool json = false;
};
// 0: all invariants hold, 1: a violation, 2: could not run.
int check_ledger(const config::Config& config, const LedgerCheckOptions& options);

int print_openapi(const config::Config& config);

struct NewStaff {
    std::string username;
    std::string role;
    std::string full_name;
    std::string email;
    std::string password;  // empty: one is made and printed once
};
int create_staff(const config::Config& config, const NewStaff& person);

}  // namespace taama::app
