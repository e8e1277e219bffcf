#include "platform/http/entity_tag.hpp"

#include "platform/http/accept_encoding.hpp"
#include "platform/text/utf8.hpp"

namespace taama::http {

namespace {

// Without quotes.
std::string_view inside(std::string_view tag) {
    return tag.size() < 2 ? std::string_view{} : tag.substr(1, tag.size() - 2);
}

// The marks of `listed` behind `tag`, with their dashes; nullopt when it is another tag.
std::optional<std::string_view> marks_behind(std::string_view listed, std::string_view tag) {
    std::string_view rest = inside(listed);
    if (!rest.starts_with(inside(tag))) return std::nullopt;
    rest.remove_prefix(inside(tag).size());
    if (!rest.empty() && rest.front() != '-') return std::nullopt;
    return rest;
}

// Calls `is_wanted` with each quoted tag; what a proxy made weak still names the same.
template <class Predicate>
std::string_view find_listed(std::string_view list, std::string_view tag, Predicate is_wanted) {
    if (text::trim(list) == "*") return tag;
    while (true) {
        const auto begin = list.find('"');
        if (begin == std::string_view::npos) return {};
        const auto end = list.find('"', begin + 1);
        if (end == std::string_view::npos) return {};
        const std::string_view listed = list.substr(begin, end + 1 - begin);
        if (const auto marks = marks_behind(listed, tag); marks && is_wanted(*marks)) return listed;
        list.remove_prefix(end + 1);
    }
}

}  // namespace

std::string marked_tag(std::string_view tag, std::string_view mark) {
    std::string marked{tag};
    marked.insert(marked.size() - 1, mark);
    marked.insert(marked.size() - 1 - mark.size(), 1, '-');
    return marked;
}

std::string_view find_tag(std::string_view list, std::string_view tag) {
    if (list.empty()) return {};
    return find_listed(list, tag, [](std::string_view marks) {
        return marks.empty() || parse_encoding(marks.substr(1)).has_value();
    });
}

bool names_state(std::string_view list, std::string_view tag) {
    return !find_listed(list, tag, [](std::string_view) { return true; }).empty();
}

}  // namespace taama::http
