#pragma once

// Puts the demo into the database of a worker, and tells how to sign in.

#include "app/worker.hpp"

namespace taama::app {

// People and staff in one transaction; vehicles and trips through the operations of the API. What
// is there already stays as it is.
Task<void> seed_demo(Worker& worker, Process& process);

// `<data directory>/demo.json` and a table on standard output.
void tell_demo_accounts(const config::Config& config);

}  // namespace taama::app
