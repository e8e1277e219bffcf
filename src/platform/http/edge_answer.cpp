// The way back through the edge: replies become responses.

#include "platform/http/edge.hpp"

#include <boost/json/serialize.hpp>

#include "platform/http/entity_tag.hpp"
#include "platform/http/lean_json.hpp"

namespace taama::http {

namespace {

constexpr std::string_view minimal_mark = "min";

// Lengths of packed answers tell about secrets in them that are mixed with what a stranger chose.
bool answers_secrets(const Request& request, const Operation* operation) {
    return request.path.starts_with("/api/v1/auth/") ||
           (operation != nullptr && operation->sealed_replay);
}

bool is_text(std::string_view content_type) {
    return content_type.starts_with("application/json") || content_type.starts_with("text/");
}

// `meta` of the envelope, without its braces.
void write_meta(std::string& body, std::string_view request_id, const boost::json::object& meta,
                bool lean) {
    body += "\"request_id\":\"";
    body += request_id;
    body += '"';
    for (const auto& [key, value] : meta) {
        std::string text = boost::json::serialize(value);
        if (lean) text = lean_json(text);
        if (lean && text == "null") continue;
        body += ',';
        json::write_string(body, key);
        body += ':';
        body += text;
    }
}

}  // namespace

Reply Edge::refusal_reply(const Context& context, const Refusal& refusal) const {
    const ErrorCode& code = refusal.code();
    Reply reply;
    reply.status = code.status();
    std::string& out = reply.data;
    out = "{\"code\":";
    json::write_string(out, code.code);
    out += ",\"message\":";
    json::write_string(out, context.language == Language::fr ? code.fr : code.en);
    out += ",\"details\":";
    out += boost::json::serialize(refusal.details());
    out += '}';
    if (refusal.retry_after())
        reply.headers.emplace_back("Retry-After", std::to_string(refusal.retry_after()->count()));
    return reply;
}

Response Edge::envelope(const Context& context, Reply reply, Headers headers) const {
    Response response;
    response.status = reply.status;
    response.lean = prefers_minimal(context.request.header("Prefer"));
    response.headers = std::move(headers);
    auto& out = response.headers;
    if (response.lean)
        std::erase_if(out, [](const auto& each) { return each.first.starts_with("RateLimit-"); });
    const std::string request_id = context.request_id.to_string();
    out.emplace_back("X-Request-Id", request_id);
    for (auto& header : reply.headers) out.push_back(std::move(header));
    for (const auto& header : context.response_headers) out.push_back(header);
    if (reply.replayed) out.emplace_back("Idempotent-Replayed", "true");
    if (!reply.location.empty()) out.emplace_back("Location", "/api/v1" + reply.location);

    if (reply.raw) {
        response.content_type = std::move(reply.content_type);
        response.body = std::move(reply.data);
    } else if (reply.status != 204) {
        response.content_type = "application/json";
        add_entity_tag(context, reply, response);
        if (response.status != 304) {
            const bool ok = reply.status < 400;
            const bool lean = ok && response.lean;
            if (lean) reply.data = lean_json(reply.data);
            std::string& body = response.body;
            body.reserve(reply.data.size() + 128);
            body = ok ? "{\"data\":" : "{\"error\":";
            body += reply.data;
            body += ",\"meta\":{";
            write_meta(body, request_id, reply.meta, lean);
            body += "}}";
        }
    }
    if (!response.lean) add_cors(context.request, response);
    return response;
}

// A reader who has this state already gets 304 with the tag that it showed.
void Edge::add_entity_tag(const Context& context, const Reply& reply, Response& response) const {
    const Method method = context.request.method;
    if (reply.status != 200 || (method != Method::get && method != Method::head)) return;
    std::string tag =
        etag_of(reply.meta.empty() ? reply.data : reply.data + boost::json::serialize(reply.meta));
    if (response.lean) tag = marked_tag(tag, minimal_mark);
    if (const std::string_view shown = find_tag(context.request.header("If-None-Match"), tag);
        !shown.empty()) {
        response.status = 304;
        response.content_type.clear();
        tag = std::string{shown};
    }
    response.headers.emplace_back("ETag", std::move(tag));
}

void Edge::add_cors(const Request& request, Response& response) const {
    const std::string_view origin = request.header("Origin");
    if (origin.empty() || !parts_.settings.origin_allowed(origin)) return;
    auto& out = response.headers;
    out.emplace_back("Access-Control-Allow-Origin", origin);
    out.emplace_back("Access-Control-Allow-Credentials", "true");
    out.emplace_back("Vary", "Origin");
    if (request.method == Method::options) {
        out.emplace_back("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
        out.emplace_back(
            "Access-Control-Allow-Headers",
            "Authorization, Content-Type, Content-Encoding, Idempotency-Key, If-Match, "
            "If-None-Match, Accept-Language, Prefer, X-CSRF-Token, X-Request-Id");
        out.emplace_back("Access-Control-Max-Age", "600");
    } else {
        out.emplace_back("Access-Control-Expose-Headers",
                         "ETag, Location, Retry-After, X-Request-Id, Idempotent-Replayed, "
                         "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset");
    }
}

void Edge::pack(const Request& request, const Operation* operation, Response& response) {
    if (response.body.empty()) return;
    const std::string_view accepted = request.header("Accept-Encoding");
    if (accepted.empty() || !is_text(response.content_type) || answers_secrets(request, operation))
        return;
    const EncodingChoice choice = choose_encoding(accepted);
    if (choice.encoding == Encoding::identity) return;
    if (!choice.identity_refused && response.body.size() < parts_.settings.compress_min_bytes())
        return;
    auto packed = codecs_.pack(choice.encoding, response.body);
    if (!packed) return;
    response.body = std::move(*packed);
    response.encoding = choice.encoding;
    for (auto& [name, value] : response.headers)
        if (name == "ETag") value = marked_tag(value, to_string(choice.encoding));
}

}  // namespace taama::http
