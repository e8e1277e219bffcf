#include "modules/carpool/position_watcher.hpp"

#include "modules/carpool/carpool_test_world.hpp"

namespace taama::carpool {
namespace {

using Io = asio::io_context;

// Writes down what the watcher would get.
class Recorder final : public ws::Socket {
public:
    explicit Recorder(Io& io) : io_(io) {}

    void send(ws::Frame frame) override { frames.push_back(std::move(frame)); }
    void close(ws::Close code, std::string reason) override {
        closed = fmt::format("{} {}", static_cast<int>(code), reason);
    }
    void drop() override {}
    Task<std::optional<ws::Message>> receive() override { co_return std::nullopt; }
    Executor executor() const override { return io_.get_executor(); }

    // The number that was given to each position as its speed, and what is said of it.
    std::string told() const {
        std::string text;
        for (const ws::Frame& frame : frames) {
            const auto data = boost::json::parse(frame.data).as_object();
            text += frame.type;
            if (const auto* number = data.if_contains("speed_mps"))
                text += fmt::format(" {}", number->to_number<int>());
            if (const auto* stale = data.if_contains("stale"); stale && stale->as_bool())
                text += " stale";
            text += ";";
        }
        return text;
    }
    Task<void> wait_for(std::string_view want) const {
        for (int i = 0; told() != want && i < 500; ++i) co_await sleep_for(10ms);
        EXPECT_EQ(told(), want);
    }

    std::vector<ws::Frame> frames;
    std::string closed;

private:
    Io& io_;
};

PositionView position(int number, UtcTime at) {
    PositionView view;
    view.at = view.received_at = at;
    view.lat = plateau.lat;
    view.lon = plateau.lon;
    view.speed_mps = number;
    return view;
}
ws::Frame frame_of(const PositionView& view) {
    return {
        .type = std::string{position_frame}, .id = {}, .at = view.at, .data = json::to_json(view)};
}

struct Watched {
    Watched(Io& io, World& world, UtcTime closes_at)
        : socket(std::make_shared<Recorder>(io)),
          watcher(std::make_shared<PositionWatcher>(
              world.deps, socket, PositionWatcher::Watching{plateau, closes_at})) {
        watcher->look();
    }
    std::shared_ptr<Recorder> socket;
    std::shared_ptr<PositionWatcher> watcher;
};

TEST(PositionWatcher, TheNewestAtMostEveryTwoSeconds_S1_103) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const UtcTime now = world.clock.now();
        Watched watched{io, world, now + 1h};
        watched.watcher->show(position(1, now));
        co_await watched.socket->wait_for("position 1;");
        watched.watcher->send(frame_of(position(2, now + 1s)));
        watched.watcher->send(frame_of(position(4, now + 3s)));
        watched.watcher->send(frame_of(position(3, now + 2s)));  // came late
        for (int i = 0; i < 10; ++i) co_await sleep_for(1ms);
        EXPECT_EQ(watched.socket->told(), "position 1;");
        world.clock.advance(2s);
        watched.watcher->send(frame_of(position(5, now + 3s)));
        co_await watched.socket->wait_for("position 1;position 5;");
    });
}

TEST(PositionWatcher, TellsOnceThatHeFellSilent_S1_103) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const UtcTime now = world.clock.now();
        Watched watched{io, world, now + 1h};
        watched.watcher->show(position(1, now - 58s));
        co_await watched.socket->wait_for("position 1;");
        watched.watcher->send({.type = "other", .id = {}, .at = {}, .data = "{}"});
        co_await watched.socket->wait_for("position 1;other;position 1 stale;");
        world.clock.advance(1h - 1min);
        watched.watcher->show(position(2, now));
        co_await watched.socket->wait_for("position 1;other;position 1 stale;position 2 stale;");
    });
}

TEST(PositionWatcher, NobodyOnBoardWaits) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const UtcTime now = world.clock.now();
        Watched watched{io, world, now + 1h};
        PositionView there = position(1, now);
        there.lat = yamoussoukro.lat;
        there.lon = yamoussoukro.lon;
        watched.watcher->show(there);
        co_await watched.socket->wait_for("position 1;");
        const auto eta_of = [&](std::size_t frame) {
            return boost::json::parse(watched.socket->frames.at(frame).data).at("eta_to_you_s");
        };
        EXPECT_EQ(eta_of(0).to_number<int>(),
                  (co_await world.routing.route({yamoussoukro, plateau})).drive_s());
        world.clock.advance(2s);
        watched.watcher->send({.type = std::string{boarded_frame}, .id = {}, .at = {}, .data = {}});
        co_await watched.socket->wait_for("position 1;position 1;");
        EXPECT_TRUE(eta_of(1).is_null());
    });
}

TEST(PositionWatcher, TheWindowEnds_S1_103) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        Watched watched{io, world, world.clock.now() + 30ms};
        co_await watched.socket->wait_for("ended;");
        EXPECT_EQ(watched.socket->closed, "1000 ended");
    });
}

}  // namespace
}  // namespace taama::carpool
