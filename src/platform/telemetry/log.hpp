#pragma once

// The log: one JSON line per event on the standard error stream.
//
//     log::info("http.request", {{"route", route}, {"status", 200}, {"ms", 1.25}});
//     {"at":"2026-10-02T08:30:00.123456Z","level":"info","event":"http.request","route":"…","status":200,"ms":1.25}
//
// Never bodies, tokens, codes or whole phone numbers. Safe in every thread; never throws.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <variant>

namespace taama::log {

enum class Level : std::uint8_t { debug, info, warn, error, off };

std::optional<Level> parse_level(std::string_view word);
std::string_view to_string(Level level);

// What is below is dropped. At start: info.
void set_level(Level level);
bool is_on(Level level);
// Where lines go: a file descriptor, 2 at start.
void set_output(int file_descriptor);

struct Field {
    using Value =
        std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string_view>;

    std::string_view name;
    Value value;

    template <class T>
    Field(std::string_view field_name, const T& field_value) : name(field_name) {
        if constexpr (std::same_as<T, bool>)
            value = field_value;
        else if constexpr (std::signed_integral<T>)
            value = static_cast<std::int64_t>(field_value);
        else if constexpr (std::unsigned_integral<T>)
            value = static_cast<std::uint64_t>(field_value);
        else if constexpr (std::floating_point<T>)
            value = static_cast<double>(field_value);
        else
            value = std::string_view{field_value};
    }
};
using Fields = std::initializer_list<Field>;

void write(Level level, std::string_view event, Fields fields) noexcept;

inline void debug(std::string_view event, Fields fields = {}) noexcept {
    if (is_on(Level::debug)) write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) noexcept {
    if (is_on(Level::info)) write(Level::info, event, fields);
}
inline void warn(std::string_view event, Fields fields = {}) noexcept {
    if (is_on(Level::warn)) write(Level::warn, event, fields);
}
inline void error(std::string_view event, Fields fields = {}) noexcept {
    if (is_on(Level::error)) write(Level::error, event, fields);
}

}  // namespace taama::log
