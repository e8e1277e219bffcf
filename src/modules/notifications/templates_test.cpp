#include "modules/notifications/templates.hpp"

#include <gtest/gtest.h>

namespace taama::notifications {
namespace {

// Every text is one SMS at its worst: the longest name of the application and the Android hash
// behind it.
TEST(Templates, OneSmsAtWorst_S1_160) {
    const std::string app(app_length_max, 'W');
    const std::string android_hash = " ABCDEFGHIJK";
    for (const Template& t : templates) {
        for (const Language language : {Language::fr, Language::en}) {
            SCOPED_TRACE(t.id);
            const std::string text =
                render(t.text.in(language), {{"app", app}, {"code", "483920"}}) + android_hash;
            EXPECT_EQ(text.find('{'), std::string::npos);
            EXPECT_GT(gsm7_septets(text), 0U) << text;
            EXPECT_LE(gsm7_septets(text), sms_septets_max) << text;
        }
    }
}

TEST(Templates, ContractsExample) {
    EXPECT_EQ(render(template_of("otp.code").text.fr, {{"app", "Taama"}, {"code", "483920"}}),
              "Code Taama : 483920. Valable 5 minutes. Ne le donnez à personne, nous ne le "
              "demandons jamais.");
}

TEST(Templates, Gsm7) {
    EXPECT_EQ(to_gsm7("Forêt d’Abidjan…", 30), "Foret d'Abidjan...");
    EXPECT_EQ(to_gsm7("Cœur", 12), "Coeur");
    EXPECT_EQ(to_gsm7("日本", 12), "??");
    EXPECT_EQ(to_gsm7("Transport Ivoirien", 12), "Transport I.");
    EXPECT_EQ(gsm7_septets("a€é"), 4U);
    EXPECT_EQ(gsm7_septets("ê"), 0U);
}

}  // namespace
}  // namespace taama::notifications
