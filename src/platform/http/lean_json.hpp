#pragma once

// `Prefer: return=minimal`: answers without what a client on a thin line can do without.

#include <string>
#include <string_view>

namespace taama::http {

bool prefers_minimal(std::string_view prefer);

// JSON as the program writes it, without the members of objects that are null, empty or polylines;
// an object with nothing else in it is empty too. Items of arrays stay, and so does the outermost
// value.
std::string lean_json(std::string_view json);

}  // namespace taama::http
