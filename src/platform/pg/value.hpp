#pragma once

// C++ values as PostgreSQL's text format, both ways.

#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "platform/assert.hpp"
#include "platform/geo/lat_lon.hpp"
#include "platform/id.hpp"
#include "platform/money/money.hpp"
#include "platform/pg/literal.hpp"
#include "platform/time/time.hpp"

namespace taama::pg {

using Bytes = std::vector<std::uint8_t>;

// The parameters of one statement. A moved-from or cleared object can be filled again.
class Params {
public:
    void add_null();
    void add_text(std::string_view text);
    // Pointers for libpq, valid until the next change; nullptr is NULL.
    std::vector<const char*> pointers() const;
    std::size_t size() const { return offsets_.size(); }

private:
    std::string buffer_;                   // zero-terminated values one behind the other
    std::vector<std::ptrdiff_t> offsets_;  // -1: NULL
};

template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

inline void encode(std::string& out, std::string_view value) { out += value; }
inline void encode(std::string& out, bool value) { out += value ? "t" : "f"; }
template <std::integral T>
    requires(!std::same_as<T, bool>)
void encode(std::string& out, T value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end);
}
void encode(std::string& out, double value);
inline void encode(std::string& out, const Uuid& value) { value.append_to(out); }
template <class Tag>
void encode(std::string& out, const Id<Tag>& value) {
    value.uuid.append_to(out);
}
inline void encode(std::string& out, UtcTime value) { append_utc_time(out, value); }
inline void encode(std::string& out, Date value) { out += to_string(value); }
inline void encode(std::string& out, Money value) { encode(out, value.minor); }  // the amount only
inline void encode(std::string& out, Currency value) { out += to_string(value); }
void encode(std::string& out, LatLon value);                      // EWKT, for a geography parameter
void encode(std::string& out, const Bytes& value);                // bytea, hex form
void encode(std::string& out, const boost::json::value& value);   // jsonb
void encode(std::string& out, const boost::json::object& value);  // jsonb
template <DescribedEnum T>
void encode(std::string& out, T value) {
    const char* name = boost::describe::enum_to_string(value, nullptr);
    ASSERT(name != nullptr);
    out += name;
}
void append_array_element(std::string& out, std::string_view element);
template <class T>
void append_as_element(std::string& out, std::string& buffer, const T& value) {
    buffer.clear();
    encode(buffer, value);
    append_array_element(out, buffer);
}
template <class T>
void append_as_element(std::string& out, std::string& buffer, const std::optional<T>& value) {
    if (value)
        append_as_element(out, buffer, *value);
    else
        out += "NULL";
}
template <class T>
void encode(std::string& out, const std::vector<T>& values) {  // array literal
    out += '{';
    std::string buffer;
    for (const auto& value : values) {
        if (out.back() != '{') out += ',';
        append_as_element(out, buffer, static_cast<const T&>(value));
    }
    out += '}';
}

template <class T>
void add(Params& params, const T& value) {
    std::string text;
    encode(text, value);
    params.add_text(text);
}
inline void add(Params& params, std::string_view value) { params.add_text(value); }
inline void add(Params& params, const std::string& value) { params.add_text(value); }
inline void add(Params& params, const char* value) { params.add_text(value); }
inline void add(Params& params, std::nullopt_t) { params.add_null(); }
inline void add(Params& params, std::nullptr_t) { params.add_null(); }
template <class T>
void add(Params& params, const std::optional<T>& value) {
    value ? add(params, *value) : params.add_null();
}

// Decoding asserts: what does not parse is a statement that disagrees with its C++ type.
inline void decode(std::string_view text, std::string& out) { out = text; }
inline void decode(std::string_view text, bool& out) { out = text == "t"; }
template <std::integral T>
    requires(!std::same_as<T, bool>)
void decode(std::string_view text, T& out) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), out);
    ASSERT(result.ec == std::errc{} && result.ptr == text.data() + text.size());
}
void decode(std::string_view text, double& out);
void decode(std::string_view text, Uuid& out);
template <class Tag>
void decode(std::string_view text, Id<Tag>& out) {
    decode(text, out.uuid);
}
void decode(std::string_view text, UtcTime& out);
void decode(std::string_view text, Date& out);
void decode(std::string_view text, Currency& out);
void decode(std::string_view text, LatLon& out);  // geography or geometry, hex EWKB
void decode(std::string_view text, Bytes& out);
void decode(std::string_view text, boost::json::value& out);
// Minor units; the currency stays as the target has it (set it from its own column).
inline void decode(std::string_view text, Money& out) { decode(text, out.minor); }
template <DescribedEnum T>
void decode(std::string_view text, T& out) {
    bool found = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto enumerator) {
        if (text != enumerator.name) return;
        out = enumerator.value;
        found = true;
    });
    ASSERT(found);
}
// The data is not as the statement's author thought: NULL in a member that has none, no row or
// several where one was to be. A defect of this one request, not of the whole server.
struct UnexpectedAnswer : std::logic_error {
    using std::logic_error::logic_error;
};

// What is stored as several values, one for each described member, bases first.
template <class T>
concept DescribedStruct = boost::describe::has_describe_members<T>::value;
template <class T>
using MembersOf = boost::describe::describe_members<T, boost::describe::mod_any_access |
                                                           boost::describe::mod_inherited>;

template <DescribedStruct T>
void decode(std::string_view text, T& out);

// An array, of rows too: `array(select row(…))`.
template <class T>
void decode(std::string_view text, std::vector<T>& out) {
    out.clear();
    ArrayLiteral literal{text};
    for (std::string element; literal.next(element);) decode(element, out.emplace_back());
}

template <class T>
void decode_field(const std::string* text, const char* name, T& out) {
    if (text == nullptr) throw UnexpectedAnswer{std::string{"a row has no "} + name};
    decode(*text, out);
}
template <class T>
void decode_field(const std::string* text, const char*, std::optional<T>& out) {
    if (text == nullptr)
        out.reset();
    else
        decode(*text, out.emplace());
}

// `row(…)`: the members in their order, as rows within arrays have no names.
template <DescribedStruct T>
void decode(std::string_view text, T& out) {
    RowLiteral literal{text};
    std::string field;
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
        const auto found = literal.next(field);
        ASSERT(found != RowLiteral::Found::end);
        decode_field(found == RowLiteral::Found::null ? nullptr : &field, member.name,
                     out.*member.pointer);
    });
    ASSERT(literal.next(field) == RowLiteral::Found::end);
}

}  // namespace taama::pg
