#pragma once

// POST /auth/logout: closes what was presented, whatever it is, and always succeeds.

#include "modules/identity/deps.hpp"
#include "platform/http/routes.hpp"

namespace taama::identity {

struct LogoutIn {
    std::optional<json::Secret<1, 100>> refresh_token;
    std::optional<bool> all;
};
BOOST_DESCRIBE_STRUCT(LogoutIn, (), (refresh_token, all))

Task<http::NoContent> logout(const Deps& deps, pg::Tx& tx, http::Context& context, http::Public,
                             http::Body<LogoutIn> body);

}  // namespace taama::identity
