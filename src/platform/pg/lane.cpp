#include "platform/pg/lane.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

#include "platform/pg/db.hpp"
#include "platform/pg/db_impl.hpp"

namespace taama::pg {

Lease::Lease(std::shared_ptr<Lane> lane, std::shared_ptr<Connection> connection)
    : lane_(std::move(lane)),
      connection_(std::move(connection)),
      session_(connection_->session()) {}

Lease::~Lease() {
    if (connection_) lane_->give_back(std::move(connection_));
}

Task<Rows> Lease::run(std::vector<Statement> statements) const {
    return connection_->run(std::move(statements), session_);
}

void Lease::run_unanswered(Statement statement) const {
    Request request;
    request.statements.push_back(std::move(statement));
    push(std::move(request));
}

void Lease::push(Request request) const { connection_->push(std::move(request), session_); }

bool Lease::is_lost() const { return !connection_->is_up() || connection_->session() != session_; }

Lane::Lane(asio::io_context& io, LaneOptions options, std::function<void()> on_up)
    : io_(io), options_(std::move(options)), on_up_(std::move(on_up)) {}

void Lane::start() { grow(); }

void Lane::close() {
    closed_ = true;
    for (Waiter& waiter : waiters_)
        refuse_later(std::move(waiter.granted), "the database connections are being closed");
    waiters_.clear();
    idle_.clear();
    for (const auto& connection : all_) connection->close();
    all_.clear();
}

void Lane::check(SteadyTime now) {
    for (const auto& connection : all_) connection->check(now);
    const auto patience =
        is_up() ? options_.acquire_timeout : std::min(options_.acquire_timeout, away_patience);
    while (!waiters_.empty() && now - waiters_.front().since >= patience) {
        refuse_later(std::move(waiters_.front().granted),
                     is_up() ? "all database connections are in use"
                             : "PostgreSQL is away: " + last_failure());
        waiters_.pop_front();
        tell("pg.refused", {});
    }
}

bool Lane::is_up() const {
    return std::ranges::any_of(all_, [](const auto& connection) { return connection->is_up(); });
}

std::string Lane::last_failure() const {
    return all_.empty() ? std::string{} : all_.front()->last_failure();
}

Task<Lease> Lane::acquire() {
    return asio::async_initiate<const asio::use_awaitable_t<Executor>,
                                void(std::exception_ptr, Lease)>(
        [self = shared_from_this()](auto handler) { self->wait_for_lease(std::move(handler)); },
        use_task);
}

void Lane::grow() {
    if (closed_ || static_cast<int>(all_.size()) >= options_.connections) return;
    all_.push_back(std::make_shared<Connection>(
        io_, options_.connection,
        Connection::Events{
            .came_up = [this](Connection& connection) { came_up(connection); },
            .went_down = [this](const Connection& connection) { went_down(connection); },
            .notified = {}}));
    all_.back()->start();
}

void Lane::wait_for_lease(Granted granted) {
    if (closed_) return refuse_later(std::move(granted), database_is_closed);
    if (idle_.empty()) {
        waiters_.push_back({std::move(granted), std::chrono::steady_clock::now()});
        return grow();
    }
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    grant(std::move(granted), std::move(connection));
}

// To the first waiter, else to the idle ones.
void Lane::offer(std::shared_ptr<Connection> connection) {
    if (waiters_.empty()) {
        idle_.push_back(std::move(connection));
        return;
    }
    Waiter waiter = std::move(waiters_.front());
    waiters_.pop_front();
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - waiter.since;
    tell("pg.waited", {{"seconds", waited.count()}});
    grant(std::move(waiter.granted), std::move(connection));
}

// Never calls the waiter back before it returns.
void Lane::grant(Granted granted, std::shared_ptr<Connection> connection) {
    leased_.push_back(connection.get());
    tell("pg.taken", {});
    asio::post(io_, [granted = std::move(granted),
                     lease = Lease{shared_from_this(), std::move(connection)}]() mutable {
        granted(nullptr, std::move(lease));
    });
}

void Lane::give_back(std::shared_ptr<Connection> connection) {
    std::erase(leased_, connection.get());
    if (closed_) return;  // who counts may be gone
    tell("pg.given_back", {});
    if (connection->is_up()) offer(std::move(connection));
}

void Lane::came_up(Connection& connection) {
    // Whoever still holds it from its earlier session gives it back first.
    if (std::ranges::find(leased_, &connection) == leased_.end())
        offer(connection.shared_from_this());
    on_up_();
}

void Lane::went_down(const Connection& connection) {
    std::erase_if(idle_, [&](const auto& idle) { return idle.get() == &connection; });
}

void Lane::tell(std::string_view fact, telemetry::Details details) const {
    if (options_.facts == nullptr) return;
    details["lane"] = options_.name;
    options_.facts->tell(fact, details);
}

void Lane::refuse_later(Granted granted, const std::string& reason) {
    auto error = std::make_exception_ptr(Unavailable(reason));
    asio::post(io_, [granted = std::move(granted), error = std::move(error)]() mutable {
        granted(std::move(error), Lease{});
    });
}

}  // namespace taama::pg
