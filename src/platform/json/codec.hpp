#pragma once

// Described C++ types as JSON: one description gives the parser, the validator, the serialiser and
// the OpenAPI schema. A type joins by BOOST_DESCRIBE_STRUCT / _ENUM, or by specialising Codec.

#include <boost/describe.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "platform/id.hpp"
#include "platform/json/node.hpp"
#include "platform/money/money.hpp"
#include "platform/time/time.hpp"

namespace taama {

enum class Language : std::uint8_t { fr, en };
BOOST_DESCRIBE_ENUM(Language, fr, en)

}  // namespace taama

namespace taama::json {

// A message to a person, in the languages of the platform.
struct Said {
    std::string fr;
    std::string en;

    const std::string& in(Language language) const { return language == Language::fr ? fr : en; }
};

// What is wrong with an input, by field path ("origin.lat"); the first message of a path stays.
class Problems {
public:
    void add(std::string path, Said message);
    bool empty() const { return by_path_.empty(); }
    boost::json::object in(Language language) const;

private:
    std::map<std::string, Said> by_path_;
};

// What reading depends on besides the input itself.
struct ReadContext {
    Currency currency = Currency::XOF;
    std::string_view country = "CI";  // whose bare national phone numbers are taken
    bool camel_case = false;
};

class Reader {
public:
    Reader(const ReadContext& context, Problems& problems)
        : context_(context), problems_(problems) {}

    const ReadContext& context() const { return context_; }
    // From a query string every leaf is text: numbers and booleans are then read from strings.
    bool from_query = false;

    void problem(Said message) { problems_.add(path_, std::move(message)); }
    void problem_at(std::string_view field, Said message) {
        const Scope scope{*this, field};
        problem(std::move(message));
    }

    // Names the field under which problems are reported while it lives.
    class Scope {
    public:
        Scope(Reader& reader, std::string_view field);
        Scope(Reader& reader, std::size_t index);
        ~Scope() { reader_.path_.resize(length_); }
        Scope(const Scope&) = delete;

    private:
        Reader& reader_;
        std::size_t length_;
    };

private:
    const ReadContext& context_;
    Problems& problems_;
    std::string path_;
};

struct Writer {
    std::string& out;
    bool camel_case = false;
};

// Named schemas of the OpenAPI document. Requests and responses of one type may differ (what is
// required), so a request's component has `In` behind its name.
class Schemas {
public:
    enum class Side : std::uint8_t { request, response };

