#pragma once

// What a file is by its first bytes, whatever its name and declared type say.

#include <cstdint>
#include <optional>
#include <string_view>

#include "platform/crypto/bytes.hpp"

namespace taama::files {

enum class FileType : std::uint8_t { jpeg, png, webp, pdf };

std::string_view content_type(FileType type);  // "image/jpeg"
std::optional<FileType> parse_content_type(std::string_view content_type);

// Empty for everything else: SVG, GIF, HEIC, archives, scripts.
std::optional<FileType> sniff(crypto::ByteView content);

// Pages of a PDF, counted in its page tree without interpreting it. Empty when it cannot be told
// (damaged, encrypted, page objects in compressed streams without a readable count).
std::optional<int> count_pdf_pages(crypto::ByteView content);

}  // namespace taama::files
