#include "platform/telemetry/instruments.hpp"

#include <algorithm>
#include <array>

#include "platform/assert.hpp"
#include "platform/telemetry/log.hpp"

namespace taama::telemetry {

namespace {

constexpr std::size_t labels_max = 4;

// Truth values are the words "true" and "false"; what is absent is "".
std::string_view word_of(const Details& details, std::string_view name) {
    const boost::json::value* value = details.if_contains(name);
    if (value == nullptr) return {};
    if (const auto* truth = value->if_bool()) return *truth ? "true" : "false";
    const auto* text = value->if_string();
    return text == nullptr ? std::string_view{} : std::string_view{*text};
}

double number_of(const Details& details, std::string_view name) {
    const boost::json::value* value = details.if_contains(name);
    if (value == nullptr) return 0;
    if (const auto* real = value->if_double()) return *real;
    if (const auto* whole = value->if_int64()) return static_cast<double>(*whole);
    const auto* natural = value->if_uint64();
    return natural == nullptr ? 0 : static_cast<double>(*natural);
}

std::string* find_named(std::vector<std::pair<std::string, std::string>>& pairs,
                        std::string_view label) {
    const auto found = std::ranges::find(pairs, label, [](const auto& pair) { return pair.first; });
    return found == pairs.end() ? nullptr : &found->second;
}

// Naming, with the labels in their order.
struct Source {
    std::string text;
    bool is_word;
};
std::vector<Source> sources_of(const std::vector<Label>& labels, Naming naming) {
    for (const auto& named : {naming.words, naming.details})
        for (const auto& [label, text] : named)
            ASSERT(std::ranges::find(labels, label, &Label::name) != labels.end());
    std::vector<Source> sources;
    for (const Label& label : labels) {
        if (const std::string* word = find_named(naming.words, label.name))
            sources.push_back({*word, true});
        else if (const std::string* detail = find_named(naming.details, label.name))
            sources.push_back({*detail, false});
        else
            sources.push_back({label.name, false});
    }
    return sources;
}

// The series of a family that a fact's details mean.
template <class Metric>
class Finder {
public:
    Finder(Family<Metric> family, Naming naming)
        : family_(std::move(family)), sources_(sources_of(family_.labels(), std::move(naming))) {}

    Metric* operator()(const Details& details) const {
        std::array<std::string_view, labels_max> words;
        for (std::size_t i = 0; i < sources_.size(); ++i)
            words[i] = sources_[i].is_word ? std::string_view{sources_[i].text}
                                           : word_of(details, sources_[i].text);
        return family_.find({words.data(), sources_.size()});
    }

private:
    Family<Metric> family_;
    std::vector<Source> sources_;
};

// Each combination of words, the last label varying fastest. None with an open list, which has
// none.
std::vector<Labels> combinations(const std::vector<Label>& labels) {
    std::vector<Labels> all{{}};
    for (const Label& label : labels) {
        std::vector<Labels> longer;
        for (const Labels& shorter : all)
            for (const std::string& word : label.words) {
                longer.push_back(shorter);
                longer.back().emplace_back(label.name, word);
            }
        all = std::move(longer);
    }
    return all;
}

}  // namespace

Label any_word(std::string name) { return {.name = std::move(name), .words = {}, .is_open = true}; }

template <class Metric>
Family<Metric>::Family(std::string name, std::vector<Label> labels, Make make) {
    ASSERT(labels.size() <= labels_max);
    Shape shape{std::move(name), std::move(labels), std::move(make), {}};
    for (const Labels& combination : combinations(shape.labels))
        shape.series.push_back(&shape.make(combination));
    shape_ = std::make_shared<const Shape>(std::move(shape));
}

template <class Metric>
Metric* Family<Metric>::find(std::span<const std::string_view> words) const {
    ASSERT(words.size() == shape_->labels.size());
    std::size_t index = 0;
    bool is_open = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const Label& label = shape_->labels[i];
        is_open = is_open || label.is_open;
        if (label.is_open) continue;
        const auto word = std::ranges::find(label.words, words[i]);
        if (word == label.words.end()) {
            log::error("metrics.unknown_word",
                       {{"metric", shape_->name}, {"label", label.name}, {"word", words[i]}});
            return nullptr;
        }
        index = index * label.words.size() + static_cast<std::size_t>(word - label.words.begin());
    }
    if (!is_open) return shape_->series[index];
    Labels labels;
    for (std::size_t i = 0; i < words.size(); ++i)
        labels.emplace_back(shape_->labels[i].name, words[i]);
    return &shape_->make(labels);
}

