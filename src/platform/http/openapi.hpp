#pragma once

// The OpenAPI 3.1 document, made from the typed operations.

#include <boost/json/object.hpp>

#include <string_view>

#include "platform/http/routes.hpp"

namespace taama::http {

// Operations that are hidden (dev mode, emulated providers) are left out.
boost::json::object openapi_document(const Operations& operations, std::string_view title,
                                     std::string_view version);

}  // namespace taama::http
