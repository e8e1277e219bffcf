#include "platform/pg/group.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "platform/assert.hpp"
#include "platform/pg/tx_state.hpp"

namespace taama::pg {

namespace {

std::exception_ptr left_group() {
    return std::make_exception_ptr(Error("pg.group", std::string{"40001"}, "", "left its group"));
}

class SharedTransaction final : public Group,
                                public std::enable_shared_from_this<SharedTransaction> {
public:
    SharedTransaction(asio::io_context& io, Lease lease, std::size_t flows, Over over)
        : io_(io), lease_(std::move(lease)), flows_(flows), tell_over_(std::move(over)) {}

    std::unique_ptr<Carrier> place(std::size_t flow) override;

    void ask(std::size_t flow, Pending pending, Step question, Completion done) {
        flows_[flow].question.emplace(std::move(question));
        wait(flow, Standing::asks, std::move(pending), std::move(done));
    }

    void commit(std::size_t flow, Pending pending, Completion done) {
        wait(flow, Standing::commits, std::move(pending), std::move(done));
    }

    void keep_apart(std::size_t flow, std::string what) {
        const auto [owner, is_new] = owners_.emplace(std::move(what), flow);
        if (!is_new && owner->second != flow) flows_[flow].must_leave = true;
    }

    void go_alone(std::size_t flow) { flows_[flow].must_leave = true; }

    void leave(std::size_t flow) {
        if (over_ || flows_[flow].standing != Standing::runs) return;
        flows_[flow].standing = Standing::gone;
        if (flows_[flow].wrote) failure_ = left_group();
        go_on();
    }

    void close() override {
        over_ = true;
        for (Flow& flow : flows_) fail_later(io_, std::exchange(flow.done, {}), database_is_closed);
        lease_.reset();
    }

private:
    enum class Standing : std::uint8_t { runs, asks, commits, apart, gone };
    struct Flow {
        Standing standing = Standing::runs;
        bool must_leave = false;  // wants what another one has, or to be alone
        bool wrote = false;       // PostgreSQL was told more than to lock and to read
        Pending pending = {};
        std::optional<Step> question = {};
        Completion done = {};
    };
    // What went out, and whose answers come back.
    struct Sent {
        std::vector<Statement> statements = {};
        struct Answer {
            std::size_t statement;
            std::vector<std::size_t> flows;  // by place
            enum class To : std::uint8_t { lock, rows, all } to;
        };
        std::vector<Answer> answers = {};
    };

    void wait(std::size_t index, Standing standing, Pending pending, Completion done) {
        if (over_) return fail_later(io_, std::move(done), database_is_closed);
        Flow& flow = flows_[index];
        flow.done = std::move(done);
        flow.standing = standing;
        if (flow.must_leave || !may_lock(flow, pending)) part_with(flow);
        flow.pending = std::move(pending);
        go_on();
    }

    // Who got his locks is known with an answer, and only then may he write.
    static bool may_lock(const Flow& flow, const Pending& pending) {
        return !pending.locks() || (flow.standing == Standing::asks && !pending.writes() &&
                                    std::holds_alternative<RowsOf>(*flow.question));
    }

    void part_with(Flow& flow) {
        flow.standing = Standing::apart;
        if (flow.wrote) failure_ = left_group();
    }

    bool any(Standing standing) const {
        return std::ranges::find(flows_, standing, &Flow::standing) != flows_.end();
    }
    bool takes_part(const Flow& flow) const {
        return flow.standing == Standing::asks || flow.standing == Standing::commits;
    }

    // When nobody runs any more: what they wait for.
    void go_on() {
        if (any(Standing::runs)) return;
        if (!failure_ && any(Standing::asks))
            send_questions();
        else
            finish(!failure_ && any(Standing::commits) ? commit_sql : rollback_sql);
    }

    Sent begin_sending() {
        Sent sent;
        if (!std::exchange(begun_, true)) sent.statements.emplace_back(begin_sql, Params{});
        return sent;
    }

    void add_pending(Sent& sent, Standing of) {
        std::vector<Pending> pending(flows_.size());
        for (std::size_t i = 0; i < flows_.size(); ++i)
            if (flows_[i].standing == of) pending[i] = std::exchange(flows_[i].pending, {});
        for (Step& step : merge(std::move(pending))) {
            auto* rows = std::get_if<RowsOf>(&step);
            if (rows == nullptr) {
                sent.statements.push_back(std::get<Statement>(std::move(step)));
            } else if (rows->lock == nullptr) {
                sent.statements.push_back(rows->to_statement());
            } else {
                sent.answers.push_back(
                    {sent.statements.size(), rows->flows, Sent::Answer::To::lock});
                sent.statements.push_back(rows->to_skipping_statement());
            }
        }
    }

    void add_questions(Sent& sent) {
        std::vector<RowsOf> together;
        for (std::size_t i = 0; i < flows_.size(); ++i) {
            if (flows_[i].standing != Standing::asks) continue;
            Step question = *std::exchange(flows_[i].question, {});
            auto* rows = std::get_if<RowsOf>(&question);
            if (rows == nullptr) {
                flows_[i].wrote = true;  // for all we know
                sent.answers.push_back({sent.statements.size(), {i}, Sent::Answer::To::all});
                sent.statements.push_back(std::get<Statement>(std::move(question)));
                continue;
            }
            rows->flows.assign(rows->count, i);
            add_to(together, *rows);
        }
        for (const RowsOf& rows : together) {
            sent.answers.push_back({sent.statements.size(), rows.flows, Sent::Answer::To::rows});
            sent.statements.push_back(rows.to_statement());
        }
    }

    void send_questions() {
        for (Flow& flow : flows_)
            if (flow.standing == Standing::asks) flow.wrote |= flow.pending.writes();
        Sent sent = begin_sending();
        add_pending(sent, Standing::asks);
        add_questions(sent);
        Request request{.statements = std::move(sent.statements)};
        request.all_rows = std::make_shared<std::vector<Rows>>();
        request.done = [self = shared_from_this(), answers = std::move(sent.answers),
                        rows = request.all_rows](const std::exception_ptr& failure, const Rows&) {
            if (!self->over_) self->take_answers(answers, failure, *rows);
        };
        lease_->push(std::move(request));
    }

    void take_answers(const std::vector<Sent::Answer>& answers, const std::exception_ptr& failure,
                      const std::vector<Rows>& rows) {
        if (failure) {
            failure_ = failure;
            return finish(rollback_sql);
        }
        std::vector<std::pair<std::size_t, Rows>> told;
        for (const Sent::Answer& answer : answers) {
            const Rows& all = rows.at(answer.statement);
            switch (answer.to) {
                case Sent::Answer::To::lock: part_with_locked_out(answer.flows, all); break;
                case Sent::Answer::To::all: told.emplace_back(answer.flows.front(), all); break;
                case Sent::Answer::To::rows: {
                    std::vector<Rows> parts = by_place(all, answer.flows.size());
                    for (std::size_t i = 0; i < parts.size(); ++i)
                        told.emplace_back(answer.flows[i], std::move(parts[i]));
                }
            }
        }
        std::erase_if(
            told, [this](const auto& one) { return flows_[one.first].standing != Standing::asks; });
        for (const auto& one : told) flows_[one.first].standing = Standing::runs;
        if (told.empty()) return go_on();
        // Each goes on until it waits again; the last one to do so makes the group go on.
        const auto self = shared_from_this();
        for (auto& [flow, part] : told) answer(flows_[flow], nullptr, std::move(part));
    }

    // Those whose lock somebody else holds.
    void part_with_locked_out(const std::vector<std::size_t>& flows, const Rows& got) {
        std::set<std::size_t> places;
        for (int i = 0; i < got.size(); ++i) places.insert(got[i].get<std::size_t>(0));
        for (std::size_t i = 0; i < flows.size(); ++i)
            if (!places.contains(i + 1)) part_with(flows_[flows[i]]);
    }

    // The end, by COMMIT or ROLLBACK.
    void finish(const Sql& how) {
        Sent sent;
        const bool commits = how.name == commit_sql.name;
        if (commits) {
            sent = begin_sending();
            add_pending(sent, Standing::commits);
        } else if (!begun_) {
            // Not before the one who waits just now is waiting.
            return asio::post(io_, [self = shared_from_this()] {
                if (!self->over_) self->end(nullptr);
            });
        }
        sent.statements.emplace_back(how, Params{}, commits ? Expect::commit : Expect::anything);
        Request request{.statements = std::move(sent.statements)};
        request.done = [self = shared_from_this(), commits](const std::exception_ptr& failure,
                                                            const Rows&) {
            if (self->over_) return;
            if (!failure || !commits) return self->end(failure);
            // Behind the failed statement the COMMIT was skipped.
            self->failure_ = failure;
            self->finish(rollback_sql);
        };
        lease_->push(std::move(request));
    }

    void end(const std::exception_ptr& failure) {
        const auto self = shared_from_this();
        over_ = true;
        const bool lost = lease_->is_lost();
        lease_.reset();
        if (!failure_) failure_ = failure;
        // A time-out is the fault of one; of a lost connection nobody can be spared.
        const bool away = is_unavailable(failure_) && lost;
        // One alone is told what happened to him; of several nobody knows whose fault it was.
        const bool alone = std::ranges::count_if(
                               flows_, [this](const Flow& flow) { return takes_part(flow); }) == 1;
        const auto told = failure_ && !away && !alone ? left_group() : failure_;
        tell_over_(away ? failure_ : nullptr);  // the next ones go, while these go on
        for (Flow& flow : flows_) {
            if (takes_part(flow))
                answer(flow, told, {});
            else if (flow.standing == Standing::apart)
                answer(flow, away ? failure_ : left_group(), {});
        }
    }

    static void answer(Flow& flow, const std::exception_ptr& failure, Rows rows) {
        if (Completion done = std::exchange(flow.done, {})) done(failure, std::move(rows));
    }

    asio::io_context& io_;
    std::optional<Lease> lease_;
    std::vector<Flow> flows_;
    Over tell_over_;
    std::map<std::string, std::size_t> owners_;  // of what keeps flows apart
    std::exception_ptr failure_;                 // nothing of this group will be
    bool begun_ = false;
    bool over_ = false;
};

// A flow's place in its group.
class Place final : public Carrier {
public:
    Place(std::shared_ptr<SharedTransaction> group, std::size_t flow)
        : group_(std::move(group)), flow_(flow) {}
    ~Place() override { group_->leave(flow_); }

