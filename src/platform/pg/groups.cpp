#include "platform/pg/groups.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>

#include "platform/pg/db.hpp"
#include "platform/pg/group.hpp"

namespace taama::pg {

namespace {

constexpr std::size_t flows_max = 32;
// A group that takes longer is waited for no more.
constexpr std::chrono::milliseconds patience{50};
// Where so many come at once, the next group waits a little for those whom the last one answered.
constexpr std::size_t crowd = 4;
constexpr std::chrono::milliseconds linger{1};

}  // namespace

Groups::Groups(asio::io_context& io, std::shared_ptr<Lane> lane)
    : io_(io), lane_(std::move(lane)), linger_(io) {}

Task<std::unique_ptr<Carrier>> Groups::join() {
    return asio::async_initiate<const asio::use_awaitable_t<Executor>,
                                void(std::exception_ptr, std::unique_ptr<Carrier>)>(
        [self = shared_from_this()](auto joined) { self->wait(std::move(joined)); }, use_task);
}

void Groups::wait(Joined joined) {
    if (closed_ || waiting_.size() >= pending_max)
        return refuse_later(std::move(joined),
                            std::make_exception_ptr(Unavailable(
                                closed_ ? database_is_closed : "too many wait for a group")));
    waiting_.push_back(std::move(joined));
    if (lingers_ && waiting_.size() >= expected_) linger_.cancel();
    const bool must_wait = under_way_ > 0 && !takes_long(std::chrono::steady_clock::now());
    if (must_wait || lingers_ || std::exchange(starting_, true)) return;
    // Not yet: whose requests were read in the same turn of the loop, come along.
    asio::post(io_, [self = shared_from_this()] { self->start(); });
}

bool Groups::takes_long(SteadyTime now) const { return now - last_start_ > patience; }

void Groups::start() {
    starting_ = false;
    if (waiting_.empty() || closed_) return;
    const std::size_t count = std::min(waiting_.size(), flows_max);
    std::vector<Joined> flows;
    for (std::size_t i = 0; i < count; ++i) {
        flows.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    ++under_way_;
    last_start_ = std::chrono::steady_clock::now();
    asio::co_spawn(io_, lane_->acquire(),
                   [self = shared_from_this(), flows = std::move(flows)](
                       const std::exception_ptr& failure, Lease lease) mutable {
                       self->begin(std::move(flows), failure, std::move(lease));
                   });
}

void Groups::begin(std::vector<Joined> flows, const std::exception_ptr& failure, Lease lease) {
    if (failure) {
        ended(flows.size(), failure);
        for (Joined& joined : flows) joined(failure, nullptr);
        return;
    }
    const auto group =
        Group::make(io_, std::move(lease), flows.size(),
                    [self = shared_from_this(), count = flows.size()](
                        const std::exception_ptr& outage) { self->ended(count, outage); });
    std::erase_if(groups_, [](const auto& each) { return each.expired(); });
    groups_.push_back(group);
    std::vector<std::unique_ptr<Carrier>> places;
    for (std::size_t i = 0; i < flows.size(); ++i) places.push_back(group->place(i));
    for (std::size_t i = 0; i < flows.size(); ++i) flows[i](nullptr, std::move(places[i]));
}

void Groups::ended(std::size_t flows, const std::exception_ptr& failure) {
    --under_way_;
    if (failure && !lane_->is_up())
        for (Joined& joined : std::exchange(waiting_, {})) refuse_later(std::move(joined), failure);
    expected_ = std::min(flows + waiting_.size(), flows_max);
    if (starting_ || lingers_ || closed_) return;
    if (expected_ < crowd || waiting_.size() >= expected_) return start();
    lingers_ = true;
    linger_.expires_after(linger);
    linger_.async_wait([self = shared_from_this()](boost::system::error_code) {
        self->lingers_ = false;
        self->start();
    });
}

void Groups::check(SteadyTime now) {
    if (!waiting_.empty() && !starting_ && !lingers_ && takes_long(now)) start();
}

void Groups::close() {
    closed_ = true;
    linger_.cancel();
    const auto failure = std::make_exception_ptr(Unavailable(database_is_closed));
    for (Joined& joined : std::exchange(waiting_, {})) refuse_later(std::move(joined), failure);
    for (const auto& each : groups_)
        if (const auto group = each.lock()) group->close();
}

void Groups::refuse_later(Joined joined, const std::exception_ptr& failure) {
    asio::post(io_, [joined = std::move(joined), failure]() mutable { joined(failure, nullptr); });
}

}  // namespace taama::pg
