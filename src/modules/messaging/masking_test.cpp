#include "modules/messaging/masking.hpp"

#include <gtest/gtest.h>

namespace taama::messaging {

TEST(Masking, HidesContactsAndKeepsDatesAndAmounts_S1_100) {
    const struct {
        std::string_view text;
        std::string_view shown;
    } cases[] = {
        {"07 00 00 00 01", "••••••••"},
        {"+225.07.00-00 00 01", "••••••••"},
        {"appelle le 0700000001 stp", "appelle le •••••••• stp"},
        {"07·00·00·00·01", "••••••••"},
        {"RDV 2026-10-02 à 08:30", "RDV 2026-10-02 à 08:30"},
        {"le 02/10/2026 ou 02/10/26", "le 02/10/2026 ou 02/10/26"},
        {"6000 FCFA", "6000 FCFA"},
        {"1234567", "1234567"},
        {"12345678", "••••••••"},
        {"07   00000001", "07   ••••••••"},
        {"07   0000001", "07   0000001"},
        {"écris à awa.kone@example.ci.", "écris à ••••••••."},
        {"@awa", "@awa"},
        {"va sur https://exemple.ci/a?b=1 vite", "va sur •••••••• vite"},
        {"WA.ME/2250700000001", "••••••••"},
        {"t.me/awa", "••••••••"},
        {"est.me/awa", "est.me/awa"},
        {"", ""},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        EXPECT_EQ(mask_contacts(c.text), c.shown);
    }
}

}  // namespace taama::messaging
