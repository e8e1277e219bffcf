#include "platform/telemetry/log.hpp"

#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>

#include "platform/json/codec.hpp"
#include "platform/time/time.hpp"

namespace taama::log {

namespace {

// The level is the process's own property, like its standard error.
std::atomic<Level> least{Level::info};

std::string_view name_of(Level level) {
    switch (level) {
        case Level::debug: return "debug";
        case Level::info: return "info";
        case Level::warning: return "warning";
        case Level::error: return "error";
    }
    return "info";
}

void append(std::string& out, const Field& field) {
    out += ',';
    json::write_string(out, field.name);
    out += ':';
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
        json::write_string(out, *text);
    } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
        json::write_integer(out, *number);
    } else if (const auto* real = std::get_if<double>(&field.value)) {
        char digits[32];
        if (std::isfinite(*real))
            out.append(digits, std::to_chars(digits, digits + sizeof digits, *real).ptr);
        else
            out += "null";
    } else {
        out += std::get<bool>(field.value) ? "true" : "false";
    }
}

}  // namespace

void set_level(std::string_view level) {
    for (const Level each : {Level::debug, Level::info, Level::warning, Level::error})
        if (name_of(each) == level) least.store(each, std::memory_order_relaxed);
}

void write(Level level, std::string_view event, Fields fields) {
    if (level < least.load(std::memory_order_relaxed)) return;
    try {
        std::string line;
        line.reserve(320);
        line += "{\"at\":\"";
        append_utc_time(line, std::chrono::time_point_cast<Microseconds>(
                                  std::chrono::system_clock::now()));
        line += "\",\"level\":\"";
        line += name_of(level);
        line += "\",\"event\":";
        json::write_string(line, event);
        for (const Field& field : fields) append(line, field);
        line += "}\n";
        // One write per line: lines of several threads never mix.
        std::string_view rest = line;
        while (!rest.empty()) {
            const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
            if (written <= 0) return;
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
    } catch (...) {
        // Out of memory: a log line is not worth failing for.
    }
}

}  // namespace taama::log
