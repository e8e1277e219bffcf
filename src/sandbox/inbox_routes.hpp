#pragma once

// What left as SMS and e-mail, for tests to ask and for people to look at.

namespace taama::http {
class Operations;
}

namespace taama::sandbox {

struct Deps;

void register_inbox_routes(http::Operations& operations, const Deps& deps);

}  // namespace taama::sandbox
