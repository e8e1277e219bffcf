#include "modules/carpool/trip_index_reader.hpp"

#include <boost/asio/redirect_error.hpp>

#include "modules/carpool/trip_index_store.hpp"
#include "platform/timer.hpp"

namespace taama::carpool {

namespace {

constexpr std::size_t trips_at_once = 500;

}  // namespace

struct TripIndexReader::Round {
    explicit Round(const Executor& executor) : ended(executor, Timer::time_point::max()) {}

    TripIndex::Ticket up_to = 0;
    bool succeeded = false;
    bool is_over = false;
    Timer ended;  // cancelled at the end
};

TripIndexReader::TripIndexReader(TripIndex& index, pg::Db& db) : index_(index), db_(db) {}
TripIndexReader::~TripIndexReader() = default;

Task<void> read_marked(pg::Db& db, TripIndex& index) {
    const std::vector<TripId> all = index.marked_trips();
    for (std::size_t begin = 0; begin < all.size(); begin += trips_at_once) {
        const std::vector<TripId> trips(
            all.begin() + static_cast<std::ptrdiff_t>(begin),
            all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), begin + trips_at_once)));
        const TripIndex::Reading reading{index};
        index.put(reading, co_await find_indexed_trips(db, trips), trips);
    }
}

Task<void> TripIndexReader::catch_up() {
    const TripIndex::Ticket wanted = index_.last_mark();
    if (wanted == 0) co_return;
    if (const auto round = round_; round && !round->is_over && round->up_to >= wanted) {
        boost::system::error_code cancelled;
        co_await round->ended.async_wait(asio::redirect_error(use_task, cancelled));
        if (round->succeeded) co_return;
    }
    const auto round = std::make_shared<Round>(co_await asio::this_coro::executor);
    // However it ends, who waits goes on.
    struct End {
        Round& round;
        ~End() {
            round.is_over = true;
            round.ended.cancel();
        }
    };
    const End end{*round};
    round->up_to = wanted;
    round_ = round;
    co_await read_marked(db_, index_);
    round->succeeded = true;
}

}  // namespace taama::carpool
