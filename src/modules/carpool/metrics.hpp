#pragma once

namespace taama::telemetry {
class Instruments;
}

namespace taama::carpool {

// The series of /metrics that tell of this module.
void add_metrics(telemetry::Instruments& instruments);

}  // namespace taama::carpool
