#pragma once

// What a vehicle is taken for, and when.

#include <vector>

#include "modules/vehicles/vehicles.hpp"
#include "platform/errors.hpp"

namespace taama::vehicles {

using EntryId = Id<struct CalendarEntryTag>;

struct CalendarEntry {
    EntryId id;
    UseKind kind;
    UtcTime from;
    UtcTime to;
    Uuid ref_id;
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(CalendarEntry, (), (id, kind, from, to, ref_id, note))

struct Interval {
    UtcTime from;
    UtcTime until;
};
Task<std::vector<CalendarEntry>> find_calendar(pg::Tx& tx, VehicleId vehicle, Interval interval);

// Entries that are running or ahead.
Task<std::vector<CalendarEntry>> find_entries_ahead(pg::Tx& tx, VehicleId vehicle, UtcTime now);
Task<std::int32_t> find_seats_needed_ahead(pg::Tx& tx, VehicleId vehicle, UtcTime now);

// 409 that lists them: what is in use stays as it is.
Refusal in_use(const std::vector<CalendarEntry>& entries);

// False when there is no such maintenance of this vehicle.
Task<bool> remove_maintenance(pg::Tx& tx, VehicleId vehicle, EntryId entry);
// As take_calendar(), with a note and the entry's id.
struct Maintenance {
    EntryId id;
    VehicleId vehicle_id;
    AccountId holder;
    Interval interval;
    std::optional<std::string> note;
};
Task<void> add_maintenance(pg::Tx& tx, const Maintenance& maintenance, UtcTime now);

}  // namespace taama::vehicles
