#pragma once

// Keeps what the threads of the process share up to date: settings, revoked sessions, the index of
// trips; brings the frames of all nodes to the sockets of this one; in dev mode it lets the time of
// the sandbox pass.

#include "app/process.hpp"
#include "modules/carpool/trip_index_keeper.hpp"
#include "platform/http_client/client.hpp"
#include "platform/loop_thread.hpp"
#include "platform/pg/db.hpp"
#include "platform/task_group.hpp"
#include "platform/ws/relay.hpp"

namespace taama::app {

class Housekeeping {
public:
    // Whether this process answers searches.
    enum class Searches : std::uint8_t { no, yes };
    // Everything is read once before this returns, but for the index of trips, which is loaded
    // beside the first requests.
    Housekeeping(Process& process, Searches searches);
    ~Housekeeping();

private:
    Process& process_;
    LoopThread thread_;
    std::unique_ptr<pg::Db> db_;
    std::unique_ptr<http_client::Client> client_;
    std::unique_ptr<ws::Relay> relay_;
    std::unique_ptr<carpool::TripIndexKeeper> trip_index_;
    std::unique_ptr<TaskGroup> tasks_;
};

}  // namespace taama::app
