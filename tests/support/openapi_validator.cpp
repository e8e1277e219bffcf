#include "tests/support/openapi_validator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace taama::test {

namespace json = boost::json;

namespace {

constexpr std::string_view prefix = "/api/v1";

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        segments.emplace_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool is_variable(std::string_view segment) { return segment.starts_with('{'); }

// Literal segments win over variables, left to right.
bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
    return std::ranges::equal(pattern, path, [](const std::string& a, const std::string& b) {
        return is_variable(a) || a == b;
    });
}

std::vector<bool> variables(const std::vector<std::string>& pattern) {
    std::vector<bool> which;
    std::ranges::transform(pattern, std::back_inserter(which), is_variable);
    return which;
}

// What does not speak the envelope when it succeeds: other parties' protocols, documents, health.
bool is_enveloped(std::string_view path) {
    return path.starts_with(prefix) && !path.ends_with("/openapi.json") &&
           !path.ends_with("/content");
}

}  // namespace

std::string canonical_target(std::string_view target) {
    std::string path{target.substr(0, target.find('?'))};
    if (path.starts_with("/api/v1/") || path == prefix) return path;
    if (path.starts_with("/api/docs")) return path;
    if (path.starts_with("/api/")) return std::string{prefix} + path.substr(4);
    for (const std::string_view root : {"/auth/", "/fleet/", "/bolt/"})
        if (path.starts_with(root)) return std::string{prefix} + path;
    return path;
}

OpenApiValidator::OpenApiValidator(json::value document)
    : document_(std::move(document)), schemas_(document_) {
    constexpr std::array methods{"get", "post", "put", "patch", "delete"};
    std::string base;
    if (const auto* servers = document_.as_object().if_contains("servers"))
        if (!servers->as_array().empty())
            base = servers->as_array()[0].at("url").as_string().c_str();
    if (base == "/") base.clear();
    for (const auto& [path, item] : document_.at("paths").as_object()) {
        std::string whole{path};
        if (!whole.starts_with(prefix)) whole = base + whole;
        for (const std::string_view method : methods) {
            const auto* spec = item.as_object().if_contains(method);
            if (!spec) continue;
            Operation operation{.method = std::string{method},
                                .path = whole,
                                .segments = split(whole),
                                .spec = &spec->as_object()};
            std::ranges::transform(operation.method, operation.method.begin(),
                                   [](unsigned char c) { return std::toupper(c); });
            operation.is_alias = operation.spec->contains("x-alias-of");
            operations_.push_back(std::move(operation));
        }
    }
    if (operations_.empty()) throw std::runtime_error("the OpenAPI document has no operations");
}

const OpenApiValidator::Operation* OpenApiValidator::find(std::string_view method,
                                                          std::string_view path) const {
    const auto wanted = split(path);
    const Operation* best = nullptr;
    for (const Operation& operation : operations_)
        if (operation.method == method && matches(operation.segments, wanted) &&
            (!best || variables(operation.segments) < variables(best->segments)))
            best = &operation;
    return best;
}

const json::value* OpenApiValidator::body_schema(const Operation& operation) const {
    const auto* body = operation.spec->if_contains("requestBody");
    if (!body) return nullptr;
    boost::system::error_code missing;
    return body->find_pointer("/content/application~1json/schema", missing);
}

void OpenApiValidator::check(const Request& request, const Response& response) const {
    for (const std::string& problem : problems(request, response))
        ADD_FAILURE() << request.method << ' ' << request.target << " → " << response.status << ": "
                      << problem << "\n"
                      << response.brief();
}

std::vector<std::string> OpenApiValidator::problems(const Request& request,
                                                    const Response& response) const {
    std::vector<std::string> found;
    check_envelope(request, response, found);
    const std::string method = request.method == "HEAD" ? "GET" : request.method;
    if (const Operation* operation = find(method, canonical_target(request.target)))
        if (request.method != "HEAD") check_schema(*operation, response, found);
    return found;
}

void OpenApiValidator::check_envelope(const Request& request, const Response& response,
                                      std::vector<std::string>& found) const {
    const std::string path = canonical_target(request.target);
    if (path.starts_with("/sandbox/")) return;
    const std::string id = response.header("X-Request-Id");
    if (!is_uuid(id)) found.push_back("X-Request-Id is '" + id + "'");
    if (request.method == "HEAD" || response.status == 204 || response.status == 304) {
        if (!response.body.empty()) found.emplace_back("has a body");
        return;
    }
    const bool refused = response.status >= 400;
    if (!refused && (!is_enveloped(path) || response.json.is_null())) return;
    if (!response.json.is_object()) {
        found.push_back("is no JSON object: " + response.header("Content-Type"));
        return;
    }
    if (!response.has("/meta/request_id") || !is_text(response.at("/meta/request_id"), id))
        found.emplace_back("meta.request_id is not X-Request-Id");
    if (!refused) {
        if (!response.has("/data")) found.emplace_back("has no data");
        return;
    }
    if (response.code().empty()) found.emplace_back("has no error.code");
    if (!response.has("/error/message")) found.emplace_back("has no error.message");
    if (response.has("/data")) found.emplace_back("has data beside the error");
}

void OpenApiValidator::check_schema(const Operation& operation, const Response& response,
                                    std::vector<std::string>& found) const {
    const auto* responses = operation.spec->if_contains("responses");
    if (!responses) {
        found.push_back("the document says nothing of " + operation.path);
        return;
    }
    const auto& by_status = responses->as_object();
    const std::string status = std::to_string(response.status);
    const json::value* spec = by_status.if_contains(status);
    if (!spec) spec = by_status.if_contains(status.substr(0, 1) + "XX");
    if (!spec && response.status >= 400) spec = by_status.if_contains("default");
    // A cached answer is told by its status alone.
    if (!spec && response.status == 304) return;
    if (!spec) {
        found.push_back("status is not in the document: " + operation.method + " " +
                        operation.path);
        return;
    }
    const auto& said = schemas_.resolve(*spec);
    const auto* content = said.if_contains("content");
    if (!content || response.json.is_null()) return;
    const auto* json_content = content->as_object().if_contains("application/json");
    if (!json_content) return;
    for (std::string& problem : schemas_.problems(json_content->at("schema"), response.json))
        found.push_back(std::move(problem));
}

}  // namespace taama::test
