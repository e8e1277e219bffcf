#pragma once

// One log line and a few counters per request.

#include <unordered_map>

#include "platform/http/observer.hpp"
#include "platform/telemetry/metrics.hpp"

namespace taama::app {

// Used on one thread; the metrics behind it are shared.
class RequestObserver final : public http::Observer {
public:
    explicit RequestObserver(telemetry::Metrics& metrics);

    void request_began() override;
    void request_ended(const http::Context& context, int status,
                       std::chrono::steady_clock::duration took) override;
    void bytes_received(http::Encoding encoding, std::size_t size) override;
    void bytes_sent(http::Encoding encoding, std::size_t size) override;
    void request_failed(const http::Context& context, const std::exception& error) override;

private:
    struct Series {
        telemetry::Histogram* seconds = nullptr;
        std::unordered_map<int, telemetry::Counter*> by_status;
    };
    Series& series_of(const http::Context& context);

    telemetry::Metrics& metrics_;
    telemetry::Gauge& in_flight_;
    using BytesByEncoding = std::array<telemetry::Counter*, http::encoding_count>;
    BytesByEncoding bytes_received_{};
    BytesByEncoding bytes_sent_{};
    // Operations' paths live as long as the program.
    std::unordered_map<std::string_view, std::unordered_map<int, Series>> series_;
};

}  // namespace taama::app
