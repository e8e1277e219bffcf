#include "modules/notifications/routes.hpp"

#include "modules/notifications/otp_requested.hpp"
#include "modules/notifications/send_message.hpp"

namespace taama::notifications {

void add_consumers(events::Registry& registry, const Deps& deps) {
    registry.on({.name = "notifications.otp",
                 .events = {"otp.requested"},
                 .handle = events::each([&deps](pg::Tx& tx, const events::Event& event) {
                     return on_otp_requested(deps, tx, event);
                 })});
}

void add_jobs(jobs::Registry& registry, const Deps& deps) {
    registry.on("notifications.send", [&deps](const jobs::Job& job) {
        return send_message(deps, std::string{job.payload.at("message_id").as_string()});
    });
}

}  // namespace taama::notifications
