"""The rules of a booking, without I/O: what is asked, may it be, what is stored, what is answered."""

import datetime
import hashlib
import math
import secrets
import uuid

import ujson
from pydantic import BaseModel, Extra, ValidationError

import views
from refusals import Refusal, wrong_field, wrong_state
from settings import values

UTC = datetime.timezone.utc
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
EARTH_RADIUS_M = 6_371_008.7714


class Place(BaseModel):
    lat: float
    lon: float
    text: str = None

    class Config:
        extra = Extra.forbid


class NewBooking(BaseModel):
    trip_id: uuid.UUID
    seats: int
    from_stop: uuid.UUID = None
    pickup: Place = None
    to_stop: uuid.UUID = None
    dropoff: Place = None
    promo_code: str = None
    expected_price_per_seat: int = None
    note: str = None

    class Config:
        extra = Extra.forbid


def read(body):
    try:
        wanted = NewBooking.parse_obj(ujson.loads(body))
    except ValidationError as error:
        raise Refusal("validation_error", fields={
            ".".join(map(str, problem["loc"])): problem["msg"] for problem in error.errors()}) from None
    except ValueError:
        raise Refusal("bad_request") from None
    if not 1 <= wanted.seats <= 8:
        raise wrong_field("seats", "doit être entre 1 et 8")
    return wanted


class Key:
    """An Idempotency-Key with the row that stands for it."""

    def __init__(self, value, caller, body):
        if not value:
            raise Refusal("bad_request", reason="Idempotency-Key is required")
        self.value = value
        self.caller = f"user:{caller}"
        self.now = datetime.datetime.now(UTC)
        self.expires_at = self.now + datetime.timedelta(hours=24)
        self.fingerprint = hashlib.sha256(
            f"POST /bookings\n\n{self.caller}\n\n".encode() + body).digest()

    def check(self, stored):
        """`stored`: the row of the claim. The first answer when there was one."""
        if stored["expired"]:
            if not stored["locked"]:
                raise Refusal("idempotency_in_progress")
            return None
        if stored["fingerprint"] is not None and bytes(stored["fingerprint"]) != self.fingerprint:
            raise Refusal("idempotency_mismatch")
        if stored["status"] is not None:
            answer = ujson.loads(bytes(stored["answer"]))
            return Answer(stored["status"], answer["data"], stored["location"], True)
        if not stored["locked"] or stored["fingerprint"] is not None:
            raise Refusal("idempotency_in_progress")
        return None

    def row(self, answer):
        """The columns of platform.idempotency_keys."""
        packed = views.dumps({"data": answer.data, "meta": {}, "headers": []}).encode()
        return {"caller": self.caller, "key": self.value, "fingerprint": self.fingerprint,
                "status": answer.status, "answer": packed, "location": answer.location or "",
                "created_at": self.now, "expires_at": self.expires_at}


class Answer:
    """`data` is JSON already: it is stored as it is sent."""

    def __init__(self, status, data, location="", replayed=False):
        self.status, self.data, self.location, self.replayed = status, data, location, replayed

    def body(self, request_id):
        outer = "data" if self.status < 400 else "error"
        return f'{{"{outer}":{self.data},"meta":{{"request_id":"{request_id}"}}}}'.encode()

    def headers(self, request_id):
        headers = {"X-Request-Id": request_id}
        if self.replayed:
            headers["Idempotent-Replayed"] = "true"
        if self.location:
            headers["Location"] = "/api/v1" + self.location
        return headers


def refusal_answer(refusal):
    return Answer(refusal.status, views.dumps(refusal.body()))


def references():
    return ["BKG-" + "".join(secrets.choice(ALPHABET) for _ in range(8)) for _ in range(3)]


def metres(lat_a, lon_a, lat_b, lon_b):
    """Along the great circle, rounded half up."""
    lat = math.sin(math.radians(lat_b - lat_a) / 2)
    lon = math.sin(math.radians(lon_b - lon_a) / 2)
    h = lat * lat + math.cos(math.radians(lat_a)) * math.cos(math.radians(lat_b)) * lon * lon
    return math.floor(2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, h))) + 0.5)


