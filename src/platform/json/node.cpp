#include "platform/json/node.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>

namespace taama::json {

namespace {

// Builds the tree from the parser's events; the stack holds the open containers.
class Builder {
public:
    static constexpr std::size_t max_object_size = 10'000;
    static constexpr std::size_t max_array_size = 100'000;
    static constexpr std::size_t max_key_size = 256;
    static constexpr std::size_t max_string_size = std::size_t{1} << 24;

    using error_code = boost::json::error_code;
    using string_view = boost::json::string_view;

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return open(Node::Type::object); }
    bool on_object_end(std::size_t, error_code& error) {
        const auto& members = stack_.back()->members;
        std::vector<std::string_view> keys;
        keys.reserve(members.size());
        for (const auto& [key, value] : members) keys.push_back(key);
        std::ranges::sort(keys);
        if (std::ranges::adjacent_find(keys) != keys.end()) {
            duplicate_key = true;
            error = boost::json::error::syntax;
            return false;
        }
        stack_.pop_back();
        return true;
    }
    bool on_array_begin(error_code&) { return open(Node::Type::array); }
    bool on_array_end(std::size_t, error_code&) {
        stack_.pop_back();
        return true;
    }
    bool on_key_part(string_view part, std::size_t, error_code&) { return append(part); }
    bool on_key(string_view part, std::size_t, error_code&) {
        append(part);
        key_ = std::move(text_);
        text_.clear();
        return true;
    }
    bool on_string_part(string_view part, std::size_t, error_code&) { return append(part); }
    bool on_string(string_view part, std::size_t, error_code&) {
        append(part);
        return leaf(Node::Type::string);
    }
    bool on_number_part(string_view part, error_code&) { return append(part); }
    bool on_int64(std::int64_t, string_view part, error_code&) { return number(part); }
    bool on_uint64(std::uint64_t, string_view part, error_code&) { return number(part); }
    bool on_double(double, string_view part, error_code&) { return number(part); }
    bool on_bool(bool value, error_code&) {
        add(Node::Type::boolean).boolean = value;
        return true;
    }
    bool on_null(error_code&) {
        add(Node::Type::null);
        return true;
    }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }

    Node root;
    bool duplicate_key = false;

private:
    bool append(string_view part) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool number(string_view part) {
        append(part);
        return leaf(Node::Type::number);
    }
    bool leaf(Node::Type type) {
        add(type).text = std::move(text_);
        text_.clear();
        return true;
    }
    bool open(Node::Type type) {
        stack_.push_back(&add(type));
        return true;
    }
    Node& add(Node::Type type) {
        Node* node = &root;
        if (!stack_.empty()) {
            Node& parent = *stack_.back();
            if (parent.type == Node::Type::object)
                node = &parent.members.emplace_back(Node::Member{std::move(key_), Node{}}).value;
            else
                node = &parent.items.emplace_back();
        }
        node->type = type;
        return *node;
    }

    // Pointers stay valid: a container grows only while it is the last of the stack.
    std::vector<Node*> stack_;
    std::string key_;
    std::string text_;
};

}  // namespace

Node::Node() = default;
Node::~Node() = default;
Node::Node(const Node&) = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(const Node&) = default;
Node& Node::operator=(Node&&) noexcept = default;

const Node* Node::find(std::string_view key) const {
    const auto found = std::ranges::find(members, key, &Member::key);
    return found == members.end() ? nullptr : &found->value;
}

std::expected<Node, std::string> parse(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = max_depth;
    boost::json::basic_parser<Builder> parser{options};
    boost::json::error_code error;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (parser.handler().duplicate_key) return std::unexpected{"an object has a key twice"};
    if (error) return std::unexpected{error.message()};
    if (used != text.size()) return std::unexpected{"extra characters behind the JSON value"};
    return std::move(parser.handler().root);
}

}  // namespace taama::json
