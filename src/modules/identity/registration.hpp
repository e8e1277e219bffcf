#pragma once

// What a person typed before the contact was proved, and the account that it becomes.

#include "modules/identity/account.hpp"
#include "modules/identity/code.hpp"

namespace taama::identity {

struct Registration {
    std::optional<std::string> password_hash;
    std::string first_name;
    std::string last_name;
    std::optional<Gender> gender;
    std::optional<Date> birthdate;
    Language language = Language::fr;
    std::optional<std::string> referral_code;
    std::optional<std::string> terms_version;
};

struct WaitingRegistration {
    RegistrationId id;
    Destination destination;
    const Registration& data;
};
void save_registration(const Deps& deps, pg::Tx& tx, const WaitingRegistration& waiting,
                       UtcTime now);

struct TakenRegistration {
    Registration data;
    bool is_only_one = true;  // nobody else registered this contact meanwhile
};
// Takes it, once; every other waiting one of its destination is dropped.
Task<std::optional<TakenRegistration>> take_registration(const Deps& deps, pg::Tx& tx,
                                                         RegistrationId id,
                                                         const Destination& destination,
                                                         UtcTime now);
void drop_registrations(pg::Tx& tx, const Destination& destination, UtcTime now);

struct OpenedAccount {
    AccountId id;
    bool is_new = true;
};
// The contact is proved. When somebody was faster, theirs is the account.
Task<OpenedAccount> open_account(pg::Tx& tx, const Destination& contact,
                                 const Registration& registration, UtcTime now);

}  // namespace taama::identity
