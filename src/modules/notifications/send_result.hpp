#pragma once

// How a provider of messages may answer.

#include <optional>
#include <string>
#include <variant>

#include "platform/time/time.hpp"

namespace taama::notifications {

struct Accepted {
    std::string provider_ref;
};
// Never to be tried again: the address is wrong, the text is not allowed.
struct Refused {
    std::string error;
};
// Away or too busy: to be tried again.
struct Deferred {
    std::string error;
    std::optional<Seconds> retry_after;
};
using SendResult = std::variant<Accepted, Refused, Deferred>;

}  // namespace taama::notifications
