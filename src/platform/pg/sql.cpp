#include "platform/pg/sql.hpp"

// The linker defines these around the section; weak, because a program may hold no statement.
extern "C" {
extern const taama::pg::Sql __start_taama_sql[] __attribute__((weak));
extern const taama::pg::Sql __stop_taama_sql[] __attribute__((weak));
}

namespace taama::pg {

static_assert(sizeof(Sql) == 32, "the section is read as an array");

std::span<const Sql> all_statements() { return {__start_taama_sql, __stop_taama_sql}; }

}  // namespace taama::pg
