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

// All by which it was found, priced and ranked is the same.
bool still_fits(const IndexedLeg& leg, const FoundLeg& now, const Search& search) {
    return now.row_version == leg.row_version && now.rating_sum == leg.rating_sum &&
           now.rating_count == leg.rating_count && now.comfort_level == leg.comfort_level &&
           now.seats_free >= search.seats;
}

// The page with what is shown of it. What the index had wrong is marked, and left out when it no
// longer fits; true when something was.
bool dress(HitPage& page, std::vector<IndexedLeg> legs, std::vector<FoundLeg> found,
           const Search& search, TripIndex& index) {
    std::vector<FoundLeg*> at(legs.size(), nullptr);
    for (FoundLeg& each : found) at[static_cast<std::size_t>(each.place - 1)] = &each;
    page.hits.reserve(legs.size());
    bool any_left_out = false;
    for (std::size_t i = 0; i < legs.size(); ++i) {
        IndexedLeg& leg = legs[i];
        FoundLeg* const now = at[i];
        const bool fits = now != nullptr && still_fits(leg, *now, search);
        if (!fits || now->seats_free != leg.seats_free) index.mark(leg.trip_id);
        if (!fits) {
            any_left_out = true;
            --page.total;
            continue;
        }
        Hit& hit = page.hits.emplace_back();
        static_cast<Match&>(hit) = leg;
        static_cast<LegEnds&>(hit) = std::move(static_cast<LegEnds&>(leg));
        static_cast<FoundTrip&>(hit) = std::move(static_cast<FoundTrip&>(*now));
        hit.seats_free = now->seats_free;
    }
    return any_left_out;
}

Task<HitPage> find_hits_by_index(const Deps& deps, const Search& search) {
    TripIndex& index = deps.trip_index.index();
    for (bool again = true;; again = false) {
        co_await deps.trip_index.catch_up();
        TripIndex::Found found = index.find(search);
        HitPage page{.hits = {}, .total = found.total, .engine = SearchEngine::index};
        if (found.page.empty()) co_return page;
        auto now = co_await find_legs(deps.db, found.page, search.now);
        const bool any_left_out = dress(page, std::move(found.page), std::move(now), search, index);
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
