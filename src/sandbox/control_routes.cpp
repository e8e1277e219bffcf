#include "sandbox/control_routes.hpp"

#include <fmt/format.h>

#include "platform/http/field_problem.hpp"
#include "platform/http/routes.hpp"
#include "sandbox/sandbox.hpp"

namespace taama::sandbox {

namespace {

constexpr std::int64_t delay_max_s = 30 * 24 * 3600;
using DelaySeconds = json::Int<0, delay_max_s>;

struct ResetInput {
    std::optional<std::int64_t> seed;
    std::optional<UtcTime> now;
};
BOOST_DESCRIBE_STRUCT(ResetInput, (), (seed, now))

struct ClockInput {
    std::optional<UtcTime> now;
    std::optional<json::Int<-delay_max_s, delay_max_s>> advance_s;

    void check(json::Reader& r) const {
        if (now.has_value() != advance_s.has_value()) return;
        r.problem_at("now", {"donner soit now, soit advance_s", "give either now or advance_s"});
    }
};
BOOST_DESCRIBE_STRUCT(ClockInput, (), (now, advance_s))

struct ProbableFaultInput {
    Fault fault = Fault::webhook_late;
    double probability = 0;
    std::optional<boost::json::object> params;

    void check(json::Reader& r) const {
        if (probability >= 0 && probability <= 1) return;
        r.problem_at("probability", {"doit être entre 0 et 1", "must be between 0 and 1"});
    }
};
BOOST_DESCRIBE_STRUCT(ProbableFaultInput, (), (fault, probability, params))

enum class Switch : std::uint8_t { on, off };
BOOST_DESCRIBE_ENUM(Switch, on, off)

struct BehaviourInput {
    std::optional<wave::Auto> automatic;
    std::optional<DelaySeconds> after_s;
    std::optional<std::vector<ProbableFaultInput>> faults;
    std::optional<Switch> webhooks;

    static constexpr json::Alias aliases[] = {{"auto", "automatic"}};
};
BOOST_DESCRIBE_STRUCT(BehaviourInput, (), (automatic, after_s, faults, webhooks))

struct FaultMatch {
    std::optional<std::string> reference;
    std::optional<std::string> phone;
    std::optional<Money> amount;
};
BOOST_DESCRIBE_STRUCT(FaultMatch, (), (reference, phone, amount))

struct OneShotInput {
    Fault fault = Fault::webhook_late;
    std::optional<json::Int<1, 1'000'000>> times;
    std::optional<FaultMatch> match;
    std::optional<boost::json::object> params;
};
BOOST_DESCRIBE_STRUCT(OneShotInput, (), (fault, times, match, params))

enum class Break : std::uint8_t { none, signature, amount, currency };
BOOST_DESCRIBE_ENUM(Break, none, signature, amount, currency)

struct WebhookInput {
    std::optional<json::Int<1, 100>> repeat;
    std::optional<DelaySeconds> delay_s;
    std::optional<json::Int<-delay_max_s, delay_max_s>> t_offset_s;
    std::optional<Break> breaks;

