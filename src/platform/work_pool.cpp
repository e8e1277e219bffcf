#include "platform/work_pool.hpp"

#include <boost/asio/thread_pool.hpp>

#include "platform/errors.hpp"

namespace taama {

struct WorkPool::Impl {
    explicit Impl(unsigned threads) : pool(threads) {}
    asio::thread_pool pool;
};

WorkPool::WorkPool(unsigned threads, int queue_max)
    : impl_(std::make_unique<Impl>(threads)), queue_max_(queue_max) {}

WorkPool::~WorkPool() { impl_->pool.join(); }

void WorkPool::reserve() {
    if (depth_.fetch_add(1, std::memory_order_relaxed) >= queue_max_) {
        depth_.fetch_sub(1, std::memory_order_relaxed);
        throw Refusal{errors::unavailable}.after(1s);
    }
}

void WorkPool::post(std::move_only_function<void()> work) {
    asio::post(impl_->pool, [this, work = std::move(work)]() mutable {
        work();
        depth_.fetch_sub(1, std::memory_order_relaxed);
    });
}

}  // namespace taama
