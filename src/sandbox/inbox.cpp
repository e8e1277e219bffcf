#include "sandbox/inbox.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <ranges>

#include "platform/timer.hpp"

namespace taama::sandbox {

namespace {

constexpr std::chrono::seconds overtaking{2};

}  // namespace

// Somebody on any thread who waits; its timer is touched on that thread alone.
struct Inbox::Waiter {
    Waiter(const Executor& executor, MessageFilter wanted)
        : filter(std::move(wanted)), timer(executor) {}

    MessageFilter filter;
    Timer timer;
    bool woken = false;
};

bool MessageFilter::accepts(const Message& message) const {
    return (!to || *to == message.to) && (!channel || *channel == message.channel) &&
           (!template_id || *template_id == message.template_id) && (!since || message.at > *since);
}

void Inbox::add(Message message) {
    const std::lock_guard lock{mutex_};
    const auto same = [&](const Entry& entry) { return entry.message.id == message.id; };
    if (std::ranges::any_of(entries_, same)) return;
    for (const auto& waiter : waiters_) {
        if (!waiter->filter.accepts(message)) continue;
        asio::post(waiter->timer.get_executor(), [waiter] {
            waiter->woken = true;
            waiter->timer.cancel();
        });
    }
    if (entries_.size() == messages_max) entries_.pop_front();
    entries_.push_back({std::move(message), std::chrono::steady_clock::now()});
}

void Inbox::clear() {
    const std::lock_guard lock{mutex_};
    entries_.clear();
}

std::vector<Message> Inbox::read(const MessageFilter& filter) {
    const std::lock_guard lock{mutex_};
    std::vector<Message> found;
    for (Entry& entry : entries_ | std::views::reverse) {
        if (!filter.accepts(entry.message)) continue;
        entry.seen = true;
        found.push_back(entry.message);
    }
    return found;
}

std::vector<Message> Inbox::peek(const MessageFilter& filter) const {
    const std::lock_guard lock{mutex_};
    std::vector<Message> found;
    for (const Entry& entry : entries_ | std::views::reverse) {
        if (filter.accepts(entry.message)) found.push_back(entry.message);
    }
    return found;
}

bool Inbox::has_news(const MessageFilter& filter) const {
    const auto moment_ago = std::chrono::steady_clock::now() - overtaking;
    return std::ranges::any_of(entries_, [&](const Entry& entry) {
        return filter.accepts(entry.message) &&
               (filter.since || (!entry.seen && entry.arrived > moment_ago));
    });
}

Task<> Inbox::wait_for_next(const MessageFilter& filter, std::chrono::milliseconds time) {
    const auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor, filter);
    // Leaves the list however the wait ends.
    const std::shared_ptr<void> registered{nullptr, [this, waiter](void*) {
                                               const std::lock_guard lock{mutex_};
                                               std::erase(waiters_, waiter);
                                           }};
    {
        const std::lock_guard lock{mutex_};
        if (has_news(filter)) co_return;
        waiters_.push_back(waiter);
    }
    waiter->timer.expires_after(time);
    // Expired, or cancelled by a message; a wake-up that came before the wait is seen as well.
    if (!waiter->woken) co_await waiter->timer.async_wait(asio::as_tuple(use_task));
}

}  // namespace taama::sandbox
