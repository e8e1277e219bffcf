#pragma once

// DELETE /files/{id}, and the sweep of what nobody uses.

#include "modules/files/deps.hpp"
#include "platform/http/routes.hpp"

namespace taama::files {

Task<http::NoContent> delete_file(const Deps& deps, pg::Tx& tx, const http::Context& context,
                                  http::AnyCaller caller, http::Path<FileId> id);

// Unconfirmed uploads, unattached files, objects without a row. Hourly.
Task<void> sweep(const Deps& deps);

}  // namespace taama::files
