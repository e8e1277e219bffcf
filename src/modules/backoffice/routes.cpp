#include "modules/backoffice/routes.hpp"

#include "modules/backoffice/get_policy.hpp"

namespace taama::backoffice {

void add_routes(http::Operations& operations, const Deps& deps) {
    http::Routes routes{operations, "backoffice", deps};
    routes.get("/admin/policy", get_policy).summary("Who of the staff may do what");
}

}  // namespace taama::backoffice
