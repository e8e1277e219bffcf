#pragma once

// Coroutines that run on beside the one that started them, counted so that it can wait for their
// end. Unlike TaskGroup it cancels nothing, and may be destroyed while tasks are still suspended.

#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama {

// What an exception says, for logs and error columns: its text, or a Refusal's code.
std::string failure_text(const std::exception_ptr& failure);

class RunningTasks {
public:
    explicit RunningTasks(asio::io_context& io);
    RunningTasks(const RunningTasks&) = delete;

    // The task owns what it uses. What it throws is logged as `name`.
    void spawn(std::string name, Task<void> task);
    int size() const { return state_->running; }
    // True when all have ended; false after `patience`. Without a limit it waits as long as it
    // takes.
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
