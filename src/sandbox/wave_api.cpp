#include "sandbox/wave_api.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "platform/crypto/hash.hpp"
#include "platform/json/node.hpp"
#include "platform/money/money.hpp"

namespace taama::sandbox::wave {

namespace {

constexpr std::size_t calls_max = 1000;
constexpr std::size_t sessions_max = 100'000;
constexpr std::size_t reference_length_max = 255;

Answer complaint(int status, std::string_view code, std::string_view message) {
    return {
        .status = status,
        .body = boost::json::serialize(boost::json::object{{"code", code}, {"message", message}})};
}

Answer invalid(std::string_view field, std::string_view message) {
    boost::json::object error{{"code", "request-validation-error"}, {"message", "Request invalid"}};
    error["details"] = boost::json::array{
        boost::json::object{{"loc", boost::json::array{field}}, {"msg", message}}};
    return {.status = 400, .body = boost::json::serialize(error)};
}

Answer session_not_found() {
    return complaint(404, "checkout-session-not-found", "Checkout session not found");
}

std::string signature_of(std::string_view secret, std::int64_t time, std::string_view body) {
    return crypto::to_hex(crypto::hmac_sha256(secret, fmt::format("{}{}", time, body)));
}

const std::string* text_of(const json::Node& object, std::string_view name) {
    const json::Node* member = object.find(name);
    return member != nullptr && member->type == json::Node::Type::string ? &member->text : nullptr;
}

// Decimal text, strictly positive, without leading zeros; XOF without decimals.
std::optional<std::int64_t> read_amount(const std::string* text, Currency currency) {
    if (text == nullptr || text->empty() || text->front() == '0' ||
        text->find_first_not_of("0123456789.") != std::string::npos ||
        (exponent(currency) == 0 && text->find('.') != std::string::npos)) {
        return std::nullopt;
    }
    const auto money = Money::parse(*text, currency);
    return money && money->minor > 0 ? std::optional{money->minor} : std::nullopt;
}

bool is_url(const std::string* text) {
    return text != nullptr && (text->starts_with("https://") || text->starts_with("http://"));
}

struct Order {
    NewSession session;
    std::optional<Answer> refusal;
};

Order read_order(std::string_view body) {
    Order order;
    const auto root = json::parse(body);
    if (!root) {
        order.refusal = complaint(400, "request-not-json", "Request body is not JSON");
        return order;
    }
    if (root->type != json::Node::Type::object) {
        order.refusal = complaint(400, "request-parsing-error", "Request body is no object");
        return order;
    }
    for (const auto& [name, value] : root->members) {
        static constexpr std::string_view known[] = {"amount",
                                                     "currency",
                                                     "success_url",
                                                     "error_url",
                                                     "client_reference",
                                                     "restrict_payer_mobile",
                                                     "aggregated_merchant_id"};
        if (std::ranges::find(known, name) == std::end(known)) {
            order.refusal = invalid(name, "extra fields not permitted");
            return order;
        }
    }
    const std::string* currency = text_of(*root, "currency");
    const auto amount = read_amount(text_of(*root, "amount"), Currency::XOF);
    const std::string* success = text_of(*root, "success_url");
    const std::string* error = text_of(*root, "error_url");
    const std::string* reference = text_of(*root, "client_reference");
    const std::string* mobile = text_of(*root, "restrict_payer_mobile");
    if (currency == nullptr || *currency != "XOF") {
        order.refusal = complaint(400, "currency-mismatch", "The wallet is kept in XOF");
    } else if (!amount) {
        order.refusal = invalid("amount", "value is not a valid amount");
    } else if (!is_url(success)) {
        order.refusal = invalid("success_url", "value is not a valid URL");
    } else if (!is_url(error)) {
        order.refusal = invalid("error_url", "value is not a valid URL");
    } else if (reference != nullptr && reference->size() > reference_length_max) {
        order.refusal = invalid("client_reference", "too long");
    } else if (mobile != nullptr && !mobile->starts_with('+')) {
        order.refusal = invalid("restrict_payer_mobile", "value is not a valid phone number");
    } else {
        order.session = {*amount,
                         *currency,
                         *success,
                         *error,
                         reference == nullptr ? "" : *reference,
                         mobile == nullptr ? "" : *mobile};
    }
    return order;
}

}  // namespace

Api::Api(Book& book, Credentials credentials, std::string launch_url_base)
    : book_(book),
      credentials_(std::move(credentials)),
      launch_url_base_(std::move(launch_url_base)) {}

Answer Api::answer(const Request& request, UtcTime now) {
    Answer answer = authenticate(request);
    if (answer.status == 200) answer = route(request, now);
    if (calls_.size() == calls_max) calls_.pop_front();
    calls_.push_back({now, request.method, request.path, request.raw_query, request.idempotency_key,
                      request.body, answer.status});
    return answer;
}

Answer Api::authenticate(const Request& request) const {
    constexpr std::string_view scheme = "Bearer ";
    if (request.authorization.empty()) {
        return complaint(401, "missing-auth-header", "Authorization header is missing");
    }
    if (!request.authorization.starts_with(scheme)) {
        return complaint(401, "invalid-auth", "Authorization header is invalid");
    }
    const std::string_view key = std::string_view{request.authorization}.substr(scheme.size());
    if (!crypto::constant_time_equal(key, credentials_.api_key)) {
        return complaint(401, "no-matching-api-key", "No matching API key");
    }
    if (credentials_.request_secret.empty()) return {};
    if (request.signature.empty()) {
        return complaint(401, "missing-signature", "Wave-Signature header is missing");
    }
    std::int64_t time = 0;
    const std::size_t comma = request.signature.find(',');
    if (request.signature.starts_with("t=") && comma != std::string::npos) {
        std::from_chars(request.signature.data() + 2, request.signature.data() + comma, time);
    }
    const std::string expected = fmt::format(
        "t={},v1={}", time, signature_of(credentials_.request_secret, time, request.body));
    if (!crypto::constant_time_equal(expected, request.signature)) {
        return complaint(401, "invalid-auth", "Wave-Signature is invalid");
    }
    return {};
}

Answer Api::route(const Request& request, UtcTime now) {
    constexpr std::string_view sessions = "/v1/checkout/sessions";
    constexpr std::string_view transactions = "/v1/transactions/";
    const std::string_view path = request.path;
    const bool get = request.method == "GET";
    const bool post = request.method == "POST";
    if (path == sessions && post) return start(request, now);
    if (path == sessions && get) {
        return read(book_.find_by_transaction_id(request.query("transaction_id"), now));
    }
    if (path == "/v1/checkout/sessions/search" && get) return list(request, now);
    if (path == "/v1/balance" && get) {
        return {.body = boost::json::serialize(boost::json::object{
                    {"amount", fmt::to_string(book_.balance())}, {"currency", "XOF"}})};
    }
    if (path == "/v1/transactions" && get) return statement(request);
    if (path.starts_with("/v1/checkout/sessions/")) {
        const std::string_view rest = path.substr(sessions.size() + 1);
        if (get) return read(book_.find_by_id(rest, now));
        if (post) return act_on(rest, now);
    }
    if (path.starts_with(transactions) && path.ends_with("/refund") && post) {
        const std::string_view id = path.substr(transactions.size());
        return refund(book_.find_by_transaction_id(id.substr(0, id.find('/')), now), now);
    }
    return complaint(404, "not-found", "Not found");
}

// --- starting a checkout -------------------------------------------------------------------------

Answer Api::start(const Request& request, UtcTime now) {
    Order order = read_order(request.body);
    if (order.refusal) return *order.refusal;
    if (const auto replay = replays_.find(request.idempotency_key);
        !request.idempotency_key.empty() && replay != replays_.end()) {
        if (replay->second.body != request.body) {
            return complaint(422, "idempotency-mismatch", "Key was used with another body");
        }
        const Session& first = *book_.find_by_id(replay->second.session_id, now);
        return {.body = boost::json::serialize(to_wire(first, launch_url_base_))};
    }
    if (book_.all().size() >= sessions_max) {
        return complaint(503, "service-unavailable", "The sandbox is full; reset it");
    }
    const std::size_t transaction = book_.begin_start(order.session);
    if (const auto fault = book_.start_fault(transaction)) {
        return start_under_fault(*fault, std::move(order.session), transaction, request, now);
    }
    return open(std::move(order.session), transaction, request, now);
}

Answer Api::open(NewSession order, std::size_t transaction, const Request& request, UtcTime now) {
    const Session& session = book_.open_session(std::move(order), transaction, now);
    if (!request.idempotency_key.empty()) {
        replays_[request.idempotency_key] = {request.body, session.id};
    }
    book_.record_start(transaction, "created");
    return {.body = boost::json::serialize(to_wire(session, launch_url_base_))};
}

Answer Api::start_under_fault(const ArmedFault& fault, NewSession order, std::size_t transaction,
                              const Request& request, UtcTime now) {
    const auto create = [&] { return open(std::move(order), transaction, request, now); };
    const auto late = [&](std::string_view name) {
        return std::chrono::milliseconds{fault.params.number(name, patience_exceeded_ms)};
    };
    Answer answer;
    switch (fault.fault) {
        case Fault::webhook_before_answer: {
            answer = create();
            answer.webhooks_first = json::parse(answer.body)->find("id")->text;
            book_.perform(Act::pay, *book_.find_by_id(answer.webhooks_first, now), now);
            return answer;
        }
        case Fault::start_timeout_created:
            create();
            answer = complaint(504, "service-unavailable", "Gateway time-out");
            answer.delay = late("ms");
            return answer;
        case Fault::slow:
            answer = create();
            answer.delay = late("ms");
            return answer;
        case Fault::garbage_200: create(); return {.body = "<html>OK</html>"};
        case Fault::half_body:
            answer = create();
            answer.body.resize(answer.body.size() / 2);
            return answer;
        default: break;
    }
    book_.record_start(transaction, "nothing");
    switch (fault.fault) {
        case Fault::start_timeout_nothing:
            answer = complaint(504, "service-unavailable", "Gateway time-out");
            answer.delay = late("ms");
            return answer;
        case Fault::start_4xx: return invalid("amount", "value is not a valid amount");
        case Fault::http_429:
            answer = complaint(429, "too-many-requests", "Too many requests");
            answer.headers.emplace_back("Retry-After",
                                        fmt::to_string(fault.params.number("retry_after", 1)));
            return answer;
        case Fault::redirect_302:
            answer.status = 302;
            answer.headers.emplace_back("Location", launch_url_base_ + "/elsewhere");
            return answer;
        case Fault::token_expired:
            return complaint(401, "invalid-auth", "The key is not valid now");
        default: return complaint(503, "service-unavailable", "Service unavailable");
    }
}

// --- afterwards ----------------------------------------------------------------------------------

Answer Api::read(const Session* session) {
    if (session == nullptr || book_.hides(*session)) return session_not_found();
    return {.body = boost::json::serialize(to_wire(*session, launch_url_base_))};
}

Answer Api::list(const Request& request, UtcTime now) {
    boost::json::array result;
    for (const Session* session : book_.search(request.query("client_reference"), now)) {
        result.push_back(to_wire(*session, launch_url_base_));
    }
    return {.body = boost::json::serialize(boost::json::object{{"result", std::move(result)}})};
}

Answer Api::act_on(std::string_view rest, UtcTime now) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view verb = rest.substr(slash);
    Session* session = book_.find_by_id(rest.substr(0, slash), now);
    if (verb == "/refund") return refund(session, now);
    if (verb != "/expire") return complaint(404, "not-found", "Not found");
    if (session == nullptr) return session_not_found();
    if (book_.expire(*session, now) == Book::Ended::done) return {};
    return complaint(409, "checkout-session-final", "Session is complete or expired");
}

