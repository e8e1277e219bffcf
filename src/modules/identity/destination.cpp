#include "modules/identity/destination.hpp"

#include <algorithm>

#include "platform/text/email.hpp"
#include "platform/text/phone.hpp"

namespace taama::identity {

std::string masked(const Destination& destination) {
    return destination.channel == Channel::sms ? text::mask_phone(destination.address)
                                               : text::mask_email(destination.address);
}

std::optional<Destination> to_destination(std::string_view identifier, std::string_view country) {
    if (identifier.find('@') != std::string_view::npos) {
        auto email = text::normalise_email(identifier);
        if (!email) return std::nullopt;
        return Destination{Channel::email, std::move(*email)};
    }
    auto phone = text::normalise_phone(identifier, country);
    if (!phone) return std::nullopt;
    return Destination{Channel::sms, std::move(*phone)};
}

bool is_served(const Destination& destination, const std::vector<std::string>& prefixes) {
    if (destination.channel == Channel::email || prefixes.empty()) return true;
    return std::ranges::any_of(prefixes, [&](const std::string& prefix) {
        return destination.address.starts_with(prefix);
    });
}

}  // namespace taama::identity
