#pragma once

// Coroutines that run on after their starter: each belongs to a group, which cancels them and waits for them.

#include <boost/asio/cancellation_signal.hpp>

#include <list>
#include <string_view>

#include "platform/task.hpp"

namespace taama {

// Used on the thread of its io_context only. Destroyed after stop() has returned.
class TaskGroup {
public:
    explicit TaskGroup(asio::io_context& io) : io_(io) {}
    TaskGroup(const TaskGroup&) = delete;
    ~TaskGroup();

    // `name` is for the log when the task fails.
    void spawn(std::string_view name, Task<void> task);
    // Cancels all and returns when they have ended.
    Task<void> stop();

private:
    asio::io_context& io_;
    std::list<asio::cancellation_signal> running_;
};

}  // namespace taama
