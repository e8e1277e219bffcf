#include "modules/identity/kyc_store.hpp"

namespace taama::identity {

PG_STATEMENT constexpr pg::Sql find_document_sql{"identity.find_document", R"sql(
    select id, account_id, doc_type, country, doc_number_sealed, doc_number_bidx, doc_number_last4,
           front_file_id, back_file_id, selfie_file_id, issued_on, expires_on, status, reject_reason,
           notes, reviewed_at, duplicate_of, created_at, updated_at
      from identity.kyc_documents
     where id = $1)sql"};

Task<std::optional<KycDocument>> find_document(pg::Tx& tx, KycDocumentId id) {
    const pg::Rows rows = co_await tx.query(find_document_sql, id);
    co_return rows.at_most_one<KycDocument>();
}

PG_STATEMENT constexpr pg::Sql lock_document_sql{"identity.lock_document", R"sql(
    select id, account_id, doc_type, country, doc_number_sealed, doc_number_bidx, doc_number_last4,
           front_file_id, back_file_id, selfie_file_id, issued_on, expires_on, status, reject_reason,
           notes, reviewed_at, duplicate_of, created_at, updated_at
      from identity.kyc_documents
     where id = $1
       for update)sql"};

Task<std::optional<KycDocument>> lock_document(pg::Tx& tx, KycDocumentId id) {
    const pg::Rows rows = co_await tx.query(lock_document_sql, id);
    co_return rows.at_most_one<KycDocument>();
}

PG_STATEMENT constexpr pg::Sql find_documents_sql{"identity.find_documents", R"sql(
    select id, account_id, doc_type, country, doc_number_sealed, doc_number_bidx, doc_number_last4,
           front_file_id, back_file_id, selfie_file_id, issued_on, expires_on, status, reject_reason,
           notes, reviewed_at, duplicate_of, created_at, updated_at
      from identity.kyc_documents
     where account_id = $1
     order by created_at desc, id
     limit 100)sql"};

Task<std::vector<KycDocument>> find_documents(pg::Tx& tx, AccountId account) {
    const pg::Rows rows = co_await tx.query(find_documents_sql, account);
    co_return rows.all<KycDocument>();
}

Task<std::vector<KycDocument>> find_documents(pg::Db& db, AccountId account) {
    const pg::Rows rows = co_await db.query(find_documents_sql, account);
    co_return rows.all<KycDocument>();
}

PG_STATEMENT constexpr pg::Sql find_same_number_sql{"identity.find_same_number", R"sql(
    select id, account_id, doc_type, country, doc_number_sealed, doc_number_bidx, doc_number_last4,
           front_file_id, back_file_id, selfie_file_id, issued_on, expires_on, status, reject_reason,
           notes, reviewed_at, duplicate_of, created_at, updated_at
      from identity.kyc_documents
     where doc_number_bidx = $1 and status = 'approved' and account_id <> $2)sql"};

Task<std::optional<KycDocument>> find_same_number(pg::Tx& tx, const KycDocument& document) {
    const pg::Rows rows =
        co_await tx.query(find_same_number_sql, document.doc_number_bidx, document.account_id);
    co_return rows.at_most_one<KycDocument>();
}

PG_STATEMENT constexpr pg::Sql count_submissions_sql{"identity.count_submissions", R"sql(
    select count(*) from identity.kyc_documents
     where account_id = $1 and doc_type = $2 and created_at > $3)sql"};

Task<int> count_submissions(pg::Tx& tx, AccountId account, DocType type, UtcTime since) {
    const pg::Rows rows = co_await tx.query(count_submissions_sql, account, type, since);
    co_return rows.one<int>();
}

PG_STATEMENT constexpr pg::Sql save_new_document_sql{"identity.save_new_document", R"sql(
    insert into identity.kyc_documents (id, account_id, doc_type, country, doc_number_sealed,
                                        doc_number_bidx, doc_number_last4, front_file_id,
                                        back_file_id, selfie_file_id, issued_on, expires_on,
                                        duplicate_of, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14))sql"};

void save_new_document(pg::Tx& tx, const KycDocument& document, UtcTime now) {
    tx.enqueue(save_new_document_sql, document.id, document.account_id, document.doc_type,
               document.country, document.doc_number_sealed, document.doc_number_bidx,
               document.doc_number_last4, document.front_file_id, document.back_file_id,
               document.selfie_file_id, document.issued_on, document.expires_on,
               document.duplicate_of, now);
}

PG_STATEMENT constexpr pg::Sql save_review_sql{"identity.save_review", R"sql(
    update identity.kyc_documents
       set status = $2, reject_reason = $3, notes = coalesce($4, notes),
           expires_on = coalesce($5, expires_on), reviewed_by = coalesce($6, reviewed_by),
           reviewed_at = case when $6::uuid is null then reviewed_at else $7 end, updated_at = $7
     where id = $1)sql"};

void save_review(pg::Tx& tx, const Review& review, UtcTime now) {
    tx.enqueue_one(save_review_sql, review.id, review.status, review.reject_reason, review.notes,
                   review.expires_on, review.reviewer, now);
}

PG_STATEMENT constexpr pg::Sql supersede_approved_sql{"identity.supersede_approved", R"sql(
    update identity.kyc_documents
       set status = 'superseded', updated_at = $3
     where account_id = $1 and doc_type = $2 and status = 'approved'
 returning id)sql"};

Task<std::optional<KycDocumentId>> supersede_approved(pg::Tx& tx, AccountId account, DocType type,
                                                      UtcTime now) {
    const pg::Rows rows = co_await tx.query(supersede_approved_sql, account, type, now);
    co_return rows.at_most_one<KycDocumentId>();
}

PG_STATEMENT constexpr pg::Sql mark_expiring_sql{"identity.mark_expiring", R"sql(
    update identity.kyc_documents
       set told_days = told_days || $2::smallint, updated_at = $3
     where status = 'approved' and expires_on >= $1 and expires_on <= $1::date + $2::int
       and not $2::smallint = any (told_days)
 returning id, account_id, doc_type, expires_on)sql"};

Task<std::vector<ExpiringDocument>> mark_expiring(pg::Tx& tx, Date today, int days, UtcTime now) {
    const pg::Rows rows = co_await tx.query(mark_expiring_sql, today, days, now);
    co_return rows.all<ExpiringDocument>();
}

PG_STATEMENT constexpr pg::Sql lock_expired_sql{"identity.lock_expired", R"sql(
    select id, account_id, doc_type, expires_on
      from identity.kyc_documents
     where status = 'approved' and expires_on < $1
     order by account_id, id
     limit $2
       for update)sql"};

Task<std::vector<ExpiringDocument>> lock_expired(pg::Tx& tx, Date today, int batch) {
    const pg::Rows rows = co_await tx.query(lock_expired_sql, today, batch);
    co_return rows.all<ExpiringDocument>();
}

// `query`: a phone or part of it, an e-mail, a name, an account or document id.
PG_STATEMENT constexpr pg::Sql find_reviews_sql{"identity.find_reviews", R"sql(
    select k.id, k.account_id, a.first_name, a.last_name, a.phone, a.email, a.kyc_tier, k.doc_type,
           k.country, k.doc_number_last4, k.status, k.reject_reason, k.notes, k.issued_on,
           k.expires_on, k.reviewed_at, k.duplicate_of,
           (select count(*) from identity.kyc_documents o
             where o.account_id = k.account_id and o.doc_type = k.doc_type) as submissions,
           k.created_at
      from identity.kyc_documents k join identity.accounts a on a.id = k.account_id
     where ($1::text[] is null or k.status = any ($1))
       and ($2::text[] is null or k.doc_type = any ($2))
       and ($3::text is null or a.phone like '%' || $3 || '%' or a.email_norm = lower($4)
            or a.first_name || ' ' || a.last_name ilike '%' || $3 || '%'
            or a.id::text = lower($4) or k.id::text = lower($4))
       and ($5::timestamptz is null or k.created_at >= $5)
     order by case when $6 then k.created_at end, k.created_at desc, k.id
     limit $7 offset $8)sql"};

PG_STATEMENT constexpr pg::Sql count_reviews_sql{"identity.count_reviews", R"sql(
    select count(*) from (
        select from identity.kyc_documents k join identity.accounts a on a.id = k.account_id
         where ($1::text[] is null or k.status = any ($1))
           and ($2::text[] is null or k.doc_type = any ($2))
           and ($3::text is null or a.phone like '%' || $3 || '%' or a.email_norm = lower($4)
                or a.first_name || ' ' || a.last_name ilike '%' || $3 || '%'
                or a.id::text = lower($4) or k.id::text = lower($4))
           and ($5::timestamptz is null or k.created_at >= $5)
         limit 10001) counted)sql"};

namespace {

template <class E>
std::optional<std::vector<E>> or_null(const std::vector<E>& values) {
    return values.empty() ? std::nullopt : std::optional{values};
}

// Wildcards are what they look like.
std::optional<std::string> escaped(const std::optional<std::string>& query) {
    if (!query) return std::nullopt;
    std::string out;
    for (const char c : *query) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

Task<std::vector<ReviewRow>> find_reviews(pg::Db& db, const ReviewFilter& filter) {
    const pg::Rows rows = co_await db.query_slow(
        find_reviews_sql, or_null(filter.status), or_null(filter.doc_types), escaped(filter.query),
        filter.query, filter.created_from, filter.oldest_first, filter.limit, filter.offset);
    co_return rows.all<ReviewRow>();
}

Task<std::optional<std::int64_t>> count_reviews(pg::Db& db, const ReviewFilter& filter) {
    constexpr std::int64_t counted_max = 10'000;
    const pg::Rows rows =
        co_await db.query_slow(count_reviews_sql, or_null(filter.status), or_null(filter.doc_types),
                               escaped(filter.query), filter.query, filter.created_from);
    const auto count = rows.one<std::int64_t>();
    co_return count > counted_max ? std::nullopt : std::optional{count};
}

PG_STATEMENT constexpr pg::Sql find_accounts_with_number_sql{"identity.find_accounts_with_number",
                                                             R"sql(
    select distinct account_id
      from identity.kyc_documents
     where doc_number_bidx = $1 and account_id <> $2
     limit 20)sql"};

Task<std::vector<AccountId>> find_accounts_with_number(pg::Tx& tx, const KycDocument& document) {
    const pg::Rows rows = co_await tx.query(find_accounts_with_number_sql, document.doc_number_bidx,
                                            document.account_id);
    co_return rows.all<AccountId>();
}

}  // namespace taama::identity
