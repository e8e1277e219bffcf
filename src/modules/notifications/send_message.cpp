// The job that hands one message to its provider.

#include <stdexcept>

#include "modules/notifications/message_store.hpp"
#include "modules/notifications/notifications.hpp"
#include "modules/notifications/templates.hpp"
#include "modules/settings/operator_settings.hpp"
#include "platform/crypto/hash.hpp"

namespace taama::notifications {

namespace {

std::string open_param(const Deps& deps, const Message& message, std::string_view name,
                       std::string_view purpose) {
    const auto* value = message.params.as_object().if_contains(name);
    if (value == nullptr || !value->is_string() || value->get_string().empty()) return {};
    const auto box =
        crypto::from_base64url({value->get_string().data(), value->get_string().size()});
    return box ? deps.sealer.open(purpose, *box).value_or("") : std::string{};
}

Task<SendResult> hand_over(const Deps& deps, const Message& message) {
    const std::string to =
        deps.sealer.open("notifications.destination", message.destination_sealed).value_or("");
    const std::string code = open_param(deps, message, "code_sealed", "otp.code");
    const std::string link = open_param(deps, message, "link_sealed", "otp.link");
    const std::string app = deps.settings.get(settings::operator_name);
    const std::string text =
        fill(find_template(message.template_name).text.in(message.language), {app, code});
    if (to.empty()) co_return Refused{"the destination cannot be opened"};
    if (message.channel == Channel::sms)
        co_return co_await deps.sms.send({.message_id = message.id.uuid,
                                          .to = to,
                                          .text = text,
                                          .template_id = message.template_name,
                                          .title = message.title,
                                          .code = code});
    co_return co_await deps.email.send({.message_id = message.id.uuid,
                                        .to = to,
                                        .subject = message.title,
                                        .text = link.empty() ? text : text + "\n\n" + link,
                                        .html = {},
                                        .template_id = message.template_name,
                                        .code = code,
                                        .link = link});
}

Task<void> send_message(const Deps& deps, const jobs::Job& job) {
    const auto id = MessageId::parse(job.payload.at("message_id").as_string().c_str());
    const auto message = co_await take_message(deps.db, id.value(), deps.clock.now());
    if (!message) co_return;
    const SendResult result = co_await hand_over(deps, *message);
    const UtcTime now = deps.clock.now();
    const std::string_view provider =
        message->channel == Channel::sms ? deps.sms.name() : deps.email.name();
    if (const auto* accepted = std::get_if<Accepted>(&result)) {
        co_await save_sent(deps.db, message->id, provider, accepted->provider_ref, now);
    } else if (const auto* refused = std::get_if<Refused>(&result)) {
        co_await save_failed(deps.db, message->id, refused->error, now);
    } else {
        const std::string& error = std::get<Deferred>(result).error;
        co_await save_deferred(deps.db, message->id, error, now);
        throw std::runtime_error{error};  // the job comes back later
    }
}

}  // namespace

void register_jobs(jobs::Registry& registry, const Deps& deps) {
    registry.on("notifications.send",
                [&deps](const jobs::Job& job) { return send_message(deps, job); });
}

}  // namespace taama::notifications
