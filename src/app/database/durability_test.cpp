#include "app/database/durability.hpp"

#include <gtest/gtest.h>

namespace taama::app {

namespace {

TEST(Durability, NamesEverySettingThatIsOff) {
    using Problems = std::vector<std::string>;
    const struct {
        DurabilitySettings settings;
        Problems problems;
    } cases[] = {
        {{"on", "on", "on"}, {}},
        {{"on", "on", "local"}, {}},
        {{"on", "on", "remote_apply"}, {}},
        {{"off", "on", "on"}, {"fsync = off"}},
        {{"on", "off", "on"}, {"full_page_writes = off"}},
        {{"on", "on", "off"}, {"synchronous_commit = off"}},
        {{"off", "off", "off"},
         {"fsync = off", "full_page_writes = off", "synchronous_commit = off"}},
    };
    for (const auto& c : cases) EXPECT_EQ(durability_problems(c.settings), c.problems);
}

}  // namespace

}  // namespace taama::app
