#pragma once

// What one watcher sees of a driver: the newest position with the time until he is there, at most
// every 2 s; a last one when the driver has fallen silent; the end.

#include <memory>
#include <string>

#include "modules/carpool/deps.hpp"
#include "modules/carpool/driver_location.hpp"
#include "platform/timer.hpp"
#include "platform/ws/socket.hpp"

namespace taama::carpool {

inline constexpr Seconds stale_after{60};

// What is known of the position, as this watcher may see it.
PositionView to_view(const drivers::LastPosition& position, UtcTime now);
// The drive from the position to the pick-up; nothing without one.
Task<std::optional<std::int32_t>> eta_to(const Deps& deps, const std::optional<LatLon>& pickup,
                                         LatLon from);

// Follows the topics of a trip in place of the watcher's socket. Used on the socket's thread.
class PositionWatcher final : public ws::Follower,
                              public std::enable_shared_from_this<PositionWatcher> {
public:
    struct Watching {
        std::optional<LatLon> pickup;  // until the watcher is on board
        UtcTime closes_at;
    };
    PositionWatcher(const Deps& deps, std::shared_ptr<ws::Socket> socket, Watching watching);

    void show(PositionView position);
    // Sends what is due, now and later, until the window closes.
    void look();

    void send(ws::Frame frame) override;
    void close(ws::Close code, std::string reason) override;
    Executor executor() const override { return socket_->executor(); }

private:
    std::optional<UtcTime> next_frame_at() const;
    static Task<void> send_newest(std::shared_ptr<PositionWatcher> self);

    const Deps& deps_;
    std::shared_ptr<ws::Socket> socket_;
    Watching watching_;
    std::optional<PositionView> newest_;
    bool is_over_ = false;
    bool is_sending_ = false;
    bool is_sent_ = false;   // the newest
    bool is_stale_ = false;  // and the watcher knows that it is old
    UtcTime sent_at_{};
    Timer wake_;
};

}  // namespace taama::carpool
