#include "modules/identity/revoked_sessions.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

#include <mutex>

#include "platform/timer.hpp"

namespace taama::identity {

namespace {

constexpr Seconds age_max{5};
// The setting auth.staff_access_ttl_minutes allows 240 minutes.
constexpr std::chrono::minutes access_life_max{245};

PG_STATEMENT constexpr pg::Sql find_revoked_sql{"identity.find_revoked", R"sql(
    select id from identity.sessions where revoked_at > $1)sql"};

}  // namespace

bool RevokedSessions::contains(SessionId session) const {
    const std::shared_lock lock{mutex_};
    return sessions_.contains(session);
}

void RevokedSessions::add(SessionId session) {
    bool is_new = false;
    {
        const std::unique_lock lock{mutex_};
        is_new = sessions_.insert_or_assign(session, reading_).second;
    }
    if (is_new && callback_) callback_(session);
}

Task<void> RevokedSessions::reload(pg::Db& db, UtcTime now) {
    std::uint64_t reading = 0;
    {
        const std::unique_lock lock{mutex_};
        reading = ++reading_;
    }
    const pg::Rows rows = co_await db.query(find_revoked_sql, now - access_life_max);
    for (const SessionId session : rows.all<SessionId>()) add(session);
    // Who is missing from two readings has no token left that is alive; one that was added while
    // this reading ran stays.
    const std::unique_lock lock{mutex_};
    std::erase_if(sessions_, [&](const auto& entry) { return entry.second + 1 < reading; });
}

Task<void> keep_revoked(pg::Db& db, RevokedSessions& revoked, const Clock& clock) {
    const auto timer = std::make_shared<Timer>(co_await asio::this_coro::executor);
    db.listen("session_revoked", [timer, &revoked](std::string_view payload) {
        if (const auto session = SessionId::parse(payload))
            revoked.add(*session);
        else
            timer->cancel();  // some may have been missed: read the table
    });
    for (;;) {
        // Without the database nothing new can be revoked either.
        try {
            co_await revoked.reload(db, clock.now());
        } catch (const pg::Unavailable&) {
        }
        timer->expires_after(age_max);
        boost::system::error_code cancelled;
        co_await timer->async_wait(asio::redirect_error(use_task, cancelled));
    }
}

}  // namespace taama::identity
