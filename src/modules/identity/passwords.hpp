#pragma once

// Hashing on the work pool, so that no event loop ever waits for Argon2id.

#include <optional>
#include <string>

#include "platform/task.hpp"
#include "platform/work_pool.hpp"

namespace taama::identity {

Task<std::string> hash_password(WorkPool& pool, std::string password);

enum class PasswordCheck { wrong, right, right_but_old_hash };
// Without a hash the same work is done for nothing: nobody learns from the time whether an account
// exists.
Task<PasswordCheck> check_password(WorkPool& pool, std::optional<std::string> hash,
                                   std::string password);

}  // namespace taama::identity
