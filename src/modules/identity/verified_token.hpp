#pragma once

// What a right code earns when it cannot sign anybody in: good for one act within 15 minutes.

#include "modules/identity/code.hpp"

namespace taama::identity {

struct NewVerifiedToken {
    Destination destination;
    CodePurpose purpose = CodePurpose::login;
    std::optional<AccountId> account;
};
struct IssuedToken {
    std::string token;
    UtcTime expires_at;
};
IssuedToken issue_verified_token(const Deps& deps, pg::Tx& tx, const NewVerifiedToken& earned,
                                 UtcTime now);

struct VerifiedTokenRow {
    Channel channel = Channel::sms;
    std::string destination;
    CodePurpose purpose = CodePurpose::login;
    std::optional<AccountId> account_id;
};
BOOST_DESCRIBE_STRUCT(VerifiedTokenRow, (), (channel, destination, purpose, account_id))
// Marks it used. Nothing when it is unknown, used, past its time, or meant for none of `purposes`.
Task<std::optional<VerifiedTokenRow>> use_verified_token(const Secrets& secrets, pg::Tx& tx,
                                                         std::string_view token,
                                                         std::vector<std::string> purposes,
                                                         UtcTime now);

}  // namespace taama::identity
