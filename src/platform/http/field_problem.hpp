#pragma once

// A field that turns out wrong only in the flow: the same 422 as a field that did not parse.

#include <string_view>

#include "platform/errors.hpp"
#include "platform/json/codec.hpp"

namespace taama::http {

inline Refusal field_problem(std::string_view field, const json::Said& said, Language language) {
    return Refusal{errors::validation_error,
                   {{"fields", boost::json::object{{field, said.in(language)}}}}};
}

}  // namespace taama::http
