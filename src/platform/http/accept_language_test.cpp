#include "platform/http/accept_language.hpp"

#include <gtest/gtest.h>

namespace taama::http {
namespace {

TEST(AcceptLanguage, TheBestLikedOfOurs_S1_019) {
    const struct {
        const char* header;
        Language want;
    } cases[] = {
        {"", Language::fr},
        {"en", Language::en},
        {"en-US,en;q=0.9", Language::en},
        {"EN-gb", Language::en},
        {"fr;q=0.1, en;q=0.9", Language::en},
        {"en;q=0.8, fr-CI, fr;q=0.9", Language::fr},
        {"fr, en", Language::fr},
        {"en, fr", Language::en},
        {"de, en;q=0.5", Language::en},
        {"en;q=0, *;q=0.1", Language::fr},
        {"*, en;q=0.5", Language::fr},
        {"de", Language::fr},
        {"french, english", Language::fr},
        {"en;level=1", Language::fr},
        {";;,,;q=,en;q=x", Language::fr},
    };
    for (const auto& c : cases) EXPECT_EQ(language_of(c.header, Language::fr), c.want) << c.header;
    EXPECT_EQ(language_of("de", Language::en), Language::en);
}

}  // namespace
}  // namespace taama::http
