#include "platform/task_group.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include "platform/assert.hpp"
#include "platform/telemetry/log.hpp"

namespace taama {

TaskGroup::~TaskGroup() { ASSERT(running_.empty()); }

void TaskGroup::spawn(std::string_view name, Task<void> task) {
    const auto place = running_.emplace(running_.end());
    asio::co_spawn(io_, std::move(task),
                   asio::bind_cancellation_slot(
                       place->slot(), [this, place, name](const std::exception_ptr& failure) {
                           running_.erase(place);
                           if (!failure) return;
                           try {
                               std::rethrow_exception(failure);
                           } catch (const boost::system::system_error& error) {
                               if (error.code() != asio::error::operation_aborted)
                                   log::error("task.failed", {{"task", name},
                                                              {"what", std::string_view{error.what()}}});
                           } catch (const std::exception& error) {
                               log::error("task.failed",
                                          {{"task", name}, {"what", std::string_view{error.what()}}});
                           }
                       }));
}

Task<void> TaskGroup::stop() {
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, Executor>
        pause{io_.get_executor()};
    while (!running_.empty()) {
        // A task may have been between two waits; it is told again until it ends.
        for (auto signal = running_.begin(); signal != running_.end();) {
            const auto next = std::next(signal);
            signal->emit(asio::cancellation_type::terminal);
            signal = next;
        }
        pause.expires_after(std::chrono::milliseconds{5});
        co_await pause.async_wait(use_task);
    }
}

}  // namespace taama
