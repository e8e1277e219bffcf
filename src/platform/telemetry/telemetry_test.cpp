#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json/parse.hpp>

#include <array>
#include <thread>

#include "platform/telemetry/log.hpp"
#include "platform/telemetry/metrics.hpp"
#include "platform/time/time.hpp"

namespace taama {
namespace {

// What is logged meanwhile goes through a pipe.
class LogPipe {
public:
    LogPipe() {
        EXPECT_EQ(pipe(ends_.data()), 0);
        log::set_output(ends_[1]);
    }
    ~LogPipe() {
        log::set_output(STDERR_FILENO);
        log::set_level(log::Level::info);
        close(ends_[0]);
        close(ends_[1]);
    }
    std::string read_all() {
        std::array<char, 65536> memory;
        const ssize_t size = read(ends_[0], memory.data(), memory.size());
        return {memory.data(), static_cast<std::size_t>(size)};
    }

private:
    std::array<int, 2> ends_{};
};

TEST(Log, WritesOneJsonLineAnEvent) {
    LogPipe pipe;
    log::info("http.request", {{"route", "/trips/{id}"},
                               {"status", 200},
                               {"ms", 1.25},
                               {"cached", false},
                               {"bytes", std::size_t{18446744073709551615u}},
                               {"said", std::string{"\"ça\"\n\x01"}}});
    const std::string line = pipe.read_all();
    EXPECT_EQ(line.back(), '\n');
    const auto object = boost::json::parse(line).as_object();
    EXPECT_TRUE(parse_utc_time(std::string{object.at("at").as_string()}));
    EXPECT_EQ(object.at("level"), "info");
    EXPECT_EQ(object.at("event"), "http.request");
    EXPECT_EQ(object.at("route"), "/trips/{id}");
    EXPECT_EQ(object.at("status"), 200);
    EXPECT_EQ(object.at("ms"), 1.25);
    EXPECT_EQ(object.at("cached"), false);
    EXPECT_EQ(object.at("bytes"), 18446744073709551615u);
    EXPECT_EQ(object.at("said"), "\"ça\"\n\x01");
}

TEST(Log, StaysJsonWhateverIsSaid) {
    LogPipe pipe;
    log::error("provider.failed", {{"said", "bad \xff\xc3 bytes"}, {"ratio", 0.0 / 0.0}});
    const auto object = boost::json::parse(pipe.read_all()).as_object();
    EXPECT_EQ(object.at("said"), "bad ?? bytes");
    EXPECT_TRUE(object.at("ratio").is_null());
}

TEST(Log, DropsWhatIsBelowItsLevel) {
    LogPipe pipe;
    log::set_level(log::Level::warn);
    log::info("dropped");
    log::warn("kept");
    log::set_level(log::Level::off);
    log::error("dropped");
    log::set_level(log::Level::debug);
    log::debug("kept too");
    const std::string lines = pipe.read_all();
    EXPECT_EQ(std::ranges::count(lines, '\n'), 2);
    EXPECT_EQ(lines.find("dropped"), std::string::npos);
    EXPECT_EQ(log::parse_level("warn"), log::Level::warn);
    EXPECT_FALSE(log::parse_level("loud"));
}

TEST(Log, LinesOfThreadsDoNotMix) {
    LogPipe pipe;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([] {
            for (int i = 0; i < 50; ++i) log::info("line", {{"text", std::string(60, 'x')}});
        });
    for (std::thread& thread : threads) thread.join();
    std::string_view lines;
    const std::string all = pipe.read_all();
    lines = all;
    int count = 0;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        EXPECT_NO_THROW(boost::json::parse(lines.substr(0, end)));
        lines.remove_prefix(end + 1);
        ++count;
    }
    EXPECT_EQ(count, 200);
}

TEST(Metrics, TextExposition) {
    telemetry::Metrics metrics;
    metrics.describe("auth_logins_total", "Logins by result");
    metrics.counter("auth_logins_total", {{"kind", "user"}, {"result", "ok"}}).add();
    metrics.counter("auth_logins_total", {{"kind", "user"}, {"result", "ok"}}).add(2);
    metrics.gauge("kyc_pending").set(7);
    auto& seconds = metrics.histogram("search_seconds", std::array{0.1, 1.0});
    for (const double value : {0.05, 0.1, 0.5, 5.0}) seconds.observe(value);
    const std::string text = metrics.render();
    for (const std::string_view line :
         {"# HELP auth_logins_total Logins by result\n", "# TYPE auth_logins_total counter\n",
          "auth_logins_total{kind=\"user\",result=\"ok\"} 3\n", "# TYPE kyc_pending gauge\n",
          "kyc_pending 7\n", "search_seconds_bucket{le=\"0.1\"} 2\n",
          "search_seconds_bucket{le=\"1\"} 3\n", "search_seconds_bucket{le=\"+Inf\"} 4\n",
          "search_seconds_count 4\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << "\nin\n" << text;
}

TEST(Metrics, HandlesStayAndThreadsCountTogether) {
    telemetry::Metrics metrics;
    telemetry::Counter& counter = metrics.counter("requests_total", {{"route", "a"}});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&metrics, t] {
            auto& mine = metrics.counter("requests_total", {{"route", "a"}});
            auto& times = metrics.histogram("seconds");
            for (int i = 0; i < 10'000; ++i) {
                mine.add();
                times.observe(0.001 * t);
            }
            metrics.counter("requests_total", {{"route", std::to_string(t)}}).add();
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(counter.value(), 40'000u);
    EXPECT_EQ(&counter, &metrics.counter("requests_total", {{"route", "a"}}));
    EXPECT_NEAR(metrics.histogram("seconds").sum(), 60, 1e-6);
}

}  // namespace
}  // namespace taama
