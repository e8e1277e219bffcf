#pragma once

// Job notifications.send: one attempt at one message.

#include "modules/notifications/deps.hpp"

namespace taama::notifications {

Task<void> send_message(const Deps& deps, std::string message_id);

// Seconds from attempt `attempts` (from 1) to the next; nothing when it was the last.
std::optional<Seconds> wait_after_attempt(bool by_sms, int attempts);

}  // namespace taama::notifications
