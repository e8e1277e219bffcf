#pragma once

namespace taama::crypto {

// libsodium chooses its fast implementations, and starts its random source, once. False when it
// cannot.
bool start_sodium();
// Called before each use.
void ensure_sodium();

}  // namespace taama::crypto
