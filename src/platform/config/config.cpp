#include "platform/config/config.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdlib>
#include <limits>
#include <sstream>
#include <variant>

#include "platform/crypto/hash.hpp"
#include "platform/crypto/random.hpp"
#include "platform/money/money.hpp"
#include "platform/telemetry/log.hpp"
#include "platform/text/utf8.hpp"
#include "platform/time/time.hpp"

namespace taama::config {

namespace {

// One row per setting: its key in the file, its variable, and where it goes.
struct Field {
    std::string_view key;
    std::string_view environment;
    bool secret;
    std::variant<std::string*, std::filesystem::path*, int*, bool*, std::uint8_t*, std::uint16_t*,
                 std::vector<std::string>*>
        target;
};

std::vector<Field> fields_of(Config& c) {
    return {
        {"dev_mode", "TAAMA_DEV", false, &c.dev_mode},
        {"demo", "TAAMA_DEMO", false, &c.demo},
        {"data_dir", "TAAMA_DATA_DIR", false, &c.data_directory},
        {"files_dir", "TAAMA_FILES_DIR", false, &c.files_directory},
        {"log_level", "TAAMA_LOG_LEVEL", false, &c.log_level},
        {"modules", "TAAMA_MODULES", false, &c.modules},
        {"http.address", "TAAMA_ADDRESS", false, &c.http.address},
        {"http.port", "TAAMA_PORT", false, &c.http.port},
        {"http.public_url", "TAAMA_PUBLIC_URL", false, &c.http.public_url},
        {"http.tls_certificate", "TAAMA_TLS_CERTIFICATE", false, &c.http.tls_certificate},
        {"http.tls_key", "TAAMA_TLS_KEY", false, &c.http.tls_key},
        {"http.threads", "TAAMA_THREADS", false, &c.http.threads},
        {"http.cors_origins", "TAAMA_CORS_ORIGINS", false, &c.http.cors_origins},
        {"http.trusted_proxies", "TAAMA_TRUSTED_PROXIES", false, &c.http.trusted_proxies},
        {"database.url", "TAAMA_DATABASE_URL", false, &c.database.url},
        {"database.request_connections_per_thread", "TAAMA_DATABASE_CONNECTIONS", false,
         &c.database.request_connections_per_thread},
        {"database.pipelining", "TAAMA_DATABASE_PIPELINING", false, &c.database.pipelining},
        {"database.unsafe", "TAAMA_DATABASE_UNSAFE", false, &c.database.unsafe},
        {"operator.name", "TAAMA_OPERATOR_NAME", false, &c.operator_.name},
        {"operator.country", "TAAMA_OPERATOR_COUNTRY", false, &c.operator_.country},
        {"operator.time_zone", "TAAMA_OPERATOR_TIME_ZONE", false, &c.operator_.time_zone},
        {"operator.language", "TAAMA_OPERATOR_LANGUAGE", false, &c.operator_.language},
        {"operator.currency", "TAAMA_OPERATOR_CURRENCY", false, &c.operator_.currency},
        {"wave.base_url", "WAVE_BASE_URL", false, &c.wave.base_url},
        {"wave.api_key", "WAVE_API_KEY", true, &c.wave.api_key},
        {"wave.api_key_previous", "WAVE_API_KEY_PREVIOUS", true, &c.wave.api_key_previous},
        {"wave.webhook_secret", "WAVE_WEBHOOK_SECRET", true, &c.wave.webhook_secret},
        {"wave.webhook_secret_previous", "WAVE_WEBHOOK_SECRET_PREVIOUS", true,
         &c.wave.webhook_secret_previous},
        {"wave.request_signing_secret", "WAVE_REQUEST_SIGNING_SECRET", true,
         &c.wave.request_signing_secret},
        {"secrets.jwt_secret", "JWT_SECRET", true, &c.secrets.jwt_secret},
        {"secrets.jwt_secret_previous", "JWT_SECRET_PREVIOUS", true,
         &c.secrets.jwt_secret_previous},
        {"secrets.sealing_key", "SEALING_KEY", true, &c.secrets.sealing_key},
        {"secrets.sealing_key_id", "SEALING_KEY_ID", true, &c.secrets.sealing_key_id},
        {"secrets.sealing_keys_older", "SEALING_KEYS_OLDER", true, &c.secrets.sealing_keys_older},
        {"secrets.root_key", "ROOT_KEY", true, &c.secrets.root_key},
    };
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto comma = text.find(',');
        if (const auto word = text::trim(text.substr(0, comma)); !word.empty())
            words.emplace_back(word);
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    return words;
}

constexpr int integer_max = 100'000;

template <class T>
constexpr int max_of() {
    return std::same_as<T, int> ? integer_max : static_cast<int>(std::numeric_limits<T>::max());
}

bool to_bool(std::string_view name, std::string_view text) {
    if (text == "1" || text == "true" || text == "yes") return true;
    if (text.empty() || text == "0" || text == "false" || text == "no") return false;
    throw ConfigError{fmt::format("{} must be true or false, not \"{}\"", name, text)};
}

int to_integer(std::string_view name, std::string_view text, int max) {
    int value = 0;
    const auto end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc{} || result.ptr != end || value < 0 || value > max)
        throw ConfigError{fmt::format("{} must be a number of 0..{}, not \"{}\"", name, max, text)};
    return value;
}

void set_from_text(const Field& field, const std::string& text) {
    std::visit(
        [&]<class T>(T* target) {
            if constexpr (std::same_as<T, std::string> || std::same_as<T, std::filesystem::path>)
                *target = text;
            else if constexpr (std::same_as<T, bool>)
                *target = to_bool(field.environment, text);
            else if constexpr (std::integral<T>)
                *target = static_cast<T>(to_integer(field.environment, text, max_of<T>()));
            else
                *target = words_of(text);
        },
        field.target);
}

void set_from_node(const Field& field, const toml::node& node) {
    const auto wrong = [&] {
        return ConfigError{fmt::format("{} has a value of the wrong type", field.key)};
    };
    std::visit(
        [&]<class T>(T* target) {
            if constexpr (std::same_as<T, std::string> || std::same_as<T, bool>) {
                const auto value = node.value_exact<T>();
                if (!value) throw wrong();
                *target = *value;
            } else if constexpr (std::same_as<T, std::filesystem::path>) {
                const auto value = node.value_exact<std::string>();
                if (!value) throw wrong();
                *target = *value;
            } else if constexpr (std::integral<T>) {
                const auto value = node.value_exact<std::int64_t>();
                if (!value) throw wrong();
                *target =
                    static_cast<T>(to_integer(field.key, std::to_string(*value), max_of<T>()));
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
            const bool known = std::ranges::any_of(
                fields, [&](const Field& field) { return field.key.starts_with(key + '.'); });
            if (!known) throw ConfigError{fmt::format("unknown configuration key {}", key)};
            read_table(*inner, key + '.', fields);
            continue;
        }
        const auto field = std::ranges::find(fields, std::string_view{key}, &Field::key);
        if (field == fields.end())
            throw ConfigError{fmt::format("unknown configuration key {}", key)};
        if (field->secret)
            throw ConfigError{
                fmt::format("{} is a secret: set {} in the environment", key, field->environment)};
        set_from_node(*field, node);
    }
}

toml::table parse_file(const std::string& path) {
    try {
        return toml::parse_file(path);
    } catch (const toml::parse_error& error) {
        std::ostringstream where;
        where << error.source().begin;
        throw ConfigError{fmt::format("{}: {} ({})", path, error.description(), where.str())};
    }
}

// Values that no part of the program could work with.
void check_values(const Config& config) {
    if (!log::parse_level(config.log_level))
        throw ConfigError{fmt::format("unknown log level {}", config.log_level)};
    if (config.data_directory.empty()) throw ConfigError{"data_dir must not be empty"};
    if (config.http.public_url.ends_with('/'))
        throw ConfigError{"http.public_url ends without a slash"};
    if (config.operator_.country.size() != 2)
        throw ConfigError{"operator.country is two letters, like CI"};
    if (config.http.tls_certificate.empty() != config.http.tls_key.empty())
        throw ConfigError{"http.tls_certificate and http.tls_key go together"};
    if (!TimeZone::find(config.operator_.time_zone))
        throw ConfigError{fmt::format("unknown time zone {}", config.operator_.time_zone)};
    if (config.operator_.language != "fr" && config.operator_.language != "en")
        throw ConfigError{"operator.language is fr or en"};
    if (!parse_currency(config.operator_.currency))
        throw ConfigError{fmt::format("unknown currency {}", config.operator_.currency)};
}

}  // namespace

Environment process_environment() {
    return [](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        return value == nullptr ? std::nullopt : std::optional<std::string>{value};
    };
}

Config load(const std::filesystem::path& file, const Environment& environment) {
    std::filesystem::path path = file;
    if (path.empty()) path = environment("TAAMA_CONFIG").value_or("");
    if (path.empty() && std::filesystem::exists("taama.toml")) path = "taama.toml";
    Config config;
    const auto fields = fields_of(config);
    if (!path.empty()) read_table(parse_file(path.string()), "", fields);
    for (const Field& field : fields)
        if (const auto value = environment(std::string{field.environment}.c_str()))
            set_from_text(field, *value);
    check_values(config);
    return config;
}

void load_or_make_dev_secrets(Config& config) {
    namespace fs = std::filesystem;
    const fs::path path = config.data_directory / "secrets.toml";
    fs::create_directories(config.data_directory);
    if (!fs::exists(path)) {
        const auto hex = [] { return crypto::to_hex(crypto::random_bytes(32)); };
        std::string text = "# Made once for this development instance; keep it with the data.\n";
        for (const char* name :
             {"jwt_secret", "root_key", "sealing_key", "wave_api_key", "wave_webhook_secret"})
            text += fmt::format("{} = \"{}\"\n", name, hex());
        // Whoever renames first wins; all read what then stands there.
        const fs::path partial = path.string() + "." + crypto::random_code(8);
        const int file = open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (file < 0) throw ConfigError{fmt::format("cannot write {}", partial.string())};
        const bool written =
            write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
            fsync(file) == 0;
        close(file);
        if (!written) throw ConfigError{fmt::format("cannot write {}", partial.string())};
        link(partial.c_str(), path.c_str());
        fs::remove(partial);
    }
    const toml::table table = parse_file(path.string());
    const auto fill = [&](std::string& target, std::string_view key) {
        if (target.empty()) target = table[key].value_or("");
    };
    fill(config.secrets.jwt_secret, "jwt_secret");
    fill(config.secrets.root_key, "root_key");
    fill(config.secrets.sealing_key, "sealing_key");
    fill(config.wave.api_key, "wave_api_key");
    fill(config.wave.webhook_secret, "wave_webhook_secret");
}

void make_throwaway_secrets(Config& config) {
    for (std::string* secret :
         {&config.secrets.jwt_secret, &config.secrets.root_key, &config.secrets.sealing_key})
        *secret = crypto::to_hex(crypto::random_bytes(32));
}

void check_secrets(const Config& config) {
    const auto key_of_32_bytes = [](std::string_view name, std::string_view hex) {
        const auto bytes = crypto::from_hex(hex);
        if (!bytes || bytes->size() != 32)
            throw ConfigError{fmt::format("{} must be 64 hex digits (32 random bytes)", name)};
    };
    const Secrets& secrets = config.secrets;
    if (secrets.jwt_secret.size() < 32)
        throw ConfigError{"JWT_SECRET must be at least 32 bytes long"};
    if (!secrets.jwt_secret_previous.empty() && secrets.jwt_secret_previous.size() < 32)
        throw ConfigError{"JWT_SECRET_PREVIOUS must be at least 32 bytes long"};
    key_of_32_bytes("ROOT_KEY", secrets.root_key);
    key_of_32_bytes("SEALING_KEY", secrets.sealing_key);
    for (const std::string& older : secrets.sealing_keys_older) {
        const auto colon = older.find(':');
        if (colon == std::string::npos || colon == 0)
            throw ConfigError{"SEALING_KEYS_OLDER holds <id>:<64 hex digits>, comma-separated"};
        to_integer("SEALING_KEYS_OLDER", older.substr(0, colon), 255);
        key_of_32_bytes("SEALING_KEYS_OLDER", std::string_view{older}.substr(colon + 1));
    }
    if (!config.wave.api_key.empty() && config.wave.webhook_secret.empty())
        throw ConfigError{"WAVE_API_KEY needs WAVE_WEBHOOK_SECRET"};
    if (!config.wave.api_key_previous.empty() && config.wave.api_key.empty())
        throw ConfigError{"WAVE_API_KEY_PREVIOUS needs WAVE_API_KEY"};
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
                    for (const auto& word : *value) array.push_back(field.secret ? "•••" : word);
                    one.insert(name, std::move(array));
                } else if constexpr (std::same_as<T, std::string>) {
                    one.insert(name, field.secret && !value->empty() ? "•••" : *value);
                } else if constexpr (std::same_as<T, std::filesystem::path>) {
                    one.insert(name, value->string());
                } else if constexpr (std::same_as<T, bool>) {
                    one.insert(name, *value);
                } else {
                    one.insert(name, static_cast<std::int64_t>(*value));
                }
            },
            field.target);
        std::ostringstream line;
        line << one;
        (in_table ? tables : top) += fmt::format("{}  # {}\n", line.str(), field.environment);
    }
    return top + tables;
}

}  // namespace taama::config
