#pragma once

// The OpenAPI document and its Swagger UI, whose assets travel inside the program.

#include "modules/settings/settings.hpp"
#include "platform/http/routes.hpp"

namespace taama::app {

struct DocumentDeps {
    const std::string& openapi;  // the document, made once when all operations are known
    const settings::Current& settings;
};

void register_documents(http::Operations& operations, const DocumentDeps& deps);

}  // namespace taama::app
