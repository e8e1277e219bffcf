#pragma once

// otp.requested → one message by the channel that was asked for.

#include "modules/notifications/deps.hpp"
#include "platform/events/events.hpp"

namespace taama::notifications {

Task<void> on_otp_requested(const Deps& deps, pg::Tx& tx, events::Event event);

// The template of a code's purpose.
std::string_view template_for(std::string_view purpose);

}  // namespace taama::notifications
