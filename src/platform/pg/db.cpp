#include "platform/pg/db.hpp"

#include <fmt/format.h>
#include <boost/asio/redirect_error.hpp>

#include "platform/assert.hpp"
#include "platform/pg/db_impl.hpp"
#include "platform/pg/tx.hpp"
#include "platform/pg/tx_state.hpp"

namespace taama::pg {

namespace {

constexpr std::chrono::milliseconds tick_interval{50};
constexpr std::chrono::seconds first_connect_limit{5};
constexpr std::chrono::hours long_statement_timeout{1};

std::vector<Statement> only(Statement statement) {
    std::vector<Statement> statements;
    statements.push_back(std::move(statement));
    return statements;
}

Task<Rows> run_leased(std::shared_ptr<Lane> lane, Statement statement) {
    const Lease lease = co_await lane->acquire();
    co_return co_await lease.run(only(std::move(statement)));
}

}  // namespace

Error::Error(std::string statement_name, std::string state, std::string constraint_name,
             std::string text)
    : std::runtime_error(fmt::format("{}: {} ({})", statement_name, text, state)),
      statement(std::move(statement_name)),
      sqlstate(std::move(state)),
      constraint(std::move(constraint_name)) {}

bool Error::can_retry() const { return sqlstate == "40001" || sqlstate == "40P01"; }

bool is_unavailable(const std::exception_ptr& failure) {
    try {
        if (failure) std::rethrow_exception(failure);
    } catch (const Unavailable&) {
        return true;
    } catch (...) {
        return false;
    }
    return false;
}

Db::Impl::Impl(asio::io_context& io_context, Options all_options)
    : io(io_context), options(std::move(all_options)), ticker(io_context), changed(io_context) {
    const ConnectionOptions quick{options.url, options.statement_timeout, options.on_answer};
    exclusive = lane("exclusive", options.exclusive_connections, options.statement_timeout);
    groups = std::make_shared<Groups>(io, exclusive);
    slow = lane("slow", options.slow_connections, options.slow_statement_timeout);
    if (!options.pipelining)
        unpipelined = lane("shared", options.shared_connections, options.statement_timeout);
    for (int i = 0; options.pipelining && i < options.shared_connections; ++i)
        shared.push_back(std::make_shared<Connection>(
            io, quick,
            Connection::Events{.came_up = [this](Connection&) { shared_came_up(); },
                               .went_down = [](const Connection&) {},
                               .notified = {}}));
}

std::shared_ptr<Lane> Db::Impl::lane(std::string_view name, int connections,
                                     std::chrono::milliseconds statement_timeout) {
    return std::make_shared<Lane>(io,
                                  LaneOptions{name,
                                              connections,
                                              {options.url, statement_timeout, options.on_answer},
                                              options.acquire_timeout,
                                              options.facts},
                                  [this] { changed.cancel(); });
}

Lane& Db::Impl::lasting_lane() {
    if (!lasting) {
        lasting = lane("long", 1, long_statement_timeout);
        lasting->start();
        if (closed) lasting->close();
    }
    return *lasting;
}

void Db::Impl::start() {
    exclusive->start();
    slow->start();
    if (unpipelined) unpipelined->start();
    for (const auto& connection : shared) connection->start();
    tick();
}

void Db::Impl::close() {
    if (std::exchange(closed, true)) return;
    ticker.cancel();
    changed.cancel();
    listener.reset();
    groups->close();
    exclusive->close();
    slow->close();
    if (lasting) lasting->close();
    if (unpipelined) unpipelined->close();
    for (const auto& connection : shared) connection->close();
    std::deque<Waiting> refused;
    refused.swap(waiting);
    for (Waiting& one : refused) fail_later(io, std::move(one.request.done), database_is_closed);
}

// Deadlines are looked at in passing, instead of a timer for each wait.
void Db::Impl::tick() {
    const SteadyTime now = std::chrono::steady_clock::now();
    exclusive->check(now);
    groups->check(now);
    slow->check(now);
    if (lasting) lasting->check(now);
    if (unpipelined) unpipelined->check(now);
    for (const auto& connection : shared) connection->check(now);
    if (listener) listener->check(now);
    while (!waiting.empty() && now - waiting.front().since >= away_patience) {
        fail_later(io, std::move(waiting.front().request.done),
                   "PostgreSQL is away: " + shared.front()->last_failure());
        waiting.pop_front();
    }
    ticker.expires_after(tick_interval);
    ticker.async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
        const auto self = weak.lock();
        if (self && !cancelled && !self->closed) self->tick();
    });
}

