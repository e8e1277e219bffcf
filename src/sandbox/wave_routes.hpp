#pragma once

// Wave's interface under /sandbox/wave, and the page on which its payer decides.

namespace taama::http {
class Operations;
}

namespace taama::sandbox {

struct Deps;

void register_wave_routes(http::Operations& operations, const Deps& deps);

}  // namespace taama::sandbox
