#include "platform/json/fields.hpp"

#include "platform/text/email.hpp"
#include "platform/text/phone.hpp"
#include "platform/text/utf8.hpp"

namespace taama::json {

namespace {

Said said_length(std::size_t min, std::size_t max) {
    return {fmt::format("doit compter de {} à {} caractères", min, max),
            fmt::format("must have {} to {} characters", min, max)};
}

}  // namespace

void read_text(Reader& r, const Node& node, std::size_t min, std::size_t max, std::string& out) {
    std::string text;
    if (node.type != Node::Type::string) {
        r.problem(said_type("doit être un texte", "must be a text"));
        return;
    }
    text = text::trim(node.text);
    const bool clean = text::is_valid_utf8(text) && std::ranges::none_of(text, [](unsigned char c) {
                           return c == 0x7f || (c < 0x20 && c != '\n' && c != '\r' && c != '\t');
                       });
    if (!clean) {
        r.problem(said_type("contient un caractère interdit", "contains a forbidden character"));
        return;
    }
    const std::size_t length = text::code_points(text);
    if (length < min || length > max)
        r.problem(said_length(min, max));
    else
        out = std::move(text);
}

void read_secret(Reader& r, const Node& node, std::size_t min, std::size_t max, std::string& out) {
    if (node.type != Node::Type::string || !text::is_valid_utf8(node.text) ||
        node.text.find('\0') != std::string::npos) {
        r.problem(said_type("doit être un texte", "must be a text"));
        return;
    }
    const std::size_t length = text::code_points(node.text);
    if (length < min || length > max)
        r.problem(said_length(min, max));
    else
        out = node.text;
}

namespace {

void check_bounds(Reader& r, double lat, double lon) {
    if (!(lat >= -90 && lat <= 90))
        r.problem_at("lat", {"doit être entre -90 et 90", "must be between -90 and 90"});
    if (!(lon >= -180 && lon <= 180))
        r.problem_at("lon", {"doit être entre -180 et 180", "must be between -180 and 180"});
}

}  // namespace

void Position::check(Reader& r) const { check_bounds(r, lat, lon); }

void Codec<Point>::write(Writer& w, const Point& value) {
    w.out += "{\"lat\":";
    Codec<double>::write(w, value.lat);
    w.out += ",\"lon\":";
    Codec<double>::write(w, value.lon);
    w.out += '}';
}

void Codec<Point>::read(Reader& r, const Node& node, Point& out) {
    if (r.from_query) {
        const auto comma = node.text.find(',');
        const auto number = [](std::string_view text) -> std::optional<double> {
            while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
            double value = 0;
            const auto end = text.data() + text.size();
            const auto result = std::from_chars(text.data(), end, value);
            if (result.ec != std::errc{} || result.ptr != end || text.empty()) return {};
            return value;
        };
        const auto lat =
            comma == std::string::npos ? std::nullopt : number({node.text.data(), comma});
        const auto lon = comma == std::string::npos
                             ? std::nullopt
                             : number(std::string_view{node.text}.substr(comma + 1));
        if (!lat || !lon || !in_bounds({*lat, *lon}))
            r.problem({"doit être lat,lon en degrés", "must be lat,lon in degrees"});
        else
            out = {*lat, *lon};
        return;
    }
    if (node.type != Node::Type::object) {
        r.problem(said_type("doit être un objet", "must be an object"));
        return;
    }
    for (const auto& [key, value] : node.members) {
        const Reader::Scope scope{r, key};
        if (key == "lat")
            Codec<double>::read(r, value, out.lat);
        else if (key == "lon")
            Codec<double>::read(r, value, out.lon);
        else
            r.problem(said_unknown());
    }
    if (node.find("lat") == nullptr) r.problem_at("lat", said_missing());
    if (node.find("lon") == nullptr) r.problem_at("lon", said_missing());
    check_bounds(r, out.lat, out.lon);
}

boost::json::value Codec<Point>::schema(Schemas& s) {
    if (!s.components.contains("Point"))
        s.components["Point"] = {
            {"type", "object"},
            {"properties",
             {{"lat", {{"type", "number"}, {"minimum", -90}, {"maximum", 90}}},
              {"lon", {{"type", "number"}, {"minimum", -180}, {"maximum", 180}}}}},
            {"required", {"lat", "lon"}},
            {"additionalProperties", false}};
    return {{"$ref", "#/components/schemas/Point"}};
}

void Codec<Phone>::read(Reader& r, const Node& node, Phone& out) {
    const auto phone = node.type == Node::Type::string
                           ? text::normalise_phone(node.text, r.context().country)
                           : std::nullopt;
    if (phone)
        out.e164 = *phone;
    else
        r.problem({"n'est pas un numéro de téléphone valable", "is not a valid phone number"});
}

void Codec<Email>::read(Reader& r, const Node& node, Email& out) {
    const auto normalised =
        node.type == Node::Type::string ? text::normalise_email(node.text) : std::nullopt;
    if (normalised)
        out = {node.text, *normalised};
    else
        r.problem({"n'est pas une adresse e-mail valable", "is not a valid e-mail address"});
}

void Codec<TimeOfDay>::read(Reader& r, const Node& node, TimeOfDay& out) {
    const std::string& t = node.text;
    const auto digit = [&](std::size_t i) { return t[i] >= '0' && t[i] <= '9'; };
    if (node.type == Node::Type::string && t.size() == 5 && digit(0) && digit(1) && t[2] == ':' &&
        digit(3) && digit(4)) {
        const int hours = (t[0] - '0') * 10 + (t[1] - '0');
        const int minutes = (t[3] - '0') * 10 + (t[4] - '0');
        if (hours < 24 && minutes < 60) {
            out.since_midnight = std::chrono::minutes{hours * 60 + minutes};
            return;
        }
    }
    r.problem({"doit être une heure HH:MM", "must be a time HH:MM"});
}

std::vector<std::string_view> split_filter(std::string_view text) {
    if (text.starts_with("in:")) text.remove_prefix(3);
    std::vector<std::string_view> words;
    while (true) {
        const auto comma = text.find(',');
        words.push_back(text.substr(0, comma));
        if (comma == std::string_view::npos) return words;
        text.remove_prefix(comma + 1);
    }
}

void read_sort(Reader& r, const Node& node, std::span<const std::string_view> allowed,
               std::vector<SortField>& out) {
    for (std::string_view word : split_filter(node.text)) {
        const bool descending = word.starts_with('-');
        if (descending) word.remove_prefix(1);
        const auto found = std::ranges::find(allowed, word);
        if (found == allowed.end()) {
            std::string names;
            for (const auto name : allowed) (names += names.empty() ? "" : ", ") += name;
            r.problem({"tri possible par : " + names, "may be sorted by: " + names});
            return;
        }
        out.push_back({*found, descending});
    }
}

}  // namespace taama::json
