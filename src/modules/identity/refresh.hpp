#pragma once

// POST /auth/token/refresh: the next pair of tokens of a session.

#include "modules/identity/sign_in.hpp"
#include "platform/http/routes.hpp"

namespace taama::identity {

struct RefreshIn {
    std::optional<json::Secret<1, 4096>> refresh_token;  // or the session cookie
};
BOOST_DESCRIBE_STRUCT(RefreshIn, (), (refresh_token))

Task<http::Ok<Tokens>> refresh_session(const Deps& deps, pg::Tx& tx, http::Context& context,
                                       http::Public, http::Body<RefreshIn> body);

}  // namespace taama::identity
