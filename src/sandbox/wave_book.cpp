#include "sandbox/wave_book.hpp"

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>
#include <boost/json/serialize.hpp>

#include "platform/assert.hpp"
#include "platform/crypto/random.hpp"
#include "platform/id.hpp"
#include "platform/money/money.hpp"

namespace taama::sandbox::wave {

namespace {

constexpr std::string_view completed_type = "checkout.session.completed";
constexpr std::string_view failed_type = "checkout.session.payment_failed";
constexpr Seconds retry_for{3 * 24 * 3600};
constexpr Seconds retry_delays[] = {Seconds{1}, Seconds{5}, Seconds{30}, Seconds{120},
                                    Seconds{600}};
constexpr Seconds retry_delay_last{3600};

// Faults that concern a session which nobody pays in time.
constexpr Fault ending_faults[] = {Fault::pending_forever, Fault::success_after_expiry,
                                   Fault::double_capture};

// Random, unlike the faults: a reset must not bring back ids that the merchant has seen.
std::string make_id(std::string_view prefix, std::size_t length) {
    std::string id{prefix};
    for (const char c : crypto::random_code(length)) id += static_cast<char>(std::tolower(c));
    return id;
}

boost::json::value text_or_null(const std::string& text) {
    return text.empty() ? boost::json::value() : boost::json::value(text);
}

bool is(const std::optional<ArmedFault>& fault, Fault which) {
    return fault && fault->fault == which;
}

Seconds answer_delay(const Transaction& transaction) {
    const auto& fault = transaction.decisions[static_cast<std::size_t>(Step::start)].fault;
    if (!is(fault, Fault::start_timeout_created) && !is(fault, Fault::slow)) return Seconds{0};
    return std::chrono::ceil<Seconds>(
        std::chrono::milliseconds{fault->params.number("ms", patience_exceeded_ms)});
}

std::string to_amount(std::int64_t minor, std::string_view currency) {
    const auto known = parse_currency(currency);
    return known ? Money{minor, *known}.to_decimal() : fmt::to_string(minor);
}

}  // namespace

boost::json::object to_wire(const Session& session, std::string_view launch_url_base) {
    boost::json::value error;
    if (!session.error_code.empty()) {
        error = {{"code", session.error_code}, {"message", session.error_message}};
    }
    boost::json::object wire{
        {"id", session.id},
        {"amount", to_amount(session.amount, session.currency)},
        {"checkout_status", boost::describe::enum_to_string(session.checkout_status, "")},
        {"client_reference", text_or_null(session.order.client_reference)},
        {"currency", session.currency},
        {"error_url", session.order.error_url},
        {"success_url", session.order.success_url},
        {"last_payment_error", std::move(error)},
        {"business_name", "Taama"},
        {"payment_status", boost::describe::enum_to_string(session.payment_status, "")},
        {"transaction_id", text_or_null(session.transaction_id)},
        {"wave_launch_url", fmt::format("{}/{}", launch_url_base, session.id)},
        {"when_created", taama::to_string(std::chrono::floor<Seconds>(session.created_at))},
        {"when_expires", taama::to_string(std::chrono::floor<Seconds>(session.expires_at))},
        {"when_completed", nullptr}};
    if (session.completed_at) {
        wire["when_completed"] =
            taama::to_string(std::chrono::floor<Seconds>(*session.completed_at));
    }
    if (!session.order.payer_mobile.empty()) {
        wire["restrict_payer_mobile"] = session.order.payer_mobile;
    }
    return wire;
}

Book::Book(std::int64_t seed, std::string launch_url_base, Trace& trace)
    : launch_url_base_(std::move(launch_url_base)), trace_(trace), plan_(provider, seed) {}

// --- transactions and their faults ---------------------------------------------------------------

std::optional<ArmedFault> Book::decide(std::size_t transaction, Step step,
                                       std::span<const Fault> only) {
    Transaction& subject = transactions_[transaction];
    auto& decision = subject.decisions[static_cast<std::size_t>(step)];
    if (decision.fault) return decision.fault;
    decision.fault = plan_.take_one_shot(subject.at(step), only);
    if (!decision.fault && !decision.drawn) {
        decision.drawn = true;
        decision.fault = plan_.draw(subject.at(step));
    }
    return decision.fault;
}

void Book::trace(const Session& session, Step step, const std::optional<ArmedFault>& fault,
                 std::string_view outcome) {
    trace_.record(provider, transaction_of(session).at(step), fault, outcome);
}

std::size_t Book::begin_start(const NewSession& order) {
    if (const auto known = unopened_.find(order.client_reference); known != unopened_.end()) {
        return known->second;
    }
    const std::string phone = order.payer_mobile.empty() ? "-" : order.payer_mobile;
    const int k = seen_[{phone, order.amount}]++;
    transactions_.push_back({order.client_reference, phone, order.amount, k});
    const std::size_t transaction = transactions_.size() - 1;
    if (!order.client_reference.empty()) unopened_[order.client_reference] = transaction;
    return transaction;
}

std::optional<ArmedFault> Book::start_fault(std::size_t transaction) {
    if (transactions_[transaction].starts++ > 0) return std::nullopt;
    return decide(transaction, Step::start);
}

void Book::record_start(std::size_t transaction, std::string_view outcome) {
    const Transaction& subject = transactions_[transaction];
    trace_.record(provider, subject.at(Step::start),
                  subject.decisions[static_cast<std::size_t>(Step::start)].fault, outcome);
}

Session& Book::open_session(NewSession order, std::size_t transaction, UtcTime now) {
    const std::int64_t amount = order.amount;
    const std::string currency = order.currency;
    unopened_.erase(order.client_reference);
    Session& session = sessions_.emplace_back(Session{.id = make_id("cos-", 13),
                                                      .order = std::move(order),
                                                      .created_at = now,
                                                      .expires_at = now + session_life,
                                                      .amount = amount,
                                                      .currency = currency,
                                                      .transaction = transaction});
    by_id_[session.id] = &session;
    by_reference_[session.order.client_reference].push_back(&session);
    agenda_.emplace(session.expires_at, std::pair{Due::expiry, &session});
    // Told at once and not when it shows: whether anybody asks or waits so long is no part of the
    // trace.
    if (const auto fault = decide(transaction, Step::pay); is(fault, Fault::pending_forever)) {
        trace(session, Step::pay, fault, "pending");
    }
    if (const auto fault = decide(transaction, Step::query)) {
        trace(session, Step::query, fault, "hidden");
    }
    // The phones that trigger faults also pay, so that the fault can be seen without any control
    // call; nobody can before the session was answered.
    const bool pays = phone_trigger(transactions_[transaction].phone).has_value();
    if (pays || behaviour_.automatic != Auto::none) {
        const Seconds after = pays ? answer_delay(transactions_[transaction]) : behaviour_.after;
        agenda_.emplace(now + after, std::pair{Due::automatic, &session});
    }
    return session;
}

const Transaction& Book::transaction_of(const Session& session) const {
    return transactions_[session.transaction];
}

// --- questions -----------------------------------------------------------------------------------

Session* Book::find_by_id(std::string_view id, UtcTime now) {
    advance(now);
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

Session* Book::find(std::string_view id_or_reference, UtcTime now) {
    if (Session* session = find_by_id(id_or_reference, now)) return session;
    const auto found = by_reference_.find(id_or_reference);
    if (id_or_reference.empty() || found == by_reference_.end()) return nullptr;
    return found->second.back();
}

Session* Book::find_by_transaction_id(std::string_view transaction_id, UtcTime now) {
    advance(now);
    const auto found = std::ranges::find(sessions_, transaction_id, &Session::transaction_id);
    return transaction_id.empty() || found == sessions_.end() ? nullptr : &*found;
}

std::vector<const Session*> Book::search(std::string_view client_reference, UtcTime now) {
    advance(now);
    const auto found = by_reference_.find(client_reference);
    if (client_reference.empty() || found == by_reference_.end()) return {};
    std::vector<const Session*> visible{found->second.begin(), found->second.end()};
    std::erase_if(visible, [this](const Session* session) { return hides(*session); });
    return visible;
}

bool Book::hides(const Session& session) {
    const auto fault = decide(session.transaction, Step::query);
    if (!is(fault, Fault::query_404_first)) return false;
    int& hidden = transactions_[session.transaction].queries_hidden;
    if (hidden >= fault->params.number("n", 1)) return false;
    ++hidden;
    trace(session, Step::query, fault, "hidden");
    return true;
}

std::vector<const Session*> Book::all() const {
    std::vector<const Session*> sessions;
    for (const Session& session : sessions_) sessions.push_back(&session);
    return sessions;
}

// --- what happens to a session -------------------------------------------------------------------

void Book::attempt_payment(Session& session, bool automatic, UtcTime now) {
    const auto fault = decide(session.transaction, Step::pay);
    if (is(fault, Fault::pending_forever)) {
        trace(session, Step::pay, fault, "pending");
        return;
    }
    if (is(fault, Fault::webhook_forged)) {
        Session forged = session;
        forged.checkout_status = CheckoutStatus::complete;
        forged.payment_status = PaymentStatus::succeeded;
        forged.transaction_id = make_id("T", 10);
        Delivery delivery = event(forged, completed_type, make_id("EV_", 12), now);
        delivery.distortion.foreign_secret = true;
        queue(std::move(delivery));
        trace(session, Step::pay, fault, "forged");
        return;
    }
    if (is(fault, Fault::success_after_expiry)) {
        // delay_s counts from the session's creation.
        const UtcTime late = session.created_at + Seconds{fault->params.number("delay_s", 2400)};
        agenda_.emplace(std::max(late, session.expires_at + Seconds{1}),
                        std::pair{Due::late_success, &session});
        return;
    }
    // The first attempt is paid only after the merchant closed it, the second one at once.
    const bool waits_for_close = is(fault, Fault::double_capture) &&
                                 transaction_of(session).k % 2 == 0 && !session.closed_by_merchant;
    if (automatic && waits_for_close) return;
    pay(session, fault, now);
}

void Book::pay(Session& session, const std::optional<ArmedFault>& fault, UtcTime now) {
    if (session.completed_at) return;
    if (is(fault, Fault::amount_wrong)) {
        session.amount =
            std::max<std::int64_t>(1, session.amount + fault->params.number("delta", -100));
    }
    if (is(fault, Fault::currency_wrong)) {
        session.currency = fault->params.currency.empty() ? "GHS" : fault->params.currency;
    }
    session.checkout_status = CheckoutStatus::complete;
    session.payment_status = PaymentStatus::succeeded;
    session.completed_at = now;
    session.transaction_id = make_id("T", 10);
    session.error_code.clear();
    session.error_message.clear();
    book(session, "api_checkout", session.amount, now);
    trace(session, Step::pay, fault, "paid");
    announce_payment(session, now);
}

void Book::announce_payment(Session& session, UtcTime now) {
    const auto fault = decide(session.transaction, Step::webhook);
    const auto number = [&](std::string_view name, std::int64_t otherwise) {
        return fault->params.number(name, otherwise);
    };
    session.paid_event_id = make_id("EV_", 12);
    Delivery paid = event(session, completed_type, session.paid_event_id, now);
    trace(session, Step::webhook, fault, is(fault, Fault::webhook_lost) ? "lost" : "sent");
    if (!fault) return queue(std::move(paid));
    switch (fault->fault) {
        case Fault::webhook_lost: return;
        case Fault::webhook_late: paid.due += Seconds{number("delay_s", 120)}; break;
        case Fault::webhook_duplicate:
            for (std::int64_t n = number("n", 3); n > 1; --n) queue(paid);
            break;
        case Fault::webhook_reordered: {
            // The failed attempt came first and is told last.
            Session before = session;
            before.checkout_status = CheckoutStatus::open;
            before.payment_status = PaymentStatus::cancelled;
            before.transaction_id.clear();
            before.error_code = "insufficient-funds";
            before.error_message = "Insufficient funds";
            queue(event(before, failed_type, make_id("EV_", 12), now + Seconds{1}));
            break;
        }
        case Fault::webhook_bad_signature: paid.distortion.breaks_signature = true; break;
        case Fault::webhook_stale:
            paid.distortion.time_offset = Seconds{-number("t_offset_s", 301)};
            break;
        case Fault::webhook_unknown_reference: {
            Session stranger = session;
            stranger.id = make_id("cos-", 13);
            stranger.order.client_reference = Uuid::make().to_string();
            stranger.transaction_id = make_id("T", 10);
            queue(event(stranger, completed_type, make_id("EV_", 12), now));
            break;
        }
        case Fault::flip_paid_failed:
            agenda_.emplace(now + Seconds{number("delay_s", 2)},
                            std::pair{Due::regression, &session});
            break;
        default: ASSERT(false);
    }
    queue(std::move(paid));
}

// Says of a paid session that it failed; the money stays where it is.
void Book::regress(Session& session, UtcTime now) {
    session.checkout_status = CheckoutStatus::expired;
    session.payment_status = PaymentStatus::cancelled;
    queue(event(session, failed_type, make_id("EV_", 12), now));
}

void Book::fail_attempt(Session& session, std::string code, std::string message, UtcTime now) {
    session.payment_status = PaymentStatus::cancelled;
    session.error_code = std::move(code);
    session.error_message = std::move(message);
    trace(session, Step::pay, std::nullopt, "failed");
    queue(event(session, failed_type, make_id("EV_", 12), now));
}

void Book::let_expire(Session& session, UtcTime now) {
    const auto fault = decide(session.transaction, Step::pay, ending_faults);
    if (is(fault, Fault::pending_forever)) return trace(session, Step::pay, fault, "pending");
    session.checkout_status = CheckoutStatus::expired;
    session.payment_status = PaymentStatus::cancelled;
    trace(session, Step::pay, fault, "expired");
    if (is(fault, Fault::success_after_expiry)) attempt_payment(session, true, now);
    if (is(fault, Fault::double_capture) && session.closed_by_merchant) {
        agenda_.emplace(now + Seconds{fault->params.number("delay_s", 2)},
                        std::pair{Due::late_success, &session});
    }
}

Book::Ended Book::expire(Session& session, UtcTime now) {
    if (session.checkout_status != CheckoutStatus::open) return Ended::not_now;
    session.closed_by_merchant = true;
    let_expire(session, now);
    return Ended::done;
}

Book::Refunded Book::refund(Session& session, UtcTime now) {
    if (session.completed_at == std::nullopt) return Refunded::not_paid;
    const auto fault = decide(session.transaction, Step::refund);
    const bool first = transactions_[session.transaction].refund_calls++ == 0;
    if (is(fault, Fault::refund_refused)) {
        trace(session, Step::refund, fault, "refused");
        return Refunded::refused;
    }
    if (!session.refunded) {
        session.refunded = true;
        book(session, "api_checkout_refund", -session.amount, now);
        trace(session, Step::refund, fault, "refunded");
    }
    return first && is(fault, Fault::refund_timeout) ? Refunded::too_late : Refunded::done;
}

Book::Ended Book::perform(Act act, Session& session, UtcTime now) {
    const bool open = session.checkout_status == CheckoutStatus::open;
    switch (act) {
        case Act::pay: {
            if (session.completed_at) return Ended::done;  // a second press of the button
            const auto fault = decide(session.transaction, Step::pay);
            if (!open && !is(fault, Fault::double_capture)) return Ended::not_now;
            attempt_payment(session, false, now);
            return Ended::done;
        }
        case Act::fail:
            if (!open) return Ended::not_now;
            fail_attempt(session, "insufficient-funds", "Insufficient funds", now);
            return Ended::done;
        case Act::cancel:
            if (!open) return Ended::not_now;
            fail_attempt(session, "", "", now);
            return Ended::done;
        case Act::expire:
            if (!open) return Ended::not_now;
            let_expire(session, now);
            return Ended::done;
        default: return Ended::not_now;
    }
}

void Book::happen(Due what, Session& session, UtcTime now) {
    const bool open = session.checkout_status == CheckoutStatus::open;
    switch (what) {
        case Due::automatic:
            if (!open) return;
            if (behaviour_.automatic == Auto::fail) {
                return fail_attempt(session, "insufficient-funds", "Insufficient funds", now);
            }
            return attempt_payment(session, true, now);
        case Due::expiry:
            if (open) let_expire(session, now);
            return;
        case Due::late_success:
            return pay(session,
                       transaction_of(session).decisions[static_cast<int>(Step::pay)].fault, now);
        case Due::regression: return regress(session, now);
    }
}

void Book::advance(UtcTime now) {
    while (!agenda_.empty() && agenda_.begin()->first <= now) {
        const auto entry = agenda_.extract(agenda_.begin());
        // At its own time, so that what follows from it does not depend on how often somebody
        // looks.
        happen(entry.mapped().first, *entry.mapped().second, entry.key());
    }
}

// --- money and webhooks --------------------------------------------------------------------------

void Book::book(const Session& session, std::string_view type, std::int64_t amount, UtcTime now) {
    if (session.currency == session.order.currency) balance_ += amount;
    entries_.push_back({now, session.transaction_id, std::string{type}, amount, session.currency,
                        session.order.client_reference, session.id, session.order.payer_mobile,
                        balance_});
}

Delivery Book::event(const Session& session, std::string_view type, std::string event_id,
                     UtcTime due) const {
    Delivery delivery;
    delivery.session_id = session.id;
    delivery.type = type;
    delivery.body = boost::json::serialize(boost::json::object{
        {"id", event_id}, {"type", type}, {"data", to_wire(session, launch_url_base_)}});
    delivery.event_id = std::move(event_id);
    delivery.due = due;
    return delivery;
}

void Book::queue(Delivery delivery) {
    if (!behaviour_.webhooks) return;
    delivery.id = ++last_delivery_;
    delivery.first_due = delivery.due;
    deliveries_.emplace(delivery.id, std::move(delivery));
}

void Book::resend(const Session& session, const Resend& resend, UtcTime now) {
    Session told = session;
    if (resend.wrong_amount) told.amount += 100;
    if (resend.wrong_currency) told.currency = "GHS";
    const bool complete = session.checkout_status == CheckoutStatus::complete;
    const std::string event_id =
        session.paid_event_id.empty() ? make_id("EV_", 12) : session.paid_event_id;
    Delivery delivery =
        event(told, complete ? completed_type : failed_type, event_id, now + resend.delay);
    delivery.distortion = resend.distortion;
    for (int i = 0; i < resend.repeat; ++i) queue(delivery);
}

std::optional<Delivery> Book::take_due(UtcTime now, std::string_view session_id) {
    advance(now);
    for (auto& [id, delivery] : deliveries_) {
        if (delivery.in_flight || delivery.due > now) continue;
        if (!session_id.empty() && delivery.session_id != session_id) continue;
        delivery.in_flight = true;
        ++delivery.attempts;
        return delivery;
    }
    return std::nullopt;
}

void Book::settle(std::uint64_t delivery_id, bool accepted, UtcTime now) {
    const auto found = deliveries_.find(delivery_id);
    if (found == deliveries_.end()) return;  // the sandbox was reset meanwhile
    Delivery& delivery = found->second;
    if (accepted || delivery.distortion.any() || now > delivery.first_due + retry_for) {
        deliveries_.erase(found);
        return;
    }
    const auto index = static_cast<std::size_t>(delivery.attempts - 1);
    delivery.due = now + (index < std::size(retry_delays) ? retry_delays[index] : retry_delay_last);
    delivery.in_flight = false;
}

std::vector<const Delivery*> Book::waiting_for(const Session& session) const {
    std::vector<const Delivery*> waiting;
    for (const auto& [id, delivery] : deliveries_) {
        if (delivery.session_id == session.id) waiting.push_back(&delivery);
    }
    return waiting;
}

}  // namespace taama::sandbox::wave
