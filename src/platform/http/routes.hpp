#pragma once

// Typed routes. An operation is a coroutine whose signature is its contract:
//
//     Task<Created<TripView>> create_trip(const Deps&, pg::Tx&, Driver, Body<NewTrip>);
//     routes.post("/trips", create_trip).summary("Publish a trip").idempotent();
//
// Paths are canonical without `/api/v1`. An operation that takes pg::Tx& runs inside a transaction
// that the edge begins and commits, together with its Idempotency-Key; one without manages its own.

#include <memory>
#include <tuple>

#include "platform/http/parameters.hpp"
#include "platform/task.hpp"

namespace taama::http {

// Limits of requests per window; one class is shared by the operations that name it.
struct RateClass {
    std::string_view name;  // "login"; the setting ratelimit.<name> replaces `per_window`
    int per_window = 60;
    Seconds window{60};
    enum class By : std::uint8_t { ip, caller, provider } by = By::caller;
};

enum class KeyRule : std::uint8_t { ignored, optional, required };

// One operation, type-erased.
struct Operation {
    Method method = Method::get;
    std::string path;                  // "/trips/{id}"
    std::vector<std::string> aliases;  // other paths of the same handler
    std::string summary_text;
    std::string area;  // OpenAPI tag: the module
    Signature signature;
    KeyRule key = KeyRule::ignored;
    bool sealed_replay = false;  // the stored answer holds credentials
    bool at_root = false;        // not under /api/v1: /health, /metrics, /sandbox …
    bool hidden = false;         // absent from the OpenAPI document
    bool camel_case = false;
    bool csrf_exempt = false;
    bool grouped = false;  // requests that come at once share a transaction
    std::optional<RateClass> rate;
    RoleSet roles = 0;  // of staff operations: filled from the policy table by app/
    std::size_t body_limit = 256 * 1024;
    std::function<Task<Reply>(Context&, pg::Tx*)> call;

    std::string name() const;  // "POST /trips"
};

// Adjusts an operation after it was added.
class Route {
public:
    explicit Route(Operation& operation) : operation_(&operation) {}

    Route& summary(std::string text) { return set(operation_->summary_text, std::move(text)); }
    // Another path of the same operation; "POST /auth/refresh" style aliases have the same method.
    Route& alias(std::string path) {
        operation_->aliases.push_back(std::move(path));
        return *this;
    }
    // Idempotency-Key is honoured on every POST by itself; here it is required (400 without).
    Route& key_required() { return set(operation_->key, KeyRule::required); }
    // The stored answer is sealed under a key derived from the Idempotency-Key, kept 10 minutes.
    Route& sealed_replay() { return set(operation_->sealed_replay, true); }
    // No replay by key: the operation's own rule makes repeats harmless, or it is a provider's
    // call.
    Route& key_ignored() { return set(operation_->key, KeyRule::ignored); }
    Route& rate(RateClass limit) { return set(operation_->rate, std::optional{limit}); }
    Route& body_limit(std::size_t bytes) { return set(operation_->body_limit, bytes); }
    Route& at_root() { return set(operation_->at_root, true); }
    Route& hidden() { return set(operation_->hidden, true); }
    Route& camel_case() { return set(operation_->camel_case, true); }
    // Requests that come at once share one transaction (pg/groups.hpp). Worth it where many come;
    // the handler asks by Tx::query_row and writes by rows.
    Route& grouped() { return set(operation_->grouped, true); }
    Route& csrf_exempt() { return set(operation_->csrf_exempt, true); }

private:
    template <class T, class U>
    Route& set(T& field, U value) {
        field = std::move(value);
        return *this;
    }
    Operation* operation_;
};

// All operations of the program, in the order they were added.
class Operations {
public:
    Operation& add(Operation operation) {
        all_.push_back(std::make_unique<Operation>(std::move(operation)));
        return *all_.back();
    }
    const std::vector<std::unique_ptr<Operation>>& all() const { return all_; }

