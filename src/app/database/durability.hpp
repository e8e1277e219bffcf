#pragma once

// Whether a database keeps what it has acknowledged.

#include <string>
#include <string_view>
#include <vector>

namespace taama::app {

// As `show` answers them on a connection of the program.
struct DurabilitySettings {
    std::string_view fsync;
    std::string_view full_page_writes;
    std::string_view synchronous_commit;
};

// The settings that let a crash lose or damage committed money, as "fsync = off"; empty when all is
// well. `synchronous_commit = local` is enough: it waits for this machine's disk.
std::vector<std::string> durability_problems(const DurabilitySettings& settings);

}  // namespace taama::app
