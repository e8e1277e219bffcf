#pragma once

// What the operations of identity work with; app/ builds it once per thread and it outlives them.

#include <functional>
#include <string>
#include <vector>

#include "modules/files/files.hpp"
#include "modules/identity/secrets.hpp"
#include "modules/settings/settings.hpp"
#include "platform/crypto/jwt.hpp"
#include "platform/http/message.hpp"
#include "platform/pg/db.hpp"
#include "platform/time/time.hpp"
#include "platform/work_pool.hpp"

namespace taama::identity {

class RevokedSessions;

struct Deps {
    pg::Db& db;
    const Clock& clock;
    const settings::Current& settings;
    const Secrets& secrets;
    const crypto::TokenSigner& token_signer;
    WorkPool& work_pool;
    RevokedSessions& revoked_sessions;
    const files::Urls& file_urls;
    const TimeZone& zone;
    std::string public_url;            // without a slash at its end
    std::string country;               // of the operator, ISO 3166
    std::vector<std::string> modules;  // switched on
    // The operations of a role, from the policy of the back office, which stands above this module.
    std::function<std::vector<std::string>(http::Role)> permissions_of;
    bool dev_mode = false;
};

}  // namespace taama::identity
