#include "modules/payments/ask_provider.hpp"
#include "modules/payments/check_ledger.hpp"
#include "modules/payments/payment_state.hpp"
#include "modules/payments/payments.hpp"
#include "modules/payments/price_list.hpp"
#include "modules/payments/receive_webhook.hpp"
#include "modules/payments/refund_flow.hpp"
#include "modules/payments/refund_store.hpp"
#include "modules/payments/start_payment.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::payments {

namespace {

constexpr Seconds refresh_apart{5};

// Other people's payments do not exist for a payer.
Task<Payment> find_for(const Deps& deps, const http::Caller& caller, PaymentId id) {
    auto payment = co_await find_payment(deps.db, id);
    const bool is_staff = caller.kind == http::Caller::Kind::staff;
    if (!payment || (!is_staff && payment->user_id != caller.account()))
        throw Refusal{errors::not_found};
    co_return std::move(*payment);
}

struct Refresh {
    std::optional<bool> refresh;
};
BOOST_DESCRIBE_STRUCT(Refresh, (), (refresh))

Task<http::Ok<PaymentDetailView>> get_payment(const Deps& deps, http::Context& context,
                                              http::AnyCaller caller, http::Path<PaymentId> id,
                                              http::Query<Refresh> query) {
    Payment payment = co_await find_for(deps, caller.caller, *id);
    if (query->refresh.value_or(false) && is_live(payment.status) &&
        co_await save_asked(deps.db, payment.id, context.now, refresh_apart))
        payment = co_await ask_provider(deps, payment, Source::query);
    co_return http::Ok<PaymentDetailView>{
        {to_view(payment, context.language),
         find_part(deps, payment, context.language, deps.clock.now())}};
}

struct PaymentQuery {
    std::optional<json::AnyOf<PaymentStatus>> status;
    std::optional<json::AnyOf<Method>> method;
    std::optional<json::AnyOf<Purpose>> purpose;
    std::optional<UtcTime> created_at_gte;
    std::optional<UtcTime> created_at_lte;
    std::optional<json::Sort<"created_at">> sort;
};
BOOST_DESCRIBE_STRUCT(PaymentQuery, (),
                      (status, method, purpose, created_at_gte, created_at_lte, sort))

template <class E>
std::vector<E> values_of(const std::optional<json::AnyOf<E>>& filter) {
    return filter ? filter->values : std::vector<E>{};
}

Task<http::List<PaymentView>> list_payments(const Deps& deps, http::Context& context,
                                            http::User user, http::Query<PaymentQuery> query,
                                            http::Paging paging) {
    const PaymentPage page =
        co_await find_payments(deps.db, {.user_id = user.id,
                                         .statuses = values_of(query->status),
                                         .methods = values_of(query->method),
                                         .purposes = values_of(query->purpose),
                                         .created_at_gte = query->created_at_gte,
                                         .created_at_lte = query->created_at_lte,
                                         .oldest_first = query->sort && !query->sort->by.empty() &&
                                                         !query->sort->by.front().descending,
                                         .limit = paging.page_size,
                                         .offset = paging.offset()});
    http::List<PaymentView> list;
    for (const Payment& payment : page.payments)
        list.items.push_back(to_view(payment, context.language));
    list.pagination = paging.of(page.total);
    co_return list;
}

Task<http::Ok<PaymentView>> cancel_payment(const Deps& deps, http::Context& context,
                                           http::User user, http::Path<PaymentId> id) {
    http::Caller caller;
    caller.kind = http::Caller::Kind::user;
    caller.id = user.id.uuid;
    const Payment payment = co_await find_for(deps, caller, *id);
    if (!is_live(payment.status))
        throw Refusal{errors::invalid_state,
                      {{"status", boost::describe::enum_to_string(payment.status, "")}}};
    const Payment closed = co_await close_at_provider(deps, payment, FailureCode::cancelled);
    co_return http::Ok<PaymentView>{to_view(closed, context.language)};
}

Task<http::Ok<std::vector<RefundView>>> list_refunds(const Deps& deps, http::AnyCaller caller,
                                                     http::Path<PaymentId> id) {
    const Payment payment = co_await find_for(deps, caller.caller, *id);
    co_return http::Ok<std::vector<RefundView>>{co_await find_refunds(deps.db, payment.id)};
}

template <class Tag>
Id<Tag> id_in(const jobs::Job& job, std::string_view field) {
    return Id<Tag>::parse(job.payload.at(field).as_string()).value();
}

Task<void> query_payment(const Deps& deps, PaymentId id) {
    const auto payment = co_await find_payment(deps.db, id);
    if (payment) co_await ask_provider(deps, *payment, Source::query);
}

}  // namespace

void register_routes(http::Operations& operations, const Deps& deps) {
    http::Routes routes{operations, "payments", deps};
    routes.post("/payments/init", start_payment)
        .summary("Begin to pay for a deal")
        .key_required()
        .rate({"payments_init", 20, 60s, http::RateClass::By::caller});
    routes.get("/payments", list_payments).summary("One's own payments");
    routes.get("/payments/methods", list_methods).summary("By which means a deal can be paid");
    routes.get("/fees", list_fees).summary("What the platform takes, published");
    routes.get("/payments/{id}/refunds", list_refunds).summary("What of a payment went back");
    routes.get("/payments/{id}", get_payment).summary("A payment and what its payer must do next");
    routes.post("/payments/{id}/cancel", cancel_payment)
        .summary("Close a payment that is not paid");
    routes.post("/payments/webhook/{provider}", receive_webhook)
        .summary("What a provider tells us")
        .key_ignored()
        .csrf_exempt()
        .body_limit(64 * 1024)
        .rate({"webhook", 200, 1s, http::RateClass::By::provider});
}

void register_jobs(jobs::Registry& registry, const Deps& deps) {
    registry.on("payments.start", [&deps](const jobs::Job& job) {
        return resume_start(deps, id_in<PaymentTag>(job, "payment_id"));
    });
    registry.on("payments.query", [&deps](const jobs::Job& job) {
        return query_payment(deps, id_in<PaymentTag>(job, "payment_id"));
    });
    registry.on("payments.refund", [&deps](const jobs::Job& job) {
        return send_refund(deps, id_in<RefundTag>(job, "refund_id"));
    });
    registry.on("payments.webhook", [&deps](const jobs::Job& job) {
        return repeat_webhook(deps, id_in<struct SeenTag>(job, "seen_id").uuid);
    });
    registry.schedule("payments.poll", jobs::Every{2s}, [&deps] { return poll_due(deps); });
    registry.schedule("payments.expire", jobs::Every{10s}, [&deps] { return expire_due(deps); });
    registry.schedule("payments.resume", jobs::Every{30s}, [&deps] { return resume_due(deps); });
    registry.schedule("payments.resume_refunds", jobs::Every{60s},
                      [&deps] { return resume_refunds(deps); });
    registry.schedule("ledger.check", jobs::Every{3600s},
                      [&deps] { return run_check(deps, ledger::CheckScope::incremental); });
    registry.schedule("ledger.check_full", jobs::Daily{.hour = 2, .minute = 0},
                      [&deps] { return run_check(deps, ledger::CheckScope::full); });
}

}  // namespace taama::payments
