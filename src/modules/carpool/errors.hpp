#pragma once

// Every refusal of carpooling, beside the general codes.

#include "modules/drivers/errors.hpp"
#include "modules/vehicles/errors.hpp"
#include "platform/errors.hpp"

namespace taama::errors {

inline constexpr ErrorCode booking_conflict{"booking_conflict", Kind::conflict,
                                            "Pas assez de places.", "Not enough seats."};
inline constexpr ErrorCode price_changed{"price_changed", Kind::conflict, "Le prix a changé.",
                                         "The price has changed."};
inline constexpr ErrorCode fee_changed{"fee_changed", Kind::conflict,
                                       "Les frais d'annulation ont changé.",
                                       "The cancellation fee has changed."};
inline constexpr ErrorCode no_match{"no_match", Kind::invalid,
                                    "Ce trajet ne dessert pas ces points.",
                                    "The trip does not serve these points."};
inline constexpr ErrorCode ticket_invalid{"ticket_invalid", Kind::invalid, "Billet non valable.",
                                          "The ticket is not valid."};
inline constexpr ErrorCode code_invalid{"code_invalid", Kind::invalid, "Code incorrect.",
                                        "Wrong code."};
inline constexpr ErrorCode cash_mismatch{"cash_mismatch", Kind::invalid,
                                         "Le montant reçu n'est pas le montant dû.",
                                         "The amount received is not the amount due."};

inline constexpr ErrorCode promo_invalid{"promo_invalid", Kind::invalid, "Code promo non valable.",
                                         "The promo code is not valid."};

inline constexpr const ErrorCode* carpool[] = {&booking_conflict, &price_changed,  &fee_changed,
                                               &no_match,         &ticket_invalid, &code_invalid,
                                               &cash_mismatch,    &promo_invalid};

}  // namespace taama::errors
