#pragma once

// /admin/kyc: compliance reads documents and decides.

#include "modules/identity/kyc.hpp"

namespace taama::identity {

struct ReviewedPerson {
    AccountId id;
    std::string first_name;
    std::string last_name;
    std::optional<std::string> phone;
    std::optional<std::string> email;
    int kyc_tier = 0;
};
BOOST_DESCRIBE_STRUCT(ReviewedPerson, (), (id, first_name, last_name, phone, email, kyc_tier))

struct ReviewItem : KycDocumentView {
    ReviewedPerson user;
    std::int64_t waiting_seconds = 0;
    std::optional<KycDocumentId> duplicate_of;
    int submissions = 0;
};
BOOST_DESCRIBE_STRUCT(ReviewItem, (KycDocumentView),
                      (user, waiting_seconds, duplicate_of, submissions))

struct ReviewQuery {
    std::optional<json::AnyOf<KycStatus>> status;
    std::optional<json::AnyOf<DocType>> doc_type;
    std::optional<json::Text<1, 100>> query;
    std::optional<UtcTime> created_from;
    std::optional<json::Sort<"created_at">> sort;  // -created_at by default
};
BOOST_DESCRIBE_STRUCT(ReviewQuery, (), (status, doc_type, query, created_from, sort))

Task<http::List<ReviewItem>> list_documents(const Deps& deps, const http::Context& context,
                                            http::Staff staff, http::Paging paging,
                                            http::Query<ReviewQuery> query);
// Oldest first.
Task<http::List<ReviewItem>> list_pending_documents(const Deps& deps, const http::Context& context,
                                                    http::Staff staff, http::Paging paging);

struct ReviewDetail : KycDocumentView {
    ReviewedPerson user;
    std::string doc_number;  // in clear: reading it is audited
    std::string front_url;
    std::optional<std::string> back_url;
    std::optional<std::string> selfie_url;
    std::optional<KycDocumentId> duplicate_of;
    std::vector<KycDocumentView> other_documents;
    std::vector<AccountId> accounts_with_same_number;
};
BOOST_DESCRIBE_STRUCT(ReviewDetail, (KycDocumentView),
                      (user, doc_number, front_url, back_url, selfie_url, duplicate_of,
                       other_documents, accounts_with_same_number))
Task<http::Ok<ReviewDetail>> get_document(const Deps& deps, pg::Tx& tx,
                                          const http::Context& context, http::Staff staff,
                                          http::Path<KycDocumentId> id);

struct ApproveIn {
    std::optional<Date> expires_on;
    std::optional<json::Text<1, 100>> first_name;  // as printed
    std::optional<json::Text<1, 100>> last_name;
    std::optional<Date> birthdate;
    std::optional<json::Text<1, 500>> notes;
};
BOOST_DESCRIBE_STRUCT(ApproveIn, (), (expires_on, first_name, last_name, birthdate, notes))
Task<http::Ok<KycDocumentView>> approve_document(const Deps& deps, pg::Tx& tx,
                                                 const http::Context& context, http::Staff staff,
                                                 http::Path<KycDocumentId> id,
                                                 http::Body<ApproveIn> body);

struct RejectIn {
    RejectReason reason = RejectReason::other;
    json::Text<3, 500> notes;
};
BOOST_DESCRIBE_STRUCT(RejectIn, (), (reason, notes))
Task<http::Ok<KycDocumentView>> reject_document(const Deps& deps, pg::Tx& tx,
                                                const http::Context& context, http::Staff staff,
                                                http::Path<KycDocumentId> id,
                                                http::Body<RejectIn> body);
// From approved: fraud found later.
Task<http::Ok<KycDocumentView>> revoke_document(const Deps& deps, pg::Tx& tx,
                                                const http::Context& context, http::Staff staff,
                                                http::Path<KycDocumentId> id,
                                                http::Body<RejectIn> body);

// Who may read the files of a document: its person; compliance and super, audited.
Task<bool> may_read_kyc_file(pg::Tx& tx, const files::ReadRequest& request);

}  // namespace taama::identity
