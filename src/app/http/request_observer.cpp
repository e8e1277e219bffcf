#include "app/http/request_observer.hpp"

#include "platform/telemetry/log.hpp"

namespace taama::app {

namespace {

// Requests that reached no operation share a series: paths that clients make up must not make
// series.
constexpr std::string_view no_operation = "none";

}  // namespace

RequestObserver::RequestObserver(telemetry::Metrics& metrics)
    : metrics_(metrics), in_flight_(metrics.gauge("http_requests_in_flight")) {
    const auto counter = [&](std::string direction, http::Encoding encoding) {
        return &metrics.counter(
            "http_bytes_total",
            {{"direction", std::move(direction)}, {"encoding", std::string{to_string(encoding)}}});
    };
    for (std::size_t i = 0; i < http::encoding_count; ++i) {
        const auto encoding = static_cast<http::Encoding>(i);
        if (encoding != http::Encoding::br) bytes_received_[i] = counter("in", encoding);
        bytes_sent_[i] = counter("out", encoding);
    }
}

RequestObserver::Series& RequestObserver::series_of(const http::Context& context) {
    const std::string_view operation = context.operation.empty() ? no_operation : context.operation;
    Series& series = series_[operation][static_cast<int>(context.request.method)];
    if (series.seconds == nullptr)
        series.seconds =
            &metrics_.histogram("http_request_duration_seconds", telemetry::latency_buckets(),
                                {{"method", std::string{to_string(context.request.method)}},
                                 {"route", std::string{operation}}});
    return series;
}

void RequestObserver::request_began() { in_flight_.add(1); }

void RequestObserver::request_ended(const http::Context& context, int status,
                                    std::chrono::steady_clock::duration took) {
    in_flight_.add(-1);
    const double seconds = std::chrono::duration<double>(took).count();
    Series& series = series_of(context);
    series.seconds->observe(seconds);
    telemetry::Counter*& counter = series.by_status[status];
    const std::string_view route = context.operation.empty() ? no_operation : context.operation;
    if (counter == nullptr)
        counter = &metrics_.counter("http_requests_total",
                                    {{"method", std::string{to_string(context.request.method)}},
                                     {"route", std::string{route}},
                                     {"status", std::to_string(status)}});
    counter->add();
    const auto level = status >= 500 && status != 503 ? log::Level::error
                       : status == 503                ? log::Level::warn
                                                      : log::Level::info;
    if (!log::is_on(level)) return;
    const std::string request_id = context.request_id.to_string();
    const auto id_of = [&](http::Caller::Kind kind) {
        return context.caller.kind == kind ? context.caller.id.to_string() : std::string{};
    };
    log::write(level, "http.request",
               {{"request_id", request_id},
                {"method", to_string(context.request.method)},
                {"route", route},
                {"status", status},
                {"ms", seconds * 1000},
                {"user_id", id_of(http::Caller::Kind::user)},
                {"staff_id", id_of(http::Caller::Kind::staff)},
                {"ip", context.request.remote_ip}});
}

void RequestObserver::bytes_received(http::Encoding encoding, std::size_t size) {
    bytes_received_[static_cast<std::size_t>(encoding)]->add(size);
}

void RequestObserver::bytes_sent(http::Encoding encoding, std::size_t size) {
    bytes_sent_[static_cast<std::size_t>(encoding)]->add(size);
}

void RequestObserver::request_failed(const http::Context& context, const std::exception& error) {
    const std::string request_id = context.request_id.to_string();
    log::error("http.defect", {{"request_id", request_id},
                               {"route", context.operation},
                               {"what", std::string_view{error.what()}}});
}

}  // namespace taama::app
