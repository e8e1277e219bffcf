#include "platform/timer.hpp"

#include <boost/asio/this_coro.hpp>

namespace taama {

Task<> sleep_for(Timer::duration time) {
    Timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait(use_task);
}

}  // namespace taama
