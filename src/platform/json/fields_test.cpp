#include "platform/json/fields.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace taama::json {
namespace {

enum class State : std::uint8_t { open, paid, closed };
BOOST_DESCRIBE_ENUM(State, open, paid, closed)

template <class T>
struct Read {
    T value{};
    std::string problem;  // of the field itself; empty: none
};

template <class T>
Read<T> read_node(const Node& node, bool from_query = false) {
    Read<T> result;
    const ReadContext context;
    Problems problems;
    Reader reader{context, problems};
    reader.from_query = from_query;
    Codec<T>::read(reader, node, result.value);
    if (!problems.empty()) {
        const auto all = problems.in(Language::en);
        result.problem =
            std::string{all.begin()->key()} + ": " + all.begin()->value().as_string().c_str();
    }
    return result;
}
template <class T>
Read<T> read(std::string_view json) {
    return read_node<T>(parse(json).value());
}
template <class T>
Read<T> read_query(std::string text) {
    Node node;
    node.type = Node::Type::string;
    node.text = std::move(text);
    return read_node<T>(node, true);
}

TEST(JsonFields, TextIsTrimmedAndMeasuredInCodePoints) {
    using Name = Text<1, 3>;
    const std::string limits = "body: must have 1 to 3 characters";
    const std::string forbidden = "body: contains a forbidden character";
    struct Case {
        std::string_view json;
        std::string_view want;
        std::string problem;
    };
    const Case cases[] = {
        {R"("abc")", "abc", ""},          {R"("  a \t\n")", "a", ""},
        {R"("ééé")", "ééé", ""},          {R"("a\nb")", "a\nb", ""},
        {R"("éééé")", "", limits},        {R"("   ")", "", limits},
        {R"("a\u0000b")", "", forbidden}, {R"("a\u0007")", "", forbidden},
        {R"("a\u007f")", "", forbidden},  {"7", "", "body: must be a text"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.json);
        const auto got = read<Name>(c.json);
        EXPECT_EQ(got.problem, c.problem);
        EXPECT_EQ(got.value.value, c.want);
    }
}

TEST(JsonFields, SecretsKeepTheirSpaces) {
    EXPECT_EQ((read<Secret<2, 5>>(R"(" ab ")").value.value), " ab ");
    EXPECT_EQ((read<Secret<2, 5>>(R"("a")").problem), "body: must have 2 to 5 characters");
    EXPECT_EQ((read<Secret<2, 5>>(R"("ab\u0000")").problem), "body: must be a text");
}

TEST(JsonFields, IntHoldsItsRange) {
    using Seats = Int<1, 8>;
    for (const auto* text : {"1", "8", "8.0"}) EXPECT_EQ(read<Seats>(text).problem, "") << text;
    for (const auto* text : {"0", "9", "-1"})
        EXPECT_EQ(read<Seats>(text).problem, "body: must be between 1 and 8") << text;
    EXPECT_EQ(read<Seats>("\"3\"").problem, "body: must be an integer");
    EXPECT_EQ(read_query<Seats>("3").value.value, 3);
    EXPECT_EQ(read_query<Seats>("three").problem, "body: must be an integer");
    EXPECT_EQ(read_query<Seats>("").problem, "body: must be an integer");
}

TEST(JsonFields, Positions) {
    struct Case {
        std::string_view json;
        std::string_view problem;
    };
    const Case cases[] = {
        {R"({"lat":5.3,"lon":-4.0})", ""},
        {R"({"lat":90,"lon":-180,"text":"Nord"})", ""},
        {R"({"lat":90.1,"lon":0})", "lat: must be between -90 and 90"},
        {R"({"lat":0,"lon":-180.5})", "lon: must be between -180 and 180"},
        {R"({"lat":0})", "lon: is required"},
        {R"({"lat":0,"lon":0,"alt":1})", "alt: unknown field"},
        {R"({"lat":"0","lon":0})", "lat: must be a number"},
        {R"({"lat":0,"lon":0,"text":""})", "text: must have 1 to 200 characters"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(read<Position>(c.json).problem, c.problem) << c.json;
        if (c.json.find("text") == std::string_view::npos) {
            EXPECT_EQ(read<Point>(c.json).problem, c.problem) << c.json;
        }
    }
    EXPECT_EQ(to_json(Point{5.25, -4.5}), R"({"lat":5.25,"lon":-4.5})");
}

TEST(JsonFields, PointOfAQuery) {
    const auto point = read_query<Point>("5.3477, -4.0083").value;
    EXPECT_EQ(point.point(), (LatLon{5.3477, -4.0083}));
    for (const auto* text :
         {"", "5.3", "5.3,", ",1", "5.3;1", "5.3,x", "91,0", "0,181", "nan,0", "inf,0", "1,2,3"})
        EXPECT_EQ(read_query<Point>(text).problem, "body: must be lat,lon in degrees") << text;
}

TEST(JsonFields, PhoneAndEmail) {
    EXPECT_EQ(read<Phone>(R"("07 00 00 00 01")").value.e164, "+2250700000001");
    EXPECT_EQ(read<Phone>(R"("12")").problem, "body: is not a valid phone number");
    EXPECT_EQ(read<Phone>("225").problem, "body: is not a valid phone number");
    const auto email = read<Email>(R"("Awa@Example.CI")");
    EXPECT_EQ(email.value.address, "Awa@Example.CI");
    EXPECT_EQ(email.value.normalised, "awa@example.ci");
    EXPECT_EQ(read<Email>(R"("awa@")").problem, "body: is not a valid e-mail address");
}

TEST(JsonFields, TimeOfDay) {
    EXPECT_EQ(read<TimeOfDay>(R"("23:59")").value.since_midnight, std::chrono::minutes{1439});
    EXPECT_EQ(read<TimeOfDay>(R"("00:00")").problem, "");
    for (const auto* text : {R"("24:00")", R"("12:60")", R"("1:00")", R"("12-00")", R"("12:0a")",
                             R"("12:00:00")", "1200", "null"})
        EXPECT_EQ(read<TimeOfDay>(text).problem, "body: must be a time HH:MM") << text;
}

TEST(JsonFields, FiltersTakeSeveralValues) {
    using enum State;
    using Values = std::vector<State>;
    EXPECT_EQ(read_query<AnyOf<State>>("paid").value.values, (Values{paid}));
    EXPECT_EQ(read_query<AnyOf<State>>("in:paid,open").value.values, (Values{paid, open}));
    EXPECT_EQ(read_query<AnyOf<State>>("paid,open").value.values, (Values{paid, open}));
    for (const auto* text : {"", "in:", "in:paid,", "gone", "in:paid,gone"})
        EXPECT_EQ(read_query<AnyOf<State>>(text).problem,
                  "body: must be one of: open, paid, closed")
            << text;
}

TEST(JsonFields, SortsByTheFieldsNamed) {
    using By = Sort<"price", "created_at">;
    const auto by = read_query<By>("-created_at,price").value.by;
    ASSERT_EQ(by.size(), 2U);
    EXPECT_EQ(by[0].field, "created_at");
    EXPECT_TRUE(by[0].descending);
    EXPECT_FALSE(by[1].descending);
    for (const auto* text : {"", "colour", "price,colour", "--price"})
        EXPECT_EQ(read_query<By>(text).problem, "body: may be sorted by: price, created_at")
            << text;
}

TEST(JsonFields, QueriesReadNumbersFromText) {
    EXPECT_EQ(read_query<bool>("1").value, true);
    EXPECT_EQ(read_query<bool>("false").problem, "");
    EXPECT_EQ(read_query<bool>("yes").problem, "body: must be true or false");
    EXPECT_EQ(read_query<Money>("6000").value, (Money{6000, Currency::XOF}));
    EXPECT_EQ(read_query<double>("2.5").value, 2.5);
}

}  // namespace
}  // namespace taama::json
