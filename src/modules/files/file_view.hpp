#pragma once

#include "modules/files/deps.hpp"
#include "modules/files/file_store.hpp"
#include "platform/json/fields.hpp"

namespace taama::files {

struct FileView {
    FileId id;
    Purpose purpose;
    FileStatus status;
    std::string content_type;
    std::int64_t size;
    std::optional<std::int32_t> width;
    std::optional<std::int32_t> height;
    std::optional<std::string> url;  // of public files
    std::vector<std::string> variants;
    std::optional<std::string> failure;
    UtcTime created_at;
};
BOOST_DESCRIBE_STRUCT(FileView, (),
                      (id, purpose, status, content_type, size, width, height, url, variants,
                       failure, created_at))

FileView to_view(const File& file, const Urls& urls);
std::vector<std::string> variant_names(const boost::json::value& variants);
// The largest, which is the last one made.
std::string largest_variant(const boost::json::value& variants);

// Where the bytes of a variant, or of what was uploaded, are kept.
std::string variant_key(std::string_view storage_key, std::string_view variant);
std::string upload_key(std::string_view storage_key);

Owner owner_of(const http::Caller& caller);

}  // namespace taama::files
