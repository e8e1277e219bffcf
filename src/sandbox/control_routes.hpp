#pragma once

// How a test or a developer commands the sandbox: reset, clock, faults, acts, books, trace.

namespace taama::http {
class Operations;
}

namespace taama::sandbox {

struct Deps;

void register_control_routes(http::Operations& operations, const Deps& deps);

}  // namespace taama::sandbox
