#pragma once

// What the operator may change while the program runs. A key is declared, with type, default and
// range, by the module that owns its prefix; a row exists in settings.values only where the default
// was changed.
//
//     inline constexpr settings::Key<int> sends_per_10min{
//         "otp.sends_per_10min", 3, {1, 10}, settings::Group::security};
//     const int limit = deps.settings.get(sends_per_10min);

#include <boost/json/object.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/id.hpp"
#include "platform/pg/db.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::pg {
class Tx;
}

namespace taama::settings {

// Who may write a setting (policy of the back office).
enum class Group : std::uint8_t { security, privacy, money, operations };

// 10 % is 1000 basis points; people write at most two decimals.
struct Percent {
    int basis_points = 0;
    auto operator<=>(const Percent&) const = default;
};

// A list of words as a constant.
struct Words {
    static constexpr std::size_t count_max = 16;
    std::array<std::string_view, count_max> items{};
    std::size_t count = 0;

    consteval Words(std::initializer_list<std::string_view> words) : count(words.size()) {
        std::size_t i = 0;
        for (const auto word : words) items.at(i++) = word;
    }
};

template <class T>
struct Range {
    T min;
    T max;
};

// T: int, std::int64_t, Percent; amounts of money are std::int64_t minor units of the operator's
// currency.
template <class T>
struct Key {
    std::string_view name;
    T default_value;
    Range<T> range;
    Group group = Group::operations;

    void check(T value) const;  // throws 422 limit_exceeded outside the range
};
template <>
struct Key<bool> {
    std::string_view name;
    bool default_value;
    Group group = Group::operations;
};
template <>
struct Key<std::string_view> {
    std::string_view name;
    std::string_view default_value;
    std::size_t length_max = 500;
    Group group = Group::operations;
};
template <>
struct Key<Words> {
    std::string_view name;
    Words default_value;
    Group group = Group::operations;
};

namespace detail {
void check_range(std::string_view key, std::int64_t value, std::int64_t min, std::int64_t max);

inline bool read(const boost::json::value& value, bool) { return value.as_bool(); }
inline int read(const boost::json::value& value, int) { return value.to_number<int>(); }
inline std::int64_t read(const boost::json::value& value, std::int64_t) {
    return value.to_number<std::int64_t>();
}
inline Percent read(const boost::json::value& value, Percent) {
    return Percent{value.to_number<int>()};
}
inline std::string read(const boost::json::value& value, std::string_view) {
    return std::string{value.as_string()};
}
std::vector<std::string> read(const boost::json::value& value, const Words&);

inline bool plain(bool value) { return value; }
inline int plain(int value) { return value; }
inline std::int64_t plain(std::int64_t value) { return value; }
inline Percent plain(Percent value) { return value; }
inline std::string plain(std::string_view value) { return std::string{value}; }
inline std::vector<std::string> plain(const Words& words) {
    return {words.items.begin(), words.items.begin() + static_cast<std::ptrdiff_t>(words.count)};
}

template <std::integral T>
boost::json::value to_json(T value) {
    return value;
}
inline boost::json::value to_json(Percent value) { return value.basis_points; }
inline boost::json::value to_json(std::string_view value) { return boost::json::string{value}; }
boost::json::value to_json(const std::vector<std::string>& words);
}  // namespace detail

template <class T>
void Key<T>::check(T value) const {
    if constexpr (std::same_as<T, Percent>)
        detail::check_range(name, value.basis_points, range.min.basis_points,
                            range.max.basis_points);
    else
        detail::check_range(name, value, range.min, range.max);
}

// The values that differ from their defaults, as they stood at one moment.
class Snapshot {
public:
    explicit Snapshot(boost::json::object changed = {}) : changed_(std::move(changed)) {}

    template <class T>
    auto get(const Key<T>& key) const {
        const boost::json::value* changed = changed_.if_contains(key.name);
        return changed ? detail::read(*changed, key.default_value)
                       : detail::plain(key.default_value);
    }
    // Keys whose name is known only at run time: ratelimit.<class>.
    std::optional<std::int64_t> find_int(std::string_view name) const;

private:
    boost::json::object changed_;
};

// The settings of this process: one object that all threads read. A snapshot never changes,
// reloading puts another in its place; the lock is held for the copy of a pointer only.
class Current {
public:
    Current() : snapshot_(std::make_shared<const Snapshot>()) {}

    template <class T>
    auto get(const Key<T>& key) const {
        return snapshot()->get(key);
    }
    std::shared_ptr<const Snapshot> snapshot() const {
        const std::scoped_lock lock{mutex_};
        return snapshot_;
    }
    // Reads the table now: at start, and in tests after a value was set.
    Task<void> reload(pg::Db& db);

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Snapshot> snapshot_;
};

// Keeps `current` at most 2 s old, and at once after a change on any node. Runs until it is
// cancelled; one per process.
Task<void> keep_current(pg::Db& db, Current& current);

// A change of one value with its history row; `by` is null for the command line and the demo data.
struct Change {
    std::string_view key;
    boost::json::value value;
    std::string_view reason;
    std::optional<StaffId> by;
};
// An equal value makes no new version.
Task<void> save_change(pg::Tx& tx, Change change, UtcTime now);

// Typed: refuses what is outside the key's range.
template <class T, class V>
Task<void> set(pg::Tx& tx, const Key<T>& key, V value, std::string_view reason, UtcTime now) {
    if constexpr (requires { key.range; }) key.check(T{value});
    return save_change(tx, Change{key.name, detail::to_json(value), reason, std::nullopt}, now);
}

}  // namespace taama::settings
