#pragma once

// Incoming JSON as it was written. Numbers keep their text, so that amounts never become floating
// point.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taama::json {

struct Node {
    enum class Type : std::uint8_t { null, boolean, number, string, array, object };

    Type type = Type::null;
    bool boolean = false;
    std::string text;  // of a string, or a number's literal
    std::vector<Node> items;
    struct Member;
    std::vector<Member> members;  // in order; keys are unique

    Node();
    ~Node();
    Node(const Node&);
    Node(Node&&) noexcept;
    Node& operator=(const Node&);
    Node& operator=(Node&&) noexcept;

    const Node* find(std::string_view key) const;
};

struct Node::Member {
    std::string key;
    Node value;
};

inline constexpr std::size_t max_depth = 32;

// RFC 8259 with UTF-8 checked, at most `max_depth` deep, no key twice in one object. The error says
// what is wrong, in English, for the log and the 400.
std::expected<Node, std::string> parse(std::string_view text);

}  // namespace taama::json
