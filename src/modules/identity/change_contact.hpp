#pragma once

// A proved new phone or e-mail becomes the account's.

#include "modules/identity/sign_in.hpp"

namespace taama::identity {

struct ContactChange {
    AccountId account;
    Destination contact;
    SessionId session;  // stays open
};
// Throws already_exists when the contact is another's by now.
Task<void> change_contact(const Deps& deps, pg::Tx& tx, const http::Context& context,
                          ContactChange change);

}  // namespace taama::identity
