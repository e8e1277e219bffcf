#include "modules/notifications/send_message.hpp"

#include <fmt/format.h>

#include <span>

#include "modules/notifications/html.hpp"
#include "modules/notifications/message_store.hpp"
#include "modules/notifications/templates.hpp"
#include "modules/settings/operator_settings.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/events/events.hpp"
#include "platform/jobs/jobs.hpp"
#include "platform/pg/tx.hpp"

namespace taama::notifications {

namespace {

constexpr Seconds lease{55};
// Between one attempt and the next.
constexpr Seconds sms_code_waits[] = {Seconds{5}, Seconds{15}, Seconds{45}};
constexpr Seconds email_waits[] = {Seconds{60}, Seconds{300}, Seconds{900}, Seconds{3600},
                                   Seconds{14400}};

constexpr settings::Key<std::string_view> android_app_hash{"otp.android_app_hash", "", 11,
                                                           settings::Group::security};

std::string open(const Deps& deps, std::string_view purpose, const Message& message,
                 std::string_view key) {
    const auto* sealed = message.params.as_object().if_contains(key);
    if (sealed == nullptr) return {};
    const auto box = crypto::from_base64url(sealed->as_string());
    return box ? deps.sealer.open(purpose, *box).value_or("") : "";
}

struct Rendered {
    std::string to;
    std::string text;
    std::string code;
    std::string link;
};

Rendered render_message(const Deps& deps, const Message& message) {
    Rendered out;
    out.to = deps.sealer.open("notifications.destination", message.destination_sealed).value_or("");
    out.code = open(deps, "otp.code", message, "code_sealed");
    out.link = open(deps, "otp.link", message, "link_sealed");
    const std::string_view app = message.params.at("app").as_string();
    out.text = render(template_of(message.template_id).text.in(message.language),
                      {{"app", app}, {"code", out.code}});
    if (message.channel == MessageChannel::sms)
        if (const auto hash = deps.settings.get(android_app_hash); !hash.empty())
            out.text += " " + hash;
    return out;
}

Task<SendResult> hand_over(const Deps& deps, const Message& message) {
    Rendered ready = render_message(deps, message);
    if (ready.to.empty() || ready.code.empty()) co_return Refused{"the sealing key is gone"};
    if (message.channel == MessageChannel::sms)
        co_return co_await deps.sms_sender.send({.message_id = message.id.uuid,
                                                 .to = ready.to,
                                                 .text = ready.text,
                                                 .template_id = message.template_id,
                                                 .title = message.title,
                                                 .code = ready.code});
    const bool french = message.language == Language::fr;
    const std::string html = to_html({.title = message.title,
                                      .text = ready.text,
                                      .link = ready.link,
                                      .button = french ? "Continuer" : "Continue"});
    const std::string text =
        ready.link.empty() ? ready.text : fmt::format("{}\n\n{}", ready.text, ready.link);
    co_return co_await deps.email_sender.send({.message_id = message.id.uuid,
                                               .to = ready.to,
                                               .subject = message.title,
                                               .text = text,
                                               .html = html,
                                               .template_id = message.template_id,
                                               .code = ready.code,
                                               .link = ready.link});
}

void tell_failed(pg::Tx& tx, const Message& message, std::string_view error, UtcTime now) {
    events::emit(tx, "notification.failed",
                 {{"message_id", message.id.to_string()},
                  {"template", message.template_id},
                  {"error", error}},
                 now);
}

void tell_ended(pg::Tx& tx, const Message& message, MessageStatus status) {
    tx.tell("message.ended", {{"template", message.template_id},
                              {"channel", boost::describe::enum_to_string(message.channel, "")},
                              {"status", boost::describe::enum_to_string(status, "")}});
}

void tell_sent(pg::Tx& tx, const Message& message, UtcTime now) {
    tell_ended(tx, message, MessageStatus::sent);
    const std::chrono::duration<double> took = now - message.due_at;
    tx.tell("message.sent", {{"channel", boost::describe::enum_to_string(message.channel, "")},
                             {"priority", message.priority},
                             {"seconds", took.count()}});
}

void defer(pg::Tx& tx, const Message& message, const Deferred& deferred, UtcTime now) {
    const auto wait = wait_after_attempt(message.channel == MessageChannel::sms, message.attempts);
    const UtcTime next =
        now + std::max(wait.value_or(Seconds{0}), deferred.retry_after.value_or(Seconds{0}));
    if (!wait || next >= message.expires_at) {
        const MessageStatus status = wait ? MessageStatus::expired : MessageStatus::failed;
        save_ended(tx, message.id, status, deferred.error);
        tell_ended(tx, message, status);
        tell_failed(tx, message, deferred.error, now);
        return;
    }
    save_deferred(tx, message.id, deferred.error, next);
    jobs::enqueue(tx, "notifications.send", {{"message_id", message.id.to_string()}}, now,
                  {.run_at = next, .dedupe_key = {}});
}

}  // namespace

std::optional<Seconds> wait_after_attempt(bool by_sms, int attempts) {
    const std::span<const Seconds> waits =
        by_sms ? std::span<const Seconds>{sms_code_waits} : std::span<const Seconds>{email_waits};
    const auto index = static_cast<std::size_t>(attempts - 1);
    return index < waits.size() ? std::optional{waits[index]} : std::nullopt;
}

// The provider is called between two transactions, never within one. A sender that dies in between
// leaves the lease, and the repeated job sends the code again: twice is better than never.
Task<void> send_message(const Deps& deps, std::string message_id) {
    const auto id = MessageId::parse(message_id);
    if (!id) co_return;
    const auto message = co_await take_message(deps.db, *id, deps.clock.now(), lease);
    if (!message) co_return;
    SendResult result = Deferred{"expired", std::nullopt};
    if (deps.clock.now() < message->expires_at) result = co_await hand_over(deps, *message);

    const UtcTime now = deps.clock.now();
    const std::string_view provider =
        message->channel == MessageChannel::sms ? deps.sms_sender.name() : deps.email_sender.name();
    pg::Tx tx = co_await deps.db.begin();
    if (const auto* accepted = std::get_if<Accepted>(&result)) {
        save_sent(tx, *id, provider, accepted->provider_ref, now);
        tell_sent(tx, *message, now);
    } else if (const auto* refused = std::get_if<Refused>(&result)) {
        save_ended(tx, *id, MessageStatus::failed, refused->error);
        tell_ended(tx, *message, MessageStatus::failed);
        tell_failed(tx, *message, refused->error, now);
    } else {
        defer(tx, *message, std::get<Deferred>(result), now);
    }
    co_await tx.commit();
}

}  // namespace taama::notifications
