#pragma once

// The registry of vehicles and the one calendar of each.
//
// Statements of other modules may join the view vehicles.cards (id, owner_user_id, kind, make,
// model, color, comfort_level, year, verified, photo_file_id, plate_number, seats_total,
// archived_at).

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "modules/files/files.hpp"
#include "platform/id.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::http {
class Operations;
}
namespace taama::settings {
class Current;
}

namespace taama::vehicles {

using VehicleId = Id<struct VehicleTag>;

enum class VehicleKind : std::uint8_t { car, moto, van, bus };
BOOST_DESCRIBE_ENUM(VehicleKind, car, moto, van, bus)

enum class ComfortLevel : std::uint8_t { basic, standard, comfort };
BOOST_DESCRIBE_ENUM(ComfortLevel, basic, standard, comfort)

enum class UseKind : std::uint8_t { trip, rental, maintenance };
BOOST_DESCRIBE_ENUM(UseKind, trip, rental, maintenance)

struct VehicleFacts {
    VehicleId id;
    std::int32_t seats_total = 2;  // the driver's seat included
    ComfortLevel comfort_level = ComfortLevel::standard;
    bool verified = false;
};
BOOST_DESCRIBE_STRUCT(VehicleFacts, (), (id, seats_total, comfort_level, verified))

// This person's own vehicle, or his default one when `id` is empty; archived ones do not count.
Task<std::optional<VehicleFacts>> find_own_vehicle(pg::Tx& tx, AccountId owner,
                                                   std::optional<VehicleId> id);

struct Use {
    VehicleId vehicle_id;
    UseKind kind;
    Uuid ref_id;
    AccountId holder;
    UtcTime from;
    UtcTime until;
    std::int32_t seats_needed = 0;  // the driver's seat included
};
// Enters the use into the calendar, in place of an earlier entry of the same reference. Throws
// vehicle_unavailable {busy} when something else is there.
Task<void> take_calendar(pg::Tx& tx, const Use& use, UtcTime now);
void release_calendar(pg::Tx& tx, UseKind kind, Uuid ref_id);
// The use ended earlier than planned.
void cut_calendar(pg::Tx& tx, UseKind kind, Uuid ref_id, UtcTime until);

// A vehicle as others see it; the plate only for those who ride in it.
struct VehicleCard {
    VehicleKind kind = VehicleKind::car;
    std::string make;
    std::string model;
    std::optional<std::string> color;
    ComfortLevel comfort_level = ComfortLevel::standard;
    std::optional<std::int32_t> year;
    bool verified = false;
    std::optional<std::string> photo_url;
    std::optional<std::string> plate_number;
};
BOOST_DESCRIBE_STRUCT(VehicleCard, (),
                      (kind, make, model, color, comfort_level, year, verified, photo_url,
                       plate_number))

struct Deps {
    const Clock& clock;
    const files::Urls& file_urls;
    const settings::Current& settings;
};
void register_routes(http::Operations& operations, const Deps& deps);

}  // namespace taama::vehicles
