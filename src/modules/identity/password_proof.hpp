#pragma once

// A password tried against an identifier, under the lockout. The one place where passwords are
// compared.

#include <optional>
#include <string>

#include "modules/identity/deps.hpp"
#include "modules/identity/session.hpp"

namespace taama::identity {

struct PasswordTrial {
    pg::Bytes guard;                 // of the identifier, existing or not
    std::optional<Subject> subject;  // nobody was found: the same work for nothing
    std::optional<std::string> hash;
    std::string password;
};
// Returns the hash to store instead of an old one, if any. Throws account_locked, or
// invalid_credentials with the failure counted and audited. A good one clears the guard only when
// the caller does (clear_login_guards).
Task<std::optional<std::string>> prove_password(const Deps& deps, const http::Context& context,
                                                PasswordTrial trial);

}  // namespace taama::identity