def candidates(stops, stop_id, place, allowed, default):
    """Stops that serve one end, with the metres to it."""
    if place is not None:
        radius_m = 1000 * values["carpool.default_radius_km"]
        near = [(stop, metres(place.lat, place.lon, stop["lat"], stop["lon"]))
                for stop in stops if stop[allowed]]
        near = [(stop, away) for stop, away in near if away <= radius_m]
        if not near:
            raise Refusal("no_match", reason="too_far")
        return near
    stop = default
    if stop_id is not None:
        found = [each for each in stops if str(each["id"]) == str(stop_id)]
        if not found:
            field = "from_stop" if allowed == "pickup_allowed" else "to_stop"
            raise wrong_field(field, "n'est pas un arrêt de ce trajet")
        stop = found[0]
    if not stop[allowed]:
        raise Refusal("no_match",
                      reason="no_pickup" if allowed == "pickup_allowed" else "no_dropoff")
    return [(stop, 0)]


def leg_price(price_per_seat, leg_m, trip_m):
    if leg_m >= trip_m:
        return price_per_seat
    step = values["carpool.leg_price_step"]
    steps = (2 * price_per_seat * leg_m + trip_m * step) // (2 * trip_m * step)
    floor = min(price_per_seat, values["carpool.leg_price_min"])
    return min(max(steps * step, floor), price_per_seat)


def find_leg(trip, wanted):
    """(from stop, metres to it, to stop, metres from it): least walking, then the longest leg."""
    stops = trip["stops"]
    starts = candidates(stops, wanted.from_stop, wanted.pickup, "pickup_allowed", stops[0])
    ends = candidates(stops, wanted.to_stop, wanted.dropoff, "dropoff_allowed", stops[-1])
    forward = [(start, end) for start in starts for end in ends
               if end[0]["offset_m"] > start[0]["offset_m"]]
    long_enough = [(start, end) for start, end in forward
                   if end[0]["offset_m"] - start[0]["offset_m"] >= values["carpool.min_leg_m"]]
    if not long_enough:
        raise Refusal("no_match", reason="too_short" if forward else "wrong_order")
    start, end = min(long_enough, key=lambda pair: (
        pair[0][1] + pair[1][1], pair[0][0]["offset_m"], -pair[1][0]["offset_m"]))
    return *start, *end


def time_of(value):
    """A time out of PostgreSQL's JSON, or one that is one already."""
    return datetime.datetime.fromisoformat(value) if isinstance(value, str) else value


def may_see(trip, viewer):
    if viewer == str(trip["driver_id"]):
        return True
    if trip["status"] == "draft":
        return False
    return (trip["status"] in ("published", "ongoing") and trip["moderation"] == "visible"
            or trip["viewer_rides"])


def check_who(trip, booker, passenger):
    if booker["status"] == "suspended":
        raise Refusal("account_suspended")
    if booker["kyc_tier"] < 1:
        raise Refusal("kyc_required", required_tier=1, current_tier=booker["kyc_tier"],
                      missing=["phone"])
    if not may_see(trip, passenger) or trip["moderation"] == "hidden":
        raise Refusal("not_found")
    if trip["status"] not in ("published", "ongoing"):
        raise wrong_state(trip["status"])
    if str(trip["driver_id"]) == passenger:
        raise Refusal("conflict", reason="own_trip")
    if booker["shares_phone"]:
        raise Refusal("conflict", reason="same_phone")


def check_passenger(booker, start_at, end_at):
    if booker["live_booking_id"]:
        raise Refusal("already_exists", booking_id=str(booker["live_booking_id"]))
    if booker["rejected_before"]:
        raise Refusal("conflict", reason="rejected_before")
    for busy in booker["busy"]:
        if time_of(busy["until"]) <= start_at or time_of(busy["from"]) >= end_at:
            continue
        which = {name: busy[name] for name in ("booking_id", "trip_id") if busy[name]}
        raise Refusal("conflict", **which, reason="passenger_busy")
    if len(booker["unpaid_at"]) >= values["carpool.unpaid_max"]:
        window_h = values["carpool.unpaid_window_h"]
        retry_at = time_of(booker["unpaid_at"][0]) + datetime.timedelta(hours=window_h)
        raise Refusal("limit_exceeded", limit=values["carpool.unpaid_max"], window_h=window_h,
                      retry_at=views.iso(retry_at))


