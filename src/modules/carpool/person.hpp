#pragma once

// People as the other side of a trip sees them.

#include <boost/describe/class.hpp>

#include <optional>
#include <string>

#include "modules/files/files.hpp"
#include "platform/id.hpp"
#include "platform/json/codec.hpp"
#include "platform/time/time.hpp"

namespace taama::carpool {

// What the statements read of a person, in one role: identity.person_cards with his count of trips.
struct PersonFacts {
    AccountId id;
    std::string first_name;
    std::string last_initial;
    std::optional<FileId> photo_file_id;
    std::int64_t rating_sum = 0;
    std::int64_t rating_count = 0;
    UtcTime member_since;
    bool phone_verified = false;
    bool email_verified = false;
    bool identity_verified = false;
    bool driver_verified = false;
    std::int32_t trips_completed = 0;
    std::optional<std::string> phone;
};
BOOST_DESCRIBE_STRUCT(PersonFacts, (),
                      (id, first_name, last_initial, photo_file_id, rating_sum, rating_count,
                       member_since, phone_verified, email_verified, identity_verified,
                       driver_verified, trips_completed, phone))

struct VerifiedMarks {
    bool phone = false;
    bool email = false;
    bool identity = false;
    bool driver = false;
};
BOOST_DESCRIBE_STRUCT(VerifiedMarks, (), (phone, email, identity, driver))

struct PersonCard {
    AccountId id;
    std::string first_name;
    std::string last_initial;
    std::optional<std::string> photo_url;
    std::optional<double> rating_avg;
    std::int64_t rating_count = 0;
    UtcTime member_since;
    VerifiedMarks verified;
    std::int32_t trips_completed = 0;
    std::int32_t late_cancellations_90d = 0;
    std::optional<std::string> phone;
};
BOOST_DESCRIBE_STRUCT(PersonCard, (),
                      (id, first_name, last_initial, photo_url, rating_avg, rating_count,
                       member_since, verified, trips_completed, late_cancellations_90d, phone))

// The phone is shown once the two will meet: paid, or cash and close to the pick-up.
enum class PhoneShown : std::uint8_t { no, yes };
PersonCard to_card(const PersonFacts& person, const files::Urls& urls,
                   PhoneShown phone = PhoneShown::no);

}  // namespace taama::carpool