Answer Api::refund(Session* session, UtcTime now) {
    if (session == nullptr) return session_not_found();
    Answer answer;
    switch (book_.refund(*session, now)) {
        case Book::Refunded::done: return answer;
        case Book::Refunded::refused:
            return complaint(400, "checkout-refund-failed", "Refund failed");
        case Book::Refunded::not_paid:
            return complaint(409, "checkout-refund-failed", "Session is not paid");
        case Book::Refunded::too_late:
            answer = complaint(504, "service-unavailable", "Gateway time-out");
            answer.delay = std::chrono::milliseconds{patience_exceeded_ms};
            return answer;
    }
    return answer;
}

Answer Api::statement(const Request& request) const {
    const std::string date = request.query("date");
    const auto day = parse_date(date);
    if (!day) return invalid("date", "value is not a valid date");
    boost::json::array items;
    for (const Book::Entry& entry : book_.entries()) {
        if (std::chrono::floor<std::chrono::days>(entry.at) != std::chrono::sys_days{*day})
            continue;
        items.push_back(boost::json::object{{"timestamp", taama::to_string(entry.at)},
                                            {"transaction_id", entry.transaction_id},
                                            {"transaction_type", entry.type},
                                            {"amount", fmt::to_string(entry.amount)},
                                            {"fee", "0"},
                                            {"currency", entry.currency},
                                            {"is_reversal", entry.amount < 0},
                                            {"counterparty_mobile", entry.mobile},
                                            {"client_reference", entry.client_reference},
                                            {"checkout_api_session_id", entry.session_id},
                                            {"balance", fmt::to_string(entry.balance)}});
    }
    return {.body = boost::json::serialize(boost::json::object{
                {"page_info",
                 {{"start_cursor", nullptr}, {"end_cursor", nullptr}, {"has_next_page", false}}},
                {"date", date},
                {"items", std::move(items)}})};
}

std::string Api::sign(const Delivery& delivery, UtcTime now) const {
    const auto at = std::chrono::floor<Seconds>(now) + delivery.distortion.time_offset;
    const std::int64_t time = at.time_since_epoch().count();
    const std::string secret = credentials_.webhook_secret +
                               (delivery.distortion.foreign_secret ? "_of_somebody_else" : "");
    std::string signature = signature_of(secret, time, delivery.body);
    if (delivery.distortion.breaks_signature) signature[0] = signature[0] == '0' ? '1' : '0';
    return fmt::format("t={},v1={}", time, signature);
}

}  // namespace taama::sandbox::wave
