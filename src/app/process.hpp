#pragma once

// What the threads of one process share. Everything in it is safe to use from all of them.

#include <memory>
#include <string>

#include "app/http/process_routes.hpp"
#include "modules/carpool/trip_index.hpp"
#include "modules/carpool/trip_shapes.hpp"
#include "modules/files/files.hpp"
#include "modules/identity/secrets.hpp"
#include "modules/settings/settings.hpp"
#include "platform/config/config.hpp"
#include "platform/crypto/jwt.hpp"
#include "platform/crypto/seal.hpp"
#include "platform/files/local_store.hpp"
#include "platform/http/rate_limiter.hpp"
#include "platform/telemetry/instruments.hpp"
#include "platform/work_pool.hpp"
#include "platform/ws/socket.hpp"

namespace taama::identity {
class RevokedSessions;
}
namespace taama::sandbox {
class Inbox;
class Sandbox;
}  // namespace taama::sandbox

namespace taama::app {

struct Process {
    // `database_url` and the port are known by now; the configuration was checked.
    Process(config::Config configuration, std::string database_url);
    ~Process();

    std::vector<std::string> wave_api_keys() const;         // the one in use first
    std::vector<std::string> wave_webhook_secrets() const;  // any of them may sign

    const config::Config config;
    const std::string database_url;
    const std::string public_url;  // without a slash at its end
    const std::string local_url;   // where this process reaches itself
    const std::string wave_base_url;
    const TimeZone zone;
    const Currency currency;
    Clock clock;
    telemetry::Metrics metrics;
    telemetry::Instruments instruments{metrics};
    settings::Current settings;
    crypto::Sealer sealer;
    crypto::TokenSigner token_signer;
    identity::Secrets identity_secrets;
    files::Urls file_urls;
    files::LocalStore file_store;
    http::RateLimiter rate_limiter;
    ws::Hub hub;
    carpool::TripIndex trip_index;
    carpool::TripShapes trip_shapes;
    WorkPool work_pool;
    ProcessState state;
    std::unique_ptr<identity::RevokedSessions> revoked_sessions;
    std::unique_ptr<sandbox::Sandbox> sandbox;  // both: dev mode only
    std::unique_ptr<sandbox::Inbox> inbox;
    std::string openapi;  // filled when the operations are known
};

// The keys of the configuration in the form that the Sealer takes.
crypto::Sealer make_sealer(const config::Secrets& secrets);
crypto::TokenSigner make_token_signer(const config::Config& config, const std::string& public_url);

}  // namespace taama::app
