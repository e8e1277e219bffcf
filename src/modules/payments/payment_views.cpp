#include "modules/payments/payment_views.hpp"

#include "modules/payments/payment_state.hpp"
#include "platform/crypto/seal.hpp"

namespace taama::payments {

PaymentView to_view(const Payment& p) {
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
    if (p.failure_code) view.failure = FailureView{*p.failure_code, p.failure_message};
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
