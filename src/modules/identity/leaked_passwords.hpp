#pragma once

#include <string_view>

namespace taama::identity {

// The 17,949 passwords of eight characters and more that published lists of leaked ones name most
// often: lower case, in byte order, each followed by a line end.
extern const std::string_view leaked_passwords;

// `word` is in lower case.
bool is_leaked_password(std::string_view word);

}  // namespace taama::identity
