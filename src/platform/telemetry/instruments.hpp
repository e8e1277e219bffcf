#pragma once

// What a module shows at /metrics, said in one table: which series there are, which facts move
// them, and which statement of the module tells its states.
//
//     const auto logins = instruments.counters("auth_logins_total", "Passwords that were tried",
//                                              {label_of<SubjectKind>("kind"),
//                                               {"result", {"ok", "wrong_password", "locked"}}});
//     instruments.count("session.created", logins, {.words = {{"result", "ok"}}});
//
// A label has a closed list of words, so every series exists from the start, with 0. Where only
// this program's own registries know the words, the list is open, see any_word().

#include <boost/describe/class.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <deque>
#include <map>
#include <memory>

#include "platform/pg/sql.hpp"
#include "platform/telemetry/facts.hpp"
#include "platform/telemetry/metrics.hpp"
#include "platform/time/time.hpp"

namespace taama::telemetry {

struct Label {
    std::string name;
    std::vector<std::string> words;
    bool is_open = false;
};

// A series is there once its word was told, and stays for ever: never for what a client sends.
// Finding it takes a lock, so this is for what happens seldom.
Label any_word(std::string name);

template <class E>
Label label_of(std::string name) {
    Label label{std::move(name), {}};
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto enumerator) { label.words.emplace_back(enumerator.name); });
    return label;
}

// The series of one name: one per combination of words. Cheap to copy; the series stay as long as
// Metrics.
template <class Metric>
class Family {
public:
    using Make = std::function<Metric&(const Labels&)>;

    Family(std::string name, std::vector<Label> labels, Make make);

    const std::string& name() const { return shape_->name; }
    const std::vector<Label>& labels() const { return shape_->labels; }
    const std::vector<Metric*>& series() const { return shape_->series; }
    // One word per label, in their order. A word that is on no list is logged, and null.
    Metric* find(std::span<const std::string_view> words) const;

private:
    struct Shape {
        std::string name;
        std::vector<Label> labels;
        Make make;
        std::vector<Metric*> series;  // the last label varies fastest; none with an open one
    };
    std::shared_ptr<const Shape> shape_;
};

// Where the words of a fact's labels come from: the detail of the label's name, unless it is named
// here.
struct Naming {
    std::vector<std::pair<std::string, std::string>> words{};    // label, its word
    std::vector<std::pair<std::string, std::string>> details{};  // label, the detail that says it
};

// A gauge that a statement tells.
struct StateGauge {
    std::string name;
    std::string help;
    std::vector<Label> labels{};  // one at most
    double when_untold = 0;
};

// A row of such a statement: the gauge, the word of its label ("" without one), the value.
struct StateRow {
    std::string gauge;
    std::string word;
    double value;
};
BOOST_DESCRIBE_STRUCT(StateRow, (), (gauge, word, value))

class StateGauges {
public:
    StateGauges(const pg::Sql& sql, Seconds every) : sql_(sql), every_(every) {}
    void add(Family<Gauge> family, double when_untold);

    const pg::Sql& sql() const { return sql_; }
    Seconds every() const { return every_; }
    // Gauges and words that no row tells show what they show untold.
    void show(std::span<const StateRow> rows);

private:
    const pg::Sql& sql_;
    Seconds every_;
    struct Shown {
        Family<Gauge> family;
        double when_untold;
    };
    std::vector<Shown> shown_;
    std::map<Gauge*, double> told_;  // by the last rows; and what each shows untold
};

class Instruments {
public:
    explicit Instruments(Metrics& metrics) : metrics_(metrics) {}

    Family<Counter> counters(std::string_view name, std::string_view help,
                             std::vector<Label> labels = {});
    Family<Gauge> gauges(std::string_view name, std::string_view help,
                         std::vector<Label> labels = {});
    Family<Histogram> histograms(std::string_view name, std::string_view help,
                                 std::vector<Label> labels = {},
                                 std::span<const double> bounds = latency_buckets());

    // Each telling adds one, or the number in the detail `times`.
    void count(std::string fact, const Family<Counter>& family, Naming naming = {},
               std::string times = {});
    // Each telling adds `by`, which may be negative.
    void level(std::string fact, const Family<Gauge>& family, double by, Naming naming = {});
    // Each telling is one observation of the number in `detail`.
    void observe(std::string fact, const Family<Histogram>& family, std::string detail,
                 Naming naming = {});
    // A statement with $1 = now whose rows are StateRows, read `every` so often; `sql` is a
    // constant.
    void read(const pg::Sql& sql, Seconds every, std::vector<StateGauge> gauges);

    const Facts& facts() const { return facts_; }
    Facts& facts() { return facts_; }  // for watchers that count nothing
    std::deque<StateGauges>& states() { return states_; }

private:
    Metrics& metrics_;
    Facts facts_;
    std::deque<StateGauges> states_;
};

}  // namespace taama::telemetry
