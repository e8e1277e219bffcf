"""Answers in the program's shape: the order of the fields is its order too."""

import datetime
import uuid

import ujson

UTC = datetime.timezone.utc


def dumps(value):
    return ujson.dumps(value, ensure_ascii=False, escape_forward_slashes=False)


def iso(time):
    """ISO 8601 in UTC without needless zeros; None stays None."""
    if time is None:
        return None
    text = time.isoformat()
    return text[:19] + "Z" if time.microsecond == 0 else text[:26].rstrip("0") + "Z"


def iso_of_json(text):
    """The same of a time in PostgreSQL's JSON, which says +00:00."""
    return text[:-6] + "Z"


def text(value):
    return None if value is None else str(value)


def is_uuid(value):
    try:
        uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        return False
    return True


def request_id(given):
    return given if given and is_uuid(given) else str(uuid.uuid4())


def envelope(data, of_request, **meta):
    return {"data": data, "meta": {"request_id": of_request, **meta}}


def refused(refusal, of_request):
    return {"error": refusal.body(), "meta": {"request_id": of_request}}


def pagination(page, page_size, total):
    return {"page": page, "page_size": page_size, "total": total,
            "page_count": None if total is None else -(-total // page_size)}


def rating(total, count):
    return (200 * total + count) // (2 * count) / 100 if count else None


# Photos are signed links that only the program can make; measured people and vehicles have none.
def person_card(row, person_id, phone=None):
    return {
        "id": str(person_id),
        "first_name": row["first_name"],
        "last_initial": row["last_initial"],
        "photo_url": None,
        "rating_avg": rating(row["rating_sum"], row["rating_count"]),
        "rating_count": row["rating_count"],
        "member_since": iso(row["member_since"]),
        "verified": {"phone": row["phone_verified"], "email": row["email_verified"],
                     "identity": row["identity_verified"], "driver": row["driver_verified"]},
        "trips_completed": row["trips_completed"],
        "late_cancellations_90d": 0,
        "phone": phone,
    }


def vehicle_card(row, with_plate):
    if row["kind"] is None:
        return None
    return {
        "kind": row["kind"],
        "make": row["make"],
        "model": row["model"],
        "color": row["color"],
        "comfort_level": row["comfort_level"],
        "year": row["year"],
        "verified": row["verified"],
        "photo_url": None,
        "plate_number": row["plate_number"] if with_plate else None,
    }


def ends(row):
    return ({"lat": row["origin_lat"], "lon": row["origin_lon"], "text": row["origin_text"]},
            {"lat": row["destination_lat"], "lon": row["destination_lon"],
             "text": row["destination_text"]})


def seats_free_on(segments, lapsed, from_m, to_m):
    """The least that is free on a stretch; lapsed holds count free."""
    least = None
    for segment in segments:
        if segment["from_m"] >= to_m or segment["to_m"] <= from_m:
            continue
        free = segment["seats_free"]
        for hold in lapsed:
            if hold["from_m"] < segment["to_m"] and hold["to_m"] > segment["from_m"]:
                free += hold["seats"]
        if least is None or free < least:
            least = free
    return least or 0


def stop_views(stops, segments, lapsed, time):
    views = []
    for index, stop in enumerate(stops):
        last = index + 1 == len(stops)
        views.append({
            "id": str(stop["id"]),
            "order": stop["order"],
            "kind": stop["kind"],
            "point": {"lat": stop["lat"], "lon": stop["lon"], "text": stop["label"]},
            "label": stop["label"],
            "pickup_allowed": stop["pickup_allowed"],
            "dropoff_allowed": stop["dropoff_allowed"],
            "arrive_at": time(stop["arrive_at"]),
            "depart_at": time(stop["depart_at"]),
            "offset_m": stop["offset_m"],
            "seats_free": 0 if last else seats_free_on(segments, lapsed, stop["offset_m"],
                                                       stops[index + 1]["offset_m"]),
        })
    return views


def trip_view(row, viewer, riders=None, driver=None, vehicle=None, time=iso_of_json):
    """Of a row of trips.sql; or `driver` and `vehicle` are rows of their own, and `time` writes the stops' times.
    `riders`: rows of riders.sql, when the viewer drives."""
    is_driver = viewer == str(row["driver_id"])
    stops, segments, lapsed = row["stops"], row["segments"], row["lapsed"]
    distance_m = stops[-1]["offset_m"]
    origin, destination = ends(row)
    return {
        "id": str(row["id"]),
        "driver": person_card(driver or row, row["driver_id"], row["phone"]),
        "vehicle": vehicle_card(vehicle or row, is_driver or row["viewer_has_paid"]),
        "origin": origin,
        "destination": destination,
        "departure_time": iso(row["departure_time"]),
        "arrival_eta": iso(row["arrival_eta"]),
        "price_per_seat": row["price_per_seat"],
        "currency": row["currency"],
        "seats_offered": row["seats_offered"],
        "seats_available": seats_free_on(segments, lapsed, 0, distance_m),
        "luggage_policy": row["luggage_policy"],
        "rules": row["rules"],
        "allow_auto_accept": row["allow_auto_accept"],
        "cash_allowed": row["cash_allowed"],
        "en_route": row["en_route"],
        "max_detour_min": row["max_detour_min"],
        "distance_m": distance_m,
        "duration_s": int((row["arrival_eta"] - row["departure_time"]).total_seconds()),
        "polyline": row["polyline"],
        "route_source": row["route_source"],
        "stops": stop_views(stops, segments, lapsed, time),
        "status": row["status"],
        "series_id": None,
        "published_at": iso(row["published_at"]),
        "started_at": iso(row["started_at"]),
        "ended_at": iso(row["ended_at"]),
        "cancel_reason": row["cancel_reason"],
        "created_at": iso(row["created_at"]),
        "updated_at": iso(row["updated_at"]),
        "detour_used_s": row["drive_s"] - row["solo_drive_s"] if is_driver else None,
        "bookings_count": row["counts"] if is_driver else None,
        "passengers": None if riders is None else [rider_view(rider, row) for rider in riders],
    }


def leg_end(stop_id, order, lat, lon, label, at):
    return {"stop_id": str(stop_id), "mode": "stop", "order": order, "lat": lat, "lon": lon,
            "text": label, "at": iso(at)}


def rider_view(rider, trip):
    """A passenger as his driver sees him, of a row of riders.sql."""
    return {
        "booking_id": str(rider["booking_id"]),
        "person": person_card(rider, rider["passenger_id"], rider["phone"]),
        "seats": rider["seats"],
        "leg": {
            "from": leg_end(rider["from_stop_id"], rider["from_order"], rider["pickup_lat"],
                            rider["pickup_lon"], rider["pickup_text"], rider["pickup_at"]),
            "to": leg_end(rider["to_stop_id"], rider["to_order"], rider["dropoff_lat"],
                          rider["dropoff_lon"], rider["dropoff_text"], rider["dropoff_at"]),
            "price_per_seat": rider["price_per_seat"],
            "currency": trip["currency"],
            "distance_m": rider["to_m"] - rider["from_m"],
            "duration_s": int((rider["dropoff_at"] - rider["pickup_at"]).total_seconds()),
            "seats_free": seats_free_on(trip["segments"], trip["lapsed"], rider["from_m"],
                                        rider["to_m"]),
            "access_from_m": rider["access_from_m"],
            "access_to_m": rider["access_to_m"],
            "detour_s": 0,
            "whole_trip": rider["whole_trip"],
        },
        "status": rider["status"],
        "stage": stage_of(rider),
    }


def stage_of(rider):
    if rider["status"] == "accepted":
        lapses = rider["hold_expires_at"]
        holds = rider["seats_held"] and (lapses is None or datetime.datetime.now(UTC) < lapses)
        return "awaiting_payment" if holds else "hold_lapsed"
    if rider["status"] == "paid":
        if rider["started_at"]:
            return "on_board"
        return "checked_in" if rider["checked_in_at"] else "confirmed"
    return "requested" if rider["status"] == "pending" else rider["status"]


def by_trip(riders):
    found = {}
    for rider in riders:
        found.setdefault(rider["trip_id"], []).append(rider)
    return found


def hit_view(row, parts):
    """Of a row of search.sql; `parts` of its score in ten-thousandths, in the order of the fields."""
    origin, destination = ends(row)
    return {
        "trip_id": str(row["trip_id"]),
        "driver": person_card(row, row["driver_id"]),
        "vehicle": vehicle_card(row, False),
        "origin": origin,
        "destination": destination,
        "departure_time": iso(row["departure_time"]),
        "arrival_eta": iso(row["arrival_eta"]),
        "trip_price_per_seat": row["price_per_seat"],
        "seats_available": row["seats_available"],
        "allow_auto_accept": row["allow_auto_accept"],
        "cash_allowed": row["cash_allowed"],
        "luggage_policy": row["luggage_policy"],
        "rules": row["rules"],
        "match": {
            "from": leg_end(row["from_stop_id"], row["from_order"], row["from_lat"],
                            row["from_lon"], row["from_label"], row["from_at"]),
            "to": leg_end(row["to_stop_id"], row["to_order"], row["to_lat"], row["to_lon"],
                          row["to_label"], row["to_at"]),
            "price_per_seat": row["leg_price"],
            "currency": row["currency"],
            "distance_m": row["to_m"] - row["from_m"],
            "duration_s": int((row["to_at"] - row["from_at"]).total_seconds()),
            "seats_free": row["seats_free"],
            "access_from_m": row["access_from_m"],
            "access_to_m": row["access_to_m"],
            "detour_s": 0,
            "whole_trip": row["whole_trip"],
            "score": row["score_e8"] / 100_000_000,
            "score_parts": {name: part / 10_000 for name, part in parts.items()},
        },
    }
