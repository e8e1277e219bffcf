#pragma once

// What payments ask of a booking: the port Payable.

#include "modules/carpool/deps.hpp"
#include "modules/payments/payable.hpp"

namespace taama::carpool {

class BookingPayable final : public payments::Payable {
public:
    explicit BookingPayable(const Deps& deps) : deps_(deps) {}

    Task<payments::Owed> describe(pg::Tx& tx, const payments::DealQuestion& question) override;
    Task<Money> on_promo(pg::Tx& tx, const payments::DealQuestion& question,
                         std::string_view code) override;
    Task<void> on_init(pg::Tx& tx, const payments::DealPayment& payment) override;
    Task<void> on_cash(pg::Tx& tx, const payments::DealPayment& payment) override;
    Task<payments::Taking> on_paid(pg::Tx& tx, const payments::DealPayment& payment) override;
    Task<void> on_released(pg::Tx& tx, const payments::DealPayment& payment,
                           payments::FailureCode why) override;
    Task<void> on_refunded(pg::Tx& tx, const payments::DealRefund& refund,
                           Money promo_back) override;

private:
    const Deps& deps_;
};

}  // namespace taama::carpool
