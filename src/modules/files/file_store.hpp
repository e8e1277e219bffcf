#pragma once

// Rows of files.files.

#include <optional>
#include <string>
#include <vector>

#include "modules/files/files.hpp"
#include "platform/pg/tx.hpp"

namespace taama::files {

enum class FileStatus : std::uint8_t { requested, processing, ready, rejected, expired, deleted };
BOOST_DESCRIBE_ENUM(FileStatus, requested, processing, ready, rejected, expired, deleted)


struct File {
    FileId id;
    OwnerKind owner_kind = OwnerKind::user;
    std::optional<Uuid> owner_id;
    Purpose purpose = Purpose::avatar;
    bool is_public = false;
    FileStatus status = FileStatus::requested;
    std::string content_type;
    std::int64_t declared_size = 0;
    std::optional<pg::Bytes> declared_sha256;
    std::optional<std::int64_t> size;
    std::optional<std::int32_t> width;
    std::optional<std::int32_t> height;
    std::string storage_key;
    boost::json::value variants;
    std::optional<std::string> attached_kind;
    std::optional<Uuid> attached_id;
    std::optional<std::string> failure;
    UtcTime upload_expires_at;
    std::optional<UtcTime> uploaded_at;
    UtcTime created_at;

    bool belongs_to(const Owner& owner) const {
        return owner_kind == owner.kind && owner_id == owner.id;
    }
};
BOOST_DESCRIBE_STRUCT(File, (),
                      (id, owner_kind, owner_id, purpose, is_public, status, content_type,
                       declared_size, declared_sha256, size, width, height, storage_key, variants,
                       attached_kind, attached_id, failure, upload_expires_at, uploaded_at,
                       created_at))

Task<std::int64_t> count_open_uploads(pg::Tx& tx, const Owner& owner);
void save_new_file(pg::Tx& tx, const File& file, const std::optional<std::string>& name,
                   UtcTime now);

Task<std::optional<File>> find_file(pg::Db& db, FileId id);
Task<std::optional<File>> lock_file(pg::Tx& tx, FileId id);

// The bytes are there. False when they came before, or the upload is over.
Task<bool> save_uploaded(pg::Db& db, FileId id, UtcTime now);
// From requested, with its bytes, to processing: true for one caller only.
Task<bool> begin_processing(pg::Db& db, FileId id, UtcTime now);

struct Processed {
    std::int64_t size;
    pg::Bytes sha256;
    std::optional<std::int32_t> width;
    std::optional<std::int32_t> height;
    boost::json::value variants;
};
void save_ready(pg::Tx& tx, FileId id, const Processed& processed, UtcTime now);
void save_rejected(pg::Tx& tx, FileId id, std::string_view failure, UtcTime now);
void save_deleted(pg::Tx& tx, FileId id, UtcTime now);

// Uploads nobody confirmed within an hour, files nobody attached within a day, processing that died:
// closes at most 500 and answers their storage keys and variants.
struct SweptFile {
    std::string storage_key;
    boost::json::value variants;
};
BOOST_DESCRIBE_STRUCT(SweptFile, (), (storage_key, variants))
Task<std::vector<SweptFile>> sweep_files(pg::Tx& tx, UtcTime now);

}  // namespace taama::files
