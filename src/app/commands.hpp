#pragma once

// The command line: serve, worker, migrate, seed, sandbox, openapi, check-sql, check-ledger, staff,
// config, database.

namespace taama::app {

int run_command(int argc, char** argv);

}  // namespace taama::app
