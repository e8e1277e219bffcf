#include "modules/backoffice/policy.hpp"

#include <gtest/gtest.h>

#include <set>

#include "modules/backoffice/routes.hpp"

namespace taama::backoffice {
namespace {

using enum http::Role;

TEST(Policy, EachRowOnce_S1_150) {
    std::set<std::string_view> seen;
    for (const PolicyRow& row : policy)
        EXPECT_TRUE(seen.insert(row.operation).second) << row.operation;
}

TEST(Policy, ReviewIsForComplianceAndSuper_S1_177) {
    for (const PolicyRow& row : policy) {
        if (row.operation.find("/admin/kyc") == std::string_view::npos) continue;
        EXPECT_EQ(row.roles, roles_of({super, compliance})) << row.operation;
    }
    EXPECT_EQ(permissions_of(fleet_viewer), std::vector<std::string>{"GET /admin/policy"});
}

Task<http::NoContent> nothing(const Deps&, http::Staff) { co_return http::NoContent{}; }

TEST(Policy, OperationWithoutRowStopsTheStart_S1_150) {
    const Deps deps;
    http::Operations operations;
    http::Routes routes{operations, "test", deps};
    for (const PolicyRow& row : policy) {
        const std::string path{row.operation.substr(row.operation.find('/'))};
        if (row.operation.starts_with("GET"))
            routes.get(path, nothing);
        else if (row.operation.starts_with("PATCH"))
            routes.patch(path, nothing);
        else
            routes.post(path, nothing);
    }
    EXPECT_NO_THROW(apply_policy(operations));
    for (const auto& operation : operations.all()) EXPECT_NE(operation->roles, 0U);

    routes.get("/admin/nobody-thought-of-this", nothing);
    EXPECT_THROW(apply_policy(operations), std::logic_error);
}

TEST(Policy, DealsOfPeopleAreForThoseWhoServeThem_S1_178) {
    for (const PolicyRow& row : policy) {
        if (row.operation == "GET /bookings/{id}/messages")
            EXPECT_EQ(row.roles, roles_of({super, ops, support, compliance}));
        else if (row.operation.starts_with("GET /bookings/{id}"))
            EXPECT_EQ(row.roles, roles_of({super, ops, support, finance})) << row.operation;
        if (row.operation.starts_with("GET /payments/{id}"))
            EXPECT_EQ(row.roles, roles_of({super, support, finance, compliance})) << row.operation;
    }
}

TEST(Policy, RowWithoutOperationStopsTheStart) {
    http::Operations operations;
    EXPECT_THROW(apply_policy(operations), std::logic_error);
}

}  // namespace
}  // namespace taama::backoffice
