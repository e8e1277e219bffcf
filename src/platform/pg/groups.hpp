#pragma once

// Flows that come at once, as one transaction of PostgreSQL: one BEGIN, one COMMIT, one flush to
// the disk, and what several flows say alike (Tx::enqueue_row, Tx::query_row) is one statement for
// all of them. Nobody waits for company: who comes alone begins at once; who comes while a group is
// under way goes with the next.
//
// The flows of a group run side by side, each with a Tx of its own. What they said goes out when
// all of them wait, for an answer or for the commit. For each flow it is as if it were alone:
//
//  - PostgreSQL's locks keep nobody apart who shares a transaction. So whoever wants what another
//    of the group has locked, or what somebody outside has, leaves, and runs again by himself.
//    Whoever is about to do what may wait for others says Tx::go_alone(). What is locked is asked
//    about before anything is written.
//  - Who gives up (his Tx is destroyed) after he has only read and locked goes without a trace.
//    After he wrote, or when any statement fails, the group is rolled back, and all of it run
//    again, each flow by itself: a failure meets the one whose it is.
//  - A lost connection is told to all: what was being committed may have happened or not.
//  - Who leaves is told so only when the group has ended and its locks are free.

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "platform/pg/carrier.hpp"
#include "platform/pg/lane.hpp"

namespace taama::pg {

class Group;

// One per Db.
class Groups : public std::enable_shared_from_this<Groups> {
public:
    Groups(asio::io_context& io, std::shared_ptr<Lane> lane);

    // Throws Unavailable when there is no connection.
    Task<std::unique_ptr<Carrier>> join();
    // Starts another group when one takes long. To be called regularly.
    void check(SteadyTime now);
    void close();

private:
    using Joined = std::move_only_function<void(std::exception_ptr, std::unique_ptr<Carrier>)>;

    void wait(Joined joined);
    bool takes_long(SteadyTime now) const;
    void start();
    void begin(std::vector<Joined> flows, const std::exception_ptr& failure, Lease lease);
    // A group of so many is over; `failure` when PostgreSQL is away.
    void ended(std::size_t flows, const std::exception_ptr& failure);
    void refuse_later(Joined joined, const std::exception_ptr& failure);

    asio::io_context& io_;
    std::shared_ptr<Lane> lane_;
    std::deque<Joined> waiting_;
    std::vector<std::weak_ptr<Group>> groups_;
    std::size_t under_way_ = 0;
    std::size_t expected_ = 0;  // to be there before the next one starts, unless it takes too long
    asio::steady_timer linger_;
    bool lingers_ = false;
    bool starting_ = false;  // start() was posted
    bool closed_ = false;
    SteadyTime last_start_;
};

}  // namespace taama::pg
