// POST /files/{id}/confirm: what was uploaded is looked at and made anew.

#include "modules/files/errors.hpp"
#include "modules/files/operations.hpp"
#include "modules/files/purposes.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/events/events.hpp"

namespace taama::files {

namespace {

struct Outcome {
    std::optional<Processed> processed;
    std::string failure;  // of file_rejected
};

Outcome rejected(std::string failure) { return {std::nullopt, std::move(failure)}; }

std::string_view word(Rejection rejection) {
    switch (rejection) {
        case Rejection::type: return "type";
        case Rejection::decode: return "decode";
        case Rejection::pixels: return "pixels";
        case Rejection::pages: return "pages";
    }
    return "decode";
}

// Runs on the work pool.
Outcome process(LocalStore& store, const File& file) {
    const auto bytes = store.get(upload_key(file.storage_key));
    if (!bytes || static_cast<std::int64_t>(bytes->size()) != file.declared_size)
        return rejected("size");
    const auto digest = crypto::sha256(*bytes);
    const pg::Bytes sha256{digest.begin(), digest.end()};
    if (file.declared_sha256 && *file.declared_sha256 != sha256) return rejected("checksum");
    if (content_type(sniff(std::string_view{*bytes})) != file.content_type) return rejected("type");

    Processed processed{file.declared_size, sha256, std::nullopt, std::nullopt,
                        boost::json::object{}};
    auto& variants = processed.variants.as_object();
    if (file.content_type == "application/pdf") {
        const auto pages = count_pdf_pages(std::string_view{*bytes}, pdf_pages_max);
        if (!pages) return rejected(std::string{word(pages.error())});
        store.put(variant_key(file.storage_key, "document"), *bytes);
        variants["document"] = {{"content_type", file.content_type}, {"size", bytes->size()}};
        return {std::move(processed), {}};
    }
    const PurposeRule& rule = rule_of(file.purpose);
    auto pictures = make_variants(*bytes, {rule.variants.begin(), rule.variants.end()});
    if (!pictures) return rejected(std::string{word(pictures.error())});
    for (const Picture& picture : *pictures) {
        store.put(variant_key(file.storage_key, picture.name), picture.bytes);
        variants[picture.name] = {{"content_type", picture.content_type},
                                  {"size", picture.bytes.size()},
                                  {"width", picture.width},
                                  {"height", picture.height}};
    }
    processed.width = pictures->back().width;
    processed.height = pictures->back().height;
    return {std::move(processed), {}};
}

boost::json::object news_of(const File& file) {
    return {{"file_id", file.id.to_string()},
            {"purpose", boost::describe::enum_to_string(file.purpose, "")},
            {"owner_id", file.owner_id ? file.owner_id->to_string() : ""}};
}

Task<void> save_outcome(const Deps& deps, const File& file, const Outcome& outcome) {
    const UtcTime now = deps.clock.now();
    pg::Tx tx = co_await deps.db.begin();
    if (outcome.processed)
        save_ready(tx, file.id, *outcome.processed, now);
    else
        save_rejected(tx, file.id, outcome.failure, now);
    events::emit(tx, outcome.processed ? "file.ready" : "file.rejected", news_of(file), now);
    co_await tx.commit();
}

}  // namespace

Task<http::Either<FileView>> confirm_upload(const Deps& deps, http::Context& context,
                                            http::AnyCaller caller, http::Path<FileId> id) {
    auto file = or_throw(co_await find_file(deps.db, *id), errors::not_found);
    if (!file.belongs_to(owner_of(caller.caller))) throw Refusal{errors::not_found};
    if (file.status == FileStatus::requested) {
        if (!file.uploaded_at)
            throw Refusal{errors::invalid_state,
                          {{"reason", file.upload_expires_at <= context.now ? "expired"
                                                                            : "nothing_uploaded"}}};
        if (co_await begin_processing(deps.db, file.id, context.now)) {
            const Outcome outcome =
                co_await deps.work_pool.run([&] { return process(deps.store, file); });
            co_await save_outcome(deps, file, outcome);
            co_await deps.work_pool.run([&] { deps.store.remove(upload_key(file.storage_key)); });
        }
        file = or_throw(co_await find_file(deps.db, *id), errors::not_found);
    }
    switch (file.status) {
        case FileStatus::ready: co_return http::Either<FileView>{to_view(file, deps.urls), false};
        case FileStatus::requested:
        case FileStatus::processing:
            co_return http::Either<FileView>{to_view(file, deps.urls), true};
        case FileStatus::rejected:
            throw Refusal{errors::file_rejected, {{"reason", file.failure.value_or("decode")}}};
        case FileStatus::expired:
        case FileStatus::deleted: break;
    }
    throw Refusal{errors::invalid_state, {{"reason", "expired"}}};
}

}  // namespace taama::files
