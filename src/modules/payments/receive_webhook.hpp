#pragma once

// POST /payments/webhook/{provider}: what providers tell us. Rules H1 to H10 of the contract.

#include "modules/payments/deps.hpp"
#include "platform/http/routes.hpp"

namespace taama::payments {

struct ReceivedView {
    bool received = true;
};
BOOST_DESCRIBE_STRUCT(ReceivedView, (), (received))

Task<http::Ok<ReceivedView>> receive_webhook(const Deps& deps, const http::Request& request,
                                             http::Public caller, http::Path<std::string> provider);

// Job payments.webhook {seen_id}: an authentic call whose handling failed is handled again.
Task<void> repeat_webhook(const Deps& deps, Uuid seen_id);

}  // namespace taama::payments
