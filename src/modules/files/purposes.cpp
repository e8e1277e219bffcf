#include "modules/files/purposes.hpp"

#include <algorithm>
#include <array>

#include "platform/assert.hpp"

namespace taama::files {

namespace {

constexpr std::int64_t mib = 1024 * 1024;

constexpr std::array<Variant, 2> avatar_variants{{{"thumb", 128, true}, {"large", 512, true}}};
constexpr std::array<Variant, 1> kyc_variants{{{"large", 2000}}};
constexpr std::array<Variant, 3> photo_variants{
    {{"thumb", 200}, {"medium", 800}, {"large", 1600}}};
constexpr std::array<Variant, 2> message_variants{{{"medium", 800}, {"large", 1600}}};

constexpr std::array<PurposeRule, 4> rules{{
    // purpose, public, staff too, pdf, most bytes, variants
    {Purpose::avatar, true, true, false, 5 * mib, avatar_variants},
    {Purpose::kyc, false, false, true, 10 * mib, kyc_variants},
    {Purpose::vehicle_photo, true, true, false, 5 * mib, photo_variants},
    {Purpose::message_image, false, false, false, 8 * mib, message_variants},
}};

}  // namespace

const PurposeRule& rule_of(Purpose purpose) {
    const auto found = std::ranges::find(rules, purpose, &PurposeRule::purpose);
    ASSERT(found != rules.end());
    return *found;
}

bool takes(const PurposeRule& rule, std::string_view content_type) {
    return content_type == "image/jpeg" || content_type == "image/png" ||
           content_type == "image/webp" || (rule.pdf_allowed && content_type == "application/pdf");
}

}  // namespace taama::files
