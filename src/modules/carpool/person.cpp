#include "modules/carpool/person.hpp"

#include "modules/identity/identity.hpp"

namespace taama::carpool {

PersonCard to_card(const PersonFacts& person, const files::Urls& urls, PhoneShown phone) {
    return {
        .id = person.id,
        .first_name = person.first_name,
        .last_initial = person.last_initial,
        .photo_url = person.photo_file_id
                         ? std::optional{urls.media(*person.photo_file_id, "thumb")}
                         : std::nullopt,
        .rating_avg = identity::rating_average(person.rating_sum, person.rating_count),
        .rating_count = person.rating_count,
        .member_since = person.member_since,
        .verified = {person.phone_verified, person.email_verified, person.identity_verified,
                     person.driver_verified},
        .trips_completed = person.trips_completed,
        .late_cancellations_90d = 0,
        .phone = phone == PhoneShown::yes ? person.phone : std::nullopt,
    };
}

}  // namespace taama::carpool
