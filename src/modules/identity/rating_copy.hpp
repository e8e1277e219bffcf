#pragma once

// The score that the ratings module keeps, copied where profiles are read.

#include "platform/events/events.hpp"

namespace taama::identity {

// rating.changed {to_user_id, to_role, sum, count, version}: taken when it is newer.
Task<void> copy_rating(pg::Tx& tx, const events::Event& event);

}  // namespace taama::identity
