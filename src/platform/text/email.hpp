#pragma once

// E-mail addresses: RFC 5322 addr-spec without comments, folding and obsolete forms; at most 254
// bytes.

#include <optional>
#include <string>
#include <string_view>

namespace taama::text {

// The form that is compared, lower case. Empty when it is no address.
std::optional<std::string> normalise_email(std::string_view text);

// "awa.kone@example.ci" → "a••••@example.ci".
std::string mask_email(std::string_view address);

}  // namespace taama::text
