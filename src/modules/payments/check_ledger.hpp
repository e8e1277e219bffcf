#pragma once

#include "modules/payments/deps.hpp"

namespace taama::payments {

// Schedule ledger.check: the proof of the books, kept and told.
Task<void> run_check(const Deps& deps);

}  // namespace taama::payments
