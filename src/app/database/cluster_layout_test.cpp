#include "app/database/cluster_layout.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace taama::app {

namespace {

namespace fs = std::filesystem;

TEST(ClusterLayout, SocketNamesFitTheKernelAndTheUrl) {
    const struct {
        const char* name;
        std::string directory;
        bool fits;
    } cases[] = {
        {"ordinary", "/srv/taama/var/postgres-socket", true},
        {"at the limit", "/" + std::string(92, 'a'), true},
        {"one too long", "/" + std::string(93, 'a'), false},
        {"a space", "/home/a b/var", false},
        {"list of hosts", "/home/a,b/var", false},
        {"accents", "/home/données/var", false},
        {"abstract", "/home/@var", false},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(can_hold_socket(c.directory), c.fits);
    }
}

TEST(ClusterLayout, ShortNamesAreStable) {
    EXPECT_EQ(short_name(""), "cbf29ce484222325");
    EXPECT_EQ(short_name("a"), "af63dc4c8601ec8c");  // the published FNV-1a values
    EXPECT_NE(short_name("/srv/one"), short_name("/srv/two"));
}

TEST(ClusterLayout, ReachabilityLooksAtEveryParent) {
    const SystemUser stranger{.name = "stranger", .user_id = 64'001, .group_id = 64'001};
    std::string name = fs::temp_directory_path() / "taama-layout-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    const fs::path top = name;
    fs::create_directories(top / "open");
    chmod((top / "open").c_str(), 0755);

    EXPECT_FALSE(can_reach(stranger, top / "open"));  // mkdtemp makes a private directory
    EXPECT_TRUE(can_reach(SystemUser::current(), top / "open"));
    chmod(top.c_str(), 0711);
    EXPECT_TRUE(can_reach(stranger, top / "open"));
    chmod((top / "open").c_str(), 0700);
    EXPECT_FALSE(can_reach(stranger, top / "open"));
    EXPECT_FALSE(can_reach(stranger, top / "absent"));
    fs::remove_all(top);
}

}  // namespace

}  // namespace taama::app
