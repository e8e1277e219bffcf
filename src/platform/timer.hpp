#pragma once

// Waiting on the thread's own loop.

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>

#include "platform/task.hpp"

namespace taama {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

// Throws boost::system::system_error when the waiting task is cancelled.
Task<> sleep_for(Timer::duration time);

}  // namespace taama
