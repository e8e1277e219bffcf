#pragma once

// Mixed load for the tests that kill things: people book and pay without end, and remember what was
// acknowledged to them.

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/journeys/deals.hpp"

namespace taama::test {

class ChaosLoad {
public:
    // Publishes the trips and signs up the people; the server must run.
    explicit ChaosLoad(const ServerProcess& server);
    ~ChaosLoad() { stop(); }
    ChaosLoad(const ChaosLoad&) = delete;

    // Workers wait while the server is away and go on with the same keys when it is back.
    void start();
    void stop();
    // The port changes with every start of the server.
    void server_is_at(const Endpoint& endpoint);
    // With an outage announced, only clean 503 may be answered; a broken connection counts as a
    // failure unless the server itself was killed.
    void expect_broken_connections(bool expected) { connections_may_break_ = expected; }

    int acknowledged() const;  // bookings
    int paid() const;
    int unavailable() const { return unavailable_; }
    // Every acknowledged booking and payment is in the database, once; seats and books add up.
    void expect_nothing_lost();

private:
    struct Passenger {
        std::string token;
        std::string id;
    };
    struct Worker;

    void work(std::stop_token stop, std::size_t number);
    bool book_and_pay(Worker& worker, const std::string& trip);
    void search(Worker& worker);
    // Sends until it is answered with anything but 503; nullopt when told to stop first.
    std::optional<Response> insist(Worker& worker, const Request& request);
    Endpoint endpoint() const;

    const ServerProcess& server_;
    std::vector<std::string> trips_;
    std::vector<Passenger> passengers_;
    std::vector<std::jthread> workers_;
    mutable std::mutex mutex_;
    Endpoint endpoint_;
    std::vector<std::string> bookings_;
    std::vector<std::string> payments_;
    std::atomic<std::size_t> next_passenger_{0};
    std::atomic<int> unavailable_{0};
    std::atomic<bool> connections_may_break_{true};
};

// Limits that mixed load would meet.
ServerOptions chaos_options();

// The sanitizers' builds and busy machines are slower than what the bounds are meant for.
std::chrono::milliseconds generous(std::chrono::milliseconds bound);

}  // namespace taama::test
