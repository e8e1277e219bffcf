#pragma once

#include "modules/notifications/email_sender.hpp"
#include "modules/notifications/sms_sender.hpp"
#include "modules/settings/settings.hpp"
#include "platform/crypto/seal.hpp"
#include "platform/pg/db.hpp"
#include "platform/time/time.hpp"

namespace taama::notifications {

// What notifications work with; one per thread.
struct Deps {
    pg::Db& db;
    const Clock& clock;
    const settings::Current& settings;
    const crypto::Sealer& sealer;
    SmsSender& sms;
    EmailSender& email;
};

}  // namespace taama::notifications
