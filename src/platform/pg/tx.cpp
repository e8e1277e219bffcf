#include "platform/pg/tx.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "platform/assert.hpp"
#include "platform/pg/tx_state.hpp"

namespace taama::pg {

namespace {

class OwnConnection final : public Carrier {
public:
    explicit OwnConnection(Lease lease) : lease_(std::move(lease)) {}
    // The next user of the connection may queue behind the ROLLBACK at once.
    ~OwnConnection() override {
        if (begun_ && !committed_) lease_.run_unanswered(Statement{rollback_sql, Params{}});
    }

    Task<Rows> ask(Pending pending, Step question) override {
        const auto* rows = std::get_if<RowsOf>(&question);
        std::vector<Statement> batch = batch_of(pending);
        if (rows == nullptr) {
            batch.push_back(std::get<Statement>(std::move(question)));
            co_return co_await lease_.run(std::move(batch));
        }
        batch.push_back(rows->to_statement());
        co_return by_place(co_await lease_.run(std::move(batch)), 1).front();
    }

    Task<void> commit(Pending pending) override {
        if (begun_ || !pending.is_empty()) {
            std::vector<Statement> batch = batch_of(pending);
            batch.emplace_back(commit_sql, Params{}, Expect::commit);
            co_await lease_.run(std::move(batch));
        }
        committed_ = true;
    }

    void keep_apart(std::string) override {}  // PostgreSQL does
    void go_alone() override {}

private:
    std::vector<Statement> batch_of(Pending& pending) {
        std::vector<Statement> batch;
        if (!std::exchange(begun_, true)) batch.emplace_back(begin_sql, Params{});
        for (Step& step : pending.take()) {
            if (const auto* rows = std::get_if<RowsOf>(&step))
                batch.push_back(rows->to_statement());
            else
                batch.push_back(std::get<Statement>(std::move(step)));
        }
        return batch;
    }

    Lease lease_;
    bool begun_ = false;  // BEGIN was sent
    bool committed_ = false;
};

RowsOf one_row(const Sql& sql, const Params& row) {
    RowsOf rows{sql};
    rows.add(row);
    return rows;
}

}  // namespace

std::unique_ptr<Carrier> carry_alone(Lease lease) {
    return std::make_unique<OwnConnection>(std::move(lease));
}

Tx::Tx(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tx::Tx(Tx&&) noexcept = default;
Tx::~Tx() = default;

Task<Rows> Tx::run(const Sql& sql, Params params) {
    ASSERT(!state_->committed);
    return state_->carrier->ask(std::exchange(state_->pending, {}),
                                Statement{sql, std::move(params)});
}

Task<Rows> Tx::run_row(const Sql& sql, const Params& row) {
    ASSERT(!state_->committed);
    return state_->carrier->ask(std::exchange(state_->pending, {}), one_row(sql, row));
}

void Tx::push(const Sql& sql, Params params, bool exactly_one) {
    ASSERT(!state_->committed);
    state_->pending.add(
        Statement{sql, std::move(params), exactly_one ? Expect::one_row : Expect::anything});
}

void Tx::push_row(const Sql& sql, const Params& row) {
    ASSERT(!state_->committed);
    state_->pending.add(one_row(sql, row));
}

void Tx::push_last(const Sql& sql, const Params& row) {
    ASSERT(!state_->committed);
    state_->pending.add_last(one_row(sql, row));
}

void Tx::push_lock(const Lock& lock, const Params& key) {
    ASSERT(!state_->committed);
    state_->carrier->keep_apart(fmt::format("{} {}", lock.wait.name, key.pointers().front()));
    RowsOf rows{lock.wait, &lock};
    rows.add(key);
    state_->pending.add(std::move(rows));
}

void Tx::go_alone() { state_->carrier->go_alone(); }

void Tx::keep_apart(std::string what) { state_->carrier->keep_apart(std::move(what)); }

Task<void> Tx::commit() {
    ASSERT(!state_->committed);
    co_await state_->carrier->commit(std::exchange(state_->pending, {}));
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
