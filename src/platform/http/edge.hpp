#pragma once

// The guard between the socket and the operations: routing, limits, caller, idempotency,
// transaction, errors, envelope. One per thread.

#include <functional>
#include <memory>

#include "platform/http/authenticator.hpp"
#include "platform/http/content_encoding.hpp"
#include "platform/http/idempotency.hpp"
#include "platform/http/observer.hpp"
#include "platform/http/rate_limiter.hpp"
#include "platform/http/router.hpp"

namespace taama::http {

struct Response {
    int status = 200;
    std::string content_type;
    std::string body;
    Headers headers;
    Encoding encoding = Encoding::identity;  // of the body
    bool lean = false;                       // without the headers that serve browsers
};

// What the operator's settings say; read at each request, so it must be cheap.
struct EdgeSettings {
    std::function<int(std::string_view rate_class, int fallback)> rate_limit;
    std::function<bool(std::string_view origin)> origin_allowed;
    std::function<Language()> language;
    std::function<bool(std::string_view path)> is_of_absent_module{};  // of unknown paths
    std::function<std::size_t()> compress_min_bytes;  // shorter answers are sent as they are
};

// One refusal per constraint that can refuse a user: named in the module's errors.hpp.
struct ConstraintRefusal {
    std::string_view constraint;
    const ErrorCode* code;
};

class Edge {
public:
    struct Parts {
        pg::Db& db;
        const Clock& clock;
        Authenticator& authenticator;
        RateLimiter& rate_limiter;
        const crypto::Sealer& sealer;
        Observer& observer;
        const Operations& operations;
        EdgeSettings settings;
        std::vector<ConstraintRefusal> constraints;
    };
    explicit Edge(Parts parts);

    // Answers every request; never throws.
    Task<Response> serve(Request& request);

    // The largest body that the operation of this path takes, known before the body is read.
    std::size_t body_limit(Method method, std::string_view raw_path) const;
    // For requests that never become one: bad HTTP, time-outs, oversized headers.
    Response refuse(const Request& request, const Refusal& refusal) const;
    // The caller of a socket's upgrade request, by bearer or `?token=`.
    Task<Context> open_socket(const Request& request);
    // Counts a message that came on a caller's sockets; false when there are too many.
    bool takes_socket_message(Uuid caller) const;
    // A defect in a socket's handler.
    void socket_failed(const Request& request, const std::exception& error) const;

    const Parts& parts() const { return parts_; }

private:
    Task<Reply> answer(Request& request, Context& context, const Match& match, Headers& headers);
    Task<void> authenticate(Context& context, Access access, bool csrf_exempt);
    const ErrorCode& code_of_unknown(std::string_view path) const;
    void limit_rate(Context& context, const Operation* operation, Headers& headers) const;
    RateState count_of_caller(Uuid caller, const RateClass& limit, UtcTime now) const;
    void unpack(Request& request, const Operation& operation, Headers& headers);
    Task<Reply> call(Context& context, const Operation& operation);
    Task<Reply> call_in_transaction(Context& context, const Operation& operation);
    Task<Reply> call_under_lease(Context& context, const Operation& operation);
    Response envelope(const Context& context, Reply reply, Headers headers) const;
    void add_entity_tag(const Context& context, const Reply& reply, Response& response) const;
    void add_cors(const Request& request, Response& response) const;
    Reply refusal_reply(const Context& context, const Refusal& refusal) const;
    void pack(const Request& request, const Operation* operation, Response& response);

    Parts parts_;
    Router router_;
    Idempotency idempotency_;
    ContentCodecs codecs_;
};

}  // namespace taama::http
