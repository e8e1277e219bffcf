#pragma once

// What happened at the emulated providers, in a form that two runs can be compared by.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "sandbox/faults.hpp"

namespace taama::sandbox {

// One line per step of a transaction: `provider|phone|amount|k|step|fault|outcome`, sorted by its
// first five parts. A later outcome of the same step replaces the earlier one.
class Trace {
public:
    void record(std::string_view provider, const Occasion& occasion,
                const std::optional<ArmedFault>& fault, std::string_view outcome);

    std::size_t size() const { return lines_.size(); }
    // SHA-256, lower-case hex, over the lines, each ended by a line feed.
    std::string hash() const;

private:
    using Key = std::tuple<std::string, std::string, std::int64_t, int, std::string>;
    struct Ending {
        std::string fault;
        std::string outcome;
    };
    std::map<Key, Ending> lines_;
};

}  // namespace taama::sandbox
