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

// Used on the thread of its Db only. An Answer is default-constructible.
template <class Question, class Answer>
class Batched {
public:
    // As many answers as questions, in their order. What it throws, all of them get.
    using Ask = Task<std::vector<Answer>> (*)(Db& db, std::vector<Question> questions);

    // At most `most` questions go together.
    Batched(Db& db, Ask ask, std::size_t most)
        : state_(std::make_shared<State>(State{db, ask, most})) {}
    // The Db may go next: whoever still waits is not asked for any more.
    ~Batched() { state_->waiting.clear(); }
    Batched(const Batched&) = delete;

    Task<Answer> ask(Question question) const {
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
                           ASSERT(failure || answers.size() == waiting.size());
                           ask_next(state, executor);  // PostgreSQL works while these go on
                           for (std::size_t i = 0; i < waiting.size(); ++i)
                               waiting[i](failure, failure ? Answer{} : std::move(answers[i]));
                       });
    }

    SharedState state_;
};

}  // namespace taama::pg
