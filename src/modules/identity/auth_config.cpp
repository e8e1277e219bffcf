#include "modules/identity/auth_config.hpp"

#include <boost/describe/enum_from_string.hpp>

#include "modules/identity/identity_settings.hpp"
#include "modules/settings/operator_settings.hpp"

namespace taama::identity {

namespace {

struct CallingCode {
    std::string_view country;
    std::string_view code;
};
constexpr CallingCode calling_codes[] = {
    {"CI", "+225"}, {"TG", "+228"}, {"BJ", "+229"}, {"SN", "+221"}, {"ML", "+223"}, {"BF", "+226"},
    {"NE", "+227"}, {"GN", "+224"}, {"GH", "+233"}, {"NG", "+234"}, {"MA", "+212"}, {"FR", "+33"},
};

std::string calling_code_of(std::string_view country) {
    for (const auto& known : calling_codes)
        if (known.country == country) return std::string{known.code};
    return "";
}

}  // namespace

Task<http::Ok<AuthConfig>> get_auth_config(const Deps& deps, http::Context& context, http::Public) {
    AuthConfig config;
    config.country = deps.country;
    config.calling_code = calling_code_of(deps.country);
    boost::describe::enum_from_string(deps.settings.get(settings::operator_language).c_str(),
                                      config.language);
    config.terms_version = deps.settings.get(terms_version);
    config.modules = deps.modules;
    context.response_headers.emplace_back("Cache-Control", "public, max-age=300");
    co_return http::Ok<AuthConfig>{std::move(config)};
}

}  // namespace taama::identity
