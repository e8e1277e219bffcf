#pragma once

// Threads for what blocks or burns: Argon2, images, files. A coroutine awaits the result and goes
// on on its own thread.
//
//     const bool right = co_await pool.run([&] { return crypto::verify_password(stored, password);
//     });

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
#include <variant>

#include "platform/task.hpp"

namespace taama {

class WorkPool {
public:
    static constexpr std::size_t queue_max = 64;

    explicit WorkPool(int threads);
    // Waits for what runs. What still waits is dropped: its coroutines get errors::unavailable.
    ~WorkPool();

    // Runs `work` on a thread of the pool; what it throws, run throws. What `work` refers to must
    // live until then, which it does when the caller awaits. Throws Refusal{errors::unavailable}
    // when the queue is full.
    template <class F>
    Task<std::invoke_result_t<F&>> run(F work) {
        reserve();
        const auto job = std::make_shared<Work<F>>(std::move(work));
        co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(
            [this, job](auto handler) {
                job->resume = resumption(std::move(handler));
                submit(job);
            },
            use_task);
        if (job->error) std::rethrow_exception(job->error);
        if constexpr (!std::is_void_v<std::invoke_result_t<F&>>) co_return std::move(*job->result);
    }

    std::size_t waiting() const;

private:
    struct Job {
        virtual ~Job() = default;
        virtual void execute() = 0;

        std::exception_ptr error;
        std::move_only_function<void()> resume;
    };

    template <class F>
    struct Work final : Job {
        using Result = std::invoke_result_t<F&>;

        explicit Work(F&& function) : work(std::move(function)) {}
        void execute() override {
            if constexpr (std::is_void_v<Result>)
                work();
            else
                result.emplace(work());
        }

        F work;
        std::optional<std::conditional_t<std::is_void_v<Result>, std::monostate, Result>> result;
    };

    // Holds the caller's io_context open and wakes the coroutine there.
    template <class Handler>
    static std::move_only_function<void()> resumption(Handler handler) {
        const auto executor = asio::get_associated_executor(handler);
        return [handler = std::move(handler), guard = asio::make_work_guard(executor)]() mutable {
            asio::post(guard.get_executor(), std::move(handler));
            guard.reset();
        };
    }

    void reserve();
    void submit(std::shared_ptr<Job> job);

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace taama
