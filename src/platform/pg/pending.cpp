#include "platform/pg/pending.hpp"

#include <algorithm>

#include "platform/assert.hpp"

namespace taama::pg {

namespace {

Statement statement_of(const Sql& sql, const std::vector<std::string>& columns) {
    Params params;
    for (const std::string& column : columns) params.add_text('{' + column + '}');
    return {sql, std::move(params)};
}

bool is_lock(const Step& step) {
    const auto* rows = std::get_if<RowsOf>(&step);
    return rows != nullptr && rows->lock != nullptr;
}

RowsOf* rows_for(Step& step, std::string_view name) {
    auto* rows = std::get_if<RowsOf>(&step);
    return rows != nullptr && rows->sql.name == name ? rows : nullptr;
}

}  // namespace

void add_to(std::vector<RowsOf>& all, const RowsOf& rows) {
    const auto same =
        std::ranges::find(all, rows.sql.name, [](const RowsOf& each) { return each.sql.name; });
    if (same == all.end())
        all.push_back(rows);
    else
        same->add(rows);
}

void RowsOf::add(const Params& row) {
    const std::vector<const char*> values = row.pointers();
    columns.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::string& column = columns[i];
        if (count > 0) column += ',';
        if (values[i] == nullptr)
            column += "NULL";
        else
            append_array_element(column, values[i]);
    }
    ++count;
    flows.push_back(0);
}

void RowsOf::add(const RowsOf& more) {
    ASSERT(columns.size() == more.columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) (columns[i] += ',') += more.columns[i];
    count += more.count;
    flows.insert(flows.end(), more.flows.begin(), more.flows.end());
}

Statement RowsOf::to_statement() const { return statement_of(sql, columns); }

Statement RowsOf::to_skipping_statement() const {
    ASSERT(lock != nullptr);
    return statement_of(lock->skip, columns);
}

void Pending::add(RowsOf rows) {
    RowsOf* before = steps_.empty() ? nullptr : rows_for(steps_.back(), rows.sql.name);
    if (before != nullptr)
        before->add(rows);
    else
        steps_.emplace_back(std::move(rows));
}

void Pending::add_last(const RowsOf& rows) { add_to(last_, rows); }

bool Pending::locks() const { return std::ranges::any_of(steps_, is_lock); }

bool Pending::writes() const { return !last_.empty() || !std::ranges::all_of(steps_, is_lock); }

std::vector<Step> Pending::take() {
    std::vector<Step> all = std::exchange(steps_, {});
    for (RowsOf& rows : last_) all.emplace_back(std::move(rows));
    last_.clear();
    return all;
}

std::vector<Step> merge(std::vector<Pending> flows) {
    struct Flow {
        std::vector<Step> steps;
        std::size_t next = 0;
        std::size_t left() const { return steps.size() - next; }
    };
    std::vector<Flow> queues;
    std::vector<RowsOf> last;
    for (std::size_t flow = 0; flow < flows.size(); ++flow) {
        const auto mark = [flow](RowsOf& rows) { rows.flows.assign(rows.count, flow); };
        for (Step& step : flows[flow].steps_)
            if (auto* rows = std::get_if<RowsOf>(&step)) mark(*rows);
        queues.push_back({std::move(flows[flow].steps_)});
        for (RowsOf& rows : flows[flow].last_) {
            mark(rows);
            add_to(last, rows);
        }
    }

    std::vector<Step> all;
    while (true) {
        for (Flow& flow : queues)
            while (flow.left() > 0 && std::holds_alternative<Statement>(flow.steps[flow.next]))
                all.push_back(std::move(flow.steps[flow.next++]));
        // Who has most to say goes first: then the others' next step is more often his, too.
        const auto longest = std::ranges::max_element(queues, {}, &Flow::left);
        if (longest == queues.end() || longest->left() == 0) break;
        RowsOf together = std::get<RowsOf>(std::move(longest->steps[longest->next++]));
        for (Flow& flow : queues) {
            RowsOf* rows =
                flow.left() > 0 ? rows_for(flow.steps[flow.next], together.sql.name) : nullptr;
            if (rows == nullptr) continue;
            together.add(*rows);
            ++flow.next;
        }
        all.emplace_back(std::move(together));
    }
    for (RowsOf& rows : last) all.emplace_back(std::move(rows));
    return all;
}

}  // namespace taama::pg
