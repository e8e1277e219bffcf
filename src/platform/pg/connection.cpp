#include "platform/pg/connection.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <algorithm>

#include "platform/pg/db.hpp"

namespace taama::pg {

namespace {

using namespace std::chrono_literals;

constexpr auto connect_limit = 3s;
constexpr auto first_pause = 20ms;
constexpr auto longest_pause = 500ms;
// What PostgreSQL's own statement_timeout is given before the connection counts as dead.
constexpr auto watchdog_grace = 2s;

// Every statement is prepared and most are short: planning them anew for each set of values took
// three to six times as long as running them (a trip by id: 0.6 ms against 0.17 ms), so that one
// plan serves all. That is also why planning may take its time: by default joins of more than eight
// tables are planned in parts, and a part that does not see who is asked for reads all there are.
std::string session_options(std::chrono::milliseconds statement_timeout) {
    return fmt::format(
        "-c TimeZone=UTC -c DateStyle=ISO -c client_min_messages=warning -c statement_timeout={} "
        "-c lock_timeout=4000 -c idle_in_transaction_session_timeout=15000 -c jit=off "
        "-c plan_cache_mode=force_generic_plan -c join_collapse_limit=12 "
        "-c from_collapse_limit=12 -c geqo=off",
        statement_timeout.count());
}

std::string trimmed(const char* message) {
    std::string_view text = message != nullptr ? message : "";
    while (text.ends_with('\n')) text.remove_suffix(1);
    return std::string{text};
}

std::string_view field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text != nullptr ? text : "";
}

// PostgreSQL is going down, lost us, ran out of something, or gave up waiting: not the statement's
// fault. Without a state the message is libpq's own, about a lost connection.
bool means_unavailable(std::string_view state) {
    return state.empty() || state.starts_with("08") || state.starts_with("53") ||
           state.starts_with("57P") || state == "57014" || state == "55P03" || state == "25P03";
}

}  // namespace

void fail_later(asio::io_context& io, Completion done, const std::string& reason) {
    if (!done) return;
    auto error = std::make_exception_ptr(Unavailable(reason));
    asio::post(io, [done = std::move(done), error = std::move(error)]() mutable {
        done(std::move(error), Rows{});
    });
}

Connection::Connection(asio::io_context& io, ConnectionOptions options, Events events)
    : io_(io), options_(std::move(options)), events_(std::move(events)), socket_(io), pause_(io) {}

Connection::~Connection() { PQfinish(conn_); }

void Connection::start() {
    asio::co_spawn(io_.get_executor(), keep_connected(shared_from_this()), asio::detached);
}

void Connection::close() {
    if (closed_) return;
    closed_ = true;
    pause_.cancel();
    lose("the database connections are being closed");
}

void Connection::check(SteadyTime now) {
    if (conn_ == nullptr) return;
    if (!up_) {
        if (now - progress_ > connect_limit) lose("PostgreSQL did not accept a connection in time");
    } else if (!requests_.empty() &&
               now - progress_ > options_.statement_timeout + watchdog_grace) {
        lose("PostgreSQL does not answer");
    }
}

Task<void> Connection::keep_connected(std::shared_ptr<Connection> self) {
    auto pause = std::chrono::milliseconds{first_pause};
    while (!self->closed_) {
        if (co_await connect()) {
            pause = first_pause;
            co_await serve();
            continue;
        }
        if (closed_) co_return;
        pause_.expires_after(pause);
        boost::system::error_code cancelled;
        co_await pause_.async_wait(asio::redirect_error(use_task, cancelled));
        pause = std::min(pause * 2, std::chrono::milliseconds{longest_pause});
    }
}

bool Connection::begin_connect() {
    const std::string options = session_options(options_.statement_timeout);
    const char* names[] = {"dbname", "application_name", "client_encoding", "options", nullptr};
    const char* values[] = {options_.url.c_str(), "taama", "UTF8", options.c_str(), nullptr};
    progress_ = std::chrono::steady_clock::now();
    conn_ = PQconnectStartParams(names, values, 1);
    if (conn_ == nullptr || PQstatus(conn_) == CONNECTION_BAD) {
        lose(conn_ != nullptr ? trimmed(PQerrorMessage(conn_)) : "out of memory");
        return false;
    }
    PQsetNoticeProcessor(conn_, [](void*, const char*) {}, nullptr);
    return true;
}

// False after lose().
Task<bool> Connection::connect() {
    if (!begin_connect()) co_return false;
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;
    while (step != PGRES_POLLING_OK) {
        if (step == PGRES_POLLING_FAILED) {
            lose(trimmed(PQerrorMessage(conn_)));
            co_return false;
        }
        // libpq may go on with another socket (several addresses, TLS refused) at each step.
        if (!watch_socket()) co_return false;
        const auto direction = step == PGRES_POLLING_READING
                                   ? asio::posix::stream_descriptor::wait_read
                                   : asio::posix::stream_descriptor::wait_write;
        if (!co_await wait_for(direction)) co_return false;
        step = PQconnectPoll(conn_);
    }
    if (PQsetnonblocking(conn_, 1) != 0 || PQenterPipelineMode(conn_) != 1 || !watch_socket()) {
        if (conn_ != nullptr) lose(trimmed(PQerrorMessage(conn_)));
        co_return false;
    }
    ++session_;
    up_ = true;
    last_failure_.clear();
    events_.came_up(*this);
    co_return up_;
}

