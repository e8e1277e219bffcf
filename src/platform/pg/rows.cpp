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

void Row::check_width(int columns) const { ASSERT(width_ == columns); }

void Row::refuse_null(int column) const {
    throw UnexpectedAnswer{fmt::format("row {} has no {}", row_, PQfname(result_, column))};
}

Rows::Rows(pg_result* owned)
    : result_(owned, PQclear), size_(PQntuples(owned)), width_(PQnfields(owned)) {}

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
    ASSERT(index >= 0 && index < size_);
    return {result_.get(), first_ + index, width_};
}

std::vector<Rows> by_place(const Rows& rows, std::size_t places) {
    const int last = rows.width_ - 1;
    ASSERT(last >= 0 && std::string_view{PQfname(rows.result_.get(), last)} == "place");
    std::vector<Rows> parts(places, rows);
    for (Rows& part : parts) {
        part.width_ = last;
        part.size_ = 0;
    }
    std::size_t place = 1;
    for (int i = 0; i < rows.size(); ++i) {
        const auto next = rows[i].get<std::size_t>(last);
        ASSERT(next >= place && next <= places);
        place = next;
        Rows& part = parts[place - 1];
        if (part.size_++ == 0) part.first_ = rows.first_ + i;
    }
    return parts;
}

}  // namespace taama::pg
