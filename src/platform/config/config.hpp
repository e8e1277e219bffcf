#pragma once

// What the process is told at its start: defaults, then the file (taama.toml), then the
// environment. One table in config.cpp names all keys and variables. Settings that staff change
// while it runs are in modules/settings.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace taama::config {

struct Http {
    std::string address = "0.0.0.0";
    std::uint16_t port = 8080;
    std::string tls_certificate;  // PEM files; empty: plain HTTP
    std::string tls_key;
    std::string public_url;  // without a slash at its end; empty: http://localhost:<port>
    int threads = 0;         // 0: one per core
    std::vector<std::string> trusted_proxies;
    std::vector<std::string> cors_origins;
};

struct Database {
    std::string url;  // empty: a private cluster in the data directory
    int request_connections_per_thread = 2;
    bool pipelining = true;  // off only to measure what it brings
    bool unsafe = false;     // serve although the database may forget what it acknowledged
};

struct Operator {
    std::string name = "Taama";
    std::string country = "CI";
    std::string time_zone = "Africa/Abidjan";
    std::string language = "fr";
    std::string currency = "XOF";
};

// Never in the file: from the environment, or in dev mode from load_or_make_dev_secrets.
struct Secrets {
    std::string jwt_secret;           // at least 32 bytes
    std::string jwt_secret_previous;  // empty: none
    std::string root_key;             // both: 32 bytes as 64 hex digits
    std::string sealing_key;
    std::uint8_t sealing_key_id = 1;
    std::vector<std::string> sealing_keys_older;  // "<id>:<64 hex digits>"
};

struct Wave {
    std::string base_url = "https://api.wave.com";
    std::string api_key;           // empty: off
    std::string api_key_previous;  // tried where Wave does not accept the other; empty: none
    std::string webhook_secret;
    std::string webhook_secret_previous;
    std::string request_signing_secret;
};

struct Config {
    Http http;
    Database database;
    Operator operator_;
    Secrets secrets;
    Wave wave;
    std::vector<std::string> modules{"carpool"};
    std::filesystem::path data_directory = "var";
    std::filesystem::path files_directory;  // empty: <data directory>/files
    std::string log_level = "info";
    bool dev_mode = false;  // sandbox, /dev paths, made-up secrets
    bool demo = false;      // demo data
};

// Says which key is wrong and why; for the person who starts the program.
class ConfigError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

using Environment = std::function<std::optional<std::string>(const char* name)>;
Environment process_environment();

// `file` empty: TAAMA_CONFIG names it, else ./taama.toml where there is one. Throws ConfigError for
// an unknown key, a wrong type, a value out of range, a secret in the file. Secrets may still be
// missing.
Config load(const std::filesystem::path& file, const Environment& environment);

// Secrets that the configuration does not give, from `<data directory>/secrets.toml` (mode 0600),
// which is made the first time. For dev mode. Several processes may call it at once.
void load_or_make_dev_secrets(Config& config);
// For commands that seal nothing and sign nothing.
void make_throwaway_secrets(Config& config);

// What serving needs beyond load(): every secret is there, JWT secrets have 32 bytes. Throws
// ConfigError.
void check_secrets(const Config& config);

// TOML with comments that name the variables; secrets are shown as "•••".
std::string to_toml(const Config& config);

}  // namespace taama::config
