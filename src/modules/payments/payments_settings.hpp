#pragma once

#include "modules/settings/settings.hpp"

namespace taama::payments {

inline constexpr settings::Key<int> webhook_tolerance_s{
    "payments.webhook_tolerance_s", 300, {60, 600}, settings::Group::money};
inline constexpr settings::Key<int> start_wait_s{
    "payments.start_wait_s", 10, {2, 25}, settings::Group::money};
// Hosts besides our own to which a payer may return.
inline constexpr settings::Key<settings::Words> return_hosts{
    "payments.return_hosts", {}, settings::Group::money};

}  // namespace taama::payments
