#pragma once

// What the platform keeps of a price.

#include "modules/payments/payment.hpp"
#include "modules/payments/payments.hpp"

namespace taama::payments {

// A part of the price with its commission under these terms.
Allocation allocate(const AllocatedPart& part, const FeeSchedule& terms, std::int16_t position);

}  // namespace taama::payments
