#pragma once

#include <span>
#include <string_view>

namespace taama::identity {

// Lower case, in byte order. Each also stands for itself with digits and signs behind it, which is
// how some 700 words cover the many thousand entries of published lists.
extern const std::span<const std::string_view> common_passwords;

}  // namespace taama::identity
