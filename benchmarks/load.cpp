// An HTTP load generator that costs little itself: requests are bytes made beforehand, answers are
// only measured.
//
//     bench_load --port 8080 --requests FILE --connections 32 --seconds 5 [--warmup 1] [--once]
//     [--rate 1000 [--connections-max 256]]
//
// FILE holds the requests, see requests_file.hpp.
// Without --rate each connection sends the next request when it has the answer (closed loop); with
// it requests are due at fixed times whatever the server does, and latency counts from then on
// (open loop), so that a stall is not hidden by the client waiting for it. What was due in the
// measured time counts however late its answer is; what is unanswered after ten more seconds is
// told apart. In an open loop the connections take turns, and one more is opened when all are busy:
// servers that give each connection a thread until its first request would starve behind idle ones.
// --once sends every request at most once. Prints one JSON object; times are microseconds,
// `answered` includes the warm-up. It fails when nothing was answered in the measured time.

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmarks/requests_file.hpp"

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using boost::system::error_code;

constexpr auto patience = std::chrono::seconds{10};

struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string requests_file;
    std::size_t connections = 32;
    std::size_t connections_max = 0;  // of an open loop
    double seconds = 5;
    double warmup_seconds = 0;
    double rate = 0;  // requests a second; 0: closed loop
    bool once = false;
};

// What the answers were, apart from their content.
struct Tally {
    std::vector<std::uint32_t> latencies_us;
    std::map<int, std::uint64_t> by_status;
    std::uint64_t broken = 0;
    std::uint64_t answered = 0;  // measured or not
};

bool is_same_letter(char a, char b) { return a == b || (a | 0x20) == b; }

// Of the header `name`, in small letters; empty when `head` has none.
std::string_view header(std::string_view head, std::string_view name) {
    const auto found = std::ranges::search(head, name, is_same_letter);
    if (found.empty()) return {};
    const auto at = static_cast<std::size_t>(found.end() - head.begin());
    return head.substr(at, head.find("\r\n", at) - at);
}

class Load {
public:
    Load(asio::io_context& io, Options options, std::vector<std::string> requests)
        : io_(io),
          options_(std::move(options)),
          requests_(std::move(requests)),
          server_(asio::ip::make_address(options_.host), options_.port),
          pace_(io),
          give_up_(io) {}

    void run() {
        for (std::size_t i = 0; i < options_.connections; ++i) open_connection();
        begin_ = Clock::now();
        measured_from_ = begin_ + as_duration(options_.warmup_seconds);
        end_ = measured_from_ + as_duration(options_.seconds);
        if (options_.rate > 0)
            keep_pace();
        else
            while (!idle_.empty() && send_next(Clock::now())) {
            }
        give_up_.expires_at(end_ + patience);
        give_up_.async_wait([this](error_code code) {
            if (!code) io_.stop();
        });
        stop_waiting_when_done();
        io_.run();
    }

    void print() {
        auto& times = tally_.latencies_us;
        if (times.empty())
            throw std::runtime_error(
                fmt::format("nothing was answered in the measured time: {} unanswered, {} broken",
                            overdue_.size() + in_flight_, tally_.broken));
        std::ranges::sort(times);
        const auto at = [&](double share) {
            return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
        };
        // A rate counts what was answered in the measured time; with --once it may end early.
        const auto until = options_.once ? std::min(last_answer_, end_) : end_;
        const double seconds = std::chrono::duration<double>(until - measured_from_).count();
        std::string statuses;
        for (const auto& [status, count] : tally_.by_status)
            statuses += fmt::format("{}\"{}\":{}", statuses.empty() ? "" : ",", status, count);
        fmt::print(
            "{{\"requests\":{},\"seconds\":{:.3f},\"per_second\":{:.1f},\"p50\":{},\"p90\":{},"
            "\"p99\":{},\"p999\":{},\"max\":{},\"broken\":{},\"unanswered\":{},"
            "\"answered\":{},\"status\":{{{}}}}}\n",
            times.size(), seconds, seconds > 0 ? static_cast<double>(in_time_) / seconds : 0.0,
            at(0.5), at(0.9), at(0.99), at(0.999), at(1), tally_.broken,
            overdue_.size() + in_flight_, tally_.answered, statuses);
    }

private:
    struct Connection : std::enable_shared_from_this<Connection> {
        Load& load;
        tcp::socket socket;
        std::string received;
        std::array<char, 64 * 1024> chunk{};
        Clock::time_point due;

        explicit Connection(Load& owner) : load(owner), socket(owner.io_) {}

