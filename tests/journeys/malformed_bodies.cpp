#include "tests/journeys/malformed_bodies.hpp"

#include <boost/json/serialize.hpp>

namespace taama::test {

namespace json = boost::json;

namespace {

constexpr int depth_max = 3;  // of objects in objects that are spoilt too

// Stands in a value for bytes that no JSON library writes.
constexpr std::string_view raw_mark = "@raw";
const std::string raw_tokens[] = {
    "1e999999",
    "-1e999999",
    std::string(400, '9'),
    "0.1e-99999",
    "-0",
    "1E+2",
    "\"\xff\xfe\"",
    "\"\xed\xa0\x80\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    std::string(40, '[') + std::string(40, ']'),
    "NaN",
    "01",
    "'x'",
};

std::vector<json::value> odd_values() {
    json::value nested = json::array{};
    for (int i = 0; i < 20; ++i) nested = json::array{nested};
    return {nullptr,
            true,
            0,
            -1,
            1.5,
            9'223'372'036'854'775'807,
            18'446'744'073'709'551'615U,
            1e308,
            "",
            "   ",
            "x",
            "6000",
            "'; drop table carpool.trips; --",
            "../../etc/passwd",
            "\u202e\u0007",
            json::string(5000, 'x'),
            json::array{},
            json::object{},
            nested,
            json::array{nullptr, 1, "x"},
            json::object{{"lat", "5"}, {"lon", nullptr}}};
}

// The object in which the last step of `pointer` is a member; null when there is none.
json::object* parent_of(json::value& root, const std::string& pointer) {
    boost::system::error_code missing;
    auto* parent = root.find_pointer(pointer.substr(0, pointer.rfind('/')), missing);
    return parent ? parent->if_object() : nullptr;
}
std::string last_of(const std::string& pointer) { return pointer.substr(pointer.rfind('/') + 1); }

void put(json::value& root, const std::string& pointer, json::value with) {
    if (auto* parent = parent_of(root, pointer)) (*parent)[last_of(pointer)] = std::move(with);
}
void erase(json::value& root, const std::string& pointer) {
    if (auto* parent = parent_of(root, pointer)) parent->erase(last_of(pointer));
}

std::string with_raw(const json::value& value, std::string_view token) {
    std::string text = json::serialize(value);
    const std::string mark = '"' + std::string{raw_mark} + '"';
    if (const auto at = text.find(mark); at != std::string::npos)
        text.replace(at, mark.size(), token);
    return text;
}

const json::value* first_of(const json::object& rules, std::string_view keyword) {
    const auto* parts = rules.if_contains(keyword);
    if (!parts) return nullptr;
    for (const auto& part : parts->as_array())
        if (!(part.is_object() && part.get_object().contains("type") && part.at("type") == "null"))
            return &part;
    return nullptr;
}

std::string_view type_of(const json::object& rules) {
    const auto* type = rules.if_contains("type");
    if (!type) return {};
    return type->is_array() ? type->as_array().at(0).as_string() : type->as_string();
}

json::value text_of(const json::object& rules) {
    const auto* format = rules.if_contains("format");
    if (format && *format == "uuid") return "00000000-0000-4000-8000-000000000000";
    if (format && *format == "date-time") return "2030-10-02T08:30:00Z";
    if (format && *format == "date") return "2030-10-02";
    if (format && *format == "email") return "awa@exemple.ci";
    const auto* least = rules.if_contains("minLength");
    return json::string(least ? least->to_number<std::size_t>() : 1, 'a');
}

}  // namespace

json::value Samples::of(const json::value& schema, std::string_view field) const {
    if (json::value named = by_name_(field); !named.is_null()) return named;
    const json::object& rules = schemas_.resolve(schema);
    for (const char* keyword : {"anyOf", "oneOf", "allOf"})
        if (const auto* part = first_of(rules, keyword)) return of(*part, field);
    if (const auto* values = rules.if_contains("enum")) return values->as_array().at(0);
    const std::string_view type = type_of(rules);
    if (type == "string") return text_of(rules);
    if (type == "integer" || type == "number") {
        const auto* least = rules.if_contains("minimum");
        return least ? *least : json::value(1);
    }
    if (type == "boolean") return false;
    if (type == "array") return json::array{};
    json::object object;
    const auto* required = rules.if_contains("required");
    const auto* properties = rules.if_contains("properties");
    if (required && properties)
        for (const auto& name : required->as_array())
            object[name.as_string()] = of(properties->at(name.as_string()), name.as_string());
    return object;
}

std::vector<std::string> Samples::wrong_bodies(const json::value& schema) const {
    std::vector<std::string> bodies;
    spoil(schema, of(schema), "", 0, bodies);
    return bodies;
}

void Samples::spoil(const json::value& schema, const json::value& root, const std::string& pointer,
                    int depth, std::vector<std::string>& bodies) const {
    const json::object* rules = &schemas_.resolve(schema);
    if (const auto* part = first_of(*rules, "anyOf")) rules = &schemas_.resolve(*part);
    if (!pointer.empty()) {
        for (json::value& odd : odd_values()) {
            json::value body = root;
            put(body, pointer, std::move(odd));
            bodies.push_back(json::serialize(body));
        }
        json::value body = root;
        put(body, pointer, json::string{raw_mark});
        for (const std::string& token : raw_tokens) bodies.push_back(with_raw(body, token));
        erase(body, pointer);
        bodies.push_back(json::serialize(body));
    }
    const auto* properties = rules->if_contains("properties");
    if (!properties || depth == depth_max) return;
    json::value unknown = root;
    put(unknown, pointer + "/unheard_of", 1);
    bodies.push_back(json::serialize(unknown));
    for (const auto& [name, property] : properties->as_object()) {
        json::value with_field = root;
        put(with_field, pointer + "/" + std::string{name}, of(property, name));
        spoil(property, with_field, pointer + "/" + std::string{name}, depth + 1, bodies);
    }
}

std::vector<std::string> hopeless_bodies() {
    std::vector<std::string> bodies{
        "",
        " ",
        "{",
        "}",
        "null",
        "true",
        "1",
        "\"x\"",
        "[]",
        "[{}]",
        "{}{}",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "{\"\":null}",
        "\xef\xbb\xbf{}",
        "{\"a\":\"\xff\"}",
        std::string(1, '\0'),
        "// comment\n{}",
        std::string(1000, '['),
        std::string(300 * 1024, ' '),
    };
    std::string deep = "1";
    for (int i = 0; i < 200; ++i) deep = "{\"a\":" + deep + "}";
    bodies.push_back(deep);
    json::object wide;
    for (int i = 0; i < 5000; ++i) wide["field" + std::to_string(i)] = i;
    bodies.push_back(json::serialize(wide));
    return bodies;
}

std::vector<std::string> odd_query_values() {
    return {"",
            "abc",
            "-1",
            "0",
            "1.5",
            "1e999",
            "99999999999999999999",
            "%00",
            "%ff",
            "%",
            "%zz",
            "null",
            "in:",
            "in:,,",
            "%27--",
            "[]",
            "%F0%9F%8C%8D",
            "2026-02-30",
            "5.3,-4.0",
            "91,181",
            std::string(5000, 'x')};
}

}  // namespace taama::test
