#include "platform/time/time.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "platform/assert.hpp"

namespace taama {

using namespace std::chrono;

namespace {

// What four digits can write, and PostgreSQL reads as a year: it counts 1 BC before 1.
constexpr int year_min = 1;
constexpr int year_max = 9999;

// Reads exactly `count` digits and moves on; -1 when they are not there.
int digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool skip(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<Date> read_date(std::string_view& text) {
    const int y = digits(text, 4);
    if (y < year_min || !skip(text, '-')) return std::nullopt;
    const int m = digits(text, 2);
    if (m < 0 || !skip(text, '-')) return std::nullopt;
    const int d = digits(text, 2);
    if (d < 0) return std::nullopt;
    const Date date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
    return date.ok() ? std::optional{date} : std::nullopt;
}

std::optional<Microseconds> read_fraction(std::string_view& text) {
    if (!skip(text, '.')) return Microseconds{0};
    Microseconds::rep value = 0;
    Microseconds::rep unit = 100'000;
    int count = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9' && count < 6) {
        value += (text.front() - '0') * unit;
        unit /= 10;
        ++count;
        text.remove_prefix(1);
    }
    if (count == 0) return std::nullopt;
    return Microseconds{value};
}

std::optional<minutes> read_offset(std::string_view& text) {
    if (skip(text, 'Z') || skip(text, 'z')) return minutes{0};
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const int sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    const int h = digits(text, 2);
    if (h < 0 || h > 23 || !skip(text, ':')) return std::nullopt;
    const int m = digits(text, 2);
    if (m < 0 || m > 59) return std::nullopt;
    return sign * minutes{h * 60 + m};
}

// `width` digits of a value that has no more.
template <int width>
char* put_digits(char* at, unsigned value) {
    for (int i = width; i-- > 0; value /= 10) at[i] = static_cast<char>('0' + value % 10);
    return at + width;
}

// YYYY-MM-DD; a year of five digits has five.
char* put_date(char* at, Date date) {
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    ASSERT(year < 100'000);
    at = year < 10'000 ? put_digits<4>(at, year) : std::to_chars(at, at + 6, year).ptr;
    *at++ = '-';
    at = put_digits<2>(at, static_cast<unsigned>(date.month()));
    *at++ = '-';
    return put_digits<2>(at, static_cast<unsigned>(date.day()));
}

template <class T>
T big_endian(const char* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    if constexpr (sizeof value == 8)
        return static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
    else
        return static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
}

}  // namespace

std::optional<UtcTime> parse_utc_time(std::string_view text) {
    const auto date = read_date(text);
    if (!date || !(skip(text, 'T') || skip(text, 't'))) return std::nullopt;
    const int h = digits(text, 2);
    if (h < 0 || h > 23 || !skip(text, ':')) return std::nullopt;
    const int m = digits(text, 2);
    if (m < 0 || m > 59 || !skip(text, ':')) return std::nullopt;
    const int s = digits(text, 2);
    if (s < 0 || s > 59) return std::nullopt;
    const auto fraction = read_fraction(text);
    if (!fraction) return std::nullopt;
    const auto offset = read_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    const UtcTime time =
        UtcTime{sys_days{*date}} + hours{h} + minutes{m} + seconds{s} + *fraction - *offset;
    const Date utc_date{floor<days>(time)};
    if (utc_date.year() < year{year_min} || utc_date.year() > year{year_max}) return std::nullopt;
    return time;
}

void append_utc_time(std::string& out, UtcTime time) {
    const auto day_point = floor<days>(time);
    const auto in_day = static_cast<std::uint64_t>((time - day_point).count());
    const auto whole = static_cast<unsigned>(in_day / 1'000'000);
    char text[32];
    char* end = put_date(text, Date{day_point});
    *end++ = 'T';
    end = put_digits<2>(end, whole / 3600);
    *end++ = ':';
    end = put_digits<2>(end, whole / 60 % 60);
    *end++ = ':';
    end = put_digits<2>(end, whole % 60);
    if (const auto fraction = static_cast<unsigned>(in_day % 1'000'000); fraction != 0) {
        *end++ = '.';
        end = put_digits<6>(end, fraction);
        while (end[-1] == '0') --end;
    }
    *end++ = 'Z';
    out.append(text, end);
}

std::string to_string(UtcTime time) {
    std::string out;
    append_utc_time(out, time);
    return out;
}

std::optional<Date> parse_date(std::string_view text) {
    const auto date = read_date(text);
    return text.empty() ? date : std::nullopt;
}

std::string to_string(Date date) {
    char text[16];
    return {text, put_date(text, date)};
}

// TZif, RFC 8536: the 64-bit block of version 2 and later.
std::optional<TimeZone> TimeZone::find(std::string_view iana_name) {
    TimeZone zone;
    zone.name_ = iana_name;
    // UTC all year, and needed even where the machine has no zone files.
    if (iana_name == "UTC" || iana_name == "Africa/Abidjan" || iana_name == "Africa/Lome")
        return zone;
    if (iana_name.empty() || iana_name.find("..") != std::string_view::npos) return std::nullopt;
    const std::filesystem::path path = "/usr/share/zoneinfo/" + std::string{iana_name};
    if (!std::filesystem::is_regular_file(path)) return std::nullopt;
    std::ifstream file{path, std::ios::binary};
    const std::string data{std::istreambuf_iterator<char>{file}, {}};
    constexpr std::size_t header = 44;
    if (data.size() < header || !data.starts_with("TZif") || data[4] < '2') return std::nullopt;
    const auto count = [&](std::size_t base, std::size_t index) {
        return static_cast<std::size_t>(
            big_endian<std::int32_t>(data.data() + base + 20 + index * 4));
    };
    // isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt
    const std::size_t skip_v1 = header + count(0, 3) * 5 + count(0, 4) * 6 + count(0, 5) +
                                count(0, 2) * 8 + count(0, 1) + count(0, 0);
    if (data.size() < skip_v1 + header) return std::nullopt;
    const std::size_t times = count(skip_v1, 3);
    const std::size_t types = count(skip_v1, 4);
    const char* at = data.data() + skip_v1 + header;
    if (data.size() < skip_v1 + header + times * 9 + types * 6 || types == 0) return std::nullopt;
    const char* indexes = at + times * 8;
    const char* infos = indexes + times;
    const auto offset_of = [&](std::size_t type) {
        return Seconds{big_endian<std::int32_t>(infos + type * 6)};
    };
    zone.changes_.push_back({Seconds::min(), offset_of(0)});
    for (std::size_t i = 0; i < times; ++i)
        zone.changes_.push_back({Seconds{big_endian<std::int64_t>(at + i * 8)},
                                 offset_of(static_cast<std::uint8_t>(indexes[i]))});
    return zone;
}

Seconds TimeZone::offset_at(UtcTime time) const {
    if (changes_.empty()) return Seconds{0};
    const auto since = floor<Seconds>(time.time_since_epoch());
    const auto next = std::ranges::upper_bound(changes_, since, {}, &Change::from);
    return next == changes_.begin() ? changes_.front().offset : std::prev(next)->offset;
}

Date TimeZone::local_date(UtcTime time) const { return Date{floor<days>(time + offset_at(time))}; }

minutes TimeZone::local_minute_of_day(UtcTime time) const {
    const auto local = time + offset_at(time);
    return floor<minutes>(local - floor<days>(local));
}

UtcTime TimeZone::start_of(Date date) const {
    const UtcTime as_if_utc{sys_days{date}};
    const UtcTime guess = as_if_utc - offset_at(as_if_utc);
    return as_if_utc - offset_at(guess);
}

void Clock::set(UtcTime now) {
    const auto real = time_point_cast<Microseconds>(system_clock::now());
    shift_us_.store((now - real).count(), std::memory_order_relaxed);
}

}  // namespace taama
