#pragma once

#include "modules/backoffice/routes.hpp"

namespace taama::backoffice {

struct PolicyItem {
    std::string operation;
    std::vector<http::Role> roles;
    std::optional<std::string> limit;
};
BOOST_DESCRIBE_STRUCT(PolicyItem, (), (operation, roles, limit))

struct PolicyView {
    std::vector<PolicyItem> operations;
};
BOOST_DESCRIBE_STRUCT(PolicyView, (), (operations))

Task<http::Ok<PolicyView>> get_policy(const Deps& deps, http::Staff staff);

}  // namespace taama::backoffice
