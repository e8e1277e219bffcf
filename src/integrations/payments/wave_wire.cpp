#include "integrations/payments/wave_wire.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "platform/crypto/hash.hpp"

namespace taama::payments::wave {

namespace {

constexpr std::size_t signatures_max = 8;  // two while a secret rotates; more is an attack

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

struct SignatureHeader {
    std::string_view time;
    std::vector<std::string_view> signatures;
};

std::optional<SignatureHeader> read_signature_header(std::string_view header) {
    SignatureHeader read;
    while (!header.empty()) {
        const auto comma = std::min(header.find(','), header.size());
        const std::string_view part = trimmed(header.substr(0, comma));
        header.remove_prefix(std::min(comma + 1, header.size()));
        if (part.starts_with("t=")) {
            if (!read.time.empty()) return std::nullopt;
            read.time = part.substr(2);
        } else if (part.starts_with("v1=")) {
            if (read.signatures.size() == signatures_max) return std::nullopt;
            read.signatures.push_back(part.substr(3));
        }
    }
    if (read.time.empty() || read.signatures.empty()) return std::nullopt;
    return read;
}

// Digits alone, as many as fit: neither sign nor space.
std::optional<std::int64_t> read_whole(std::string_view digits) {
    constexpr std::size_t digits_max = 15;
    if (digits.empty() || digits.size() > digits_max) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits[0] == '-') {
        return std::nullopt;
    }
    return value;
}

// "1500" or "15.00": decimal, strictly positive, no leading zero. The outer optional is empty for
// any other form; the inner one for a currency whose decimals we do not know.
std::optional<std::optional<std::int64_t>> read_amount(std::string_view text,
                                                       std::string_view currency) {
    constexpr std::size_t length_max = 15;
    if (text.empty() || text.size() > length_max ||
        text.find_first_not_of("0123456789.") != std::string_view::npos || text[0] == '.' ||
        (text[0] == '0' && !text.starts_with("0."))) {
        return std::nullopt;
    }
    const auto known = parse_currency(currency);
    if (!known) return std::optional<std::int64_t>{};
    const auto money = Money::parse(text, *known);
    if (!money || money->minor <= 0) return std::nullopt;
    return std::optional{money->minor};
}

// A member's text; empty when it is absent or null, no value when it is anything else.
std::optional<std::string> text_member(const json::Node& object, std::string_view name) {
    const json::Node* member = object.find(name);
    if (member == nullptr || member->type == json::Node::Type::null) return std::string{};
    if (member->type != json::Node::Type::string) return std::nullopt;
    return member->text;
}

std::string text_or_empty(const json::Node& object, std::string_view name) {
    return text_member(object, name).value_or("");
}

bool is_object(const json::Node* node) {
    return node != nullptr && node->type == json::Node::Type::object;
}

int rank(const Session& session) {
    switch (to_status(session).state) {
        case ProviderState::paid: return 3;
        case ProviderState::init: return is_open(session) ? 2 : 1;
        default: return 0;
    }
}

boost::json::object redacted(std::string_view id, std::string_view type, const Session* session) {
    boost::json::object body{{"id", id}, {"type", type}};
    if (session != nullptr) {
        body["data"] = boost::json::object{{"id", session->id},
                                           {"client_reference", session->client_reference},
                                           {"currency", session->currency},
                                           {"checkout_status", session->checkout_status},
                                           {"payment_status", session->payment_status},
                                           {"transaction_id", session->transaction_id},
                                           {"error_code", session->error_code}};
        if (session->amount_minor) {
            body["data"].as_object()["amount_minor"] = *session->amount_minor;
        }
    }
    return body;
}

}  // namespace

std::string signature_of(std::string_view secret, std::int64_t unix_seconds,
                         std::string_view body) {
    std::string message = fmt::to_string(unix_seconds);
    message += body;
    return crypto::to_hex(crypto::hmac_sha256(secret, message));
}

std::string signature_header(std::string_view secret, std::int64_t unix_seconds,
                             std::string_view body) {
    return fmt::format("t={},v1={}", unix_seconds, signature_of(secret, unix_seconds, body));
}

Signature check_signature(std::string_view header, std::string_view body,
                          std::span<const std::string> secrets, UtcTime now, Seconds tolerance) {
    const auto read = read_signature_header(header);
    if (!read) return Signature::invalid;
    const auto time = read_whole(read->time);
    if (!time) return Signature::invalid;
    bool matches = false;
    for (const std::string& secret : secrets) {
        const std::string expected = signature_of(secret, *time, body);
        for (const std::string_view given : read->signatures) {
            // Every pair is compared, so that the duration does not tell which one matched.
            matches = crypto::constant_time_equal(expected, given) || matches;
        }
    }
    if (!matches) return Signature::invalid;
    const auto distance = std::chrono::abs(now - UtcTime{Seconds{*time}});
    return distance > tolerance ? Signature::stale : Signature::valid;
}

