#pragma once

// An account as the flows of identity read and write it.

#include "modules/identity/destination.hpp"
#include "modules/identity/identity.hpp"

namespace taama::identity {

enum class Gender : std::uint8_t { female, male, other };
BOOST_DESCRIBE_ENUM(Gender, female, male, other)

struct Account {
    AccountId id;
    AccountStatus status = AccountStatus::active;
    std::optional<std::string> phone;
    std::optional<UtcTime> phone_verified_at;
    std::optional<std::string> email;
    std::optional<UtcTime> email_verified_at;
    std::optional<std::string> password_hash;
    std::string first_name;
    std::string last_name;
    std::optional<Gender> gender;
    std::optional<Date> birthdate;
    std::optional<FileId> photo_file_id;
    Language language = Language::fr;
    std::vector<PersonRole> roles;
    int kyc_tier = 0;
    bool names_locked = false;
    std::optional<UtcTime> last_login_at;
    UtcTime created_at;

    // What a password must not be.
    std::vector<std::string> personal_words() const;
};
BOOST_DESCRIBE_STRUCT(Account, (),
                      (id, status, phone, phone_verified_at, email, email_verified_at,
                       password_hash, first_name, last_name, gender, birthdate, photo_file_id,
                       language, roles, kyc_tier, names_locked, last_login_at, created_at))

struct NewAccount {
    AccountId id;
    Destination contact;  // proved
    std::optional<std::string> password_hash;
    std::string first_name;
    std::string last_name;
    std::optional<Gender> gender;
    std::optional<Date> birthdate;
    Language language = Language::fr;
    std::optional<std::string> terms_version;
};

}  // namespace taama::identity
