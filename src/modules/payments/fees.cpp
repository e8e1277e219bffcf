#include "modules/payments/fees.hpp"

#include <algorithm>

#include "modules/payments/payable.hpp"

namespace taama::payments {

std::int64_t commission(const FeeSchedule& terms, std::int64_t gross) {
    if (gross == 0) return 0;
    const std::int64_t share = half_up(gross, terms.percent_bp, 10'000) + terms.fixed;
    const std::int64_t capped = terms.max ? std::min(share, *terms.max) : share;
    return std::min(gross, std::max(terms.min, capped));
}

Allocation allocate(const AllocatedPart& part, const FeeSchedule& terms, std::int16_t position) {
    const std::int64_t gross = part.gross.minor;
    // The platform's own part is whole its own.
    const std::int64_t kept =
        part.seller_type == SellerType::platform ? gross : commission(terms, gross);
    return {.position = position,
            .part = part.part,
            .seller_type = part.seller_type,
            .seller_id = part.seller_id,
            .vertical = boost::describe::enum_to_string(terms.vertical, ""),
            .gross = gross,
            .commission = kept,
            .net = gross - kept,
            .fee_schedule_id = part.fee_schedule_id};
}

}  // namespace taama::payments