    Side side = Side::response;
    boost::json::object components;
};

template <class T>
struct Codec;

template <class T>
concept Described =
    std::is_class_v<T> && boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;
template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <class T>
using members_of = boost::describe::describe_members<T, boost::describe::mod_any_access |
                                                            boost::describe::mod_inherited>;

// --- use -----------------------------------------------------------------------------------------

template <class T>
void write(std::string& out, const T& value, bool camel_case = false) {
    Writer writer{out, camel_case};
    Codec<T>::write(writer, value);
}
template <class T>
std::string to_json(const T& value) {
    std::string out;
    write(out, value);
    return out;
}
template <class T>
boost::json::value schema_of(Schemas& schemas) {
    return Codec<T>::schema(schemas);
}

// Said messages that several codecs use.
Said said_missing();
Said said_unknown();
Said said_type(std::string_view fr, std::string_view en);

void write_string(std::string& out, std::string_view text);
std::string camel_case(std::string_view snake);

// --- scalars -------------------------------------------------------------------------------------

template <>
struct Codec<bool> {
    static void write(Writer& w, bool value) { w.out += value ? "true" : "false"; }
    static void read(Reader& r, const Node& node, bool& out);
    static boost::json::value schema(Schemas&) { return {{"type", "boolean"}}; }
};

void read_integer(Reader& r, const Node& node, std::int64_t min, std::int64_t max,
                  std::int64_t& out);
void write_integer(std::string& out, std::int64_t value);

template <std::integral T>
    requires(!std::same_as<T, bool>)
struct Codec<T> {
    static void write(Writer& w, T value) {
        write_integer(w.out, static_cast<std::int64_t>(value));
    }
    static void read(Reader& r, const Node& node, T& out) {
        std::int64_t wide = 0;
        const auto limit = [](auto bound) {
            return std::in_range<std::int64_t>(bound) ? static_cast<std::int64_t>(bound)
                                                      : std::numeric_limits<std::int64_t>::max();
        };
        read_integer(r, node, limit(std::numeric_limits<T>::min()),
                     limit(std::numeric_limits<T>::max()), wide);
        out = static_cast<T>(wide);
    }
    static boost::json::value schema(Schemas&) { return {{"type", "integer"}}; }
};

template <>
struct Codec<double> {
    static void write(Writer& w, double value);
    static void read(Reader& r, const Node& node, double& out);
    static boost::json::value schema(Schemas&) { return {{"type", "number"}}; }
};

// Any text without NUL; request fields better say their limits with Text<min, max> (fields.hpp).
template <>
struct Codec<std::string> {
    static void write(Writer& w, const std::string& value) { write_string(w.out, value); }
    static void read(Reader& r, const Node& node, std::string& out);
    static boost::json::value schema(Schemas&) { return {{"type", "string"}}; }
};
template <>
struct Codec<std::string_view> {
    static void write(Writer& w, std::string_view value) { write_string(w.out, value); }
    static boost::json::value schema(Schemas&) { return {{"type", "string"}}; }
};

template <>
struct Codec<Uuid> {
    static void write(Writer& w, const Uuid& value);
    static void read(Reader& r, const Node& node, Uuid& out);
    static boost::json::value schema(Schemas&) { return {{"type", "string"}, {"format", "uuid"}}; }
};
template <class Tag>
struct Codec<Id<Tag>> {
    static void write(Writer& w, const Id<Tag>& value) { Codec<Uuid>::write(w, value.uuid); }
    static void read(Reader& r, const Node& node, Id<Tag>& out) {
        Codec<Uuid>::read(r, node, out.uuid);
    }
    static boost::json::value schema(Schemas& s) { return Codec<Uuid>::schema(s); }
};

template <>
struct Codec<UtcTime> {
    static void write(Writer& w, UtcTime value);
    static void read(Reader& r, const Node& node, UtcTime& out);
    static boost::json::value schema(Schemas&) {
        return {{"type", "string"}, {"format", "date-time"}};
    }
};
template <>
struct Codec<Date> {
    static void write(Writer& w, Date value);
    static void read(Reader& r, const Node& node, Date& out);
    static boost::json::value schema(Schemas&) { return {{"type", "string"}, {"format", "date"}}; }
};

// A number in currency units. Reading takes the operator's currency and refuses more decimals than
// it has, negative amounts, strings, and amounts over 10^15 minor units.
template <>
struct Codec<Money> {
    static void write(Writer& w, Money value);
    static void read(Reader& r, const Node& node, Money& out);
    static boost::json::value schema(Schemas&) { return {{"type", "number"}}; }
};
template <>
struct Codec<Currency> {
    static void write(Writer& w, Currency value);
    static void read(Reader& r, const Node& node, Currency& out);
    static boost::json::value schema(Schemas&);
};

// Free-form values.
template <>
struct Codec<boost::json::value> {
    static void write(Writer& w, const boost::json::value& value);
    static void read(Reader& r, const Node& node, boost::json::value& out);
    static boost::json::value schema(Schemas&) { return boost::json::object{}; }
};
template <>
struct Codec<boost::json::object> {
    static void write(Writer& w, const boost::json::object& value);
    static void read(Reader& r, const Node& node, boost::json::object& out);
    static boost::json::value schema(Schemas&) { return {{"type", "object"}}; }
};

template <DescribedEnum T>
struct Codec<T> {
    static void write(Writer& w, T value) {
        w.out += '"';
        w.out += boost::describe::enum_to_string(value, "");
        w.out += '"';
    }
    static void read(Reader& r, const Node& node, T& out) {
        std::string names;
        bool found = false;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto e) {
            if (node.type == Node::Type::string && node.text == e.name) {
                out = e.value;
                found = true;
            }
            if (!names.empty()) names += ", ";
            names += e.name;
        });
        if (found) return;
        r.problem({"doit être l'un de : " + names, "must be one of: " + names});
    }
    static boost::json::value schema(Schemas&) {
        boost::json::array names;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
            [&](auto e) { names.emplace_back(e.name); });
        return {{"type", "string"}, {"enum", std::move(names)}};
    }
};

// --- containers ----------------------------------------------------------------------------------

boost::json::value nullable(boost::json::value schema);

template <class T>
struct Codec<std::optional<T>> {
    static void write(Writer& w, const std::optional<T>& value) {
        if (value)
            Codec<T>::write(w, *value);
        else
            w.out += "null";
    }
    static void read(Reader& r, const Node& node, std::optional<T>& out) {
        if (node.type == Node::Type::null)
            out.reset();
        else
            Codec<T>::read(r, node, out.emplace());
    }
    static boost::json::value schema(Schemas& s) { return nullable(Codec<T>::schema(s)); }
};

template <class T>
struct Codec<std::vector<T>> {
    static void write(Writer& w, const std::vector<T>& values) {
        w.out += '[';
        bool first = true;
        for (const auto& value : values) {
            if (!first) w.out += ',';
            first = false;
            Codec<T>::write(w, value);
        }
        w.out += ']';
    }
    static void read(Reader& r, const Node& node, std::vector<T>& out) {
        if (node.type != Node::Type::array) {
            r.problem(said_type("doit être une liste", "must be a list"));
            return;
        }
        out.clear();
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            const Reader::Scope scope{r, i};
            Codec<T>::read(r, node.items[i], out.emplace_back());
        }
    }
    static boost::json::value schema(Schemas& s) {
        return {{"type", "array"}, {"items", Codec<T>::schema(s)}};
    }
};

