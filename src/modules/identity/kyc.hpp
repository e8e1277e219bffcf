#pragma once

// POST /me/kyc, GET /me/kyc and /me/kyc/status: a person's own documents.

#include "modules/identity/deps.hpp"
#include "modules/identity/kyc_store.hpp"
#include "modules/identity/me_view.hpp"
#include "platform/http/routes.hpp"

namespace taama::identity {

struct KycDocumentView {
    KycDocumentId id;
    DocType doc_type = DocType::cni;
    std::string country;
    std::string doc_number_masked;
    KycStatus status = KycStatus::pending;
    std::optional<RejectReason> reject_reason;
    std::optional<std::string> notes;
    std::optional<Date> issued_on;
    std::optional<Date> expires_on;
    std::optional<UtcTime> reviewed_at;
    UtcTime created_at;
};
BOOST_DESCRIBE_STRUCT(KycDocumentView, (),
                      (id, doc_type, country, doc_number_masked, status, reject_reason, notes,
                       issued_on, expires_on, reviewed_at, created_at))
KycDocumentView to_view(const KycDocument& document);

// 4..40 of letters, digits, space, slash, dash.
struct DocNumber {
    std::string text;
};

struct KycIn {
    DocType doc_type = DocType::cni;
    DocNumber doc_number;
    std::optional<json::Text<2, 2>> country;
    FileId front_file_id;
    std::optional<FileId> back_file_id;
    std::optional<FileId> selfie_file_id;
    std::optional<Date> issued_on;
    std::optional<Date> expires_on;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(KycIn, (),
                      (doc_type, doc_number, country, front_file_id, back_file_id, selfie_file_id,
                       issued_on, expires_on))

Task<http::Created<KycDocumentView>> submit_document(const Deps& deps, pg::Tx& tx,
                                                     http::Context& context, http::User user,
                                                     http::Body<KycIn> body);

struct NextTier {
    int tier = 0;
    std::vector<std::string> missing;
};
BOOST_DESCRIBE_STRUCT(NextTier, (), (tier, missing))
struct KycStatusView {
    int tier = 0;
    KycState status = KycState::none;
    std::vector<KycDocumentView> documents;
    std::optional<NextTier> next;  // nothing above 3
};
BOOST_DESCRIBE_STRUCT(KycStatusView, (), (tier, status, documents, next))
Task<http::Ok<KycStatusView>> get_kyc(const Deps& deps, http::User user);

}  // namespace taama::identity

template <>
struct taama::json::Codec<taama::identity::DocNumber> {
    static void read(Reader& r, const Node& node, taama::identity::DocNumber& out);
    static boost::json::value schema(Schemas&) {
        return {{"type", "string"}, {"pattern", "^[A-Za-z0-9 /-]{4,40}$"}};
    }
};
