#pragma once

// Refusals of payments.

#include "platform/errors.hpp"

namespace taama::errors {

inline constexpr ErrorCode payment_failed{"payment_failed", Kind::payment_required,
                                          "Paiement refusé.", "The payment was refused."};
inline constexpr ErrorCode already_paid{"already_paid", Kind::conflict, "Déjà payé.",
                                        "Paid already."};
inline constexpr ErrorCode method_unavailable{"method_unavailable", Kind::invalid,
                                              "Moyen de paiement indisponible.",
                                              "This means of payment is not available."};
inline constexpr ErrorCode amount_not_supported{"amount_not_supported", Kind::invalid,
                                                "Montant non accepté par ce moyen de paiement.",
                                                "This means of payment does not take the amount."};
inline constexpr ErrorCode webhook_invalid_signature{"webhook_invalid_signature",
                                                     Kind::unauthenticated, "Signature invalide.",
                                                     "The signature is not valid."};

inline constexpr const ErrorCode* payments[] = {&payment_failed, &already_paid, &method_unavailable,
                                                &amount_not_supported, &webhook_invalid_signature};

}  // namespace taama::errors
