#pragma once

// What happened, for whoever counts. The code that does things tells facts and knows no metrics;
// metrics.cpp of each module says which fact moves which series.

#include <boost/json/object.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace taama::telemetry {

// Words and numbers about a fact: {"method": "wave", "seconds": 1.2}.
using Details = boost::json::object;

// Filled before the first fact is told and never changed after: telling takes no lock, in any
// thread.
class Facts {
public:
    using Watcher = std::function<void(const Details&)>;
    using Watchers = std::vector<Watcher>;

    // A watcher does not throw: what it is told of has happened already.
    void watch(std::string fact, Watcher watcher);

    // Null when nobody watches. Valid as long as this.
    const Watchers* watchers_of(std::string_view fact) const;
    void tell(std::string_view fact, const Details& details) const;

private:
    std::map<std::string, Watchers, std::less<>> watchers_;
};

}  // namespace taama::telemetry
