#pragma once

#include <string>

#include "modules/payments/payable.hpp"
#include "modules/payments/payment_provider.hpp"
#include "modules/settings/settings.hpp"
#include "platform/pg/db.hpp"
#include "platform/time/time.hpp"

namespace taama::crypto {
class Sealer;
}

namespace taama::payments {

// What payments work with; one per thread.
struct Deps {
    pg::Db& db;
    const Clock& clock;
    const settings::Current& settings;
    const crypto::Sealer& sealer;
    const PayableRegistry& payables;
    const ProviderRegistry& providers;
    std::string public_url;  // of this server, for the payer's way back: "https://taama.example"
};

}  // namespace taama::payments
