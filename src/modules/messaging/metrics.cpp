#include "modules/messaging/metrics.hpp"

#include "modules/messaging/message.hpp"
#include "platform/telemetry/instruments.hpp"

namespace taama::messaging {

void add_metrics(telemetry::Instruments& instruments) {
    instruments.count("message.created",
                      instruments.counters("messaging_messages_total",
                                           "Messages in conversations; system: the program's notes",
                                           {telemetry::label_of<MessageType>("type")}));
}

}  // namespace taama::messaging
