#include "platform/telemetry/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>

#include "platform/json/codec.hpp"
#include "platform/text/utf8.hpp"
#include "platform/time/time.hpp"

namespace taama::log {

namespace {

// The process's own properties, like its standard error.
std::atomic<Level> least{Level::info};
std::atomic<int> output{STDERR_FILENO};

constexpr Level levels[] = {Level::debug, Level::info, Level::warn, Level::error, Level::off};

// What an outside party said may be no UTF-8, and the line must stay JSON.
void append_text(std::string& out, std::string_view text) {
    if (text::is_valid_utf8(text)) {
        json::write_string(out, text);
        return;
    }
    std::string cleaned{text};
    std::ranges::replace_if(cleaned, [](unsigned char c) { return c >= 0x80; }, '?');
    json::write_string(out, cleaned);
}

void append(std::string& out, const Field& field) {
    out += ',';
    json::write_string(out, field.name);
    out += ':';
    std::visit(
        [&]<class T>(const T& value) {
            if constexpr (std::same_as<T, std::monostate>) {
                out += "null";
            } else if constexpr (std::same_as<T, bool>) {
                out += value ? "true" : "false";
            } else if constexpr (std::same_as<T, std::string_view>) {
                append_text(out, value);
            } else {
                char digits[32];
                if constexpr (std::same_as<T, double>)
                    if (!std::isfinite(value)) {
                        out += "null";
                        return;
                    }
                out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
            }
        },
        field.value);
}

}  // namespace

std::string_view to_string(Level level) {
    switch (level) {
        case Level::debug: return "debug";
        case Level::info: return "info";
        case Level::warn: return "warn";
        case Level::error: return "error";
        case Level::off: break;
    }
    return "off";
}

std::optional<Level> parse_level(std::string_view word) {
    for (const Level level : levels)
        if (to_string(level) == word) return level;
    return std::nullopt;
}

void set_level(Level level) { least.store(level, std::memory_order_relaxed); }
bool is_on(Level level) { return level >= least.load(std::memory_order_relaxed); }
void set_output(int file_descriptor) { output.store(file_descriptor, std::memory_order_relaxed); }

void write(Level level, std::string_view event, Fields fields) noexcept {
    try {
        std::string line;
        line.reserve(320);
        line += "{\"at\":\"";
        append_utc_time(
            line, std::chrono::time_point_cast<Microseconds>(std::chrono::system_clock::now()));
        line += "\",\"level\":\"";
        line += to_string(level);
        line += "\",\"event\":";
        json::write_string(line, event);
        for (const Field& field : fields) append(line, field);
        line += "}\n";
        // One write per line: lines of several threads never mix.
        std::string_view rest = line;
        while (!rest.empty()) {
            const ssize_t written =
                ::write(output.load(std::memory_order_relaxed), rest.data(), rest.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return;
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
    } catch (...) {
        // Out of memory: a log line is not worth failing for.
    }
}

}  // namespace taama::log
