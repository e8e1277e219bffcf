// A crowd of WebSockets that costs little itself.
//
//     bench_sockets --port 8080 --requests FILE [--frames 10 --interval 2.2]
//
// FILE holds upgrade requests as for bench_load. All are opened; one line of JSON tells how many
// are; then it waits until stdin ends, answering pings. With --frames the first socket is a
// driver's and the others watch him: for a line of input as many of his positions are sent one
// after the other, and a second line says how long each took to reach each watcher, in microseconds
// from the moment it was sent.

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/requests_file.hpp"

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock>;
using boost::system::error_code;

struct Options {
    std::uint16_t port = 0;
    std::string requests_file;
    int frames = 0;
    double interval_seconds = 2.2;
};

constexpr std::size_t opening_at_once = 64;
constexpr auto patience = std::chrono::seconds{10};

enum class Opcode : std::uint8_t { text = 1, close = 8, ping = 9, pong = 10 };

// Clients mask what they send; zeros do.
std::string masked_frame(Opcode opcode, std::string_view payload) {
    std::string frame;
    frame += static_cast<char>(0x80 | static_cast<int>(opcode));
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80 | payload.size());
    } else {
        frame += static_cast<char>(0x80 | 126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size() & 0xff);
    }
    frame.append(4, '\0');
    frame += payload;
    return frame;
}

struct Frame {
    Opcode opcode;
    std::string_view payload;
    std::size_t size;  // with its head
};

// Of what a server sent; nullopt while it is not there in full.
std::optional<Frame> first_frame(std::string_view bytes) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); };
    if (bytes.size() < 2) return std::nullopt;
    std::size_t head = 2;
    std::size_t length = byte(1) & 0x7f;
    if (length >= 126) {
        const std::size_t wide = length == 126 ? 2 : 8;
        head += wide;
        if (bytes.size() < head) return std::nullopt;
        length = 0;
        for (std::size_t i = 2; i < head; ++i) length = length << 8 | byte(i);
    }
    if (bytes.size() < head + length) return std::nullopt;
    return Frame{static_cast<Opcode>(byte(0) & 0x0f), bytes.substr(head, length), head + length};
}

class Crowd {
public:
    Crowd(asio::io_context& io, Options options, std::vector<std::string> requests)
        : io_(io),
          options_(std::move(options)),
          requests_(std::move(requests)),
          pace_(io),
          stdin_(io, dup(0)) {}

    void run() {
        while (begun_ < std::min(opening_at_once, requests_.size())) open_next();
        io_.run();
    }

private:
    struct Member : std::enable_shared_from_this<Member> {
        Crowd& crowd;
        tcp::socket socket;
        std::string received;
        std::array<char, 1024> chunk{};
        bool upgraded = false;
        bool waits = false;  // for the position on its way

        explicit Member(Crowd& owner) : crowd(owner), socket(owner.io_) {}

        void open(const std::string& request) {
            const tcp::endpoint server{asio::ip::address_v4::loopback(), crowd.options_.port};
            socket.async_connect(server, [self = shared_from_this(), &request](error_code code) {
                if (code) return self->failed();
                self->send(request);
                self->read_on();
            });
        }
        void send(std::string text) {
            const auto kept = std::make_shared<std::string>(std::move(text));
            asio::async_write(socket, asio::buffer(*kept),
                              [self = shared_from_this(), kept](error_code, std::size_t) {});
        }
        void read_on() {
            socket.async_read_some(asio::buffer(chunk),
                                   [self = shared_from_this()](error_code code, std::size_t size) {
                                       if (code) return self->failed();
                                       self->received.append(self->chunk.data(), size);
                                       if (self->understand()) self->read_on();
                                   });
        }
        // False when the socket is of no use any more.
        bool understand() {
            if (!upgraded) {
                const auto head = received.find("\r\n\r\n");
                if (head == std::string::npos) return true;
                if (!received.starts_with("HTTP/1.1 101")) return failed(), false;
                received.erase(0, head + 4);
                upgraded = true;
                crowd.opened();
            }
            while (const auto frame = first_frame(received)) {
                if (frame->opcode == Opcode::close) return failed(), false;
                if (frame->opcode == Opcode::ping) send(masked_frame(Opcode::pong, frame->payload));
                const bool position =
                    frame->payload.find(R"("type":"position")") != std::string_view::npos;
                if (position && std::exchange(waits, false)) crowd.reached();
                received.erase(0, frame->size);
            }
            return true;
        }
        void failed() {
            if (std::exchange(gone, true)) return;
            if (upgraded) ++crowd.lost_;
            if (!upgraded) crowd.not_opened();
        }
        bool gone = false;
    };

