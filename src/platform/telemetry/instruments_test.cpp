#include "platform/telemetry/instruments.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "platform/telemetry/log.hpp"

namespace taama::telemetry {
namespace {

enum class Method : std::uint8_t { wave, cash };
BOOST_DESCRIBE_ENUM(Method, wave, cash)

constexpr pg::Sql states_sql{"test.states", "select $1"};

class InstrumentsTest : public testing::Test {
protected:
    std::uint64_t counted(std::string_view name, const Labels& labels) {
        return metrics.counter(name, labels).value();
    }
    double shown(std::string_view name, const Labels& labels = {}) {
        return metrics.gauge(name, labels).value();
    }

    Metrics metrics;
    Instruments instruments{metrics};
    const Facts& facts = instruments.facts();
};

TEST_F(InstrumentsTest, EverySeriesIsThereFromTheStart) {
    instruments.counters("payments_total", "Payments",
                         {label_of<Method>("method"), {"status", {"paid", "failed"}}});
    instruments.histograms("payment_seconds", "Paying");
    const std::string text = metrics.render();
    for (const std::string_view line :
         {"# HELP payments_total Payments\n", "# TYPE payments_total counter\n",
          "payments_total{method=\"wave\",status=\"paid\"} 0\n",
          "payments_total{method=\"wave\",status=\"failed\"} 0\n",
          "payments_total{method=\"cash\",status=\"paid\"} 0\n",
          "payments_total{method=\"cash\",status=\"failed\"} 0\n", "payment_seconds_count 0\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << "\nin\n" << text;
}

TEST_F(InstrumentsTest, WordsComeFromDetailsOrFromTheTable) {
    const auto payments = instruments.counters(
        "payments_total", "",
        {label_of<Method>("method"), {"status", {"paid", "failed"}}, {"late", {"true", "false"}}});
    instruments.count("payment.paid", payments,
                      {.words = {{"status", "paid"}}, .details = {{"method", "by"}}});
    facts.tell("payment.paid", {{"by", "cash"}, {"late", false}, {"status", "ignored"}});
    facts.tell("payment.paid", {{"by", "cash"}, {"late", false}, {"amount", 5}});
    facts.tell("payment.paid", {{"by", "wave"}, {"late", true}});
    facts.tell("nobody.watches", {});
    EXPECT_EQ(
        counted("payments_total", {{"method", "cash"}, {"status", "paid"}, {"late", "false"}}), 2u);
    EXPECT_EQ(counted("payments_total", {{"method", "wave"}, {"status", "paid"}, {"late", "true"}}),
              1u);
    EXPECT_EQ(
        counted("payments_total", {{"method", "wave"}, {"status", "failed"}, {"late", "true"}}),
        0u);
}

TEST_F(InstrumentsTest, OneFactMovesSeveralSeries) {
    instruments.count("points.received", instruments.counters("points_total", ""), {}, "points");
    instruments.count("points.received", instruments.counters("batches_total", ""));
    instruments.observe("points.received", instruments.histograms("points_seconds", ""), "seconds");
    const auto open = instruments.gauges("open", "");
    instruments.level("opened", open, 1);
    instruments.level("closed", open, -1);
    facts.tell("points.received", {{"points", 20}, {"seconds", 0.5}});
    facts.tell("points.received", {{"points", std::uint64_t{3}}, {"seconds", 2}});
    facts.tell("opened", {});
    facts.tell("opened", {});
    facts.tell("closed", {});
    EXPECT_EQ(counted("points_total", {}), 23u);
    EXPECT_EQ(counted("batches_total", {}), 2u);
    EXPECT_DOUBLE_EQ(metrics.histogram("points_seconds").sum(), 2.5);
    EXPECT_DOUBLE_EQ(shown("open"), 1);
}

TEST_F(InstrumentsTest, WordOfNoListMakesNoSeries) {
    log::set_level(log::Level::off);
    instruments.count("payment.paid",
                      instruments.counters("payments_total", "", {label_of<Method>("method")}));
    facts.tell("payment.paid", {{"method", "barter"}});
    facts.tell("payment.paid", {});
    log::set_level(log::Level::info);
    EXPECT_EQ(counted("payments_total", {{"method", "wave"}}), 0u);
    EXPECT_EQ(metrics.render().find("barter"), std::string::npos);
}

TEST_F(InstrumentsTest, AnyWordMakesItsSeriesWhenItIsTold) {
    instruments.count("job.ended",
                      instruments.counters("jobs_total", "Jobs",
                                           {any_word("name"), {"result", {"done", "dead"}}}));
    EXPECT_EQ(metrics.render().find("jobs_total{"), std::string::npos);
    facts.tell("job.ended", {{"name", "ledger.check"}, {"result", "done"}});
    facts.tell("job.ended", {{"name", "ledger.check"}, {"result", "done"}});
    EXPECT_EQ(counted("jobs_total", {{"name", "ledger.check"}, {"result", "done"}}), 2u);
    log::set_level(log::Level::off);
    facts.tell("job.ended", {{"name", "ledger.check"}, {"result", "lost"}});
    log::set_level(log::Level::info);
    EXPECT_EQ(metrics.render().find("lost"), std::string::npos);
}

TEST_F(InstrumentsTest, GaugeOfAnyWordThatIsNoLongerToldFallsBack) {
    instruments.read(states_sql, Seconds{5}, {{"jobs_dead", "Dead", {any_word("name")}}});
    StateGauges& states = instruments.states().front();
    states.show(std::vector<StateRow>{{"jobs_dead", "ledger.check", 3}});
    EXPECT_EQ(shown("jobs_dead", {{"name", "ledger.check"}}), 3);
    states.show({});
    EXPECT_EQ(shown("jobs_dead", {{"name", "ledger.check"}}), 0);
}

TEST_F(InstrumentsTest, GaugesShowWhatRowsTellAndElseNothing) {
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    instruments.read(states_sql, Seconds{5},
                     {{"pending", "Waiting", {label_of<Method>("method")}},
                      {"ratio", "Good ones", {}, unknown}});
    ASSERT_EQ(instruments.states().size(), 1u);
    StateGauges& states = instruments.states().front();
    EXPECT_EQ(states.sql().name, "test.states");
    EXPECT_EQ(shown("pending", {{"method", "cash"}}), 0);
    EXPECT_TRUE(std::isnan(shown("ratio")));
    states.show(std::vector<StateRow>{{"pending", "cash", 7}, {"ratio", "", 0.5}});
    EXPECT_EQ(shown("pending", {{"method", "cash"}}), 7);
    EXPECT_EQ(shown("pending", {{"method", "wave"}}), 0);
    EXPECT_EQ(shown("ratio"), 0.5);
    states.show(std::vector<StateRow>{{"pending", "wave", 1}});
    EXPECT_EQ(shown("pending", {{"method", "cash"}}), 0);
    EXPECT_EQ(shown("pending", {{"method", "wave"}}), 1);
    EXPECT_TRUE(std::isnan(shown("ratio")));
}

}  // namespace
}  // namespace taama::telemetry
