#pragma once

// A read that many want at the same moment, as one statement for all of them: PostgreSQL sets up a
// plan once and is woken once. Nobody waits for company. Who comes alone is asked for at once; who
// comes while others are being asked for goes with the next statement, so that an answer is never
// older than its question.

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "platform/assert.hpp"
#include "platform/pg/db.hpp"

namespace taama::pg {

// Questions that may wait for the next statement.
inline constexpr std::size_t questions_max = 4'096;

// Used on the thread of its Db only. An Answer is default-constructible.
template <class Question, class Answer>
class Batched {
public:
    // As many answers as questions, in their order. What it throws, all of them get; and when it is
    // Unavailable, those who wait behind them too, instead of one after the other.
    using Ask = Task<std::vector<Answer>> (*)(Db& db, std::vector<Question> questions);

    // At most `most` questions go together.
    Batched(Db& db, Ask ask, std::size_t most)
        : state_(std::make_shared<State>(State{db, ask, most})) {}
    // The Db may go next: whoever still waits is dropped without an answer, as when the io_context
    // ends.
    ~Batched() { state_->waiting.clear(); }
    Batched(const Batched&) = delete;

    Task<Answer> ask(Question question) const {
        if (state_->waiting.size() >= questions_max)
            throw Unavailable("too many questions wait for PostgreSQL");
        const Executor executor = co_await asio::this_coro::executor;
        co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>,
                                                void(std::exception_ptr, Answer)>(
            [state = state_, executor](auto answered, Question asked) {
                state->waiting.push_back({std::move(asked), std::move(answered)});
                if (std::exchange(state->busy, true)) return;
                // Not yet: whose requests were read in the same turn of the loop, come along.
                asio::post(executor, [state, executor] { ask_next(state, executor); });
            },
            use_task, std::move(question));
    }

private:
    using Answered = std::move_only_function<void(std::exception_ptr, Answer)>;
    struct Waiter {
        Question question;
        Answered answered;
    };
    struct State {
        Db& db;
        Ask ask;
        std::size_t most;
        std::deque<Waiter> waiting = {};
        bool busy = false;  // a statement is under way, or about to go
    };
    using SharedState = std::shared_ptr<State>;

    static void ask_next(const SharedState& state, Executor executor) {
        const std::size_t count = std::min(state->waiting.size(), state->most);
        state->busy = count > 0;
        if (!state->busy) return;
        std::vector<Question> questions;
        std::vector<Answered> waiting;
        for (std::size_t i = 0; i < count; ++i) {
            questions.push_back(std::move(state->waiting.front().question));
            waiting.push_back(std::move(state->waiting.front().answered));
            state->waiting.pop_front();
        }
        asio::co_spawn(executor, state->ask(state->db, std::move(questions)),
                       [state, executor, waiting = std::move(waiting)](
                           const std::exception_ptr& failure, std::vector<Answer> answers) mutable {
                           if (is_unavailable(failure)) take_all(*state, waiting);
                           ask_next(state, executor);  // PostgreSQL works while these go on
                           answer(waiting, failure, std::move(answers));
                       });
    }

    static void take_all(State& state, std::vector<Answered>& waiting) {
        for (Waiter& later : state.waiting) waiting.push_back(std::move(later.answered));
        state.waiting.clear();
    }

    static void answer(std::vector<Answered>& waiting, const std::exception_ptr& failure,
                       std::vector<Answer> answers) {
        ASSERT(failure || answers.size() == waiting.size());
        for (std::size_t i = 0; i < waiting.size(); ++i)
            waiting[i](failure, failure ? Answer{} : std::move(answers[i]));
    }

    SharedState state_;
};

}  // namespace taama::pg
