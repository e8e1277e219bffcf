#pragma once

#include <string>
#include <string_view>

namespace taama::notifications {

// An e-mail's body, everything escaped; the button is left out without a link.
struct EmailBody {
    std::string_view title;
    std::string_view text;
    std::string_view link;
    std::string_view button;
};
std::string to_html(const EmailBody& body);

}  // namespace taama::notifications
