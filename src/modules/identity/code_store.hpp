#pragma once

#include "modules/identity/code.hpp"

namespace taama::identity {

struct EarlierSendTimes {
    std::vector<UtcTime> to_destination;  // within a day, oldest first
    std::vector<UtcTime> from_ip;         // within an hour, oldest first
};
// Sends to one destination are counted one behind the other: the transaction holds a lock on it.
Task<EarlierSendTimes> lock_sends(pg::Tx& tx, const Destination& to, std::string_view ip,
                                  UtcTime now);

struct NewCode {
    VerificationId id;
    Destination to;
    CodePurpose purpose = CodePurpose::login;
    pg::Bytes code_hash;
    std::optional<pg::Bytes> link_hash;
    std::optional<AccountId> account;
    std::optional<RegistrationId> registration;
    UtcTime expires_at;
    std::string ip;
};
void save_new_code(pg::Tx& tx, const NewCode& code, UtcTime now);

// A live code that this attempt may be compared with; the attempt is counted already.
struct LiveCode {
    VerificationId id;
    pg::Bytes code_hash;
    std::optional<AccountId> account_id;
    std::optional<RegistrationId> registration_id;
    int attempts = 0;
};
BOOST_DESCRIBE_STRUCT(LiveCode, (), (id, code_hash, account_id, registration_id, attempts))
struct CodeKey {
    Destination destination;
    CodePurpose purpose = CodePurpose::login;
};
Task<std::vector<LiveCode>> count_code_attempt(pg::Tx& tx, const CodeKey& key, int attempts_max,
                                               UtcTime now);
// A right code ends every other live one of its destination and purpose.
void save_codes_used(pg::Tx& tx, const CodeKey& key, UtcTime now);

Task<int> find_wrong_answers(pg::Tx& tx, const Destination& destination, Date day);
void save_wrong_answer(pg::Tx& tx, const Destination& destination, Date day);

struct CodeRow {
    VerificationId id;
    Channel channel = Channel::sms;
    std::string destination;
    CodePurpose purpose = CodePurpose::login;
    std::optional<AccountId> account_id;
    std::optional<RegistrationId> registration_id;
};
BOOST_DESCRIBE_STRUCT(CodeRow, (), (id, channel, destination, purpose, account_id, registration_id))
Task<std::optional<CodeRow>> find_code(pg::Tx& tx, VerificationId id);
// Marks the code of a mailed link used, when it is still live.
Task<std::optional<CodeRow>> use_link(pg::Tx& tx, const pg::Bytes& link_hash, int attempts_max,
                                      UtcTime now);

}  // namespace taama::identity
