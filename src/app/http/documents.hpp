#pragma once

// The OpenAPI document and its Swagger UI, whose assets travel inside the program.

#include "platform/http/routes.hpp"

namespace taama::app {

struct DocumentDeps {
    const std::string& openapi;  // the document, made once when all operations are known
};

void register_documents(http::Operations& operations, const DocumentDeps& deps);

}  // namespace taama::app
