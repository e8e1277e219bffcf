#include "modules/backoffice/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace taama::backoffice {

void apply_policy(http::Operations& operations) {
    std::string wrong;
    std::vector<bool> used(policy.size());
    for (const auto& operation : operations.all()) {
        const auto access = operation->signature.access;
        if (access != http::Access::staff && access != http::Access::any) continue;
        const auto row = std::ranges::find(policy, operation->name(), &PolicyRow::operation);
        if (row == policy.end()) {
            if (access == http::Access::any) continue;  // of all the staff
            wrong += fmt::format("{} has no row in the policy\n", operation->name());
            continue;
        }
        used[static_cast<std::size_t>(row - policy.begin())] = true;
        operation->roles = row->roles;
    }
    for (std::size_t i = 0; i < policy.size(); ++i)
        if (!used[i]) wrong += fmt::format("{} stands in the policy only\n", policy[i].operation);
    if (!wrong.empty()) throw std::logic_error{wrong};
}

std::vector<std::string> permissions_of(http::Role role) {
    std::vector<std::string> operations;
    for (const PolicyRow& row : policy)
        if ((row.roles & http::role_bit(role)) != 0) operations.emplace_back(row.operation);
    return operations;
}

}  // namespace taama::backoffice
