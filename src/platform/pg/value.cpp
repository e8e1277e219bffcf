#include "platform/pg/value.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <bit>
#include <cstring>

#include "platform/pg/db.hpp"

namespace taama::pg {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

void from_hex(std::string_view text, Bytes& out) {
    ASSERT(text.size() % 2 == 0);
    out.clear();
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        ASSERT(high >= 0 && low >= 0);
        out.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
}

// `width` decimal digits at `at`.
int digits(std::string_view text, std::size_t at, std::size_t width) {
    ASSERT(at + width <= text.size());
    int value = 0;
    for (const char c : text.substr(at, width)) {
        ASSERT(c >= '0' && c <= '9');
        value = value * 10 + (c - '0');
    }
    return value;
}

template <class T>
T load_little_endian(const std::uint8_t* bytes) {
    static_assert(std::endian::native == std::endian::little);
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

}  // namespace

void Params::add_null() { offsets_.push_back(-1); }

void Params::add_text(std::string_view text) {
    // libpq takes zero-terminated text and would silently store the part before the zero byte.
    if (text.find('\0') != std::string_view::npos)
        throw Error("", "22021", "", "a text parameter holds a zero byte");
    offsets_.push_back(static_cast<std::ptrdiff_t>(buffer_.size()));
    buffer_ += text;
    buffer_ += '\0';
}

std::vector<const char*> Params::pointers() const {
    std::vector<const char*> values;
    values.reserve(offsets_.size());
    for (const std::ptrdiff_t offset : offsets_)
        values.push_back(offset < 0 ? nullptr : buffer_.data() + offset);
    return values;
}

void encode(std::string& out, double value) {
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void encode(std::string& out, LatLon value) {
    out += "SRID=4326;POINT(";
    encode(out, value.lon);
    out += ' ';
    encode(out, value.lat);
    out += ')';
}

void encode(std::string& out, const Bytes& value) {
    out += "\\x";
    for (const std::uint8_t byte : value) {
        out += hex_digits[byte >> 4];
        out += hex_digits[byte & 15];
    }
}

void encode(std::string& out, const boost::json::value& value) {
    out += boost::json::serialize(value);
}

void encode(std::string& out, const boost::json::object& value) {
    out += boost::json::serialize(value);
}

void append_array_element(std::string& out, std::string_view element) {
    out += '"';
    for (const char c : element) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

void decode(std::string_view text, double& out) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), out);
    ASSERT(result.ec == std::errc{} && result.ptr == text.data() + text.size());
}

void decode(std::string_view text, Uuid& out) {
    const auto uuid = Uuid::parse(text);
    ASSERT(uuid.has_value());
    out = *uuid;
}

// "2026-10-02 08:30:00.25+00": the session's zone is UTC, so the offset is always +00.
void decode(std::string_view text, UtcTime& out) {
    using namespace std::chrono;
    ASSERT(text.size() >= 22 && text.ends_with("+00") && text[4] == '-' && text[10] == ' ');
    const Date date{year{digits(text, 0, 4)}, month{static_cast<unsigned>(digits(text, 5, 2))},
                    day{static_cast<unsigned>(digits(text, 8, 2))}};
    ASSERT(date.ok());
    Microseconds time =
        hours{digits(text, 11, 2)} + minutes{digits(text, 14, 2)} + seconds{digits(text, 17, 2)};
    if (text[19] == '.') {
        const std::size_t width = text.size() - 3 - 20;
        ASSERT(width >= 1 && width <= 6);
        int fraction = digits(text, 20, width);
        for (std::size_t i = width; i < 6; ++i) fraction *= 10;
        time += Microseconds{fraction};
    }
    out = sys_days{date} + time;
}

void decode(std::string_view text, Date& out) {
    const auto date = parse_date(text);
    ASSERT(date.has_value());
    out = *date;
}

void decode(std::string_view text, Currency& out) {
    const auto currency = parse_currency(text);
    ASSERT(currency.has_value());
    out = *currency;
}

// Extended WKB of a point: byte order, type with flags, SRID when flagged, x, y.
void decode(std::string_view text, LatLon& out) {
    constexpr std::uint32_t point = 1;
    constexpr std::uint32_t with_srid = 0x20000000;
    Bytes bytes;
    from_hex(text, bytes);
    ASSERT(bytes.size() >= 21 && bytes[0] == 1);
    const auto type = load_little_endian<std::uint32_t>(bytes.data() + 1);
    ASSERT((type & ~with_srid) == point);
    const std::size_t x = (type & with_srid) != 0 ? 9 : 5;
    ASSERT(bytes.size() == x + 16);
    out.lon = load_little_endian<double>(bytes.data() + x);
    out.lat = load_little_endian<double>(bytes.data() + x + 8);
}

void decode(std::string_view text, Bytes& out) {
    ASSERT(text.starts_with("\\x"));
    from_hex(text.substr(2), out);
}

void decode(std::string_view text, boost::json::value& out) {
    boost::json::error_code failure;
    out = boost::json::parse(text, failure);
    ASSERT(!failure);
}

}  // namespace taama::pg
