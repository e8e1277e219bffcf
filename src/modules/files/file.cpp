#include "modules/files/file.hpp"

#include "modules/files/purpose_rules.hpp"

namespace taama::files {

std::string File::variant_name(std::string_view wanted) const {
    const auto& made = variants.as_object();
    if (!wanted.empty()) return made.contains(wanted) ? std::string{wanted} : std::string{};
    for (const std::string_view name : {"large", "medium", "thumb"})
        if (made.contains(name)) return std::string{name};
    return {};
}

FileView to_view(const Urls& urls, const File& file) {
    FileView view{.id = file.id,
                  .purpose = file.purpose,
                  .status = file.status,
                  .content_type = file.content_type,
                  .size = file.size.value_or(file.declared_size),
                  .width = file.width,
                  .height = file.height,
                  .url = std::nullopt,
                  .variants = file.variants.as_object(),
                  .failure = file.failure,
                  .created_at = file.created_at};
    if (!file.is_public || file.status != FileStatus::ready) return view;
    view.url = urls.media(file.id, file.variant_name({}));
    for (auto& [name, variant] : view.variants)
        variant.as_object()["url"] = urls.media(file.id, name);
    return view;
}

std::string object_key(const File& file, std::string_view variant) {
    return variant.empty() ? file.storage_key : file.storage_key + "." + std::string{variant};
}

Owner owner_of(const http::Caller& caller) {
    return caller.kind == http::Caller::Kind::staff ? Owner::staff(caller.staff())
                                                    : Owner::user(caller.account());
}

}  // namespace taama::files
