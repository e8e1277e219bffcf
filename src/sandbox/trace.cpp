#include "sandbox/trace.hpp"

#include <fmt/format.h>

#include "platform/crypto/hash.hpp"

namespace taama::sandbox {

void Trace::record(std::string_view provider, const Occasion& occasion,
                   const std::optional<ArmedFault>& fault, std::string_view outcome) {
    Ending& ending = lines_[{std::string{provider}, std::string{occasion.phone}, occasion.amount,
                             occasion.k, std::string{to_string(occasion.step)}}];
    ending = {fault ? std::string{to_string(fault->fault)} : "-", std::string{outcome}};
}

std::string Trace::hash() const {
    std::string text;
    for (const auto& [key, ending] : lines_) {
        const auto& [provider, phone, amount, k, step] = key;
        text += fmt::format("{}|{}|{}|{}|{}|{}|{}\n", provider, phone, amount, k, step,
                            ending.fault, ending.outcome);
    }
    return crypto::to_hex(crypto::sha256(text));
}

}  // namespace taama::sandbox
