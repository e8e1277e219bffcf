#pragma once

// Documents of identity and the tier that follows from them.

#include <boost/describe/enum.hpp>

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/errors.hpp"
#include "platform/id.hpp"
#include "platform/time/time.hpp"

namespace taama::identity {

using KycDocumentId = Id<struct KycDocumentTag>;

enum class DocType : std::uint8_t {
    cni,
    passport,
    residence_permit,
    permis,
    rccm,
    tax_certificate
};
BOOST_DESCRIBE_ENUM(DocType, cni, passport, residence_permit, permis, rccm, tax_certificate)

enum class KycStatus : std::uint8_t { pending, approved, rejected, superseded, expired };
BOOST_DESCRIBE_ENUM(KycStatus, pending, approved, rejected, superseded, expired)

enum class RejectReason : std::uint8_t {
    unreadable,
    expired,
    mismatch,
    wrong_type,
    incomplete,
    suspected_fraud,
    other
};
BOOST_DESCRIBE_ENUM(RejectReason, unreadable, expired, mismatch, wrong_type, incomplete,
                    suspected_fraud, other)

enum class KycEvent : std::uint8_t { approve, reject, expire, revoke, supersede };
BOOST_DESCRIBE_ENUM(KycEvent, approve, reject, expire, revoke, supersede)

struct KycTransition {
    KycStatus from;
    KycEvent event;
    KycStatus to;
};
inline constexpr KycTransition kyc_transitions[] = {
    {KycStatus::pending, KycEvent::approve, KycStatus::approved},
    {KycStatus::pending, KycEvent::reject, KycStatus::rejected},
    {KycStatus::approved, KycEvent::expire, KycStatus::expired},
    {KycStatus::approved, KycEvent::revoke, KycStatus::rejected},
    {KycStatus::approved, KycEvent::supersede, KycStatus::superseded},
};
// The state that follows, or invalid_state {status}.
std::expected<KycStatus, Refusal> next_status(KycStatus from, KycEvent event);

// An approved document, as far as the tier asks. Documents without a date do not expire.
struct ApprovedDocument {
    DocType type = DocType::cni;
    std::optional<Date> expires_on;
};

struct TierInput {
    bool phone_verified = false;
    std::span<const ApprovedDocument> approved;
    std::span<const std::string> identity_doc_types;  // setting kyc.identity_doc_types
    Date today;
};
// 1 phone; 2 and a document of identity; 3 and a driving licence or a merchant file.
int tier_of(const TierInput& input);

// What stands between a tier and `wanted`: of phone, identity_document, driving_licence,
// merchant_file.
std::vector<std::string_view> missing_for(int tier, int wanted);

bool needs_back(DocType type);
bool needs_expiry(DocType type);
bool is_identity_document(DocType type, std::span<const std::string> identity_doc_types);
// Without spaces and dashes, upper case: two spellings of one number are one number.
std::string normalised_number(std::string_view number);
std::string masked_number(std::string_view last4);

}  // namespace taama::identity
