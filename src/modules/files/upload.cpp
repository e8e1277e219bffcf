#include "modules/files/upload.hpp"

#include "modules/files/errors.hpp"
#include "modules/files/file_store.hpp"
#include "modules/files/purpose_rules.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/crypto/random.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::files {

namespace {

constexpr std::chrono::minutes upload_life{15};
constexpr std::chrono::hours open_for{1};

// Two characters of folder, so that no directory grows without end.
std::string new_storage_key() {
    const std::string name = crypto::to_hex(crypto::random_bytes(20));
    return name.substr(0, 2) + "/" + name;
}

std::optional<pg::Bytes> to_hash(const http::Context& context, const UploadIn& in) {
    if (!in.sha256) return std::nullopt;
    auto hash = crypto::from_hex(in.sha256->value);
    if (!hash)
        throw http::field_problem("sha256", {"doit être en hexadécimal", "must be hexadecimal"},
                                  context.language);
    return hash;
}

void check_limits(const http::Context& context, const PurposeRule& rule, const UploadIn& in) {
    if (!allows_type(rule, in.content_type.value))
        throw http::field_problem(
            "content_type",
            {"type non accepté pour cet usage", "type not accepted for this purpose"},
            context.language);
    if (in.size > rule.size_max)
        throw http::field_problem("size",
                                  {fmt::format("au plus {} octets", rule.size_max),
                                   fmt::format("at most {} bytes", rule.size_max)},
                                  context.language);
}

}  // namespace

Task<http::Created<UploadView>> request_upload(const Deps& deps, pg::Tx& tx,
                                               const http::Context& context, http::AnyCaller caller,
                                               http::Body<UploadIn> body) {
    const UploadIn& in = *body;
    const UtcTime now = context.now;
    const PurposeRule& rule = rule_of(in.purpose);
    const Owner owner = owner_of(caller.caller);
    if (!(owner.kind == OwnerKind::staff ? rule.for_staff : rule.for_users))
        throw Refusal{errors::forbidden};
    check_limits(context, rule, in);
    const auto sha256 = to_hash(context, in);
    if (co_await lock_open_uploads(tx, owner, now - open_for) >= open_uploads_max)
        throw Refusal{errors::limit_exceeded, {{"max", open_uploads_max}}};

    const NewFile file{.id = FileId::make(),
                       .owner = owner,
                       .purpose = in.purpose,
                       .is_public = rule.is_public,
                       .name = in.name ? std::optional{in.name->value} : std::nullopt,
                       .content_type = in.content_type.value,
                       .size = in.size,
                       .sha256 = sha256,
                       .storage_key = new_storage_key(),
                       .upload_expires_at = now + upload_life};
    save_new_file(tx, file, now);
    const File stored = or_throw(co_await lock_file(tx, file.id), errors::not_found);
    SignedUrl url = deps.urls.upload({file.id, file.content_type, file.size},
                                     std::chrono::floor<Seconds>(file.upload_expires_at));
    UploadView view{.file = to_view(deps.urls, stored),
                    .upload = {.url = std::move(url.url),
                               .headers = {{"Content-Type", file.content_type},
                                           {"Content-Length", std::to_string(file.size)}},
                               .expires_at = url.expires_at}};
    co_return http::Created<UploadView>{std::move(view), "/files/" + file.id.to_string()};
}

Task<http::NoContent> receive_upload(const Deps& deps, const http::Context& context, http::Public,
                                     http::Path<FileId> id, http::Query<UploadQuery> query,
                                     const http::Request& request) {
    const auto file = co_await find_file(deps.db, *id);
    if (!file) throw Refusal{errors::forbidden};
    const UtcTime expires_at{Seconds{query->exp.value}};
    const bool allowed =
        deps.urls.upload_signature_matches({*id, file->content_type, file->declared_size},
                                           query->exp, query->sig) &&
        context.now < expires_at && request.header("Content-Type") == file->content_type &&
        static_cast<std::int64_t>(request.body.size()) == file->declared_size;
    // Claimed first: a second request with the same address finds nothing to claim, whatever it
    // carries.
    if (!allowed || !co_await claim_upload(deps.db, *id, context.now))
        throw Refusal{errors::forbidden};
    co_await deps.work_pool.run([&] { deps.store.put(object_key(*file, {}), request.body); });
    co_return http::NoContent{};
}

}  // namespace taama::files
