#pragma once

// UTF-8 text as it arrives from outside.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace taama::text {

// RFC 3629: no overlong forms, no surrogates, nothing over U+10FFFF.
bool is_valid_utf8(std::string_view text);

// The functions below expect valid UTF-8.
std::size_t code_points(std::string_view text);
// The first `count` code points.
std::string_view first_code_points(std::string_view text, std::size_t count);
// Without white space at both ends, Unicode's included.
std::string_view trim(std::string_view text);
// C0, C1 controls and DEL; line breaks and tabs count too.
bool has_control(std::string_view text);

// Normalisation form KC: what looks the same is the same. Empty for invalid UTF-8.
std::optional<std::string> to_nfkc(std::string_view text);
// NFKC with case folded and accents dropped: "Yamoussoukro", "YAMOUSSOUKRÓ" → "yamoussoukro". For
// finding.
std::optional<std::string> to_search_form(std::string_view text);

std::string ascii_lower(std::string_view text);

}  // namespace taama::text
