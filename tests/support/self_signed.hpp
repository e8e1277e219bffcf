#pragma once

// A certificate that nobody vouches for, made on the spot.

#include <string>

namespace taama::test {

struct SelfSigned {
    std::string certificate;  // both: PEM
    std::string key;
};

// For `localhost`, valid from yesterday until tomorrow.
SelfSigned make_self_signed();

}  // namespace taama::test
