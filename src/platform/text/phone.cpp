#include "platform/text/phone.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace taama::text {

namespace {

// National numbering plans: digits without the calling code, and what they may start with (empty:
// anything).
struct Plan {
    std::string_view country;
    std::string_view code;
    std::size_t digits;
    std::span<const std::string_view> starts;
};

constexpr std::array<std::string_view, 6> ivory_coast_starts{"01", "05", "07", "21", "25", "27"};
constexpr std::array<std::string_view, 1> benin_starts{"01"};

constexpr Plan plans[] = {
    {"CI", "225", 10, ivory_coast_starts},
    {"TG", "228", 8, {}},
    {"BJ", "229", 10, benin_starts},
    {"SN", "221", 9, {}},
    {"ML", "223", 8, {}},
    {"BF", "226", 8, {}},
    {"NE", "227", 8, {}},
    {"GN", "224", 9, {}},
    {"GH", "233", 9, {}},
    {"NG", "234", 10, {}},
    {"MA", "212", 9, {}},
    {"FR", "33", 9, {}},
};

bool fits(const Plan& plan, std::string_view national) {
    if (national.size() != plan.digits) return false;
    return plan.starts.empty() || std::ranges::any_of(plan.starts, [&](std::string_view start) {
               return national.starts_with(start);
           });
}

const Plan* plan_of_country(std::string_view country) {
    const auto found = std::ranges::find(plans, country, &Plan::country);
    return found == std::end(plans) ? nullptr : found;
}

const Plan* plan_of_number(std::string_view digits) {
    const auto found = std::ranges::find_if(
        plans, [&](const Plan& plan) { return digits.starts_with(plan.code); });
    return found == std::end(plans) ? nullptr : found;
}

}  // namespace

std::optional<std::string> normalise_phone(std::string_view text, std::string_view country) {
    std::string digits;
    bool international = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c >= '0' && c <= '9')
            digits += c;
        else if (c == '+' && digits.empty() && !international)
            international = true;
        else if (c != ' ' && c != '.' && c != '-' && c != '(' && c != ')')
            return std::nullopt;
    }
    if (!international && digits.starts_with("00")) {
        international = true;
        digits.erase(0, 2);
    }
    if (!international) {
        const Plan* plan = plan_of_country(country);
        if (plan == nullptr || !fits(*plan, digits)) return std::nullopt;
        return '+' + std::string{plan->code} + digits;
    }
    if (digits.empty() || digits.front() == '0') return std::nullopt;
    if (const Plan* plan = plan_of_number(digits)) {
        if (!fits(*plan, std::string_view{digits}.substr(plan->code.size()))) return std::nullopt;
    } else if (digits.size() < 8 || digits.size() > 15) {
        return std::nullopt;
    }
    return '+' + digits;
}

std::string_view country_of_phone(std::string_view e164) {
    if (!e164.starts_with('+')) return {};
    const Plan* plan = plan_of_number(e164.substr(1));
    return plan == nullptr ? std::string_view{} : plan->country;
}

std::string mask_phone(std::string_view e164) {
    if (e164.size() < 8) return "••••";
    const std::string_view digits = e164.substr(1);
    const Plan* plan = plan_of_number(digits);
    const std::string_view code = plan != nullptr ? plan->code : digits.substr(0, 3);
    const std::size_t hidden = digits.size() - code.size() - 4;
    std::string out = "+" + std::string{code};
    for (std::size_t i = 0; i < hidden; ++i) {
        if (i % 2 == 0) out += ' ';
        out += "•";
    }
    const std::string_view last = digits.substr(digits.size() - 4);
    return out + ' ' + std::string{last.substr(0, 2)} + ' ' + std::string{last.substr(2)};
}

}  // namespace taama::text
