#pragma once

// The words of each message, in French and English, with {app} and {code} to be filled in.

#include <string>
#include <string_view>

#include "platform/json/codec.hpp"

namespace taama::notifications {

struct Template {
    std::string_view name;  // "otp.code"
    json::Said title;
    json::Said text;
};

// Asserts that the name is known.
const Template& find_template(std::string_view name);

struct Filling {
    std::string_view app;
    std::string_view code;
};
std::string fill(std::string_view text, const Filling& filling);

}  // namespace taama::notifications
