#include "modules/payments/payment_views.hpp"

#include "modules/payments/payment_state.hpp"
#include "platform/crypto/seal.hpp"

namespace taama::payments {

namespace {

// What a payer is told; what the provider said stays with the payment, for staff.
json::Said text_of(FailureCode code) {
    using enum FailureCode;
    switch (code) {
        case insufficient_funds: return {"Solde insuffisant.", "Not enough money."};
        case payer_not_found: return {"Ce compte n'existe pas.", "There is no such account."};
        case payer_limit:
            return {"Le plafond du compte est atteint.", "The account's limit is reached."};
        case rejected_by_payer: return {"Le paiement a été refusé.", "The payment was declined."};
        case wrong_code: return {"Le code est faux.", "The code is wrong."};
        case blocked_account: return {"Le compte est bloqué.", "The account is blocked."};
        case payer_mismatch:
            return {"Un autre compte a voulu payer.", "Another account tried to pay."};
        case card_declined: return {"La carte est refusée.", "The card was declined."};
        case authentication_failed:
            return {"L'authentification a échoué.", "The authentication failed."};
        case expired: return {"Le délai de paiement est passé.", "The time to pay is over."};
        case cancelled: return {"Le paiement a été annulé.", "The payment was cancelled."};
        case superseded:
            return {"Un autre moyen de paiement a été choisi.", "Another method was chosen."};
        case amount_mismatch:
            return {"Le montant reçu n'est pas le bon.", "The amount received is not right."};
        case currency_mismatch:
            return {"La devise reçue n'est pas la bonne.", "The currency received is not right."};
        case provider_refused:
            return {"L'opérateur a refusé le paiement.", "The provider refused the payment."};
        case provider_unavailable:
            return {"L'opérateur ne répond pas.", "The provider does not answer."};
        case cash_refused:
            return {"Le paiement en espèces n'est pas possible.", "Cash is not possible."};
    }
    std::unreachable();
}

}  // namespace

PaymentView to_view(const Payment& p, Language language) {
    PaymentView view{.id = p.id,
                     .reference = p.reference,
                     .purpose = p.purpose,
                     .subject = {boost::describe::enum_to_string(p.subject_type, ""), p.subject_id},
                     .user_id = p.user_id,
                     .method = p.method,
                     .provider = p.provider,
                     .provider_ref = p.provider_ref,
                     .amount = p.money(),
                     .fees = {p.fees, p.currency},
                     .currency = p.currency,
                     .status = p.status,
                     .under_review = p.under_review,
                     .refunded_amount = {p.refunded_amount, p.currency},
                     .late = p.late,
                     .attempt = p.attempt,
                     .expires_at = p.expires_at,
                     .paid_at = p.paid_at,
                     .created_at = p.created_at,
                     .updated_at = p.updated_at};
    using enum ledger::OwnerType;
    if (p.subject_type == booking) view.booking_id = p.subject_id;
    if (p.subject_type == order) view.order_id = p.subject_id;
    if (p.subject_type == ride) view.ride_id = p.subject_id;
    if (p.subject_type == reservation) view.reservation_id = p.subject_id;
    if (p.failure_code)
        view.failure = FailureView{*p.failure_code, text_of(*p.failure_code).in(language)};
    return view;
}

std::optional<ProviderPart> find_part(const Deps& deps, const Payment& payment, Language language,
                                      UtcTime now) {
    if (!is_live(payment.status) || !payment.started_at || payment.expires_at <= now)
        return std::nullopt;
    const PaymentProvider* provider = deps.providers.find_by_name(payment.provider);
    if (provider == nullptr) return std::nullopt;
    const Capabilities can = provider->capabilities();
    ProviderPart part{.name = payment.provider,
                      .kind = can.part_kind,
                      .redirect_url = payment.redirect_url,
                      .qr_text = payment.qr_text,
                      .message = can.instructions.in(language),
                      .expires_at = payment.expires_at,
                      .poll_after_seconds = can.poll_after.count()};
    if (payment.secrets_sealed)
        part.client_secret = deps.sealer.open("payments.secrets", *payment.secrets_sealed);
    return part;
}

}  // namespace taama::payments
