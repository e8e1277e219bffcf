#pragma once

// Rows that the API makes in many steps, with people deciding in between: proved contacts, reviewed
// papers.

#include "app/seed/demo_people.hpp"
#include "platform/crypto/seal.hpp"
#include "platform/pg/tx.hpp"
#include "platform/time/time.hpp"

namespace taama::app {

Task<bool> has_demo_people(pg::Db& db);
Task<std::int64_t> count_trips_ahead(pg::Db& db, UtcTime now);

void save_demo_staff(pg::Tx& tx, const DemoStaff& person, const std::string& password_hash,
                     UtcTime now);
Task<AccountId> save_demo_person(pg::Tx& tx, const DemoPerson& person,
                                 const std::string& password_hash, UtcTime now);
// An identity card and a driving licence that compliance has approved: tier 3, capability carpool.
void save_demo_driver(pg::Tx& tx, AccountId driver, const crypto::Sealer& sealer, UtcTime now);
Task<std::optional<AccountId>> find_demo_person(pg::Db& db, std::string_view phone);
void save_demo_setting(pg::Tx& tx, std::string_view key, const boost::json::value& value,
                       UtcTime now);

}  // namespace taama::app
