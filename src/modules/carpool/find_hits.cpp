// A search, by the index of this process or by SQL.

#include "modules/carpool/deps.hpp"
#include "modules/carpool/search_page_store.hpp"
#include "modules/carpool/settings.hpp"
#include "modules/carpool/trip_index_reader.hpp"

namespace taama::carpool {

namespace {

// More marked trips than this are read by the keeper of the index, not while somebody waits.
constexpr std::size_t marked_max = 2'000;

bool may_use_index(const Deps& deps) {
    const TripIndex& index = deps.trip_index.index();
    return deps.settings.get(settings_keys::search_engine) != name_of(SearchEngine::sql) &&
           index.is_current() && index.marked() <= marked_max;
}

// The leg as the database has it now, without its seats: it differs from the match when something
// changed by which it was found and ranked.
Match now_of(const Match& match, const FoundLeg& leg, const IndexedTrip& trip,
             const Search& search) {
    Match now = match;
    now.from_m = leg.from_m;
    now.from_at = leg.from_at;
    now.to_m = leg.to_m;
    now.to_at = leg.to_at;
    return rated(now, trip, search);
}

bool still_fits(const Match& match, const FoundLeg& leg, const Search& search) {
    IndexedTrip trip;
    trip.driver_id = leg.id;
    trip.price_per_seat = leg.price_per_seat;
    trip.distance_m = leg.distance_m;
    trip.rating_sum = static_cast<std::int32_t>(leg.rating_sum);
    trip.rating_count = static_cast<std::int32_t>(leg.rating_count);
    trip.comfort_level = leg.comfort_level;
    trip.allow_auto_accept = leg.allow_auto_accept;
    trip.cash_allowed = leg.cash_allowed;
    return leg.seats_free >= search.seats && passes(trip, search) &&
           now_of(match, leg, trip, search) == match;
}

// The page with what is shown of it. What the index had wrong is marked, and left out when it no
// longer fits; true when something was.
bool dress(HitPage& page, const std::vector<Match>& matches, std::vector<FoundLeg> legs,
           const Search& search, TripIndex& index) {
    std::vector<FoundLeg*> at(matches.size(), nullptr);
    for (FoundLeg& leg : legs) at[static_cast<std::size_t>(leg.place - 1)] = &leg;
    page.hits.reserve(matches.size());
    bool any_left_out = false;
    for (std::size_t i = 0; i < matches.size(); ++i) {
        const Match& match = matches[i];
        const bool fits = at[i] != nullptr && still_fits(match, *at[i], search);
        if (!fits || at[i]->seats_free != match.seats_free) index.mark(match.trip_id);
        if (!fits) {
            any_left_out = true;
            --page.total;
            continue;
        }
        Hit& hit = page.hits.emplace_back();
        static_cast<Match&>(hit) = match;
        hit.seats_free = at[i]->seats_free;
        static_cast<FoundTrip&>(hit) = std::move(static_cast<FoundTrip&>(*at[i]));
    }
    return any_left_out;
}

Task<HitPage> find_hits_by_index(const Deps& deps, const Search& search) {
    TripIndex& index = deps.trip_index.index();
    for (bool again = true;; again = false) {
        co_await deps.trip_index.catch_up();
        const TripIndex::Found found = index.find(search);
        HitPage page{.hits = {}, .total = found.total, .engine = SearchEngine::index};
        if (found.page.empty()) co_return page;
        auto legs = co_await find_legs(deps.db, found.page, search.now);
        const bool any_left_out = dress(page, found.page, std::move(legs), search, index);
        // With what was marked read again, the page is full.
        if (!any_left_out || !again) co_return page;
    }
}

}  // namespace

Task<HitPage> find_hits(const Deps& deps, const Search& search) {
    return may_use_index(deps) ? find_hits_by_index(deps, search)
                               : find_hits_by_sql(deps.db, search);
}

}  // namespace taama::carpool
