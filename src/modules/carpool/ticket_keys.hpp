#pragma once

// The keys that sign tickets. The active one signs; retired ones still verify.

#include "modules/carpool/deps.hpp"
#include "modules/carpool/ticket.hpp"

namespace taama::carpool {

struct TicketKeyRow {
    std::int32_t kid = 0;
    crypto::Bytes public_key;
    crypto::Bytes secret_sealed;
    bool active = false;
    UtcTime created_at;
    std::optional<UtcTime> retired_at;
};
BOOST_DESCRIBE_STRUCT(TicketKeyRow, (),
                      (kid, public_key, secret_sealed, active, created_at, retired_at))

// One per thread, loaded before the thread serves.
class TicketKeys {
public:
    // Reads the keys; the first program that finds none makes one.
    Task<void> load(pg::Db& db, const crypto::Sealer& sealer, UtcTime now);

    const crypto::Ed25519Key& active_key() const;
    std::uint8_t active_kid() const { return active_kid_; }
    std::span<const TicketKey> all() const { return all_; }
    const std::vector<TicketKeyRow>& rows() const { return rows_; }

private:
    std::optional<crypto::Ed25519Key> active_;
    std::uint8_t active_kid_ = 0;
    std::vector<TicketKey> all_;
    std::vector<TicketKeyRow> rows_;
};

}  // namespace taama::carpool
