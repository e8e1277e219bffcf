#pragma once

// The senders of dev mode: nothing leaves, the inbox shows it.

#include "modules/notifications/email_sender.hpp"
#include "modules/notifications/sms_sender.hpp"
#include "sandbox/inbox.hpp"

namespace taama::sandbox {

class InboxSmsSender final : public notifications::SmsSender {
public:
    InboxSmsSender(Inbox& inbox, const Clock& clock) : inbox_(inbox), clock_(clock) {}

    std::string_view name() const override { return "inbox"; }
    Task<notifications::SendResult> send(const notifications::Sms& sms) override;

private:
    Inbox& inbox_;
    const Clock& clock_;
};

class InboxEmailSender final : public notifications::EmailSender {
public:
    InboxEmailSender(Inbox& inbox, const Clock& clock) : inbox_(inbox), clock_(clock) {}

    std::string_view name() const override { return "inbox"; }
    Task<notifications::SendResult> send(const notifications::Email& email) override;

private:
    Inbox& inbox_;
    const Clock& clock_;
};

}  // namespace taama::sandbox
