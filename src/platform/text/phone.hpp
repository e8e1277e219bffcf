#pragma once

// Telephone numbers in E.164 form.

#include <optional>
#include <string>
#include <string_view>

namespace taama::text {

// Drops spaces, dots, dashes and parentheses, reads `00` as `+`, and gives a number without `+` the
// calling code of `country` (ISO 3166, "CI"). Empty when it is no number, or breaks the plan of a
// known country.
std::optional<std::string> normalise_phone(std::string_view text, std::string_view country);

// ISO code of the country whose plan we know, "" elsewhere.
std::string_view country_of_phone(std::string_view e164);

// "+2250700000001" → "+225 •• •• •• 00 01": calling code and the last four digits.
std::string mask_phone(std::string_view e164);

}  // namespace taama::text
