#include "app/http/documents.hpp"

#include <span>

#include "modules/settings/operator_settings.hpp"

namespace taama::app {

namespace {

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
constexpr unsigned char bundle_js[] = {
#embed "swagger-ui-bundle.js"
};
constexpr unsigned char ui_css[] = {
#embed "swagger-ui.css"
};
#pragma clang diagnostic pop

constexpr std::string_view page = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Taama API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/init.js"></script>
</body>
</html>
)html";

constexpr std::string_view init_js = R"js(window.onload = () => {
    window.ui = SwaggerUIBundle({
        url: '/api/v1/openapi.json',
        dom_id: '#swagger-ui',
        deepLinking: true,
        validatorUrl: null,
    });
};
)js";

// The UI styles its elements inline and draws icons from data: URLs; nothing comes from elsewhere.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
    "data:; "
    "connect-src 'self'; font-src 'self'";

http::Raw asset(std::string_view content_type, std::string_view body, bool immutable) {
    http::Raw raw;
    raw.content_type = content_type;
    raw.body = body;
    raw.headers.emplace_back("Content-Security-Policy", policy);
    if (immutable) raw.headers.emplace_back("Cache-Control", "public, max-age=86400");
    return raw;
}

std::string_view text_of(std::span<const unsigned char> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// docs.public = false: only for the operator's people.
void check_reader(const DocumentDeps& deps, const http::Caller& caller) {
    if (deps.settings.get(settings::docs_public)) return;
    if (caller.kind == http::Caller::Kind::anonymous) throw Refusal{errors::auth_required};
    if (caller.kind != http::Caller::Kind::staff) throw Refusal{errors::forbidden};
}

Task<http::Raw> get_page(const DocumentDeps& deps, http::MaybeCaller reader) {
    check_reader(deps, reader.caller);
    co_return asset("text/html; charset=utf-8", page, false);
}

Task<http::Raw> get_asset(const DocumentDeps&, http::Public, http::Path<std::string> name) {
    if (*name == "swagger-ui-bundle.js")
        co_return asset("text/javascript; charset=utf-8", text_of(bundle_js), true);
    if (*name == "swagger-ui.css")
        co_return asset("text/css; charset=utf-8", text_of(ui_css), true);
    if (*name == "init.js") co_return asset("text/javascript; charset=utf-8", init_js, true);
    throw Refusal{errors::not_found};
}

Task<http::Raw> get_openapi(const DocumentDeps& deps, http::MaybeCaller reader) {
    check_reader(deps, reader.caller);
    http::Raw raw;
    raw.body = deps.openapi;
    co_return raw;
}

}  // namespace

void register_documents(http::Operations& operations, const DocumentDeps& deps) {
    http::Routes<DocumentDeps> routes{operations, "platform", deps};
    routes.get("/docs", get_page).at_root().hidden();
    routes.get("/docs/{file}", get_asset).at_root().hidden();
    routes.get("/openapi.json", get_openapi).summary("This document");
}

}  // namespace taama::app
