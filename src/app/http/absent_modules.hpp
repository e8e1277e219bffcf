#pragma once

// Modules that an operator can switch on one day and that this program does not hold yet. Their
// paths answer 404 module_disabled, like those of a module that is switched off. Whoever builds one
// takes its line away.

#include <string_view>

namespace taama::app {

// `path` is canonical: /api/v1/rides/…
bool is_of_absent_module(std::string_view path);

}  // namespace taama::app