Task<Rows> Db::Impl::run_shared(Statement statement) {
    if (unpipelined) return run_leased(unpipelined, std::move(statement));
    return asio::async_initiate<const asio::use_awaitable_t<Executor>,
                                void(std::exception_ptr, Rows)>(
        [self = shared_from_this()](auto handler, std::vector<Statement> statements) {
            self->push_shared(
                Request{.statements = std::move(statements), .done = std::move(handler)});
        },
        use_task, only(std::move(statement)));
}

void Db::Impl::push_shared(Request request) {
    if (closed) return fail_later(io, std::move(request.done), database_is_closed);
    if (Connection* connection = least_busy())
        return connection->push(std::move(request), connection->session());
    if (waiting.size() >= pending_max)
        return fail_later(io, std::move(request.done), "too many statements wait for PostgreSQL");
    waiting.push_back({std::move(request), std::chrono::steady_clock::now()});
}

Connection* Db::Impl::least_busy() const {
    Connection* best = nullptr;
    for (const auto& connection : shared) {
        if (!connection->is_up()) continue;
        if (best == nullptr || connection->pending() < best->pending()) best = connection.get();
    }
    return best;
}

void Db::Impl::shared_came_up() {
    std::deque<Waiting> ready;
    ready.swap(waiting);
    for (Waiting& one : ready) push_shared(std::move(one.request));
    changed.cancel();
}

void Db::Impl::announce(std::string_view topic) const {
    for (const auto& [name, callback] : announcements) {
        if (name == topic) callback();
    }
}

Db::Db(asio::io_context& io, Options options)
    : impl_(std::make_shared<Impl>(io, std::move(options))) {
    impl_->start();
}

Db::~Db() { close(); }

void Db::close() { impl_->close(); }

bool Db::is_up() const {
    return impl_->unpipelined ? impl_->unpipelined->is_up() : impl_->least_busy() != nullptr;
}

Task<void> Db::connect() {
    const auto impl = impl_;
    const SteadyTime limit = std::chrono::steady_clock::now() + first_connect_limit;
    impl->changed.expires_at(limit);
    while (!impl->exclusive->is_up() || !impl->slow->is_up() || !is_up()) {
        if (std::chrono::steady_clock::now() >= limit || impl->closed)
            throw Unavailable("PostgreSQL is away: " + impl->exclusive->last_failure());
        boost::system::error_code cancelled;
        co_await impl->changed.async_wait(asio::redirect_error(use_task, cancelled));
    }
}

Task<Rows> Db::run_shared(const Sql& sql, Params params) {
    return impl_->run_shared(Statement{sql, std::move(params)});
}

Task<Rows> Db::run_slow(const Sql& sql, Params params) {
    return run_leased(impl_->slow, Statement{sql, std::move(params)});
}

Task<Tx> Db::begin() {
    auto impl = impl_;
    Lease lease = co_await impl->exclusive->acquire();
    co_return Tx{std::make_unique<Tx::State>(std::move(impl), carry_alone(std::move(lease)))};
}

Task<Tx> Db::begin_grouped() {
    auto impl = impl_;
    auto place = co_await impl->groups->join();
    co_return Tx{std::make_unique<Tx::State>(std::move(impl), std::move(place))};
}

Task<Tx> Db::begin_long() {
    auto impl = impl_;
    Lease lease = co_await impl->lasting_lane().acquire();
    co_return Tx{std::make_unique<Tx::State>(std::move(impl), carry_alone(std::move(lease)))};
}

void Db::tell(std::string_view fact, const telemetry::Details& details) const {
    if (impl_->options.facts != nullptr) impl_->options.facts->tell(fact, details);
}

void Db::on_announcement(std::string_view topic, std::function<void()> callback) {
    impl_->announcements.emplace_back(topic, std::move(callback));
}

void Db::listen(std::string channel, std::function<void(std::string_view payload)> handler) {
    if (!impl_->listener)
        impl_->listener = std::make_unique<Listener>(
            impl_->io, ConnectionOptions{impl_->options.url, impl_->options.statement_timeout, {}});
    impl_->listener->listen(std::move(channel), std::move(handler));
}

}  // namespace taama::pg
