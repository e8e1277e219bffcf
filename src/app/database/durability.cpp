#include "app/database/durability.hpp"

#include <fmt/format.h>

#include <utility>

namespace taama::app {

std::vector<std::string> durability_problems(const DurabilitySettings& settings) {
    const std::pair<std::string_view, std::string_view> needed[] = {
        {"fsync", settings.fsync},
        {"full_page_writes", settings.full_page_writes},
        {"synchronous_commit", settings.synchronous_commit},
    };
    std::vector<std::string> problems;
    for (const auto& [name, value] : needed)
        if (value == "off") problems.push_back(fmt::format("{} = off", name));
    return problems;
}

}  // namespace taama::app
