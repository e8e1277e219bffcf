#include "modules/carpool/trip_index.hpp"

#include <algorithm>
#include <mutex>

#include "modules/carpool/trip_news.hpp"
#include "platform/telemetry/facts.hpp"

namespace taama::carpool {

namespace {

// More than this many are not counted one by one: everything is loaded again.
constexpr std::size_t marks_max = 50'000;

}  // namespace

TripIndex::TripIndex() = default;
TripIndex::~TripIndex() = default;

// --- searching -----------------------------------------------------------------------------------

bool TripIndex::is_current() const {
    const std::shared_lock lock{mutex_};
    return loaded_ && std::chrono::steady_clock::now() - heard_at_ <= silence_max;
}

std::chrono::duration<double> TripIndex::lag() const {
    const std::shared_lock lock{mutex_};
    return std::chrono::steady_clock::now() - heard_at_;
}

std::vector<std::uint32_t> TripIndex::candidates(const PreparedSearch& prepared) const {
    const CellWindow from{prepared.search.from, prepared.near_degrees};
    const CellWindow to{prepared.search.to, prepared.near_degrees};
    std::vector<std::uint32_t> slots;
    const auto take = [&](const std::vector<Onward>& here) {
        for (const Onward& onward : here)
            if (to.contains(onward.to)) slots.push_back(onward.slot);
    };
    for (auto day = days_.lower_bound(prepared.first_day);
         day != days_.end() && day->first <= prepared.last_day; ++day) {
        const Cells& cells = day->second;
        if (from.size() >= cells.size()) {
            // Near a pole, or few cells.
            for (const auto& [cell, here] : cells)
                if (from.contains(cell)) take(here);
            continue;
        }
        from.each([&](PlaceCell cell) {
            if (const auto found = cells.find(cell); found != cells.end()) take(found->second);
        });
    }
    // Once for each trip, however many of its stops are near.
    std::ranges::sort(slots);
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    return slots;
}

TripIndex::Found TripIndex::find(const Search& search) const {
    struct Placed {
        MatchPlace place;
        Match match;
        std::uint32_t slot;
    };
    constexpr std::size_t ahead = 4;
    std::vector<Placed> all;
    const PreparedSearch prepared{search};
    const std::shared_lock lock{mutex_};
    const std::vector<std::uint32_t> slots = candidates(prepared);
    for (std::size_t i = 0; i < slots.size(); ++i) {
        // Each is somewhere else in memory: the next are fetched while this one is looked at.
        if (i + 2 * ahead < slots.size()) {
            const IndexedTrip& later = slots_[slots[i + 2 * ahead]].trip;
            __builtin_prefetch(&later);
            __builtin_prefetch(&later.stops);
        }
        if (i + ahead < slots.size()) {
            const IndexedStop* const stops = slots_[slots[i + ahead]].trip.stops.data();
            __builtin_prefetch(stops);
            __builtin_prefetch(stops + 1);
        }
        const IndexedTrip& trip = slots_[slots[i]].trip;
        if (const auto found = match(trip, prepared))
            all.push_back({place_of(*found, trip.departure_time, search), *found, slots[i]});
    }
    const auto count = static_cast<std::int64_t>(all.size());
    const auto last = std::min(count, search.offset + search.limit);
    const auto better = [](const Placed& a, const Placed& b) { return a.place < b.place; };
    std::partial_sort(all.begin(), all.begin() + last, all.end(), better);
    Found found{.page = {}, .total = count};
    found.page.reserve(static_cast<std::size_t>(std::max(std::int64_t{0}, last - search.offset)));
    for (std::int64_t i = search.offset; i < last; ++i) {
        const Placed& placed = all[static_cast<std::size_t>(i)];
        found.page.push_back(to_leg(placed.match, slots_[placed.slot].trip));
    }
    return found;
}

// --- changes -------------------------------------------------------------------------------------

void TripIndex::mark_locked(TripId trip) {
    if (marks_.size() >= marks_max) return lose_locked();
    marks_[trip] = last_mark_ = ++last_;
}

void TripIndex::mark(TripId trip) {
    const std::unique_lock lock{mutex_};
    mark_locked(trip);
}

void TripIndex::mark_here(TripId trip) {
    const std::unique_lock lock{mutex_};
    mark_locked(trip);
    if (news_.size() < marks_max)
        news_.insert(trip);
    else
        news_lost_count_ = true;
}

// The marks may go: what is loaded from now on saw their commits.
void TripIndex::lose_locked() {
    loaded_ = false;
    marks_.clear();
    lost_ = ++last_;
}

void TripIndex::lose() {
    const std::unique_lock lock{mutex_};
    lose_locked();
}

TripIndex::News TripIndex::take_news() {
    const std::unique_lock lock{mutex_};
    News news{.trips = {news_.begin(), news_.end()}, .lost_count = news_lost_count_};
    news_.clear();
    news_lost_count_ = false;
    return news;
}

void TripIndex::give_back(const News& news) {
    const std::unique_lock lock{mutex_};
    news_.insert(news.trips.begin(), news.trips.end());
    news_lost_count_ = news_lost_count_ || news.lost_count;
}

void TripIndex::hear_own_voice(std::chrono::steady_clock::time_point sent_at) {
    const std::unique_lock lock{mutex_};
    heard_at_ = std::max(heard_at_, sent_at);
}

TripIndex::Ticket TripIndex::last_mark() const {
    const std::shared_lock lock{mutex_};
    return marks_.empty() ? 0 : last_mark_;
}

std::size_t TripIndex::marked() const {
    const std::shared_lock lock{mutex_};
    return marks_.size();
}

// --- reading anew --------------------------------------------------------------------------------

TripIndex::Reading::Reading(TripIndex& index) : index_(index), ticket_(index.begin()) {}
TripIndex::Reading::~Reading() { index_.end(ticket_); }

TripIndex::Ticket TripIndex::begin() {
    const std::unique_lock lock{mutex_};
    readings_.insert(++last_);
    return last_;
}

void TripIndex::end(Ticket ticket) {
    const std::unique_lock lock{mutex_};
    readings_.erase(ticket);
    if (removed_.empty()) return;
    const Ticket oldest = readings_.empty() ? last_ + 1 : *readings_.begin();
    std::erase_if(removed_, [oldest](const auto& each) { return each.second < oldest; });
}

std::vector<TripId> TripIndex::marked_trips() const {
    const std::shared_lock lock{mutex_};
    std::vector<TripId> trips;
    for (const auto& [trip, mark] : marks_) trips.push_back(trip);
    return trips;
}

void TripIndex::put(const Reading& reading, std::vector<IndexedTrip> found,
                    const std::vector<TripId>& asked) {
    const std::unique_lock lock{mutex_};
    const Ticket ticket = reading.ticket();
    std::unordered_set<TripId> missing{asked.begin(), asked.end()};
    for (IndexedTrip& trip : found) {
        missing.erase(trip.id);
        put_one(std::move(trip), ticket);
    }
    for (const TripId trip : missing) remove(trip, ticket);
    for (const TripId trip : asked)
        if (const auto mark = marks_.find(trip); mark != marks_.end() && mark->second < ticket)
            marks_.erase(mark);
}

void TripIndex::put_one(IndexedTrip trip, Ticket ticket) {
    if (const auto gone = removed_.find(trip.id); gone != removed_.end() && gone->second > ticket)
        return;
    const auto [known, is_new] = slot_of_.try_emplace(trip.id, 0);
    if (is_new) {
        if (free_slots_.empty()) {
            free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
            slots_.emplace_back();
        }
        known->second = free_slots_.back();
        free_slots_.pop_back();
    }
    Slot& slot = slots_[known->second];
    if (slot.read > ticket) return;
    if (!is_new) unlink(known->second);
    trip.stops.shrink_to_fit();
    trip.labels.shrink_to_fit();
    trip.holds.shrink_to_fit();
    slot = {std::move(trip), ticket};
    link(known->second);
}

void TripIndex::remove(TripId trip, Ticket ticket) {
    removed_[trip] = std::max(removed_[trip], ticket);
    const auto known = slot_of_.find(trip);
    if (known == slot_of_.end() || slots_[known->second].read > ticket) return;
    unlink(known->second);
    slots_[known->second] = {};
    free_slots_.push_back(known->second);
    slot_of_.erase(known);
}

void TripIndex::link(std::uint32_t slot) {
    const std::vector<IndexedStop>& stops = slots_[slot].trip.stops;
    for (auto from = stops.begin(); from != stops.end(); ++from) {
        if (!from->pickup_allowed) continue;
        for (auto to = from + 1; to != stops.end(); ++to)
            if (to->dropoff_allowed)
                days_[from->depart_day][cell_of(from->point)].push_back({slot, cell_of(to->point)});
    }
}

void TripIndex::unlink(std::uint32_t slot) {
    for (const IndexedStop& stop : slots_[slot].trip.stops) {
        const auto day = days_.find(stop.depart_day);
        if (day == days_.end()) continue;
        const auto cell = day->second.find(cell_of(stop.point));
        if (cell == day->second.end()) continue;
        std::erase_if(cell->second, [slot](const Onward& onward) { return onward.slot == slot; });
        if (!cell->second.empty()) continue;
        day->second.erase(cell);
        if (day->second.empty()) days_.erase(day);
    }
}

bool TripIndex::end_load(Ticket first) {
    const std::unique_lock lock{mutex_};
    if (lost_ > first) return false;
    std::vector<TripId> gone;
    for (const auto& [trip, slot] : slot_of_)
        if (slots_[slot].read < first) gone.push_back(trip);
    for (const TripId trip : gone) remove(trip, first);
    std::erase_if(marks_, [first](const auto& each) { return each.second < first; });
    loaded_ = true;
    return true;
}

bool TripIndex::is_loaded() const {
    const std::shared_lock lock{mutex_};
    return loaded_;
}

std::size_t TripIndex::trips() const {
    const std::shared_lock lock{mutex_};
    return slot_of_.size();
}

TripIndex::Size TripIndex::size() const {
    const std::shared_lock lock{mutex_};
    // Two pointers and a hash beside each node of a hash table.
    constexpr std::size_t node_bytes = 24;
    Size size{.trips = slot_of_.size(), .bytes = slots_.capacity() * sizeof(Ticket)};
    size.bytes += slot_of_.size() * (sizeof(*slot_of_.begin()) + node_bytes);
    for (const Slot& slot : slots_) size.bytes += slot.trip.bytes();
    for (const auto& [day, cells] : days_)
        for (const auto& [cell, here] : cells)
            size.bytes += node_bytes + sizeof(here) + here.capacity() * sizeof(Onward);
    return size;
}

void watch_trips(telemetry::Facts& facts, TripIndex& index) {
    facts.watch(std::string{trip_changed_fact}, [&index](const telemetry::Details& details) {
        index.mark_here(TripId::parse(details.at("trip_id").as_string()).value());
    });
}

}  // namespace taama::carpool
