#include "app/seed/demo_store.hpp"

#include "platform/crypto/random.hpp"

namespace taama::app {

namespace {

PG_STATEMENT constexpr pg::Sql has_demo_people_sql{"app.has_demo_people", R"sql(
    select exists (select from identity.accounts where legacy_source = 'demo'))sql"};

PG_STATEMENT constexpr pg::Sql count_trips_ahead_sql{"app.count_demo_trips_ahead", R"sql(
    select count(*)
      from carpool.trips t join identity.accounts a on a.id = t.driver_id
     where a.legacy_source = 'demo' and t.status = 'published' and t.departure_time > $1)sql"};

PG_STATEMENT constexpr pg::Sql save_staff_sql{"app.save_demo_staff", R"sql(
    insert into identity.staff (id, username, password_hash, full_name, role, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $6)
        on conflict do nothing)sql"};

PG_STATEMENT constexpr pg::Sql save_person_sql{"app.save_demo_person", R"sql(
    insert into identity.accounts
           (id, phone, phone_verified_at, password_hash, password_changed_at, first_name, last_name,
            kyc_tier, roles, referral_code, terms_version, legacy_source, legacy_id, created_at,
            updated_at)
    values ($1, $2, $3, $4, $3, $5, $6, case when $7 then 3 else 1 end,
            case when $7 then '{client,driver}'::text[] else '{client}' end, $8, '1', 'demo', $2,
            $3, $3)
        on conflict do nothing)sql"};

PG_STATEMENT constexpr pg::Sql find_person_sql{"app.find_demo_person", R"sql(
    select id from identity.accounts where phone = $1)sql"};

PG_STATEMENT constexpr pg::Sql save_paper_sql{"app.save_demo_paper", R"sql(
    with file as (
        insert into files.files
               (id, owner_kind, owner_id, purpose, visibility, status, content_type, declared_size,
                size, storage_key, attached_kind, attached_id, upload_expires_at, uploaded_at,
                ready_at, created_at, updated_at)
        values ($1, 'user', $2, 'kyc', 'private', 'ready', 'image/jpeg', 1, 1, $9,
                'kyc_document', $3, $8, $8, $8, $8, $8)
        returning id)
    insert into identity.kyc_documents
           (id, account_id, doc_type, country, doc_number_sealed, doc_number_bidx,
            doc_number_last4, front_file_id, back_file_id, expires_on, status, notes, reviewed_by,
            reviewed_at, created_at, updated_at)
    select $3, $2, $4, 'CI', $5, $6, $7, file.id, file.id, date '2035-12-31', 'approved', 'demo',
           s.id, $8, $8, $8
      from file, identity.staff s
     where s.username = 'compliance')sql"};

PG_STATEMENT constexpr pg::Sql save_capability_sql{"app.save_demo_capability", R"sql(
    insert into drivers.capabilities (driver_id, kind, status, submitted_at, reviewed_at)
    values ($1, 'carpool', 'approved', $2, $2)
        on conflict do nothing)sql"};

PG_STATEMENT constexpr pg::Sql save_setting_sql{"app.save_demo_setting", R"sql(
    insert into settings.values (key, value, version, updated_at)
    values ($1, $2, 1, $3)
        on conflict (key) do nothing)sql"};

}  // namespace

Task<bool> has_demo_people(pg::Db& db) {
    const pg::Rows rows = co_await db.query(has_demo_people_sql);
    co_return rows.one<bool>();
}

Task<std::int64_t> count_trips_ahead(pg::Db& db, UtcTime now) {
    const pg::Rows rows = co_await db.query(count_trips_ahead_sql, now);
    co_return rows.one<std::int64_t>();
}

void save_demo_staff(pg::Tx& tx, const DemoStaff& person, const std::string& password_hash,
                     UtcTime now) {
    tx.enqueue(save_staff_sql, StaffId::make(), person.username, password_hash, person.full_name,
               person.role, now);
}

Task<AccountId> save_demo_person(pg::Tx& tx, const DemoPerson& person,
                                 const std::string& password_hash, UtcTime now) {
    const bool drives = person.vehicle != nullptr;
    tx.enqueue(save_person_sql, AccountId::make(), person.phone, now, password_hash,
               person.first_name, person.last_name, drives, crypto::random_code(8));
    const pg::Rows rows = co_await tx.query(find_person_sql, person.phone);
    co_return rows.one<AccountId>();
}

void save_demo_driver(pg::Tx& tx, AccountId driver, const crypto::Sealer& sealer, UtcTime now) {
    for (const std::string_view type : {"cni", "permis"}) {
        const std::string number = "CI" + crypto::random_digits(9);
        const auto index = sealer.blind_index("kyc.doc_number", number);
        const auto file = FileId::make();
        tx.enqueue(save_paper_sql, file, driver, Uuid::make(), type,
                   sealer.seal("kyc.doc_number", number), pg::Bytes{index.begin(), index.end()},
                   number.substr(number.size() - 4), now, file.to_string());
    }
    tx.enqueue(save_capability_sql, driver, now);
}

Task<std::optional<AccountId>> find_demo_person(pg::Db& db, std::string_view phone) {
    const pg::Rows rows = co_await db.query(find_person_sql, phone);
    co_return rows.at_most_one<AccountId>();
}

void save_demo_setting(pg::Tx& tx, std::string_view key, const boost::json::value& value,
                       UtcTime now) {
    tx.enqueue(save_setting_sql, key, value, now);
}

}  // namespace taama::app
