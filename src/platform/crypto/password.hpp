#pragma once

// Passwords: hashed with Argon2id (19 MiB, t = 2, p = 1). Every function burns about 20 ms and 19
// MiB; call them on the work pool, never on an event loop.

#include <string>
#include <string_view>

namespace taama::crypto {

// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
std::string hash_password(std::string_view password);

// True iff the password belongs to `stored`. Also reads what imported accounts bring: bcrypt ($2a$,
// $2b$, $2y$), `scrypt:N:r:p$salt$hex` and `pbkdf2:sha256:i$salt$hex` as Werkzeug writes them. An
// unreadable or absurdly expensive `stored` is never right.
bool verify_password(std::string_view stored, std::string_view password);

// The same work as verify_password, for when nobody was found: the time must not tell.
void verify_no_password(std::string_view password);

// Anything but Argon2id with today's parameters: to be hashed again at the next good login.
bool needs_rehash(std::string_view stored);

}  // namespace taama::crypto
