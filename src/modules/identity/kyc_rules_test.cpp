#include "modules/identity/kyc_rules.hpp"

#include <gtest/gtest.h>

#include "modules/identity/errors.hpp"

namespace taama::identity {
namespace {

const std::vector<std::string> identity_types{"cni", "passport", "residence_permit"};

Date day(std::string_view text) { return *parse_date(text); }

// identity.md §5.3, case 8, and its neighbours.
TEST(KycTier, WorkedExample_S1_152) {
    using enum DocType;
    const Date today = day("2026-10-02");
    const struct {
        const char* name;
        bool phone;
        std::vector<ApprovedDocument> approved;
        int tier;
    } cases[] = {
        {"nothing", false, {}, 0},
        {"phone verified", true, {}, 1},
        {"cni approved", true, {{cni, day("2031-05-30")}}, 2},
        {"permis approved too", true, {{cni, day("2031-05-30")}, {permis, day("2028-01-01")}}, 3},
        {"cni expired", true, {{cni, day("2026-10-01")}, {permis, day("2028-01-01")}}, 1},
        {"cni on its last day", true, {{cni, day("2026-10-02")}}, 2},
        {"permis alone", true, {{permis, day("2028-01-01")}}, 1},
        {"merchant file", true, {{passport, day("2030-01-01")}, {rccm, {}}}, 3},
        {"merchant file alone", true, {{tax_certificate, {}}}, 1},
        {"documents without phone", false, {{cni, {}}, {permis, {}}}, 0},
        {"licence expired", true, {{cni, {}}, {permis, day("2026-10-01")}}, 2},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(tier_of({c.phone, c.approved, identity_types, today}), c.tier);
    }
}

TEST(KycTier, Missing) {
    using Words = std::vector<std::string_view>;
    EXPECT_EQ(missing_for(0, 2), (Words{"phone", "identity_document"}));
    EXPECT_EQ(missing_for(1, 2), (Words{"identity_document"}));
    EXPECT_EQ(missing_for(2, 3), (Words{"driving_licence", "merchant_file"}));
    EXPECT_EQ(missing_for(3, 3), Words{});
}

TEST(KycStates, EveryStateAndEvent) {
    int allowed = 0;
    for (const auto from : {KycStatus::pending, KycStatus::approved, KycStatus::rejected,
                            KycStatus::superseded, KycStatus::expired}) {
        for (const auto event : {KycEvent::approve, KycEvent::reject, KycEvent::expire,
                                 KycEvent::revoke, KycEvent::supersede}) {
            const auto next = next_status(from, event);
            allowed += next.has_value();
            if (!next) EXPECT_TRUE(next.error() == errors::invalid_state);
        }
    }
    EXPECT_EQ(allowed, 5);
    EXPECT_EQ(next_status(KycStatus::pending, KycEvent::approve), KycStatus::approved);
    EXPECT_FALSE(next_status(KycStatus::rejected, KycEvent::approve));
    EXPECT_FALSE(next_status(KycStatus::approved, KycEvent::approve));
}

TEST(KycNumber, OneSpelling) {
    EXPECT_EQ(normalised_number("CI 003 456 789"), "CI003456789");
    EXPECT_EQ(normalised_number("ci-003/456-789"), "CI003456789");
    EXPECT_EQ(masked_number("6789"), "•••••6789");
}

}  // namespace
}  // namespace taama::identity
