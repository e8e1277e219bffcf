#pragma once

namespace taama::crypto {

// libsodium chooses its fast implementations and its random source once. False when the system has
// no random numbers to give.
bool start_sodium();
// Called before each use.
void ensure_sodium();

}  // namespace taama::crypto
