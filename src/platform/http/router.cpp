#include "platform/http/router.hpp"

#include "platform/assert.hpp"

namespace taama::http {

namespace {

constexpr std::string_view prefix = "/api/v1";

// The first segment and the rest, which starts with its own '/'.
std::pair<std::string_view, std::string_view> split(std::string_view path) {
    ASSERT(!path.empty() && path.front() == '/');
    const auto next = path.find('/', 1);
    return {path.substr(1, next == std::string_view::npos ? next : next - 1),
            next == std::string_view::npos ? std::string_view{} : path.substr(next)};
}

bool starts_with_segment(std::string_view path, std::string_view segment) {
    return path.starts_with(segment) &&
           (path.size() == segment.size() || path[segment.size()] == '/');
}

}  // namespace

std::string canonical_path(std::string_view path) {
    if (path == "/api/docs") return "/docs";
    std::string versioned{path};
    if (starts_with_segment(path, "/api") && !starts_with_segment(path, prefix))
        versioned = std::string{prefix} + std::string{path.substr(4)};
    for (const std::string_view root : {"/auth", "/fleet", "/bolt"})
        if (starts_with_segment(path, root)) versioned = std::string{prefix} + std::string{path};
    // Sockets and media live at the root and are reached by either spelling.
    if (starts_with_segment(versioned, "/api/v1/ws") ||
        starts_with_segment(versioned, "/api/v1/media"))
        return versioned.substr(prefix.size());
    return versioned;
}

Router::Router(const Operations& operations) {
    for (const auto& operation : operations.all()) {
        const auto full = [&](const std::string& path) {
            return operation->at_root ? path : std::string{prefix} + path;
        };
        insert(full(operation->path), *operation);
        for (const auto& alias : operation->aliases) insert(full(alias), *operation);
    }
}

void Router::insert(std::string_view path, const Operation& operation) {
    Node* node = &root_;
    while (!path.empty()) {
        const auto [segment, rest] = split(path);
        auto& next = segment.starts_with('{') ? node->value : node->literals[std::string{segment}];
        if (!next) next = std::make_unique<Node>();
        node = next.get();
        path = rest;
    }
    for (const Operation* other : node->operations) ASSERT(other->method != operation.method);
    node->operations.push_back(&operation);
}

const Router::Node* Router::walk(const Node& node, std::string_view path,
                                 std::vector<std::string_view>& values) const {
    if (path.empty()) return node.operations.empty() ? nullptr : &node;
    const auto [segment, rest] = split(path);
    if (const auto literal = node.literals.find(segment); literal != node.literals.end())
        if (const Node* found = walk(*literal->second, rest, values)) return found;
    if (!node.value || segment.empty()) return nullptr;
    values.push_back(segment);
    if (const Node* found = walk(*node.value, rest, values)) return found;
    values.pop_back();
    return nullptr;
}

Match Router::find(Method method, std::string_view path) const {
    Match match;
    if (path.empty() || path.front() != '/') return match;
    const Node* node = walk(root_, path, match.path_values);
    if (node == nullptr) return match;
    const Method wanted = method == Method::head ? Method::get : method;
    for (const Operation* operation : node->operations) {
        if (operation->method == wanted) {
            match.operation = operation;
            return match;
        }
        match.allowed.push_back(operation->method);
    }
    return match;
}

}  // namespace taama::http
