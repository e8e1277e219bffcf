#pragma once

// What a Db and its transactions share.

#include <string>
#include <utility>
#include <vector>

#include "platform/pg/db.hpp"
#include "platform/pg/groups.hpp"
#include "platform/pg/lane.hpp"
#include "platform/pg/listener.hpp"

namespace taama::pg {

// How long a statement waits for PostgreSQL to come back.
inline constexpr std::chrono::milliseconds away_patience{500};

struct Db::Impl : std::enable_shared_from_this<Db::Impl> {
    Impl(asio::io_context& io_context, Options all_options);

    void start();
    void close();
    void tick();

    Task<Rows> run_shared(Statement statement);
    void push_shared(Request request);
    Connection* least_busy() const;
    void shared_came_up();
    void announce(std::string_view topic) const;
    std::shared_ptr<Lane> lane(std::string_view name, int connections,
                               std::chrono::milliseconds statement_timeout);
    Lane& lasting_lane();

    struct Waiting {
        Request request;
        SteadyTime since;
    };

    asio::io_context& io;
    Options options;
    bool closed = false;
    asio::steady_timer ticker;
    asio::steady_timer changed;  // cancelled when a connection came up
    std::vector<std::shared_ptr<Connection>> shared;
    std::deque<Waiting> waiting;  // for a shared connection
    std::shared_ptr<Lane> exclusive;
    std::shared_ptr<Groups> groups;
    std::shared_ptr<Lane> slow;
    std::shared_ptr<Lane> lasting;      // null until somebody begins long work
    std::shared_ptr<Lane> unpipelined;  // instead of `shared`
    std::unique_ptr<Listener> listener;
    std::vector<std::pair<std::string_view, std::function<void()>>> announcements;
};

}  // namespace taama::pg
