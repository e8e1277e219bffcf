#pragma once

// Threads for what blocks or burns: Argon2, images, files. A coroutine awaits the result and goes on on its own
// thread.
//
//     const bool right = co_await pool.run([&] { return crypto::verify_password(stored, password); });

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "platform/task.hpp"

namespace taama {

class WorkPool {
public:
    static constexpr std::size_t queue_max = 64;

    explicit WorkPool(int threads);
    // Finishes what runs; what waits is dropped, and its coroutines get errors::unavailable.
    ~WorkPool();

    // Runs `work` on a thread of the pool; what it throws, run throws. The references that `work` captures must
    // live until run returns, which they do when the caller awaits it. Throws Refusal{errors::unavailable} when
    // the queue is full.
    template <class F>
    Task<std::invoke_result_t<F&>> run(F work);

    std::size_t waiting() const;

private:
    class Job {
    public:
        virtual ~Job() = default;
        virtual void execute() noexcept = 0;
        virtual void drop() noexcept = 0;
    };
    template <class F>
    class Awaited;

    void submit(std::shared_ptr<Job> job);
    [[noreturn]] static void throw_unavailable();

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace taama
