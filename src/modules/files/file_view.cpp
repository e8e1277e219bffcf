#include "modules/files/file_view.hpp"

namespace taama::files {

std::vector<std::string> variant_names(const boost::json::value& variants) {
    std::vector<std::string> names;
    for (const char* name : {"thumb", "medium", "large", "document"})
        if (variants.as_object().contains(name)) names.emplace_back(name);
    return names;
}

std::string largest_variant(const boost::json::value& variants) {
    const auto names = variant_names(variants);
    return names.empty() ? std::string{} : names.back();
}

std::string variant_key(std::string_view storage_key, std::string_view variant) {
    return fmt::format("{}/{}.{}", storage_key.substr(0, 2), storage_key, variant);
}

std::string upload_key(std::string_view storage_key) { return variant_key(storage_key, "upload"); }

FileView to_view(const File& file, const Urls& urls) {
    const bool shown = file.is_public && file.status == FileStatus::ready;
    return {.id = file.id,
            .purpose = file.purpose,
            .status = file.status,
            .content_type = file.content_type,
            .size = file.size.value_or(file.declared_size),
            .width = file.width,
            .height = file.height,
            .url = shown ? std::optional{urls.media(file.id, largest_variant(file.variants))}
                         : std::nullopt,
            .variants = variant_names(file.variants),
            .failure = file.failure,
            .created_at = file.created_at};
}

Owner owner_of(const http::Caller& caller) {
    return caller.kind == http::Caller::Kind::staff ? Owner::staff(caller.staff())
                                                    : Owner::user(caller.account());
}

}  // namespace taama::files
