#pragma once

// From a request's method and path to the operation that answers it.

#include <map>

#include "platform/http/routes.hpp"

namespace taama::http {

// Spellings without a version mean the current one: /api/X, and /auth, /fleet, /bolt at the root.
// The one rewrite of the program; what is canonical already stays as it is.
std::string canonical_path(std::string_view path);

struct Match {
    const Operation* operation = nullptr;
    std::vector<std::string_view> path_values;
    // Methods that the path knows, when `operation` is empty: 405 with Allow. Empty too: 404.
    std::vector<Method> allowed;
};

// A tree over path segments. Literal segments win over {…}.
class Router {
public:
    explicit Router(const Operations& operations);

    // `path` is canonical and must outlive the match. HEAD finds the GET operation.
    Match find(Method method, std::string_view path) const;

private:
    struct Node {
        std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
        std::unique_ptr<Node> value;
        std::vector<const Operation*> operations;
    };
    void insert(std::string_view path, const Operation& operation);
    const Node* walk(const Node& node, std::string_view path,
                     std::vector<std::string_view>& values) const;

    Node root_;
};

}  // namespace taama::http
