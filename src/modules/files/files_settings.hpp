#pragma once

#include "modules/settings/settings.hpp"

namespace taama::files {

inline constexpr settings::Key<int> url_ttl_seconds{
    "files.url_ttl_seconds", 300, {60, 900}, settings::Group::security};

}  // namespace taama::files
