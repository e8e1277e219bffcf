#include "modules/files/file_store.hpp"

namespace taama::files {

namespace {

PG_STATEMENT constexpr pg::Sql attach_file_sql{"files.attach_file", R"sql(
    update files.files
       set attached_kind = $2, attached_id = $3, updated_at = $4
     where id = $1)sql"};

}  // namespace

Task<Attaching> attach(pg::Tx& tx, FileId id, Owner owner, Purpose purpose, Holder holder,
                       UtcTime now) {
    const auto file = co_await lock_file(tx, id);
    if (!file || !file->belongs_to(owner) || file->purpose != purpose) co_return Attaching::unknown;
    if (file->status != FileStatus::ready) co_return Attaching::not_ready;
    if (file->attached_kind) {
        const bool same = *file->attached_kind == holder.kind && file->attached_id == holder.id;
        co_return same ? Attaching::attached : Attaching::held_by_another;
    }
    tx.enqueue_one(attach_file_sql, id, holder.kind, holder.id, now);
    co_return Attaching::attached;
}

namespace {

PG_STATEMENT constexpr pg::Sql detach_file_sql{"files.detach_file", R"sql(
    update files.files
       set attached_kind = null, attached_id = null, ready_at = $4, updated_at = $4
     where id = $1 and attached_kind = $2 and attached_id = $3)sql"};

}  // namespace

void detach(pg::Tx& tx, FileId file, Holder holder, UtcTime now) {
    tx.enqueue(detach_file_sql, file, holder.kind, holder.id, now);
}

}  // namespace taama::files
