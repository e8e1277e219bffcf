'use strict';

// The rules of a booking, without I/O: what is asked, may it be, what is stored, what is answered.
const {createHash, randomInt, randomUUID} = require('node:crypto');
const {settings} = require('./database');
const {Refusal, wrongField, wrongState} = require('./refusals');
const views = require('./views');

const alphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const earthRadiusM = 6_371_008.7714;
const hour = 3_600_000;

function read(body) {
    let wanted;
    try {
        wanted = JSON.parse(body.toString());
    } catch {
        throw new Refusal('bad_request');
    }
    if (!views.isUuid(wanted.trip_id)) throw wrongField('trip_id', 'doit être un UUID');
    if (!Number.isInteger(wanted.seats) || wanted.seats < 1 || wanted.seats > 8)
        throw wrongField('seats', 'doit être entre 1 et 8');
    for (const name of ['from_stop', 'to_stop'])
        if (wanted[name] && !views.isUuid(wanted[name])) throw wrongField(name, 'doit être un UUID');
    for (const name of ['pickup', 'dropoff'])
        if (wanted[name] && !(Math.abs(wanted[name].lat) <= 90 && Math.abs(wanted[name].lon) <= 180))
            throw wrongField(name, 'doit être une position');
    return wanted;
}

// An Idempotency-Key with the row that stands for it.
class Key {
    constructor(value, caller, body) {
        if (!value) throw new Refusal('bad_request', {reason: 'Idempotency-Key is required'});
        this.value = value;
        this.caller = `user:${caller}`;
        this.now = new Date();
        this.fingerprint = createHash('sha256')
            .update(`POST /bookings\n\n${this.caller}\n\n`)
            .update(body)
            .digest();
    }

    // `stored`: the row of the claim. The first answer when there was one.
    check(stored) {
        if (stored.expired) {
            if (!stored.locked) throw new Refusal('idempotency_in_progress');
            return null;
        }
        if (stored.fingerprint && !stored.fingerprint.equals(this.fingerprint))
            throw new Refusal('idempotency_mismatch');
        if (stored.status !== null)
            return {
                status: stored.status,
                data: JSON.parse(stored.answer.toString()).data,
                location: stored.location,
                replayed: true,
            };
        if (!stored.locked || stored.fingerprint) throw new Refusal('idempotency_in_progress');
        return null;
    }

    // $1 to $8 of store_key.sql.
    row(answer) {
        const packed = JSON.stringify({data: answer.data, meta: {}, headers: []});
        return [this.caller, this.value, this.fingerprint, answer.status, Buffer.from(packed),
                answer.location ?? '', this.now, new Date(this.now.getTime() + 24 * hour)];
    }
}

const refusalAnswer = (refusal) =>
    ({status: refusal.status, data: JSON.stringify(refusal.body()), location: ''});

const reference = () =>
    'BKG-' + Array.from({length: 8}, () => alphabet[randomInt(alphabet.length)]).join('');
const references = () => [reference(), reference(), reference()];

// Along the great circle, rounded half up.
function metres(a, b) {
    const radians = (degrees) => (degrees * Math.PI) / 180;
    const lat = Math.sin(radians(b.lat - a.lat) / 2);
    const lon = Math.sin(radians(b.lon - a.lon) / 2);
    const h = lat * lat + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * lon * lon;
    return Math.floor(2 * earthRadiusM * Math.asin(Math.sqrt(Math.min(1, h))) + 0.5);
}

// Stops that serve one end, with the metres to it.
function candidates(stops, stopId, place, side, usual) {
    const allowed = `${side}_allowed`;
    if (place) {
        const radiusM = 1000 * settings['carpool.default_radius_km'];
        const near = stops
            .filter((stop) => stop[allowed])
            .map((stop) => ({stop, access: metres(place, stop)}))
            .filter(({access}) => access <= radiusM);
        if (near.length === 0) throw new Refusal('no_match', {reason: 'too_far'});
        return near;
    }
    const stop = stopId ? stops.find((each) => each.id === stopId) : usual;
    if (!stop)
        throw wrongField(side === 'pickup' ? 'from_stop' : 'to_stop',
                         "n'est pas un arrêt de ce trajet");
    if (!stop[allowed]) throw new Refusal('no_match', {reason: `no_${side}`});
    return [{stop, access: 0}];
}

function legPrice(pricePerSeat, legM, tripM) {
    if (legM >= tripM) return pricePerSeat;
    const step = settings['carpool.leg_price_step'];
    const steps = Math.floor((2 * pricePerSeat * legM + tripM * step) / (2 * tripM * step));
    const floor = Math.min(pricePerSeat, settings['carpool.leg_price_min']);
    return Math.min(Math.max(steps * step, floor), pricePerSeat);
}

