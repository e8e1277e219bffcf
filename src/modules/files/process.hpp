#pragma once

// From the bytes that came to what is kept of them.

#include "modules/files/deps.hpp"
#include "modules/files/file.hpp"

namespace taama::files {

// Judges the upload of a file in state processing, makes its variants, and settles it: ready or
// rejected. Safe to run again after a crash, and at the same time.
Task<void> process(const Deps& deps, FileId id);

// Every object of a file; job files.remove.
Task<void> remove_objects(const Deps& deps, std::string storage_key);

}  // namespace taama::files
