#pragma once

#include "modules/identity/kyc_rules.hpp"
#include "platform/pg/tx.hpp"

namespace taama::identity {

struct KycDocument {
    KycDocumentId id;
    AccountId account_id;
    DocType doc_type = DocType::cni;
    std::string country;
    pg::Bytes doc_number_sealed;
    pg::Bytes doc_number_bidx;
    std::string doc_number_last4;
    FileId front_file_id;
    std::optional<FileId> back_file_id;
    std::optional<FileId> selfie_file_id;
    std::optional<Date> issued_on;
    std::optional<Date> expires_on;
    KycStatus status = KycStatus::pending;
    std::optional<RejectReason> reject_reason;
    std::optional<std::string> notes;
    std::optional<UtcTime> reviewed_at;
    std::optional<KycDocumentId> duplicate_of;
    UtcTime created_at;
    UtcTime updated_at;
};
BOOST_DESCRIBE_STRUCT(KycDocument, (),
                      (id, account_id, doc_type, country, doc_number_sealed, doc_number_bidx,
                       doc_number_last4, front_file_id, back_file_id, selfie_file_id, issued_on,
                       expires_on, status, reject_reason, notes, reviewed_at, duplicate_of,
                       created_at, updated_at))

Task<std::optional<KycDocument>> find_document(pg::Tx& tx, KycDocumentId id);
Task<std::optional<KycDocument>> lock_document(pg::Tx& tx, KycDocumentId id);
Task<std::vector<KycDocument>> find_documents(pg::Tx& tx, AccountId account);
Task<std::vector<KycDocument>> find_documents(pg::Db& db, AccountId account);
// Another account's approved document with this number.
Task<std::optional<KycDocument>> find_same_number(pg::Tx& tx, const KycDocument& document);
Task<int> count_submissions(pg::Tx& tx, AccountId account, DocType type, UtcTime since);

void save_new_document(pg::Tx& tx, const KycDocument& document, UtcTime now);

struct Review {
    KycDocumentId id;
    KycStatus status = KycStatus::approved;
    std::optional<RejectReason> reject_reason;
    std::optional<std::string> notes;
    std::optional<Date> expires_on;
    std::optional<StaffId> reviewer;  // the clock has none
};
void save_review(pg::Tx& tx, const Review& review, UtcTime now);
// The account's earlier approved document of this type makes room.
Task<std::optional<KycDocumentId>> supersede_approved(pg::Tx& tx, AccountId account, DocType type,
                                                      UtcTime now);

// --- for the clock -------------------------------------------------------------------------------

struct ExpiringDocument {
    KycDocumentId id;
    AccountId account_id;
    DocType doc_type = DocType::cni;
    Date expires_on;
};
BOOST_DESCRIBE_STRUCT(ExpiringDocument, (), (id, account_id, doc_type, expires_on))
// Approved ones that expire within `days` and were not told so; they count as told now.
Task<std::vector<ExpiringDocument>> mark_expiring(pg::Tx& tx, Date today, int days, UtcTime now);
Task<std::vector<ExpiringDocument>> lock_expired(pg::Tx& tx, Date today, int batch);

// --- for reviewers -------------------------------------------------------------------------------

struct ReviewRow {
    KycDocumentId id;
    AccountId account_id;
    std::string first_name;
    std::string last_name;
    std::optional<std::string> phone;
    std::optional<std::string> email;
    int kyc_tier = 0;
    DocType doc_type = DocType::cni;
    std::string country;
    std::string doc_number_last4;
    KycStatus status = KycStatus::pending;
    std::optional<RejectReason> reject_reason;
    std::optional<std::string> notes;
    std::optional<Date> issued_on;
    std::optional<Date> expires_on;
    std::optional<UtcTime> reviewed_at;
    std::optional<KycDocumentId> duplicate_of;
    int submissions = 0;
    UtcTime created_at;
};
BOOST_DESCRIBE_STRUCT(ReviewRow, (),
                      (id, account_id, first_name, last_name, phone, email, kyc_tier, doc_type,
                       country, doc_number_last4, status, reject_reason, notes, issued_on,
                       expires_on, reviewed_at, duplicate_of, submissions, created_at))

struct ReviewFilter {
    std::vector<KycStatus> status{};   // empty: every
    std::vector<DocType> doc_types{};  // empty: every
    std::optional<std::string> query{};
    std::optional<UtcTime> created_from{};
    bool oldest_first = false;
    std::int64_t offset = 0;
    std::int64_t limit = 20;
};
Task<std::vector<ReviewRow>> find_reviews(pg::Db& db, const ReviewFilter& filter);
// Counted up to 10,000.
Task<std::optional<std::int64_t>> count_reviews(pg::Db& db, const ReviewFilter& filter);
Task<std::vector<AccountId>> find_accounts_with_number(pg::Tx& tx, const KycDocument& document);

}  // namespace taama::identity
