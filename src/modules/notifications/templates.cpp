#include "modules/notifications/templates.hpp"

#include <algorithm>

#include "platform/assert.hpp"
#include "platform/text/utf8.hpp"

namespace taama::notifications {

namespace {

// GSM 03.38's letters beyond ASCII, and the ASCII characters that it has.
constexpr std::string_view gsm7_letters[] = {"£", "¥", "è", "é", "ù", "ì", "ò", "Ç", "Ø", "ø",
                                             "Å", "å", "Æ", "æ", "ß", "É", "¡", "Ä", "Ö", "Ñ",
                                             "Ü", "§", "¿", "ä", "ö", "ñ", "ü", "à", "¤"};
constexpr std::string_view gsm7_ascii =
    "@$_ !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\n\r";
constexpr std::string_view gsm7_extension = "^{}\\[~]|";

struct Nearest {
    std::string_view from;
    std::string_view to;
};
constexpr Nearest nearest[] = {
    {"ê", "e"},  {"ë", "e"},   {"î", "i"},      {"ï", "i"},      {"ô", "o"},
    {"û", "u"},  {"â", "a"},   {"ç", "c"},      {"À", "A"},      {"È", "E"},
    {"œ", "oe"}, {"’", "'"},   {"“", "\""},     {"”", "\""},     {"–", "-"},
    {"—", "-"},  {"…", "..."}, {"\u00a0", " "}, {"\u202f", " "},
};

bool is_gsm7(std::string_view character) {
    return character.size() == 1
               ? gsm7_ascii.find(character[0]) != std::string_view::npos
               : std::ranges::find(gsm7_letters, character) != std::end(gsm7_letters);
}

std::string_view to_nearest(std::string_view character) {
    if (is_gsm7(character)) return character;
    for (const auto& [from, to] : nearest)
        if (from == character) return to;
    return "?";
}

}  // namespace

const Template& template_of(std::string_view id) {
    const auto found = std::ranges::find(templates, id, &Template::id);
    ASSERT(found != std::end(templates));
    return *found;
}

std::string render(std::string_view text, Values values) {
    std::string out{text};
    for (const auto& [name, value] : values) {
        const std::string placeholder = "{" + std::string{name} + "}";
        for (auto at = out.find(placeholder); at != std::string::npos;
             at = out.find(placeholder, at + value.size()))
            out.replace(at, placeholder.size(), value);
    }
    return out;
}

std::string to_gsm7(std::string_view value, std::size_t length_max) {
    std::string out;
    while (!value.empty()) {
        const std::string_view character = text::first_code_points(value, 1);
        out += to_nearest(character);
        value.remove_prefix(character.size());
    }
    if (text::code_points(out) <= length_max) return out;
    return std::string{text::first_code_points(out, length_max - 1)} + ".";
}

std::size_t gsm7_septets(std::string_view text) {
    std::size_t septets = 0;
    while (!text.empty()) {
        const std::string_view character = text::first_code_points(text, 1);
        if (is_gsm7(character))
            septets += 1;
        else if (character == "€" || (character.size() == 1 &&
                                      gsm7_extension.find(character[0]) != std::string_view::npos))
            septets += 2;
        else
            return 0;
        text.remove_prefix(character.size());
    }
    return septets;
}

}  // namespace taama::notifications
