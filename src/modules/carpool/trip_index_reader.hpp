#pragma once

// Keeps the index up to date on one thread: before a search is answered, what was marked is read
// again. Searches that come at once share one reading.

#include "modules/carpool/trip_index.hpp"
#include "platform/pg/db.hpp"
#include "platform/task.hpp"

namespace taama::carpool {

class TripIndexReader {
public:
    TripIndexReader(TripIndex& index, pg::Db& db);
    ~TripIndexReader();

    TripIndex& index() const { return index_; }
    // Everything that was marked when this was called has been read again.
    Task<void> catch_up();

private:
    struct Round;

    TripIndex& index_;
    pg::Db& db_;
    std::shared_ptr<Round> round_;  // the latest
};

// The same without sharing: a few statements, each of many trips.
Task<void> read_marked(pg::Db& db, TripIndex& index);

}  // namespace taama::carpool
