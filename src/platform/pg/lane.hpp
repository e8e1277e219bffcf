#pragma once

// The connections of one lane, each leased to one user at a time, first come first served.

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "platform/pg/connection.hpp"
#include "platform/telemetry/facts.hpp"

namespace taama::pg {

class Lane;

// Exclusive use of one connection, handed back on destruction.
class Lease {
public:
    Lease() = default;
    Lease(std::shared_ptr<Lane> lane, std::shared_ptr<Connection> connection);
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    Task<Rows> run(std::vector<Statement> statements) const;
    void run_unanswered(Statement statement) const;
    void push(Request request) const;
    // The session in which it was granted is over.
    bool is_lost() const;

private:
    std::shared_ptr<Lane> lane_;
    std::shared_ptr<Connection> connection_;
    std::uint64_t session_ = 0;
};

struct LaneOptions {
    std::string_view name;  // "exclusive"
    int connections;
    ConnectionOptions connection;
    std::chrono::milliseconds acquire_timeout;
    const telemetry::Facts* facts;  // null: nobody counts
};

class Lane : public std::enable_shared_from_this<Lane> {
public:
    // `on_up` is called when a connection came up.
    Lane(asio::io_context& io, LaneOptions options, std::function<void()> on_up);

    // Opens the first connection; the others are opened when they are wanted.
    void start();
    void close();
    void check(SteadyTime now);
    bool is_up() const;
    std::string last_failure() const;

    // Throws Unavailable after acquire_timeout, or soon when PostgreSQL is away.
    Task<Lease> acquire();

private:
    friend class Lease;
    using Granted = std::move_only_function<void(std::exception_ptr, Lease)>;
    struct Waiter {
        Granted granted;
        SteadyTime since;
    };

    void grow();
    void wait_for_lease(Granted granted);
    void give_back(std::shared_ptr<Connection> connection);
    void offer(std::shared_ptr<Connection> connection);
    void grant(Granted granted, std::shared_ptr<Connection> connection);
    void came_up(Connection& connection);
    void went_down(const Connection& connection);
    void tell(std::string_view fact, telemetry::Details details) const;
    void refuse_later(Granted granted, const std::string& reason);

    asio::io_context& io_;
    LaneOptions options_;
    std::function<void()> on_up_;
    bool closed_ = false;
    std::vector<std::shared_ptr<Connection>> all_;
    // The last returned is the first used again: it knows the most prepared statements.
    std::vector<std::shared_ptr<Connection>> idle_;
    std::vector<const Connection*> leased_;
    std::deque<Waiter> waiters_;
};

}  // namespace taama::pg
