#include "platform/telemetry/facts.hpp"

namespace taama::telemetry {

void Facts::watch(std::string fact, Watcher watcher) {
    watchers_[std::move(fact)].push_back(std::move(watcher));
}

const Facts::Watchers* Facts::watchers_of(std::string_view fact) const {
    const auto found = watchers_.find(fact);
    return found == watchers_.end() ? nullptr : &found->second;
}

void Facts::tell(std::string_view fact, const Details& details) const {
    if (const Watchers* watchers = watchers_of(fact))
        for (const Watcher& watcher : *watchers) watcher(details);
}

}  // namespace taama::telemetry
