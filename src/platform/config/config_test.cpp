#include "platform/config/config.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>

namespace taama::config {
namespace {

namespace fs = std::filesystem;

class ConfigFile : public testing::Test {
protected:
    ConfigFile() {
        std::string pattern = (fs::temp_directory_path() / "taama-config-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
    }
    ~ConfigFile() override { fs::remove_all(directory_); }

    Config load(std::string_view text, std::map<std::string, std::string> environment = {}) const {
        const fs::path file = directory_ / "taama.toml";
        std::ofstream{file} << text;
        return config::load(file, [environment = std::move(environment)](const char* name) {
            const auto found = environment.find(name);
            return found == environment.end() ? std::nullopt : std::optional{found->second};
        });
    }
    std::string refusal(std::string_view text,
                        std::map<std::string, std::string> environment = {}) const {
        try {
            load(text, std::move(environment));
            return "";
        } catch (const ConfigError& error) {
            return error.what();
        }
    }

    fs::path directory_;
};

TEST_F(ConfigFile, EnvironmentOverFileOverDefaults) {
    const std::string_view text = R"(
        modules = ["carpool", "rental"]
        [http]
        port = 8081
        threads = 3
        [operator]
        name = "Sotra"
        country = "TG"
    )";
    const Config config =
        load(text, {{"TAAMA_PORT", "9000"}, {"TAAMA_CORS_ORIGINS", "https://a.ci, https://b.ci"}});
    EXPECT_EQ(config.http.port, 9000);
    EXPECT_EQ(config.http.threads, 3);
    EXPECT_EQ(config.http.address, "0.0.0.0");
    EXPECT_EQ(config.http.cors_origins, (std::vector<std::string>{"https://a.ci", "https://b.ci"}));
    EXPECT_EQ(config.operator_.name, "Sotra");
    EXPECT_EQ(config.operator_.currency, "XOF");
    EXPECT_EQ(config.modules, (std::vector<std::string>{"carpool", "rental"}));
}

TEST_F(ConfigFile, WhatIsWrongIsNamed) {
    const std::pair<std::string_view, std::string_view> files[] = {
        {"prot = 1", "unknown configuration key prot"},
        {"[http]\nprot = 1", "unknown configuration key http.prot"},
        {"[htpp]", "unknown configuration key htpp"},
        {"[http]\nport = \"8080\"", "http.port has a value of the wrong type"},
        {"[http]\nport = 65536", "http.port must be a number of 0..65535"},
        {"[http]\nport = -1", "http.port must be a number of 0..65535"},
        {"[http]\nport = 80.5", "http.port has a value of the wrong type"},
        {"modules = \"carpool\"", "modules has a value of the wrong type"},
        {"modules = [1]", "modules has a value of the wrong type"},
        {"[secrets]\njwt_secret = \"x\"", "set JWT_SECRET in the environment"},
        {"[wave]\napi_key = \"x\"", "set WAVE_API_KEY in the environment"},
        {"log_level = \"loud\"", "unknown log level loud"},
        {"[operator]\ntime_zone = \"Africa/Nowhere\"", "unknown time zone Africa/Nowhere"},
        {"[operator]\nlanguage = \"de\"", "operator.language is fr or en"},
        {"[operator]\ncurrency = \"USD\"", "unknown currency USD"},
        {"[http]\ntls_key = \"key.pem\"", "go together"},
        {"[http]\npublic_url = \"https://a.ci/\"", "without a slash"},
        {"[http", "taama.toml"},
    };
    for (const auto& [text, said] : files) {
        SCOPED_TRACE(text);
        EXPECT_NE(refusal(text).find(said), std::string::npos) << refusal(text);
    }
    EXPECT_NE(refusal("", {{"TAAMA_PORT", "http"}}).find("TAAMA_PORT"), std::string::npos);
    EXPECT_NE(refusal("", {{"TAAMA_DEV", "maybe"}}).find("TAAMA_DEV"), std::string::npos);
    EXPECT_EQ(refusal("", {{"TAAMA_DEV", "1"}}), "");
}

TEST_F(ConfigFile, DevelopmentSecretsAreMadeOnce) {
    Config first = load("");
    first.data_directory = directory_ / "data";
    Config second = first;
    EXPECT_THROW(check_secrets(first), ConfigError);
    load_or_make_dev_secrets(first);
    load_or_make_dev_secrets(second);
    check_secrets(first);
    EXPECT_EQ(first.secrets.jwt_secret, second.secrets.jwt_secret);
    EXPECT_NE(first.secrets.root_key, first.secrets.sealing_key);
    struct stat facts{};
    ASSERT_EQ(stat((first.data_directory / "secrets.toml").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600u);
    Config given = load("", {{"JWT_SECRET", std::string(32, 'j')}});
    given.data_directory = first.data_directory;
    load_or_make_dev_secrets(given);
    EXPECT_EQ(given.secrets.jwt_secret, std::string(32, 'j'));
}

TEST_F(ConfigFile, SecretsAreChecked_S3_075) {
    Config good = load("");
    good.data_directory = directory_;
    load_or_make_dev_secrets(good);
    const std::function<void(Config&)> breaks[] = {
        [](Config& c) { c.secrets.jwt_secret = std::string(31, 'x'); },
        [](Config& c) { c.secrets.jwt_secret_previous = "short"; },
        [](Config& c) { c.secrets.sealing_key = "00"; },
        [](Config& c) { c.secrets.root_key.back() = 'g'; },
        [](Config& c) { c.secrets.sealing_keys_older = {c.secrets.root_key}; },
        [](Config& c) { c.secrets.sealing_keys_older = {"256:" + c.secrets.root_key}; },
        [](Config& c) { c.wave.webhook_secret.clear(); },
        [](Config& c) {
            c.wave.api_key.clear();
            c.wave.api_key_previous = "old";
        },
    };
    check_secrets(good);
    for (const auto& breaks_it : breaks) {
        Config config = good;
        breaks_it(config);
        EXPECT_THROW(check_secrets(config), ConfigError);
    }
    good.secrets.sealing_keys_older = {"1:" + good.secrets.root_key};
    check_secrets(good);
}

TEST_F(ConfigFile, PrintsNoSecret) {
    Config config = load("", {{"JWT_SECRET", "very-secret-very-secret-very-secret"},
                              {"SEALING_KEYS_OLDER", "1:aaaa,2:bbbb"},
                              {"WAVE_API_KEY", "wave_key"},
                              {"WAVE_API_KEY_PREVIOUS", "wave_old_key"}});
    EXPECT_EQ(config.wave.api_key_previous, "wave_old_key");
    const std::string text = to_toml(config);
    for (const char* hidden : {"very-secret", "aaaa", "bbbb", "wave_key", "wave_old_key"})
        EXPECT_EQ(text.find(hidden), std::string::npos) << text;
    EXPECT_NE(text.find("•••"), std::string::npos);
    EXPECT_NE(text.find("JWT_SECRET"), std::string::npos);
    EXPECT_NE(text.find("port = 8080"), std::string::npos) << text;
}

}  // namespace
}  // namespace taama::config
