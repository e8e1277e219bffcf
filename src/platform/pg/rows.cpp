#include "platform/pg/rows.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

namespace taama::pg {

bool Row::is_null(int column) const { return PQgetisnull(result_, row_, column) != 0; }

std::string_view Row::text(int column) const {
    return {PQgetvalue(result_, row_, column),
            static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

void Row::check_name(int column, std::string_view name) const {
    // All rows of an answer have the same columns.
    if (row_ > 0) return;
    const char* column_name = PQfname(result_, column);
    ASSERT(column_name != nullptr && column_name == name);
}

void Row::check_width(int columns) const { ASSERT(PQnfields(result_) == columns); }

void Row::refuse_null(int column) const {
    throw UnexpectedAnswer{fmt::format("row {} has no {}", row_, PQfname(result_, column))};
}

Rows::Rows(pg_result* owned) : result_(owned) {}

void Rows::Clear::operator()(pg_result* result) const { PQclear(result); }

int Rows::size() const { return PQntuples(result_.get()); }

std::int64_t Rows::affected() const {
    const std::string_view count = PQcmdTuples(result_.get());
    std::int64_t rows = 0;
    if (!count.empty()) decode(count, rows);
    return rows;
}

void Rows::refuse_size() const {
    std::string columns;
    for (int i = 0; i < PQnfields(result_.get()); ++i)
        columns += fmt::format(" {}", PQfname(result_.get(), i));
    throw UnexpectedAnswer{fmt::format("{} rows of{} instead of one", size(), columns)};
}

Row Rows::operator[](int index) const {
    ASSERT(index >= 0 && index < size());
    return {result_.get(), index};
}

}  // namespace taama::pg
