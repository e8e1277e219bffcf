#include "modules/messaging/masking.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace taama::messaging {

namespace {

constexpr std::string_view hidden = "••••••••";
constexpr int digits_min = 8;
constexpr int separators_max = 2;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// How many bytes at `at` are one separator between digits; 0: none.
std::size_t separator_at(std::string_view text, std::size_t at) {
    if (text.substr(at).starts_with("·")) return std::string_view{"·"}.size();
    return std::string_view{" .-/()_"}.find(text[at]) != std::string_view::npos ? 1 : 0;
}

// The end of the run of digits that starts at `at`, and how many digits it has.
std::pair<std::size_t, int> digit_run(std::string_view text, std::size_t at) {
    std::size_t end = at;
    int digits = 0;
    while (at < text.size()) {
        if (is_digit(text[at])) {
            ++digits;
            end = ++at;
            continue;
        }
        int separators = 0;
        while (at < text.size() && separators < separators_max) {
            const std::size_t length = separator_at(text, at);
            if (length == 0) break;
            at += length;
            ++separators;
        }
        if (separators == 0 || at >= text.size() || !is_digit(text[at])) break;
    }
    return {end, digits};
}

bool matches(std::string_view text, std::string_view pattern) {
    return text.size() == pattern.size() && std::ranges::equal(text, pattern, [](char c, char p) {
               return p == 'd' ? is_digit(c) : c == p;
           });
}

// The length of a date at the start of the text; 0: none.
std::size_t date_length(std::string_view text) {
    for (const std::string_view pattern : {"dd/dd/dddd", "dddd-dd-dd", "dd/dd/dd"}) {
        if (!matches(text.substr(0, pattern.size()), pattern)) continue;
        const std::string_view rest = text.substr(pattern.size());
        if (rest.empty() || !is_digit(rest.front())) return pattern.size();
    }
    return 0;
}

bool starts_with_word(std::string_view text, std::string_view word) {
    return text.size() >= word.size() &&
           std::ranges::equal(text.substr(0, word.size()), word, [](char a, char b) {
               return std::tolower(static_cast<unsigned char>(a)) == b;
           });
}

std::size_t link_length(std::string_view text) {
    constexpr std::array<std::string_view, 5> starts{"http://", "https://", "www.", "wa.me/",
                                                     "t.me/"};
    if (std::ranges::none_of(starts, [&](auto start) { return starts_with_word(text, start); }))
        return 0;
    return static_cast<std::size_t>(std::ranges::find_if(text, is_space) - text.begin());
}

// An address around the '@' at `at`: where it begins and ends; empty when it is none.
std::pair<std::size_t, std::size_t> address_around(std::string_view text, std::size_t at) {
    const auto local = [](char c) {
        return is_word(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
    };
    std::size_t begin = at;
    while (begin > 0 && local(text[begin - 1])) --begin;
    std::size_t end = at + 1;
    while (end < text.size() && (is_word(text[end]) || text[end] == '.' || text[end] == '-')) ++end;
    while (end > at + 1 && !is_word(text[end - 1])) --end;
    const std::string_view domain = text.substr(at + 1, end - at - 1);
    if (begin == at || domain.find('.') == std::string_view::npos) return {at, at};
    return {begin, end};
}

}  // namespace

std::string mask_contacts(std::string_view text) {
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
        const bool word_before = at > 0 && is_word(text[at - 1]);
        if (text[at] == '@') {
            const auto [begin, end] = address_around(text, at);
            if (end > begin) {
                // The part in front of the @ was copied already.
                out.resize(out.size() - std::min(out.size(), at - begin));
                out += hidden;
                at = end;
                continue;
            }
        }
        if (const std::size_t length = word_before ? 0 : link_length(text.substr(at))) {
            out += hidden;
            at += length;
            continue;
        }
        const bool plus = text[at] == '+' && at + 1 < text.size() && is_digit(text[at + 1]);
        if (plus || is_digit(text[at])) {
            if (const std::size_t date = date_length(text.substr(at))) {
                out += text.substr(at, date);
                at += date;
                continue;
            }
            const auto [end, digits] = digit_run(text, plus ? at + 1 : at);
            if (digits >= digits_min)
                out += hidden;
            else
                out += text.substr(at, end - at);
            at = end;
            continue;
        }
        out += text[at++];
    }
    return out;
}

}  // namespace taama::messaging
