#include "modules/identity/kyc.hpp"

#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>

#include "modules/identity/errors.hpp"
#include "modules/identity/identity.hpp"
#include "modules/identity/identity_settings.hpp"
#include "platform/events/events.hpp"
#include "platform/http/field_problem.hpp"

void taama::json::Codec<taama::identity::DocNumber>::read(Reader& r, const Node& node,
                                                          taama::identity::DocNumber& out) {
    const bool good =
        node.type == Node::Type::string && node.text.size() >= 4 && node.text.size() <= 40 &&
        std::ranges::all_of(node.text,
                            [](unsigned char c) {
                                return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                       (c >= 'A' && c <= 'Z') || c == ' ' || c == '/' || c == '-';
                            }) &&
        taama::identity::normalised_number(node.text).size() >= 4;
    if (good)
        out.text = node.text;
    else
        r.problem({"doit avoir 4 à 40 lettres, chiffres, espaces, / ou -",
                   "must have 4 to 40 letters, digits, spaces, / or -"});
}

namespace taama::identity {

namespace {

bool is_country_code(std::string_view text) {
    return text.size() == 2 && std::ranges::all_of(text, [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
           });
}

}  // namespace

void KycIn::check(json::Reader& reader) const {
    if (country && !is_country_code(country->value))
        reader.problem_at("country",
                          {"doit être un code de pays (CI)", "must be a country code (CI)"});
    if (needs_back(doc_type) && !back_file_id)
        reader.problem_at("back_file_id", json::said_missing());
    if (needs_expiry(doc_type) && !expires_on)
        reader.problem_at("expires_on", json::said_missing());
    if (issued_on && expires_on &&
        std::chrono::sys_days{*issued_on} >= std::chrono::sys_days{*expires_on})
        reader.problem_at("issued_on", {"doit précéder expires_on", "must be before expires_on"});
}

KycDocumentView to_view(const KycDocument& document) {
    return {.id = document.id,
            .doc_type = document.doc_type,
            .country = document.country,
            .doc_number_masked = masked_number(document.doc_number_last4),
            .status = document.status,
            .reject_reason = document.reject_reason,
            .notes = document.notes,
            .issued_on = document.issued_on,
            .expires_on = document.expires_on,
            .reviewed_at = document.reviewed_at,
            .created_at = document.created_at};
}

namespace {

constexpr std::chrono::days submissions_window{30};

Task<void> attach_file(pg::Tx& tx, const http::Context& context, FileId file,
                       std::string_view field, const KycDocument& document) {
    const auto attaching = co_await files::attach(tx, file, files::Owner::user(document.account_id),
                                                  files::Purpose::kyc,
                                                  {"kyc_document", document.id.uuid}, context.now);
    switch (attaching) {
        case files::Attaching::attached: co_return;
        case files::Attaching::not_ready:
            throw Refusal{errors::invalid_state, {{"reason", "file_not_ready"}, {"field", field}}};
        case files::Attaching::unknown:
        case files::Attaching::held_by_another:
            throw http::field_problem(field,
                                      {"n'est pas un fichier à vous pour cet usage",
                                       "is no file of yours for this purpose"},
                                      context.language);
    }
}

// A picture of a refused document may be handed in again: only its number may have been wrong.
void release_refused(pg::Tx& tx, const std::vector<KycDocument>& earlier, FileId file,
                     UtcTime now) {
    for (const KycDocument& document : earlier)
        if (document.status == KycStatus::rejected &&
            (document.front_file_id == file || document.back_file_id == file ||
             document.selfie_file_id == file))
            files::detach(tx, file, {"kyc_document", document.id.uuid}, now);
}

Task<void> attach_files(pg::Tx& tx, const http::Context& context, const KycDocument& document,
                        const std::vector<KycDocument>& earlier) {
    const std::pair<std::string_view, std::optional<FileId>> pictures[] = {
        {"front_file_id", document.front_file_id},
        {"back_file_id", document.back_file_id},
        {"selfie_file_id", document.selfie_file_id}};
    for (const auto& [field, file] : pictures) {
        if (!file) continue;
        release_refused(tx, earlier, *file, context.now);
        co_await attach_file(tx, context, *file, field, document);
    }
}

void check_dates(const Deps& deps, const http::Context& context, const KycIn& in) {
    const std::chrono::sys_days today{deps.zone.local_date(context.now)};
    if (in.expires_on && std::chrono::sys_days{*in.expires_on} <= today)
        throw http::field_problem("expires_on", {"est dépassée", "is past"}, context.language);
    if (in.issued_on && std::chrono::sys_days{*in.issued_on} > today)
        throw http::field_problem("issued_on", {"est dans le futur", "is in the future"},
                                  context.language);
}

void check_none_pending(const std::vector<KycDocument>& earlier, DocType type) {
    for (const KycDocument& document : earlier)
        if (document.doc_type == type && document.status == KycStatus::pending)
            throw Refusal{errors::invalid_state,
                          {{"status", "pending"}, {"document_id", document.id.to_string()}}};
}

Task<void> check_submissions(const Deps& deps, pg::Tx& tx, AccountId user, DocType type,
                             UtcTime now) {
    const int limit = deps.settings.get(kyc_submissions_30d_max);
    if (co_await count_submissions(tx, user, type, now - submissions_window) >= limit)
        throw Refusal{errors::limit_exceeded, {{"max", limit}}};
}

KycDocument to_document(const Deps& deps, AccountId user, const KycIn& in, UtcTime now) {
    const std::string number = normalised_number(in.doc_number.text);
    const std::string country = boost::to_upper_copy(in.country ? in.country->value : deps.country);
    KycDocument document;
    document.id = KycDocumentId::make();
    document.account_id = user;
    document.doc_type = in.doc_type;
    document.country = country;
    document.doc_number_sealed = deps.secrets.seal("kyc.doc_number", in.doc_number.text);
    // A number is one within its country and type.
    document.doc_number_bidx = deps.secrets.blind_index(
        "kyc.doc_number",
        fmt::format("{} {} {}", country, boost::describe::enum_to_string(in.doc_type, ""), number));
    document.doc_number_last4 = number.substr(number.size() - 4);
    document.front_file_id = in.front_file_id;
    document.back_file_id = in.back_file_id;
    document.selfie_file_id = in.selfie_file_id;
    document.issued_on = in.issued_on;
    document.expires_on = in.expires_on;
    document.created_at = now;
    return document;
}

}  // namespace

Task<http::Created<KycDocumentView>> submit_document(const Deps& deps, pg::Tx& tx,
                                                     http::Context& context, http::User user,
                                                     http::Body<KycIn> body) {
    const UtcTime now = context.now;
    co_await require_tier(tx, user.id, 1);
    check_dates(deps, context, *body);
    const std::vector<KycDocument> earlier = co_await find_documents(tx, user.id);
    check_none_pending(earlier, body->doc_type);
    co_await check_submissions(deps, tx, user.id, body->doc_type, now);

    KycDocument document = to_document(deps, user.id, *body, now);
    if (const auto other = co_await find_same_number(tx, document))
        document.duplicate_of = other->id;
    co_await attach_files(tx, context, document, earlier);
    save_new_document(tx, document, now);
    events::emit(tx, "kyc.submitted",
                 {{"user_id", user.id.to_string()},
                  {"document_id", document.id.to_string()},
                  {"doc_type", boost::describe::enum_to_string(document.doc_type, "")}},
                 now);
    co_return http::Created<KycDocumentView>{to_view(document), "/me/kyc"};
}

Task<http::Ok<KycStatusView>> get_kyc(const Deps& deps, http::User user) {
    const MeView me = or_throw(co_await find_me(deps, deps.db, user.id, {}), errors::not_found);
    KycStatusView view{.tier = me.kyc.tier, .status = me.kyc.status, .documents = {}, .next = {}};
    for (const KycDocument& document : co_await find_documents(deps.db, user.id))
        view.documents.push_back(to_view(document));
    if (view.tier < 3) {
        NextTier& next = view.next.emplace();
        next.tier = view.tier + 1;
        for (const auto word : missing_for(view.tier, next.tier)) next.missing.emplace_back(word);
    }
    co_return http::Ok<KycStatusView>{std::move(view)};
}

}  // namespace taama::identity
