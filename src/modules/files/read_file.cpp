// Reading: metadata, signed links to private files, the bytes themselves.

#include "modules/files/files_settings.hpp"
#include "modules/files/operations.hpp"

namespace taama::files {

namespace {

// The content type that a variant was saved with; empty when the file has no such variant.
std::string type_of_variant(const File& file, std::string_view variant) {
    const auto* found = file.variants.as_object().if_contains(variant);
    return found == nullptr ? std::string{} : std::string{found->at("content_type").as_string()};
}

Task<http::Raw> send_variant(const Deps& deps, const File& file, std::string_view variant) {
    http::Raw raw;
    raw.content_type = type_of_variant(file, variant);
    if (raw.content_type.empty()) throw Refusal{errors::not_found};
    const std::string key = variant_key(file.storage_key, variant);
    auto bytes = co_await deps.work_pool.run([&] { return deps.store.get(key); });
    if (!bytes) throw Refusal{errors::not_found};
    raw.body = std::move(*bytes);
    if (raw.content_type == "application/pdf")
        raw.headers.emplace_back("Content-Disposition", "attachment");
    co_return raw;
}

}  // namespace

Task<http::Ok<FileView>> get_file(const Deps& deps, http::AnyCaller caller,
                                  http::Path<FileId> id) {
    const auto file = or_throw(co_await find_file(deps.db, *id), errors::not_found);
    const bool staff = caller.caller.kind == http::Caller::Kind::staff;
    if (!staff && !file.belongs_to(owner_of(caller.caller))) throw Refusal{errors::not_found};
    co_return http::Ok<FileView>{to_view(file, deps.urls)};
}

Task<http::Ok<LinkView>> make_read_link(const Deps& deps, pg::Tx& tx, http::Context& context,
                                        http::AnyCaller caller, http::Path<FileId> id,
                                        http::Body<LinkRequest> body) {
    const auto file = or_throw(co_await lock_file(tx, *id), errors::not_found);
    bool may_read = file.belongs_to(owner_of(caller.caller));
    if (!may_read && file.attached_kind) {
        const Reader* reader = deps.readers.find(*file.attached_kind);
        may_read = reader != nullptr &&
                   co_await (*reader)(tx, {file.id, file.attached_id.value(), context});
    }
    const std::string variant =
        body->variant ? body->variant->value : largest_variant(file.variants);
    if (!may_read || file.status != FileStatus::ready || type_of_variant(file, variant).empty())
        throw Refusal{errors::not_found};
    const SignedUrl link = deps.urls.read(
        file.id, variant, context.now + Seconds{deps.settings.get(url_ttl_seconds)});
    co_return http::Ok<LinkView>{{link.url, link.expires_at}};
}

Task<http::Raw> get_content(const Deps& deps, http::Context& context, http::Public,
                            const http::Request& request, http::Path<FileId> id) {
    const std::string_view variant = request.query_value("variant");
    const std::string_view expires = request.query_value("exp");
    std::int64_t expires_s = 0;
    const auto end = expires.data() + expires.size();
    const auto parsed = std::from_chars(expires.data(), end, expires_s);
    if (expires.empty() || parsed.ec != std::errc{} || parsed.ptr != end ||
        !deps.urls.read_signature_matches(*id, variant, expires_s, request.query_value("sig")) ||
        UtcTime{Seconds{expires_s}} <= context.now)
        throw Refusal{errors::forbidden};
    const auto file = or_throw(co_await find_file(deps.db, *id), errors::not_found);
    if (file.status != FileStatus::ready) throw Refusal{errors::not_found};
    http::Raw raw = co_await send_variant(
        deps, file, variant.empty() ? largest_variant(file.variants) : std::string{variant});
    raw.headers.emplace_back("Cache-Control", "private, no-store");
    co_return raw;
}

Task<http::Raw> get_media(const Deps& deps, http::Public, http::Path<FileId> id,
                          http::Path<std::string> variant) {
    const auto file = or_throw(co_await find_file(deps.db, *id), errors::not_found);
    if (!file.is_public || file.status != FileStatus::ready) throw Refusal{errors::not_found};
    http::Raw raw = co_await send_variant(deps, file, *variant);
    raw.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
    co_return raw;
}

Task<http::NoContent> delete_file(const Deps&, pg::Tx& tx, http::Context& context,
                                  http::AnyCaller caller, http::Path<FileId> id) {
    const auto file = or_throw(co_await lock_file(tx, *id), errors::not_found);
    if (!file.belongs_to(owner_of(caller.caller))) throw Refusal{errors::not_found};
    if (file.attached_kind)
        throw Refusal{errors::conflict,
                      {{"attached_kind", *file.attached_kind},
                       {"attached_id", file.attached_id->to_string()}}};
    save_deleted(tx, file.id, context.now);
    co_return http::NoContent{};
}

}  // namespace taama::files
