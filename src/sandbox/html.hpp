#pragma once

// For the sandbox's own pages.

#include <string>
#include <string_view>

namespace taama::sandbox {

// Text or attribute value of an HTML document.
std::string escaped(std::string_view text);

}  // namespace taama::sandbox
