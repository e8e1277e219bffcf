#include "app/process.hpp"

#include <thread>

#include "app/metrics.hpp"
#include "modules/identity/revoked_sessions.hpp"
#include "platform/assert.hpp"
#include "platform/files/image.hpp"
#include "platform/ws/session.hpp"
#include "sandbox/inbox.hpp"
#include "sandbox/sandbox.hpp"

namespace taama::app {

namespace {

crypto::Key key_of(std::string_view hex) {
    const auto bytes = crypto::from_hex(hex);
    ASSERT(bytes && bytes->size() == crypto::Key{}.size());
    crypto::Key key;
    std::ranges::copy(*bytes, key.begin());
    return key;
}

std::string public_url_of(const config::Config& config) {
    if (!config.http.public_url.empty()) return config.http.public_url;
    return fmt::format("{}://localhost:{}", config.http.tls_certificate.empty() ? "http" : "https",
                       config.http.port);
}

std::string local_url_of(const config::Config& config) {
    return fmt::format("{}://127.0.0.1:{}", config.http.tls_certificate.empty() ? "http" : "https",
                       config.http.port);
}

// In dev mode money moves in the sandbox, whatever the file says.
std::string wave_base_url_of(const config::Config& config) {
    return config.dev_mode ? local_url_of(config) + "/sandbox/wave" : config.wave.base_url;
}

int work_threads() { return static_cast<int>(std::max(1u, std::thread::hardware_concurrency())); }

}  // namespace

crypto::Sealer make_sealer(const config::Secrets& secrets) {
    crypto::SealerKeys keys;
    keys.current = {secrets.sealing_key_id, key_of(secrets.sealing_key)};
    for (const std::string& older : secrets.sealing_keys_older) {
        const auto colon = older.find(':');
        keys.older.push_back({static_cast<std::uint8_t>(std::stoi(older.substr(0, colon))),
                              key_of(std::string_view{older}.substr(colon + 1))});
    }
    keys.root = key_of(secrets.root_key);
    return crypto::Sealer{std::move(keys)};
}

crypto::TokenSigner make_token_signer(const config::Config& config, const std::string& public_url) {
    std::vector<crypto::TokenKey> previous;
    if (!config.secrets.jwt_secret_previous.empty())
        previous.push_back(crypto::TokenKey::of(config.secrets.jwt_secret_previous));
    return {public_url, crypto::TokenKey::of(config.secrets.jwt_secret), std::move(previous)};
}

Process::Process(config::Config configuration, std::string url)
    : config(std::move(configuration)),
      database_url(std::move(url)),
      public_url(public_url_of(config)),
      local_url(local_url_of(config)),
      wave_base_url(wave_base_url_of(config)),
      zone(TimeZone::find(config.operator_.time_zone).value()),
      currency(parse_currency(config.operator_.currency).value()),
      sealer(make_sealer(config.secrets)),
      token_signer(make_token_signer(config, public_url)),
      identity_secrets(sealer),
      file_urls(public_url, std::string{crypto::ByteView{sealer.derive("files.urls")}.text()}),
      file_store(config.files_directory),
      work_pool(work_threads()),
      revoked_sessions(std::make_unique<identity::RevokedSessions>()) {
    add_metrics(instruments, metrics);
    carpool::watch_trips(instruments.facts(), trip_index);
    files::start_image_library();
    revoked_sessions->on_revoked([this](SessionId session) {
        hub.close(ws::session_topic(session), ws::Close::not_authenticated, "token_revoked");
    });
    if (!config.dev_mode) return;
    inbox = std::make_unique<sandbox::Inbox>();
    sandbox = std::make_unique<sandbox::Sandbox>(
        sandbox::Options{.public_url = public_url,
                         .wave_webhook_url = local_url + "/api/v1/payments/webhook/wave",
                         .wave = {.api_key = config.wave.api_key,
                                  .request_secret = config.wave.request_signing_secret,
                                  .webhook_secret = config.wave.webhook_secret}},
        clock);
}

Process::~Process() = default;

std::vector<std::string> Process::wave_api_keys() const {
    std::vector<std::string> keys{config.wave.api_key};
    if (!config.wave.api_key_previous.empty()) keys.push_back(config.wave.api_key_previous);
    return keys;
}

std::vector<std::string> Process::wave_webhook_secrets() const {
    std::vector<std::string> secrets{config.wave.webhook_secret};
    if (!config.wave.webhook_secret_previous.empty())
        secrets.push_back(config.wave.webhook_secret_previous);
    return secrets;
}

}  // namespace taama::app
