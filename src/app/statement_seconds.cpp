#include "app/statement_seconds.hpp"

#include <unordered_map>

namespace taama::app {

namespace {

// Few, as there are some hundred statements.
constexpr double buckets[] = {0.001, 0.0025, 0.01, 0.05, 0.25, 1, 5};

}  // namespace

struct StatementSeconds::Series {
    telemetry::Metrics& metrics;
    // By the address of its name, which is a literal.
    std::unordered_map<const char*, telemetry::Histogram*> by_name = {};

    telemetry::Histogram& of(std::string_view statement) {
        telemetry::Histogram*& found = by_name[statement.data()];
        if (found == nullptr)
            found = &metrics.histogram("pg_query_seconds", buckets,
                                       {{"statement", std::string{statement}}});
        return *found;
    }
};

StatementSeconds::StatementSeconds(telemetry::Metrics& metrics)
    : series_(std::make_shared<Series>(metrics)) {
    metrics.describe("pg_query_seconds",
                     "From sending to the answer, by the last statement of what went together");
}

void StatementSeconds::operator()(std::string_view statement,
                                  std::chrono::duration<double> took) const {
    series_->of(statement).observe(took.count());
}

}  // namespace taama::app
