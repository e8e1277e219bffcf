#pragma once

// What may be uploaded for which purpose, and what is made of it.

#include <span>
#include <string_view>
#include <vector>

#include "modules/files/files.hpp"
#include "platform/files/image.hpp"

namespace taama::files {

struct PurposeRule {
    Purpose purpose;
    bool is_public;
    bool staff_may;
    bool pdf_allowed;
    std::int64_t size_max;  // bytes
    std::span<const Variant> variants;
};

inline constexpr int pdf_pages_max = 10;
inline constexpr std::int64_t upload_size_max = 10 * 1024 * 1024;  // of all purposes
inline constexpr int open_uploads_max = 20;

const PurposeRule& rule_of(Purpose purpose);
// image/jpeg, image/png, image/webp, and application/pdf where the purpose takes it.
bool takes(const PurposeRule& rule, std::string_view content_type);

}  // namespace taama::files