    void open_next() {
        members_.push_back(std::make_shared<Member>(*this));
        members_.back()->open(requests_[begun_++]);
    }
    void opened() {
        ++open_;
        settled();
    }
    void not_opened() {
        ++refused_;
        settled();
    }
    void settled() {
        if (begun_ < requests_.size()) return open_next();
        if (open_ + refused_ < requests_.size()) return;
        // Whoever is refused by the rules is told so behind the upgrade.
        pace_.expires_after(std::chrono::milliseconds{500});
        pace_.async_wait([this](error_code) {
            say(fmt::format("{{\"open\":{},\"refused\":{},\"lost\":{}}}", open_, refused_, lost_));
            wait_for_input();
        });
    }

    void send_position() {
        const auto now = std::chrono::system_clock::now();
        waiting_ = 0;
        ++sent_;
        for (std::size_t i = 1; i < members_.size(); ++i) {
            members_[i]->waits = members_[i]->upgraded && !members_[i]->gone;
            waiting_ += members_[i]->waits ? 1 : 0;
        }
        // A device of its own for each run: what one has told counts once.
        const std::string text = fmt::format(
            R"({{"type":"positions","data":{{"device_id":"bench-{:020}","points":)"
            R"([{{"seq":{},"at":"{:%FT%TZ}","lat":5.36,"lon":{:.5f},"accuracy_m":5}}]}}}})",
            begun_at_, sent_, fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
            -4.0 + sent_ * 1e-4);
        sent_at_ = Clock::now();
        members_.front()->send(masked_frame(Opcode::text, text));
        const bool last = sent_ == options_.frames;
        pace_.expires_after(last ? Clock::duration{patience}
                                 : std::chrono::duration_cast<Clock::duration>(
                                       std::chrono::duration<double>(options_.interval_seconds)));
        pace_.async_wait([this, last](error_code code) {
            missed_ += waiting_;
            if (last) return tell_latencies();
            if (!code) send_position();
        });
    }
    void reached() {
        latencies_us_.push_back(
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - sent_at_).count());
        if (--waiting_ == 0 && sent_ == options_.frames) pace_.cancel();
    }

    void tell_latencies() {
        std::ranges::sort(latencies_us_);
        const auto at = [&](double share) -> std::int64_t {
            if (latencies_us_.empty()) return 0;
            return latencies_us_[static_cast<std::size_t>(
                share * static_cast<double>(latencies_us_.size() - 1))];
        };
        say(fmt::format("{{\"delivered\":{},\"missed\":{},\"p50\":{},\"p99\":{},\"max\":{}}}",
                        latencies_us_.size(), missed_, at(0.5), at(0.99), at(1)));
    }
    static void say(const std::string& line) {
        fmt::print("{}\n", line);
        std::fflush(stdout);
    }
    void wait_for_input() {
        stdin_.async_read_some(asio::buffer(input_), [this](error_code code, std::size_t) {
            if (code) return io_.stop();
            if (options_.frames > 0) send_position();
            wait_for_input();
        });
    }

    asio::io_context& io_;
    Options options_;
    std::vector<std::string> requests_;
    std::vector<std::shared_ptr<Member>> members_;
    std::size_t begun_ = 0;
    std::size_t open_ = 0;
    std::size_t refused_ = 0;
    std::size_t lost_ = 0;
    std::int64_t begun_at_ = std::chrono::system_clock::now().time_since_epoch().count();
    int sent_ = 0;
    std::size_t waiting_ = 0;
    std::size_t missed_ = 0;
    Clock::time_point sent_at_;
    std::vector<std::int64_t> latencies_us_;
    Timer pace_;
    asio::posix::stream_descriptor stdin_;
    std::array<char, 64> input_{};
};

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"Opens WebSockets"};
    app.add_option("--port", options.port)->required();
    app.add_option("--requests", options.requests_file)->required();
    app.add_option("--frames", options.frames);
    app.add_option("--interval", options.interval_seconds);
    CLI11_PARSE(app, argc, argv);
    try {
        asio::io_context io{1};
        auto requests = taama::benchmarks::read_requests(options.requests_file);
        Crowd crowd{io, std::move(options), std::move(requests)};
        crowd.run();
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_sockets: {}\n", error.what());
        return 1;
    }
}
