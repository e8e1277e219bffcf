#pragma once

// POST /files/{id}/confirm.

#include "modules/files/deps.hpp"
#include "modules/files/file.hpp"
#include "platform/http/routes.hpp"

namespace taama::files {

// Ready (200), or still being processed by an earlier confirm (202).
Task<http::Either<FileView>> confirm_upload(const Deps& deps, const http::Context& context,
                                            http::AnyCaller caller, http::Path<FileId> id);

}  // namespace taama::files
