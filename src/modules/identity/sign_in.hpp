#pragma once

// A session with its tokens: what a good login, a right code and a refresh end in.

#include "modules/identity/deps.hpp"
#include "modules/identity/me_view.hpp"
#include "modules/identity/session.hpp"
#include "platform/http/message.hpp"

namespace taama::identity {

struct Tokens {
    std::string access_token;
    std::string token_type = "Bearer";
    std::int64_t expires_in = 0;
    std::string refresh_token;
    std::int64_t refresh_expires_in = 0;
    SessionId session_id;
    std::string csrf_token;
    bool is_new = false;
};
BOOST_DESCRIBE_STRUCT(Tokens, (),
                      (access_token, token_type, expires_in, refresh_token, refresh_expires_in,
                       session_id, csrf_token, is_new))

struct UserTokens : Tokens {
    MeView user;
};
BOOST_DESCRIBE_STRUCT(UserTokens, (Tokens), (user))

struct StaffTokens : Tokens {
    StaffView user;
};
BOOST_DESCRIBE_STRUCT(StaffTokens, (Tokens), (user))

struct SignIn {
    Subject subject;
    std::vector<std::string> roles;
    AuthMethod method = AuthMethod::password;
    std::optional<DeviceIn> device;
};
// Opens a session in the transaction and puts the session cookie into the answer.
Task<Tokens> open_session(const Deps& deps, pg::Tx& tx, http::Context& context, SignIn sign_in);

// The session just opened, as its holder sees it in the answer.
OwnSession new_session_view(const Deps& deps, const Tokens& tokens, UtcTime now);

// The same for a person, with the account's login time and view. `is_new` is passed on.
struct PersonSignIn {
    AccountId account;
    AuthMethod method = AuthMethod::password;
    std::optional<DeviceIn> device;
    bool is_new = false;
};
Task<UserTokens> sign_in_person(const Deps& deps, pg::Tx& tx, http::Context& context,
                                PersonSignIn sign_in);

// Successors of a session's tokens; the caller has marked the old refresh token used by
// `refresh_id`.
struct Renewal {
    SessionId session;
    Subject subject;
    std::vector<std::string> roles;
    Uuid refresh_id;
    UtcTime session_expires_at;
};
Tokens renew_session(const Deps& deps, pg::Tx& tx, http::Context& context, const Renewal& renewal);

void clear_cookie(const Deps& deps, http::Context& context);
std::optional<std::string> session_cookie(const http::Request& request);

// Sockets of these sessions close and their tokens die: on this node after the commit, on others by
// NOTIFY.
void announce_revoked(const Deps& deps, pg::Tx& tx, std::vector<SessionId> sessions);

std::vector<std::string> role_words(const std::vector<PersonRole>& roles);

}  // namespace taama::identity
