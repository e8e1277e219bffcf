#include "platform/pg/tx.hpp"

#include <algorithm>

#include "platform/assert.hpp"
#include "platform/pg/tx_state.hpp"

namespace taama::pg {

namespace {

constexpr Sql begin_sql{"pg.begin", "begin"};
constexpr Sql commit_sql{"pg.commit", "commit"};
constexpr Sql rollback_sql{"pg.rollback", "rollback"};

}  // namespace

// The next user of the connection may queue behind the ROLLBACK at once.
Tx::State::~State() {
    if (begun && !committed) lease.run_unanswered(Statement{rollback_sql, Params{}});
}

std::vector<Statement> Tx::State::take_batch() {
    std::vector<Statement> batch = std::move(enqueued);
    enqueued.clear();
    for (const Gathered& rows : gathered) {
        Params params;
        for (const std::string& column : rows.columns) params.add_text('{' + column + '}');
        batch.emplace_back(rows.sql, std::move(params));
    }
    gathered.clear();
    if (!std::exchange(begun, true)) batch.emplace(batch.begin(), begin_sql, Params{});
    return batch;
}

Tx::Tx(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tx::Tx(Tx&&) noexcept = default;
Tx::~Tx() = default;

Task<Rows> Tx::run(const Sql& sql, Params params) {
    ASSERT(!state_->committed);
    std::vector<Statement> batch = state_->take_batch();
    batch.emplace_back(sql, std::move(params));
    return state_->lease.run(std::move(batch));
}

void Tx::push(const Sql& sql, Params params, bool exactly_one) {
    ASSERT(!state_->committed);
    state_->enqueued.emplace_back(sql, std::move(params),
                                  exactly_one ? Expect::one_row : Expect::anything);
}

void Tx::push_row(const Sql& sql, const Params& row) {
    ASSERT(!state_->committed);
    auto& gathered = state_->gathered;
    auto rows = std::ranges::find_if(
        gathered, [&](const State::Gathered& each) { return each.sql.name == sql.name; });
    if (rows == gathered.end())
        rows = gathered.insert(rows, {sql, std::vector<std::string>(row.size())});
    const std::vector<const char*> values = row.pointers();
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::string& column = rows->columns[i];
        if (!column.empty()) column += ',';
        if (values[i] == nullptr)
            column += "NULL";
        else
            append_array_element(column, values[i]);
    }
}

Task<void> Tx::commit() {
    ASSERT(!state_->committed);
    if (state_->begun || !state_->enqueued.empty() || !state_->gathered.empty()) {
        std::vector<Statement> batch = state_->take_batch();
        batch.emplace_back(commit_sql, Params{}, Expect::commit);
        co_await state_->lease.run(std::move(batch));
    }
    state_->committed = true;
    for (const std::string_view topic : state_->topics) state_->db->announce(topic);
    for (const auto& callback : state_->callbacks) callback();
}

void Tx::after_commit(std::function<void()> callback) {
    state_->callbacks.push_back(std::move(callback));
}

void Tx::tell(std::string_view fact, telemetry::Details details) {
    const telemetry::Facts* facts = state_->db->options.facts;
    const auto* watchers = facts == nullptr ? nullptr : facts->watchers_of(fact);
    if (watchers == nullptr) return;
    after_commit([watchers, details = std::move(details)] {
        for (const auto& watcher : *watchers) watcher(details);
    });
}

void Tx::announce(std::string_view topic) {
    auto& topics = state_->topics;
    if (std::ranges::find(topics, topic) == topics.end()) topics.push_back(topic);
}

}  // namespace taama::pg
