#include "app/migrations.hpp"

#include <algorithm>
#include <string_view>

#include "platform/assert.hpp"

namespace taama::app {

namespace {

constexpr std::string_view module_order[] = {
    "platform",   "settings", "audit",    "files",   "identity",  "notifications", "ledger",
    "backoffice", "payments", "vehicles", "drivers", "messaging", "carpool",
};

}  // namespace

std::vector<pg::Migration> migrations_in_order() {
    std::vector<pg::Migration> ordered;
    for (const std::string_view module : module_order) {
        const auto first = ordered.size();
        for (const pg::Migration& migration : embedded_migrations())
            if (migration.module == module) ordered.push_back(migration);
        std::ranges::sort(ordered.begin() + static_cast<std::ptrdiff_t>(first), ordered.end(), {},
                          &pg::Migration::number);
    }
    ASSERT(ordered.size() == embedded_migrations().size());
    return ordered;
}

}  // namespace taama::app
