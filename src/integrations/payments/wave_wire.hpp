#pragma once

// Wave's wire forms as pure functions: signatures, sessions, webhook bodies, error words.

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "modules/payments/payment_provider.hpp"
#include "platform/json/node.hpp"

namespace taama::payments::wave {

// Lower-case hex of HMAC-SHA256(secret, t ‖ body), without anything between the two. Signs webhooks
// and, with another secret, our requests (body empty: the time alone).
std::string signature_of(std::string_view secret, std::int64_t unix_seconds, std::string_view body);
// "t=<unix>,v1=<hex>"
std::string signature_header(std::string_view secret, std::int64_t unix_seconds,
                             std::string_view body);

enum class Signature { valid, invalid, stale };
// Any of the header's v1 under any of the secrets makes it valid (rotation). A time more than
// `tolerance` away from `now` is stale, judged only when the signature itself is right.
Signature check_signature(std::string_view header, std::string_view body,
                          std::span<const std::string> secrets, UtcTime now, Seconds tolerance);

// One session of the checkout, as far as we read it.
struct Session {
    std::string id;  // "cos-…"
    std::string client_reference;
    std::optional<std::int64_t> amount_minor;  // empty: a currency that we cannot scale
    std::string currency;
    std::string checkout_status;
    std::string payment_status;
    std::string transaction_id;
    std::string error_code;  // of last_payment_error
    std::string error_message;
    std::string launch_url;
    std::optional<UtcTime> expires_at;
};

// Empty when a required part is missing or has another form. Amounts are read as exact decimal
// text.
std::optional<Session> read_session(const json::Node& node);
// Several sessions may carry one reference, for it is not unique there: what was paid counts before
// what can be paid, and that before what is over.
const Session* most_telling(std::span<const Session> sessions);
std::optional<std::vector<Session>> read_search(std::string_view body);

bool is_open(const Session& session);
Status to_status(const Session& session);
Started to_started(const Session& session);

// What an error body says: `code`/`message`, or in older forms `error_code`/`error_message`.
struct Complaint {
    std::string code;
    std::string message;

    std::string text() const { return message.empty() ? code : code + ": " + message; }
};
Complaint read_complaint(std::string_view body);
FailureCode to_failure(std::string_view error_code);

// The event of an authentic body. The error says what cannot be read.
std::expected<ProviderEvent, std::string> read_event(std::string_view body);
inline constexpr std::string_view test_event_type = "test.test_event";

// The body of POST /v1/checkout/sessions.
std::string checkout_body(const Intent& intent);

}  // namespace taama::payments::wave
