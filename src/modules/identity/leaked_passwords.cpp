#include "modules/identity/leaked_passwords.hpp"

namespace taama::identity {

namespace {

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
constexpr char list[] = {
#embed "leaked_passwords.txt"
};
#pragma clang diagnostic pop

}  // namespace

const std::string_view leaked_passwords{list, sizeof list};

// Halves the text itself, so that no index is built and the list costs nothing but its pages.
bool is_leaked_password(std::string_view word) {
    std::string_view rest = leaked_passwords;
    while (!rest.empty()) {
        const auto line_before = rest.rfind('\n', rest.size() / 2 - (rest.size() > 1 ? 1 : 0));
        const auto begin = line_before == std::string_view::npos ? 0 : line_before + 1;
        const auto end = rest.find('\n', begin);
        const std::string_view middle = rest.substr(begin, end - begin);
        if (middle == word) return true;
        rest = middle < word ? rest.substr(end + 1) : rest.substr(0, begin);
    }
    return false;
}

}  // namespace taama::identity
