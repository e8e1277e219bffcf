#pragma once

// A bounded map whose entries grow stale: the least recently used one leaves when it is full.
// Shared between threads, one lock. It owns no truth.

#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "platform/assert.hpp"
#include "platform/time/time.hpp"

namespace taama::cache {

struct TtlCacheLimits {
    std::size_t entries_max = 1024;
    Microseconds life = 60s;
};

template <class Key, class Value, class Hash = std::hash<Key>, class Equal = std::equal_to<>>
class TtlCache {
public:
    using Limits = TtlCacheLimits;

    explicit TtlCache(Limits limits) : limits_(limits) { ASSERT(limits.entries_max > 0); }

    std::optional<Value> find(const Key& key, UtcTime now) {
        const std::scoped_lock lock{mutex_};
        const auto found = by_key_.find(key);
        if (found == by_key_.end()) return std::nullopt;
        if (now >= found->second->stale_at) {
            drop(found);
            return std::nullopt;
        }
        entries_.splice(entries_.begin(), entries_, found->second);
        return found->second->value;
    }

    void put(const Key& key, Value value, UtcTime now) {
        const std::scoped_lock lock{mutex_};
        if (const auto found = by_key_.find(key); found != by_key_.end()) drop(found);
        if (entries_.size() == limits_.entries_max) drop(by_key_.find(entries_.back().key));
        entries_.push_front({key, std::move(value), now + limits_.life});
        by_key_.emplace(key, entries_.begin());
    }

    void remove(const Key& key) {
        const std::scoped_lock lock{mutex_};
        if (const auto found = by_key_.find(key); found != by_key_.end()) drop(found);
    }

    // What an event may have made wrong.
    void remove_if(const std::function<bool(const Key&, const Value&)>& wrong) {
        const std::scoped_lock lock{mutex_};
        for (auto entry = by_key_.begin(); entry != by_key_.end();) {
            const auto next = std::next(entry);
            if (wrong(entry->first, entry->second->value)) drop(entry);
            entry = next;
        }
    }

    void clear() {
        const std::scoped_lock lock{mutex_};
        by_key_.clear();
        entries_.clear();
    }

    std::size_t size() const {
        const std::scoped_lock lock{mutex_};
        return entries_.size();
    }

private:
    struct Entry {
        Key key;
        Value value;
        UtcTime stale_at;
    };
    using Entries = std::list<Entry>;
    using ByKey = std::unordered_map<Key, typename Entries::iterator, Hash, Equal>;

    void drop(typename ByKey::iterator found) {
        entries_.erase(found->second);
        by_key_.erase(found);
    }

    Limits limits_;
    mutable std::mutex mutex_;
    Entries entries_;  // most recently used first
    ByKey by_key_;
};

}  // namespace taama::cache
