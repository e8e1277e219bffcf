#pragma once

// GET /auth/config: what an app needs to know before anybody signs in.

#include "modules/identity/deps.hpp"
#include "platform/http/routes.hpp"

namespace taama::identity {

struct SocialProvider {
    std::vector<std::string> client_ids;
};
BOOST_DESCRIBE_STRUCT(SocialProvider, (), (client_ids))
struct SocialProviders {
    SocialProvider google;
    SocialProvider apple;
};
BOOST_DESCRIBE_STRUCT(SocialProviders, (), (google, apple))

struct AuthConfig {
    std::string country;
    std::string calling_code;
    Language language = Language::fr;
    SocialProviders social;
    std::string terms_version;
    int otp_length = 6;
    std::vector<std::string> modules;
};
BOOST_DESCRIBE_STRUCT(AuthConfig, (),
                      (country, calling_code, language, social, terms_version, otp_length, modules))

Task<http::Ok<AuthConfig>> get_auth_config(const Deps& deps, http::Context& context, http::Public);

}  // namespace taama::identity
