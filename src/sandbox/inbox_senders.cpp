#include "sandbox/inbox_senders.hpp"

namespace taama::sandbox {

namespace {

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional{text};
}

}  // namespace

Task<notifications::SendResult> InboxSmsSender::send(const notifications::Sms& sms) {
    inbox_.add({.id = sms.message_id,
                .at = clock_.now(),
                .to = sms.to,
                .channel = Channel::sms,
                .template_id = sms.template_id,
                .title = sms.title,
                .text = sms.text,
                .code = unless_empty(sms.code),
                .link = std::nullopt});
    co_return notifications::Accepted{sms.message_id.to_string()};
}

Task<notifications::SendResult> InboxEmailSender::send(const notifications::Email& email) {
    inbox_.add({.id = email.message_id,
                .at = clock_.now(),
                .to = email.to,
                .channel = Channel::email,
                .template_id = email.template_id,
                .title = email.subject,
                .text = email.text,
                .code = unless_empty(email.code),
                .link = unless_empty(email.link)});
    co_return notifications::Accepted{email.message_id.to_string()};
}

}  // namespace taama::sandbox
