// POST /files, and PUT of the bytes to the address it gave.

#include "modules/files/operations.hpp"
#include "modules/files/purposes.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/crypto/random.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::files {

namespace {

constexpr auto upload_life = 15min;

Refusal wrong_type(Language language) {
    return http::field_problem("content_type",
                               {"n'est pas accepté pour cet usage", "is not accepted for this purpose"},
                               language);
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (text.empty() || result.ec != std::errc{} || result.ptr != end) return std::nullopt;
    return value;
}

}  // namespace

void NewUpload::check(json::Reader& reader) const {
    if (!sha256) return;
    const auto bytes = crypto::from_hex(sha256->value);
    if (!bytes || bytes->size() != 32)
        reader.problem_at("sha256", {"doit avoir 64 chiffres hexadécimaux", "must have 64 hex digits"});
}

Task<http::Created<UploadView>> request_upload(const Deps& deps, pg::Tx& tx,
                                               http::Context& context, http::AnyCaller caller,
                                               http::Body<NewUpload> body) {
    const UtcTime now = context.now;
    const PurposeRule& rule = rule_of(body->purpose);
    const Owner owner = owner_of(caller.caller);
    if (owner.kind == OwnerKind::staff && !rule.staff_may) throw Refusal{errors::forbidden};
    if (!takes(rule, body->content_type)) throw wrong_type(context.language);
    if (body->size > rule.size_max)
        throw http::field_problem("size",
                                  {fmt::format("ne peut dépasser {} octets", rule.size_max),
                                   fmt::format("must not exceed {} bytes", rule.size_max)},
                                  context.language);
    if (co_await count_open_uploads(tx, owner) >= open_uploads_max)
        throw Refusal{errors::limit_exceeded,
                      {{"limit", "open_uploads"}, {"max", open_uploads_max}}};
    File file;
    file.id = FileId::make();
    file.owner_kind = owner.kind;
    file.owner_id = owner.id;
    file.purpose = body->purpose;
    file.is_public = rule.is_public;
    file.content_type = body->content_type;
    file.declared_size = body->size;
    if (body->sha256) file.declared_sha256 = crypto::from_hex(body->sha256->value);
    file.storage_key = crypto::to_hex(crypto::random_bytes(16));
    file.variants = boost::json::object{};
    file.upload_expires_at = now + upload_life;
    file.created_at = now;
    std::optional<std::string> name;
    if (body->name) name = body->name->value;
    save_new_file(tx, file, name, now);

    const SignedUrl link = deps.urls.upload({file.id, file.content_type, file.declared_size},
                                            file.upload_expires_at);
    UploadTarget upload{
        "PUT",
        link.url,
        {{"Content-Type", file.content_type}, {"Content-Length", std::to_string(file.declared_size)}},
        file.upload_expires_at};
    co_return http::Created<UploadView>{{to_view(file, deps.urls), std::move(upload)},
                                        "/files/" + file.id.to_string()};
}

Task<http::Raw> put_content(const Deps& deps, http::Context& context, http::Public,
                            const http::Request& request, http::Path<FileId> id) {
    const auto expires_s = number(request.query_value("exp"));
    const auto file = co_await find_file(deps.db, *id);
    // Everything that is not exactly what was signed has one answer.
    const bool signed_so =
        file && expires_s &&
        deps.urls.upload_signature_matches(
            {file->id, request.header("Content-Type"), static_cast<std::int64_t>(request.body.size())},
            *expires_s, request.query_value("sig"));
    if (!signed_so || UtcTime{Seconds{*expires_s}} <= context.now ||
        file->status != FileStatus::requested || file->uploaded_at)
        throw Refusal{errors::forbidden};
    co_await deps.work_pool.run(
        [&] { deps.store.put(upload_key(file->storage_key), request.body); });
    if (!co_await save_uploaded(deps.db, file->id, context.now)) throw Refusal{errors::forbidden};
    http::Raw done;
    done.status = 204;
    co_return done;
}

}  // namespace taama::files