    static constexpr json::Alias aliases[] = {{"break", "breaks"}};
};
BOOST_DESCRIBE_STRUCT(WebhookInput, (), (repeat, delay_s, t_offset_s, breaks))

struct StatementQuery {
    std::optional<Date> date;
};
BOOST_DESCRIBE_STRUCT(StatementQuery, (), (date))

struct ClockView {
    UtcTime now;
};
BOOST_DESCRIBE_STRUCT(ClockView, (), (now))

struct ResetView {
    std::int64_t seed = 1;
    UtcTime now;
};
BOOST_DESCRIBE_STRUCT(ResetView, (), (seed, now))

struct TraceView {
    std::int64_t seed = 1;
    std::int64_t events = 0;
    std::string hash;
};
BOOST_DESCRIBE_STRUCT(TraceView, (), (seed, events, hash))

struct OneShotView {
    std::string id;
    Fault fault = Fault::webhook_late;
    std::int64_t times = 1;
};
BOOST_DESCRIBE_STRUCT(OneShotView, (), (id, fault, times))

struct BalanceView {
    Money amount;
    Currency currency = Currency::XOF;
};
BOOST_DESCRIBE_STRUCT(BalanceView, (), (amount, currency))

using Object = boost::json::object;

FaultParams to_params(const std::optional<Object>& given) {
    FaultParams params;
    if (!given) return params;
    for (const auto& [name, value] : *given) {
        if (value.is_int64()) params.numbers[std::string{name}] = value.as_int64();
        if (value.is_uint64())
            params.numbers[std::string{name}] = static_cast<std::int64_t>(value.as_uint64());
        if (name == "currency" && value.is_string()) params.currency = value.as_string();
    }
    return params;
}

void require_provider(const http::Path<std::string>& provider) {
    if (*provider != wave::provider) throw Refusal{errors::not_found};
}

// Like Sandbox::with, with what the time has brought about until now.
template <class Use>
auto with_wave(const Deps& deps, const http::Path<std::string>& provider, Use use) {
    require_provider(provider);
    const UtcTime now = deps.sandbox.clock().now();
    return deps.sandbox.with([&](Sandbox::State& state) {
        state.wave_book->advance(now);
        return use(*state.wave_book, now);
    });
}

wave::Session& session_at(wave::Book& book, const std::string& ref, UtcTime now) {
    wave::Session* session = book.find(ref, now);
    if (session == nullptr) throw Refusal{errors::not_found};
    return *session;
}

std::string_view state_of(const wave::Session& session) {
    if (session.refunded) return "refunded";
    if (session.completed_at) return "paid";
    return session.checkout_status == wave::CheckoutStatus::expired ? "expired" : "open";
}

Object to_view(const wave::Book& book, const wave::Session& session,
               const std::string& launch_url_base) {
    const wave::Transaction& transaction = book.transaction_of(session);
    Object faults;
    for (const Step step : {Step::start, Step::query, Step::pay, Step::webhook, Step::refund}) {
        const auto& fault = transaction.decisions[static_cast<std::size_t>(step)].fault;
        if (fault) faults[to_string(step)] = to_string(fault->fault);
    }
    boost::json::array webhooks;
    for (const wave::Delivery* delivery : book.waiting_for(session)) {
        webhooks.push_back(Object{{"event_id", delivery->event_id},
                                  {"type", delivery->type},
                                  {"due", taama::to_string(delivery->due)},
                                  {"attempts", delivery->attempts}});
    }
    return {{"ref", session.id},
            {"reference", session.order.client_reference},
            {"provider", wave::provider},
            {"phone", transaction.phone},
            {"amount", session.amount},
            {"currency", session.currency},
            {"state", state_of(session)},
            {"k", transaction.k},
            {"faults", std::move(faults)},
            {"waiting_webhooks", std::move(webhooks)},
            {"session", wave::to_wire(session, launch_url_base)}};
}

std::string launch_url_base(const Deps& deps) {
    return deps.sandbox.options().public_url + "/sandbox/pay/wave";
}

// --- the whole sandbox ---------------------------------------------------------------------------

Task<http::Ok<ResetView>> reset(const Deps& deps, http::Public, http::Body<ResetInput> input) {
    const std::int64_t seed = input->seed.value_or(1);
    if (input->now) deps.sandbox.clock().set(*input->now);
    deps.sandbox.reset(seed);
    co_return http::Ok<ResetView>{{seed, deps.sandbox.clock().now()}};
}

Task<http::Ok<ClockView>> set_clock(const Deps& deps, http::Public, http::Body<ClockInput> input) {
    Clock& clock = deps.sandbox.clock();
    if (input->now) {
        clock.set(*input->now);
    } else {
        clock.advance(Seconds{*input->advance_s});
    }
    const UtcTime now = clock.now();
    deps.sandbox.with([&](Sandbox::State& state) { state.wave_book->advance(now); });
    co_return http::Ok<ClockView>{{now}};
}

Task<http::Ok<TraceView>> show_trace(const Deps& deps, http::Public) {
    co_return deps.sandbox.with([](Sandbox::State& state) {
        return http::Ok<TraceView>{
            {state.seed, static_cast<std::int64_t>(state.trace.size()), state.trace.hash()}};
    });
}

// --- one provider --------------------------------------------------------------------------------

Task<http::Ok<Object>> set_behaviour(const Deps& deps, http::Public,
                                     http::Path<std::string> provider,
                                     http::Body<BehaviourInput> input) {
    co_return with_wave(deps, provider, [&](wave::Book& book, UtcTime) {
        wave::Behaviour behaviour = book.behaviour();
        behaviour.automatic = input->automatic.value_or(behaviour.automatic);
        if (input->after_s) behaviour.after = Seconds{*input->after_s};
        if (input->webhooks) behaviour.webhooks = *input->webhooks == Switch::on;
        book.set_behaviour(behaviour);
        if (input->faults) {
            std::vector<ProbableFault> faults;
            for (const auto& fault : *input->faults) {
                faults.push_back({fault.fault, fault.probability, to_params(fault.params)});
            }
            book.faults().set_probable(std::move(faults));
        }
        boost::json::array faults;
        for (const ProbableFault& fault : book.faults().probable()) {
            faults.push_back(
                Object{{"fault", to_string(fault.fault)}, {"probability", fault.probability}});
        }
        return http::Ok<Object>{{{"auto", boost::describe::enum_to_string(behaviour.automatic, "")},
                                 {"after_s", behaviour.after.count()},
                                 {"faults", std::move(faults)},
                                 {"webhooks", behaviour.webhooks ? "on" : "off"}}};
    });
}

Task<http::Made<OneShotView>> arm_fault(const Deps& deps, http::Public,
                                        http::Path<std::string> provider,
                                        http::Body<OneShotInput> input) {
    co_return with_wave(deps, provider, [&](wave::Book& book, UtcTime) {
        OneShot shot{.fault = input->fault, .params = to_params(input->params)};
        if (input->times) shot.times = static_cast<int>(*input->times);
        if (input->match) {
            shot.reference = input->match->reference;
            shot.phone = input->match->phone;
            if (input->match->amount) shot.amount = input->match->amount->minor;
        }
        const OneShot& armed = book.faults().arm(std::move(shot));
        // A 201 without Location: a waiting fault has no address of its own.
        return http::Made<OneShotView>{{armed.id, armed.fault, armed.times}, true, {}};
    });
}

Task<http::List<Object>> list_transactions(const Deps& deps, http::Public,
                                           http::Path<std::string> provider) {
    co_return with_wave(deps, provider, [&](wave::Book& book, UtcTime) {
        http::List<Object> list;
        for (const wave::Session* session : book.all()) {
            list.items.push_back(to_view(book, *session, launch_url_base(deps)));
        }
        return list;
    });
}

Task<http::Ok<Object>> show_transaction(const Deps& deps, http::Public,
                                        http::Path<std::string> provider,
                                        http::Path<std::string> ref) {
    co_return with_wave(deps, provider, [&](wave::Book& book, UtcTime now) {
        return http::Ok<Object>{to_view(book, session_at(book, *ref, now), launch_url_base(deps))};
    });
}

Task<http::Ok<Object>> act_on_transaction(const Deps& deps, http::Public,
                                          http::Path<std::string> provider,
                                          http::Path<std::string> ref,
                                          http::Path<std::string> act_name) {
    wave::Act act{};
    if (!boost::describe::enum_from_string(act_name.value.c_str(), act)) {
        throw Refusal{errors::not_found};
    }
    co_return with_wave(deps, provider, [&](wave::Book& book, UtcTime now) {
        wave::Session& session = session_at(book, *ref, now);
        if (book.perform(act, session, now) != wave::Book::Ended::done) {
            throw Refusal{errors::invalid_state, {{"state", state_of(session)}}};
        }
        return http::Ok<Object>{to_view(book, session, launch_url_base(deps))};
    });
}

Task<http::Ok<Object>> send_webhook(const Deps& deps, http::Public,
                                    http::Path<std::string> provider, http::Path<std::string> ref,
                                    http::Body<WebhookInput> input) {
    co_return with_wave(deps, provider, [&](wave::Book& book, UtcTime now) {
        const wave::Session& session = session_at(book, *ref, now);
        wave::Book::Resend resend;
        if (input->repeat) resend.repeat = static_cast<int>(*input->repeat);
        if (input->delay_s) resend.delay = Seconds{*input->delay_s};
        if (input->t_offset_s) resend.distortion.time_offset = Seconds{*input->t_offset_s};
        const Break broken = input->breaks.value_or(Break::none);
        resend.distortion.breaks_signature = broken == Break::signature;
        resend.wrong_amount = broken == Break::amount;
        resend.wrong_currency = broken == Break::currency;
        book.resend(session, resend, now);
        return http::Ok<Object>{to_view(book, session, launch_url_base(deps))};
    });
}

Task<http::List<Object>> show_statement(const Deps& deps, http::Public,
                                        http::Path<std::string> provider,
                                        http::Query<StatementQuery> query) {
    co_return with_wave(deps, provider, [&](wave::Book& book, UtcTime) {
        http::List<Object> list;
        for (const wave::Book::Entry& entry : book.entries()) {
            const Date day{std::chrono::floor<std::chrono::days>(entry.at)};
            if (query->date && *query->date != day) continue;
            list.items.push_back({{"at", taama::to_string(entry.at)},
                                  {"transaction_id", entry.transaction_id},
                                  {"type", entry.type},
                                  {"amount", entry.amount},
                                  {"fee", 0},
                                  {"currency", entry.currency},
                                  {"reference", entry.client_reference},
                                  {"ref", entry.session_id},
                                  {"balance", entry.balance}});
        }
        return list;
    });
}

Task<http::Ok<BalanceView>> show_balance(const Deps& deps, http::Public,
                                         http::Path<std::string> provider) {
    co_return with_wave(deps, provider, [](wave::Book& book, UtcTime) {
        return http::Ok<BalanceView>{{Money{book.balance(), Currency::XOF}, Currency::XOF}};
    });
}

Task<http::List<Object>> list_calls(const Deps& deps, http::Public,
                                    http::Path<std::string> provider) {
    require_provider(provider);
    co_return deps.sandbox.with([](Sandbox::State& state) {
        http::List<Object> list;
        for (const wave::Api::Call& call : state.wave_api->calls()) {
            list.items.push_back({{"at", taama::to_string(call.at)},
                                  {"method", call.method},
                                  {"path", call.path},
                                  {"query", call.query},
                                  {"idempotency_key", call.idempotency_key},
                                  {"body", call.body},
                                  {"status", call.status}});
        }
        return list;
    });
}

}  // namespace

void register_control_routes(http::Operations& operations, const Deps& deps) {
    http::Routes<Deps> routes{operations, "sandbox", deps};
    const std::string provider = "/sandbox/providers/{provider}";
    const std::string transaction = provider + "/transactions/{ref}";
    const auto control = [](http::Route route) { route.at_root().hidden().key_ignored(); };
    control(routes.post("/sandbox/reset", reset));
    control(routes.put("/sandbox/clock", set_clock));
    control(routes.get("/sandbox/trace", show_trace));
    control(routes.put(provider + "/behaviour", set_behaviour));
    control(routes.post(provider + "/faults", arm_fault));
    control(routes.get(provider + "/transactions", list_transactions));
    control(routes.get(transaction, show_transaction));
    control(routes.post(transaction + "/webhook", send_webhook));
    control(routes.post(transaction + "/{act}", act_on_transaction));
    control(routes.get(provider + "/statement", show_statement));
    control(routes.get(provider + "/balance", show_balance));
    control(routes.get(provider + "/calls", list_calls));
}

}  // namespace taama::sandbox