// Asio gets a duplicate: closing it leaves libpq's own descriptor alone.
bool Connection::watch_socket() {
    boost::system::error_code failure;
    socket_.close(failure);
    const int copy = fcntl(PQsocket(conn_), F_DUPFD_CLOEXEC, 0);
    if (copy >= 0) socket_.assign(copy, failure);
    if (copy >= 0 && !failure) return true;
    if (copy >= 0) ::close(copy);
    lose("no file descriptor for a database connection");
    return false;
}

// False when the connection was lost meanwhile.
Task<bool> Connection::wait_for(asio::posix::stream_descriptor::wait_type direction) {
    boost::system::error_code failure;
    co_await socket_.async_wait(direction, asio::redirect_error(use_task, failure));
    if (conn_ == nullptr) co_return false;
    if (failure) lose(failure.message());
    co_return conn_ != nullptr;
}

Task<void> Connection::serve() {
    const std::uint64_t session = session_;
    while (up_ && session_ == session) {
        if (!co_await wait_for(asio::posix::stream_descriptor::wait_read)) co_return;
        const bool alive = PQconsumeInput(conn_) == 1;
        // What arrived before the end still counts: a COMMIT may have been acknowledged.
        drain();
        report_notifications();
        if (conn_ != nullptr && (!alive || PQstatus(conn_) == CONNECTION_BAD))
            lose(trimmed(PQerrorMessage(conn_)));
        else if (conn_ != nullptr)
            flush();
        report_finished();
    }
}

void Connection::push(Request request, std::uint64_t session) {
    if (!up_ || session != session_)
        return fail_later(io_, std::move(request.done), "the database connection was lost");
    if (requests_.size() >= pending_max)
        return fail_later(io_, std::move(request.done), "too many statements wait for PostgreSQL");
    request.sent_at = std::chrono::steady_clock::now();
    if (requests_.empty()) progress_ = request.sent_at;
    requests_.push_back(std::move(request));
    send(requests_.back());
}

Task<Rows> Connection::run(std::vector<Statement> statements, std::uint64_t session) {
    return asio::async_initiate<const asio::use_awaitable_t<Executor>,
                                void(std::exception_ptr, Rows)>(
        [self = shared_from_this(), session](auto handler, std::vector<Statement> batch) {
            self->push(Request{.statements = std::move(batch), .done = std::move(handler)},
                       session);
        },
        use_task, std::move(statements));
}

// libpq 15 writes at each PQpipelineSync; several statements of one request go out together.
void Connection::send(Request& request) {
    for (Statement& statement : request.statements) {
        if (!send_statement(statement)) return lose(trimmed(PQerrorMessage(conn_)));
    }
    if (PQpipelineSync(conn_) != 1) return lose(trimmed(PQerrorMessage(conn_)));
    flush();
}

bool Connection::send_statement(Statement& statement) {
    const std::vector<const char*> values = statement.params.pointers();
    const int count = static_cast<int>(values.size());
    if (statement.name.empty())
        return PQsendQueryParams(conn_, statement.text.data(), count, nullptr, values.data(),
                                 nullptr, nullptr, 0) == 1;
    if (prepared_.insert(statement.name).second) {
        statement.prepare_sent = true;
        if (PQsendPrepare(conn_, statement.name.data(), statement.text.data(), 0, nullptr) != 1)
            return false;
    }
    return PQsendQueryPrepared(conn_, statement.name.data(), count, values.data(), nullptr, nullptr,
                               0) == 1;
}

void Connection::flush() {
    const int outcome = PQflush(conn_);
    if (outcome < 0) return lose(trimmed(PQerrorMessage(conn_)));
    if (outcome == 0 || write_waits_) return;
    write_waits_ = true;
    socket_.async_wait(asio::posix::stream_descriptor::wait_write,
                       [self = shared_from_this(), session = session_](auto failure) {
                           if (self->session_ != session || !self->up_) return;
                           self->write_waits_ = false;
                           if (!failure) self->flush();
                       });
}

void Connection::drain() {
    int empty_answers = 0;
    while (!requests_.empty() && PQisBusy(conn_) == 0) {
        if (PGresult* result = PQgetResult(conn_)) {
            empty_answers = 0;
            take_result(result);
        } else if (++empty_answers > 1) {
            return;  // one ends each command; two mean that libpq has nothing more
        }
    }
}

