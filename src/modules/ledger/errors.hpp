#pragma once

// Refusals of the ledger.

#include "platform/errors.hpp"

namespace taama::errors {

inline constexpr ErrorCode insufficient_funds{"insufficient_funds", Kind::payment_required,
                                              "Solde insuffisant.", "Not enough money."};
inline constexpr ErrorCode hold_expired{"hold_expired", Kind::conflict, "Le blocage a expiré.",
                                        "The hold has expired."};

inline constexpr const ErrorCode* ledger[] = {&insufficient_funds, &hold_expired};

}  // namespace taama::errors
