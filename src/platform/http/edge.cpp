#include "platform/http/edge.hpp"

#include "platform/http/accept_language.hpp"

namespace taama::http {

namespace {

constexpr RateClass anonymous_class{"anonymous", 60, 60s, RateClass::By::ip};
constexpr RateClass user_class{"user", 600, 60s, RateClass::By::caller};
constexpr RateClass staff_class{"staff", 600, 60s, RateClass::By::caller};
constexpr RateClass socket_class{"ws_connect", 30, 60s, RateClass::By::caller};
constexpr RateClass socket_message_class{"ws_message", 20, 1s, RateClass::By::caller};
constexpr int in_group = 0;      // the attempt at an operation before the first one of its own
constexpr int attempts_max = 4;  // of one transaction, after deadlocks and key clashes
constexpr std::size_t unpacked_body_max = 256 * 1024;

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

bool is_printable_key(std::string_view key) {
    return !key.empty() && key.size() <= 255 &&
           std::ranges::all_of(key, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
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
        reply = co_await answer(request, context, match, headers);
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
    pack(request, match.operation, response);
    parts_.observer.request_ended(context, response.status,
                                  std::chrono::steady_clock::now() - began);
    co_return response;
}

Task<Reply> Edge::answer(Request& request, Context& context, const Match& match, Headers& headers) {
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
        limit_rate(context, nullptr, headers);
        if (match.allowed.empty()) throw Refusal{code_of_unknown(request.path)};
        headers.emplace_back("Allow", allowed_methods(match));
        throw Refusal{errors::method_not_allowed};
    }
    const Operation& operation = *match.operation;
    context.operation = operation.path;
    std::optional<Refusal> unknown;
    try {
        co_await authenticate(context, operation.signature.access.value(), operation.csrf_exempt);
    } catch (Refusal& refusal) {
        unknown = std::move(refusal);
    }
    limit_rate(context, &operation, headers);  // whoever is refused has asked, too
    if (unknown) throw std::move(*unknown);
    // What people and staff may both use names roles when it is not for all of the staff.
    const bool by_role = operation.signature.access == Access::staff || operation.roles != 0;
    const auto role = context.caller.role;
    if (by_role && role && (operation.roles & role_bit(*role)) == 0)
        throw Refusal{errors::forbidden};
    if (operation.key != KeyRule::ignored) {
        context.idempotency_key = request.header("Idempotency-Key");
        if (context.idempotency_key.empty() && operation.key == KeyRule::required)
            throw Refusal{errors::bad_request, {{"reason", "Idempotency-Key is required"}}};
        if (!context.idempotency_key.empty() && !is_printable_key(context.idempotency_key))
            throw Refusal{errors::bad_request,
                          {{"reason", "Idempotency-Key takes 1 to 255 printable characters"}}};
    }
    unpack(request, operation, headers);
    Reply reply = co_await call(context, operation);
    // The state after the change, for the next one.
    if (operation.signature.if_match && reply.status == 200 && !reply.replayed)
        reply.headers.emplace_back("ETag", etag_of(reply.data));
    co_return reply;
}

// After caller and rate were looked at: unpacking is work.
void Edge::unpack(Request& request, const Operation& operation, Headers& headers) {
    if (request.body.empty()) return;
    const std::string_view name = request.header("Content-Encoding");
    if (name.empty()) return;
    const auto encoding = parse_encoding(name);
    if (encoding == Encoding::identity) return;
    if (encoding != Encoding::gzip && encoding != Encoding::zstd) {
        headers.emplace_back("Accept-Encoding", "gzip, zstd");
        throw Refusal{errors::unsupported_media_type};
    }
    request.encoding = *encoding;
    auto body =
        codecs_.unpack(*encoding, request.body, std::min(operation.body_limit, unpacked_body_max));
    if (!body) {
        if (body.error() == ContentCodecs::Problem::too_large)
            throw Refusal{errors::payload_too_large};
        throw Refusal{errors::bad_request,
                      {{"reason", fmt::format("the body is not {}", to_string(*encoding))}}};
    }
    request.body = std::move(*body);
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

const ErrorCode& Edge::code_of_unknown(std::string_view path) const {
    const auto& absent = parts_.settings.is_of_absent_module;
    return absent && absent(path) ? errors::module_disabled : errors::not_found;
}

// `operation` is null where there is none.
void Edge::limit_rate(Context& context, const Operation* operation, Headers& headers) const {
    const Caller& caller = context.caller;
    const bool anonymous = caller.kind == Caller::Kind::anonymous;
    const std::string caller_key =
        anonymous ? "ip:" + context.request.remote_ip : "id:" + caller.id.to_string();
    std::optional<RateState> tightest;
    const auto count = [&](const RateClass& limit, const std::string& who) {
        const int per_window = parts_.settings.rate_limit(limit.name, limit.per_window);
        const RateState state = parts_.rate_limiter.count(fmt::format("{} {}", limit.name, who),
                                                          per_window, limit.window, context.now);
        if (!state.allowed) parts_.db.tell("rate.limited", {{"class", limit.name}});
        if (!tightest || !state.allowed ||
            (tightest->allowed && state.remaining < tightest->remaining))
            tightest = state;
    };
    const std::optional<RateClass> own = operation != nullptr ? operation->rate : std::nullopt;
    const bool by_provider = own && own->by == RateClass::By::provider;
    const bool at_root = operation != nullptr && operation->at_root;
    if (!by_provider && !at_root)
        count(anonymous                            ? anonymous_class
              : caller.kind == Caller::Kind::staff ? staff_class
                                                   : user_class,
              caller_key);
    if (own) {
        switch (own->by) {
            case RateClass::By::ip: count(*own, "ip:" + context.request.remote_ip); break;
            case RateClass::By::caller: count(*own, caller_key); break;
            case RateClass::By::provider: count(*own, context.request.path); break;
        }
    }
    if (!tightest) return;
    headers.emplace_back("RateLimit-Limit", std::to_string(tightest->limit));
    headers.emplace_back("RateLimit-Remaining", std::to_string(tightest->remaining));
    headers.emplace_back("RateLimit-Reset", std::to_string(tightest->reset.count()));
    if (!tightest->allowed) throw Refusal{errors::rate_limited}.after(tightest->retry_after);
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
    for (int attempt = operation.grouped ? in_group : 1;; ++attempt) {
        std::optional<Refusal> refused;
        bool again = false;
        bool claimed = false;
        const std::size_t header_count = context.response_headers.size();
        try {
            pg::Tx tx =
                co_await (attempt == in_group ? parts_.db.begin_grouped() : parts_.db.begin());
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
    const RateState state = count_of_caller(context.caller.id, socket_class, context.now);
    if (!state.allowed) throw Refusal{errors::rate_limited}.after(state.retry_after);
    co_return context;
}

bool Edge::takes_socket_message(Uuid caller) const {
    return count_of_caller(caller, socket_message_class, parts_.clock.now()).allowed;
}

RateState Edge::count_of_caller(Uuid caller, const RateClass& limit, UtcTime now) const {
    const RateState state = parts_.rate_limiter.count(
        fmt::format("{} id:{}", limit.name, caller.to_string()),
        parts_.settings.rate_limit(limit.name, limit.per_window), limit.window, now);
    if (!state.allowed) parts_.db.tell("rate.limited", {{"class", limit.name}});
    return state;
}

void Edge::socket_failed(const Request& request, const std::exception& error) const {
    parts_.observer.request_failed(context_of(request, parts_), error);
}

}  // namespace taama::http
