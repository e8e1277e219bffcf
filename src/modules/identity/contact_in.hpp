#pragma once

// Requests name a contact by phone or e-mail; exactly one way of naming is allowed.

#include <initializer_list>
#include <string_view>
#include <utility>

#include "modules/identity/destination.hpp"
#include "platform/json/fields.hpp"

namespace taama::identity {

// {field name, is it there?}
using Presence = std::pair<std::string_view, bool>;
void require_exactly_one(json::Reader& reader, std::initializer_list<Presence> fields);

inline std::optional<Destination> to_destination(const std::optional<json::Phone>& phone,
                                                 const std::optional<json::Email>& email) {
    if (phone) return Destination{Channel::sms, phone->e164};
    if (email) return Destination{Channel::email, email->normalised};
    return std::nullopt;
}

}  // namespace taama::identity
