#include "modules/carpool/trip_index_keeper.hpp"

#include <charconv>

#include "modules/carpool/settings.hpp"
#include "modules/carpool/trip_index_reader.hpp"
#include "modules/carpool/trip_index_store.hpp"
#include "platform/telemetry/log.hpp"
#include "platform/timer.hpp"

namespace taama::carpool {

namespace {

using std::chrono::steady_clock;

// NOTIFY without a payload, by hand, makes every node load its trips again.
constexpr std::string_view channel = "carpool_trips";
constexpr std::string_view goodbye = "goodbye";
constexpr std::size_t trips_per_notification = 200;  // below PostgreSQL's 8000 bytes
constexpr std::chrono::milliseconds news_pause{100};
constexpr std::chrono::milliseconds look_pause{100};
constexpr std::chrono::seconds failure_pause{1};
constexpr std::chrono::seconds voice_every{1};
// What escaped all notice is found after this long.
constexpr std::chrono::hours load_every{1};
// So many are read again without waiting for a search to ask.
constexpr std::size_t marked_many = 1'000;
// Put in one go: searches wait for it.
constexpr std::size_t trips_per_put = 200;

PG_STATEMENT constexpr pg::Sql tell_nodes_sql{"carpool.tell_nodes",
                                              "select pg_notify($1, n) from unnest($2::text[]) n"};

std::int64_t microseconds_of(steady_clock::time_point time) {
    return std::chrono::duration_cast<Microseconds>(time.time_since_epoch()).count();
}

std::string_view next_word(std::string_view& rest) {
    const auto end = rest.find(' ');
    const std::string_view word = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return word;
}

}  // namespace

struct TripIndexKeeper::Impl {
    pg::Db& db;
    TripIndex& index;
    const settings::Current& settings;
    const std::string node = Uuid::make().to_string();
    std::map<std::string, steady_clock::time_point, std::less<>> others{};  // last heard
    bool hears = false;
    steady_clock::time_point spoke_at{};
    steady_clock::time_point loaded_at{};

    void hear(std::string_view notification);
    Task<void> tell(std::vector<std::string> notifications);
    Task<void> tell_news();
    Task<void> look_after();
    void notice_silence();
};

// "<node> <when, on its own clock> <trip> <trip> …" or "<node> goodbye".
void TripIndexKeeper::Impl::hear(std::string_view notification) {
    if (notification.empty()) return index.lose();
    std::string_view rest = notification;
    const std::string_view speaker = next_word(rest);
    const std::string_view word = next_word(rest);
    if (speaker == node) {
        std::int64_t sent_at = 0;
        std::from_chars(word.data(), word.data() + word.size(), sent_at);
        hears = true;
        return index.hear_own_voice(steady_clock::time_point{Microseconds{sent_at}});
    }
    if (word == goodbye) {
        others.erase(std::string{speaker});
        return;
    }
    others.insert_or_assign(std::string{speaker}, steady_clock::now());
    while (!rest.empty())
        if (const auto trip = TripId::parse(next_word(rest))) index.mark(*trip);
}

Task<void> TripIndexKeeper::Impl::tell(std::vector<std::string> notifications) {
    co_await db.query(tell_nodes_sql, channel, notifications);
}

// Without news too, now and then: it comes back, which proves that this node hears.
Task<void> TripIndexKeeper::Impl::tell_news() {
    const auto now = steady_clock::now();
    const TripIndex::News news = index.take_news();
    if (news.trips.empty() && !news.lost_count && now - spoke_at < voice_every) co_return;
    std::vector<std::string> notifications;
    if (news.lost_count) notifications.emplace_back();
    const std::string head = fmt::format("{} {}", node, microseconds_of(now));
    notifications.push_back(head);
    for (std::size_t i = 0; i < news.trips.size(); ++i) {
        if (i > 0 && i % trips_per_notification == 0) notifications.push_back(head);
        notifications.back() += ' ';
        news.trips[i].uuid.append_to(notifications.back());
    }
    try {
        co_await tell(std::move(notifications));
    } catch (...) {
        index.give_back(news);
        throw;
    }
    spoke_at = now;
}

void TripIndexKeeper::Impl::notice_silence() {
    const auto limit = steady_clock::now() - TripIndex::silence_max;
    const auto silent =
        std::erase_if(others, [limit](const auto& each) { return each.second < limit; });
    if (silent == 0) return;
    log::info("search_index.node_silent", {{"nodes", silent}});
    index.lose();
}

Task<void> TripIndexKeeper::Impl::look_after() {
    notice_silence();
    const bool is_wanted = settings.get(settings_keys::search_engine) != name_of(SearchEngine::sql);
    if (!is_wanted || !hears) co_return;
    const auto now = steady_clock::now();
    if (!index.is_loaded() || now - loaded_at > load_every) {
        co_await load_trip_index(db, index);
        loaded_at = now;
    } else if (index.marked() > marked_many) {
        co_await read_marked(db, index);
    }
}

TripIndexKeeper::TripIndexKeeper(pg::Db& db, TripIndex& index, const settings::Current& settings)
    : impl_(std::make_shared<Impl>(db, index, settings)) {
    db.listen(std::string{channel},
              [impl = impl_](std::string_view payload) { impl->hear(payload); });
}

TripIndexKeeper::~TripIndexKeeper() = default;

namespace {

// Again and again; what fails is tried later.
template <class Step>
Task<void> repeat(Step step, std::chrono::milliseconds pause) {
    while (true) {
        bool failed = false;
        try {
            co_await step();
        } catch (const boost::system::system_error&) {
            throw;  // cancelled
        } catch (const std::exception& error) {
            failed = true;
            log::warn("search_index.interrupted", {{"error", error.what()}});
        }
        co_await sleep_for(failed ? failure_pause : pause);
    }
}

}  // namespace

Task<void> TripIndexKeeper::exchange_news() {
    const auto impl = impl_;
    co_await repeat([&impl = *impl] { return impl.tell_news(); }, news_pause);
}

Task<void> TripIndexKeeper::keep_loaded() {
    const auto impl = impl_;
    co_await repeat([&impl = *impl] { return impl.look_after(); }, look_pause);
}

Task<void> TripIndexKeeper::say_goodbye() {
    const auto impl = impl_;
    try {
        co_await impl->tell_news();
        co_await impl->tell({fmt::format("{} {}", impl->node, goodbye)});
    } catch (const std::exception& error) {
        log::warn("search_index.goodbye_failed", {{"error", error.what()}});
    }
}

Task<void> load_trip_index(pg::Db& db, TripIndex& index) {
    const auto begin = steady_clock::now();
    TripIndex::Ticket first = 0;
    for (const TripStatus status : {TripStatus::published, TripStatus::ongoing}) {
        IndexedPlace after{};
        while (true) {
            const TripIndex::Reading reading{index};
            if (first == 0) first = reading.ticket();
            IndexedPage page = co_await find_indexed_page(db, status, after);
            if (!page.last) break;
            after = *page.last;
            for (auto trip = page.trips.begin(); trip != page.trips.end();) {
                const auto left = page.trips.end() - trip;
                const auto end = trip + std::min<std::ptrdiff_t>(left, trips_per_put);
                index.put(reading, {std::move_iterator{trip}, std::move_iterator{end}}, {});
                trip = end;
            }
        }
    }
    if (!index.end_load(first)) co_return;
    const auto size = index.size();
    const std::chrono::duration<double> took = steady_clock::now() - begin;
    log::info("search_index.loaded",
              {{"trips", size.trips}, {"bytes", size.bytes}, {"seconds", took.count()}});
}

}  // namespace taama::carpool