def plan(wanted, passenger, trip, booker, now):
    """The columns of carpool.bookings, or why not. `trip` and `booker` are rows of their statements."""
    check_who(trip, booker, passenger)
    if now >= trip["arrival_eta"]:
        raise wrong_state(trip["status"], "departed")
    start, access_from_m, end, access_to_m = find_leg(trip, wanted)
    pickup_at, dropoff_at = time_of(start["depart_at"]), time_of(end["arrive_at"])
    if now >= pickup_at:
        raise wrong_state(trip["status"], "departed")
    check_passenger(booker, pickup_at, dropoff_at)
    from_m, to_m = start["offset_m"], end["offset_m"]
    free = views.seats_free_on(trip["segments"], trip["lapsed"], from_m, to_m)
    if wanted.seats > free:
        raise Refusal("booking_conflict", available=free, requested=wanted.seats)
    price = leg_price(trip["price_per_seat"], to_m - from_m, trip["stops"][-1]["offset_m"])
    if wanted.expected_price_per_seat is not None and price > wanted.expected_price_per_seat:
        raise Refusal("price_changed", price_per_seat=price)
    if wanted.promo_code is not None:
        raise Refusal("promo_invalid", reason="unknown")
    accepted = trip["allow_auto_accept"] and values["carpool.allow_auto_accept"]
    hour = datetime.timedelta(hours=1)
    hold = datetime.timedelta(minutes=values["carpool.hold_min"])
    return {
        "id": uuid.uuid4(),
        "reference": booker["reference"],
        "trip_id": trip["id"],
        "passenger_id": uuid.UUID(passenger),
        "driver_id": trip["driver_id"],
        "seats": wanted.seats,
        "from_mode": "stop",
        "to_mode": "stop",
        "from_stop_id": uuid.UUID(str(start["id"])),
        "to_stop_id": uuid.UUID(str(end["id"])),
        "from_order": start["order"],
        "to_order": end["order"],
        "pickup_point": f"SRID=4326;POINT({start['lon']!r} {start['lat']!r})",
        "pickup_text": start["label"],
        "dropoff_point": f"SRID=4326;POINT({end['lon']!r} {end['lat']!r})",
        "dropoff_text": end["label"],
        "from_m": from_m,
        "to_m": to_m,
        "access_from_m": access_from_m,
        "access_to_m": access_to_m,
        "whole_trip": start is trip["stops"][0] and end is trip["stops"][-1],
        "pickup_at": pickup_at,
        "dropoff_at": dropoff_at,
        "booked_pickup_at": pickup_at,
        "distance_m": to_m - from_m,
        "duration_s": int((dropoff_at - pickup_at).total_seconds()),
        "price_per_seat": price,
        "subtotal": price * wanted.seats,
        "amount_total": price * wanted.seats,
        "currency": trip["currency"],
        "fee_schedule_id": booker["fee_schedule_id"],
        "status": "accepted" if accepted else "pending",
        "request_expires_at": min(now + values["carpool.request_ttl_h"] * hour, pickup_at),
        "hold_expires_at": min(now + hold, pickup_at) if accepted else None,
        "seats_held": accepted,
        "note": wanted.note or None,
        "accepted_at": now if accepted else None,
        "created_at": now,
        "updated_at": now,
    }


def history(booking, now):
    """Rows of carpool.booking_events."""
    rows = [{"booking_id": booking["id"], "event": "create", "from_status": None,
             "to_status": "pending", "by_type": "user", "by_id": booking["passenger_id"],
             "occurred_at": now, "created_at": now}]
    if booking["seats_held"]:
        rows.append({"booking_id": booking["id"], "event": "accept", "from_status": "pending",
                     "to_status": "accepted", "by_type": "system", "by_id": None,
                     "occurred_at": now, "created_at": now})
    return rows


