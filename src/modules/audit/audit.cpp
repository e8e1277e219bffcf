#include "modules/audit/audit.hpp"

namespace taama::audit {

namespace {

PG_STATEMENT constexpr pg::Sql record_sql{"audit.record", R"sql(
    insert into audit.entries (id, at, actor_type, actor_id, actor_name, action, entity, entity_id,
                               before, after, meta)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))sql"};

PG_STATEMENT constexpr pg::Sql ensure_partitions_sql{"audit.ensure_partitions", R"sql(
    select audit.ensure_month($1::timestamptz + make_interval(months => ahead))
      from generate_series(0, 3) ahead)sql"};

}  // namespace

void record(pg::Tx& tx, const Entry& entry, UtcTime now) {
    tx.enqueue(record_sql, Uuid::make(), now, entry.actor.type, entry.actor.id, entry.actor.name,
               entry.action, entry.entity, entry.entity_id, entry.before, entry.after, entry.meta);
}

std::string user_agent_of(const http::Request& request) {
    constexpr std::size_t length_max = 300;
    std::string text{request.header("User-Agent").substr(0, length_max)};
    std::erase_if(text, [](unsigned char c) { return c < 0x20 || c > 0x7e; });
    return text;
}

boost::json::object meta_of(const http::Context& context, std::string_view reason) {
    boost::json::object meta{{"ip", context.request.remote_ip},
                             {"request_id", context.request_id.to_string()}};
    if (const auto user_agent = user_agent_of(context.request); !user_agent.empty())
        meta["user_agent"] = user_agent;
    if (!reason.empty()) meta["reason"] = reason;
    return meta;
}

Task<void> ensure_partitions(pg::Db& db, UtcTime now) {
    co_await db.query(ensure_partitions_sql, now);
}

}  // namespace taama::audit
