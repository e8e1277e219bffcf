#pragma once

// Demo data: people, drivers and trips of Abidjan and Lomé, staff of every role. Running it again
// adds what is missing and changes nothing else.

#include "platform/config/config.hpp"

namespace taama::app {

int seed(const config::Config& config);

}  // namespace taama::app
