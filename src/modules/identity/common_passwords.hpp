#pragma once

#include <span>
#include <string_view>

namespace taama::identity {

// Words that the published lists of leaked passwords lack, or that stand for many of their entries:
// each also counts with digits and signs behind it. Lower case, in byte order.
extern const std::span<const std::string_view> common_passwords;

}  // namespace taama::identity