// Least walking, then the earliest pick-up, then the farthest drop-off.
function findLeg(trip, wanted) {
    const {stops} = trip;
    const starts = candidates(stops, wanted.from_stop, wanted.pickup, 'pickup', stops[0]);
    const ends = candidates(stops, wanted.to_stop, wanted.dropoff, 'dropoff', stops.at(-1));
    let best = null;
    let forward = false;
    for (const from of starts)
        for (const to of ends) {
            const length = to.stop.offset_m - from.stop.offset_m;
            if (length <= 0) continue;
            forward = true;
            const rank = [from.access + to.access, from.stop.offset_m, -to.stop.offset_m];
            const differs = best ? rank.findIndex((value, i) => value !== best.rank[i]) : 0;
            const better = !best || (differs >= 0 && rank[differs] < best.rank[differs]);
            if (length >= settings['carpool.min_leg_m'] && better) best = {from, to, rank};
        }
    if (!best) throw new Refusal('no_match', {reason: forward ? 'too_short' : 'wrong_order'});
    return best;
}

function maySee(trip, viewer) {
    if (viewer === trip.driver_id) return true;
    if (trip.status === 'draft') return false;
    const running = trip.status === 'published' || trip.status === 'ongoing';
    return (running && trip.moderation === 'visible') || trip.viewer_rides;
}

function checkWho(trip, booker, passenger) {
    if (booker.status === 'suspended') throw new Refusal('account_suspended');
    if (booker.kyc_tier < 1)
        throw new Refusal('kyc_required',
                          {required_tier: 1, current_tier: booker.kyc_tier, missing: ['phone']});
    if (!maySee(trip, passenger) || trip.moderation === 'hidden') throw new Refusal('not_found');
    if (trip.status !== 'published' && trip.status !== 'ongoing') throw wrongState(trip.status);
    if (trip.driver_id === passenger) throw new Refusal('conflict', {reason: 'own_trip'});
    if (booker.shares_phone) throw new Refusal('conflict', {reason: 'same_phone'});
}

function checkPassenger(booker, startAt, endAt) {
    if (booker.live_booking_id)
        throw new Refusal('already_exists', {booking_id: booker.live_booking_id});
    if (booker.rejected_before) throw new Refusal('conflict', {reason: 'rejected_before'});
    for (const busy of booker.busy) {
        if (Date.parse(busy.until) <= startAt || Date.parse(busy.from) >= endAt) continue;
        const which = {};
        if (busy.booking_id) which.booking_id = busy.booking_id;
        if (busy.trip_id) which.trip_id = busy.trip_id;
        throw new Refusal('conflict', {...which, reason: 'passenger_busy'});
    }
    const limit = settings['carpool.unpaid_max'];
    if (booker.unpaid_at.length < limit) return;
    const windowH = settings['carpool.unpaid_window_h'];
    const retryAt = new Date(Date.parse(booker.unpaid_at[0]) + windowH * hour);
    throw new Refusal('limit_exceeded',
                      {limit, window_h: windowH, retry_at: views.iso(retryAt)});
}

const pointOf = (stop) => `SRID=4326;POINT(${stop.lon} ${stop.lat})`;
const earlier = (time, ms) => new Date(Math.min(time, ms));

// The columns of carpool.bookings in the order of save_booking.sql, or why not.
function plan(wanted, passenger, trip, booker, now) {
    checkWho(trip, booker, passenger);
    if (now >= Date.parse(trip.arrival_eta)) throw wrongState(trip.status, 'departed');
    const {from, to} = findLeg(trip, wanted);
    const pickupAt = Date.parse(from.stop.depart_at);
    const dropoffAt = Date.parse(to.stop.arrive_at);
    if (now >= pickupAt) throw wrongState(trip.status, 'departed');
    checkPassenger(booker, pickupAt, dropoffAt);
    const fromM = from.stop.offset_m;
    const toM = to.stop.offset_m;
    const available = views.seatsFreeOn(trip.segments, trip.lapsed, fromM, toM);
    if (wanted.seats > available)
        throw new Refusal('booking_conflict', {available, requested: wanted.seats});
    const price = legPrice(trip.price_per_seat, toM - fromM, trip.stops.at(-1).offset_m);
    if (wanted.expected_price_per_seat !== undefined && price > wanted.expected_price_per_seat)
        throw new Refusal('price_changed', {price_per_seat: price});
    if (wanted.promo_code) throw new Refusal('promo_invalid', {reason: 'unknown'});
    const accepted = trip.allow_auto_accept && settings['carpool.allow_auto_accept'];
    const ms = now.getTime();
    return {
        id: randomUUID(),
        reference: booker.reference,
        trip_id: trip.id,
        passenger_id: passenger,
        driver_id: trip.driver_id,
        seats: wanted.seats,
        from_mode: 'stop',
        to_mode: 'stop',
        from_stop_id: from.stop.id,
        to_stop_id: to.stop.id,
        from_order: from.stop.order,
        to_order: to.stop.order,
        pickup_point: pointOf(from.stop),
        pickup_text: from.stop.label,
        dropoff_point: pointOf(to.stop),
        dropoff_text: to.stop.label,
        from_m: fromM,
        to_m: toM,
        access_from_m: from.access,
        access_to_m: to.access,
        whole_trip: from.stop === trip.stops[0] && to.stop === trip.stops.at(-1),
        pickup_at: from.stop.depart_at,
        dropoff_at: to.stop.arrive_at,
        booked_pickup_at: from.stop.depart_at,
        distance_m: toM - fromM,
        duration_s: views.secondsBetween(from.stop.depart_at, to.stop.arrive_at),
        price_per_seat: price,
        subtotal: price * wanted.seats,
        amount_total: price * wanted.seats,
        currency: trip.currency,
        fee_schedule_id: booker.fee_schedule_id,
        status: accepted ? 'accepted' : 'pending',
        request_expires_at: earlier(ms + settings['carpool.request_ttl_h'] * hour, pickupAt),
        hold_expires_at: accepted ? earlier(ms + settings['carpool.hold_min'] * 60_000, pickupAt)
                                  : null,
        seats_held: accepted,
        note: wanted.note || null,
        accepted_at: accepted ? now : null,
        created_at: now,
        updated_at: now,
    };
}

