#include "platform/http/accept_encoding.hpp"

#include <boost/beast/core/string.hpp>

#include <array>

#include "platform/text/utf8.hpp"

namespace taama::http {

namespace {

constexpr std::array<std::string_view, encoding_count> names{"identity", "gzip", "br", "zstd"};
constexpr int weight_max = 1000;

bool same_word(std::string_view a, std::string_view b) {
    return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

// "0.5" in thousandths; what is no weight counts as a refusal.
int parse_weight(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
    int weight = (text[0] - '0') * weight_max;
    if (text.size() > 1 && text[1] != '.') return 0;
    int unit = weight_max / 10;
    for (std::size_t i = 2; i < text.size(); ++i, unit /= 10) {
        if (text[i] < '0' || text[i] > '9') return 0;
        weight += (text[i] - '0') * unit;
    }
    return weight <= weight_max ? weight : 0;
}

int weight_of(std::string_view parameters) {
    while (!parameters.empty()) {
        const auto end = parameters.find(';');
        const std::string_view one = text::trim(parameters.substr(0, end));
        if (one.starts_with("q=") || one.starts_with("Q=")) return parse_weight(one.substr(2));
        if (end == std::string_view::npos) break;
        parameters.remove_prefix(end + 1);
    }
    return weight_max;
}

}  // namespace

std::string_view to_string(Encoding encoding) { return names[static_cast<std::size_t>(encoding)]; }

std::optional<Encoding> parse_encoding(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (same_word(name, names[i])) return static_cast<Encoding>(i);
    if (same_word(name, "x-gzip")) return Encoding::gzip;
    return std::nullopt;
}

EncodingChoice choose_encoding(std::string_view accept_encoding) {
    constexpr int unsaid = -1;
    std::array<int, encoding_count> weights;
    weights.fill(unsaid);
    int others = unsaid;
    while (!accept_encoding.empty()) {
        const auto end = accept_encoding.find(',');
        const std::string_view item = accept_encoding.substr(0, end);
        const auto semicolon = item.find(';');
        const std::string_view name = text::trim(item.substr(0, semicolon));
        const int weight = semicolon == std::string_view::npos
                               ? weight_max
                               : weight_of(item.substr(semicolon + 1));
        if (name == "*")
            others = weight;
        else if (const auto encoding = parse_encoding(name))
            weights[static_cast<std::size_t>(*encoding)] = weight;
        if (end == std::string_view::npos) break;
        accept_encoding.remove_prefix(end + 1);
    }
    for (int& weight : weights)
        if (weight == unsaid) weight = others;
    EncodingChoice choice;
    choice.identity_refused = weights[0] == 0;
    // Plain is welcome without being named, but only as the last resort.
    int best = std::max(weights[0], 0);
    for (std::size_t i = 1; i < weights.size(); ++i) {
        if (weights[i] <= 0 || weights[i] < best) continue;
        best = weights[i];
        choice.encoding = static_cast<Encoding>(i);
    }
    return choice;
}

}  // namespace taama::http
