#pragma once

#include <string>
#include <vector>

namespace taama::telemetry {
class Instruments;
}

namespace taama::payments {

// What can be paid with: the words of the labels.
struct MoneyWays {
    std::vector<std::string> methods;
    std::vector<std::string> providers;
};
// The series of /metrics that tell of this module.
void add_metrics(telemetry::Instruments& instruments, const MoneyWays& ways);

}  // namespace taama::payments
