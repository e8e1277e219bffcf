#pragma once

// What a handler sees of a request, and what it may answer.

#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "platform/http/accept_encoding.hpp"
#include "platform/id.hpp"
#include "platform/json/codec.hpp"
#include "platform/time/time.hpp"

namespace taama::http {

enum class Method : std::uint8_t { get, post, put, patch, delete_, head, options, other };
std::string_view to_string(Method method);  // "GET"

using Headers = std::vector<std::pair<std::string, std::string>>;

// One request, already read whole. Views stay valid while it is handled.
struct Request {
    Method method = Method::get;
    std::string path;  // decoded, canonical: /api/v1/trips/{…}
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
    std::string raw_query;
    std::string body;                        // unpacked
    Encoding encoding = Encoding::identity;  // in which it came
    std::string remote_ip;  // of the client, behind trusted proxies the forwarded one
    bool secure = false;    // came over TLS, here or at a trusted proxy
    std::function<std::string_view(std::string_view name)> header;  // empty when absent

    std::string_view query_value(std::string_view key) const;
};

// The operator's staff roles.
enum class Role : std::uint8_t {
    super,
    ops,
    support,
    finance,
    compliance,
    rental_admin,
    rental_manager,
    fleet_viewer
};
BOOST_DESCRIBE_ENUM(Role, super, ops, support, finance, compliance, rental_admin, rental_manager,
                    fleet_viewer)
using RoleSet = std::uint32_t;  // bit 1 << role
constexpr RoleSet role_bit(Role role) { return RoleSet{1} << static_cast<unsigned>(role); }

// Who calls, as the credentials prove it. Capabilities and ownership are for the SQL to check.
struct Caller {
    enum class Kind : std::uint8_t { anonymous, user, staff };

    Kind kind = Kind::anonymous;
    Uuid id;  // account or staff id
    SessionId session;
    std::optional<Role> role;  // staff
    bool by_cookie = false;
    std::optional<UtcTime> credential_expires;  // of a bearer token: sockets close then

    AccountId account() const { return AccountId{id}; }
    StaffId staff() const { return StaffId{id}; }
};

// One request on its way through the server.
struct Context {
    const Request& request;
    Uuid request_id;
    Language language = Language::fr;
    UtcTime now;  // read once
    Caller caller;
    std::string_view idempotency_key;           // empty: none
    std::vector<std::string_view> path_values;  // in the order of the path's {…}
    Headers response_headers;                   // added to the answer (Set-Cookie, …)
    std::string_view operation;                 // "POST /bookings"
};

// --- answers -------------------------------------------------------------------------------------

template <class T>
struct Ok {
    T value;
    boost::json::object meta{};  // joins the envelope's meta
};
template <class T>
struct Created {
    T value;
    std::string location;  // of the new resource, as routes name it: without /api/v1
};
// Work that goes on: 202 with the job's resource.
template <class T>
struct Accepted {
    T value;
};
// 201 the first time, 200 when it was there already.
template <class T>
struct Made {
    T value;
    bool is_new;
    std::string location;
};
// Another status by what happened: 200 or 202.
template <class T>
struct Either {
    T value;
    bool accepted;
};
struct NoContent {};

struct Pagination {
    std::int64_t page = 1;
    std::int64_t page_size = 20;
    std::optional<std::int64_t> total;  // nullopt: not counted
};
template <class T>
struct List {
    std::vector<T> items;
    std::optional<Pagination> pagination{};
    std::optional<std::string> next_cursor{};
    boost::json::object meta{};
};
// Anything that is not the envelope: providers' protocols, pages, images, metrics.
struct Raw {
    int status = 200;
    std::string content_type = "application/json";
    std::string body{};
    Headers headers{};
};

// An answer before the envelope is put around it.
struct Reply {
    int status = 200;
    std::string data;  // JSON of `data`, or the raw body
    boost::json::object meta;
    std::string location;
    std::string content_type = "application/json";
    Headers headers;
    bool raw = false;
    bool replayed = false;  // by its Idempotency-Key
};

// Of the JSON of `data`: strong, quoted.
std::string etag_of(std::string_view data);
template <class View>
std::string etag_of_view(const View& view) {
    return etag_of(json::to_json(view));
}

}  // namespace taama::http
