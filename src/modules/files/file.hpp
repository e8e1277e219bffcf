#pragma once

// A stored file, its states and its view.

#include <boost/json/object.hpp>

#include "modules/files/files.hpp"
#include "platform/pg/value.hpp"

namespace taama::files {

enum class FileStatus : std::uint8_t { requested, processing, ready, rejected, expired, deleted };
BOOST_DESCRIBE_ENUM(FileStatus, requested, processing, ready, rejected, expired, deleted)

enum class FileEvent : std::uint8_t { confirm, accept, reject, expire, remove };

struct FileTransition {
    FileStatus from;
    FileEvent event;
    FileStatus to;
};
inline constexpr FileTransition file_transitions[] = {
    {FileStatus::requested, FileEvent::confirm, FileStatus::processing},
    {FileStatus::requested, FileEvent::expire, FileStatus::expired},
    {FileStatus::requested, FileEvent::remove, FileStatus::deleted},
    {FileStatus::processing, FileEvent::accept, FileStatus::ready},
    {FileStatus::processing, FileEvent::reject, FileStatus::rejected},
    {FileStatus::ready, FileEvent::remove, FileStatus::deleted},
};
constexpr std::optional<FileStatus> next_status(FileStatus from, FileEvent event) {
    for (const FileTransition& t : file_transitions)
        if (t.from == from && t.event == event) return t.to;
    return std::nullopt;
}

struct File {
    FileId id;
    OwnerKind owner_kind = OwnerKind::user;
    Uuid owner_id;
    Purpose purpose = Purpose::kyc;
    bool is_public = false;
    FileStatus status = FileStatus::requested;
    std::string content_type;
    std::int64_t declared_size = 0;
    std::optional<pg::Bytes> declared_sha256;
    std::optional<std::int64_t> size;
    std::optional<int> width;
    std::optional<int> height;
    std::string storage_key;
    boost::json::value variants;  // name → {content_type, size, width, height}
    std::optional<std::string> attached_kind;
    std::optional<Uuid> attached_id;
    std::optional<std::string> failure;
    UtcTime upload_expires_at;
    bool uploaded = false;
    UtcTime created_at;

    bool belongs_to(const Owner& owner) const {
        return owner_kind == owner.kind && owner_id == owner.id;
    }
    // The one that is asked for, or the largest; empty when there is none of that name.
    std::string variant_name(std::string_view wanted) const;
};
BOOST_DESCRIBE_STRUCT(File, (),
                      (id, owner_kind, owner_id, purpose, is_public, status, content_type,
                       declared_size, declared_sha256, size, width, height, storage_key, variants,
                       attached_kind, attached_id, failure, upload_expires_at, uploaded,
                       created_at))

struct FileView {
    FileId id;
    Purpose purpose = Purpose::kyc;
    FileStatus status = FileStatus::requested;
    std::string content_type;
    std::int64_t size = 0;
    std::optional<int> width;
    std::optional<int> height;
    std::optional<std::string> url;  // of public ones
    boost::json::object variants;  // name → {content_type, size, width, height, url of public ones}
    std::optional<std::string> failure;
    UtcTime created_at;
};
BOOST_DESCRIBE_STRUCT(FileView, (),
                      (id, purpose, status, content_type, size, width, height, url, variants,
                       failure, created_at))
FileView to_view(const Urls& urls, const File& file);

std::string object_key(const File& file, std::string_view variant);  // "" is the upload itself

Owner owner_of(const http::Caller& caller);

}  // namespace taama::files
