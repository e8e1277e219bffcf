#pragma once

// Small PNG files, made without a library so that odd ones can be made too.

#include <cstdint>
#include <string>

namespace taama::test {

// A grey gradient.
std::string png_image(std::uint32_t width, std::uint32_t height);
// Says a size in its header that its few bytes do not hold.
std::string png_that_claims(std::uint32_t width, std::uint32_t height);

}  // namespace taama::test
