#pragma once

// A broken invariant is a bug: say where and stop, in release builds too. The supervisor restarts
// us.

namespace taama {

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace taama

#define ASSERT(expression) \
    ((expression) ? void(0) : ::taama::assertion_failed(#expression, __FILE__, __LINE__))
