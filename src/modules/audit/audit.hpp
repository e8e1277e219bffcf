#pragma once

// Who did what, before and after: one row in the transaction of what it describes, never changed
// again.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "platform/http/message.hpp"
#include "platform/pg/tx.hpp"

namespace taama::audit {

enum class ActorType : std::uint8_t { user, admin, system };
BOOST_DESCRIBE_ENUM(ActorType, user, admin, system)

struct Actor {
    ActorType type = ActorType::system;
    std::optional<Uuid> id;
    std::string name;

    static Actor user(AccountId id) { return {ActorType::user, id.uuid, {}}; }
    static Actor staff(StaffId id, std::string name = {}) {
        return {ActorType::admin, id.uuid, std::move(name)};
    }
    static Actor system(std::string name) {
        return {ActorType::system, std::nullopt, std::move(name)};
    }
};

// `action` is VERB_ENTITY ("APPROVE_KYC"), `entity` the kind ("KycDocument"). `before` and `after`
// hold only what changed, never secrets; a sealed column appears as "•••".
struct Entry {
    Actor actor;
    std::string_view action;
    std::string_view entity;
    std::optional<Uuid> entity_id = std::nullopt;
    std::optional<boost::json::object> before = std::nullopt;
    std::optional<boost::json::object> after = std::nullopt;
    boost::json::object meta = {};  // ip, user_agent, request_id, reason
};

// Written with the transaction's next statement or its commit.
void record(pg::Tx& tx, const Entry& entry, UtcTime now);

// The User-Agent of a request as text that can be stored: printable ASCII, at most 300 characters.
std::string user_agent_of(const http::Request& request);

// Where a request came from, for Entry::meta; an empty reason is left out.
boost::json::object meta_of(const http::Context& context, std::string_view reason = {});

// Makes the partitions of the coming months; daily.
Task<void> ensure_partitions(pg::Db& db, UtcTime now);

}  // namespace taama::audit
