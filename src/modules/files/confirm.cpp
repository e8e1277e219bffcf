#include "modules/files/confirm.hpp"

#include "modules/files/errors.hpp"
#include "modules/files/file_store.hpp"
#include "modules/files/process.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::files {

namespace {

// Settles a file whose processing died with its server.
constexpr Seconds rescue_after{60};

void check_uploaded(const File& file, UtcTime now) {
    if (file.status == FileStatus::requested && file.uploaded) return;
    const bool is_late = file.status == FileStatus::requested && now >= file.upload_expires_at;
    throw Refusal{errors::invalid_state,
                  {{"status", boost::describe::enum_to_string(file.status, "")},
                   {"reason", is_late || file.status == FileStatus::expired ? "upload_expired"
                                                                            : "nothing_uploaded"}}};
}

// True when this request is the one that processes.
Task<bool> begin_processing(const Deps& deps, const http::AnyCaller& caller, FileId id,
                            UtcTime now) {
    pg::Tx tx = co_await deps.db.begin();
    const auto file = co_await lock_file(tx, id);
    if (!file || !file->belongs_to(owner_of(caller.caller))) throw Refusal{errors::not_found};
    if (file->status == FileStatus::processing || file->status == FileStatus::ready ||
        file->status == FileStatus::rejected)
        co_return false;
    check_uploaded(*file, now);
    const bool claimed = co_await claim_processing(tx, id, now);
    jobs::enqueue(tx, "files.process", {{"file_id", id.to_string()}}, now,
                  {.run_at = now + rescue_after, .dedupe_key = id.to_string()});
    co_await tx.commit();
    co_return claimed;
}

}  // namespace

Task<http::Either<FileView>> confirm_upload(const Deps& deps, const http::Context& context,
                                            http::AnyCaller caller, http::Path<FileId> id) {
    if (co_await begin_processing(deps, caller, *id, context.now)) co_await process(deps, *id);
    const File file = or_throw(co_await find_file(deps.db, *id), errors::not_found);
    if (file.status == FileStatus::rejected)
        throw Refusal{errors::file_rejected, {{"reason", file.failure.value_or("")}}};
    co_return http::Either<FileView>{to_view(deps.urls, file),
                                     file.status == FileStatus::processing};
}

}  // namespace taama::files
