#pragma once

// GET and PATCH /me, GET /users/{id}.

#include "modules/identity/contact_in.hpp"
#include "modules/identity/me_view.hpp"
#include "platform/http/routes.hpp"

namespace taama::identity {

using MeAnswer = std::variant<http::Ok<MeView>, http::Ok<StaffView>>;
Task<MeAnswer> get_me(const Deps& deps, http::AnyCaller caller);

enum class Talk : std::uint8_t { quiet, some, lots };
BOOST_DESCRIBE_ENUM(Talk, quiet, some, lots)

struct PreferencesIn {
    std::optional<bool> smoking;
    std::optional<bool> pets;
    std::optional<bool> music;
    std::optional<Talk> talk;
    std::optional<bool> show_photo;
};
BOOST_DESCRIBE_STRUCT(PreferencesIn, (), (smoking, pets, music, talk, show_photo))

struct ProfilePatch {
    std::optional<json::Text<1, 100>> first_name;
    std::optional<json::Text<1, 100>> last_name;
    json::Patch<Gender> gender;
    std::optional<Date> birthdate;
    std::optional<Language> language;
    json::Patch<FileId> photo_file_id;
    std::optional<PreferencesIn> preferences;
    std::optional<json::Phone> phone;  // only as it is already
    std::optional<json::Email> email;
};
BOOST_DESCRIBE_STRUCT(ProfilePatch, (),
                      (first_name, last_name, gender, birthdate, language, photo_file_id,
                       preferences, phone, email))

Task<http::Ok<MeView>> patch_me(const Deps& deps, pg::Tx& tx, http::Context& context,
                                http::User user, http::IfMatch match,
                                http::Body<ProfilePatch> body);
// The same for whoever calls: staff change their language; the rest of them is the operator's.
Task<MeAnswer> patch_own(const Deps& deps, pg::Tx& tx, http::Context& context,
                         http::AnyCaller caller, http::IfMatch match,
                         http::Body<ProfilePatch> body);

struct VerifiedFlags {
    bool phone = false;
    bool email = false;
    bool identity = false;
    bool driver = false;
};
BOOST_DESCRIBE_STRUCT(VerifiedFlags, (), (phone, email, identity, driver))

struct PublicProfile {
    AccountId id;
    std::string first_name;
    std::string last_initial;
    std::optional<std::string> photo_url;
    std::optional<double> rating_avg;
    std::int64_t rating_count = 0;
    UtcTime member_since;
    VerifiedFlags verified;
};
BOOST_DESCRIBE_STRUCT(PublicProfile, (),
                      (id, first_name, last_initial, photo_url, rating_avg, rating_count,
                       member_since, verified))

Task<http::Ok<PublicProfile>> get_public_profile(const Deps& deps, http::AnyCaller caller,
                                                 http::Path<AccountId> id);

}  // namespace taama::identity
