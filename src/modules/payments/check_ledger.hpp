#pragma once

#include "modules/ledger/ledger.hpp"
#include "modules/payments/deps.hpp"

namespace taama::payments {

// Schedules ledger.check (hourly, incremental) and ledger.check_full (at night): the proof of the
// books, kept and told.
Task<void> run_check(const Deps& deps, ledger::CheckScope scope);

}  // namespace taama::payments
