#include "modules/backoffice/get_policy.hpp"

#include "modules/backoffice/policy.hpp"

namespace taama::backoffice {

Task<http::Ok<PolicyView>> get_policy(const Deps&, http::Staff) {
    PolicyView view;
    for (const PolicyRow& row : policy) {
        PolicyItem& item = view.operations.emplace_back();
        item.operation = row.operation;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<http::Role>>([&](auto role) {
            if ((row.roles & http::role_bit(role.value)) != 0) item.roles.push_back(role.value);
        });
    }
    co_return http::Ok<PolicyView>{std::move(view)};
}

}  // namespace taama::backoffice
