#include "modules/identity/kyc_review.hpp"

#include "modules/audit/audit.hpp"
#include "modules/files/files_settings.hpp"
#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/identity_settings.hpp"
#include "modules/identity/tier.hpp"
#include "platform/events/events.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::identity {

namespace {

ReviewItem to_item(ReviewRow row, UtcTime now) {
    ReviewItem item;
    item.id = row.id;
    item.doc_type = row.doc_type;
    item.country = std::move(row.country);
    item.doc_number_masked = masked_number(row.doc_number_last4);
    item.status = row.status;
    item.reject_reason = row.reject_reason;
    item.notes = std::move(row.notes);
    item.issued_on = row.issued_on;
    item.expires_on = row.expires_on;
    item.reviewed_at = row.reviewed_at;
    item.created_at = row.created_at;
    item.user = {row.account_id,       std::move(row.first_name), std::move(row.last_name),
                 std::move(row.phone), std::move(row.email),      row.kyc_tier};
    const UtcTime until = row.reviewed_at.value_or(now);
    item.waiting_seconds = std::chrono::floor<Seconds>(until - row.created_at).count();
    item.duplicate_of = row.duplicate_of;
    item.submissions = row.submissions;
    return item;
}

Task<http::List<ReviewItem>> list(const Deps& deps, const http::Context& context,
                                  const http::Paging& paging, ReviewFilter filter) {
    filter.offset = paging.offset();
    filter.limit = paging.page_size;
    http::List<ReviewItem> answer;
    for (ReviewRow& row : co_await find_reviews(deps.db, filter))
        answer.items.push_back(to_item(std::move(row), context.now));
    answer.pagination = paging.of(co_await count_reviews(deps.db, filter));
    co_return answer;
}

}  // namespace

Task<http::List<ReviewItem>> list_documents(const Deps& deps, const http::Context& context,
                                            http::Staff, http::Paging paging,
                                            http::Query<ReviewQuery> query) {
    ReviewFilter filter;
    if (query->status) filter.status = query->status->values;
    if (query->doc_type) filter.doc_types = query->doc_type->values;
    if (query->query) filter.query = query->query->value;
    filter.created_from = query->created_from;
    filter.oldest_first = query->sort && !query->sort->by.empty() && !query->sort->by[0].descending;
    co_return co_await list(deps, context, paging, std::move(filter));
}

Task<http::List<ReviewItem>> list_pending_documents(const Deps& deps, const http::Context& context,
                                                    http::Staff, http::Paging paging) {
    co_return co_await list(deps, context, paging,
                            {.status = {KycStatus::pending}, .oldest_first = true});
}

namespace {

void record_read(pg::Tx& tx, const http::Context& context, StaffId staff,
                 const KycDocument& document) {
    boost::json::object meta = audit::meta_of(context);
    meta["user_id"] = document.account_id.to_string();
    audit::record(tx,
                  {.actor = audit::Actor::staff(staff),
                   .action = "READ_KYC_FILE",
                   .entity = "KycDocument",
                   .entity_id = document.id.uuid,
                   .meta = std::move(meta)},
                  context.now);
}

ReviewedPerson to_person(const Account& account) {
    return {account.id,    account.first_name, account.last_name,
            account.phone, account.email,      account.kyc_tier};
}

}  // namespace

