#include "sandbox/faults.hpp"

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "platform/crypto/hash.hpp"

namespace taama::sandbox {

namespace {

struct Entry {
    Fault fault;
    int number;  // NN of the phone that triggers it
    Step step;
};

constexpr auto catalogue = [] {
    using enum Fault;
    return std::to_array<Entry>({
        {webhook_late, 1, Step::webhook},
        {webhook_lost, 2, Step::webhook},
        {webhook_duplicate, 3, Step::webhook},
        {webhook_reordered, 4, Step::webhook},
        {webhook_bad_signature, 5, Step::webhook},
        {webhook_stale, 6, Step::webhook},
        {webhook_forged, 7, Step::pay},
        {webhook_before_answer, 8, Step::start},
        {webhook_unknown_reference, 9, Step::webhook},
        {amount_wrong, 10, Step::pay},
        {currency_wrong, 11, Step::pay},
        {start_timeout_created, 12, Step::start},
        {start_timeout_nothing, 13, Step::start},
        {start_5xx, 14, Step::start},
        {start_4xx, 15, Step::start},
        {http_429, 16, Step::start},
        {slow, 17, Step::start},
        {garbage_200, 18, Step::start},
        {half_body, 18, Step::start},
        {redirect_302, 19, Step::start},
        {token_expired, 20, Step::start},
        {query_404_first, 21, Step::query},
        {pending_forever, 22, Step::pay},
        {success_after_expiry, 23, Step::pay},
        {flip_paid_failed, 24, Step::webhook},
        {double_capture, 25, Step::pay},
        {refund_refused, 26, Step::refund},
        {refund_timeout, 28, Step::refund},
    });
}();

bool fits(const OneShot& shot, const Occasion& occasion, std::span<const Fault> only) {
    return step_of(shot.fault) == occasion.step &&
           (only.empty() || std::ranges::find(only, shot.fault) != only.end()) &&
           (!shot.reference || *shot.reference == occasion.reference) &&
           (!shot.phone || *shot.phone == occasion.phone) &&
           (!shot.amount || *shot.amount == occasion.amount);
}

}  // namespace

std::string_view to_string(Fault fault) { return boost::describe::enum_to_string(fault, ""); }
std::string_view to_string(Step step) { return boost::describe::enum_to_string(step, ""); }

Step step_of(Fault fault) { return std::ranges::find(catalogue, fault, &Entry::fault)->step; }

std::optional<Fault> fault_numbered(int number) {
    const auto entry = std::ranges::find(catalogue, number, &Entry::number);
    return entry == catalogue.end() ? std::nullopt : std::optional{entry->fault};
}

std::optional<int> phone_trigger(std::string_view phone) {
    for (const std::string_view prefix : {"+22507000090", "+228900090"}) {
        if (!phone.starts_with(prefix) || phone.size() != prefix.size() + 2) continue;
        int number = 0;
        const auto [end, error] =
            std::from_chars(phone.data() + prefix.size(), phone.data() + phone.size(), number);
        if (error == std::errc{} && end == phone.data() + phone.size()) return number;
    }
    return std::nullopt;
}

std::int64_t FaultParams::number(std::string_view name, std::int64_t otherwise) const {
    const auto found = numbers.find(name);
    return found == numbers.end() ? otherwise : found->second;
}

double chance(std::int64_t seed, std::string_view provider, const Occasion& occasion) {
    const auto digest = crypto::hmac_sha256(
        fmt::to_string(seed), fmt::format("{}|{}|{}|{}|{}", provider, occasion.phone,
                                          occasion.amount, occasion.k, to_string(occasion.step)));
    std::uint64_t first = 0;
    for (int i = 0; i < 8; ++i) first = first << 8 | digest[i];
    // The upper 53 bits are all that a double below 1 can tell apart.
    return static_cast<double>(first >> 11) * 0x1p-53;
}

const OneShot& FaultPlan::arm(OneShot shot) {
    shot.id = fmt::format("f-{}", ++last_id_);
    return one_shots_.emplace_back(std::move(shot));
}

std::optional<ArmedFault> FaultPlan::take_one_shot(const Occasion& occasion,
                                                   std::span<const Fault> only) {
    const auto shot = std::ranges::find_if(
        one_shots_, [&](const OneShot& waiting) { return fits(waiting, occasion, only); });
    if (shot == one_shots_.end()) return std::nullopt;
    ArmedFault armed{shot->fault, shot->params};
    if (--shot->times == 0) one_shots_.erase(shot);
    return armed;
}

std::optional<ArmedFault> FaultPlan::draw(const Occasion& occasion) const {
    if (const auto number = phone_trigger(occasion.phone)) {
        const auto fault = fault_numbered(*number);
        if (fault && step_of(*fault) == occasion.step) return ArmedFault{*fault, {}};
        return std::nullopt;
    }
    const double u = chance(seed_, provider_, occasion);
    double cumulative = 0;
    for (const ProbableFault& probable : probable_) {
        if (step_of(probable.fault) != occasion.step) continue;
        cumulative += probable.probability;
        if (cumulative > u) return ArmedFault{probable.fault, probable.params};
    }
    return std::nullopt;
}

}  // namespace taama::sandbox
