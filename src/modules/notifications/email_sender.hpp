#pragma once

// The port of outgoing e-mail.

#include <string>
#include <string_view>

#include "modules/notifications/send_result.hpp"
#include "platform/id.hpp"
#include "platform/task.hpp"

namespace taama::notifications {

struct Email {
    Uuid message_id;  // the same for each attempt; becomes the Message-ID
    std::string to;
    std::string subject;
    std::string text;
    std::string html;
    std::string template_id;
    std::string code;  // also part of the text; empty: none
    std::string link;  // of the button; empty: none
};

class EmailSender {
public:
    virtual ~EmailSender() = default;
    virtual std::string_view name() const = 0;  // "smtp"
    virtual Task<SendResult> send(const Email& email) = 0;
};

}  // namespace taama::notifications
