#pragma once

// Columns that several statements select in the order of PersonFacts and VehicleRow.

// `card` is an identity.person_cards, `role` driver or passenger (whose ratings count), `count` and
// `phone` what fills PersonFacts::trips_completed and ::phone.
#define PERSON_COLUMNS(card, role, count, phone)                                                   \
    card ".id, " card ".first_name, " card ".last_initial, " card ".photo_file_id, " card "." role \
         "_rating_sum as rating_sum, " card "." role "_rating_count as rating_count, " card        \
         ".member_since, " card ".phone_verified, " card ".email_verified, " card                  \
         ".identity_verified, " card ".driver_verified, coalesce(" count                           \
         ", 0) as trips_completed, " phone " as phone"

// `card` is a vehicles.cards.
#define VEHICLE_COLUMNS(card)                                                                  \
    card ".kind, " card ".make, " card ".model, " card ".color, " card ".comfort_level, " card \
         ".year, " card ".verified, " card ".photo_file_id, " card ".plate_number"
