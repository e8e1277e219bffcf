#include "platform/http/parameters.hpp"

#include <algorithm>

#include "platform/http/routes.hpp"

namespace taama::http {

std::string_view to_string(Method method) {
    switch (method) {
        case Method::get: return "GET";
        case Method::post: return "POST";
        case Method::put: return "PUT";
        case Method::patch: return "PATCH";
        case Method::delete_: return "DELETE";
        case Method::head: return "HEAD";
        case Method::options: return "OPTIONS";
        case Method::other: break;
    }
    return "";
}

std::string_view Request::query_value(std::string_view key) const {
    const auto found = std::ranges::find(query, key, &std::pair<std::string, std::string>::first);
    return found == query.end() ? std::string_view{} : std::string_view{found->second};
}

std::string etag_of(std::string_view data) {
    return fmt::format("\"{:016x}{:04x}\"", std::hash<std::string_view>{}(data),
                       data.size() & 0xffff);
}

std::string Operation::name() const { return fmt::format("{} {}", to_string(method), path); }

namespace {

bool is_json(std::string_view content_type) {
    const auto end = content_type.find(';');
    std::string_view type = content_type.substr(0, end);
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    if (!std::ranges::equal(type, std::string_view{"application/json"}, [](char a, char b) {
            return std::tolower(static_cast<unsigned char>(a)) == b;
        }))
        return false;
    if (end == std::string_view::npos) return true;
    std::string parameters{content_type.substr(end + 1)};
    std::ranges::transform(parameters, parameters.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return parameters.find("charset=") == std::string::npos ||
           parameters.find("utf-8") != std::string::npos;
}

}  // namespace

json::Node read_body(const Context& context) {
    const Request& request = context.request;
    const std::string_view content_type = request.header("Content-Type");
    // No body at all reads as {}: operations whose fields are all optional need none.
    if (request.body.empty() && (content_type.empty() || is_json(content_type))) {
        json::Node empty;
        empty.type = json::Node::Type::object;
        return empty;
    }
    if (!is_json(content_type)) throw Refusal{errors::unsupported_media_type};
    auto node = json::parse(request.body);
    if (!node) throw Refusal{errors::bad_request, {{"reason", node.error()}}};
    return std::move(*node);
}

json::Node query_node(const Request& request, std::span<const json::Alias> aliases,
                      const std::set<std::string, std::less<>>& keys) {
    json::Node node;
    node.type = json::Node::Type::object;
    for (const auto& [key, value] : request.query) {
        const bool known = keys.contains(key) || std::ranges::any_of(aliases, [&](const auto& a) {
                               return a.written == key;
                           });
        if (!known) continue;  // another parameter's; unknown ones are refused before
        json::Node text;
        text.type = json::Node::Type::string;
        text.text = value;
        node.members.push_back({key, std::move(text)});
    }
    return node;
}

void describe_query(json::Schemas& schemas, const boost::json::value& schema,
                    boost::json::array& parameters) {
    (void)schemas;
    const auto& object = schema.as_object();
    const auto* required = object.if_contains("required");
    for (const auto& [name, property] : object.at("properties").as_object()) {
        const bool is_required =
            required != nullptr && std::ranges::any_of(required->as_array(), [&](const auto& each) {
                return each.as_string() == name;
            });
        parameters.push_back(
            {{"name", name}, {"in", "query"}, {"required", is_required}, {"schema", property}});
    }
}

void Parameter<Paging>::describe(Signature& s) {
    s.query_keys.insert({"page", "page_size"});
    s.query_schemas.push_back([](json::Schemas&, boost::json::array& parameters) {
        parameters.push_back({{"name", "page"},
                              {"in", "query"},
                              {"schema", {{"type", "integer"}, {"minimum", 1}, {"default", 1}}}});
        parameters.push_back(
            {{"name", "page_size"},
             {"in", "query"},
             {"schema", {{"type", "integer"}, {"minimum", 1}, {"maximum", 100}, {"default", 20}}}});
    });
}

Paging Parameter<Paging>::get(Extraction& e) {
    Paging paging;
    json::Reader reader{e.read_context, e.problems};
    reader.from_query = true;
    const auto read = [&](std::string_view key, std::int64_t max, std::int64_t& out) {
        for (const auto& [name, value] : e.context.request.query) {
            if (name != key) continue;
            const json::Reader::Scope scope{reader, key};
            json::Node node;
            node.type = json::Node::Type::string;
            node.text = value;
            json::read_integer(reader, node, 1, max, out);
        }
    };
    read("page", 1'000'000, paging.page);
    read("page_size", 100, paging.page_size);
    return paging;
}

namespace detail {

void add_unknown_query_keys(Extraction& extraction, const Signature& signature) {
    if (signature.raw_request) return;
    for (const auto& [key, value] : extraction.context.request.query)
        if (!signature.query_keys.contains(key)) extraction.problems.add(key, json::said_unknown());
}

void throw_if_problems(const Extraction& extraction) {
    if (!extraction.problems.empty())
        throw Refusal{errors::validation_error,
                      {{"fields", extraction.problems.in(extraction.context.language)}}};
}

void add_list_meta(Reply& reply, const std::optional<Pagination>& pagination,
                   const std::optional<std::string>& next_cursor) {
    if (pagination) {
        boost::json::object page{{"page", pagination->page},
                                 {"page_size", pagination->page_size},
                                 {"total", nullptr},
                                 {"page_count", nullptr}};
        if (pagination->total) {
            page["total"] = *pagination->total;
            page["page_count"] =
                (*pagination->total + pagination->page_size - 1) / pagination->page_size;
        }
        reply.meta["pagination"] = std::move(page);
    }
    if (next_cursor) {
        if (next_cursor->empty())
            reply.meta["next_cursor"] = nullptr;
        else
            reply.meta["next_cursor"] = *next_cursor;
    }
}

}  // namespace detail

}  // namespace taama::http
