'use strict';

// Answers in the program's shape: the order of the fields is its order too.
const {randomUUID} = require('node:crypto');

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const isUuid = (text) => uuidPattern.test(text);
const requestId = (given) => (given && isUuid(given) ? given : randomUUID());

const iso = (date) => date.toISOString().replace(/\.?0*Z$/, 'Z');
const isoOfJson = (text) => text.slice(0, -6) + 'Z'; // PostgreSQL's JSON says +00:00
const secondsBetween = (from, to) => Math.trunc((Date.parse(to) - Date.parse(from)) / 1000);

const rating = (sum, count) =>
    count ? Math.floor((200 * sum + count) / (2 * count)) / 100 : null;

// Photos are signed links that only the program can make; measured people and vehicles have none.
const personCard = (row, id, phone = null) => ({
    id,
    first_name: row.first_name,
    last_initial: row.last_initial,
    photo_url: null,
    rating_avg: rating(row.rating_sum, row.rating_count),
    rating_count: row.rating_count,
    member_since: row.member_since,
    verified: {
        phone: row.phone_verified,
        email: row.email_verified,
        identity: row.identity_verified,
        driver: row.driver_verified,
    },
    trips_completed: row.trips_completed,
    late_cancellations_90d: 0,
    phone,
});

const vehicleCard = (row, withPlate) =>
    row.kind === null
        ? null
        : {
              kind: row.kind,
              make: row.make,
              model: row.model,
              color: row.color,
              comfort_level: row.comfort_level,
              year: row.year,
              verified: row.verified,
              photo_url: null,
              plate_number: withPlate ? row.plate_number : null,
          };

const origin = (row) => ({lat: row.origin_lat, lon: row.origin_lon, text: row.origin_text});
const destination = (row) => ({
    lat: row.destination_lat,
    lon: row.destination_lon,
    text: row.destination_text,
});

// The least that is free on a stretch; lapsed holds count free.
function seatsFreeOn(segments, lapsed, fromM, toM) {
    let least = Infinity;
    for (const segment of segments) {
        if (segment.from_m >= toM || segment.to_m <= fromM) continue;
        let free = segment.seats_free;
        for (const hold of lapsed)
            if (hold.from_m < segment.to_m && hold.to_m > segment.from_m) free += hold.seats;
        least = Math.min(least, free);
    }
    return least === Infinity ? 0 : least;
}

const stopViews = (stops, segments, lapsed) =>
    stops.map((stop, index) => ({
        id: stop.id,
        order: stop.order,
        kind: stop.kind,
        point: {lat: stop.lat, lon: stop.lon, text: stop.label},
        label: stop.label,
        pickup_allowed: stop.pickup_allowed,
        dropoff_allowed: stop.dropoff_allowed,
        arrive_at: isoOfJson(stop.arrive_at),
        depart_at: isoOfJson(stop.depart_at),
        offset_m: stop.offset_m,
        seats_free:
            index + 1 === stops.length
                ? 0
                : seatsFreeOn(segments, lapsed, stop.offset_m, stops[index + 1].offset_m),
    }));

function stageOf(rider) {
    if (rider.status === 'accepted') {
        const lapses = rider.hold_expires_at;
        const holds = rider.seats_held && (lapses === null || Date.now() < Date.parse(lapses));
        return holds ? 'awaiting_payment' : 'hold_lapsed';
    }
    if (rider.status === 'paid') {
        if (rider.started_at) return 'on_board';
        return rider.checked_in_at ? 'checked_in' : 'confirmed';
    }
    return rider.status === 'pending' ? 'requested' : rider.status;
}

const legEnd = (stopId, order, lat, lon, text, at) =>
    ({stop_id: stopId, mode: 'stop', order, lat, lon, text, at});

