#include "platform/pg/value.hpp"

#include <gtest/gtest.h>

#include <boost/describe/enum.hpp>

#include "platform/pg/db.hpp"

namespace taama::pg {
namespace {

enum class Colour { red, dark_green };
BOOST_DESCRIBE_ENUM(Colour, red, dark_green)

template <class T>
std::string encoded(const T& value) {
    std::string out;
    encode(out, value);
    return out;
}

template <class T>
T decoded(std::string_view text) {
    T value{};
    decode(text, value);
    return value;
}

constexpr UtcTime at(int second, int microsecond = 0) {
    return std::chrono::sys_days{std::chrono::year{2026} / 10 / 2} + 8h + 30min +
           std::chrono::seconds{second} + Microseconds{microsecond};
}

TEST(PgValue, WritesText) {
    EXPECT_EQ(encoded(true), "t");
    EXPECT_EQ(encoded(-42), "-42");
    EXPECT_EQ(encoded(0.1), "0.1");
    EXPECT_EQ(encoded(Money{6000, Currency::XOF}), "6000");
    EXPECT_EQ(encoded(LatLon{.lat = 5.25, .lon = -4.5}), "SRID=4326;POINT(-4.5 5.25)");
    EXPECT_EQ(encoded(Bytes{0x00, 0xab, 0x0f}), "\\x00ab0f");
    EXPECT_EQ(encoded(Colour::dark_green), "dark_green");
    EXPECT_EQ(encoded(boost::json::object{{"a", 1}}), R"({"a":1})");
    EXPECT_EQ(encoded(std::vector<int>{}), "{}");
    EXPECT_EQ(encoded(std::vector<int>{1, 2}), R"({"1","2"})");
    EXPECT_EQ(encoded(std::vector<std::string>{"a,b", "", R"(q"\)"}), R"({"a,b","","q\"\\"})");
}

TEST(PgValue, EscapesElementsOfArrays) {
    const auto element = [](std::string_view text) {
        std::string out = "{";
        append_array_element(out, text);
        return out;
    };
    EXPECT_EQ(element(""), R"({"")");
    EXPECT_EQ(element("Tiassalé, {x}"), R"({"Tiassalé, {x}")");
    EXPECT_EQ(element(R"(\x00ff)"), R"({"\\x00ff")");
    EXPECT_EQ(element(R"("a\"b\\")"), R"({"\"a\\\"b\\\\\"")");
}

TEST(PgValue, ReadsTimes) {
    EXPECT_EQ(decoded<UtcTime>("2026-10-02 08:30:00+00"), at(0));
    EXPECT_EQ(decoded<UtcTime>("2026-10-02 08:30:05.25+00"), at(5, 250'000));
    EXPECT_EQ(decoded<UtcTime>("2026-10-02 08:30:05.000001+00"), at(5, 1));
    EXPECT_EQ(decoded<Date>("2026-10-02"), Date(std::chrono::year{2026} / 10 / 2));
    EXPECT_DEATH(decoded<UtcTime>("infinity"), "assertion");
}

TEST(PgValue, ReadsWhatItWrites) {
    EXPECT_EQ(decoded<Bytes>("\\x00ab0f"), (Bytes{0x00, 0xab, 0x0f}));
    EXPECT_EQ(decoded<Colour>("dark_green"), Colour::dark_green);
    EXPECT_DEATH(decoded<Colour>("dark"), "assertion");
    EXPECT_EQ(decoded<LatLon>("0101000020E610000000000000000012C00000000000001540"),
              (LatLon{.lat = 5.25, .lon = -4.5}));
    EXPECT_EQ(decoded<std::vector<int>>("{}"), std::vector<int>{});
    EXPECT_EQ(decoded<std::vector<int>>("{1,-2}"), (std::vector{1, -2}));
    EXPECT_EQ(decoded<std::vector<std::string>>(R"({plain,"a,b","","q\"\\","NULL"})"),
              (std::vector<std::string>{"plain", "a,b", "", R"(q"\)", "NULL"}));
    EXPECT_DEATH(decoded<std::vector<std::string>>("{NULL}"), "assertion");
}

TEST(PgValue, ParametersKeepNullApartFromEmpty) {
    Params params;
    add(params, std::optional<int>{});
    add(params, "");
    add(params, std::optional<std::string>{"x"});
    const std::vector<const char*> values = params.pointers();
    ASSERT_EQ(values.size(), 3u);
    EXPECT_EQ(values[0], nullptr);
    EXPECT_STREQ(values[1], "");
    EXPECT_STREQ(values[2], "x");
}

TEST(PgValue, RefusesAZeroByte) {
    Params params;
    EXPECT_THROW(add(params, std::string_view{"a\0b", 3}), Error);
}

}  // namespace
}  // namespace taama::pg
