#pragma once

// What may go wrong at a provider, on purpose: the catalogue, and the choice which fault a
// transaction meets at which step. The choice depends on the seed and on the request alone, so a
// run can be repeated whatever the order of its requests.

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/json/node.hpp"

namespace taama::sandbox {

enum class Fault : std::uint8_t {
    webhook_late,
    webhook_lost,
    webhook_duplicate,
    webhook_reordered,
    webhook_bad_signature,
    webhook_stale,
    webhook_forged,
    webhook_before_answer,
    webhook_unknown_reference,
    amount_wrong,
    currency_wrong,
    start_timeout_created,
    start_timeout_nothing,
    start_5xx,
    start_4xx,
    http_429,
    slow,
    garbage_200,
    half_body,
    redirect_302,
    token_expired,
    query_404_first,
    pending_forever,
    success_after_expiry,
    flip_paid_failed,
    double_capture,
    refund_refused,
    refund_timeout,
};
BOOST_DESCRIBE_ENUM(Fault, webhook_late, webhook_lost, webhook_duplicate, webhook_reordered,
                    webhook_bad_signature, webhook_stale, webhook_forged, webhook_before_answer,
                    webhook_unknown_reference, amount_wrong, currency_wrong, start_timeout_created,
                    start_timeout_nothing, start_5xx, start_4xx, http_429, slow, garbage_200,
                    half_body, redirect_302, token_expired, query_404_first, pending_forever,
                    success_after_expiry, flip_paid_failed, double_capture, refund_refused,
                    refund_timeout)

enum class Step : std::uint8_t { start, query, pay, webhook, refund };
BOOST_DESCRIBE_ENUM(Step, start, query, pay, webhook, refund)

std::string_view to_string(Fault fault);
std::string_view to_string(Step step);
Step step_of(Fault fault);
// The NN of a payer phone `+22507000090NN` or `+228900090NN`; empty for other phones.
std::optional<int> phone_trigger(std::string_view phone);
std::optional<Fault> fault_numbered(int number);

// The numbers that adjust a fault: delay_s, n, delta, ms, retry_after, t_offset_s; currency is a
// text.
struct FaultParams {
    std::map<std::string, std::int64_t, std::less<>> numbers;
    std::string currency;

    std::int64_t number(std::string_view name, std::int64_t otherwise) const;
};

struct ArmedFault {
    Fault fault;
    FaultParams params;
};

// One step of one transaction. `k`: how many transactions with that phone and amount came before.
struct Occasion {
    std::string_view reference;
    std::string_view phone;  // "-": unknown
    std::int64_t amount;
    int k;
    Step step;
};

// A fault that happens a number of times and is then used up.
struct OneShot {
    std::string id{};
    Fault fault;
    int times = 1;
    std::optional<std::string> reference{};
    std::optional<std::string> phone{};
    std::optional<std::int64_t> amount{};
    FaultParams params{};
};

struct ProbableFault {
    Fault fault;
    double probability = 0;  // 0..1
    FaultParams params;
};

// 0 <= u < 1 from the seed and what the transaction is, never from when it came.
double chance(std::int64_t seed, std::string_view provider, const Occasion& occasion);

// The faults of one provider: one-shots first, then the payer's phone, then probabilities.
class FaultPlan {
public:
    FaultPlan(std::string_view provider, std::int64_t seed) : provider_(provider), seed_(seed) {}

    void set_probable(std::vector<ProbableFault> faults) { probable_ = std::move(faults); }
    const std::vector<ProbableFault>& probable() const { return probable_; }
    // Gives the one-shot its id.
    const OneShot& arm(OneShot shot);
    // What was armed and still waits for its occasion.
    const std::vector<OneShot>& waiting() const { return one_shots_; }

    // Uses up a waiting one-shot that fits. With `only`: of these faults alone.
    std::optional<ArmedFault> take_one_shot(const Occasion& occasion,
                                            std::span<const Fault> only = {});
    // What phone and probability say; the same whenever it is asked.
    std::optional<ArmedFault> draw(const Occasion& occasion) const;

private:
    std::string_view provider_;
    std::int64_t seed_;
    std::vector<ProbableFault> probable_;
    std::vector<OneShot> one_shots_;
    int last_id_ = 0;
};

}  // namespace taama::sandbox
