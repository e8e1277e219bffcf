#include "platform/work_pool.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <latch>
#include <stdexcept>
#include <string>
#include <thread>

#include "platform/errors.hpp"

namespace taama {
namespace {

Task<std::string> greet(WorkPool& pool, std::thread::id loop) {
    const std::string name = "Awa";
    std::string greeting = co_await pool.run([&name, loop] {
        EXPECT_NE(std::this_thread::get_id(), loop);
        return "Bonjour " + name;
    });
    EXPECT_EQ(std::this_thread::get_id(), loop);
    co_return greeting;
}

TEST(WorkPool, ResumesOnTheCallersThread) {
    asio::io_context io;
    WorkPool pool{2};
    std::string greeting;
    asio::co_spawn(io, greet(pool, std::this_thread::get_id()),
                   [&](std::exception_ptr, std::string result) { greeting = std::move(result); });
    io.run();
    EXPECT_EQ(greeting, "Bonjour Awa");
}

Task<> fail(WorkPool& pool) {
    co_await pool.run([] { throw std::runtime_error{"broken"}; });
}

TEST(WorkPool, PassesExceptionsOn) {
    asio::io_context io;
    WorkPool pool{1};
    std::exception_ptr error;
    asio::co_spawn(io, fail(pool), [&](std::exception_ptr thrown) { error = thrown; });
    io.run();
    EXPECT_THROW(std::rethrow_exception(error), std::runtime_error);
}

struct Tally {
    int done = 0;
    int refused = 0;
};

Task<> wait_for(WorkPool& pool, std::latch& open, Tally& tally) {
    try {
        co_await pool.run([&open] { open.wait(); });
        ++tally.done;
    } catch (const Refusal& refusal) {
        EXPECT_EQ(refusal, errors::unavailable);
        ++tally.refused;
    }
}

TEST(WorkPool, RefusesWhatDoesNotFit) {
    constexpr int threads = 2;
    constexpr int fitting = threads + static_cast<int>(WorkPool::queue_max);
    asio::io_context io;
    std::latch open{1};
    Tally tally;
    WorkPool pool{threads};
    for (int i = 0; i < fitting + 3; ++i)
        asio::co_spawn(io, wait_for(pool, open, tally), asio::detached);
    io.poll();
    EXPECT_EQ(tally.refused, 3);
    open.count_down();
    io.run();
    EXPECT_EQ(tally.done, fitting);
    EXPECT_EQ(tally.refused, 3);
}

TEST(WorkPool, DropsWhatWaitsWhenItEnds) {
    asio::io_context io;
    std::latch open{1};
    Tally tally;
    {
        WorkPool pool{1};
        for (int i = 0; i < 5; ++i) asio::co_spawn(io, wait_for(pool, open, tally), asio::detached);
        io.poll();
        while (pool.waiting() != 4) std::this_thread::yield();
        std::jthread opener{[&open] { open.count_down(); }};
        opener.join();
    }
    io.run();
    EXPECT_EQ(tally.done + tally.refused, 5);
    EXPECT_GE(tally.done, 1);
}

}  // namespace
}  // namespace taama
