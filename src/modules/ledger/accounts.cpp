#include "modules/ledger/ledger.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace taama::ledger {

namespace {

using enum AccountKind;

constexpr auto kind_names = std::to_array<std::pair<AccountKind, std::string_view>>({
    {float_, "float"},
    {bank, "bank"},
    {trust, "trust"},
    {custody, "custody"},
    {desk, "desk"},
    {receivable, "receivable"},
    {disputed, "disputed"},
    {wallet, "wallet"},
    {bonus, "bonus"},
    {earnings, "earnings"},
    {escrow, "escrow"},
    {deposit, "deposit"},
    {org, "org"},
    {suspense, "suspense"},
    {commission, "commission"},
    {fees, "fees"},
    {sales, "sales"},
    {provider_cost, "provider_cost"},
    {promo_cost, "promo_cost"},
    {goodwill, "goodwill"},
    {losses, "losses"},
    {opening, "opening"},
});

}  // namespace

std::string_view to_string(AccountKind kind) {
    return kind_names[static_cast<std::size_t>(kind)].second;
}

std::optional<AccountKind> parse_account_kind(std::string_view text) {
    const auto* found = std::ranges::find(kind_names, text, [](const auto& e) { return e.second; });
    return found == kind_names.end() ? std::nullopt : std::optional{found->first};
}

std::string Subject::to_key() const {
    return std::string{boost::describe::enum_to_string(type, "")} + ':' + id.to_string();
}

AccountRef float_of(std::string_view provider) {
    return {float_, OwnerType::provider, std::string{provider}};
}
AccountRef suspense_of(std::string_view provider) {
    return {suspense, OwnerType::provider, std::string{provider}};
}
AccountRef provider_cost_of(std::string_view provider) {
    return {provider_cost, OwnerType::provider, std::string{provider}};
}
AccountRef wallet_of(AccountId user) { return {wallet, OwnerType::user, user.to_string()}; }
AccountRef bonus_of(AccountId user) { return {bonus, OwnerType::user, user.to_string()}; }
AccountRef earnings_of(OwnerType owner_type, Uuid owner) {
    return {earnings, owner_type, owner.to_string()};
}
AccountRef escrow_of(const Subject& subject) {
    return {escrow, subject.type, subject.id.to_string()};
}
AccountRef commission_of(std::string_view vertical) {
    return {commission, OwnerType::platform, {}, std::string{vertical}};
}
AccountRef fees_of(std::string_view sub) {
    return {fees, OwnerType::platform, {}, std::string{sub}};
}
AccountRef promo_cost_of(std::string_view promo) {
    return {promo_cost, OwnerType::promo, std::string{promo}};
}

std::int64_t Posted::moved(int leg) const {
    const auto found =
        std::ranges::find_if(legs, [&](const PostedLeg& posted) { return posted.leg == leg; });
    return found == legs.end() ? 0 : found->amount;
}

}  // namespace taama::ledger
