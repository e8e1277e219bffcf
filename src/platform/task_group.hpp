#pragma once

// Coroutines that run on beside the one that started them: each belongs to a group, which waits for
// their end or cancels them.

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama {

// What an exception says, for logs and error columns: its text, or a Refusal's code.
std::string failure_text(const std::exception_ptr& failure);

// A task of no group: nobody waits for it or cancels it, so it owns what it uses and ends by
// itself. What it throws is logged as `name`, a constant.
void spawn_alone(Executor executor, std::string_view name, Task<void> task);

// Used on the thread of its io_context only. It may go while tasks are still suspended: they then
// end with the io_context.
class TaskGroup {
public:
    explicit TaskGroup(asio::io_context& io);
    TaskGroup(const TaskGroup&) = delete;

    // The task owns what it uses. What it throws is logged as `name`.
    void spawn(std::string name, Task<void> task);
    std::size_t size() const;
    // True when all have ended; false after `patience`. Without a limit it waits as long as it
    // takes.
    Task<bool> wait(std::optional<Seconds> patience = {});
    // Cancels all and returns when they have ended.
    Task<void> stop();

private:
    struct State;
    asio::io_context& io_;
    std::shared_ptr<State> state_;
};

}  // namespace taama
