#pragma once

// The states of a trip and every allowed step between them.

#include <boost/describe/enum.hpp>

#include <array>

#include "modules/carpool/transitions.hpp"

namespace taama::carpool {

enum class TripStatus : std::uint8_t { draft, published, ongoing, completed, cancelled };
BOOST_DESCRIBE_ENUM(TripStatus, draft, published, ongoing, completed, cancelled)

enum class TripEvent : std::uint8_t {
    publish,
    remove,
    cancel,
    start,
    end,
    auto_end,
    close_empty,
    driver_absent
};
BOOST_DESCRIBE_ENUM(TripEvent, publish, remove, cancel, start, end, auto_end, close_empty,
                    driver_absent)

// `delete` is the contract's word, and a keyword here.
inline std::string_view name_of(TripEvent event) {
    return event == TripEvent::remove ? "delete" : boost::describe::enum_to_string(event, "");
}

using TripTransition = Transition<TripStatus, TripEvent>;

// `remove` keeps the status: the trip is deleted softly.
inline constexpr auto trip_transitions = [] {
    using enum TripStatus;
    using enum TripEvent;
    using enum Actor;
    return std::to_array<TripTransition>({
        {draft, publish, published, driver},
        {draft, remove, draft, driver},
        {published, remove, published, driver},
        {published, cancel, cancelled, driver},
        {published, cancel, cancelled, staff},
        {ongoing, cancel, cancelled, staff},
        {published, start, ongoing, driver},
        {ongoing, end, completed, driver},
        {ongoing, auto_end, completed, system},
        {published, close_empty, completed, system},
        {published, driver_absent, cancelled, system},
    });
}();

constexpr std::optional<TripStatus> next_state(TripStatus from, TripEvent event, Actor who) {
    return find_next(trip_transitions, from, event, who);
}

// A trip with people on board ends; its driver cannot cancel it.
static_assert(!next_state(TripStatus::ongoing, TripEvent::cancel, Actor::driver));

inline TripStatus next_or_throw(TripStatus from, TripEvent event, Actor who) {
    if (const auto next = next_state(from, event, who)) return *next;
    throw wrong_state(from, event);
}

// Where a trip stands that may be searched and booked.
constexpr bool is_running(TripStatus status) {
    return status == TripStatus::published || status == TripStatus::ongoing;
}

}  // namespace taama::carpool