Task<http::Ok<ReviewDetail>> get_document(const Deps& deps, pg::Tx& tx,
                                          const http::Context& context, http::Staff staff,
                                          http::Path<KycDocumentId> id) {
    const KycDocument document = or_throw(co_await find_document(tx, *id), errors::not_found);
    const Account account =
        or_throw(co_await lock_account(tx, document.account_id), errors::not_found);
    const UtcTime expires_at = context.now + Seconds{deps.settings.get(files::url_ttl_seconds)};
    const auto url = [&](FileId file) {
        return deps.file_urls.read(file, "large", expires_at).url;
    };
    const auto url_of = [&](const std::optional<FileId>& file) {
        return file ? std::optional{url(*file)} : std::nullopt;
    };
    ReviewDetail detail;
    static_cast<KycDocumentView&>(detail) = to_view(document);
    detail.user = to_person(account);
    detail.doc_number = deps.secrets.open("kyc.doc_number", document.doc_number_sealed);
    detail.front_url = url(document.front_file_id);
    detail.back_url = url_of(document.back_file_id);
    detail.selfie_url = url_of(document.selfie_file_id);
    detail.duplicate_of = document.duplicate_of;
    for (const KycDocument& other : co_await find_documents(tx, document.account_id))
        if (other.id != document.id) detail.other_documents.push_back(to_view(other));
    detail.accounts_with_same_number = co_await find_accounts_with_number(tx, document);
    record_read(tx, context, staff.id, document);
    co_return http::Ok<ReviewDetail>{std::move(detail)};
}

namespace {

struct Decision {
    Review review;
    std::string_view action;  // of the audit
    std::string_view event;
};

void tell_decided(pg::Tx& tx, const KycDocument& document, const Review& review, UtcTime now) {
    if (document.status == KycStatus::approved) return tx.tell("kyc.revoked", {});
    const std::chrono::duration<double> waited = now - document.created_at;
    tx.tell("kyc.reviewed", {{"result", boost::describe::enum_to_string(review.status, "")},
                             {"seconds", waited.count()}});
}

// Document, audit, event and tier in the reviewer's transaction.
Task<KycDocumentView> decide(const Deps& deps, pg::Tx& tx, const http::Context& context,
                             StaffId staff, const KycDocument& document, Decision decision) {
    const UtcTime now = context.now;
    const char* status = boost::describe::enum_to_string(decision.review.status, "");
    boost::json::object news{{"user_id", document.account_id.to_string()},
                             {"document_id", document.id.to_string()},
                             {"doc_type", boost::describe::enum_to_string(document.doc_type, "")},
                             {"notes", decision.review.notes.value_or("")}};
    if (decision.review.reject_reason)
        news["reason"] = boost::describe::enum_to_string(*decision.review.reject_reason, "");
    save_review(tx, decision.review, now);
    audit::record(
        tx,
        {.actor = audit::Actor::staff(staff),
         .action = decision.action,
         .entity = "KycDocument",
         .entity_id = document.id.uuid,
         .before =
             boost::json::object{{"status", boost::describe::enum_to_string(document.status, "")}},
         .after = boost::json::object{{"status", status}},
         .meta = audit::meta_of(context, decision.review.notes.value_or(""))},
        now);
    events::emit(tx, decision.event, std::move(news), now);
    tell_decided(tx, document, decision.review, now);
    co_await recompute_tier(deps, tx,
                            {.account = document.account_id,
                             .actor = audit::Actor::staff(staff),
                             .reason = decision.event},
                            now);
    const KycDocument decided =
        or_throw(co_await find_document(tx, document.id), errors::not_found);
    co_return to_view(decided);
}

// The names of an identity document become the account's, and stay.
Task<void> take_names(pg::Tx& tx, const http::Context& context, StaffId staff,
                      const KycDocument& document, const ApproveIn& in) {
    const Account account =
        or_throw(co_await lock_account(tx, document.account_id), errors::not_found);
    const Names names{in.first_name ? in.first_name->value : account.first_name,
                      in.last_name ? in.last_name->value : account.last_name,
                      in.birthdate ? in.birthdate : account.birthdate};
    save_names(tx, account.id, names, true, context.now);
    if (names.first_name == account.first_name && names.last_name == account.last_name) co_return;
    save_history(tx,
                 {.account = account.id,
                  .field = "name",
                  .from = boost::json::string{full_name_of(account.first_name, account.last_name)},
                  .to = boost::json::string{full_name_of(names.first_name, names.last_name)},
                  .actor = audit::Actor::staff(staff),
                  .reason = "kyc_approved"},
                 context.now);
}

}  // namespace

