#include "modules/files/process.hpp"

#include "modules/files/file_store.hpp"
#include "modules/files/purpose_rules.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/events/events.hpp"

namespace taama::files {

namespace {

std::string_view to_string(Rejection rejection) {
    switch (rejection) {
        case Rejection::type: return "type";
        case Rejection::decode: return "decode";
        case Rejection::pixels: return "pixels";
        case Rejection::pages: return "pages";
    }
    return "decode";
}

boost::json::object facts_of(const Picture& picture) {
    return {{"content_type", picture.content_type},
            {"size", picture.bytes.size()},
            {"width", picture.width},
            {"height", picture.height}};
}

using Judgement = std::expected<Processed, std::string_view>;

Judgement keep_pdf(LocalStore& store, const File& file, std::string_view bytes,
                   Processed processed) {
    if (const auto pages = count_pdf_pages(bytes, pdf_pages_max); !pages)
        return std::unexpected(to_string(pages.error()));
    store.put(object_key(file, "large"), bytes);
    processed.variants["large"] =
        boost::json::object{{"content_type", file.content_type}, {"size", bytes.size()}};
    return processed;
}

Judgement keep_picture(LocalStore& store, const File& file, std::string_view bytes,
                       Processed processed) {
    const auto& variants = rule_of(file.purpose).variants;
    const auto pictures = make_variants(bytes, {variants.begin(), variants.end()});
    if (!pictures) return std::unexpected(to_string(pictures.error()));
    for (const Picture& picture : *pictures) {
        store.put(object_key(file, picture.name), picture.bytes);
        processed.variants[picture.name] = facts_of(picture);
        processed.width = std::max(processed.width.value_or(0), picture.width);
        processed.height = std::max(processed.height.value_or(0), picture.height);
    }
    return processed;
}

// On the work pool: reads, judges, writes the variants.
Judgement judge(LocalStore& store, const File& file) {
    const auto bytes = store.get(object_key(file, {}));
    if (!bytes || static_cast<std::int64_t>(bytes->size()) != file.declared_size)
        return std::unexpected("size");
    const auto hash = crypto::sha256(*bytes);
    Processed processed{.size = file.declared_size,
                        .sha256 = {hash.begin(), hash.end()},
                        .width = std::nullopt,
                        .height = std::nullopt,
                        .variants = {}};
    if (file.declared_sha256 && *file.declared_sha256 != processed.sha256)
        return std::unexpected("checksum");
    const Content content = sniff(*bytes);
    if (content == Content::unknown || content_type(content) != file.content_type)
        return std::unexpected("type");
    return content == Content::pdf ? keep_pdf(store, file, *bytes, std::move(processed))
                                   : keep_picture(store, file, *bytes, std::move(processed));
}

void remove_all(LocalStore& store, const std::string& storage_key) {
    for (const std::string_view variant : {"", ".thumb", ".medium", ".large"})
        store.remove(storage_key + std::string{variant});
}

}  // namespace

Task<void> process(const Deps& deps, FileId id) {
    const auto file = co_await find_file(deps.db, id);
    if (!file || file->status != FileStatus::processing) co_return;
    const auto begin = std::chrono::steady_clock::now();
    const Judgement judgement =
        co_await deps.work_pool.run([&] { return judge(deps.store, *file); });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;

    const UtcTime now = deps.clock.now();
    pg::Tx tx = co_await deps.db.begin();
    const bool settled = judgement ? co_await save_ready(tx, id, *judgement, now)
                                   : co_await save_rejected(tx, id, judgement.error(), now);
    if (!settled) co_return;
    boost::json::object news{{"file_id", id.to_string()},
                             {"purpose", boost::describe::enum_to_string(file->purpose, "")},
                             {"owner_id", file->owner_id.to_string()}};
    events::emit(tx, judgement ? "file.ready" : "file.rejected", std::move(news), now);
    tx.tell("file.processed", {{"seconds", took.count()}});
    co_await tx.commit();
    // The upload itself is not kept; of a refused file nothing is.
    co_await deps.work_pool.run([&] {
        if (judgement)
            deps.store.remove(object_key(*file, {}));
        else
            remove_all(deps.store, file->storage_key);
    });
}

Task<void> remove_objects(const Deps& deps, std::string storage_key) {
    co_await deps.work_pool.run([&] { remove_all(deps.store, storage_key); });
}

}  // namespace taama::files
