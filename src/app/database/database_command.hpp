#pragma once

// taama database …: the private cluster by hand.

#include <string>
#include <vector>

#include "platform/config/config.hpp"

namespace taama::app {

struct DatabaseCommand {
    std::string action;                  // start, stop, status, url, remove or psql
    bool fast = false;                   // for throw-away tests: nothing is flushed to disk
    std::vector<std::string> arguments;  // of psql
};

// Returns the exit code: 1 when the cluster is in use by another program, 3 when status finds it
// stopped. `start` prints the URL and leaves the server running; `remove` deletes all data.
int run_database_command(const config::Config& config, const DatabaseCommand& command);

}  // namespace taama::app
