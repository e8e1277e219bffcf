#include "sandbox/inbox_routes.hpp"

#include <fmt/format.h>

#include "platform/http/routes.hpp"
#include "platform/text/html.hpp"
#include "sandbox/sandbox.hpp"

namespace taama::sandbox {

namespace {

constexpr int page_refresh_s = 2;
constexpr std::string_view page_policy = "default-src 'none'; style-src 'unsafe-inline'";

struct MessagesQuery {
    std::optional<std::string> to;
    std::optional<Channel> channel;
    std::optional<std::string> template_id;
    std::optional<UtcTime> since;
    std::optional<json::Int<0, 10>> wait;

    static constexpr json::Alias aliases[] = {{"template", "template_id"}};
};
BOOST_DESCRIBE_STRUCT(MessagesQuery, (), (to, channel, template_id, since, wait))

boost::json::object to_view(const Message& message) {
    const auto text_or_null = [](const std::optional<std::string>& text) {
        return text ? boost::json::value(*text) : boost::json::value();
    };
    return {{"id", message.id.to_string()},
            {"at", taama::to_string(message.at)},
            {"to", message.to},
            {"channel", boost::describe::enum_to_string(message.channel, "")},
            {"template", message.template_id},
            {"title", message.title},
            {"text", message.text},
            {"code", text_or_null(message.code)},
            {"link", text_or_null(message.link)},
            {"status", message.status}};
}

Task<http::List<boost::json::object>> list_messages(const Deps& deps, http::Public,
                                                    http::Query<MessagesQuery> query) {
    MessageFilter filter{query->to, query->channel, query->template_id, query->since};
    // A + that nobody escaped is read as a space.
    if (filter.to && filter.to->starts_with(' ')) filter.to->front() = '+';
    if (query->wait && *query->wait > 0) {
        co_await deps.inbox.wait_for_next(filter, Seconds{*query->wait});
    }
    http::List<boost::json::object> list;
    for (const Message& message : deps.inbox.read(filter)) list.items.push_back(to_view(message));
    co_return list;
}

Task<http::NoContent> empty_inbox(const Deps& deps, http::Public) {
    deps.inbox.clear();
    co_return http::NoContent{};
}

Task<http::Raw> show_inbox(const Deps& deps, http::Public) {
    std::string rows;
    for (const Message& message : deps.inbox.peek({})) {
        std::string link;
        if (message.link) {
            link = fmt::format("<br><a href=\"{0}\">{0}</a>", text::escape_html(*message.link));
        }
        rows += fmt::format(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}<pre>{}</pre>{}</td></tr>",
            taama::to_string(std::chrono::floor<Seconds>(message.at)),
            boost::describe::enum_to_string(message.channel, ""), text::escape_html(message.to),
            text::escape_html(message.template_id), text::escape_html(message.title),
            text::escape_html(message.text), link);
    }
    if (rows.empty()) rows = "<tr><td colspan=\"5\">Aucun message.</td></tr>";
    http::Raw page;
    page.content_type = "text/html; charset=utf-8";
    page.headers = {{"Content-Security-Policy", std::string{page_policy}}};
    page.body = fmt::format(
        "<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\">"
        "<meta http-equiv=\"refresh\" content=\"{}\"><title>Messages sortants</title><style>"
        "body{{font:1rem "
        "system-ui,sans-serif;margin:1rem}}table{{border-collapse:collapse;width:100%}}"
        "td,th{{border-bottom:1px solid #ccc;padding:.4rem;text-align:left;vertical-align:top}}"
        "pre{{white-space:pre-wrap;margin:.2rem 0}}</style></head><body><h1>Messages sortants</h1>"
        "<table><tr><th>Heure "
        "(UTC)</th><th>Canal</th><th>À</th><th>Modèle</th><th>Message</th></tr>"
        "{}</table></body></html>",
        page_refresh_s, rows);
    co_return page;
}

}  // namespace

void register_inbox_routes(http::Operations& operations, const Deps& deps) {
    http::Routes<Deps> routes{operations, "sandbox", deps};
    // Under /api/v1 like every operation, and at the root beside the page.
    routes.get("/dev/messages", list_messages).hidden();
    routes.del("/dev/messages", empty_inbox).hidden();
    routes.get("/dev/messages", list_messages).at_root().hidden();
    routes.del("/dev/messages", empty_inbox).at_root().hidden();
    routes.get("/dev/inbox", show_inbox).at_root().hidden();
}

}  // namespace taama::sandbox
