#include "platform/json/codec.hpp"

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>
#include <cmath>

#include "platform/assert.hpp"
#include "platform/text/hex.hpp"
#include "platform/text/utf8.hpp"

namespace taama::json {

void Problems::add(std::string path, Said message) {
    by_path_.try_emplace(path.empty() ? "body" : std::move(path), std::move(message));
}

boost::json::object Problems::in(Language language) const {
    boost::json::object fields;
    for (const auto& [path, message] : by_path_) fields[path] = message.in(language);
    return fields;
}

Reader::Scope::Scope(Reader& reader, std::string_view field)
    : reader_(reader), length_(reader.path_.size()) {
    if (!reader_.path_.empty()) reader_.path_ += '.';
    reader_.path_ += field.substr(0, 100);
}

Reader::Scope::Scope(Reader& reader, std::size_t index)
    : Scope(reader, std::string_view{std::to_string(index)}) {}

Said said_missing() { return {"est obligatoire", "is required"}; }
Said said_unknown() { return {"champ inconnu", "unknown field"}; }
Said said_type(std::string_view fr, std::string_view en) {
    return {std::string{fr}, std::string{en}};
}

void write_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, start, i - start);
        start = i + 1;
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                out += "\\u00";
                out += text::hex_digits[c >> 4];
                out += text::hex_digits[c & 15];
        }
    }
    out.append(text, start, text.size() - start);
    out += '"';
}

std::string camel_case(std::string_view snake) {
    std::string out;
    bool upper = false;
    for (const char c : snake) {
        if (c == '_') {
            upper = true;
            continue;
        }
        out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        upper = false;
    }
    return out;
}

void Codec<bool>::read(Reader& r, const Node& node, bool& out) {
    if (node.type == Node::Type::boolean)
        out = node.boolean;
    else if (r.from_query && (node.text == "true" || node.text == "1"))
        out = true;
    else if (r.from_query && (node.text == "false" || node.text == "0"))
        out = false;
    else
        r.problem(said_type("doit être vrai ou faux", "must be true or false"));
}

void write_integer(std::string& out, std::int64_t value) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void read_integer(Reader& r, const Node& node, std::int64_t min, std::int64_t max,
                  std::int64_t& out) {
    const bool number =
        node.type == Node::Type::number || (r.from_query && node.type == Node::Type::string);
    // 3.0 and 3e0 are the integer 3; Money's parser reads such literals exactly.
    const auto parsed = number ? Money::parse(node.text, Currency::XOF) : std::nullopt;
    if (!parsed) {
        r.problem(said_type("doit être un nombre entier", "must be an integer"));
        return;
    }
    if (parsed->minor < min || parsed->minor > max) {
        r.problem({fmt::format("doit être entre {} et {}", min, max),
                   fmt::format("must be between {} and {}", min, max)});
        return;
    }
    out = parsed->minor;
}

