#pragma once

// The life of a serving process: database, schema, threads, signals, drain.

#include <optional>

#include "platform/config/config.hpp"

namespace taama::app {

struct ServeOptions {
    std::optional<std::uint16_t> port;
    bool no_jobs = false;
    bool only_jobs = false;  // `taama worker`
    bool unsafe_database = false;
};

// Returns when SIGTERM or SIGINT came and everything has ended; the exit code.
int serve(config::Config config, const ServeOptions& options);

}  // namespace taama::app