// A passenger as his driver sees him, of a row of riders.sql.
const riderView = (rider, trip) => ({
    booking_id: rider.booking_id,
    person: personCard(rider, rider.passenger_id, rider.phone),
    seats: rider.seats,
    leg: {
        from: legEnd(rider.from_stop_id, rider.from_order, rider.pickup_lat, rider.pickup_lon,
                     rider.pickup_text, rider.pickup_at),
        to: legEnd(rider.to_stop_id, rider.to_order, rider.dropoff_lat, rider.dropoff_lon,
                   rider.dropoff_text, rider.dropoff_at),
        price_per_seat: rider.price_per_seat,
        currency: trip.currency,
        distance_m: rider.to_m - rider.from_m,
        duration_s: secondsBetween(rider.pickup_at, rider.dropoff_at),
        seats_free: seatsFreeOn(trip.segments, trip.lapsed, rider.from_m, rider.to_m),
        access_from_m: rider.access_from_m,
        access_to_m: rider.access_to_m,
        detour_s: 0,
        whole_trip: rider.whole_trip,
    },
    status: rider.status,
    stage: stageOf(rider),
});

// Of a row of trips.sql; `riders`: rows of riders.sql, when the viewer drives.
function tripView(row, viewer, riders = null) {
    const isDriver = viewer === row.driver_id;
    const distanceM = row.stops.at(-1).offset_m;
    return {
        id: row.id,
        driver: personCard(row, row.driver_id, row.phone),
        vehicle: vehicleCard(row, isDriver || row.viewer_has_paid),
        origin: origin(row),
        destination: destination(row),
        departure_time: row.departure_time,
        arrival_eta: row.arrival_eta,
        price_per_seat: row.price_per_seat,
        currency: row.currency,
        seats_offered: row.seats_offered,
        seats_available: seatsFreeOn(row.segments, row.lapsed, 0, distanceM),
        luggage_policy: row.luggage_policy,
        rules: row.rules,
        allow_auto_accept: row.allow_auto_accept,
        cash_allowed: row.cash_allowed,
        en_route: row.en_route,
        max_detour_min: row.max_detour_min,
        distance_m: distanceM,
        duration_s: secondsBetween(row.departure_time, row.arrival_eta),
        polyline: row.polyline,
        route_source: row.route_source,
        stops: stopViews(row.stops, row.segments, row.lapsed),
        status: row.status,
        series_id: null,
        published_at: row.published_at,
        started_at: row.started_at,
        ended_at: row.ended_at,
        cancel_reason: row.cancel_reason,
        created_at: row.created_at,
        updated_at: row.updated_at,
        detour_used_s: isDriver ? row.drive_s - row.solo_drive_s : null,
        bookings_count: isDriver ? row.counts : null,
        passengers: riders && riders.map((rider) => riderView(rider, row)),
    };
}

// Of a row of search.sql; `parts` of its score in ten-thousandths, in the order of the fields.
const hitView = (row, parts) => ({
    trip_id: row.trip_id,
    driver: personCard(row, row.driver_id),
    vehicle: vehicleCard(row, false),
    origin: origin(row),
    destination: destination(row),
    departure_time: row.departure_time,
    arrival_eta: row.arrival_eta,
    trip_price_per_seat: row.price_per_seat,
    seats_available: row.seats_available,
    allow_auto_accept: row.allow_auto_accept,
    cash_allowed: row.cash_allowed,
    luggage_policy: row.luggage_policy,
    rules: row.rules,
    match: {
        from: legEnd(row.from_stop_id, row.from_order, row.from_lat, row.from_lon, row.from_label,
                     row.from_at),
        to: legEnd(row.to_stop_id, row.to_order, row.to_lat, row.to_lon, row.to_label, row.to_at),
        price_per_seat: row.leg_price,
        currency: row.currency,
        distance_m: row.to_m - row.from_m,
        duration_s: secondsBetween(row.from_at, row.to_at),
        seats_free: row.seats_free,
        access_from_m: row.access_from_m,
        access_to_m: row.access_to_m,
        detour_s: 0,
        whole_trip: row.whole_trip,
        score: row.score_e8 / 100_000_000,
        score_parts: {
            proximity: parts.proximity / 10_000,
            time: parts.time / 10_000,
            price: parts.price / 10_000,
            rating: parts.rating / 10_000,
            detour: parts.detour / 10_000,
        },
    },
});

const pagination = (page, pageSize, total) => ({
    page,
    page_size: pageSize,
    total,
    page_count: total === null ? null : Math.ceil(total / pageSize),
});

module.exports = {isUuid, requestId, iso, isoOfJson, secondsBetween, personCard, vehicleCard, origin,
                  destination, seatsFreeOn, tripView, legEnd, hitView, pagination};
