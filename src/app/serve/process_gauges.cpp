#include "app/serve/process_gauges.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>

namespace taama::app {

namespace {

// Listing is dear; else the number is that of a minute ago at worst.
constexpr std::size_t shows_between_lists = 12;

std::uint64_t cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
}

double memory_bytes() {
    std::int64_t pages_mapped = 0;
    std::int64_t pages_resident = 0;
    std::ifstream{"/proc/self/statm"} >> pages_mapped >> pages_resident;
    return static_cast<double>(pages_resident * sysconf(_SC_PAGESIZE));
}

constexpr const char* open_files = "/proc/self/fd";

// Linux tells since 6.2 how many there are; nothing before.
std::optional<double> told_open_files() {
    struct stat found{};
    if (stat(open_files, &found) != 0 || found.st_size == 0) return std::nullopt;
    return static_cast<double>(found.st_size);
}

// The kernel makes an entry of 0.9 KiB for each that is listed, and keeps it.
double listed_open_files() {
    std::error_code refused;
    const std::filesystem::directory_iterator files{open_files, refused};
    return static_cast<double>(std::distance(begin(files), end(files)));
}

}  // namespace

ProcessGauges::ProcessGauges(telemetry::Metrics& metrics)
    : cpu_seconds_(metrics.counter("process_cpu_seconds_total")),
      memory_bytes_(metrics.gauge("process_resident_memory_bytes")),
      open_files_(metrics.gauge("process_open_fds")) {
    metrics.describe("process_cpu_seconds_total", "Time that the process computed");
    metrics.describe("process_resident_memory_bytes", "Memory that the process occupies");
    metrics.describe("process_open_fds", "Files and sockets that are open");
    metrics.describe("process_start_time_seconds", "When the process started, since 1970");
    metrics.gauge("process_start_time_seconds")
        .set(std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
                 .count());
    show();
}

void ProcessGauges::show() {
    cpu_seconds_.add(cpu_seconds() - cpu_seconds_.value());
    memory_bytes_.set(memory_bytes());
    if (const auto told = told_open_files())
        open_files_.set(*told);
    else if (shown_++ % shows_between_lists == 0)
        open_files_.set(listed_open_files());
}

}  // namespace taama::app
