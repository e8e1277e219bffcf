#pragma once

// The parameter types of typed handlers. Each knows how to come out of a request, what it adds to
// the OpenAPI operation, and whether it is an authorisation: a handler without one does not
// compile.

#include <set>

#include "platform/errors.hpp"
#include "platform/http/entity_tag.hpp"
#include "platform/http/message.hpp"
#include "platform/json/fields.hpp"

namespace taama::pg {
class Tx;
}

namespace taama::http {

// Anybody. Credentials are not looked at, but for counting a known caller's requests as that
// caller's.
struct Public {};
// A signed-in person.
struct User {
    AccountId id;
    SessionId session;
};
// A person who drives: the capability is checked in SQL, so to the edge this is User under another
// name.
struct Driver : User {};
// The operator's people. The roles stand in the policy table; a staff operation without a row there
// stops the program at start.
struct Staff {
    StaffId id;
    SessionId session;
    Role role;
};
// A person or staff, signed in.
struct AnyCaller {
    Caller caller;
};
// Anybody, and who it is when credentials came; bad ones are refused, so that a phone with an
// expired token renews it instead of seeing less.
struct MaybeCaller {
    Caller caller;
};

template <class T>
struct Body {
    T value;
    const T& operator*() const { return value; }
    const T* operator->() const { return &value; }
};
// A described struct from the query string. Unknown keys are refused like unknown fields.
template <class T>
struct Query {
    T value;
    const T& operator*() const { return value; }
    const T* operator->() const { return &value; }
};
// The path's {…} in order. Another form than a UUID is 404.
template <class T>
struct Path {
    T value;
    const T& operator*() const { return value; }
};
// page and page_size of the query string.
struct Paging {
    std::int64_t page = 1;
    std::int64_t page_size = 20;

    std::int64_t offset() const { return (page - 1) * page_size; }
    Pagination of(std::optional<std::int64_t> total) const { return {page, page_size, total}; }
};
// `If-Match` of the request. check() throws 412 when the resource's present view is another.
struct IfMatch {
    std::string etag;  // empty: not given

