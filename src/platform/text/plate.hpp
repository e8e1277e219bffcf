#pragma once

// Number plates.

#include <optional>
#include <string>
#include <string_view>

namespace taama::text {

// What makes two plates one: NFKC, upper case, only A–Z 0–9 kept: "1234 ab-01" → "1234AB01". Empty unless 4..12
// characters with a digit remain. Look-alikes are not folded (O ≠ 0).
std::optional<std::string> plate_key(std::string_view text);

}  // namespace taama::text
