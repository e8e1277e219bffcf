#pragma once

namespace taama::crypto {

// libsodium chooses its fast implementations and its random source once. Called before each use.
void ensure_sodium();

}  // namespace taama::crypto
