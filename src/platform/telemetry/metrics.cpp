#include "platform/telemetry/metrics.hpp"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <map>
#include <mutex>
#include <variant>

#include "platform/assert.hpp"

namespace taama::telemetry {

namespace {

constexpr double seconds[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                              0.1,    0.25,  0.5,    1,     2.5,  5,     10};

using Series =
    std::variant<std::unique_ptr<Counter>, std::unique_ptr<Gauge>, std::unique_ptr<Histogram>>;

void collect(const Counter& counter, prometheus::ClientMetric& out) {
    out.counter.value = static_cast<double>(counter.value());
}

void collect(const Gauge& gauge, prometheus::ClientMetric& out) { out.gauge.value = gauge.value(); }

void collect(const Histogram& histogram, prometheus::ClientMetric& out) {
    std::uint64_t below = 0;
    const auto bounds = histogram.bounds();
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
        below += histogram.count_in(i);
        const double bound =
            i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
        out.histogram.bucket.push_back({below, bound});
    }
    out.histogram.sample_count = below;
    out.histogram.sample_sum = histogram.sum();
}

constexpr prometheus::MetricType types[] = {prometheus::MetricType::Counter,
                                            prometheus::MetricType::Gauge,
                                            prometheus::MetricType::Histogram};

}  // namespace

Histogram::Histogram(std::span<const double> bounds)
    : bounds_(bounds.begin(), bounds.end()), counts_(bounds.size() + 1) {}

void Histogram::observe(double value) {
    std::size_t bucket = 0;
    while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

std::span<const double> latency_buckets() { return seconds; }

struct Metrics::Impl {
    struct Family {
        std::string help;
        std::map<Labels, Series> series;
    };
    mutable std::mutex mutex;
    std::map<std::string, Family, std::less<>> families;

    template <class Metric, class... Args>
    Metric& find_or_make(std::string_view name, const Labels& labels, Args&&... args) {
        const std::scoped_lock lock{mutex};
        auto family = families.find(name);
        if (family == families.end()) family = families.emplace(std::string{name}, Family{}).first;
        auto& all = family->second.series;
        auto found = all.find(labels);
        if (found == all.end())
            found =
                all.emplace(labels, std::make_unique<Metric>(std::forward<Args>(args)...)).first;
        auto* metric = std::get_if<std::unique_ptr<Metric>>(&found->second);
        ASSERT(metric != nullptr && found->second.index() == all.begin()->second.index());
        return **metric;
    }
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(std::string_view name, const Labels& labels) {
    return impl_->find_or_make<Counter>(name, labels);
}

Gauge& Metrics::gauge(std::string_view name, const Labels& labels) {
    return impl_->find_or_make<Gauge>(name, labels);
}

Histogram& Metrics::histogram(std::string_view name, std::span<const double> bounds,
                              const Labels& labels) {
    return impl_->find_or_make<Histogram>(name, labels, bounds);
}

void Metrics::describe(std::string_view name, std::string_view help) {
    const std::scoped_lock lock{impl_->mutex};
    impl_->families[std::string{name}].help = help;
}

std::string Metrics::render() const {
    std::vector<prometheus::MetricFamily> families;
    {
        const std::scoped_lock lock{impl_->mutex};
        for (const auto& [name, family] : impl_->families) {
            if (family.series.empty()) continue;
            prometheus::MetricFamily out;
            out.name = name;
            out.help = family.help;
            out.type = types[family.series.begin()->second.index()];
            for (const auto& [labels, series] : family.series) {
                prometheus::ClientMetric metric;
                for (const auto& [label, value] : labels) metric.label.push_back({label, value});
                std::visit([&](const auto& each) { collect(*each, metric); }, series);
                out.metric.push_back(std::move(metric));
            }
            families.push_back(std::move(out));
        }
    }
    return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace taama::telemetry
