#pragma once

// Wave's Business API (checkout): the payer pays on Wave's page or by its QR code.

#include <string>
#include <vector>

#include "integrations/payments/wave_wire.hpp"
#include "modules/payments/payment_provider.hpp"
#include "platform/http_client/client.hpp"

namespace taama::payments {

struct WaveOptions {
    std::string base_url = "https://api.wave.com";
    // The one in use first; the previous one is tried when the first is not accepted (rotation).
    std::vector<std::string> api_keys;
    std::string request_secret;                // "": requests are not signed
    std::vector<std::string> webhook_secrets;  // any of them may sign
    // Only the payer's own Wave account may pay, unless he names another. The sandbox chooses its
    // faults by the payer's phone; in real life a relative may pay.
    bool names_payer = false;
};

class Wave final : public PaymentProvider {
public:
    // `client` allows the origin of `base_url`; both references outlive this.
    Wave(WaveOptions options, http_client::Client& client, const Clock& clock);

    std::string_view name() const override { return "wave"; }
    std::span<const Method> methods() const override;
    Capabilities capabilities() const override;

    Task<StartAnswer> start(const Intent& intent, Wait wait) override;
    Task<QueryAnswer> query(const Attempt& attempt, Wait wait) override;
    Task<CloseAnswer> close(const Attempt& attempt, Wait wait) override;
    Task<RefundAnswer> refund(const RefundOrder& order, Wait wait) override;
    // Wave has no question about refunds, but its refund call may be repeated: it is the question.
    Task<RefundAnswer> query_refund(const RefundOrder& order, Wait wait) override;

    VerifyAnswer verify(const http::Request& request, UtcTime now, Seconds tolerance) override;

private:
    struct Call {
        std::string method;
        std::string path;  // below /v1
        std::string body;
        std::string idempotency_key;
    };
    using Deadline = std::chrono::steady_clock::time_point;
    using Answer = std::expected<http_client::Response, http_client::TransportError>;

    Task<Answer> send(Call call, Deadline deadline);
    Task<Answer> send_with_key(const Call& call, const std::string& api_key, Deadline deadline);
    Task<StartAnswer> start_by(const Intent& intent, Deadline deadline);
    Task<QueryAnswer> query_by(const Attempt& attempt, Deadline deadline);
    Task<QueryAnswer> search(PaymentId payment_id, Deadline deadline);
    Task<StartAnswer> adopt_or_refuse(PaymentId payment_id, std::string why, Deadline deadline);

    WaveOptions options_;
    http_client::Client& client_;
    const Clock& clock_;
};

}  // namespace taama::payments
