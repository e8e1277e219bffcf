#include "modules/files/read.hpp"

#include "modules/files/errors.hpp"
#include "modules/files/file_store.hpp"
#include "modules/files/files_settings.hpp"
#include "platform/files/image.hpp"

namespace taama::files {

namespace {

Task<bool> may_read(const Deps& deps, pg::Tx& tx, const http::Context& context, const File& file) {
    const Reader* reader = file.attached_kind ? deps.readers.find(*file.attached_kind) : nullptr;
    if (reader == nullptr) co_return file.belongs_to(owner_of(context.caller));
    co_return co_await (*reader)(tx, {file.id, *file.attached_id, context});
}

Task<http::Raw> object_of(const Deps& deps, const File& file, const std::string& variant) {
    if (file.status != FileStatus::ready || variant.empty()) throw Refusal{errors::not_found};
    auto bytes =
        co_await deps.work_pool.run([&] { return deps.store.get(object_key(file, variant)); });
    if (!bytes) throw Refusal{errors::not_found};
    http::Raw raw;
    raw.content_type = file.variants.as_object().at(variant).at("content_type").as_string().c_str();
    raw.body = std::move(*bytes);
    co_return raw;
}

}  // namespace

Task<http::Ok<FileView>> get_file(const Deps& deps, http::AnyCaller caller, http::Path<FileId> id) {
    const auto file = co_await find_file(deps.db, *id);
    const bool is_staff = caller.caller.kind == http::Caller::Kind::staff;
    if (!file || (!is_staff && !file->belongs_to(owner_of(caller.caller))))
        throw Refusal{errors::not_found};
    co_return http::Ok<FileView>{to_view(deps.urls, *file)};
}

Task<http::Ok<ReadUrlView>> make_read_url(const Deps& deps, pg::Tx& tx,
                                          const http::Context& context, http::AnyCaller,
                                          http::Path<FileId> id, http::Body<ReadUrlIn> body) {
    const auto file = co_await lock_file(tx, *id);
    if (!file || file->status != FileStatus::ready || !co_await may_read(deps, tx, context, *file))
        throw Refusal{errors::not_found};
    const std::string variant = file->variant_name(body->variant ? body->variant->value : "");
    if (variant.empty()) throw Refusal{errors::not_found};
    const UtcTime expires_at =
        std::chrono::floor<Seconds>(context.now + Seconds{deps.settings.get(url_ttl_seconds)});
    const SignedUrl url = deps.urls.read(*id, variant, expires_at);
    co_return http::Ok<ReadUrlView>{{url.url, url.expires_at}};
}

Task<http::Raw> read_content(const Deps& deps, const http::Context& context, http::Public,
                             http::Path<FileId> id, http::Query<ContentQuery> query) {
    const std::string& variant = query->variant.value;
    if (!deps.urls.read_signature_matches(*id, variant, query->exp, query->sig) ||
        context.now >= UtcTime{Seconds{query->exp.value}})
        throw Refusal{errors::forbidden};
    const File file = or_throw(co_await find_file(deps.db, *id), errors::not_found);
    http::Raw raw = co_await object_of(deps, file, file.variant_name(variant));
    raw.headers.emplace_back("Cache-Control", "private, no-store");
    if (raw.content_type == content_type(Content::pdf))
        raw.headers.emplace_back("Content-Disposition", "attachment");
    co_return raw;
}

Task<http::Raw> read_media(const Deps& deps, http::Public, http::Path<FileId> id,
                           http::Path<std::string> variant) {
    const auto file = co_await find_file(deps.db, *id);
    if (!file || !file->is_public) throw Refusal{errors::not_found};
    http::Raw raw = co_await object_of(deps, *file, file->variant_name(*variant));
    raw.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
    co_return raw;
}

}  // namespace taama::files
