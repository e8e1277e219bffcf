#pragma once

// One libpq connection in pipeline mode. It reconnects by itself until it is closed.

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "platform/pg/rows.hpp"
#include "platform/pg/sql.hpp"
#include "platform/task.hpp"

struct pg_conn;  // libpq's PGconn

namespace taama::pg {

using SteadyTime = std::chrono::steady_clock::time_point;
using Completion = std::move_only_function<void(std::exception_ptr, Rows)>;

enum class Expect { anything, one_row, commit };

struct Statement {
    Statement(const Sql& sql, Params values, Expect expected = Expect::anything)
        : name(sql.name), text(sql.text), params(std::move(values)), expect(expected) {}
    // Not prepared; `statement` must outlive the request and end with a zero.
    explicit Statement(std::string_view statement) : text(statement) {}

    std::string_view name;  // empty: sent unprepared
    std::string_view text;
    Params params;
    Expect expect = Expect::anything;
    bool prepare_sent = false;
    bool prepare_answered = false;
};

// What travels between two syncs. Outside a transaction block it is one implicit transaction. The
// answer is the rows of the last statement, or the first error.
struct Request {
    std::vector<Statement> statements = {};
    Completion done = {};  // may be empty
    SteadyTime sent_at = {};
    std::size_t answered = 0;
    std::exception_ptr error = {};
    bool was_unprepared = false;  // failed because the connection did not know the statement
    bool was_repeated = false;
    Rows rows = {};
    std::shared_ptr<std::vector<Rows>> all_rows = {};  // those of every statement, if given
};

// Statements that may stand in one queue.
inline constexpr std::size_t pending_max = 4'096;

inline constexpr const char* database_is_closed = "the database is closed";

// Posts Unavailable to `done`, which may be empty.
void fail_later(asio::io_context& io, Completion done, const std::string& reason);

struct ConnectionOptions {
    std::string url;
    std::chrono::milliseconds statement_timeout;
    AnswerWatcher on_answer = {};  // may be empty
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
    // Called on the io_context's thread, never after close().
    struct Events {
        std::function<void(Connection&)> came_up;
        std::function<void(Connection&)> went_down;
        std::function<void(std::string_view channel, std::string_view payload)> notified;
    };

    Connection(asio::io_context& io, ConnectionOptions options, Events events);
    ~Connection();
    Connection(const Connection&) = delete;

    void start();
    void close();
    // Gives up a connection attempt or a session that no longer answers. To be called regularly.
    void check(SteadyTime now);

    bool is_up() const { return up_; }
    std::size_t pending() const { return requests_.size(); }
    // Counts connects: what belongs to an earlier session must not go on in the next one.
    std::uint64_t session() const { return session_; }
    const std::string& last_failure() const { return last_failure_; }

    // Fails with Unavailable when the connection is down or `session` has ended. Never calls back
    // before it returns.
    void push(Request request, std::uint64_t session);
    Task<Rows> run(std::vector<Statement> statements, std::uint64_t session);

private:
    struct Finished {
        Completion done;
        std::exception_ptr error;
        Rows rows;
    };

    Task<void> keep_connected(std::shared_ptr<Connection> self);
    Task<bool> connect();
    bool begin_connect();
    Task<void> serve();
    Task<bool> wait_for(asio::posix::stream_descriptor::wait_type direction);
    bool watch_socket();

    void send(Request& request);
    bool send_statement(Statement& statement);
    void flush();
    void drain();
    void take_result(pg_result* owned);
    void take_answer(Request& request, Statement& statement, pg_result* owned);
    void note_error(Request& request, std::string_view statement, const pg_result* result);
    void finish_front();
    void report_finished();
    void report_notifications();
    void lose(std::string reason);

    asio::io_context& io_;
    ConnectionOptions options_;
    Events events_;
    asio::posix::stream_descriptor socket_;
    asio::steady_timer pause_;
    pg_conn* conn_ = nullptr;
    bool closed_ = false;
    bool up_ = false;
    bool write_waits_ = false;
    std::uint64_t session_ = 0;
    SteadyTime progress_;           // the last answer, or the moment from which one is awaited
    std::deque<Request> requests_;  // all of them sent
    std::unordered_set<std::string_view> prepared_;
    std::vector<Finished> finished_;
    std::string last_failure_;
};

}  // namespace taama::pg
