#pragma once

// The port behind which the edge learns who calls. The identity module implements it.

#include <expected>

#include "platform/errors.hpp"
#include "platform/http/message.hpp"
#include "platform/task.hpp"

namespace taama::http {

class Authenticator {
public:
    virtual ~Authenticator() = default;

    // A bearer token, without I/O.
    virtual std::expected<Caller, Refusal> bearer(std::string_view token, UtcTime now) const = 0;
    // The value of the session cookie: one statement.
    virtual Task<std::expected<Caller, Refusal>> cookie(std::string_view value, UtcTime now) = 0;
    // The X-CSRF-Token that belongs to this session, compared in constant time.
    virtual bool csrf_matches(const Caller& caller, std::string_view token) const = 0;

    static constexpr std::string_view cookie_name = "taama_session";
};

}  // namespace taama::http
