#pragma once

// Counters, gauges and histograms, shown at /metrics.
//
// Looking one up by name and labels takes a lock; a caller on the request path keeps the reference,
// which stays valid as long as Metrics. Changing one is a relaxed atomic addition. Safe in every
// thread.

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taama::telemetry {

using Labels = std::vector<std::pair<std::string, std::string>>;

class Counter {
public:
    void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

class Gauge {
public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    void add(double by) { value_.fetch_add(by, std::memory_order_relaxed); }
    double value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<double> value_{0};
};

class Histogram {
public:
    // Upper bounds of the buckets, ascending; a last one without bound is added.
    explicit Histogram(std::span<const double> bounds);

    void observe(double value);
    std::span<const double> bounds() const { return bounds_; }
    std::uint64_t count_in(std::size_t bucket) const {
        return counts_[bucket].load(std::memory_order_relaxed);
    }
    double sum() const { return sum_.load(std::memory_order_relaxed); }

private:
    std::vector<double> bounds_;
    std::vector<std::atomic<std::uint64_t>> counts_;
    std::atomic<double> sum_{0};
};

// Seconds, from 0.5 ms to 10 s.
std::span<const double> latency_buckets();

class Metrics {
public:
    Metrics();
    ~Metrics();

    // The same name and labels give the same object. Asserts that a name keeps its kind.
    Counter& counter(std::string_view name, const Labels& labels = {});
    Gauge& gauge(std::string_view name, const Labels& labels = {});
    Histogram& histogram(std::string_view name, std::span<const double> bounds = latency_buckets(),
                         const Labels& labels = {});
    // The HELP line of a name.
    void describe(std::string_view name, std::string_view help);

    // Prometheus text exposition, version 0.0.4.
    std::string render() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace taama::telemetry
