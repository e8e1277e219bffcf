#pragma once

// State machines are tables: one row per allowed step, and one reader.

#include <boost/describe/enum_to_string.hpp>

#include <optional>
#include <span>

#include "platform/errors.hpp"

namespace taama::carpool {

// Who moves a trip or a booking. `payments` acts for the payer when his money arrives.
enum class Actor : std::uint8_t { passenger, driver, staff, system, payments };
BOOST_DESCRIBE_ENUM(Actor, passenger, driver, staff, system, payments)

template <class State, class Event>
struct Transition {
    State from;
    Event event;
    State to;
    Actor who;
};

template <class State, class Event, std::size_t size>
constexpr std::optional<State> find_next(
    const std::array<Transition<State, Event>, size>& transitions, State from, Event event,
    Actor who) {
    for (const auto& row : transitions)
        if (row.from == from && row.event == event && row.who == who) return row.to;
    return std::nullopt;
}

template <class Enum>
std::string_view name_of(Enum value) {
    return boost::describe::enum_to_string(value, "");
}

template <class State, class Event>
Refusal wrong_state(State state, Event event, std::string_view reason = {}) {
    boost::json::object details{{"state", name_of(state)}, {"event", name_of(event)}};
    if (!reason.empty()) details["reason"] = reason;
    return Refusal{errors::invalid_state, std::move(details)};
}

}  // namespace taama::carpool
