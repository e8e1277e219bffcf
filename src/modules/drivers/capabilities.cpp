// The carpool capability follows from a vehicle and from the person's tier.

#include "modules/drivers/drivers.hpp"
#include "modules/identity/identity.hpp"

namespace taama::drivers {

namespace {

constexpr int approving_tier = 3;

PG_STATEMENT constexpr pg::Sql open_carpool_sql{"drivers.open_carpool", R"sql(
    insert into drivers.capabilities (driver_id, kind, status, submitted_at, reviewed_at)
    values ($1, 'carpool', case when $2 then 'approved' else 'pending' end, $3,
            case when $2 then $3::timestamptz end)
    on conflict (driver_id, kind) do nothing
    returning status)sql"};

PG_STATEMENT constexpr pg::Sql approve_carpool_sql{"drivers.approve_carpool", R"sql(
    update drivers.capabilities set status = 'approved', reviewed_at = $2
     where driver_id = $1 and kind = 'carpool' and status = 'pending'
    returning status)sql"};

Task<void> grant_driver_role(pg::Tx& tx, AccountId driver, UtcTime now) {
    co_await identity::grant_role(
        tx, {driver, identity::PersonRole::driver, "carpool capability approved"}, now);
}

Task<void> open_capability(pg::Tx& tx, const events::Event& event) {
    const std::string_view change = event.payload.at("change").as_string();
    if (change != "created" && change != "given") co_return;
    const auto owner = AccountId::parse(event.payload.at("owner_user_id").as_string());
    ASSERT(owner.has_value());
    const auto facts = co_await identity::find_account_facts(tx, *owner);
    if (!facts) co_return;
    const bool approved = facts->kyc_tier >= approving_tier;
    const pg::Rows rows = co_await tx.query(open_carpool_sql, *owner, approved, event.at);
    if (approved && !rows.empty()) co_await grant_driver_role(tx, *owner, event.at);
}

Task<void> approve_capability(pg::Tx& tx, const events::Event& event) {
    const auto* user_id = event.payload.if_contains("user_id");
    if (!user_id) co_return;
    const auto user = AccountId::parse(user_id->as_string());
    ASSERT(user.has_value());
    const auto facts = co_await identity::find_account_facts(tx, *user);
    if (!facts || facts->kyc_tier < approving_tier) co_return;
    const pg::Rows rows = co_await tx.query(approve_carpool_sql, *user, event.at);
    if (!rows.empty()) co_await grant_driver_role(tx, *user, event.at);
}

}  // namespace

void register_consumers(events::Registry& registry) {
    registry.on({"drivers.open_capability", {"vehicle.changed"}, events::each(open_capability)});
    registry.on(
        {"drivers.approve_capability", {"kyc.tier_changed"}, events::each(approve_capability)});
}

}  // namespace taama::drivers
