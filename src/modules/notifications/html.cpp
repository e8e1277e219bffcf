#include "modules/notifications/html.hpp"

namespace taama::notifications {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += c;
        }
    }
    return out;
}

}  // namespace

std::string to_html(const EmailBody& body) {
    std::string out = "<!doctype html><html><head><meta charset=\"utf-8\"><title>";
    out += escaped(body.title);
    out += "</title></head><body style=\"font-family:sans-serif\"><h1 style=\"font-size:20px\">";
    out += escaped(body.title);
    out += "</h1><p>";
    out += escaped(body.text);
    out += "</p>";
    if (!body.link.empty()) {
        out +=
            "<p><a style=\"padding:10px 18px;background:#0b6e4f;color:#fff;border-radius:6px;"
            "text-decoration:none\" href=\"";
        out += escaped(body.link);
        out += "\">";
        out += escaped(body.button);
        out += "</a></p>";
    }
    out += "</body></html>";
    return out;
}

}  // namespace taama::notifications
