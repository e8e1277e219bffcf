#include "platform/telemetry/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>

namespace taama::telemetry {

struct Metrics::Impl {
    std::mutex mutex;
    // prometheus-cpp refuses a second family of one name, so families are kept here.
    std::map<std::string, prometheus::Family<prometheus::Counter>*> counters;
    std::map<std::string, prometheus::Family<prometheus::Gauge>*> gauges;
    std::map<std::string, prometheus::Family<prometheus::Histogram>*> histograms;
    prometheus::Registry registry;

    template <class Metric, class Build>
    prometheus::Family<Metric>& family(std::map<std::string, prometheus::Family<Metric>*>& known,
                                       const Build& build, const std::string& name,
                                       const std::string& help) {
        auto& family = known[name];
        if (family == nullptr) family = &build().Name(name).Help(help).Register(registry);
        return *family;
    }
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Counter::add(double amount) { static_cast<prometheus::Counter*>(counter_)->Increment(amount); }
void Gauge::set(double value) { static_cast<prometheus::Gauge*>(gauge_)->Set(value); }
void Histogram::observe(double value) {
    static_cast<prometheus::Histogram*>(histogram_)->Observe(value);
}

Counter Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
    const std::lock_guard lock{impl_->mutex};
    Counter handle;
    handle.counter_ =
        &impl_->family(impl_->counters, prometheus::BuildCounter, name, help).Add(labels);
    return handle;
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
    const std::lock_guard lock{impl_->mutex};
    Gauge handle;
    handle.gauge_ = &impl_->family(impl_->gauges, prometheus::BuildGauge, name, help).Add(labels);
    return handle;
}

Histogram Metrics::histogram(const std::string& name, const std::string& help,
                             const Labels& labels, std::vector<double> bounds) {
    if (bounds.empty())
        bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    const std::lock_guard lock{impl_->mutex};
    Histogram handle;
    handle.histogram_ = &impl_->family(impl_->histograms, prometheus::BuildHistogram, name, help)
                             .Add(labels, bounds);
    return handle;
}

std::string Metrics::render() const {
    return prometheus::TextSerializer{}.Serialize(impl_->registry.Collect());
}

}  // namespace taama::telemetry
