#include "modules/settings/settings.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/array.hpp>

#include "platform/errors.hpp"
#include "platform/pg/tx.hpp"
#include "platform/timer.hpp"

namespace taama::settings {

namespace {

constexpr Seconds age_max{2};

PG_STATEMENT constexpr pg::Sql read_values_sql{"settings.read_values", R"sql(
    select key, value from settings.values)sql"};

PG_STATEMENT constexpr pg::Sql lock_value_sql{"settings.lock_value", R"sql(
    select version, value from settings.values where key = $1 for update)sql"};

PG_STATEMENT constexpr pg::Sql save_value_sql{"settings.save_value", R"sql(
    insert into settings.values (key, value, version, updated_by, updated_at)
         values ($1, $2, $3, $4, $5)
    on conflict (key) do update
         set value = excluded.value, version = excluded.version, updated_by = excluded.updated_by,
             updated_at = excluded.updated_at)sql"};

PG_STATEMENT constexpr pg::Sql save_history_sql{"settings.save_history", R"sql(
    insert into settings.history (key, version, value, previous, reason, changed_by, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7))sql"};

}  // namespace

namespace detail {

void check_range(std::string_view key, std::int64_t value, std::int64_t min, std::int64_t max) {
    if (value < min || value > max)
        throw Refusal{errors::limit_exceeded, {{"key", key}, {"min", min}, {"max", max}}};
}

std::vector<std::string> read(const boost::json::value& value, const Words&) {
    std::vector<std::string> words;
    for (const auto& item : value.as_array()) words.emplace_back(item.as_string());
    return words;
}

boost::json::value to_json(const std::vector<std::string>& words) {
    return boost::json::array(words.begin(), words.end());
}

}  // namespace detail

std::optional<std::int64_t> Snapshot::find_int(std::string_view name) const {
    const boost::json::value* value = changed_.if_contains(name);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    return value->to_number<std::int64_t>();
}

Task<void> Current::reload(pg::Db& db) {
    const pg::Rows rows = co_await db.query(read_values_sql);
    boost::json::object changed;
    for (int i = 0; i < rows.size(); ++i)
        changed.emplace(rows[i].text(0), rows[i].get<boost::json::value>(1));
    auto snapshot = std::make_shared<const Snapshot>(std::move(changed));
    const std::scoped_lock lock{mutex_};
    snapshot_ = std::move(snapshot);
}

Task<void> keep_current(pg::Db& db, Current& current) {
    const auto timer = std::make_shared<Timer>(co_await asio::this_coro::executor);
    db.listen("settings_changed", [timer](std::string_view) { timer->cancel(); });
    for (;;) {
        // A database that is away keeps the last values in force.
        try {
            co_await current.reload(db);
        } catch (const pg::Unavailable&) {
        }
        timer->expires_after(age_max);
        boost::system::error_code cancelled;
        co_await timer->async_wait(asio::redirect_error(use_task, cancelled));
    }
}

Task<void> save_change(pg::Tx& tx, Change change, UtcTime now) {
    const pg::Rows rows = co_await tx.query(lock_value_sql, change.key);
    const int version = rows.empty() ? 0 : rows[0].get<int>(0);
    std::optional<boost::json::value> previous;
    if (!rows.empty()) rows[0].read(1, previous);
    if (previous && *previous == change.value) co_return;
    tx.enqueue(save_value_sql, change.key, change.value, version + 1, change.by, now);
    co_await tx.query(save_history_sql, change.key, version + 1, change.value, previous,
                      change.reason, change.by, now);
}

}  // namespace taama::settings
