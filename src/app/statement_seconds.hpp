#pragma once

#include <memory>

#include "platform/pg/sql.hpp"
#include "platform/telemetry/metrics.hpp"

namespace taama::app {

// A pg::AnswerWatcher that shows the time of each statement as pg_query_seconds. A statement's
// series is there from its first answer on. Copies share what they know; all of them belong to one
// thread.
class StatementSeconds {
public:
    explicit StatementSeconds(telemetry::Metrics& metrics);

    void operator()(std::string_view statement, std::chrono::duration<double> took) const;

private:
    struct Series;
    std::shared_ptr<Series> series_;
};

}  // namespace taama::app
