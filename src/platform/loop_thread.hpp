#pragma once

// One thread of the server with its own event loop.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <thread>

#include "platform/task.hpp"

namespace taama {

// Runs an io_context on a thread of its own until the work guard is released and nothing is left to
// do.
class LoopThread {
public:
    LoopThread() : io_(1), guard_(asio::make_work_guard(io_)) {
        thread_ = std::thread{[this] { io_.run(); }};
    }
    LoopThread(const LoopThread&) = delete;
    ~LoopThread() { join(); }

    asio::io_context& io() { return io_; }

    // Starts a coroutine there; the future brings its result.
    template <class F>
    auto start(F make_task) {
        return asio::co_spawn(io_, std::move(make_task), asio::use_future);
    }
    // Runs a coroutine there and waits for its result on the calling thread.
    template <class F>
    auto run(F make_task) {
        return start(std::move(make_task)).get();
    }
    // Runs a function there and waits for it.
    template <class F>
    void call(F function) {
        std::packaged_task<void()> task{std::move(function)};
        auto done = task.get_future();
        asio::post(io_, [&task] { task(); });
        done.get();
    }
    void join() {
        guard_.reset();
        if (thread_.joinable()) thread_.join();
    }

private:
    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    std::thread thread_;
};

}  // namespace taama