    template <class View>
    void check(const View& view) const {
        if (!etag.empty() && !names_state(etag, etag_of_view(view)))
            throw Refusal{errors::precondition_failed};
    }
};

enum class Access : std::uint8_t { open, maybe, user, staff, any };

// What the signature says of an operation, for the guard and the OpenAPI document.
struct Signature {
    std::optional<Access> access;
    bool transactional = false;
    bool has_body = false;
    bool raw_request = false;
    bool if_match = false;
    int path_values = 0;
    std::vector<std::string> path_types;  // "uuid" or "string"
    std::set<std::string, std::less<>> query_keys;
    // Called when the document is made.
    std::function<boost::json::value(json::Schemas&)> body_schema;
    std::vector<std::function<void(json::Schemas&, boost::json::array& parameters)>> query_schemas;
    std::function<boost::json::value(json::Schemas&)> data_schema;  // none: 204 or raw
    bool list = false;
    std::vector<int> statuses;
};

// Everything one request is read with: the problems of all parameters are reported together.
struct Extraction {
    Context& context;
    const json::ReadContext& read_context;
    pg::Tx* tx;
    json::Problems problems{};
    std::size_t next_path_value = 0;
};

json::Node read_body(const Context& context);  // throws 400, 415
json::Node query_node(const Request& request, std::span<const json::Alias> aliases,
                      const std::set<std::string, std::less<>>& keys);
void describe_query(json::Schemas& schemas, const boost::json::value& schema,
                    boost::json::array& parameters);

template <class T>
struct Parameter;  // describe(Signature&), T get(Extraction&)

template <>
struct Parameter<Public> {
    static void describe(Signature& s) { s.access = Access::open; }
    static Public get(Extraction&) { return {}; }
};
template <>
struct Parameter<User> {
    static void describe(Signature& s) { s.access = Access::user; }
    static User get(Extraction& e) {
        return {e.context.caller.account(), e.context.caller.session};
    }
};
template <>
struct Parameter<Driver> {
    static void describe(Signature& s) { s.access = Access::user; }
    static Driver get(Extraction& e) { return {Parameter<User>::get(e)}; }
};
template <>
struct Parameter<Staff> {
    static void describe(Signature& s) { s.access = Access::staff; }
    static Staff get(Extraction& e) {
        const Caller& caller = e.context.caller;
        return {caller.staff(), caller.session, caller.role.value()};
    }
};
template <>
struct Parameter<AnyCaller> {
    static void describe(Signature& s) { s.access = Access::any; }
    static AnyCaller get(Extraction& e) { return {e.context.caller}; }
};
template <>
struct Parameter<MaybeCaller> {
    static void describe(Signature& s) { s.access = Access::maybe; }
    static MaybeCaller get(Extraction& e) { return {e.context.caller}; }
};
template <>
struct Parameter<Context> {
    static void describe(Signature&) {}
    static Context& get(Extraction& e) { return e.context; }
};
template <>
struct Parameter<Request> {
    static void describe(Signature& s) { s.raw_request = true; }
    static const Request& get(Extraction& e) { return e.context.request; }
};
template <>
struct Parameter<pg::Tx> {
    static void describe(Signature& s) { s.transactional = true; }
    static pg::Tx& get(Extraction& e) { return *e.tx; }
};
template <>
struct Parameter<Paging> {
    static void describe(Signature& s);
    static Paging get(Extraction& e);
};
template <>
struct Parameter<IfMatch> {
    static void describe(Signature& s) { s.if_match = true; }
    static IfMatch get(Extraction& e) {
        return {std::string{e.context.request.header("If-Match")}};
    }
};

template <class T>
struct Parameter<Body<T>> {
    static void describe(Signature& s) {
        s.has_body = true;
        s.body_schema = [](json::Schemas& schemas) { return json::schema_of<T>(schemas); };
    }
    static Body<T> get(Extraction& e) {
        Body<T> body{};
        json::Reader reader{e.read_context, e.problems};
        json::Codec<T>::read(reader, read_body(e.context), body.value);
        return body;
    }
};

template <class T>
struct Parameter<Query<T>> {
    static std::span<const json::Alias> aliases() {
        if constexpr (requires { T::aliases; })
            return T::aliases;
        else
            return {};
    }
    static std::set<std::string, std::less<>> keys() {
        std::set<std::string, std::less<>> names;
        boost::mp11::mp_for_each<json::members_of<T>>([&](auto m) { names.insert(m.name); });
        return names;
    }
    static void describe(Signature& s) {
        s.query_keys.merge(keys());
        for (const auto& alias : aliases()) s.query_keys.insert(std::string{alias.written});
        s.query_schemas.push_back([](json::Schemas& schemas, boost::json::array& parameters) {
            json::Schemas own;
            own.side = json::Schemas::Side::request;
            json::Codec<T>::schema(own);
            describe_query(own, own.components[json::component_name_of<T>(own.side)], parameters);
            (void)schemas;
        });
    }
    static Query<T> get(Extraction& e) {
        Query<T> query{};
        json::Reader reader{e.read_context, e.problems};
        reader.from_query = true;
        json::Codec<T>::read(reader, query_node(e.context.request, aliases(), keys()), query.value);
        return query;
    }
};

template <class Tag>
struct Parameter<Path<Id<Tag>>> {
    static void describe(Signature& s) {
        ++s.path_values;
        s.path_types.emplace_back("uuid");
    }
    static Path<Id<Tag>> get(Extraction& e) {
        const auto id = Id<Tag>::parse(e.context.path_values[e.next_path_value++]);
        if (!id) throw Refusal{errors::not_found};
        return {*id};
    }
};
template <>
struct Parameter<Path<std::string>> {
    static void describe(Signature& s) {
        ++s.path_values;
        s.path_types.emplace_back("string");
    }
    static Path<std::string> get(Extraction& e) {
        return {std::string{e.context.path_values[e.next_path_value++]}};
    }
};

}  // namespace taama::http
