#include "modules/notifications/otp_requested.hpp"

#include <boost/describe/enum_from_string.hpp>

#include "modules/notifications/message_store.hpp"
#include "modules/notifications/templates.hpp"
#include "modules/settings/operator_settings.hpp"
#include "platform/jobs/jobs.hpp"
#include "platform/text/email.hpp"
#include "platform/text/phone.hpp"

namespace taama::notifications {

std::string_view template_for(std::string_view purpose) {
    if (purpose == "password_reset") return "otp.password_reset";
    if (purpose == "pin_reset") return "otp.pin_reset";
    if (purpose == "phone_change" || purpose == "email_change") return "otp.contact_change";
    if (purpose == "step_up") return "otp.step_up";
    return "otp.code";
}

Task<void> on_otp_requested(const Deps& deps, pg::Tx& tx, events::Event event) {
    const auto text = [&](std::string_view key) {
        const auto* value = event.payload.if_contains(key);
        return value ? std::string{value->as_string()} : std::string{};
    };
    const std::string destination = text("destination");
    const bool by_sms = text("channel") == "sms";
    const Template& words = template_of(template_for(text("purpose")));
    const std::string app = to_gsm7(deps.settings.get(settings::operator_name), app_length_max);
    const UtcTime now = deps.clock.now();

    NewMessage message;
    message.id = MessageId::make();
    message.event_id = event.id.uuid;
    message.template_id = words.id;
    message.destination_sealed = deps.sealer.seal("notifications.destination", destination);
    message.destination_masked =
        by_sms ? text::mask_phone(destination) : text::mask_email(destination);
    message.channel = by_sms ? MessageChannel::sms : MessageChannel::email;
    boost::describe::enum_from_string(text("language").c_str(), message.language);
    message.params = {{"code_sealed", text("code_sealed")}, {"app", app}};
    if (event.payload.contains("link_sealed")) message.params["link_sealed"] = text("link_sealed");
    message.title = render(words.title.in(message.language), {{"app", app}});
    message.expires_at = parse_utc_time(text("expires_at")).value_or(now);
    message.dedupe_key = event.id.to_string() + " " + std::string{words.id};
    const bool is_new = co_await save_new_message(tx, message, now);
    if (is_new)
        jobs::enqueue(tx, "notifications.send", {{"message_id", message.id.to_string()}}, now);
}

}  // namespace taama::notifications
