#pragma once

// What would have left as SMS and e-mail, kept in memory in dev mode. One for all threads of the
// server.

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "platform/id.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::sandbox {

enum class Channel : std::uint8_t { sms, email, push };
BOOST_DESCRIBE_ENUM(Channel, sms, email, push)

struct Message {
    Uuid id;
    UtcTime at;
    std::string to;
    Channel channel = Channel::sms;
    std::string template_id;
    std::string title;
    std::string text;
    std::optional<std::string> code;
    std::optional<std::string> link;
    std::string status = "sent";
};

struct MessageFilter {
    std::optional<std::string> to;
    std::optional<Channel> channel;
    std::optional<std::string> template_id;
    std::optional<UtcTime> since;  // later than this

    bool accepts(const Message& message) const;
};

class Inbox {
public:
    static constexpr std::size_t messages_max = 1000;  // the oldest go first

    // The same id again is the same message: a repeated attempt shows once.
    void add(Message message);
    void clear();
    // Newest first. What `read` answers counts as seen; `peek` leaves no mark.
    std::vector<Message> read(const MessageFilter& filter);
    std::vector<Message> peek(const MessageFilter& filter) const;
    // Returns when one more message that fits arrives, or when the time is over; at once when one
    // is there after `filter.since`, or arrived a moment ago and was not read yet: it overtook the
    // question.
    Task<> wait_for_next(const MessageFilter& filter, std::chrono::milliseconds time);

    struct Waiter;

private:
    struct Entry {
        Message message;
        std::chrono::steady_clock::time_point arrived;
        bool seen = false;
    };
    bool has_news(const MessageFilter& filter) const;

    mutable std::mutex mutex_;
    std::deque<Entry> entries_;  // oldest first
    std::vector<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace taama::sandbox
