#include "modules/files/file_store.hpp"

namespace taama::files {

namespace {

PG_STATEMENT constexpr pg::Sql count_open_uploads_sql{"files.count_open_uploads", R"sql(
    select count(*)
      from files.files
     where owner_kind = $1 and owner_id = $2 and status in ('requested', 'processing'))sql"};

}  // namespace

Task<std::int64_t> count_open_uploads(pg::Tx& tx, const Owner& owner) {
    const pg::Rows rows = co_await tx.query(count_open_uploads_sql, owner.kind, owner.id);
    co_return rows.one<std::int64_t>();
}

namespace {

PG_STATEMENT constexpr pg::Sql save_new_file_sql{"files.save_new_file", R"sql(
    insert into files.files
           (id, owner_kind, owner_id, purpose, visibility, name, content_type, declared_size,
            declared_sha256, storage_key, upload_expires_at, created_at, updated_at)
    values ($1, $2, $3, $4, case when $5 then 'public' else 'private' end, $6, $7, $8, $9, $10,
            $11, $12, $12))sql"};

}  // namespace

void save_new_file(pg::Tx& tx, const File& file, const std::optional<std::string>& name,
                   UtcTime now) {
    tx.enqueue_one(save_new_file_sql, file.id, file.owner_kind, file.owner_id, file.purpose,
                   file.is_public, name, file.content_type, file.declared_size,
                   file.declared_sha256, file.storage_key, file.upload_expires_at, now);
}

namespace {

PG_STATEMENT constexpr pg::Sql find_file_sql{"files.find_file", R"sql(
    select id, owner_kind, owner_id, purpose, visibility = 'public' as is_public, status,
           content_type, declared_size, declared_sha256, size, width, height, storage_key, variants,
           attached_kind, attached_id, failure, upload_expires_at, uploaded_at, created_at
      from files.files
     where id = $1 and status <> 'deleted')sql"};

}  // namespace

Task<std::optional<File>> find_file(pg::Db& db, FileId id) {
    const pg::Rows rows = co_await db.query(find_file_sql, id);
    co_return rows.at_most_one<File>();
}

namespace {

PG_STATEMENT constexpr pg::Sql lock_file_sql{"files.lock_file", R"sql(
    select id, owner_kind, owner_id, purpose, visibility = 'public' as is_public, status,
           content_type, declared_size, declared_sha256, size, width, height, storage_key, variants,
           attached_kind, attached_id, failure, upload_expires_at, uploaded_at, created_at
      from files.files
     where id = $1 and status <> 'deleted'
       for update)sql"};

}  // namespace

Task<std::optional<File>> lock_file(pg::Tx& tx, FileId id) {
    const pg::Rows rows = co_await tx.query(lock_file_sql, id);
    co_return rows.at_most_one<File>();
}

namespace {

PG_STATEMENT constexpr pg::Sql save_uploaded_sql{"files.save_uploaded", R"sql(
    update files.files
       set uploaded_at = $2, updated_at = $2
     where id = $1 and status = 'requested' and uploaded_at is null and upload_expires_at > $2)sql"};

}  // namespace

Task<bool> save_uploaded(pg::Db& db, FileId id, UtcTime now) {
    const pg::Rows rows = co_await db.query(save_uploaded_sql, id, now);
    co_return rows.affected() == 1;
}

namespace {

PG_STATEMENT constexpr pg::Sql begin_processing_sql{"files.begin_processing", R"sql(
    update files.files
       set status = 'processing', updated_at = $2
     where id = $1 and status = 'requested' and uploaded_at is not null)sql"};

}  // namespace

Task<bool> begin_processing(pg::Db& db, FileId id, UtcTime now) {
    const pg::Rows rows = co_await db.query(begin_processing_sql, id, now);
    co_return rows.affected() == 1;
}

namespace {

PG_STATEMENT constexpr pg::Sql save_ready_sql{"files.save_ready", R"sql(
    update files.files
       set status = 'ready', size = $2, sha256 = $3, width = $4, height = $5, variants = $6,
           ready_at = $7, updated_at = $7
     where id = $1 and status = 'processing')sql"};

}  // namespace

void save_ready(pg::Tx& tx, FileId id, const Processed& processed, UtcTime now) {
    tx.enqueue(save_ready_sql, id, processed.size, processed.sha256, processed.width,
               processed.height, processed.variants, now);
}

namespace {

PG_STATEMENT constexpr pg::Sql save_rejected_sql{"files.save_rejected", R"sql(
    update files.files
       set status = 'rejected', failure = $2, updated_at = $3
     where id = $1 and status = 'processing')sql"};

}  // namespace

void save_rejected(pg::Tx& tx, FileId id, std::string_view failure, UtcTime now) {
    tx.enqueue(save_rejected_sql, id, failure, now);
}

namespace {

PG_STATEMENT constexpr pg::Sql save_deleted_sql{"files.save_deleted", R"sql(
    update files.files set status = 'deleted', updated_at = $2 where id = $1)sql"};

}  // namespace

void save_deleted(pg::Tx& tx, FileId id, UtcTime now) { tx.enqueue_one(save_deleted_sql, id, now); }

namespace {

PG_STATEMENT constexpr pg::Sql sweep_files_sql{"files.sweep_files", R"sql(
    with old as (
        select id
          from files.files
         where (status in ('requested', 'processing') and created_at <= $1::timestamptz - interval '1 hour')
            or (status = 'ready' and attached_id is null
                and ready_at <= $1::timestamptz - interval '24 hours')
         limit 500
           for update skip locked)
    update files.files f
       set status = case when f.status = 'ready' then 'deleted' else 'expired' end,
           updated_at = $1
      from old
     where f.id = old.id
    returning f.storage_key, f.variants)sql"};

}  // namespace

Task<std::vector<SweptFile>> sweep_files(pg::Tx& tx, UtcTime now) {
    const pg::Rows rows = co_await tx.query(sweep_files_sql, now);
    co_return rows.all<SweptFile>();
}

}  // namespace taama::files
