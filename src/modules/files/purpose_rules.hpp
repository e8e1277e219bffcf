#pragma once

// What each purpose allows: one table, read by everything that judges an upload.

#include <span>
#include <string_view>

#include "modules/files/files.hpp"
#include "platform/files/image.hpp"

namespace taama::files {

struct PurposeRule {
    Purpose purpose;
    bool for_users;
    bool for_staff;
    bool is_public;
    bool allows_pdf;
    std::int64_t size_max;
    std::span<const Variant> variants;
};

inline constexpr std::int64_t mebibyte = 1024 * 1024;
inline constexpr int pdf_pages_max = 10;
inline constexpr int open_uploads_max = 20;

inline constexpr Variant avatar_variants[] = {{"thumb", 128, true}, {"medium", 512, true}};
inline constexpr Variant document_variants[] = {{"large", 2000}};
inline constexpr Variant photo_variants[] = {{"thumb", 200}, {"medium", 800}, {"large", 1600}};
inline constexpr Variant private_photo_variants[] = {{"medium", 800}, {"large", 1600}};

inline constexpr PurposeRule purpose_rules[] = {
    // purpose, users, staff, public, pdf, largest upload, made of it
    {Purpose::avatar, true, true, true, false, 5 * mebibyte, avatar_variants},
    {Purpose::kyc, true, false, false, true, 10 * mebibyte, document_variants},
    {Purpose::vehicle_photo, true, true, true, false, 5 * mebibyte, photo_variants},
    {Purpose::message_image, true, false, false, false, 8 * mebibyte, private_photo_variants},
};
inline constexpr std::int64_t upload_size_max = 10 * mebibyte;

const PurposeRule& rule_of(Purpose purpose);
bool allows_type(const PurposeRule& rule, std::string_view content_type);

}  // namespace taama::files
