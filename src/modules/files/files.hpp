#pragma once

// Uploads of all modules: who put a file there, for what, to what it belongs, and who may read it.

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "modules/files/files_settings.hpp"
#include "platform/http/message.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"

namespace taama::files {

// What a file is for decides who may upload it, its limits, its variants and who sees it.
enum class Purpose : std::uint8_t { avatar, kyc, vehicle_photo, message_image };
BOOST_DESCRIBE_ENUM(Purpose, avatar, kyc, vehicle_photo, message_image)

enum class OwnerKind : std::uint8_t { user, staff, system };
BOOST_DESCRIBE_ENUM(OwnerKind, user, staff, system)

struct Owner {
    OwnerKind kind = OwnerKind::user;
    Uuid id;

    static Owner user(AccountId id) { return {OwnerKind::user, id.uuid}; }
    static Owner staff(StaffId id) { return {OwnerKind::staff, id.uuid}; }
};

// To what a file belongs: {"kyc_document", id}, {"vehicle", id}, {"message", id}.
struct Holder {
    std::string_view kind;
    Uuid id;
};

// `unknown` covers missing, another's, and another purpose: the caller must not tell them apart.
enum class Attaching : std::uint8_t { attached, unknown, not_ready, held_by_another };

// Ties a ready file of this owner and purpose to its holder. Again to the same holder: attached.
Task<Attaching> attach(pg::Tx& tx, FileId file, Owner owner, Purpose purpose, Holder holder,
                       UtcTime now);
// Lets go of it; unattached files are swept after a day.
void detach(pg::Tx& tx, FileId file, Holder holder, UtcTime now);

struct SignedUrl {
    std::string url;
    UtcTime expires_at;
};

// Addresses of files; made once at start.
class Urls {
public:
    // `signing_key` is 32 random bytes or more, `public_url` without a slash at its end.
    Urls(std::string public_url, std::string signing_key);

    // Of a public file: /media/{id}/{variant}.
    std::string media(FileId file, std::string_view variant) const;
    // Of a private one, good until `expires_at`; an empty variant is the largest there is.
    SignedUrl read(FileId file, std::string_view variant, UtcTime expires_at) const;
    bool read_signature_matches(FileId file, std::string_view variant, std::int64_t expires_s,
                                std::string_view signature) const;

    struct Upload {
        FileId file;
        std::string_view content_type;
        std::int64_t size = 0;
    };
    SignedUrl upload(const Upload& upload, UtcTime expires_at) const;
    bool upload_signature_matches(const Upload& upload, std::int64_t expires_s,
                                  std::string_view signature) const;

    const std::string& public_url() const { return public_url_; }

private:
    std::string sign(std::string_view text) const;
    std::string public_url_;
    std::string signing_key_;
};

// Says whether the caller may read a file that belongs to `holder_id`, and writes what reading must
// leave behind (audit) in the transaction. One per holder kind, registered by the module that owns
// it.
struct ReadRequest {
    FileId file;
    Uuid holder_id;
    const http::Context& context;
};
using Reader = std::function<Task<bool>(pg::Tx& tx, const ReadRequest& request)>;

class Readers {
public:
    void on(std::string holder_kind, Reader reader) {
        by_kind_.emplace(std::move(holder_kind), std::move(reader));
    }
    const Reader* find(std::string_view holder_kind) const {
        const auto found = by_kind_.find(holder_kind);
        return found == by_kind_.end() ? nullptr : &found->second;
    }

private:
    std::map<std::string, Reader, std::less<>> by_kind_;
};

}  // namespace taama::files