// $1 to $7 of save_history.sql.
function history(booking, now) {
    const {id} = booking;
    if (!booking.seats_held)
        return [[id], ['create'], [null], ['pending'], ['user'], [booking.passenger_id], now];
    return [[id, id], ['create', 'accept'], [null, 'pending'], ['pending', 'accepted'],
            ['user', 'system'], [booking.passenger_id, null], now];
}

// $1 to $4 of save_news.sql.
function news(booking, messageId, now) {
    const ofBooking = JSON.stringify({
        booking_id: booking.id,
        reference: booking.reference,
        trip_id: booking.trip_id,
        passenger_id: booking.passenger_id,
        driver_id: booking.driver_id,
        status: booking.status,
        version: 1,
    });
    if (!booking.seats_held) return [[randomUUID()], ['booking.created'], [ofBooking], now];
    const message = JSON.stringify({
        subject_kind: 'carpool_booking',
        subject_id: booking.id,
        message_id: messageId,
        from_user_id: null,
        type: 'system',
    });
    return [[randomUUID(), randomUUID(), randomUUID()],
            ['booking.created', 'message.created', 'booking.accepted'],
            [ofBooking, message, ofBooking], now];
}

// As its passenger sees it, just made.
function view(booking, trip, booker, now) {
    const free = views.seatsFreeOn(trip.segments, trip.lapsed, booking.from_m, booking.to_m);
    const [from, to] = [booking.from_order, booking.to_order].map(
        (order) => trip.stops.find((stop) => stop.order === order));
    const pickupAt = views.isoOfJson(booking.pickup_at);
    const dropoffAt = views.isoOfJson(booking.dropoff_at);
    const accepted = booking.seats_held;
    const madeAt = views.iso(now);
    return {
        id: booking.id,
        reference: booking.reference,
        trip_id: booking.trip_id,
        trip: {
            departure_time: trip.departure_time,
            origin: views.origin(trip),
            destination: views.destination(trip),
            status: trip.status,
        },
        passenger: views.personCard(booker, booker.id),
        driver: views.personCard(trip, trip.driver_id),
        vehicle: views.vehicleCard(trip, false),
        seats: booking.seats,
        leg: {
            from: views.legEnd(from.id, from.order, from.lat, from.lon, from.label, pickupAt),
            to: views.legEnd(to.id, to.order, to.lat, to.lon, to.label, dropoffAt),
            price_per_seat: booking.price_per_seat,
            currency: booking.currency,
            distance_m: booking.distance_m,
            duration_s: booking.duration_s,
            seats_free: accepted ? free - booking.seats : free,
            access_from_m: booking.access_from_m,
            access_to_m: booking.access_to_m,
            detour_s: 0,
            whole_trip: booking.whole_trip,
        },
        pickup_at: pickupAt,
        dropoff_at: dropoffAt,
        price_per_seat: booking.price_per_seat,
        subtotal: booking.subtotal,
        discount: 0,
        amount_total: booking.amount_total,
        currency: booking.currency,
        status: booking.status,
        stage: accepted ? 'awaiting_payment' : 'requested',
        request_expires_at: views.iso(booking.request_expires_at),
        hold_expires_at: accepted ? views.iso(booking.hold_expires_at) : null,
        payment_method: null,
        payment_id: null,
        cash_due: 0,
        accepted_at: accepted ? madeAt : null,
        paid_at: null,
        qr_code: null,
        code: null,
        checked_in_at: null,
        started_at: null,
        ended_at: null,
        cancelled_at: null,
        cancelled_by: null,
        cancel_reason: null,
        fee_amount: 0,
        refunded_amount: 0,
        unread_count: 0,
        can: {
            pay: accepted,
            cancel: true,
            checkin: false,
            start: false,
            end: false,
            rate: false,
            dispute: false,
        },
        created_at: madeAt,
        updated_at: madeAt,
    };
}

module.exports = {Key, history, maySee, news, plan, read, references, refusalAnswer, view};
