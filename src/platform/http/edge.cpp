#include "platform/http/edge.hpp"

#include <boost/json/serialize.hpp>

namespace taama::http {

namespace {

constexpr RateClass anonymous_class{"anonymous", 60, 60s, RateClass::By::ip};
constexpr RateClass user_class{"user", 600, 60s, RateClass::By::caller};
constexpr RateClass socket_class{"ws_connect", 30, 60s, RateClass::By::caller};
constexpr int attempts_max = 4;  // of one transaction, after deadlocks and key clashes

bool is_unsafe(Method method) {
    return method != Method::get && method != Method::head && method != Method::options;
}

std::optional<std::string> cookie_value(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        const auto end = header.find(';');
        std::string_view pair = header.substr(0, end);
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=')
            return std::string{pair.substr(name.size() + 1)};
        if (end == std::string_view::npos) break;
        header.remove_prefix(end + 1);
    }
    return std::nullopt;
}

std::string_view bearer_token(std::string_view header) {
    constexpr std::string_view scheme = "Bearer ";
    if (header.size() <= scheme.size()) return {};
    for (std::size_t i = 0; i < scheme.size(); ++i)
        if (std::tolower(static_cast<unsigned char>(header[i])) !=
            std::tolower(static_cast<unsigned char>(scheme[i])))
            return {};
    return header.substr(scheme.size());
}

Language language_of(std::string_view accept_language, Language fallback) {
    // The first of fr and en that the client names; quality values order what clients send anyway.
    const auto at = [&](std::string_view word) {
        const auto found = accept_language.find(word);
        return found == std::string_view::npos ? accept_language.size() + 1 : found;
    };
    const auto fr = at("fr");
    const auto en = at("en");
    if (fr == en) return fallback;
    return fr < en ? Language::fr : Language::en;
}

bool is_printable_key(std::string_view key) {
    return !key.empty() && key.size() <= 255 &&
           std::ranges::all_of(key, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

std::string allowed_methods(const Match& match) {
    std::string all;
    for (const Method method : match.allowed) {
        (all += to_string(method)) += ", ";
        if (method == Method::get) all += "HEAD, ";
    }
    return all + "OPTIONS";
}

Context context_of(const Request& request, const Edge::Parts& parts) {
    const auto given = Uuid::parse(request.header("X-Request-Id"));
    return {.request = request,
            .request_id = given ? *given : Uuid::make(),
            .language = language_of(request.header("Accept-Language"), parts.settings.language()),
            .now = parts.clock.now(),
            .caller = {},
            .idempotency_key = {},
            .path_values = {},
            .response_headers = {},
            .operation = {}};
}

}  // namespace

Edge::Edge(Parts parts)
    : parts_(std::move(parts)),
      router_(parts_.operations),
      idempotency_(parts_.db, parts_.sealer) {}

std::size_t Edge::body_limit(Method method, std::string_view raw_path) const {
    const std::string path = canonical_path(raw_path);
    const Match match = router_.find(method, path);
    return match.operation != nullptr ? match.operation->body_limit : Operation{}.body_limit;
}

Task<Response> Edge::serve(Request& request) {
    const auto began = std::chrono::steady_clock::now();
    parts_.observer.request_began();
    request.path = canonical_path(request.path);
    Context context = context_of(request, parts_);
    const Match match = router_.find(request.method, request.path);
    context.path_values = match.path_values;
    Headers headers;
    std::optional<Reply> reply;
    std::optional<Refusal> refused;
    try {
        reply = co_await answer(context, match, headers);
    } catch (Refusal& refusal) {
        refused = std::move(refusal);
    } catch (const pg::Unavailable&) {
        refused = Refusal{errors::unavailable}.after(1s);
    } catch (const std::exception& error) {
        parts_.observer.request_failed(context, error);
        refused = Refusal{errors::internal_error};
    }
    if (refused) reply = refusal_reply(context, *refused);
    Response response = envelope(context, std::move(*reply), std::move(headers));
    parts_.observer.request_ended(context, response.status,
                                  std::chrono::steady_clock::now() - began);
    co_return response;
}

Task<Reply> Edge::answer(Context& context, const Match& match, Headers& headers) {
    const Request& request = context.request;
    if (request.method == Method::options &&
        (match.operation != nullptr || !match.allowed.empty())) {
        const std::string_view origin = request.header("Origin");
        if (!origin.empty() && !request.header("Access-Control-Request-Method").empty() &&
            !parts_.settings.origin_allowed(origin))
            throw Refusal{errors::forbidden};
        Reply reply;
        reply.status = 204;
        headers.emplace_back("Allow", allowed_methods(match));
        co_return reply;
    }
    if (match.operation == nullptr) {
        if (match.allowed.empty()) throw Refusal{errors::not_found};
        headers.emplace_back("Allow", allowed_methods(match));
        throw Refusal{errors::method_not_allowed};
    }
    const Operation& operation = *match.operation;
    context.operation = operation.path;
    co_await authenticate(context, operation.signature.access.value(), operation.csrf_exempt);
    limit_rate(context, operation, headers);
    if (operation.signature.access == Access::staff &&
        (operation.roles & role_bit(context.caller.role.value())) == 0)
        throw Refusal{errors::forbidden};
    if (operation.key != KeyRule::ignored) {
        context.idempotency_key = request.header("Idempotency-Key");
        if (context.idempotency_key.empty() && operation.key == KeyRule::required)
            throw Refusal{errors::bad_request, {{"reason", "Idempotency-Key is required"}}};
        if (!context.idempotency_key.empty() && !is_printable_key(context.idempotency_key))
            throw Refusal{errors::bad_request,
                          {{"reason", "Idempotency-Key takes 1 to 255 printable characters"}}};
    }
    co_return co_await call(context, operation);
}

Task<void> Edge::authenticate(Context& context, Access access, bool csrf_exempt) {
    const Request& request = context.request;
    const std::string_view authorization = request.header("Authorization");
    if (!authorization.empty()) {
        const std::string_view token = bearer_token(authorization);
        auto caller = parts_.authenticator.bearer(token, context.now);
        if (caller)
            context.caller = std::move(*caller);
        else if (access != Access::open)
            throw std::move(caller).error();
    } else if (access != Access::open) {
        const auto cookie = cookie_value(request.header("Cookie"), Authenticator::cookie_name);
        if (cookie) {
            auto caller = co_await parts_.authenticator.cookie(*cookie, context.now);
            if (caller)
                context.caller = std::move(*caller);
            else if (access != Access::maybe)
                throw std::move(caller).error();
        }
        if (context.caller.by_cookie && is_unsafe(request.method) && !csrf_exempt &&
            !parts_.authenticator.csrf_matches(context.caller, request.header("X-CSRF-Token")))
            throw Refusal{errors::csrf_invalid};
    }
    const Caller::Kind kind = context.caller.kind;
    if (access == Access::open || access == Access::maybe) co_return;
    if (kind == Caller::Kind::anonymous) throw Refusal{errors::auth_required};
    if ((access == Access::user && kind != Caller::Kind::user) ||
        (access == Access::staff && kind != Caller::Kind::staff))
        throw Refusal{errors::forbidden};
}

void Edge::limit_rate(Context& context, const Operation& operation, Headers& headers) const {
    const Caller& caller = context.caller;
    const bool anonymous = caller.kind == Caller::Kind::anonymous;
    const std::string caller_key =
        anonymous ? "ip:" + context.request.remote_ip : "id:" + caller.id.to_string();
    std::optional<RateState> tightest;
    const auto count = [&](const RateClass& limit, const std::string& who) {
        const int per_window = parts_.settings.rate_limit(limit.name, limit.per_window);
        const RateState state = parts_.rate_limiter.count(fmt::format("{} {}", limit.name, who),
                                                          per_window, limit.window, context.now);
        if (!tightest || !state.allowed ||
            (tightest->allowed && state.remaining < tightest->remaining))
            tightest = state;
    };
    const bool by_provider = operation.rate && operation.rate->by == RateClass::By::provider;
    if (!by_provider && !operation.at_root)
        count(anonymous ? anonymous_class : user_class, caller_key);
    if (operation.rate) {
        switch (operation.rate->by) {
            case RateClass::By::ip:
                count(*operation.rate, "ip:" + context.request.remote_ip);
                break;
            case RateClass::By::caller: count(*operation.rate, caller_key); break;
            case RateClass::By::provider: count(*operation.rate, context.request.path); break;
        }
    }
    if (!tightest) return;
    headers.emplace_back("RateLimit-Limit", std::to_string(tightest->limit));
    headers.emplace_back("RateLimit-Remaining", std::to_string(tightest->remaining));
    headers.emplace_back("RateLimit-Reset", std::to_string(tightest->reset.count()));
    if (!tightest->allowed)
        throw Refusal{errors::rate_limited}.after(std::max(tightest->reset, Seconds{1}));
}

Task<Reply> Edge::call(Context& context, const Operation& operation) {
    if (operation.signature.transactional)
        co_return co_await call_in_transaction(context, operation);
    if (!context.idempotency_key.empty()) co_return co_await call_under_lease(context, operation);
    co_return co_await operation.call(context, nullptr);
}

Task<Reply> Edge::call_in_transaction(Context& context, const Operation& operation) {
    const auto scope = context.idempotency_key.empty()
                           ? std::nullopt
                           : std::optional{idempotency_scope(context, operation)};
    for (int attempt = 1;; ++attempt) {
        std::optional<Refusal> refused;
        bool again = false;
        bool claimed = false;
        const std::size_t header_count = context.response_headers.size();
        try {
            pg::Tx tx = co_await parts_.db.begin();
            if (scope) {
                if (auto stored = co_await idempotency_.claim(tx, *scope))
                    co_return std::move(*stored);
                claimed = true;
            }
            std::optional<Reply> reply;
            try {
                reply = co_await operation.call(context, &tx);
                for (auto& header : context.response_headers)
                    reply->headers.push_back(std::move(header));
                context.response_headers.clear();
            } catch (Refusal& refusal) {
                if (!refusal.keeps_effects()) throw;
                reply = refusal_reply(context, refusal);
            }
            if (scope) idempotency_.store(tx, *scope, *reply);
            co_await tx.commit();
            co_return std::move(*reply);
        } catch (Refusal& refusal) {
            refused = std::move(refusal);
        } catch (const pg::Error& error) {
            again =
                attempt < attempts_max && (error.can_retry() || Idempotency::is_key_clash(error));
            if (!again) {
                const auto found = std::ranges::find(parts_.constraints, error.constraint,
                                                     &ConstraintRefusal::constraint);
                if (error.constraint.empty() || found == parts_.constraints.end()) throw;
                refused = Refusal{*found->code};
            }
        }
        if (again) {
            context.response_headers.resize(header_count);
            continue;
        }
        // A request that was answered under this key while ours ran counts; ours may have been
        // refused just because of it.
        if (claimed && refused->code().status() < 500 &&
            !co_await idempotency_.store_alone(*scope, refusal_reply(context, *refused)) &&
            attempt < attempts_max) {
            context.response_headers.resize(header_count);
            continue;
        }
        throw std::move(*refused);
    }
}

Task<Reply> Edge::call_under_lease(Context& context, const Operation& operation) {
    const auto scope = idempotency_scope(context, operation);
    if (auto stored = co_await idempotency_.claim_lease(scope)) co_return std::move(*stored);
    std::optional<Reply> reply;
    std::exception_ptr failure;
    try {
        reply = co_await operation.call(context, nullptr);
        for (auto& header : context.response_headers) reply->headers.push_back(std::move(header));
        context.response_headers.clear();
    } catch (const Refusal& refusal) {
        if (refusal.code().status() < 500)
            reply = refusal_reply(context, refusal);
        else
            failure = std::current_exception();
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        // A lost database keeps the lease; it ends by its time.
        try {
            co_await idempotency_.give_up_lease(scope);
        } catch (const pg::Unavailable&) {
        }
        std::rethrow_exception(failure);
    }
    co_await idempotency_.store_lease(scope, *reply);
    co_return std::move(*reply);
}

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
    response.headers = std::move(headers);
    auto& out = response.headers;
    const std::string request_id = context.request_id.to_string();
    out.emplace_back("X-Request-Id", request_id);
    for (auto& header : reply.headers) out.push_back(std::move(header));
    for (const auto& header : context.response_headers) out.push_back(header);
    if (reply.replayed) out.emplace_back("Idempotent-Replayed", "true");
    if (!reply.location.empty()) out.emplace_back("Location", "/api/v1" + reply.location);

    const bool ok = reply.status < 400;
    if (reply.raw) {
        response.content_type = std::move(reply.content_type);
        response.body = std::move(reply.data);
    } else if (reply.status != 204) {
        response.content_type = "application/json";
        const Method method = context.request.method;
        if (reply.status == 200 && (method == Method::get || method == Method::head)) {
            const std::string meta =
                reply.meta.empty() ? std::string{} : boost::json::serialize(reply.meta);
            const std::string etag = etag_of(reply.data + meta);
            out.emplace_back("ETag", etag);
            if (context.request.header("If-None-Match").find(etag) != std::string_view::npos) {
                response.status = 304;
                response.content_type.clear();
            }
        }
        if (response.status != 304) {
            std::string& body = response.body;
            body.reserve(reply.data.size() + 128);
            body = ok ? "{\"data\":" : "{\"error\":";
            body += reply.data;
            body += ",\"meta\":{\"request_id\":\"";
            body += request_id;
            body += '"';
            for (const auto& [key, value] : reply.meta) {
                body += ',';
                json::write_string(body, key);
                body += ':';
                body += boost::json::serialize(value);
            }
            body += "}}";
        }
    }
    const std::string_view origin = context.request.header("Origin");
    if (!origin.empty() && parts_.settings.origin_allowed(origin)) {
        out.emplace_back("Access-Control-Allow-Origin", origin);
        out.emplace_back("Access-Control-Allow-Credentials", "true");
        out.emplace_back("Vary", "Origin");
        if (context.request.method == Method::options) {
            out.emplace_back("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
            out.emplace_back("Access-Control-Allow-Headers",
                             "Authorization, Content-Type, Idempotency-Key, If-Match, "
                             "If-None-Match, Accept-Language, X-CSRF-Token, X-Request-Id");
            out.emplace_back("Access-Control-Max-Age", "600");
        } else {
            out.emplace_back("Access-Control-Expose-Headers",
                             "ETag, Location, Retry-After, X-Request-Id, Idempotent-Replayed, "
                             "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset");
        }
    }
    return response;
}

Response Edge::refuse(const Request& request, const Refusal& refusal) const {
    const Context context = context_of(request, parts_);
    return envelope(context, refusal_reply(context, refusal), {});
}

Task<Context> Edge::open_socket(const Request& request) {
    Context context = context_of(request, parts_);
    std::string_view token = bearer_token(request.header("Authorization"));
    if (token.empty()) token = request.query_value("token");
    auto caller = parts_.authenticator.bearer(token, context.now);
    if (!caller) throw std::move(caller).error();
    context.caller = std::move(*caller);
    const int per_window = parts_.settings.rate_limit(socket_class.name, socket_class.per_window);
    const RateState state = parts_.rate_limiter.count(
        fmt::format("{} id:{}", socket_class.name, context.caller.id.to_string()), per_window,
        socket_class.window, context.now);
    if (!state.allowed)
        throw Refusal{errors::rate_limited}.after(std::max(state.reset, Seconds{1}));
    co_return context;
}

void Edge::socket_failed(const Request& request, const std::exception& error) const {
    parts_.observer.request_failed(context_of(request, parts_), error);
}

}  // namespace taama::http
