#pragma once

// How identity says no.

#include "platform/errors.hpp"

namespace taama::errors {

inline constexpr ErrorCode invalid_credentials{"invalid_credentials", Kind::unauthenticated,
                                               "Identifiant ou mot de passe incorrect.",
                                               "Wrong identifier or password."};
inline constexpr ErrorCode account_locked{
    "account_locked", Kind::forbidden,
    "Trop d'essais : connexion par mot de passe bloquée un moment.",
    "Too many attempts: signing in by password is locked for a while."};
inline constexpr ErrorCode account_suspended{
    "account_suspended", Kind::forbidden, "Ce compte est suspendu.", "This account is suspended."};
inline constexpr ErrorCode kyc_required{"kyc_required", Kind::forbidden,
                                        "Un niveau de vérification plus élevé est nécessaire.",
                                        "A higher level of verification is needed."};
inline constexpr ErrorCode reauth_required{"reauth_required", Kind::forbidden,
                                           "Confirmez d'abord votre identité.",
                                           "Confirm who you are first."};
inline constexpr ErrorCode recovery_required{
    "recovery_required", Kind::forbidden,
    "Ce numéro n'a pas servi depuis longtemps : prouvez que le compte est le vôtre.",
    "This number was not used for long: prove that the account is yours."};
inline constexpr ErrorCode otp_invalid{"otp_invalid", Kind::invalid, "Code incorrect.",
                                       "Wrong code."};
inline constexpr ErrorCode otp_expired{"otp_expired", Kind::invalid, "Ce code n'est plus valable.",
                                       "This code is no longer valid."};

inline constexpr const ErrorCode* identity[] = {
    &invalid_credentials, &account_locked,    &account_suspended, &kyc_required,
    &reauth_required,     &recovery_required, &otp_invalid,       &otp_expired,
};

}  // namespace taama::errors
