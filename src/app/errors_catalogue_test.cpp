#include "app/errors_catalogue.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "platform/text/utf8.hpp"

namespace taama::app {
namespace {

TEST(ErrorsCatalogue, EveryCodeSpeaksBothLanguagesOnce) {
    const auto all = all_error_codes();
    std::set<std::string_view> codes;
    for (const ErrorCode* error : all) {
        SCOPED_TRACE(error->code);
        EXPECT_TRUE(codes.insert(error->code).second);
        EXPECT_EQ(error->code.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789"),
                  std::string_view::npos);
        for (const std::string_view text : {error->fr, error->en}) {
            EXPECT_TRUE(text.ends_with('.')) << text;
            EXPECT_TRUE(text::is_valid_utf8(text)) << text;
            EXPECT_EQ(text.find('|'), std::string_view::npos) << "breaks the table: " << text;
        }
        EXPECT_NE(error->fr, error->en);
        EXPECT_GE(error->status(), 400);
    }
    for (const ErrorCode* general : errors::general) EXPECT_TRUE(codes.contains(general->code));
}

TEST(ErrorsCatalogue, DocumentIsUpToDate) {
    const auto root = std::filesystem::path{__FILE__}.parent_path().parent_path().parent_path();
    std::ifstream file{root / "docs" / "errors.md"};
    ASSERT_TRUE(file);
    const std::string written{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_EQ(written, errors_markdown()) << "./run errors > docs/errors.md";
}

}  // namespace
}  // namespace taama::app