Task<http::Ok<KycDocumentView>> approve_document(const Deps& deps, pg::Tx& tx,
                                                 const http::Context& context, http::Staff staff,
                                                 http::Path<KycDocumentId> id,
                                                 http::Body<ApproveIn> body) {
    const ApproveIn& in = *body;
    const KycDocument document = or_throw(co_await lock_document(tx, *id), errors::not_found);
    const KycStatus status = or_throw(next_status(document.status, KycEvent::approve));
    const auto expires_on = in.expires_on ? in.expires_on : document.expires_on;
    if (expires_on && std::chrono::sys_days{*expires_on} <
                          std::chrono::sys_days{deps.zone.local_date(context.now)})
        throw http::field_problem("expires_on", {"est dépassée", "is past"}, context.language);
    if (const auto other = co_await find_same_number(tx, document))
        throw Refusal{errors::already_exists, {{"account_id", other->account_id.to_string()}}};

    co_await supersede_approved(tx, document.account_id, document.doc_type, context.now);
    if (is_identity_document(document.doc_type, deps.settings.get(identity_doc_types)))
        co_await take_names(tx, context, staff.id, document, in);
    co_return http::Ok<KycDocumentView>{co_await decide(
        deps, tx, context, staff.id, document,
        {.review = {.id = document.id,
                    .status = status,
                    .reject_reason = std::nullopt,
                    .notes = in.notes ? std::optional{in.notes->value} : std::nullopt,
                    .expires_on = in.expires_on,
                    .reviewer = staff.id},
         .action = "APPROVE_KYC",
         .event = "kyc.approved"})};
}

namespace {

Task<KycDocumentView> refuse_document(const Deps& deps, pg::Tx& tx, const http::Context& context,
                                      StaffId staff, KycDocumentId id, KycEvent event,
                                      const RejectIn& in) {
    const KycDocument document = or_throw(co_await lock_document(tx, id), errors::not_found);
    const KycStatus status = or_throw(next_status(document.status, event));
    co_return co_await decide(deps, tx, context, staff, document,
                              {.review = {.id = id,
                                          .status = status,
                                          .reject_reason = in.reason,
                                          .notes = in.notes.value,
                                          .expires_on = std::nullopt,
                                          .reviewer = staff},
                               .action = event == KycEvent::revoke ? "REVOKE_KYC" : "REJECT_KYC",
                               .event = "kyc.rejected"});
}

}  // namespace

Task<http::Ok<KycDocumentView>> reject_document(const Deps& deps, pg::Tx& tx,
                                                const http::Context& context, http::Staff staff,
                                                http::Path<KycDocumentId> id,
                                                http::Body<RejectIn> body) {
    co_return http::Ok<KycDocumentView>{
        co_await refuse_document(deps, tx, context, staff.id, *id, KycEvent::reject, *body)};
}

Task<http::Ok<KycDocumentView>> revoke_document(const Deps& deps, pg::Tx& tx,
                                                const http::Context& context, http::Staff staff,
                                                http::Path<KycDocumentId> id,
                                                http::Body<RejectIn> body) {
    co_return http::Ok<KycDocumentView>{
        co_await refuse_document(deps, tx, context, staff.id, *id, KycEvent::revoke, *body)};
}

Task<bool> may_read_kyc_file(pg::Tx& tx, const files::ReadRequest& request) {
    const auto document = co_await find_document(tx, KycDocumentId{request.holder_id});
    if (!document) co_return false;
    const http::Caller& caller = request.context.caller;
    if (caller.kind == http::Caller::Kind::user) co_return document->account_id == caller.account();
    if (caller.role != http::Role::compliance && caller.role != http::Role::super) co_return false;
    record_read(tx, request.context, caller.staff(), *document);
    co_return true;
}

}  // namespace taama::identity
