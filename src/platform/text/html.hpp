#pragma once

#include <string>
#include <string_view>

namespace taama::text {

// Text as it stands between the tags of an HTML document, or in an attribute's value.
std::string escape_html(std::string_view text);

}  // namespace taama::text
