#pragma once

// Who of the staff may do what: one row for each staff operation that exists, and for those of
// people that some of the staff may use too. The edge knows nothing else, and a staff operation
// without a row stops the program at start.

#include <string>
#include <string_view>
#include <vector>

#include "platform/http/routes.hpp"

namespace taama::backoffice {

struct PolicyRow {
    std::string_view operation;  // "POST /admin/kyc/{id}/approve"
    http::RoleSet roles;
};

constexpr http::RoleSet roles_of(std::initializer_list<http::Role> roles) {
    http::RoleSet set = 0;
    for (const http::Role role : roles) set |= http::role_bit(role);
    return set;
}

inline constexpr auto policy = [] {
    using enum http::Role;
    constexpr http::RoleSet every = roles_of(
        {super, ops, support, finance, compliance, rental_admin, rental_manager, fleet_viewer});
    constexpr http::RoleSet reviewers = roles_of({super, compliance});
    constexpr http::RoleSet deal_readers = roles_of({super, ops, support, finance});
    constexpr http::RoleSet payment_readers = roles_of({super, support, finance, compliance});
    constexpr http::RoleSet message_readers = roles_of({super, ops, support, compliance});
    constexpr http::RoleSet registrars = roles_of({super, ops, compliance});
    return std::to_array<PolicyRow>({
        {"GET /admin/policy", every},
        {"GET /admin/kyc", reviewers},
        {"GET /admin/kyc/pending", reviewers},
        {"GET /admin/kyc/{id}", reviewers},
        {"POST /admin/kyc/{id}/approve", reviewers},
        {"POST /admin/kyc/{id}/reject", reviewers},
        {"POST /admin/kyc/{id}/revoke", reviewers},
        {"GET /bookings/{id}", deal_readers},
        {"GET /bookings/{id}/events", deal_readers},
        {"GET /bookings/{id}/messages", message_readers},
        {"GET /payments/{id}", payment_readers},
        {"GET /payments/{id}/refunds", payment_readers},
        {"GET /admin/vehicles", registrars},
        {"GET /admin/vehicles/{id}", registrars},
        {"PATCH /admin/vehicles/{id}", registrars},
    });
}();

// Fills Operation::roles. Throws std::logic_error that names each staff operation without a row,
// and each row without an operation.
void apply_policy(http::Operations& operations);

// "POST /admin/kyc/{id}/approve", … in the order of the table.
std::vector<std::string> permissions_of(http::Role role);

}  // namespace taama::backoffice