        void send(const std::string& request, Clock::time_point when) {
            due = when;
            received.clear();
            asio::async_write(socket, asio::buffer(request),
                              [self = shared_from_this()](error_code code, std::size_t) {
                                  if (code) return self->load.broke();
                                  self->read_on();
                              });
        }
        void read_on() {
            socket.async_read_some(asio::buffer(chunk),
                                   [self = shared_from_this()](error_code code, std::size_t size) {
                                       if (code) return self->load.broke();
                                       self->received.append(self->chunk.data(), size);
                                       if (const int status = self->status_when_whole())
                                           self->load.answered(self, status);
                                       else
                                           self->read_on();
                                   });
        }
        // 0 while the answer is not there in full.
        int status_when_whole() const {
            const std::string_view text{received};
            const auto head = text.find("\r\n\r\n");
            if (head == std::string_view::npos) return 0;
            const auto given = header(text.substr(0, head + 2), "\r\ncontent-length: ");
            if (given.empty() &&
                !header(text.substr(0, head + 2), "\r\ntransfer-encoding: ").empty())
                throw std::runtime_error("an answer without Content-Length");
            std::size_t length = 0;
            std::from_chars(given.data(), given.data() + given.size(), length);
            if (text.size() < head + 4 + length) return 0;
            int status = 0;
            std::from_chars(text.data() + 9, text.data() + 12, status);
            return status;
        }
    };

    static Clock::duration as_duration(double seconds) {
        return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    }

    void open_connection() {
        auto connection = std::make_shared<Connection>(*this);
        connection->socket.connect(server_);
        connection->socket.set_option(tcp::no_delay{true});
        idle_.push_back(std::move(connection));
        ++open_;
    }

    // False when there is nothing to send any more. In an open loop what was due is sent, late too.
    bool send_next(Clock::time_point due) {
        if (due >= end_ || (options_.once && next_ == requests_.size())) return false;
        auto connection = std::move(idle_.front());
        idle_.pop_front();
        ++in_flight_;
        connection->send(requests_[next_++ % requests_.size()], due);
        return true;
    }

    void answered(const std::shared_ptr<Connection>& connection, int status) {
        const auto now = Clock::now();
        const bool in_time = now >= measured_from_ && now <= end_;
        // An open loop asks when it was due, so that the late ones are not lost at the end.
        const bool open_loop = options_.rate > 0;
        const bool counts = open_loop ? connection->due >= measured_from_ : in_time;
        ++tally_.answered;
        --in_flight_;
        if (in_time) {
            ++in_time_;
            last_answer_ = now;
        }
        if (counts) {
            ++tally_.by_status[status];
            tally_.latencies_us.push_back(static_cast<std::uint32_t>(
                std::chrono::duration_cast<std::chrono::microseconds>(now - connection->due)
                    .count()));
        }
        idle_.push_back(connection);
        if (!open_loop) {
            send_next(now);
        } else if (!overdue_.empty()) {
            const auto due = overdue_.front();
            overdue_.pop_front();
            send_next(due);
        }
        stop_waiting_when_done();
    }

    void broke() {
        ++tally_.broken;
        --in_flight_;
        --open_;
        stop_waiting_when_done();
    }

    void stop_waiting_when_done() {
        const bool all_sent = options_.rate == 0 || all_issued_;
        if (all_sent && in_flight_ == 0) give_up_.cancel();
    }

    void keep_pace() {
        const auto now = Clock::now();
        for (;;) {
            const auto due = begin_ + as_duration(static_cast<double>(issued_) / options_.rate);
            if (due >= end_) break;
            if (due > now) {
                pace_.expires_at(due);
                pace_.async_wait([this](error_code) { keep_pace(); });
                return;
            }
            ++issued_;
            if (idle_.empty() && open_ < options_.connections_max) open_connection();
            if (idle_.empty())
                overdue_.push_back(due);
            else if (!send_next(due))
                break;
        }
        all_issued_ = true;
        stop_waiting_when_done();
    }

    asio::io_context& io_;
    Options options_;
    std::vector<std::string> requests_;
    std::size_t next_ = 0;
    tcp::endpoint server_;
    std::deque<std::shared_ptr<Connection>> idle_;
    std::size_t open_ = 0;
    std::deque<Clock::time_point> overdue_;
    std::uint64_t issued_ = 0;
    bool all_issued_ = false;
    std::size_t in_flight_ = 0;
    std::uint64_t in_time_ = 0;
    asio::basic_waitable_timer<Clock> pace_;
    asio::basic_waitable_timer<Clock> give_up_;
    Clock::time_point begin_;
    Clock::time_point measured_from_;
    Clock::time_point end_;
    Clock::time_point last_answer_ = Clock::time_point::max();
    Tally tally_;
};

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"Loads an HTTP server"};
    app.add_option("--host", options.host);
    app.add_option("--port", options.port)->required();
    app.add_option("--requests", options.requests_file)->required();
    app.add_option("--connections", options.connections);
    app.add_option("--connections-max", options.connections_max);
    app.add_option("--seconds", options.seconds);
    app.add_option("--warmup", options.warmup_seconds);
    app.add_option("--rate", options.rate);
    app.add_flag("--once", options.once);
    CLI11_PARSE(app, argc, argv);
    try {
        asio::io_context io{1};
        auto requests = taama::benchmarks::read_requests(options.requests_file);
        Load load{io, std::move(options), std::move(requests)};
        load.run();
        load.print();
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_load: {}\n", error.what());
        return 1;
    }
}
