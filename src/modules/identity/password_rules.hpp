#pragma once

// Which passwords people may choose. No composition rules: length, and nothing that everybody tries
// first.

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "platform/json/codec.hpp"

namespace taama::identity {

// True for passwords that people try first: one of the list of leaked ones, or a common word or key
// walk of these countries, alone or with the usual endings (1, 123, 2024, !).
bool is_common_password(std::string_view password);

// The password in the form that is hashed (NFKC), or what is wrong with it. `personal` are the
// person's phone, e-mail and names; empty ones do not count.
std::expected<std::string, json::Said> accept_password(std::string_view password,
                                                       std::span<const std::string> personal);

}  // namespace taama::identity
