#pragma once

// The open trips in the memory of this process, by day and the two ends of their legs: what
// searches ask instead of PostgreSQL. It owns no truth. Whoever changes a trip marks it at the
// commit; before a search is answered the marked ones are read again (trip_index_reader.hpp), so a
// node never overlooks its own commits. What other nodes changed comes by trip_index_news.hpp.
//
// Thread safe: one lock for all of it. Searches share it, each for the time that it takes to look
// at the trips between two places on a day, and to order them.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>

#include "modules/carpool/indexed_trip.hpp"
#include "modules/carpool/place_cell.hpp"

namespace taama::telemetry {
class Facts;
}

namespace taama::carpool {

class TripIndex {
public:
    // Marks and readings are numbered in one row: a reading with a higher number than a mark saw
    // the commit that the mark tells of.
    using Ticket = std::uint64_t;
    // So long nothing may be heard of the others before SQL answers.
    static constexpr Seconds silence_max{5};

    TripIndex();
    ~TripIndex();
    TripIndex(const TripIndex&) = delete;

    // --- searching -------------------------------------------------------------------------------

    // Everything is loaded, and what other nodes do is heard.
    bool is_current() const;
    // How old what is heard of the others may be.
    std::chrono::duration<double> lag() const;
    struct Found {
        std::vector<IndexedLeg> page;  // of search.limit from search.offset, best first
        std::int64_t total = 0;
    };
    Found find(const Search& search) const;

    // --- changes ---------------------------------------------------------------------------------

    // A commit of this process changed it; the other nodes are to hear of it.
    void mark_here(TripId trip);
    // It may differ from what is stored here.
    void mark(TripId trip);
    // Some change was overlooked: SQL answers until everything was loaded again.
    void lose();

    struct News {
        std::vector<TripId> trips;
        bool lost_count = false;  // more than were counted
    };
    News take_news();  // of mark_here()
    void give_back(const News& news);
    // What this process told the others at `sent_at` came back: it hears them.
    void hear_own_voice(std::chrono::steady_clock::time_point sent_at);
    Ticket last_mark() const;  // 0: nothing is marked
    std::size_t marked() const;

    // --- reading anew ----------------------------------------------------------------------------

    // One look at the database; it must begin before the statement is sent.
    class Reading {
    public:
        explicit Reading(TripIndex& index);
        ~Reading();
        Reading(const Reading&) = delete;
        Ticket ticket() const { return ticket_; }

    private:
        TripIndex& index_;
        Ticket ticket_;
    };
    std::vector<TripId> marked_trips() const;
    // Those asked for that were not found are open no more.
    void put(const Reading& reading, std::vector<IndexedTrip> found,
             const std::vector<TripId>& asked);
    // All open trips were read, the first of them with this ticket: what was last read before is
    // open no more, and the index may answer. False when it was lost meanwhile.
    bool end_load(Ticket first);
    bool is_loaded() const;

    struct Size {
        std::size_t trips = 0;
        std::size_t bytes = 0;
    };
    Size size() const;  // looks at each trip
    std::size_t trips() const;

private:
    struct Slot {
        IndexedTrip trip;
        Ticket read = 0;  // 0: free
    };
    // A trip by its slot, and where one may get off it.
    struct Onward {
        std::uint32_t slot;
        PlaceCell to;
    };
    // By where one may get on.
    using Cells = std::unordered_map<PlaceCell, std::vector<Onward>, PlaceCellHash>;

    Ticket begin();
    void end(Ticket ticket);
    void put_one(IndexedTrip trip, Ticket ticket);
    void remove(TripId trip, Ticket ticket);
    void link(std::uint32_t slot);
    void unlink(std::uint32_t slot);
    std::vector<std::uint32_t> candidates(const PreparedSearch& prepared) const;
    void mark_locked(TripId trip);
    void lose_locked();

    mutable std::shared_mutex mutex_;
    Ticket last_ = 0;
    bool loaded_ = false;
    Ticket lost_ = 0;
    std::chrono::steady_clock::time_point heard_at_{};
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::unordered_map<TripId, std::uint32_t> slot_of_;
    std::map<std::int32_t, Cells> days_;
    std::unordered_map<TripId, Ticket> marks_;
    Ticket last_mark_ = 0;
    std::set<Ticket> readings_;                   // that have not ended
    std::unordered_map<TripId, Ticket> removed_;  // while an older reading may still bring it back
    std::unordered_set<TripId> news_;
    bool news_lost_count_ = false;
};

// Each commit that changes what a search finds of a trip marks it in the index.
void watch_trips(telemetry::Facts& facts, TripIndex& index);

}  // namespace taama::carpool
