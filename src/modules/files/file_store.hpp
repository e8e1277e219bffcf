#pragma once

#include "modules/files/file.hpp"
#include "platform/pg/tx.hpp"

namespace taama::files {

struct NewFile {
    FileId id;
    Owner owner;
    Purpose purpose = Purpose::kyc;
    bool is_public = false;
    std::optional<std::string> name;
    std::string content_type;
    std::int64_t size = 0;
    std::optional<pg::Bytes> sha256;
    std::string storage_key;
    UtcTime upload_expires_at;
};
// Uploads that are not confirmed yet; counted under a lock on the owner.
Task<int> lock_open_uploads(pg::Tx& tx, const Owner& owner, UtcTime since);
void save_new_file(pg::Tx& tx, const NewFile& file, UtcTime now);

Task<std::optional<File>> find_file(pg::Db& db, FileId id);
Task<std::optional<File>> lock_file(pg::Tx& tx, FileId id);

// True for the one request that may write the bytes.
Task<bool> claim_upload(pg::Db& db, FileId id, UtcTime now);
// True for the one that processes.
Task<bool> claim_processing(pg::Tx& tx, FileId id, UtcTime now);

struct Processed {
    std::int64_t size = 0;
    pg::Bytes sha256;
    std::optional<int> width;
    std::optional<int> height;
    boost::json::object variants;
};
// False when another worker was faster.
Task<bool> save_ready(pg::Tx& tx, FileId id, const Processed& processed, UtcTime now);
Task<bool> save_rejected(pg::Tx& tx, FileId id, std::string_view failure, UtcTime now);
void save_deleted(pg::Tx& tx, FileId id, UtcTime now);

// Unconfirmed after an hour → expired; ready and unattached after a day → deleted. At most `batch`.
Task<std::vector<FileId>> sweep_stale(pg::Tx& tx, UtcTime now, int batch);
// Those of the keys that no row knows.
Task<std::vector<std::string>> find_orphans(pg::Db& db,
                                            const std::vector<std::string>& storage_keys);

}  // namespace taama::files
