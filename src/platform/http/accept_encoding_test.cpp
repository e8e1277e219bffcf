#include "platform/http/accept_encoding.hpp"

#include <gtest/gtest.h>

namespace taama::http {
namespace {

TEST(ChooseEncoding, ByWeightThenByOurOwnOrder) {
    struct Case {
        std::string_view header;
        std::string_view want;
        bool identity_refused = false;
    };
    const Case cases[] = {
        {"", "identity"},
        {"gzip", "gzip"},
        {"gzip, deflate, br, zstd", "zstd"},
        {"gzip, deflate, br", "br"},
        {"GZIP", "gzip"},
        {"x-gzip", "gzip"},
        {"deflate", "identity"},
        {"compress, identity", "identity"},
        {"gzip;q=1.0, zstd;q=0.9", "gzip"},
        {"br;q=0.5, gzip;q=0.500, zstd;q=0.4", "br"},
        {" br ; q=0.2 ,gzip; q=0.1", "br"},
        {"gzip;q=0", "identity"},
        {"gzip;q=0.000, br;q=0.001", "br"},
        {"identity, gzip;q=0.5", "identity"},
        {"identity;q=0.5, gzip;q=0.5", "gzip"},
        {"identity;q=0.2, gzip;q=0.1", "identity"},
        {"*", "zstd"},
        {"zstd;q=0, *", "br"},
        {"gzip, *;q=0", "gzip", true},
        {"*;q=0", "identity", true},
        {"identity;q=0", "identity", true},
        {"identity;q=0, gzip;q=0.1", "gzip", true},
        {"*;q=0, identity", "identity"},
        {"gzip;q=2", "identity"},
        {"gzip;q=1.001", "identity"},
        {"gzip;q=0.1234", "identity"},
        {"gzip;q=", "identity"},
        {"gzip;q=-1, br;q=x", "identity"},
        {"gzip;level=9;q=0.5", "gzip"},
        {",,gzip,,", "gzip"},
        {";q=1, gzip", "gzip"},
    };
    for (const Case& c : cases) {
        const EncodingChoice choice = choose_encoding(c.header);
        EXPECT_EQ(to_string(choice.encoding), c.want) << c.header;
        EXPECT_EQ(choice.identity_refused, c.identity_refused) << c.header;
    }
}

TEST(ParseEncoding, OneNameOnly) {
    EXPECT_EQ(parse_encoding("gzip"), Encoding::gzip);
    EXPECT_EQ(parse_encoding("X-GZIP"), Encoding::gzip);
    EXPECT_EQ(parse_encoding("zstd"), Encoding::zstd);
    EXPECT_EQ(parse_encoding("br"), Encoding::br);
    EXPECT_EQ(parse_encoding("identity"), Encoding::identity);
    for (const auto* name : {"", "deflate", "gzip, gzip", "gzip2", "gzi"})
        EXPECT_EQ(parse_encoding(name), std::nullopt) << name;
}

}  // namespace
}  // namespace taama::http