def news(booking, message_id, now):
    """Rows of platform.outbox."""
    of_booking = {"booking_id": str(booking["id"]), "reference": booking["reference"],
                  "trip_id": str(booking["trip_id"]),
                  "passenger_id": str(booking["passenger_id"]),
                  "driver_id": str(booking["driver_id"]), "status": booking["status"], "version": 1}
    events = [("booking.created", of_booking)]
    if booking["seats_held"]:
        events.append(("message.created", {
            "subject_kind": "carpool_booking", "subject_id": str(booking["id"]),
            "message_id": str(message_id), "from_user_id": None, "type": "system"}))
        events.append(("booking.accepted", of_booking))
    return [{"id": uuid.uuid4(), "name": name, "payload": payload, "at": now,
             "next_attempt_at": now} for name, payload in events]


def view(booking, trip, booker, now, driver, vehicle):
    """As its passenger sees it, just made."""
    origin, destination = views.ends(trip)
    free = views.seats_free_on(trip["segments"], trip["lapsed"], booking["from_m"],
                               booking["to_m"])
    start, end = (next(stop for stop in trip["stops"] if stop["order"] == booking[name])
                  for name in ("from_order", "to_order"))
    accepted = booking["seats_held"]
    return {
        "id": str(booking["id"]),
        "reference": booking["reference"],
        "trip_id": str(booking["trip_id"]),
        "trip": {"departure_time": views.iso(trip["departure_time"]), "origin": origin,
                 "destination": destination, "status": trip["status"]},
        "passenger": views.person_card(booker, booker["id"]),
        "driver": views.person_card(driver, trip["driver_id"]),
        "vehicle": views.vehicle_card(vehicle, False),
        "seats": booking["seats"],
        "leg": {
            "from": views.leg_end(start["id"], start["order"], start["lat"], start["lon"],
                                  start["label"], booking["pickup_at"]),
            "to": views.leg_end(end["id"], end["order"], end["lat"], end["lon"], end["label"],
                                booking["dropoff_at"]),
            "price_per_seat": booking["price_per_seat"],
            "currency": booking["currency"],
            "distance_m": booking["distance_m"],
            "duration_s": booking["duration_s"],
            "seats_free": free - booking["seats"] if accepted else free,
            "access_from_m": booking["access_from_m"],
            "access_to_m": booking["access_to_m"],
            "detour_s": 0,
            "whole_trip": booking["whole_trip"],
        },
        "pickup_at": views.iso(booking["pickup_at"]),
        "dropoff_at": views.iso(booking["dropoff_at"]),
        "price_per_seat": booking["price_per_seat"],
        "subtotal": booking["subtotal"],
        "discount": 0,
        "amount_total": booking["amount_total"],
        "currency": booking["currency"],
        "status": booking["status"],
        "stage": "awaiting_payment" if accepted else "requested",
        "request_expires_at": views.iso(booking["request_expires_at"]),
        "hold_expires_at": views.iso(booking["hold_expires_at"]),
        "payment_method": None,
        "payment_id": None,
        "cash_due": 0,
        "accepted_at": views.iso(booking["accepted_at"]),
        "paid_at": None,
        "qr_code": None,
        "code": None,
        "checked_in_at": None,
        "started_at": None,
        "ended_at": None,
        "cancelled_at": None,
        "cancelled_by": None,
        "cancel_reason": None,
        "fee_amount": 0,
        "refunded_amount": 0,
        "unread_count": 0,
        "can": {"pay": accepted, "cancel": True, "checkin": False, "start": False, "end": False,
                "rate": False, "dispute": False},
        "created_at": views.iso(now),
        "updated_at": views.iso(now),
    }


def answer_of(booking, trip, booker, now, driver=None, vehicle=None):
    """`driver` and `vehicle`: the rows with their columns, when these are not the trip's own."""
    data = view(booking, trip, booker, now, driver or trip, vehicle or trip)
    return Answer(201, views.dumps(data), f"/bookings/{booking['id']}")
