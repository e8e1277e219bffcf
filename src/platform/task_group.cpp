#include "platform/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>

#include <list>

#include "platform/errors.hpp"
#include "platform/telemetry/log.hpp"
#include "platform/timer.hpp"

namespace taama {

struct TaskGroup::State {
    explicit State(asio::io_context& io) : ended(io.get_executor()) {}
    std::list<asio::cancellation_signal> running;
    Timer ended;
};

namespace {

bool is_cancelled(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

void log_failure(std::string_view name, const std::exception_ptr& failure) {
    log::error("task.failed", {{"task", name}, {"error", failure_text(failure)}});
}

}  // namespace

std::string failure_text(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const Refusal& refusal) {
        return std::string{refusal.code().code};
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "an unknown exception";
    }
}

void spawn_alone(Executor executor, std::string_view name, Task<void> task) {
    asio::co_spawn(executor, std::move(task), [name](const std::exception_ptr& failure) {
        if (failure) log_failure(name, failure);
    });
}

TaskGroup::TaskGroup(asio::io_context& io) : io_(io), state_(std::make_shared<State>(io)) {}

void TaskGroup::spawn(std::string name, Task<void> task) {
    const auto place = state_->running.emplace(state_->running.end());
    const auto ended = [state = state_, place,
                        name = std::move(name)](const std::exception_ptr& failure) {
        state->running.erase(place);
        state->ended.cancel();
        if (failure && !is_cancelled(failure)) log_failure(name, failure);
    };
    asio::co_spawn(io_.get_executor(), std::move(task),
                   asio::bind_cancellation_slot(place->slot(), ended));
}

std::size_t TaskGroup::size() const { return state_->running.size(); }

Task<bool> TaskGroup::wait(std::optional<Seconds> patience) {
    using Clock = std::chrono::steady_clock;
    const auto state = state_;
    const auto limit = patience ? Clock::now() + *patience : Clock::time_point::max();
    while (!state->running.empty()) {
        if (Clock::now() >= limit) co_return false;
        state->ended.expires_at(limit);
        boost::system::error_code cancelled;
        co_await state->ended.async_wait(asio::redirect_error(use_task, cancelled));
    }
    co_return true;
}

Task<void> TaskGroup::stop() {
    const auto state = state_;
    while (!state->running.empty()) {
        // A task may have been between two waits; it is told again until it ends.
        for (auto signal = state->running.begin(); signal != state->running.end();) {
            const auto next = std::next(signal);
            signal->emit(asio::cancellation_type::terminal);
            signal = next;
        }
        co_await sleep_for(5ms);
    }
}

}  // namespace taama
