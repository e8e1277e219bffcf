#pragma once

// A transaction: on a connection of its own, or shared with others that came at once.

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "platform/pg/db.hpp"

namespace taama::pg {

// READ COMMITTED. Destroyed without commit(), it rolls back at once. After an Error the transaction
// is dead: let the exception leave the flow. Statements below a flow take Tx&, so none can slip out
// of it.
class Tx {
public:
    Tx(Tx&&) noexcept;
    Tx& operator=(Tx&&) = delete;
    ~Tx();

    // Sends what was enqueued before together with this statement: one round trip.
    template <class... Args>
    Task<Rows> query(const Sql& sql, const Args&... args) {
        return run(sql, Db::params_of(args...));
    }
    // Sent with the next query() or commit(), which throws when it fails.
    template <class... Args>
    void enqueue(const Sql& sql, const Args&... args) {
        push(sql, Db::params_of(args...), false);
    }
    // As enqueue(); touching another number of rows than one is a defect and aborts the program:
    // for updates whose guard was checked under the row's lock.
    template <class... Args>
    void enqueue_one(const Sql& sql, const Args&... args) {
        push(sql, Db::params_of(args...), true);
    }
    // Rows. The statement's parameters are arrays with an element for each row, so that rows which
    // meet are sent as one: those that follow one another, and those of a group (begin_grouped()).

    // As enqueue().
    template <class... Args>
    void enqueue_row(const Sql& sql, const Args&... args) {
        push_row(sql, Db::params_of(args...));
    }
    // Behind everything else that is enqueued, however often others came between: for tables on
    // which nothing depends.
    template <class... Args>
    void enqueue_last(const Sql& sql, const Args&... args) {
        push_last(sql, Db::params_of(args...));
    }
    // As query(), for a statement that only reads. Its rows are ordered by their last column,
    // `place`: which row of the arrays they answer, from 1. The caller does not see that column.
    template <class... Args>
    Task<Rows> query_row(const Sql& sql, const Args&... args) {
        return run_row(sql, Db::params_of(args...));
    }
    // As enqueue(): what is asked afterwards is protected by the lock.
    template <class Key>
    void lock(const Lock& row, const Key& key) {
        push_lock(row, Db::params_of(key));
    }
    // Flows that say the same never share a transaction, as if this were a lock: within one,
    // PostgreSQL's locks keep nobody apart.
    void keep_apart(std::string what);
    // What comes may wait for others: not in a group. Nothing to do in a transaction of one's own.
    void go_alone();

    // Returns when PostgreSQL acknowledged the COMMIT; then runs the after_commit callbacks.
    Task<void> commit();
    // Runs on this thread after the commit, for waking what works on the committed rows. Lost when
    // the process dies: whoever is woken must find the work by itself too.
    void after_commit(std::function<void()> callback);
    // Tells a fact after the commit, to whoever counts: what is rolled back never happened.
    void tell(std::string_view fact, telemetry::Details details);
    // Calls those who wait for `topic` (a literal) at the Db after the commit; once however often
    // said.
    void announce(std::string_view topic);

    struct State;
    explicit Tx(std::unique_ptr<State> state);

private:
    Task<Rows> run(const Sql& sql, Params params);
    void push(const Sql& sql, Params params, bool exactly_one);
    Task<Rows> run_row(const Sql& sql, const Params& row);
    void push_row(const Sql& sql, const Params& row);
    void push_last(const Sql& sql, const Params& row);
    void push_lock(const Lock& lock, const Params& key);
    std::unique_ptr<State> state_;
};

}  // namespace taama::pg
