#include "platform/json/codec.hpp"

#include <gtest/gtest.h>

#include <cstdint>

#include "platform/json/fields.hpp"

namespace taama::json {
namespace {

enum class Shade : std::uint8_t { dark, light };
BOOST_DESCRIBE_ENUM(Shade, dark, light)

struct Window {
    std::int64_t width_mm = 0;
    std::optional<Shade> shade;
};
BOOST_DESCRIBE_STRUCT(Window, (), (width_mm, shade))

struct House {
    std::string name;
    std::vector<Window> windows;
    Patch<std::string> note;
    bool open_door = false;

    static constexpr Alias aliases[] = {{"title", "name"}};
    void check(Reader& r) const {
        if (name == "open" && !open_door)
            r.problem_at("open_door", {"doit être ouverte", "must be open"});
    }
};
BOOST_DESCRIBE_STRUCT(House, (), (name, windows, note, open_door))

template <class T>
struct Outcome {
    T value{};
    std::string problems;  // in English, by path
};

template <class T>
Outcome<T> read(std::string_view text, ReadContext context = {}) {
    Outcome<T> outcome;
    Problems problems;
    Reader reader{context, problems};
    const auto node = parse(text);
    if (!node) return {{}, node.error()};
    Codec<T>::read(reader, *node, outcome.value);
    outcome.problems = boost::json::serialize(problems.in(Language::en));
    return outcome;
}

template <class T>
std::string problems(std::string_view text) {
    return read<T>(text).problems;
}

TEST(JsonCodec, ReadsAStruct) {
    const auto [house, said] = read<House>(
        R"({"title":"A","windows":[{"width_mm":2,"shade":"light"},{"width_mm":3e0,"shade":null}],
            "open_door":true,"note":null})");
    EXPECT_EQ(said, "{}");
    EXPECT_EQ(house.name, "A");
    ASSERT_EQ(house.windows.size(), 2U);
    EXPECT_EQ(house.windows[0].shade, Shade::light);
    EXPECT_EQ(house.windows[1].width_mm, 3);
    EXPECT_FALSE(house.windows[1].shade);
    EXPECT_TRUE(house.open_door);
    EXPECT_TRUE(house.note.clears());
}

TEST(JsonCodec, PatchTellsAbsentFromNull) {
    const auto note = [](std::string_view member) {
        return read<House>(R"({"name":"A","windows":[],"open_door":true)" + std::string{member} +
                           "}")
            .value.note;
    };
    EXPECT_FALSE(note("").given);
    EXPECT_TRUE(note(R"(,"note":null)").clears());
    EXPECT_TRUE(note(R"(,"note":"x")").sets());
    EXPECT_EQ(note(R"(,"note":"x")").value, "x");
}

TEST(JsonCodec, ReportsAllProblemsAtOnce) {
    struct Case {
        std::string_view text;
        std::string_view want;
    };
    const Case cases[] = {
        {"[]", R"({"body":"must be an object"})"},
        {"{}", R"({"name":"is required","open_door":"is required","windows":"is required"})"},
        {R"({"name":1,"windows":{},"open_door":"yes","colour":2})",
         R"({"colour":"unknown field","name":"must be a text","open_door":"must be true or false",)"
         R"("windows":"must be a list"})"},
        {R"({"name":"A","windows":[{"width_mm":1},{"width_mm":"2"},{"width_mm":1.5,"x":0}],)"
         R"("open_door":true})",
         R"({"windows.1.width_mm":"must be an integer","windows.2.width_mm":"must be an integer",)"
         R"("windows.2.x":"unknown field"})"},
        {R"({"name":"A","windows":[{"width_mm":1,"shade":"dim"}],"open_door":true})",
         R"({"windows.0.shade":"must be one of: dark, light"})"},
        {R"({"name":"A","windows":[{"width_mm":1,"shade":"dark\u0000"}],"open_door":true})",
         R"({"windows.0.shade":"must be one of: dark, light"})"},
        // Both spellings of one field: the second is one too many.
        {R"({"name":"A","title":"B","windows":[],"open_door":true})",
         R"({"title":"unknown field"})"},
        {R"({"name":"open","windows":[],"open_door":false})", R"({"open_door":"must be open"})"},
        {R"({"name":null,"windows":[],"open_door":true,"note":5})",
         R"({"name":"must be a text","note":"must be a text"})"},
    };
    for (const Case& c : cases) EXPECT_EQ(problems<House>(c.text), c.want) << c.text;
}

TEST(JsonCodec, ProblemsSpeakBothLanguages) {
    Problems all;
    all.add("", {"fr", "en"});
    all.add("a", {"premier", "first"});
    all.add("a", {"second", "second"});
    EXPECT_EQ(boost::json::serialize(all.in(Language::fr)), R"({"a":"premier","body":"fr"})");
    EXPECT_EQ(boost::json::serialize(all.in(Language::en)), R"({"a":"first","body":"en"})");
}

TEST(JsonCodec, Integers) {
    constexpr std::string_view range = R"({"body":"must be between 0 and 65535"})";
    constexpr std::string_view kind = R"({"body":"must be an integer"})";
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"0", "{}"},    {"65535", "{}"},  {"3.0", "{}"},   {"3e2", "{}"},
        {"-1", range},  {"65536", range}, {"1.5", kind},   {"\"3\"", kind},
        {"true", kind}, {"null", kind},   {"1e999", kind}, {"123456789012345678901234567890", kind},
    };
    for (const auto& [text, want] : cases) EXPECT_EQ(problems<std::uint16_t>(text), want) << text;
}

