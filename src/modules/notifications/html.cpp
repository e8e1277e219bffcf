#include "modules/notifications/html.hpp"

#include "platform/text/html.hpp"

namespace taama::notifications {

using text::escape_html;

std::string to_html(const EmailBody& body) {
    std::string out = "<!doctype html><html><head><meta charset=\"utf-8\"><title>";
    out += escape_html(body.title);
    out += "</title></head><body style=\"font-family:sans-serif\"><h1 style=\"font-size:20px\">";
    out += escape_html(body.title);
    out += "</h1><p>";
    out += escape_html(body.text);
    out += "</p>";
    if (!body.link.empty()) {
        out +=
            "<p><a style=\"padding:10px 18px;background:#0b6e4f;color:#fff;border-radius:6px;"
            "text-decoration:none\" href=\"";
        out += escape_html(body.link);
        out += "\">";
        out += escape_html(body.button);
        out += "</a></p>";
    }
    out += "</body></html>";
    return out;
}

}  // namespace taama::notifications
