#pragma once

// What a transaction was told to send and has not sent yet; and what several were told, as one.

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "platform/pg/connection.hpp"

namespace taama::pg {

// One statement for many rows: its parameters are arrays with an element for each row.
struct RowsOf {
    // `lock`: of which `statement` is the one that waits.
    explicit RowsOf(const Sql& statement, const Lock* of_lock = nullptr)
        : sql(statement), lock(of_lock) {}

    void add(const Params& row);
    void add(const RowsOf& more);
    Statement to_statement() const;
    // Of a lock: the one that does not wait.
    Statement to_skipping_statement() const;

    Sql sql;
    const Lock* lock;
    std::size_t count = 0;
    // By parameter: the elements, with commas between. By row: whose it is, when several flows are
    // put together.
    std::vector<std::string> columns = {};
    std::vector<std::size_t> flows = {};
};

// To the rows for the same statement, or behind all.
void add_to(std::vector<RowsOf>& all, const RowsOf& rows);

using Step = std::variant<Statement, RowsOf>;

class Pending {
public:
    bool is_empty() const { return steps_.empty() && last_.empty(); }
    bool locks() const;
    bool writes() const;  // or may
    void add(Statement statement) { steps_.emplace_back(std::move(statement)); }
    // Goes together with the rows just before when they are for the same statement.
    void add(RowsOf rows);
    // Behind everything else, all rows for a statement together.
    void add_last(const RowsOf& rows);
    // In order. Nothing is pending any more.
    std::vector<Step> take();

private:
    friend std::vector<Step> merge(std::vector<Pending> flows);
    std::vector<Step> steps_;
    std::vector<RowsOf> last_;
};

// The steps of each flow in their order; where several come to rows for the same statement, these
// go together. `RowsOf::flows` says which row came from which element of `flows`.
std::vector<Step> merge(std::vector<Pending> flows);

}  // namespace taama::pg
