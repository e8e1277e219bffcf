#pragma once

// Where a one-time code goes.

#include <boost/describe/enum.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taama::identity {

enum class Channel : std::uint8_t { sms, email };
BOOST_DESCRIBE_ENUM(Channel, sms, email)

struct Destination {
    Channel channel = Channel::sms;
    std::string address;  // E.164, or the e-mail in the form that is compared

    bool operator==(const Destination&) const = default;
};

std::string masked(const Destination& destination);

// What people type into one field: a phone number, an e-mail, or neither.
std::optional<Destination> to_destination(std::string_view identifier, std::string_view country);

// A phone outside the prefixes that the operator serves (setting otp.allowed_prefixes) gets no
// code.
bool is_served(const Destination& destination, const std::vector<std::string>& prefixes);

}  // namespace taama::identity
