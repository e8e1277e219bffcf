#include "platform/work_pool.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "platform/assert.hpp"
#include "platform/errors.hpp"

namespace taama {

struct WorkPool::Impl {
    std::mutex mutex;
    std::condition_variable ready;
    std::deque<std::shared_ptr<Job>> queue;
    std::size_t reserved = 0;  // asked for, waiting or running
    bool stopping = false;
    std::vector<std::thread> threads;

    void run() {
        while (true) {
            std::shared_ptr<Job> job;
            {
                std::unique_lock lock{mutex};
                ready.wait(lock, [this] { return stopping || !queue.empty(); });
                if (stopping) return;
                job = std::move(queue.front());
                queue.pop_front();
            }
            try {
                job->execute();
            } catch (...) {
                job->error = std::current_exception();
            }
            {
                const std::scoped_lock lock{mutex};
                --reserved;
            }
            job->resume();
        }
    }
};

WorkPool::WorkPool(int threads) : impl_(std::make_unique<Impl>()) {
    ASSERT(threads > 0);
    const std::scoped_lock lock{impl_->mutex};
    for (int i = 0; i < threads; ++i)
        impl_->threads.emplace_back([impl = impl_.get()] { impl->run(); });
}

WorkPool::~WorkPool() {
    {
        const std::scoped_lock lock{impl_->mutex};
        impl_->stopping = true;
    }
    impl_->ready.notify_all();
    for (std::thread& thread : impl_->threads) thread.join();
    for (const auto& job : impl_->queue) {
        job->error = std::make_exception_ptr(Refusal{errors::unavailable});
        job->resume();
    }
}

void WorkPool::reserve() {
    const std::scoped_lock lock{impl_->mutex};
    if (impl_->reserved >= queue_max + impl_->threads.size())
        throw Refusal{errors::unavailable}.after(1s);
    ++impl_->reserved;
}

void WorkPool::submit(std::shared_ptr<Job> job) {
    {
        const std::scoped_lock lock{impl_->mutex};
        impl_->queue.push_back(std::move(job));
    }
    impl_->ready.notify_one();
}

std::size_t WorkPool::waiting() const {
    const std::scoped_lock lock{impl_->mutex};
    return impl_->queue.size();
}

}  // namespace taama
