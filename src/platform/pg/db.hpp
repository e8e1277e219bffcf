#pragma once

// The database as one thread of the server sees it. Three lanes: short single statements share
// pipelined connections (one round trip, batched by the kernel); a transaction has a connection of
// its own; what may be slow (searches, lists, reports) has connections that never stand before a
// booking.
//
// One Db belongs to one io_context and is used on its thread only. Connections come back by
// themselves after a restart of PostgreSQL; until then statements fail with Unavailable.

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "platform/pg/rows.hpp"
#include "platform/pg/sql.hpp"
#include "platform/task.hpp"
#include "platform/telemetry/facts.hpp"

namespace taama::pg {

// PostgreSQL refused the statement.
struct Error : std::runtime_error {
    Error(std::string statement, std::string state, std::string constraint_name, std::string text);
    std::string statement;   // Sql::name
    std::string sqlstate;    // five characters
    std::string constraint;  // of class 23 errors
    bool can_retry() const;  // serialisation failure or deadlock: the same flow may run again
};

// PostgreSQL is away, or did not answer in time (a lock that was not granted within 4 s included).
// A transaction that was being committed may or may not have happened.
struct Unavailable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Of what was caught: an Unavailable. False for null.
bool is_unavailable(const std::exception_ptr& failure);

struct Options {
    std::string url;                 // libpq connection string
    int shared_connections = 2;      // per thread
    int exclusive_connections = 12;  // per thread: as many transactions run at once
    int slow_connections = 2;        // per thread
    std::chrono::milliseconds statement_timeout{5'000};
    std::chrono::milliseconds slow_statement_timeout{15'000};
    // A wait for a connection, and for an answer that PostgreSQL's own time-out does not cover.
    std::chrono::milliseconds acquire_timeout{2'000};
    bool pipelining = true;  // off: one statement in flight per connection (benchmarks only)
    // Who is told what happened; null: nobody. The Db itself tells `pg.waited` {lane, seconds} and
    // `pg.refused` {lane} of those who found no connection, `pg.taken` and `pg.given_back` {lane}
    // of those that somebody has to himself.
    const telemetry::Facts* facts = nullptr;
    AnswerWatcher on_answer = {};
};

class Tx;

class Db {
public:
    Db(asio::io_context& io, Options options);
    ~Db();
    Db(const Db&) = delete;

    // Opens at least one connection of each lane, or throws Unavailable.
    Task<void> connect();
    bool is_up() const;  // false when the last attempts to connect failed
    void close();

    // One statement, its own transaction, on the shared lane.
    template <class... Args>
    Task<Rows> query(const Sql& sql, const Args&... args) {
        return run_shared(sql, params_of(args...));
    }
    // The same on the slow lane.
    template <class... Args>
    Task<Rows> query_slow(const Sql& sql, const Args&... args) {
        return run_slow(sql, params_of(args...));
    }
    // Takes an exclusive connection. BEGIN travels with the first statement.
    Task<Tx> begin();
    // The same for flows that wait for nothing but their Tx: those that come at once share one
    // transaction (groups.hpp). Where begin() has one flow wait for another, this one is to be run
    // anew: its Tx throws an Error that can be retried, and the next attempt takes begin().
    Task<Tx> begin_grouped();
    // The same for work that may take an hour (the nightly proof of the books): one at a time, on a
    // connection of its own that is opened the first time.
    Task<Tx> begin_long();

    // Tells a fact that no transaction has to make true; else see Tx::tell().
    void tell(std::string_view fact, const telemetry::Details& details) const;

    // Calls `callback` on this thread after each commit whose Tx announced `topic`. Who waits on
    // another thread posts to it from there.
    void on_announcement(std::string_view topic, std::function<void()> callback);

    // Calls `handler` on this thread for each NOTIFY on `channel`, for as long as the Db lives; a
    // lost connection listens again and calls it once with an empty payload (something may have
    // been missed).
    void listen(std::string channel, std::function<void(std::string_view payload)> handler);

    struct Impl;

    template <class... Args>
    static Params params_of(const Args&... args) {
        Params params;
        (add(params, args), ...);
        return params;
    }

private:
    Task<Rows> run_shared(const Sql& sql, Params params);
    Task<Rows> run_slow(const Sql& sql, Params params);
    std::shared_ptr<Impl> impl_;
};

}  // namespace taama::pg
