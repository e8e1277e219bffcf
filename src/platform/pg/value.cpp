#include "platform/pg/value.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "platform/pg/db.hpp"
#include "platform/text/hex.hpp"

namespace taama::pg {

namespace {

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
    text::append_hex(out, value);
}

void encode(std::string& out, const boost::json::value& value) {
    out += boost::json::serialize(value);
}

void encode(std::string& out, const boost::json::object& value) {
    out += boost::json::serialize(value);
}

void append_array_element(std::string& out, std::string_view element) {
    out += '"';
    // By stretches: an answer that is kept is thousands of digits behind one backslash.
    std::size_t done = 0;
    std::size_t quote = element.find('"');
    std::size_t slash = element.find('\\');
    for (auto next = std::min(quote, slash); next != std::string_view::npos;
         next = std::min(quote, slash)) {
        out += element.substr(done, next - done);
        out += '\\';
        (next == quote ? quote : slash) = element.find(element[next], next + 1);
        done = next;
    }
    out += element.substr(done);
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
    constexpr std::size_t header = 5;
    constexpr std::size_t srid = 4;
    std::array<std::uint8_t, header + srid + 16> bytes;
    const std::size_t size = std::min(text.size() / 2, bytes.size());
    const bool is_read = text::read_hex(text, std::span{bytes}.first(size));
    ASSERT(is_read && size > header && bytes[0] == 1);
    const auto type = load_little_endian<std::uint32_t>(bytes.data() + 1);
    ASSERT((type & ~with_srid) == point);
    const std::size_t x = (type & with_srid) != 0 ? header + srid : header;
    ASSERT(size == x + 16);
    out.lon = load_little_endian<double>(bytes.data() + x);
    out.lat = load_little_endian<double>(bytes.data() + x + 8);
}

void decode(std::string_view text, Bytes& out) {
    ASSERT(text.starts_with("\\x"));
    text.remove_prefix(2);
    out.resize(text.size() / 2);
    const bool is_read = text::read_hex(text, out);
    ASSERT(is_read);
}

void decode(std::string_view text, boost::json::value& out) {
    boost::json::error_code failure;
    out = boost::json::parse(text, failure);
    ASSERT(!failure);
}

}  // namespace taama::pg