// A field of a PATCH: absent (leave it), null (clear it), or a value.
template <class T>
struct Patch {
    bool given = false;
    std::optional<T> value;

    bool sets() const { return given && value.has_value(); }
    bool clears() const { return given && !value.has_value(); }
};
template <class T>
struct Codec<Patch<T>> {
    static void read(Reader& r, const Node& node, Patch<T>& out) {
        out.given = true;
        Codec<std::optional<T>>::read(r, node, out.value);
    }
    static boost::json::value schema(Schemas& s) { return nullable(Codec<T>::schema(s)); }
};

// May be left out of a request.
template <class T>
inline constexpr bool is_optional_field = false;
template <class T>
inline constexpr bool is_optional_field<std::optional<T>> = true;
template <class T>
inline constexpr bool is_optional_field<Patch<T>> = true;

// --- structs -------------------------------------------------------------------------------------

// Other spellings of a field that a request may use: `static constexpr Alias aliases[] = {{"type",
// "purpose"}};` in the struct.
struct Alias {
    std::string_view written;
    std::string_view field;
};

std::string component_name(std::string_view pretty_function, Schemas::Side side);

template <class T>
std::string component_name_of(Schemas::Side side) {
    return component_name(__PRETTY_FUNCTION__, side);
}

// Reads members by name, reports missing and unknown ones. A struct may add rules over several
// fields: `void check(json::Reader&) const`, called when its own fields were readable.
template <Described T>
struct Codec<T> {
    static void write(Writer& w, const T& value) {
        w.out += '{';
        bool first = true;
        boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
            if (!first) w.out += ',';
            first = false;
            w.out += '"';
            if (w.camel_case)
                w.out += camel_case(member.name);
            else
                w.out += member.name;
            w.out += "\":";
            using M = std::remove_cvref_t<decltype(value.*member.pointer)>;
            Codec<M>::write(w, value.*member.pointer);
        });
        w.out += '}';
    }

    static void read(Reader& r, const Node& node, T& out) {
        if (node.type != Node::Type::object) {
            r.problem(said_type("doit être un objet", "must be an object"));
            return;
        }
        std::size_t used = 0;
        std::vector<bool> seen(node.members.size());
        boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
            const std::string name =
                r.context().camel_case ? camel_case(member.name) : std::string{member.name};
            using M = std::remove_cvref_t<decltype(out.*member.pointer)>;
            const std::size_t index = index_of(node, name, seen);
            if (index == node.members.size()) {
                if constexpr (!is_optional_field<M>) r.problem_at(name, said_missing());
                return;
            }
            seen[index] = true;
            ++used;
            const Reader::Scope scope{r, name};
            Codec<M>::read(r, node.members[index].value, out.*member.pointer);
        });
        if (used < node.members.size())
            for (std::size_t i = 0; i < seen.size(); ++i)
                if (!seen[i]) r.problem_at(node.members[i].key, said_unknown());
        if constexpr (requires { out.check(r); }) out.check(r);
    }

    static boost::json::value schema(Schemas& s) {
        const std::string name = component_name_of<T>(s.side);
        if (!s.components.contains(name)) {
            s.components[name] = boost::json::object{};  // ends recursion
            boost::json::object properties;
            boost::json::array required;
            boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
                using M = std::remove_cvref_t<decltype(std::declval<T>().*member.pointer)>;
                properties[member.name] = Codec<M>::schema(s);
                if (s.side == Schemas::Side::response || !is_optional_field<M>)
                    required.emplace_back(member.name);
            });
            if constexpr (requires { T::aliases; })
                if (s.side == Schemas::Side::request)
                    for (const Alias& alias : T::aliases)
                        properties[alias.written] = boost::json::object{
                            {"description", "same as " + std::string{alias.field}}};
            boost::json::object object{{"type", "object"},
                                       {"properties", std::move(properties)},
                                       {"additionalProperties", false}};
            if (!required.empty()) object["required"] = std::move(required);
            s.components[name] = std::move(object);
        }
        return {{"$ref", "#/components/schemas/" + name}};
    }

private:
    static std::size_t index_of(const Node& node, std::string_view name,
                                const std::vector<bool>& seen) {
        for (std::size_t i = 0; i < node.members.size(); ++i)
            if (node.members[i].key == name) return i;
        if constexpr (requires { T::aliases; })
            for (const Alias& alias : T::aliases)
                if (alias.field == name)
                    for (std::size_t i = 0; i < node.members.size(); ++i)
                        if (!seen[i] && node.members[i].key == alias.written) return i;
        return node.members.size();
    }
};

}  // namespace taama::json
