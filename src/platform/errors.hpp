#pragma once

// Saying no: error codes with their texts, and the Refusal that carries one to the caller.

#include <boost/json/object.hpp>

#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "platform/time/time.hpp"

namespace taama {

// What happened decides the HTTP status, and nothing else does.
enum class Kind : int {
    bad_request = 400,
    unauthenticated = 401,
    payment_required = 402,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    conflict = 409,
    precondition_failed = 412,
    too_large = 413,
    unsupported_media = 415,
    invalid = 422,
    rate_limited = 429,
    internal = 500,
    provider_failed = 502,
    unavailable = 503,
    provider_timeout = 504,
};

// One code of the catalogue (docs/errors.md). Codes are compared by address; each stands once.
struct ErrorCode {
    std::string_view code;
    Kind kind;
    std::string_view fr;
    std::string_view en;

    constexpr int status() const { return static_cast<int>(kind); }
};

// An ordinary "no" of a rule: returned by rules, thrown by flows, turned into the error envelope at
// the edge.
class Refusal {
public:
    explicit Refusal(const ErrorCode& code) : code_(&code) {}
    Refusal(const ErrorCode& code, boost::json::object details)
        : code_(&code), details_(std::move(details)) {}

    const ErrorCode& code() const { return *code_; }
    const boost::json::object& details() const { return details_; }
    std::optional<Seconds> retry_after() const { return retry_after_; }
    bool keeps_effects() const { return keeps_effects_; }

    // Sends `Retry-After`.
    Refusal&& after(Seconds wait) && {
        retry_after_ = wait;
        return std::move(*this);
    }
    // The transaction of the request is committed although the answer is a refusal: for counters of
    // failed attempts.
    Refusal&& keeping_effects() && {
        keeps_effects_ = true;
        return std::move(*this);
    }

    bool operator==(const ErrorCode& code) const { return code_ == &code; }

private:
    const ErrorCode* code_;
    boost::json::object details_;
    std::optional<Seconds> retry_after_;
    bool keeps_effects_ = false;
};

// return refuse(errors::offer_expired); or with details: refuse(errors::invalid_state, {{"state",
// s}})
inline std::unexpected<Refusal> refuse(const ErrorCode& code, boost::json::object details = {}) {
    return std::unexpected<Refusal>(Refusal{code, std::move(details)});
}

template <class T>
T or_throw(std::expected<T, Refusal> result) {
    if (!result) throw std::move(result).error();
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

template <class T>
T or_throw(std::optional<T> value, const ErrorCode& code) {
    if (!value) throw Refusal{code};
    return std::move(*value);
}

// The codes that any area may answer. A module's own stand in its errors.hpp.
namespace errors {

#define TAAMA_GENERAL_ERRORS(X)                                                               \
    X(bad_request, bad_request, "Requête illisible.", "The request cannot be read.")          \
    X(auth_required, unauthenticated, "Connexion requise.", "Sign in first.")                 \
    X(token_expired, unauthenticated, "Session expirée.", "The session has expired.")         \
    X(token_revoked, unauthenticated, "Session fermée.", "The session was closed.")           \
    X(csrf_invalid, forbidden, "Jeton CSRF manquant ou invalide.",                            \
      "The CSRF token is missing or wrong.")                                                  \
    X(forbidden, forbidden, "Action non autorisée.", "You may not do this.")                  \
    X(not_found, not_found, "Introuvable.", "Not found.")                                     \
    X(module_disabled, not_found, "Service non activé.", "This service is not switched on.")  \
    X(method_not_allowed, method_not_allowed, "Méthode non permise.", "Method not allowed.")  \
    X(payload_too_large, too_large, "Contenu trop volumineux.", "The content is too large.")  \
    X(unsupported_media_type, unsupported_media, "Type de contenu non accepté.",              \
      "This content type is not accepted.")                                                   \
    X(conflict, conflict, "L'état actuel ne le permet pas.",                                  \
      "The present state does not allow it.")                                                 \
    X(invalid_state, conflict, "Impossible dans cet état.", "Not possible in this state.")    \
    X(already_exists, conflict, "Existe déjà.", "It exists already.")                         \
    X(duplicate_request, conflict, "Demande déjà envoyée.", "This request was sent already.") \
    X(idempotency_in_progress, conflict, "La première demande est encore en cours.",          \
      "The first request is still running.")                                                  \
    X(precondition_failed, precondition_failed, "L'objet a changé entre-temps.",              \
      "The object has changed meanwhile.")                                                    \
    X(validation_error, invalid, "Données invalides.", "The data is not valid.")              \
    X(limit_exceeded, invalid, "Limite dépassée.", "A limit is exceeded.")                    \
    X(idempotency_mismatch, invalid, "Clé déjà utilisée pour une autre demande.",             \
      "This key was used for another request.")                                               \
    X(rate_limited, rate_limited, "Trop de demandes.", "Too many requests.")                  \
    X(internal_error, internal, "Erreur interne.", "Internal error.")                         \
    X(provider_error, provider_failed, "Un service externe a échoué.",                        \
      "An outside service failed.")                                                           \
    X(provider_timeout, provider_timeout, "Un service externe ne répond pas.",                \
      "An outside service does not answer.")                                                  \
    X(unavailable, unavailable, "Service momentanément indisponible.",                        \
      "The service is unavailable for a moment.")

#define TAAMA_DEFINE_ERROR(name, kind, fr, en) \
    inline constexpr ErrorCode name{#name, Kind::kind, fr, en};
TAAMA_GENERAL_ERRORS(TAAMA_DEFINE_ERROR)
#undef TAAMA_DEFINE_ERROR

#define TAAMA_LIST_ERROR(name, kind, fr, en) &name,
inline constexpr const ErrorCode* general[] = {TAAMA_GENERAL_ERRORS(TAAMA_LIST_ERROR)};
#undef TAAMA_LIST_ERROR

}  // namespace errors

}  // namespace taama