template class Family<Counter>;
template class Family<Gauge>;
template class Family<Histogram>;

void StateGauges::add(Family<Gauge> family, double when_untold) {
    for (Gauge* gauge : family.series()) gauge->set(when_untold);
    shown_.push_back({std::move(family), when_untold});
}

void StateGauges::show(std::span<const StateRow> rows) {
    std::map<Gauge*, double> told;
    for (const StateRow& row : rows) {
        const auto shown = std::ranges::find(shown_, row.gauge,
                                             [](const Shown& each) { return each.family.name(); });
        ASSERT(shown != shown_.end());
        const std::string_view word = row.word;
        Gauge* gauge = shown->family.find({&word, shown->family.labels().size()});
        if (gauge == nullptr) continue;
        gauge->set(row.value);
        told.emplace(gauge, shown->when_untold);
        told_.erase(gauge);
    }
    for (const auto& [gauge, when_untold] : told_) gauge->set(when_untold);
    told_ = std::move(told);
}

Family<Counter> Instruments::counters(std::string_view name, std::string_view help,
                                      std::vector<Label> labels) {
    metrics_.describe(name, help);
    return {std::string{name}, std::move(labels),
            [&metrics = metrics_, name = std::string{name}](const Labels& each) -> Counter& {
                return metrics.counter(name, each);
            }};
}

Family<Gauge> Instruments::gauges(std::string_view name, std::string_view help,
                                  std::vector<Label> labels) {
    metrics_.describe(name, help);
    return {std::string{name}, std::move(labels),
            [&metrics = metrics_, name = std::string{name}](const Labels& each) -> Gauge& {
                return metrics.gauge(name, each);
            }};
}

Family<Histogram> Instruments::histograms(std::string_view name, std::string_view help,
                                          std::vector<Label> labels,
                                          std::span<const double> bounds) {
    metrics_.describe(name, help);
    return {std::string{name}, std::move(labels),
            [&metrics = metrics_, name = std::string{name},
             limits = std::vector(bounds.begin(), bounds.end())](const Labels& each) -> Histogram& {
                return metrics.histogram(name, limits, each);
            }};
}

void Instruments::count(std::string fact, const Family<Counter>& family, Naming naming,
                        std::string times) {
    facts_.watch(std::move(fact), [find = Finder{family, std::move(naming)},
                                   times = std::move(times)](const Details& details) {
        Counter* counter = find(details);
        if (counter == nullptr) return;
        counter->add(times.empty() ? 1 : static_cast<std::uint64_t>(number_of(details, times)));
    });
}

void Instruments::level(std::string fact, const Family<Gauge>& family, double by, Naming naming) {
    facts_.watch(std::move(fact),
                 [find = Finder{family, std::move(naming)}, by](const Details& details) {
                     if (Gauge* gauge = find(details)) gauge->add(by);
                 });
}

void Instruments::observe(std::string fact, const Family<Histogram>& family, std::string detail,
                          Naming naming) {
    facts_.watch(std::move(fact), [find = Finder{family, std::move(naming)},
                                   detail = std::move(detail)](const Details& details) {
        if (Histogram* histogram = find(details)) histogram->observe(number_of(details, detail));
    });
}

void Instruments::read(const pg::Sql& sql, Seconds every, std::vector<StateGauge> gauges_told) {
    StateGauges& read = states_.emplace_back(sql, every);
    for (StateGauge& gauge : gauges_told) {
        ASSERT(gauge.labels.size() <= 1);
        read.add(gauges(gauge.name, gauge.help, std::move(gauge.labels)), gauge.when_untold);
    }
}

}  // namespace taama::telemetry
