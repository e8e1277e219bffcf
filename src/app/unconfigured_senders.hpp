#pragma once

// Stand where no provider of messages is configured: messages wait, and the log says why.

#include "modules/notifications/email_sender.hpp"
#include "modules/notifications/sms_sender.hpp"

namespace taama::app {

class UnconfiguredSms final : public notifications::SmsSender {
public:
    std::string_view name() const override { return "none"; }
    Task<notifications::SendResult> send(const notifications::Sms&) override {
        co_return notifications::Deferred{"no SMS provider is configured", std::nullopt};
    }
};

class UnconfiguredEmail final : public notifications::EmailSender {
public:
    std::string_view name() const override { return "none"; }
    Task<notifications::SendResult> send(const notifications::Email&) override {
        co_return notifications::Deferred{"no e-mail provider is configured", std::nullopt};
    }
};

}  // namespace taama::app
