#pragma once

// The migrations that travel inside the program.

#include <span>
#include <vector>

#include "platform/pg/migrate.hpp"

namespace taama::app {

// As cmake/embed.cmake found them.
std::span<const pg::Migration> embedded_migrations();

// In the order in which they run: module by module, lower tiers first. Asserts that every embedded
// module has its place in that order.
std::vector<pg::Migration> migrations_in_order();

}  // namespace taama::app
