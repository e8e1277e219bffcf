#include "sandbox/inbox.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "sandbox/inbox_senders.hpp"

namespace taama::sandbox {
namespace {

using namespace std::chrono_literals;

constexpr UtcTime t0 = UtcTime{std::chrono::sys_days{std::chrono::year{2026} / 10 / 2}};

Message message(std::string to, std::string text, UtcTime at = t0) {
    return {.id = Uuid::make(),
            .at = at,
            .to = std::move(to),
            .channel = Channel::sms,
            .template_id = "otp.code",
            .title = {},
            .text = std::move(text),
            .code = std::nullopt,
            .link = std::nullopt};
}

MessageFilter to(std::string address) {
    MessageFilter filter;
    filter.to = std::move(address);
    return filter;
}

// How long a question waited.
std::chrono::milliseconds wait(Inbox& inbox, const MessageFilter& filter,
                               std::chrono::milliseconds time) {
    asio::io_context io;
    const auto began = std::chrono::steady_clock::now();
    asio::co_spawn(io, inbox.wait_for_next(filter, time), asio::detached);
    io.run();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 began);
}

TEST(Inbox, ListsNewestFirstByFilter) {
    Inbox inbox;
    inbox.add(message("+225a", "one"));
    inbox.add(message("+225b", "two", t0 + 1s));
    Message mail = message("x@example.com", "three", t0 + 2s);
    mail.channel = Channel::email;
    mail.template_id = "welcome";
    inbox.add(mail);
    inbox.add(mail);  // the same again

    EXPECT_EQ(inbox.peek({}).size(), 3U);
    EXPECT_EQ(inbox.peek({}).front().text, "three");
    EXPECT_EQ(inbox.peek(to("+225a")).size(), 1U);
    MessageFilter filter;
    filter.channel = Channel::email;
    EXPECT_EQ(inbox.peek(filter).size(), 1U);
    filter = {};
    filter.template_id = "otp.code";
    EXPECT_EQ(inbox.peek(filter).front().text, "two");
    filter = {};
    filter.since = t0 + 1s;
    EXPECT_EQ(inbox.peek(filter).size(), 1U);
    inbox.clear();
    EXPECT_TRUE(inbox.peek({}).empty());
}

TEST(Inbox, KeepsTheLastThousand) {
    Inbox inbox;
    for (int i = 0; i < 1001; ++i) inbox.add(message("+225", std::to_string(i)));
    EXPECT_EQ(inbox.peek({}).size(), Inbox::messages_max);
    EXPECT_EQ(inbox.peek({}).back().text, "1");
}

TEST(Inbox, WaitEndsWithTheNextMessageFromAnyThread) {
    Inbox inbox;
    inbox.add(message("+225a", "old"));
    inbox.read({});
    asio::io_context io;
    bool waited = false;
    const MessageFilter filter = to("+225a");
    asio::co_spawn(io, inbox.wait_for_next(filter, 10s),
                   [&](const std::exception_ptr&) { waited = true; });
    io.run_one();
    io.poll();
    EXPECT_FALSE(waited);
    std::thread other{[&] {
        inbox.add(message("+225b", "not for us"));
        inbox.add(message("+225a", "new"));
    }};
    io.run();
    other.join();
    EXPECT_TRUE(waited);
    EXPECT_EQ(inbox.peek(to("+225a")).size(), 2U);
}

TEST(Inbox, WaitKnowsWhatIsNews) {
    Inbox inbox;
    inbox.add(message("+225a", "one"));
    EXPECT_LT(wait(inbox, to("+225a"), 5s), 1s);  // overtook the question
    inbox.read(to("+225a"));
    EXPECT_GE(wait(inbox, to("+225a"), 30ms), 30ms);  // known already
    MessageFilter filter = to("+225a");
    filter.since = t0 - 1s;
    EXPECT_LT(wait(inbox, filter, 5s), 1s);
    filter.since = t0;
    EXPECT_GE(wait(inbox, filter, 30ms), 30ms);
}

TEST(Inbox, SendersFillIt) {
    Inbox inbox;
    Clock clock;
    InboxSmsSender sms{inbox, clock};
    InboxEmailSender email{inbox, clock};
    asio::io_context io;
    const notifications::Sms code{Uuid::make(), "+2250700000001", "Code Taama : 483920.",
                                  "otp.code",   "Code",           "483920"};
    const notifications::Email mail{
        Uuid::make(), "a@example.com", "Bienvenue", "text",
        "<p>",        "welcome",       "",          "https://taama.example/x"};
    asio::co_spawn(io, sms.send(code), asio::detached);
    asio::co_spawn(io, email.send(mail), asio::detached);
    io.run();
    const auto messages = inbox.read({});
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages[1].code, "483920");
    EXPECT_EQ(messages[1].link, std::nullopt);
    EXPECT_EQ(messages[0].title, "Bienvenue");
    EXPECT_EQ(messages[0].code, std::nullopt);
    EXPECT_EQ(messages[0].link, "https://taama.example/x");
}

}  // namespace
}  // namespace taama::sandbox
