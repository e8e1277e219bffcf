#include "platform/http/accept_language.hpp"

#include <boost/beast/core/string.hpp>

#include <charconv>
#include <optional>

namespace taama::http {

namespace {

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

// "en", "EN-gb" and "en-US-x" are all of "en".
bool is_of(std::string_view range, std::string_view language) {
    const std::string_view first = range.substr(0, range.find('-'));
    return boost::beast::iequals({first.data(), first.size()}, {language.data(), language.size()});
}

std::optional<Language> named_by(std::string_view range, Language fallback) {
    if (range == "*") return fallback;
    if (is_of(range, "fr")) return Language::fr;
    if (is_of(range, "en")) return Language::en;
    return std::nullopt;
}

// 1 without a weight; 0, which means "not this", when it cannot be read.
double weight_of(std::string_view parameters) {
    parameters = trimmed(parameters);
    if (parameters.empty()) return 1;
    if (!parameters.starts_with("q=") && !parameters.starts_with("Q=")) return 0;
    double weight = 0;
    std::from_chars(parameters.data() + 2, parameters.data() + parameters.size(), weight);
    return weight;
}

}  // namespace

Language language_of(std::string_view accepted, Language fallback) {
    Language best = fallback;
    double best_weight = 0;
    while (!accepted.empty()) {
        const auto end = std::min(accepted.find(','), accepted.size());
        const std::string_view item = accepted.substr(0, end);
        const auto semicolon = std::min(item.find(';'), item.size());
        const auto language = named_by(trimmed(item.substr(0, semicolon)), fallback);
        const double weight =
            weight_of(semicolon == item.size() ? std::string_view{} : item.substr(semicolon + 1));
        if (language && weight > best_weight) {
            best = *language;
            best_weight = weight;
        }
        accepted.remove_prefix(std::min(end + 1, accepted.size()));
    }
    return best;
}

}  // namespace taama::http
