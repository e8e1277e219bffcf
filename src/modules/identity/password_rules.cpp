#include "modules/identity/password_rules.hpp"

#include <algorithm>

#include "modules/identity/common_passwords.hpp"
#include "modules/identity/leaked_passwords.hpp"
#include "platform/text/utf8.hpp"

namespace taama::identity {

namespace {

constexpr std::size_t length_min = 8;
constexpr std::size_t length_max = 128;

bool is_listed(std::string_view word) { return std::ranges::binary_search(common_passwords, word); }

// One character again and again, or a run through the digits or the alphabet.
bool is_run(std::string_view text) {
    const int step = text[1] - text[0];
    if (step < -1 || step > 1) return false;
    for (std::size_t i = 2; i < text.size(); ++i) {
        const bool wraps = text[i - 1] == '9' && text[i] == '0';
        if (text[i] - text[i - 1] != step && !wraps) return false;
    }
    return true;
}

}  // namespace

bool is_common_password(std::string_view password) {
    const std::string word = text::ascii_lower(password);
    if (word.size() < 2 || is_run(word) || is_listed(word) || is_leaked_password(word)) return true;
    const auto ends = std::string_view{"0123456789!.*@#?$"};
    std::string_view base = word;
    constexpr std::size_t ending_max = 6;
    while (!base.empty() && ends.find(base.back()) != std::string_view::npos) base.remove_suffix(1);
    return !base.empty() && word.size() - base.size() <= ending_max && is_listed(base);
}

std::expected<std::string, json::Said> accept_password(std::string_view password,
                                                       std::span<const std::string> personal) {
    const auto normal = text::to_nfkc(password);
    const std::size_t length = normal ? text::code_points(*normal) : 0;
    if (length < length_min || length > length_max)
        return std::unexpected(
            json::Said{"doit avoir 8 à 128 caractères", "must have 8 to 128 characters"});
    if (is_common_password(*normal))
        return std::unexpected(json::Said{"est trop courant", "is too common"});
    const std::string word = text::ascii_lower(*normal);
    for (const std::string& known : personal)
        if (!known.empty() && word == text::ascii_lower(known))
            return std::unexpected(
                json::Said{"ne doit pas être votre numéro, votre e-mail ou votre nom",
                           "must not be your phone, e-mail or name"});
    return *normal;
}

}  // namespace taama::identity
