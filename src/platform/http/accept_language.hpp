#pragma once

#include <string_view>

#include "platform/json/codec.hpp"

namespace taama::http {

// The language of ours that an Accept-Language header likes best (RFC 9110, 12.5.4): of equal ones
// the first named; `fallback` when it names none of them.
Language language_of(std::string_view accepted, Language fallback);

}  // namespace taama::http
