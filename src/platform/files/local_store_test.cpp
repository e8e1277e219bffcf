#include "platform/files/local_store.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace taama::files {
namespace {

namespace fs = std::filesystem;

class LocalStoreFolder : public testing::Test {
protected:
    LocalStoreFolder() {
        std::string pattern = (fs::temp_directory_path() / "taama-files-XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
    }
    ~LocalStoreFolder() override { fs::remove_all(folder_); }

    fs::path folder_;
};

TEST_F(LocalStoreFolder, KeepsReplacesAndRemoves) {
    LocalStore store{folder_ / "made"};
    EXPECT_FALSE(store.get("kyc/a"));
    EXPECT_FALSE(store.size("kyc/a"));
    store.put("kyc/a", std::string_view("one\0two", 7));
    EXPECT_EQ(store.get("kyc/a"), std::string("one\0two", 7));
    store.put("kyc/a", "");
    EXPECT_EQ(store.get("kyc/a"), "");
    EXPECT_EQ(store.size("kyc/a"), 0u);
    const std::string large(3'000'000, 'x');
    store.put("plain", large);
    EXPECT_EQ(store.get("plain"), large);
    store.remove("kyc/a");
    store.remove("kyc/a");
    EXPECT_FALSE(store.get("kyc/a"));
}

TEST_F(LocalStoreFolder, LeavesNoPartsBehind) {
    LocalStore store{folder_};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&store, t] {
            for (int i = 0; i < 5; ++i)
                store.put("a/same", std::string(10'000, static_cast<char>('a' + t)));
        });
    for (std::thread& thread : threads) thread.join();
    const std::string content = store.get("a/same").value();
    EXPECT_EQ(content, std::string(10'000, content.front()));
    EXPECT_EQ(std::distance(fs::directory_iterator{folder_ / "a"}, {}), 1);
}

TEST_F(LocalStoreFolder, OnlyKeysReachTheFileSystem) {
    const LocalStore store{folder_};
    for (const char* key : {"", "/etc/passwd", "a/../x", "a/b/c", "a/.hidden"}) {
        SCOPED_TRACE(key);
        EXPECT_DEATH((void)store.get(key), "assertion failed");
    }
}

}  // namespace
}  // namespace taama::files
