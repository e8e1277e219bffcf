#include "modules/carpool/position_watcher.hpp"

#include "platform/json/node.hpp"
#include "platform/task_group.hpp"

namespace taama::carpool {

namespace {

constexpr Seconds frame_pause{2};
constexpr std::chrono::hours sleep_max{1};  // the clock may be moved meanwhile

std::optional<PositionView> read_position(const std::string& data) {
    const auto node = json::parse(data);
    if (!node) return std::nullopt;
    static const json::ReadContext context;
    json::Problems problems;
    json::Reader reader{context, problems};
    PositionView position;
    json::Codec<PositionView>::read(reader, *node, position);
    return problems.empty() ? std::optional{position} : std::nullopt;
}

// Also when it fails: the next position may go out.
struct WhileSending {
    bool& flag;
    explicit WhileSending(bool& is_sending) : flag(is_sending) { flag = true; }
    ~WhileSending() { flag = false; }
    WhileSending(const WhileSending&) = delete;
};

}  // namespace

PositionView to_view(const drivers::LastPosition& position, UtcTime now) {
    return {position.at,        position.received_at, position.point.lat,
            position.point.lon, position.accuracy_m,  position.speed_mps,
            position.bearing,   std::nullopt,         now - position.at > stale_after};
}

Task<std::optional<std::int32_t>> eta_to(const Deps& deps, const std::optional<LatLon>& pickup,
                                         LatLon from) {
    if (!pickup) co_return std::nullopt;
    const Route route = co_await deps.routing.route({from, *pickup});
    co_return route.drive_s();
}

PositionWatcher::PositionWatcher(const Deps& deps, std::shared_ptr<ws::Socket> socket,
                                 Watching watching)
    : deps_(deps),
      socket_(std::move(socket)),
      watching_(std::move(watching)),
      wake_(socket_->executor()) {}

void PositionWatcher::show(PositionView position) {
    // Nodes send each other what they have; an older one may come later.
    if (newest_ && position.at < newest_->at) return;
    newest_ = std::move(position);
    is_sent_ = is_stale_ = false;
    look();
}

void PositionWatcher::send(ws::Frame frame) {
    if (frame.type == boarded_frame) {
        watching_.pickup.reset();
        if (newest_) show(*newest_);
    } else if (frame.type != position_frame) {
        socket_->send(std::move(frame));
    } else if (auto position = read_position(frame.data)) {
        show(std::move(*position));
    }
}

void PositionWatcher::close(ws::Close code, std::string reason) {
    socket_->close(code, std::move(reason));
}

std::optional<UtcTime> PositionWatcher::next_frame_at() const {
    const UtcTime earliest = sent_at_ + frame_pause;
    if (!newest_ || is_stale_) return std::nullopt;
    if (!is_sent_) return earliest;
    return std::max<UtcTime>(earliest, newest_->at + stale_after + Microseconds{1});
}

Task<void> PositionWatcher::send_newest(std::shared_ptr<PositionWatcher> self) {
    {
        const WhileSending sending{self->is_sending_};
        const UtcTime now = self->deps_.clock.now();
        self->is_sent_ = true;
        self->sent_at_ = now;
        PositionView shown = *self->newest_;
        self->is_stale_ = shown.stale = now - shown.at > stale_after;
        shown.eta_to_you_s =
            co_await eta_to(self->deps_, self->watching_.pickup, {shown.lat, shown.lon});
        self->socket_->send({std::string{position_frame},
                             {},
                             now,
                             json::to_json(shown),
                             std::string{position_frame}});
    }
    self->look();
}

void PositionWatcher::look() {
    if (is_sending_ || is_over_) return;
    const UtcTime now = deps_.clock.now();
    if (now >= watching_.closes_at) {
        is_over_ = true;
        socket_->send({std::string{ended_frame}, {}, now, R"({"reason":"closed"})"});
        socket_->close(ws::Close::normal, "ended");
        return;
    }
    const auto due = next_frame_at();
    if (due && now >= *due) {
        is_sending_ = true;
        spawn_alone(executor(), "carpool.position_watcher", send_newest(shared_from_this()));
        return;
    }
    const UtcTime until = std::min(due.value_or(watching_.closes_at), watching_.closes_at);
    wake_.expires_after(std::min<Microseconds>(until - now, sleep_max));
    wake_.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
        if (const auto self = weak.lock(); self && !cancelled) self->look();
    });
}

}  // namespace taama::carpool