    Task<Rows> ask(Pending pending, Step question) override {
        return asio::async_initiate<const asio::use_awaitable_t<Executor>,
                                    void(std::exception_ptr, Rows)>(
            [group = group_, flow = flow_](auto done, Pending before, Step last) {
                group->ask(flow, std::move(before), std::move(last), std::move(done));
            },
            use_task, std::move(pending), std::move(question));
    }

    Task<void> commit(Pending pending) override {
        co_await asio::async_initiate<const asio::use_awaitable_t<Executor>,
                                      void(std::exception_ptr, Rows)>(
            [group = group_, flow = flow_](auto done, Pending all) {
                group->commit(flow, std::move(all), std::move(done));
            },
            use_task, std::move(pending));
    }

    void keep_apart(std::string what) override { group_->keep_apart(flow_, std::move(what)); }
    void go_alone() override { group_->go_alone(flow_); }

private:
    std::shared_ptr<SharedTransaction> group_;
    std::size_t flow_;
};

std::unique_ptr<Carrier> SharedTransaction::place(std::size_t flow) {
    return std::make_unique<Place>(shared_from_this(), flow);
}

}  // namespace

std::shared_ptr<Group> Group::make(asio::io_context& io, Lease lease, std::size_t flows,
                                   Over over) {
    return std::make_shared<SharedTransaction>(io, std::move(lease), flows, std::move(over));
}

}  // namespace taama::pg