TEST(JsonCodec, MoneyIsExact) {
    struct Case {
        std::string_view text;
        Currency currency;
        std::int64_t want;  // -1: refused
    };
    const Case cases[] = {
        {"6000", Currency::XOF, 6000},
        {"6000.00", Currency::XOF, 6000},
        {"6000.5", Currency::XOF, -1},  // XOF has no decimals
        {"350.5", Currency::EUR, 35050},
        {"0.01", Currency::EUR, 1},
        {"0.001", Currency::EUR, -1},
        {"1000000000000000", Currency::XOF, 1000000000000000},
        {"1000000000000001", Currency::XOF, -1},
        {"-1", Currency::XOF, -1},
        {"\"6000\"", Currency::XOF, -1},
        {"9007199254740.99", Currency::EUR, 900719925474099},  // not a double's neighbour
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.text);
        const auto [value, said] = read<Money>(c.text, {.currency = c.currency});
        EXPECT_EQ(said == "{}", c.want >= 0) << said;
        if (c.want >= 0) {
            EXPECT_EQ(value, (Money{c.want, c.currency}));
        }
    }
    EXPECT_EQ(problems<Money>("-1"), R"({"body":"must not be negative"})");
    EXPECT_EQ(to_json(Money{35050, Currency::EUR}), "350.5");
}

TEST(JsonCodec, Scalars) {
    EXPECT_EQ(problems<Uuid>("\"0c6d\""), R"({"body":"must be a UUID"})");
    EXPECT_EQ(problems<Uuid>("\"B4F5C7E2-2B7A-4B0F-8E8A-0A1B2C3D4E5F\""), "{}");
    EXPECT_EQ(problems<double>("1e400"), R"({"body":"must be a number"})");
    EXPECT_EQ(problems<double>("-0.25"), "{}");
    EXPECT_EQ(problems<std::string>(R"("a\u0000b")"),
              R"({"body":"contains a forbidden character"})");
    EXPECT_EQ(problems<Currency>("\"XOF\""), "{}");
    EXPECT_EQ(problems<Currency>("\"xof\""), R"({"body":"must be a known currency"})");
    EXPECT_EQ(problems<boost::json::object>("[1]"), R"({"body":"must be an object"})");
    for (const auto* text : {R"("2026-10-02T08:30:00Z")", R"("2026-10-02T08:30:00.123456+01:00")"})
        EXPECT_EQ(problems<UtcTime>(text), "{}") << text;
    for (const auto* text :
         {R"("2026-10-02")", R"("2026-10-02T08:30:00")", R"("1899-12-31T23:59:59Z")",
          R"("2200-01-01T00:00:00Z")", "1790000000", R"("2026-13-02T08:30:00Z")"})
        EXPECT_NE(problems<UtcTime>(text), "{}") << text;
    for (const auto* text :
         {R"("2026-02-29")", R"("1799-12-31")", R"("2201-01-01")", R"("26-01-01")"})
        EXPECT_NE(problems<Date>(text), "{}") << text;
    EXPECT_EQ(problems<Date>(R"("2028-02-29")"), "{}");
}

TEST(JsonCodec, FreeFormValuesKeepTheirShape) {
    const auto text = R"({"a":[1,2.5,"x",null,true],"b":{"c":-3}})";
    EXPECT_EQ(to_json(read<boost::json::value>(text).value),
              R"({"a":[1,2.5E0,"x",null,true],"b":{"c":-3}})");
}

TEST(JsonCodec, Writes) {
    House house;
    house.name = "\"\\\n\x01é";
    EXPECT_EQ(to_json(house.name), R"("\"\\\n\u0001é")");
    EXPECT_EQ(to_json(std::vector<Window>{{1, Shade::dark}, {2, {}}}),
              R"([{"width_mm":1,"shade":"dark"},{"width_mm":2,"shade":null}])");
    std::string camel;
    write(camel, Window{1, Shade::dark}, true);
    EXPECT_EQ(camel, R"({"widthMm":1,"shade":"dark"})");
    EXPECT_EQ(to_json(true), "true");
    EXPECT_EQ(to_json(0.1), "0.1");
    EXPECT_EQ(to_json(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(camel_case("a_b__c"), "aBC");
}

TEST(JsonCodec, CamelCaseRequests) {
    EXPECT_EQ(read<Window>(R"({"widthMm":7})", {.camel_case = true}).value.width_mm, 7);
    EXPECT_EQ(read<Window>(R"({"width_mm":7})", {.camel_case = true}).problems,
              R"({"widthMm":"is required","width_mm":"unknown field"})");
}

TEST(JsonCodec, SchemasOfBothSides) {
    Schemas request;
    request.side = Schemas::Side::request;
    EXPECT_EQ(boost::json::serialize(schema_of<House>(request)),
              R"({"$ref":"#/components/schemas/HouseIn"})");
    const auto& in = request.components["HouseIn"].as_object();
    EXPECT_EQ(boost::json::serialize(in.at("required")), R"(["name","windows","open_door"])");
    EXPECT_TRUE(in.at("properties").as_object().contains("title"));
    EXPECT_EQ(boost::json::serialize(in.at("properties").at("note")),
              R"({"type":["string","null"]})");

    Schemas response;
    schema_of<Window>(response);
    EXPECT_EQ(boost::json::serialize(response.components["Window"]),
              R"({"type":"object","properties":{"width_mm":{"type":"integer"},"shade":{"type":)"
              R"(["string","null"],"enum":["dark","light",null]}},"additionalProperties":false,)"
              R"("required":["width_mm","shade"]})");
    EXPECT_EQ(boost::json::serialize(schema_of<std::optional<Window>>(response)),
              R"({"anyOf":[{"$ref":"#/components/schemas/Window"},{"type":"null"}]})");
}

}  // namespace
}  // namespace taama::json