std::optional<Session> read_session(const json::Node& node) {
    if (node.type != json::Node::Type::object) return std::nullopt;
    Session session;
    bool readable = true;
    const auto take = [&](std::string& field, std::string_view name) {
        auto text = text_member(node, name);
        readable = readable && text.has_value();
        if (text) field = std::move(*text);
    };
    std::string amount;
    std::string expires;
    take(session.id, "id");
    take(amount, "amount");
    take(session.currency, "currency");
    take(session.client_reference, "client_reference");
    take(session.checkout_status, "checkout_status");
    take(session.payment_status, "payment_status");
    take(session.transaction_id, "transaction_id");
    take(session.launch_url, "wave_launch_url");
    take(expires, "when_expires");
    if (!readable || session.id.empty() || session.currency.empty() ||
        session.checkout_status.empty() || session.payment_status.empty()) {
        return std::nullopt;
    }
    const auto read = read_amount(amount, session.currency);
    if (!read) return std::nullopt;
    session.amount_minor = *read;
    session.expires_at = parse_utc_time(expires);
    if (const json::Node* error = node.find("last_payment_error"); is_object(error)) {
        session.error_code = text_or_empty(*error, "code");
        session.error_message = text_or_empty(*error, "message");
    }
    return session;
}

const Session* most_telling(std::span<const Session> sessions) {
    const auto best = std::ranges::max_element(sessions, {}, rank);
    return best == sessions.end() ? nullptr : &*best;
}

std::optional<std::vector<Session>> read_search(std::string_view body) {
    const auto root = json::parse(body);
    if (!root || !is_object(&*root)) return std::nullopt;
    const json::Node* result = root->find("result");
    if (result == nullptr || result->type != json::Node::Type::array) return std::nullopt;
    std::vector<Session> sessions;
    for (const json::Node& item : result->items) {
        auto session = read_session(item);
        if (!session) return std::nullopt;
        sessions.push_back(std::move(*session));
    }
    return sessions;
}

bool is_open(const Session& session) { return session.checkout_status == "open"; }

Status to_status(const Session& session) {
    Status status;
    status.provider_ref = session.id;
    status.amount_minor = session.amount_minor;
    status.currency = session.currency;
    status.provider_txn_id = session.transaction_id;
    status.text = Complaint{session.error_code, session.error_message}.text();
    if (session.checkout_status == "complete" && session.payment_status == "succeeded") {
        status.state = ProviderState::paid;
    } else if (session.checkout_status == "expired" && session.payment_status != "succeeded") {
        status.state = ProviderState::failed;
        status.failure = FailureCode::expired;
    } else if (!session.error_code.empty()) {
        status.failure = to_failure(session.error_code);
    } else if (session.payment_status == "cancelled") {
        status.failure = FailureCode::rejected_by_payer;
    }
    if (is_open(session) && !session.launch_url.empty() && session.expires_at) {
        status.session = to_started(session);
    }
    return status;
}

Started to_started(const Session& session) {
    Started started;
    started.provider_ref = session.id;
    started.redirect_url = session.launch_url;
    started.expires_at = session.expires_at.value();
    return started;
}

Complaint read_complaint(std::string_view body) {
    const auto root = json::parse(body);
    if (!root || !is_object(&*root)) return {};
    const auto either = [&](std::string_view name, std::string_view older) {
        const std::string text = text_or_empty(*root, name);
        return text.empty() ? text_or_empty(*root, older) : text;
    };
    return {either("code", "error_code"), either("message", "error_message")};
}

FailureCode to_failure(std::string_view error_code) {
    using enum FailureCode;
    if (error_code == "blocked-account") return blocked_account;
    if (error_code == "insufficient-funds") return insufficient_funds;
    if (error_code == "payer-mobile-mismatch") return payer_mismatch;
    return provider_refused;
}

std::expected<ProviderEvent, std::string> read_event(std::string_view body) {
    const auto root = json::parse(body);
    if (!root) return std::unexpected(root.error());
    if (!is_object(&*root)) return std::unexpected("the body is no object");
    ProviderEvent event;
    event.key = text_or_empty(*root, "id");
    event.type = text_or_empty(*root, "type");
    if (event.key.empty() || event.type.empty()) return std::unexpected("id or type is missing");
    if (!event.type.starts_with("checkout.session.")) {
        event.subject = EventSubject::none;
        event.redacted = redacted(event.key, event.type, nullptr);
        return event;
    }
    const json::Node* data = root->find("data");
    const auto session = data == nullptr ? std::nullopt : read_session(*data);
    if (!session) return std::unexpected("data is no session");
    event.our_reference = session->client_reference;
    event.provider_ref = session->id;
    event.redacted = redacted(event.key, event.type, &*session);
    if (!session->client_reference.empty()) event.status = to_status(*session);
    return event;
}

std::string checkout_body(const Intent& intent) {
    boost::json::object body{{"amount", intent.amount.to_decimal()},
                             {"currency", to_string(intent.amount.currency)},
                             {"success_url", intent.return_url},
                             {"error_url", intent.return_url},
                             {"client_reference", intent.payment_id.to_string()}};
    if (intent.payer_phone) body["restrict_payer_mobile"] = *intent.payer_phone;
    return boost::json::serialize(body);
}

}  // namespace taama::payments::wave