void Connection::take_result(pg_result* owned) {
    Rows result{owned};  // clears it
    progress_ = std::chrono::steady_clock::now();
    Request& request = requests_.front();
    const ExecStatusType status = PQresultStatus(owned);
    if (status == PGRES_PIPELINE_SYNC) return finish_front();
    if (request.answered == request.statements.size()) {
        // Deferred constraints are checked at the sync.
        if (status == PGRES_FATAL_ERROR) note_error(request, request.statements.back().name, owned);
        return;
    }
    Statement& statement = request.statements[request.answered];
    if (statement.prepare_sent && !statement.prepare_answered) {
        statement.prepare_answered = true;
        if (status == PGRES_COMMAND_OK) return;
        prepared_.erase(statement.name);
        if (status == PGRES_FATAL_ERROR) note_error(request, statement.name, owned);
        return;
    }
    take_answer(request, statement, owned);
    if (request.all_rows) request.all_rows->push_back(result);
    if (++request.answered == request.statements.size()) request.rows = std::move(result);
}

void Connection::take_answer(Request& request, Statement& statement, pg_result* result) {
    switch (PQresultStatus(result)) {
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK: break;
        case PGRES_PIPELINE_ABORTED: return;  // an earlier one of the same request failed
        default: return note_error(request, statement.name, result);
    }
    if (statement.expect == Expect::one_row && std::string_view{PQcmdTuples(result)} != "1") {
        const std::string defect =
            fmt::format("{} touched {} rows instead of one", statement.name, PQcmdTuples(result));
        assertion_failed(defect.c_str(), __FILE__, __LINE__);
    }
    if (statement.expect == Expect::commit && std::string_view{PQcmdStatus(result)} != "COMMIT" &&
        !request.error)
        request.error = std::make_exception_ptr(
            Error(std::string{statement.name}, "25P02", "", "the transaction had failed before"));
}

// Only the primary message: the detail of a violation quotes the row, which does not belong in
// logs.
void Connection::note_error(Request& request, std::string_view statement, const pg_result* result) {
    if (request.error) return;
    const std::string_view state = field(result, PG_DIAG_SQLSTATE);
    std::string text{field(result, PG_DIAG_MESSAGE_PRIMARY)};
    if (text.empty()) text = trimmed(PQresultErrorMessage(result));
    if (means_unavailable(state)) {
        request.error =
            std::make_exception_ptr(Unavailable(fmt::format("{}: {}", statement, text)));
        return;
    }
    request.was_unprepared = state == "26000";
    request.error = std::make_exception_ptr(
        Error(std::string{statement}, std::string{state},
              std::string{field(result, PG_DIAG_CONSTRAINT_NAME)}, std::move(text)));
}

void Connection::finish_front() {
    Request request = std::move(requests_.front());
    requests_.pop_front();
    // The request ahead, which was to prepare the statement, failed to: this one never ran.
    if (request.was_unprepared && !request.was_repeated && request.statements.size() == 1) {
        Request again{.statements = std::move(request.statements),
                      .done = std::move(request.done),
                      .sent_at = request.sent_at,
                      .was_repeated = true,
                      .all_rows = std::move(request.all_rows)};
        if (again.all_rows) again.all_rows->clear();
        Statement& statement = again.statements.front();
        statement.prepare_sent = statement.prepare_answered = false;
        prepared_.erase(statement.name);
        requests_.push_back(std::move(again));
        return send(requests_.back());
    }
    if (options_.on_answer)
        options_.on_answer(request.statements.back().name, progress_ - request.sent_at);
    if (request.error) request.rows = Rows{};
    if (request.done)
        finished_.push_back(
            {std::move(request.done), std::move(request.error), std::move(request.rows)});
}

// Resumes the waiting coroutines, which may use, lose or close this connection.
void Connection::report_finished() {
    std::vector<Finished> finished;
    finished.swap(finished_);
    for (Finished& one : finished) one.done(std::move(one.error), std::move(one.rows));
    if (finished_.empty()) {
        finished.clear();
        finished_.swap(finished);  // keeps the memory
    }
}

void Connection::report_notifications() {
    while (PGnotify* notify = PQnotifies(conn_)) {
        const std::unique_ptr<PGnotify, decltype(&PQfreemem)> owner(notify, &PQfreemem);
        if (events_.notified) events_.notified(notify->relname, notify->extra);
    }
}

void Connection::lose(std::string reason) {
    const bool was_up = std::exchange(up_, false);
    boost::system::error_code ignored;
    socket_.close(ignored);
    PQfinish(std::exchange(conn_, nullptr));
    write_waits_ = false;
    prepared_.clear();
    last_failure_ = std::move(reason);
    std::deque<Request> lost;
    lost.swap(requests_);
    for (Request& request : lost) fail_later(io_, std::move(request.done), last_failure_);
    if (was_up && !closed_) events_.went_down(*this);
}

}  // namespace taama::pg
