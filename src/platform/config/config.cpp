#include "platform/config/config.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <sstream>

#include "platform/crypto/hash.hpp"
#include "platform/crypto/random.hpp"
#include "platform/time/time.hpp"

namespace taama::config {

namespace {

// One row per setting: its key in the file, its variable, and where it goes.
struct Field {
    std::string_view key;
    std::string_view environment;
    bool secret;
    std::variant<std::string*, int*, bool*, std::uint16_t*, std::vector<std::string>*> target;
};

std::vector<Field> fields_of(Config& c) {
    return {
        {"dev_mode", "TAAMA_DEV", false, &c.dev_mode},
        {"demo", "TAAMA_DEMO", false, &c.demo},
        {"data_dir", "TAAMA_DATA_DIR", false, &c.data_dir},
        {"log_level", "TAAMA_LOG_LEVEL", false, &c.log_level},
        {"modules", "TAAMA_MODULES", false, &c.modules},
        {"cors_origins", "TAAMA_CORS_ORIGINS", false, &c.cors_origins},
        {"http.address", "TAAMA_ADDRESS", false, &c.http.address},
        {"http.port", "TAAMA_PORT", false, &c.http.port},
        {"http.public_url", "TAAMA_PUBLIC_URL", false, &c.http.public_url},
        {"http.tls_certificate", "TAAMA_TLS_CERTIFICATE", false, &c.http.tls_certificate},
        {"http.tls_key", "TAAMA_TLS_KEY", false, &c.http.tls_key},
        {"http.threads", "TAAMA_THREADS", false, &c.http.threads},
        {"http.trusted_proxies", "TAAMA_TRUSTED_PROXIES", false, &c.http.trusted_proxies},
        {"database.url", "TAAMA_DATABASE_URL", false, &c.database.url},
        {"database.shared_connections", "", false, &c.database.shared_connections},
        {"database.exclusive_connections", "", false, &c.database.exclusive_connections},
        {"database.slow_connections", "", false, &c.database.slow_connections},
        {"database.pipelining", "", false, &c.database.pipelining},
        {"operator.name", "TAAMA_OPERATOR_NAME", false, &c.op.name},
        {"operator.country", "TAAMA_OPERATOR_COUNTRY", false, &c.op.country},
        {"operator.time_zone", "TAAMA_OPERATOR_TIME_ZONE", false, &c.op.time_zone},
        {"operator.language", "TAAMA_OPERATOR_LANGUAGE", false, &c.op.language},
        {"operator.currency", "TAAMA_OPERATOR_CURRENCY", false, &c.op.currency},
        {"wave.base_url", "WAVE_BASE_URL", false, &c.wave.base_url},
        {"wave.api_key", "WAVE_API_KEY", true, &c.wave.api_key},
        {"wave.webhook_secret", "WAVE_WEBHOOK_SECRET", true, &c.wave.webhook_secret},
        {"wave.webhook_secret_previous", "WAVE_WEBHOOK_SECRET_PREVIOUS", true,
         &c.wave.webhook_secret_previous},
        {"wave.request_signing_secret", "WAVE_REQUEST_SIGNING_SECRET", true,
         &c.wave.request_signing_secret},
        {"secrets.jwt_secret", "JWT_SECRET", true, &c.secrets.jwt_secret},
        {"secrets.jwt_secret_previous", "JWT_SECRET_PREVIOUS", true, &c.secrets.jwt_secret_previous},
        {"secrets.sealing_key", "SEALING_KEY", true, &c.secrets.sealing_key},
        {"secrets.sealing_key_previous", "SEALING_KEY_PREVIOUS", true,
         &c.secrets.sealing_key_previous},
        {"secrets.ledger_signing_key", "LEDGER_SIGNING_KEY", true, &c.secrets.ledger_signing_key},
    };
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto comma = text.find(',');
        if (const auto word = text.substr(0, comma); !word.empty()) words.emplace_back(word);
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    return words;
}

int to_integer(std::string_view name, std::string_view text, int max) {
    int value = 0;
    const auto end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc{} || result.ptr != end || value < 0 || value > max)
        throw Error{fmt::format("{} must be a number of 0..{}, not \"{}\"", name, max, text)};
    return value;
}

void set_from_text(const Field& field, const std::string& text) {
    std::visit(
        [&]<class T>(T* target) {
            if constexpr (std::same_as<T, std::string>)
                *target = text;
            else if constexpr (std::same_as<T, bool>)
                *target = text == "1" || text == "true" || text == "yes";
            else if constexpr (std::same_as<T, int>)
                *target = to_integer(field.environment, text, 100'000);
            else if constexpr (std::same_as<T, std::uint16_t>)
                *target = static_cast<std::uint16_t>(to_integer(field.environment, text, 65535));
            else
                *target = words_of(text);
        },
        field.target);
}

void set_from_node(const Field& field, const toml::node& node) {
    const auto wrong = [&] { return Error{fmt::format("{} has a value of the wrong type", field.key)}; };
    std::visit(
        [&]<class T>(T* target) {
            if constexpr (std::same_as<T, std::string> || std::same_as<T, bool>) {
                const auto value = node.value_exact<T>();
                if (!value) throw wrong();
                *target = *value;
            } else if constexpr (std::same_as<T, int> || std::same_as<T, std::uint16_t>) {
                const auto value = node.value_exact<std::int64_t>();
                if (!value) throw wrong();
                *target = static_cast<T>(to_integer(field.key, std::to_string(*value), 65535));
            } else {
                const auto* array = node.as_array();
                if (array == nullptr) throw wrong();
                target->clear();
                for (const auto& item : *array) {
                    const auto word = item.value_exact<std::string>();
                    if (!word) throw wrong();
                    target->push_back(*word);
                }
            }
        },
        field.target);
}

void read_table(const toml::table& table, const std::string& prefix,
                const std::vector<Field>& fields) {
    for (const auto& [name, node] : table) {
        const std::string key = prefix + std::string{name.str()};
        if (const auto* inner = node.as_table()) {
            read_table(*inner, key + '.', fields);
            continue;
        }
        const auto field = std::ranges::find(fields, std::string_view{key}, &Field::key);
        if (field == fields.end()) throw Error{fmt::format("unknown configuration key {}", key)};
        if (field->secret)
            throw Error{fmt::format("{} is a secret: set {} in the environment", key,
                                    field->environment)};
        set_from_node(*field, node);
    }
}

toml::table parse_file(const std::string& path) {
    try {
        return toml::parse_file(path);
    } catch (const toml::parse_error& error) {
        std::ostringstream where;
        where << error.source().begin;
        throw Error{fmt::format("{}: {} ({})", path, error.description(), where.str())};
    }
}

}  // namespace

Config load(const std::string& path) {
    Config config;
    const auto fields = fields_of(config);
    if (!path.empty()) read_table(parse_file(path), "", fields);
    for (const Field& field : fields)
        if (const char* value = field.environment.empty()
                                    ? nullptr
                                    : std::getenv(std::string{field.environment}.c_str()))
            set_from_text(field, value);
    return config;
}

void use_dev_secrets(Config& config) {
    namespace fs = std::filesystem;
    const fs::path path = fs::path{config.data_dir} / "secrets.toml";
    fs::create_directories(path.parent_path());
    if (!fs::exists(path)) {
        const auto hex = [] { return crypto::to_hex(crypto::random_bytes(32)); };
        const std::string text = fmt::format(
            "# Made once for this development instance; keep it with the data.\n"
            "jwt_secret = \"{}\"\nsealing_key = \"{}\"\nledger_signing_key = \"{}\"\n"
            "wave_api_key = \"wave_ci_sandbox_{}\"\nwave_webhook_secret = \"wave_ci_WHS_{}\"\n",
            hex(), hex(), hex(), hex(), hex());
        const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (file < 0) throw Error{fmt::format("cannot write {}", path.string())};
        const bool written =
            write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
        fsync(file);
        close(file);
        if (!written) throw Error{fmt::format("cannot write {}", path.string())};
    }
    const toml::table table = parse_file(path.string());
    const auto fill = [&](std::string& target, std::string_view key) {
        if (target.empty()) target = table[key].value_or("");
    };
    fill(config.secrets.jwt_secret, "jwt_secret");
    fill(config.secrets.sealing_key, "sealing_key");
    fill(config.secrets.ledger_signing_key, "ledger_signing_key");
    fill(config.wave.api_key, "wave_api_key");
    fill(config.wave.webhook_secret, "wave_webhook_secret");
}

void check(const Config& config) {
    const auto key_of_32_bytes = [](std::string_view name, std::string_view hex) {
        const auto bytes = crypto::from_hex(hex);
        if (!bytes || bytes->size() != 32)
            throw Error{fmt::format("{} must be 64 hex digits (32 random bytes)", name)};
    };
    if (config.secrets.jwt_secret.size() < 32)
        throw Error{"JWT_SECRET must be at least 32 bytes long"};
    if (!config.secrets.jwt_secret_previous.empty() &&
        config.secrets.jwt_secret_previous.size() < 32)
        throw Error{"JWT_SECRET_PREVIOUS must be at least 32 bytes long"};
    key_of_32_bytes("SEALING_KEY", config.secrets.sealing_key);
    if (!config.secrets.sealing_key_previous.empty())
        key_of_32_bytes("SEALING_KEY_PREVIOUS", config.secrets.sealing_key_previous);
    key_of_32_bytes("LEDGER_SIGNING_KEY", config.secrets.ledger_signing_key);
    if (config.http.tls_certificate.empty() != config.http.tls_key.empty())
        throw Error{"http.tls_certificate and http.tls_key go together"};
    if (!TimeZone::find(config.op.time_zone))
        throw Error{fmt::format("unknown time zone {}", config.op.time_zone)};
    if (config.op.language != "fr" && config.op.language != "en")
        throw Error{"operator.language is fr or en"};
    if (!config.wave.api_key.empty() && config.wave.webhook_secret.empty())
        throw Error{"WAVE_API_KEY needs WAVE_WEBHOOK_SECRET"};
}

std::string to_toml(const Config& config) {
    Config copy = config;
    std::string top;
    std::string tables;
    std::string table;
    for (const Field& field : fields_of(copy)) {
        const auto dot = field.key.find('.');
        const bool in_table = dot != std::string_view::npos;
        if (in_table && field.key.substr(0, dot) != table) {
            table = field.key.substr(0, dot);
            tables += fmt::format("\n[{}]\n", table);
        }
        toml::table one;
        const std::string name{in_table ? field.key.substr(dot + 1) : field.key};
        std::visit(
            [&]<class T>(T* value) {
                if constexpr (std::same_as<T, std::vector<std::string>>) {
                    toml::array array;
                    for (const auto& word : *value) array.push_back(word);
                    one.insert(name, std::move(array));
                } else if constexpr (std::same_as<T, std::string>) {
                    one.insert(name, field.secret && !value->empty() ? "•••" : *value);
                } else if constexpr (std::same_as<T, bool>) {
                    one.insert(name, *value);
                } else {
                    one.insert(name, static_cast<std::int64_t>(*value));
                }
            },
            field.target);
        std::ostringstream line;
        line << one;
        (in_table ? tables : top) += line.str() + '\n';
    }
    return top + tables;
}

std::vector<Variable> variables() {
    Config config;
    std::vector<Variable> all;
    for (const Field& field : fields_of(config))
        if (!field.environment.empty()) all.push_back({field.environment, field.key, field.secret});
    return all;
}

}  // namespace taama::config
