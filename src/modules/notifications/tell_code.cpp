// otp.requested becomes one message to the contact that is to be proved.

#include "modules/notifications/message_store.hpp"
#include "modules/notifications/notifications.hpp"
#include "modules/notifications/templates.hpp"
#include "modules/settings/operator_settings.hpp"
#include "platform/text/email.hpp"
#include "platform/text/phone.hpp"

namespace taama::notifications {

namespace {

std::string_view template_of(std::string_view purpose) {
    if (purpose == "password_reset") return "otp.password_reset";
    if (purpose == "pin_reset") return "otp.pin_reset";
    if (purpose == "phone_change" || purpose == "email_change") return "otp.contact";
    return "otp.code";
}

std::string_view text_at(const boost::json::object& payload, std::string_view key) {
    const auto* value = payload.if_contains(key);
    if (value == nullptr || !value->is_string()) return {};
    return {value->get_string().data(), value->get_string().size()};
}

Task<void> tell_code(const Deps& deps, pg::Tx& tx, const events::Event& event) {
    const UtcTime now = deps.clock.now();
    const auto& payload = event.payload;
    const std::string_view destination = text_at(payload, "destination");
    const bool by_email = text_at(payload, "channel") == "email";
    const Template& words = find_template(template_of(text_at(payload, "purpose")));
    Message message;
    message.id = MessageId::make();
    message.template_name = words.name;
    message.channel = by_email ? Channel::email : Channel::sms;
    message.language = text_at(payload, "language") == "en" ? Language::en : Language::fr;
    message.destination_sealed = deps.sealer.seal("notifications.destination", destination);
    message.destination_masked =
        by_email ? text::mask_email(destination) : text::mask_phone(destination);
    message.params = {{"code_sealed", text_at(payload, "code_sealed")},
                      {"link_sealed", text_at(payload, "link_sealed")}};
    const std::string app = deps.settings.get(settings::operator_name);
    message.title = fill(words.title.in(message.language), {app, {}});
    message.expires_at = parse_utc_time(text_at(payload, "expires_at")).value_or(now + 5min);
    message.dedupe_key = event.id.to_string();
    if (!co_await save_message(tx, message, event.id.uuid, now)) co_return;
    jobs::enqueue(tx, "notifications.send", {{"message_id", message.id.to_string()}}, now,
                  {.run_at = now, .dedupe_key = message.id.to_string(), .max_attempts = 6});
}

}  // namespace

void register_consumers(events::Registry& registry, const Deps& deps) {
    registry.on({"notifications.codes", {"otp.requested"},
                 [&deps](pg::Tx& tx, const events::Event& event) {
                     return tell_code(deps, tx, event);
                 }});
}

}  // namespace taama::notifications
