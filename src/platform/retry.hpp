#pragma once

// How long to wait before the next attempt of what failed.

#include "platform/time/time.hpp"

namespace taama {

// min(5·2^(failures−1), 3600) s. failures >= 1.
Seconds retry_delay(int failures);
// The same ± 20 %, so that what failed together does not come back together.
Microseconds spread_retry_delay(int failures);

}  // namespace taama
