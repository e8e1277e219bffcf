#pragma once

// The one coroutine type of the program. A task runs on the io_context of the thread that started
// it.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace taama {

namespace asio = boost::asio;

// The concrete executor, not any_io_executor: no type erasure and no allocation per resumption.
using Executor = asio::io_context::executor_type;

template <class T = void>
using Task = asio::awaitable<T, Executor>;

inline constexpr asio::use_awaitable_t<Executor> use_task{};

}  // namespace taama
