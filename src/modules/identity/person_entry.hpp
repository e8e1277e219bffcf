#pragma once

// A proved contact opens the account that it belongs to.

#include "modules/identity/account.hpp"
#include "modules/identity/sign_in.hpp"

namespace taama::identity {

struct PersonEntry {
    Account account;      // locked
    Destination contact;  // just proved
    std::optional<DeviceIn> device;
};
// Throws account_suspended, or recovery_required when nobody used the number for so long that its
// operator may have sold it to somebody else. Clears the password lock.
Task<UserTokens> enter(const Deps& deps, pg::Tx& tx, http::Context& context, PersonEntry entry);

// The guards of an account's identifiers.
std::vector<pg::Bytes> guard_keys(const Deps& deps, const Account& account);
pg::Bytes guard_key(const Deps& deps, std::string_view identifier);

bool is_dormant(const Deps& deps, const Account& account, UtcTime now);

}  // namespace taama::identity
