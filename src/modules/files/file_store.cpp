#include "modules/files/file_store.hpp"

namespace taama::files {

PG_STATEMENT constexpr pg::Sql lock_owner_sql{"files.lock_owner", R"sql(
    select pg_advisory_xact_lock(hashtextextended('files.owner ' || $1, 0)))sql"};

PG_STATEMENT constexpr pg::Sql count_open_uploads_sql{"files.count_open_uploads", R"sql(
    select count(*)
      from files.files
     where owner_id = $1 and owner_kind = $2 and status in ('requested', 'processing')
       and created_at > $3)sql"};

Task<int> lock_open_uploads(pg::Tx& tx, const Owner& owner, UtcTime since) {
    tx.enqueue(lock_owner_sql, owner.id.to_string());
    const pg::Rows rows = co_await tx.query(count_open_uploads_sql, owner.id, owner.kind, since);
    co_return rows.one<int>();
}

PG_STATEMENT constexpr pg::Sql save_new_file_sql{"files.save_new_file", R"sql(
    insert into files.files (id, owner_kind, owner_id, purpose, visibility, name, content_type,
                             declared_size, declared_sha256, storage_key, upload_expires_at,
                             created_at, updated_at)
         values ($1, $2, $3, $4, case when $5::boolean then 'public' else 'private' end, $6, $7, $8,
                 $9, $10, $11, $12, $12))sql"};

void save_new_file(pg::Tx& tx, const NewFile& file, UtcTime now) {
    tx.enqueue(save_new_file_sql, file.id, file.owner.kind, file.owner.id, file.purpose,
               file.is_public, file.name, file.content_type, file.size, file.sha256,
               file.storage_key, file.upload_expires_at, now);
}

PG_STATEMENT constexpr pg::Sql find_file_sql{"files.find_file", R"sql(
    select id, owner_kind, owner_id, purpose, visibility = 'public' as is_public, status,
           content_type, declared_size, declared_sha256, size, width, height, storage_key, variants,
           attached_kind, attached_id, failure, upload_expires_at,
           uploaded_at is not null as uploaded, created_at
      from files.files
     where id = $1 and status <> 'deleted')sql"};

Task<std::optional<File>> find_file(pg::Db& db, FileId id) {
    const pg::Rows rows = co_await db.query(find_file_sql, id);
    co_return rows.at_most_one<File>();
}

PG_STATEMENT constexpr pg::Sql lock_file_sql{"files.lock_file", R"sql(
    select id, owner_kind, owner_id, purpose, visibility = 'public' as is_public, status,
           content_type, declared_size, declared_sha256, size, width, height, storage_key, variants,
           attached_kind, attached_id, failure, upload_expires_at,
           uploaded_at is not null as uploaded, created_at
      from files.files
     where id = $1 and status <> 'deleted'
       for update)sql"};

Task<std::optional<File>> lock_file(pg::Tx& tx, FileId id) {
    const pg::Rows rows = co_await tx.query(lock_file_sql, id);
    co_return rows.at_most_one<File>();
}

PG_STATEMENT constexpr pg::Sql claim_upload_sql{"files.claim_upload", R"sql(
    update files.files
       set uploaded_at = $2, updated_at = $2
     where id = $1 and status = 'requested' and uploaded_at is null and upload_expires_at > $2)sql"};

Task<bool> claim_upload(pg::Db& db, FileId id, UtcTime now) {
    const pg::Rows rows = co_await db.query(claim_upload_sql, id, now);
    co_return rows.affected() == 1;
}

PG_STATEMENT constexpr pg::Sql claim_processing_sql{"files.claim_processing", R"sql(
    update files.files
       set status = 'processing', updated_at = $2
     where id = $1 and status = 'requested' and uploaded_at is not null)sql"};

Task<bool> claim_processing(pg::Tx& tx, FileId id, UtcTime now) {
    const pg::Rows rows = co_await tx.query(claim_processing_sql, id, now);
    co_return rows.affected() == 1;
}

PG_STATEMENT constexpr pg::Sql save_ready_sql{"files.save_ready", R"sql(
    update files.files
       set status = 'ready', size = $2, sha256 = $3, width = $4, height = $5, variants = $6,
           ready_at = $7, updated_at = $7
     where id = $1 and status = 'processing')sql"};

Task<bool> save_ready(pg::Tx& tx, FileId id, const Processed& processed, UtcTime now) {
    const pg::Rows rows =
        co_await tx.query(save_ready_sql, id, processed.size, processed.sha256, processed.width,
                          processed.height, processed.variants, now);
    co_return rows.affected() == 1;
}

PG_STATEMENT constexpr pg::Sql save_rejected_sql{"files.save_rejected", R"sql(
    update files.files
       set status = 'rejected', failure = $2, updated_at = $3
     where id = $1 and status = 'processing')sql"};

Task<bool> save_rejected(pg::Tx& tx, FileId id, std::string_view failure, UtcTime now) {
    const pg::Rows rows = co_await tx.query(save_rejected_sql, id, failure, now);
    co_return rows.affected() == 1;
}

PG_STATEMENT constexpr pg::Sql save_deleted_sql{"files.save_deleted", R"sql(
    update files.files set status = 'deleted', updated_at = $2 where id = $1)sql"};

void save_deleted(pg::Tx& tx, FileId id, UtcTime now) { tx.enqueue_one(save_deleted_sql, id, now); }

PG_STATEMENT constexpr pg::Sql sweep_stale_sql{"files.sweep_stale", R"sql(
    with stale as (
        select id from files.files
         where (status = 'requested' and created_at <= $1::timestamptz - interval '1 hour')
            or (status = 'ready' and attached_id is null
                and ready_at <= $1::timestamptz - interval '24 hours')
         limit $2
           for update skip locked
    )
    update files.files f
       set status = case f.status when 'requested' then 'expired' else 'deleted' end, updated_at = $1
      from stale
     where f.id = stale.id
 returning f.id)sql"};

Task<std::vector<FileId>> sweep_stale(pg::Tx& tx, UtcTime now, int batch) {
    const pg::Rows rows = co_await tx.query(sweep_stale_sql, now, batch);
    co_return rows.all<FileId>();
}

PG_STATEMENT constexpr pg::Sql find_orphans_sql{"files.find_orphans", R"sql(
    select key from unnest($1::text[]) key
     where not exists (select from files.files f
                        where f.storage_key = key
                          and f.status in ('requested', 'processing', 'ready')))sql"};

Task<std::vector<std::string>> find_orphans(pg::Db& db,
                                            const std::vector<std::string>& storage_keys) {
    const pg::Rows rows = co_await db.query_slow(find_orphans_sql, storage_keys);
    co_return rows.all<std::string>();
}

PG_STATEMENT constexpr pg::Sql attach_sql{"files.attach", R"sql(
    update files.files
       set attached_kind = $5, attached_id = $6, updated_at = $7
     where id = $1 and owner_kind = $2 and owner_id = $3 and purpose = $4 and status = 'ready'
       and (attached_id is null or (attached_kind = $5 and attached_id = $6)))sql"};

Task<Attaching> attach(pg::Tx& tx, FileId id, Owner owner, Purpose purpose, Holder holder,
                       UtcTime now) {
    const pg::Rows rows = co_await tx.query(attach_sql, id, owner.kind, owner.id, purpose,
                                            holder.kind, holder.id, now);
    if (rows.affected() == 1) co_return Attaching::attached;
    const auto file = co_await lock_file(tx, id);
    if (!file || !file->belongs_to(owner) || file->purpose != purpose) co_return Attaching::unknown;
    co_return file->status == FileStatus::ready ? Attaching::held_by_another : Attaching::not_ready;
}

PG_STATEMENT constexpr pg::Sql detach_sql{"files.detach", R"sql(
    update files.files
       set attached_kind = null, attached_id = null, ready_at = $4, updated_at = $4
     where id = $1 and attached_kind = $2 and attached_id = $3)sql"};

// The day of grace before the sweep begins again.
void detach(pg::Tx& tx, FileId id, Holder holder, UtcTime now) {
    tx.enqueue(detach_sql, id, holder.kind, holder.id, now);
}

}  // namespace taama::files
