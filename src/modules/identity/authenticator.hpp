#pragma once

// Who calls: access tokens without I/O, session cookies with one statement.

#include "modules/identity/deps.hpp"
#include "platform/http/authenticator.hpp"

namespace taama::identity {

class Authenticator final : public http::Authenticator {
public:
    // One per thread, like the Deps.
    explicit Authenticator(const Deps& deps) : deps_(deps) {}

    std::expected<http::Caller, Refusal> bearer(std::string_view token, UtcTime now) const override;
    Task<std::expected<http::Caller, Refusal>> cookie(std::string_view value, UtcTime now) override;
    bool csrf_matches(const http::Caller& caller, std::string_view token) const override;

private:
    const Deps& deps_;
};

}  // namespace taama::identity
