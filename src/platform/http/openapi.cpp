#include "platform/http/openapi.hpp"

#include <algorithm>
#include <cctype>

namespace taama::http {

namespace json_ = boost::json;

namespace {

json_::object error_schema() {
    return {{"type", "object"},
            {"properties",
             {{"error",
               {{"type", "object"},
                {"properties",
                 {{"code", {{"type", "string"}}},
                  {"message", {{"type", "string"}}},
                  {"details", {{"type", "object"}}}}},
                {"required", {"code", "message", "details"}},
                {"additionalProperties", false}}},
              {"meta", {{"$ref", "#/components/schemas/Meta"}}}}},
            {"required", {"error", "meta"}},
            {"additionalProperties", false}};
}

json_::object meta_schema() {
    const json_::value count = {{"type", {"integer", "null"}}};
    return {{"type", "object"},
            {"properties",
             {{"request_id", {{"type", "string"}, {"format", "uuid"}}},
              {"pagination",
               {{"type", "object"},
                {"properties",
                 {{"page", {{"type", "integer"}}},
                  {"page_size", {{"type", "integer"}}},
                  {"total", count},
                  {"page_count", count}}},
                {"required", {"page", "page_size", "total", "page_count"}},
                {"additionalProperties", false}}},
              {"next_cursor", {{"type", {"string", "null"}}}}}},
            {"required", {"request_id"}}};
}

json_::object envelope(json_::value data) {
    return {{"type", "object"},
            {"properties",
             {{"data", std::move(data)}, {"meta", {{"$ref", "#/components/schemas/Meta"}}}}},
            {"required", {"data", "meta"}},
            {"additionalProperties", false}};
}

std::string full_path(const Operation& operation, std::string_view path) {
    return (operation.at_root ? "" : "/api/v1") + std::string{path};
}

// "POST /trips/{id}/publish" becomes post_trips_id_publish.
std::string operation_id(Method method, std::string_view path) {
    std::string id;
    for (const char c : std::string{to_string(method)})
        id += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const char c : path) {
        const bool word = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (word)
            id += c;
        else if (id.back() != '_')
            id += '_';
    }
    while (id.back() == '_') id.pop_back();
    return id;
}

json_::array path_parameters(const Operation& operation, std::string_view path) {
    json_::array parameters;
    std::size_t at = 0;
    for (const std::string& type : operation.signature.path_types) {
        const auto begin = path.find('{', at);
        const auto end = path.find('}', begin);
        if (begin == std::string_view::npos) break;
        json_::object schema{{"type", "string"}};
        if (type == "uuid") schema["format"] = "uuid";
        parameters.push_back({{"name", path.substr(begin + 1, end - begin - 1)},
                              {"in", "path"},
                              {"required", true},
                              {"schema", std::move(schema)}});
        at = end;
    }
    return parameters;
}

std::string_view access_name(Access access) {
    switch (access) {
        case Access::open: return "public";
        case Access::maybe: return "public, user";
        case Access::user: return "user";
        case Access::staff: return "staff";
        case Access::any: return "user, staff";
    }
    return "";
}

json_::object describe(const Operation& operation, std::string_view path,
                       json_::object& components) {
    const Signature& signature = operation.signature;
    json_::object item{{"operationId", operation_id(operation.method, path)},
                       {"tags", {operation.area}},
                       {"summary", operation.summary_text},
                       {"x-caller", access_name(*signature.access)}};
    if (*signature.access == Access::open)
        item["security"] = json_::array{};
    else if (*signature.access == Access::maybe)
        item["security"] = {json_::object{}, {{"bearer", json_::array{}}}};
    if (*signature.access == Access::staff || operation.roles != 0) {
        json_::array roles;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<Role>>([&](auto role) {
            if (operation.roles & role_bit(role.value)) roles.emplace_back(role.name);
        });
        item["x-roles"] = std::move(roles);
    }
    json_::array parameters = path_parameters(operation, path);
    json::Schemas request_side;
    request_side.side = json::Schemas::Side::request;
    request_side.components = std::move(components);
    for (const auto& add : signature.query_schemas) add(request_side, parameters);
    if (operation.key != KeyRule::ignored)
        parameters.push_back(
            {{"name", "Idempotency-Key"},
             {"in", "header"},
             {"required", operation.key == KeyRule::required},
             {"schema", {{"type", "string"}, {"minLength", 1}, {"maxLength", 255}}}});
    if (signature.if_match)
        parameters.push_back({{"name", "If-Match"},
                              {"in", "header"},
                              {"required", false},
                              {"schema", {{"type", "string"}}}});
    if (!parameters.empty()) item["parameters"] = std::move(parameters);
    if (signature.has_body)
        item["requestBody"] = {
            {"required", true},
            {"content", {{"application/json", {{"schema", signature.body_schema(request_side)}}}}}};
    json::Schemas response_side;
    response_side.components = std::move(request_side.components);
    json_::object responses;
    for (const int status : signature.statuses) {
        json_::object response{{"description", status == 204 ? "No content" : "OK"}};
        if (signature.data_schema && status != 204)
            response["content"] = {
                {"application/json", {{"schema", envelope(signature.data_schema(response_side))}}}};
        responses[std::to_string(status)] = std::move(response);
    }
    if (signature.statuses.empty())
        responses["200"] = {{"description", "As the protocol of this path says"}};
    responses["default"] = {
        {"description", "Refused; see the error catalogue"},
        {"content",
         {{"application/json", {{"schema", {{"$ref", "#/components/schemas/Error"}}}}}}}};
    item["responses"] = std::move(responses);
    components = std::move(response_side.components);
    return item;
}

}  // namespace

boost::json::object openapi_document(const Operations& operations, std::string_view title,
                                     std::string_view version) {
    json_::object components{{"Error", error_schema()}, {"Meta", meta_schema()}};
    json_::object paths;
    const auto put = [&](const Operation& operation, std::string_view path, json_::object item) {
        std::string method{to_string(operation.method)};
        std::ranges::transform(method, method.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        auto& entry = paths[full_path(operation, path)];
        if (!entry.is_object()) entry = json_::object{};
        entry.as_object()[method] = std::move(item);
    };
    for (const auto& operation : operations.all()) {
        if (operation->hidden) continue;
        put(*operation, operation->path, describe(*operation, operation->path, components));
        for (const std::string& alias : operation->aliases) {
            json_::object item = describe(*operation, alias, components);
            item["deprecated"] = false;
            item["x-alias-of"] = full_path(*operation, operation->path);
            put(*operation, alias, std::move(item));
        }
    }
    return {{"openapi", "3.1.0"},
            {"info", {{"title", title}, {"version", version}}},
            {"servers", {{{"url", "/"}}}},
            {"security", {{{"bearer", json_::array{}}}}},
            {"paths", std::move(paths)},
            {"components",
             {{"schemas", std::move(components)},
              {"securitySchemes",
               {{"bearer", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}}}}}}};
}

}  // namespace taama::http