    json::ReadContext read_context;

private:
    std::vector<std::unique_ptr<Operation>> all_;
};

namespace detail {

template <class T>
Reply reply_with(int status, const T& value, bool camel_case) {
    Reply reply;
    reply.status = status;
    json::write(reply.data, value, camel_case);
    return reply;
}

template <class T>
struct Answer;  // describe(Signature&), Reply to_reply(T&&, bool camel_case)

template <class T>
void describes(Signature& s, std::initializer_list<int> statuses) {
    s.statuses = statuses;
    s.data_schema = [](json::Schemas& schemas) { return json::schema_of<T>(schemas); };
}

template <class T>
struct Answer<Ok<T>> {
    static void describe(Signature& s) { describes<T>(s, {200}); }
    static Reply to_reply(Ok<T>&& ok, bool camel) {
        Reply reply = reply_with(200, ok.value, camel);
        reply.meta = std::move(ok.meta);
        return reply;
    }
};
template <class T>
struct Answer<Created<T>> {
    static void describe(Signature& s) { describes<T>(s, {201}); }
    static Reply to_reply(Created<T>&& created, bool camel) {
        Reply reply = reply_with(201, created.value, camel);
        reply.location = std::move(created.location);
        return reply;
    }
};
template <class T>
struct Answer<Accepted<T>> {
    static void describe(Signature& s) { describes<T>(s, {202}); }
    static Reply to_reply(Accepted<T>&& accepted, bool camel) {
        return reply_with(202, accepted.value, camel);
    }
};
template <class T>
struct Answer<Made<T>> {
    static void describe(Signature& s) { describes<T>(s, {200, 201}); }
    static Reply to_reply(Made<T>&& made, bool camel) {
        Reply reply = reply_with(made.is_new ? 201 : 200, made.value, camel);
        if (made.is_new) reply.location = std::move(made.location);
        return reply;
    }
};
template <class T>
struct Answer<Either<T>> {
    static void describe(Signature& s) { describes<T>(s, {200, 202}); }
    static Reply to_reply(Either<T>&& either, bool camel) {
        return reply_with(either.accepted ? 202 : 200, either.value, camel);
    }
};
template <>
struct Answer<NoContent> {
    static void describe(Signature& s) { s.statuses = {204}; }
    static Reply to_reply(NoContent&&, bool) {
        Reply reply;
        reply.status = 204;
        return reply;
    }
};
void add_list_meta(Reply& reply, const std::optional<Pagination>& pagination,
                   const std::optional<std::string>& next_cursor);
template <class T>
struct Answer<List<T>> {
    static void describe(Signature& s) {
        describes<std::vector<T>>(s, {200});
        s.list = true;
    }
    static Reply to_reply(List<T>&& list, bool camel) {
        Reply reply = reply_with(200, list.items, camel);
        reply.meta = std::move(list.meta);
        add_list_meta(reply, list.pagination, list.next_cursor);
        return reply;
    }
};
template <>
struct Answer<Raw> {
    static void describe(Signature& s) { s.statuses = {}; }
    static Reply to_reply(Raw&& raw, bool) {
        Reply reply;
        reply.raw = true;
        reply.status = raw.status;
        reply.content_type = std::move(raw.content_type);
        reply.data = std::move(raw.body);
        reply.headers = std::move(raw.headers);
        return reply;
    }
};
// Several answers of one operation (a sign-in that may ask for more): the first schema describes
// it.
template <class First, class... Rest>
struct Answer<std::variant<First, Rest...>> {
    static void describe(Signature& s) {
        Answer<First>::describe(s);
        std::vector<std::function<boost::json::value(json::Schemas&)>> schemas;
        std::vector<int> statuses = s.statuses;
        if (s.data_schema) schemas.push_back(s.data_schema);
        const auto join = [&]<class T>(std::type_identity<T>) {
            Signature other;
            Answer<T>::describe(other);
            if (other.data_schema) schemas.push_back(other.data_schema);
            statuses.insert(statuses.end(), other.statuses.begin(), other.statuses.end());
        };
        (join(std::type_identity<Rest>{}), ...);
        s.statuses = statuses;
        s.data_schema = [schemas](json::Schemas& into) -> boost::json::value {
            boost::json::array any;
            for (const auto& schema : schemas) any.push_back(schema(into));
            return {{"anyOf", std::move(any)}};
        };
    }
    static Reply to_reply(std::variant<First, Rest...>&& answer, bool camel) {
        return std::visit(
            [&]<class T>(T&& one) {
                return Answer<std::remove_cvref_t<T>>::to_reply(std::forward<T>(one), camel);
            },
            std::move(answer));
    }
};

void add_unknown_query_keys(Extraction& extraction, const Signature& signature);
void throw_if_problems(const Extraction& extraction);

template <class Fn>
struct Handler;

template <class Result, class Deps, class... Args>
struct Handler<Task<Result> (*)(const Deps&, Args...)> {
    using Fn = Task<Result> (*)(const Deps&, Args...);

