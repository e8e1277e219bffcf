#include "modules/ledger/ledger.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "modules/ledger/errors.hpp"

namespace taama::ledger {

namespace {

namespace json = boost::json;

json::array to_json(const AccountRef& ref) {
    return {to_string(ref.kind), boost::describe::enum_to_string(ref.owner_type, ""), ref.owner_id,
            ref.sub};
}

std::string_view to_string(Phase phase) {
    switch (phase) {
        case Phase::single: return "single";
        case Phase::pending: return "pending";
        case Phase::post: return "post";
        case Phase::void_: return "void";
    }
    ASSERT(false);
}

// Only what the leg says is written: the fingerprint of an act is made of this text.
json::object to_json(const Leg& leg) {
    const bool resolves = leg.phase == Phase::post || leg.phase == Phase::void_;
    ASSERT(resolves == leg.hold.has_value());
    ASSERT(resolves || leg.amount || leg.rest_of);
    ASSERT(!leg.timeout_at || leg.phase == Phase::pending);

    json::object object{{"debit", to_json(leg.debit)},
                        {"credit", to_json(leg.credit)},
                        {"kind", leg.kind},
                        {"phase", to_string(leg.phase)}};
    if (leg.amount) object["amount"] = *leg.amount;
    if (leg.hold && !leg.hold->act_key.empty()) {
        object["hold_act"] = leg.hold->act_key;
        object["hold_leg"] = leg.hold->leg;
    }
    if (leg.timeout_at) object["timeout_at"] = taama::to_string(*leg.timeout_at);
    if (leg.up_to) object["up_to"] = true;
    if (leg.rest_of) object["rest_of"] = *leg.rest_of;
    return object;
}

json::object to_json(const Act& act, ActId id) {
    json::array legs;
    for (const Leg& leg : act.legs) legs.push_back(to_json(leg));
    json::object object{{"id", id.to_string()},
                        {"key", act.key},
                        {"kind", act.kind},
                        {"actor_type", boost::describe::enum_to_string(act.actor.type, "")},
                        {"basis", act.basis},
                        {"currency", taama::to_string(act.currency)},
                        {"legs", std::move(legs)}};
    if (act.subject) {
        object["subject_type"] = boost::describe::enum_to_string(act.subject->type, "");
        object["subject_id"] = act.subject->id.to_string();
    }
    if (!act.actor.id.empty()) object["actor_id"] = act.actor.id;
    if (act.request_id) object["request_id"] = act.request_id->to_string();
    return object;
}

// A refusal of the posting routine as the answer it means; anything else stays an error of the
// database.
std::optional<Refusal> refusal_of(const std::string& constraint) {
    constexpr std::string_view floor = "account_floor_";
    if (constraint.starts_with(floor)) {
        const std::string account = constraint.substr(floor.size());
        if (account == "wallet" || account == "bonus" || account == "custody")
            return Refusal{errors::insufficient_funds};
        return Refusal{errors::conflict, {{"account", account}}};
    }
    if (constraint == "hold_expired") return Refusal{errors::hold_expired};
    if (constraint == "hold_unknown" || constraint == "transfer_resolution")
        return Refusal{errors::conflict, {{"reason", "hold_resolved"}}};
    if (constraint == "hold_exceeded")
        return Refusal{errors::conflict, {{"reason", "hold_exceeded"}}};
    if (constraint == "account_closed")
        return Refusal{errors::conflict, {{"reason", "account_closed"}}};
    return std::nullopt;
}

}  // namespace

PG_STATEMENT constexpr pg::Sql post_sql{"ledger.post", R"sql(
    select act_id, is_new, at, leg, transfer_id, amount
      from ledger.post($1::jsonb, $2::timestamptz))sql"};

Task<Posted> post(pg::Tx& tx, const Act& act, UtcTime now) {
    ASSERT(!act.key.empty() && !act.legs.empty() && act.legs.size() <= 64);
    const json::object request = to_json(act, ActId::make());
    const auto begin = std::chrono::steady_clock::now();
    try {
        const pg::Rows rows = co_await tx.query(post_sql, request, now);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        ASSERT(!rows.empty());
        Posted posted{rows[0].get<ActId>(0), rows[0].get<bool>(1), rows[0].get<UtcTime>(2), {}};
        for (int i = 0; i < rows.size(); ++i)
            if (!rows[i].is_null(3))
                posted.legs.push_back({rows[i].get<std::int16_t>(3), rows[i].get<TransferId>(4),
                                       rows[i].get<std::int64_t>(5)});
        if (posted.is_new)
            tx.tell("ledger.posted", {{"kind", act.kind}, {"seconds", took.count()}});
        co_return posted;
    } catch (const pg::Error& error) {
        if (error.constraint == "act_conflict") throw ActConflict{"ledger_conflict: " + act.key};
        if (auto refusal = refusal_of(error.constraint)) throw std::move(*refusal);
        throw;
    }
}

PG_STATEMENT constexpr pg::Sql balance_of_sql{"ledger.balance_of", R"sql(
    select coalesce(sum(case a.side when 'C' then a.credits_posted - a.debits_posted
                                    else a.debits_posted - a.credits_posted end), 0)::bigint,
           coalesce(sum(case a.side when 'C' then a.debits_pending
                                    else a.credits_pending end), 0)::bigint
      from ledger.account a
     where a.kind = $1 and a.owner_type = $2 and a.owner_id = $3 and a.sub = $4 and a.currency = $5
)sql"};

Task<Balance> balance_of(pg::Tx& tx, const AccountRef& account, Currency currency) {
    const pg::Rows rows =
        co_await tx.query(balance_of_sql, to_string(account.kind), account.owner_type,
                          account.owner_id, account.sub, currency);
    co_return Balance{rows[0].get<std::int64_t>(0), rows[0].get<std::int64_t>(1)};
}

}  // namespace taama::ledger
