#pragma once

#include "platform/http/routes.hpp"

namespace taama::backoffice {

struct Deps {};

// GET /admin/policy.
void add_routes(http::Operations& operations, const Deps& deps);

}  // namespace taama::backoffice
