#include "platform/running_tasks.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>

#include "platform/errors.hpp"
#include "platform/telemetry/log.hpp"

namespace taama {

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

RunningTasks::RunningTasks(asio::io_context& io) : io_(io), state_(std::make_shared<State>(io)) {}

void RunningTasks::spawn(std::string name, Task<void> task) {
    ++state_->running;
    asio::co_spawn(io_.get_executor(), std::move(task),
                   [state = state_, name = std::move(name)](const std::exception_ptr& failure) {
                       --state->running;
                       state->ended.cancel();
                       if (failure)
                           log::error("task.failed",
                                      {
                                          {"task",  name                 },
                                          {"error", failure_text(failure)}
                           });
                   });
}

Task<bool> RunningTasks::wait(std::optional<Seconds> patience) {
    using Clock = std::chrono::steady_clock;
    const auto state = state_;
    const auto limit = patience ? Clock::now() + *patience : Clock::time_point::max();
    while (state->running > 0) {
        if (Clock::now() >= limit) co_return false;
        state->ended.expires_at(limit);
        boost::system::error_code cancelled;
        co_await state->ended.async_wait(asio::redirect_error(use_task, cancelled));
    }
    co_return true;
}

}  // namespace taama
