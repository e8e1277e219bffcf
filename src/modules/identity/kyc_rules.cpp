#include "modules/identity/kyc_rules.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>

#include "modules/identity/errors.hpp"

namespace taama::identity {

std::expected<KycStatus, Refusal> next_status(KycStatus from, KycEvent event) {
    for (const KycTransition& t : kyc_transitions)
        if (t.from == from && t.event == event) return t.to;
    return refuse(errors::invalid_state, {{"status", boost::describe::enum_to_string(from, "")}});
}

bool is_identity_document(DocType type, std::span<const std::string> identity_doc_types) {
    const std::string_view name = boost::describe::enum_to_string(type, "");
    return std::ranges::find(identity_doc_types, name) != identity_doc_types.end();
}

int tier_of(const TierInput& input) {
    const auto has = [&](auto wanted) {
        return std::ranges::any_of(input.approved, [&](const ApprovedDocument& document) {
            const bool live = !document.expires_on || std::chrono::sys_days{*document.expires_on} >=
                                                          std::chrono::sys_days{input.today};
            return live && wanted(document.type);
        });
    };
    if (!input.phone_verified) return 0;
    if (!has([&](DocType type) { return is_identity_document(type, input.identity_doc_types); }))
        return 1;
    return has([](DocType type) {
        return type == DocType::permis || type == DocType::rccm || type == DocType::tax_certificate;
    })
               ? 3
               : 2;
}

std::vector<std::string_view> missing_for(int tier, int wanted) {
    std::vector<std::string_view> missing;
    if (tier < 1 && wanted >= 1) missing.emplace_back("phone");
    if (tier < 2 && wanted >= 2) missing.emplace_back("identity_document");
    if (tier < 3 && wanted >= 3) {
        missing.emplace_back("driving_licence");
        missing.emplace_back("merchant_file");
    }
    return missing;
}

bool needs_back(DocType type) {
    return type == DocType::cni || type == DocType::permis || type == DocType::residence_permit;
}

bool needs_expiry(DocType type) { return type == DocType::passport || type == DocType::permis; }

std::string normalised_number(std::string_view number) {
    std::string out;
    for (const char c : number) {
        if (c == ' ' || c == '-' || c == '/') continue;
        out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

std::string masked_number(std::string_view last4) { return "•••••" + std::string{last4}; }

}  // namespace taama::identity
