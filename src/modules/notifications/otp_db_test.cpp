#include "modules/notifications/otp_requested.hpp"

#include <gtest/gtest.h>

#include "modules/identity/secrets.hpp"
#include "modules/notifications/routes.hpp"
#include "modules/notifications/send_message.hpp"
#include "tests/support/database.hpp"

namespace taama::notifications {
namespace {

const UtcTime start = *parse_utc_time("2026-10-02T08:00:00Z");

// Providers whose answers a test chooses.
struct Phones final : SmsSender {
    std::string_view name() const override { return "phones"; }
    Task<SendResult> send(const Sms& sms) override {
        sent.push_back(sms);
        co_return answer;
    }
    std::vector<Sms> sent;
    SendResult answer = Accepted{"ref-1"};
};
struct Mailbox final : EmailSender {
    std::string_view name() const override { return "mailbox"; }
    Task<SendResult> send(const Email& email) override {
        sent.push_back(email);
        co_return Accepted{"ref-2"};
    }
    std::vector<Email> sent;
};

struct Bench {
    explicit Bench(pg::Db& on) : db(on) { clock.set(start); }
    pg::Db& db;
    Clock clock;
    settings::Current settings;
    crypto::Sealer sealer{crypto::SealerKeys{}};
    identity::Secrets secrets{sealer};
    Phones phones;
    Mailbox mailbox;
    Deps deps{.db = db,
              .clock = clock,
              .settings = settings,
              .sealer = sealer,
              .sms_sender = phones,
              .email_sender = mailbox};
};

void run(Task<void> (*flow)(Bench&)) {
    const test::TestDatabase database;
    database.run([flow](pg::Db& db) -> Task<void> {
        return [](pg::Db& on, Task<void> (*body)(Bench&)) -> Task<void> {
            Bench bench{on};
            co_await body(bench);
        }(db, flow);
    });
}

events::Event event_of(Bench& bench, std::string channel, std::string destination) {
    events::Event event{
        .id = events::EventId::make(), .name = "otp.requested", .payload = {}, .at = start};
    event.payload = {
        {"channel", channel},
        {"destination", destination},
        {"purpose", "login"},
        {"language", "fr"},
        {"code_sealed", bench.secrets.seal_text("otp.code", "483920")},
        {"link_sealed", bench.secrets.seal_text("otp.link", "http://localhost/verify-email#t")},
        {"expires_at", "2026-10-02T08:05:00Z"}};
    return event;
}

Task<void> deliver(Bench& bench, events::Event event) {
    pg::Tx tx = co_await bench.db.begin();
    co_await on_otp_requested(bench.deps, tx, event);
    co_await tx.commit();
}

// Runs what the job would run for every message there is.
Task<void> send_all(Bench& bench) {
    constexpr pg::Sql ids{"test.ids", "select id from notifications.messages"};
    const pg::Rows rows = co_await bench.db.query(ids);
    for (const Uuid id : rows.all<Uuid>()) co_await send_message(bench.deps, id.to_string());
}

Task<std::string> states(Bench& bench) {
    constexpr pg::Sql sql{"test.states", R"sql(
        select coalesce(string_agg(status, ' ' order by created_at, id), '') from notifications.messages)sql"};
    const pg::Rows rows = co_await bench.db.query(sql);
    co_return rows.one<std::string>();
}

TEST(OtpMessages, SmsOnceAndUnreadableAtRest_S1_160) {
    run(+[](Bench& bench) -> Task<void> {
        const events::Event event = event_of(bench, "sms", "+2250700000001");
        co_await deliver(bench, event);
        co_await deliver(bench, event);  // delivered again: one message
        co_await send_all(bench);
        co_await send_all(bench);
        EXPECT_EQ(bench.phones.sent.size(), 1U);
        EXPECT_EQ(bench.phones.sent[0].to, "+2250700000001");
        EXPECT_EQ(bench.phones.sent[0].text,
                  "Code Taama : 483920. Valable 5 minutes. Ne le donnez à personne, nous ne le "
                  "demandons jamais.");
        EXPECT_EQ(co_await states(bench), "sent");

        constexpr pg::Sql stored{"test.stored", "select m::text from notifications.messages m"};
        const pg::Rows rows = co_await bench.db.query(stored);
        const auto row = rows.one<std::string>();
        EXPECT_EQ(row.find("483920"), std::string::npos);
        EXPECT_EQ(row.find("0700000001"), std::string::npos);
    });
}

TEST(OtpMessages, EmailCarriesLinkAndCode) {
    run(+[](Bench& bench) -> Task<void> {
        co_await deliver(bench, event_of(bench, "email", "awa@example.ci"));
        co_await send_all(bench);
        EXPECT_EQ(bench.mailbox.sent.size(), 1U);
        EXPECT_EQ(bench.mailbox.sent[0].code, "483920");
        EXPECT_NE(bench.mailbox.sent[0].html.find("href=\"http://localhost/verify-email#t\""),
                  std::string::npos);
        EXPECT_EQ(bench.mailbox.sent[0].subject, "Code Taama");
    });
}

TEST(OtpMessages, ProviderAway_S1_160) {
    run(+[](Bench& bench) -> Task<void> {
        co_await deliver(bench, event_of(bench, "sms", "+2250700000001"));
        bench.phones.answer = Deferred{"busy", std::nullopt};
        for (const auto wait : {Seconds{0}, Seconds{5}, Seconds{15}, Seconds{45}}) {
            EXPECT_EQ(co_await states(bench), "queued");
            bench.clock.set(bench.clock.now() + wait);
            co_await send_all(bench);
        }
        EXPECT_EQ(bench.phones.sent.size(), 4U);
        EXPECT_EQ(co_await states(bench), "failed");
    });
}

TEST(OtpMessages, NeverAfterTheCodeDied) {
    run(+[](Bench& bench) -> Task<void> {
        co_await deliver(bench, event_of(bench, "sms", "+2250700000001"));
        bench.clock.set(start + 5min);
        co_await send_all(bench);
        EXPECT_TRUE(bench.phones.sent.empty());
        EXPECT_EQ(co_await states(bench), "expired");
    });
}

TEST(OtpMessages, RefusedForGood) {
    run(+[](Bench& bench) -> Task<void> {
        co_await deliver(bench, event_of(bench, "sms", "+2250700000001"));
        bench.phones.answer = Refused{"invalid number"};
        co_await send_all(bench);
        EXPECT_EQ(co_await states(bench), "failed");
    });
}

}  // namespace
}  // namespace taama::notifications
