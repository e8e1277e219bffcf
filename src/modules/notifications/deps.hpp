#pragma once

#include "modules/notifications/email_sender.hpp"
#include "modules/notifications/sms_sender.hpp"
#include "modules/settings/settings.hpp"
#include "platform/crypto/seal.hpp"
#include "platform/pg/db.hpp"
#include "platform/time/time.hpp"

namespace taama::notifications {

struct Deps {
    pg::Db& db;
    const Clock& clock;
    const settings::Current& settings;
    const crypto::Sealer& sealer;
    SmsSender& sms_sender;
    EmailSender& email_sender;
};

}  // namespace taama::notifications