    static Signature signature() {
        Signature s;
        Answer<Result>::describe(s);
        (Parameter<std::remove_cvref_t<Args>>::describe(s), ...);
        return s;
    }
    static constexpr bool authorised = ((std::same_as<std::remove_cvref_t<Args>, Public> ||
                                         std::same_as<std::remove_cvref_t<Args>, User> ||
                                         std::same_as<std::remove_cvref_t<Args>, Driver> ||
                                         std::same_as<std::remove_cvref_t<Args>, Staff> ||
                                         std::same_as<std::remove_cvref_t<Args>, AnyCaller> ||
                                         std::same_as<std::remove_cvref_t<Args>, MaybeCaller>) ||
                                        ...);
    static_assert(authorised, "a handler says who may call it: Public, User, Driver, Staff, …");

    // Braces keep the parameters' order, which decides the path values.
    static Task<Reply> call(const Deps& deps, Fn fn, const json::ReadContext& read_context,
                            const Operation& operation, Context& context, pg::Tx* tx) {
        json::ReadContext spelling = read_context;
        spelling.camel_case = operation.camel_case;
        Extraction extraction{context, spelling, tx};
        add_unknown_query_keys(extraction, operation.signature);
        std::tuple<decltype(Parameter<std::remove_cvref_t<Args>>::get(extraction))...> values{
            Parameter<std::remove_cvref_t<Args>>::get(extraction)...};
        throw_if_problems(extraction);
        Result result = co_await std::apply(
            [&](auto&... each) { return fn(deps, static_cast<Args&&>(each)...); }, values);
        co_return Answer<Result>::to_reply(std::move(result), operation.camel_case);
    }
};

}  // namespace detail

// A module's view of the operations: its Deps are bound into each handler and must outlive them.
template <class Deps>
class Routes {
public:
    Routes(Operations& operations, std::string area, const Deps& deps)
        : operations_(operations), area_(std::move(area)), deps_(deps) {}

    template <class Fn>
    Route get(std::string path, Fn* fn) {
        return add(Method::get, std::move(path), fn);
    }
    template <class Fn>
    Route post(std::string path, Fn* fn) {
        return add(Method::post, std::move(path), fn);
    }
    template <class Fn>
    Route put(std::string path, Fn* fn) {
        return add(Method::put, std::move(path), fn);
    }
    template <class Fn>
    Route patch(std::string path, Fn* fn) {
        return add(Method::patch, std::move(path), fn);
    }
    template <class Fn>
    Route del(std::string path, Fn* fn) {
        return add(Method::delete_, std::move(path), fn);
    }

private:
    template <class Fn>
    Route add(Method method, std::string path, Fn* fn) {
        using H = detail::Handler<Fn*>;
        Operation operation;
        operation.method = method;
        operation.path = std::move(path);
        operation.area = area_;
        operation.signature = H::signature();
        operation.key = method == Method::post ? KeyRule::optional : KeyRule::ignored;
        Operation& added = operations_.add(std::move(operation));
        added.call = [&deps = deps_, fn, &operations = operations_, &added](Context& context,
                                                                            pg::Tx* tx) {
            return H::call(deps, fn, operations.read_context, added, context, tx);
        };
        return Route{added};
    }

    Operations& operations_;
    std::string area_;
    const Deps& deps_;
};

}  // namespace taama::http