void Codec<double>::write(Writer& w, double value) {
    ASSERT(std::isfinite(value));
    char digits[32];
    w.out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void Codec<double>::read(Reader& r, const Node& node, double& out) {
    const bool number =
        node.type == Node::Type::number || (r.from_query && node.type == Node::Type::string);
    const char* end = node.text.data() + node.text.size();
    double value = 0;
    const auto result = std::from_chars(node.text.data(), end, value);
    if (!number || node.text.empty() || result.ec != std::errc{} || result.ptr != end ||
        !std::isfinite(value)) {
        r.problem(said_type("doit être un nombre", "must be a number"));
        return;
    }
    out = value;
}

void Codec<std::string>::read(Reader& r, const Node& node, std::string& out) {
    if (node.type != Node::Type::string) {
        r.problem(said_type("doit être un texte", "must be a text"));
        return;
    }
    if (node.text.find('\0') != std::string::npos || !text::is_valid_utf8(node.text)) {
        r.problem(said_type("contient un caractère interdit", "contains a forbidden character"));
        return;
    }
    out = node.text;
}

void Codec<Uuid>::write(Writer& w, const Uuid& value) {
    w.out += '"';
    value.append_to(w.out);
    w.out += '"';
}

void Codec<Uuid>::read(Reader& r, const Node& node, Uuid& out) {
    const auto value = node.type == Node::Type::string ? Uuid::parse(node.text) : std::nullopt;
    if (value)
        out = *value;
    else
        r.problem(said_type("doit être un UUID", "must be a UUID"));
}

void Codec<UtcTime>::write(Writer& w, UtcTime value) {
    w.out += '"';
    append_utc_time(w.out, value);
    w.out += '"';
}

void Codec<UtcTime>::read(Reader& r, const Node& node, UtcTime& out) {
    const auto value = node.type == Node::Type::string ? parse_utc_time(node.text) : std::nullopt;
    // What timestamptz and four-digit years can hold.
    using namespace std::chrono;
    const bool in_range =
        value && *value >= sys_days{year{1900} / 1 / 1} && *value < sys_days{year{2200} / 1 / 1};
    if (in_range)
        out = *value;
    else
        r.problem(said_type("doit être un instant ISO-8601 (2026-10-02T08:30:00Z)",
                            "must be an ISO-8601 time (2026-10-02T08:30:00Z)"));
}

void Codec<Date>::write(Writer& w, Date value) {
    w.out += '"';
    w.out += to_string(value);
    w.out += '"';
}

void Codec<Date>::read(Reader& r, const Node& node, Date& out) {
    const auto value = node.type == Node::Type::string ? parse_date(node.text) : std::nullopt;
    if (value && value->year() >= std::chrono::year{1800} &&
        value->year() <= std::chrono::year{2200})
        out = *value;
    else
        r.problem(said_type("doit être une date AAAA-MM-JJ", "must be a date YYYY-MM-DD"));
}

void Codec<Money>::write(Writer& w, Money value) { w.out += value.to_decimal(); }

void Codec<Money>::read(Reader& r, const Node& node, Money& out) {
    static constexpr std::int64_t minor_max = 1'000'000'000'000'000;
    const bool number =
        node.type == Node::Type::number || (r.from_query && node.type == Node::Type::string);
    const auto value = number ? Money::parse(node.text, r.context().currency) : std::nullopt;
    if (!value || value->minor > minor_max) {
        const auto code = to_string(r.context().currency);
        r.problem({fmt::format("doit être un montant en {}", code),
                   fmt::format("must be an amount in {}", code)});
    } else if (value->minor < 0) {
        r.problem({"ne peut pas être négatif", "must not be negative"});
    } else {
        out = *value;
    }
}

void Codec<Currency>::write(Writer& w, Currency value) {
    w.out += '"';
    w.out += to_string(value);
    w.out += '"';
}

void Codec<Currency>::read(Reader& r, const Node& node, Currency& out) {
    const auto value = node.type == Node::Type::string ? parse_currency(node.text) : std::nullopt;
    if (value)
        out = *value;
    else
        r.problem(said_type("doit être une devise connue", "must be a known currency"));
}

boost::json::value Codec<Currency>::schema(Schemas&) {
    return {{"type", "string"}, {"enum", {"XOF", "EUR", "MAD", "GHS", "NGN"}}};
}

void Codec<boost::json::value>::write(Writer& w, const boost::json::value& value) {
    w.out += boost::json::serialize(value);
}

void Codec<boost::json::value>::read(Reader& r, const Node& node, boost::json::value& out) {
    switch (node.type) {
        case Node::Type::null: out = nullptr; break;
        case Node::Type::boolean: out = node.boolean; break;
        case Node::Type::string: out = boost::json::string{node.text}; break;
        case Node::Type::number: {
            boost::json::error_code error;
            out = boost::json::parse(node.text, error);
            break;
        }
        case Node::Type::array: {
            auto& items = out.emplace_array();
            for (const Node& item : node.items) read(r, item, items.emplace_back(nullptr));
            break;
        }
        case Node::Type::object: {
            auto& members = out.emplace_object();
            for (const auto& [key, item] : node.members) read(r, item, members[key]);
            break;
        }
    }
}

void Codec<boost::json::object>::write(Writer& w, const boost::json::object& value) {
    w.out += boost::json::serialize(value);
}

void Codec<boost::json::object>::read(Reader& r, const Node& node, boost::json::object& out) {
    if (node.type != Node::Type::object) {
        r.problem(said_type("doit être un objet", "must be an object"));
        return;
    }
    boost::json::value value;
    Codec<boost::json::value>::read(r, node, value);
    out = std::move(value.as_object());
}

boost::json::value nullable(boost::json::value schema) {
    auto& object = schema.as_object();
    if (object.empty()) return schema;
    if (const auto* type = object.if_contains("type"); type && type->is_string()) {
        object["type"] = boost::json::array{*type, "null"};
        if (auto* names = object.if_contains("enum")) names->as_array().emplace_back(nullptr);
        return schema;
    }
    return {{"anyOf", {std::move(schema), {{"type", "null"}}}}};
}

std::string component_name(std::string_view pretty_function, Schemas::Side side) {
    // "... component_name_of(...) [T = taama::carpool::TripView]"
    const auto begin = pretty_function.find("[T = ") + 5;
    std::string type{pretty_function.substr(begin, pretty_function.rfind(']') - begin)};
    constexpr std::string_view unnamed = "(anonymous namespace)::";
    for (auto at = type.find(unnamed); at != std::string::npos; at = type.find(unnamed, at))
        type.erase(at, unnamed.size());
    // A template's arguments are part of its name: List<TripView> becomes ListTripView.
    std::string name;
    std::string word;
    for (const char c : type) {
        if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
            word += c;
        } else if (c == ':') {
            word.clear();
        } else {
            name += word;
            word.clear();
        }
    }
    name += word;
    return side == Schemas::Side::request ? name + "In" : name;
}

}  // namespace taama::json
