#pragma once

// Types of request fields that carry their limits: what was read is valid, and nothing checks it
// again.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "platform/geo/lat_lon.hpp"
#include "platform/json/codec.hpp"

namespace taama::json {

// Text of min..max code points after trimming; no control characters but line breaks and tabs.
template <std::size_t min_length, std::size_t max_length>
struct Text {
    std::string value;

    operator std::string_view() const { return value; }
    const std::string& str() const { return value; }
    bool operator==(const Text&) const = default;
};

void read_text(Reader& r, const Node& node, std::size_t min, std::size_t max, std::string& out);

template <std::size_t min_length, std::size_t max_length>
struct Codec<Text<min_length, max_length>> {
    using T = Text<min_length, max_length>;
    static void write(Writer& w, const T& value) { write_string(w.out, value.value); }
    static void read(Reader& r, const Node& node, T& out) {
        read_text(r, node, min_length, max_length, out.value);
    }
    static boost::json::value schema(Schemas&) {
        return {{"type", "string"}, {"minLength", min_length}, {"maxLength", max_length}};
    }
};

// Taken as it is, spaces included: passwords, tokens, codes. Length in code points.
template <std::size_t min_length, std::size_t max_length>
struct Secret {
    std::string value;
};
void read_secret(Reader& r, const Node& node, std::size_t min, std::size_t max, std::string& out);
template <std::size_t min_length, std::size_t max_length>
struct Codec<Secret<min_length, max_length>> {
    static void read(Reader& r, const Node& node, Secret<min_length, max_length>& out) {
        read_secret(r, node, min_length, max_length, out.value);
    }
    static boost::json::value schema(Schemas&) {
        return {{"type", "string"},
                {"format", "password"},
                {"minLength", min_length},
                {"maxLength", max_length}};
    }
};

// A whole number of min..max.
template <std::int64_t min_value, std::int64_t max_value>
struct Int {
    std::int64_t value = min_value;

    operator std::int64_t() const { return value; }
};
template <std::int64_t min_value, std::int64_t max_value>
struct Codec<Int<min_value, max_value>> {
    using T = Int<min_value, max_value>;
    static void write(Writer& w, T value) { write_integer(w.out, value.value); }
    static void read(Reader& r, const Node& node, T& out) {
        read_integer(r, node, min_value, max_value, out.value);
    }
    static boost::json::value schema(Schemas&) {
        return {{"type", "integer"}, {"minimum", min_value}, {"maximum", max_value}};
    }
};

// A point with its text; in a query string `lat,lon`.
struct Position {
    double lat = 0;
    double lon = 0;
    std::optional<Text<1, 200>> text;

    LatLon point() const { return {lat, lon}; }
    void check(Reader& r) const;
};
BOOST_DESCRIBE_STRUCT(Position, (), (lat, lon, text))

// A point without text, `lat,lon` in a query string.
struct Point {
    double lat = 0;
    double lon = 0;

    LatLon point() const { return {lat, lon}; }
};
template <>
struct Codec<Point> {
    static void write(Writer& w, const Point& value);
    static void read(Reader& r, const Node& node, Point& out);
    static boost::json::value schema(Schemas& s);
};

// E.164, normalised with the operator's country.
struct Phone {
    std::string e164;

    operator std::string_view() const { return e164; }
    bool operator==(const Phone&) const = default;
};
template <>
struct Codec<Phone> {
    static void read(Reader& r, const Node& node, Phone& out);
    static boost::json::value schema(Schemas&) { return {{"type", "string"}, {"maxLength", 40}}; }
};

// An address as typed and in the form that is compared.
struct Email {
    std::string address;
    std::string normalised;
};
template <>
struct Codec<Email> {
    static void read(Reader& r, const Node& node, Email& out);
    static boost::json::value schema(Schemas&) {
        return {{"type", "string"}, {"format", "email"}, {"maxLength", 254}};
    }
};

// Local time of day, HH:MM.
struct TimeOfDay {
    std::chrono::minutes since_midnight{0};
};
template <>
struct Codec<TimeOfDay> {
    static void read(Reader& r, const Node& node, TimeOfDay& out);
    static boost::json::value schema(Schemas&) {
        return {{"type", "string"}, {"pattern", "^([01][0-9]|2[0-3]):[0-5][0-9]$"}};
    }
};

template <std::size_t size>
struct FixedString {
    char text[size];
    consteval FixedString(const char (&literal)[size]) { std::copy_n(literal, size, text); }
    constexpr std::string_view view() const { return {text, size - 1}; }
};

// One or several values of an enum: `paid`, `in:paid,accepted`.
template <DescribedEnum E>
struct AnyOf {
    std::vector<E> values;
};
std::vector<std::string_view> split_filter(std::string_view text);
template <DescribedEnum E>
struct Codec<AnyOf<E>> {
    static void read(Reader& r, const Node& node, AnyOf<E>& out) {
        if (node.type != Node::Type::string) {
            r.problem(said_type("doit être un texte", "must be a text"));
            return;
        }
        for (const auto word : split_filter(node.text)) {
            Node single;
            single.type = Node::Type::string;
            single.text = word;
            Codec<E>::read(r, single, out.values.emplace_back());
        }
    }
    static boost::json::value schema(Schemas&) {
        return {{"type", "string"}, {"description", "a value, or in:a,b"}};
    }
};

// `sort=field,-created_at` over the fields that the operation names.
struct SortField {
    std::string_view field;
    bool descending = false;
};
void read_sort(Reader& r, const Node& node, std::span<const std::string_view> allowed,
               std::vector<SortField>& out);
template <FixedString... fields>
struct Sort {
    std::vector<SortField> by;
};
template <FixedString... fields>
struct Codec<Sort<fields...>> {
    static constexpr std::array<std::string_view, sizeof...(fields)> names{fields.view()...};
    static void read(Reader& r, const Node& node, Sort<fields...>& out) {
        read_sort(r, node, names, out.by);
    }
    static boost::json::value schema(Schemas&) {
        std::string text = "comma-separated, - for descending:";
        for (const auto name : names) (text += ' ') += name;
        return {{"type", "string"}, {"description", std::move(text)}};
    }
};

}  // namespace taama::json
