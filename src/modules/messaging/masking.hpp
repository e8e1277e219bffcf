#pragma once

#include <string>
#include <string_view>

namespace taama::messaging {

// What lets people meet past the platform is hidden until the deal is paid: e-mail addresses;
// links, wa.me/ and t.me/; runs of 8 digits or more with at most two of ` . - / ( ) _ ·` between
// digits, a leading + included, but not dates dd/dd/dd(dd) and dddd-dd-dd. Each becomes ••••••••.
std::string mask_contacts(std::string_view text);

}  // namespace taama::messaging
