#pragma once

// Coroutines that run on beside the one that started them, and can be waited for.

#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>

#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama {

// What an exception says, for logs and error columns: its text, or a Refusal's code.
std::string failure_text(const std::exception_ptr& failure);

class TaskGroup {
public:
    explicit TaskGroup(asio::io_context& io);
    TaskGroup(const TaskGroup&) = delete;

    // The task owns what it uses. What it throws is logged as `name`.
    void spawn(std::string name, Task<void> task);
    int size() const { return state_->running; }
    // True when all have ended; false after `patience`. Without a limit it waits as long as it takes.
    Task<bool> wait(std::optional<Seconds> patience = {});

private:
    struct State {
        explicit State(asio::io_context& io) : ended(io) {}
        int running = 0;
        asio::steady_timer ended;
    };
    asio::io_context& io_;
    std::shared_ptr<State> state_;
};

}  // namespace taama
