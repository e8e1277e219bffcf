#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taama::text {

// A number plate as it is compared: NFKC, upper case, only A–Z and 0–9 kept. Empty unless that
// leaves 4 to 12 characters with a digit among them. No look-alikes are folded: O is not 0.
std::optional<std::string> plate_key(std::string_view typed);

}  // namespace taama::text
