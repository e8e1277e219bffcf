#pragma once

// The port of the SMS providers.

#include <string>
#include <string_view>

#include "modules/notifications/send_result.hpp"
#include "platform/id.hpp"
#include "platform/task.hpp"

namespace taama::notifications {

struct Sms {
    Uuid message_id;   // the same for each attempt
    std::string to;    // E.164
    std::string text;  // GSM-7, one segment
    std::string template_id;
    std::string title;
    std::string code;  // also part of the text; empty: none
};

class SmsSender {
public:
    virtual ~SmsSender() = default;
    virtual std::string_view name() const = 0;  // "orange"
    virtual Task<SendResult> send(const Sms& sms) = 0;
};

}  // namespace taama::notifications
