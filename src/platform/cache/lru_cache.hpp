#pragma once

// A bounded map: the least recently used entry leaves when it is full. Shared between threads, one
// lock. It owns no truth, and does not know when an entry is stale: that is for who asks.

#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "platform/assert.hpp"

namespace taama::cache {

template <class Key, class Value, class Hash = std::hash<Key>>
class LruCache {
public:
    explicit LruCache(std::size_t entries_max) : entries_max_(entries_max) {
        ASSERT(entries_max > 0);
    }

    std::optional<Value> find(const Key& key) {
        const std::scoped_lock lock{mutex_};
        const auto found = by_key_.find(key);
        if (found == by_key_.end()) return std::nullopt;
        entries_.splice(entries_.begin(), entries_, found->second);
        return found->second->second;
    }

    void put(const Key& key, Value value) {
        const std::scoped_lock lock{mutex_};
        if (const auto found = by_key_.find(key); found != by_key_.end()) drop(found);
        if (entries_.size() == entries_max_) drop(by_key_.find(entries_.back().first));
        entries_.emplace_front(key, std::move(value));
        by_key_.emplace(key, entries_.begin());
    }

    std::size_t size() const {
        const std::scoped_lock lock{mutex_};
        return entries_.size();
    }

private:
    using Entries = std::list<std::pair<Key, Value>>;
    using ByKey = std::unordered_map<Key, typename Entries::iterator, Hash>;

    void drop(typename ByKey::iterator found) {
        entries_.erase(found->second);
        by_key_.erase(found);
    }

    const std::size_t entries_max_;
    mutable std::mutex mutex_;
    Entries entries_;  // most recently used first
    ByKey by_key_;
};

}  // namespace taama::cache
