"""The public search: what a query asks of search.sql, and what a hit's score is made of."""

import datetime
import math

from refusals import wrong_field
from settings import values

UTC = datetime.timezone.utc


def point(text, field):
    try:
        lat, lon = (float(part) for part in text.split(","))
    except (AttributeError, ValueError):
        raise wrong_field(field, "doit être une position « lat,lon »") from None
    return math.trunc(lat * 1e5) / 1e5, math.trunc(lon * 1e5) / 1e5


def ewkt(place):
    return f"SRID=4326;POINT({place[1]!r} {place[0]!r})"


def whole(text, field, least, most, default):
    if text is None:
        return default
    if not text.isdigit() or not least <= int(text) <= most:
        raise wrong_field(field, f"doit être entre {least} et {most}")
    return int(text)


def day_of(text):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise wrong_field("date", "doit être une date AAAA-MM-JJ") from None


class Search:
    def __init__(self, query, viewer):
        self.page = whole(query.get("page"), "page", 1, 1_000_000, 1)
        self.page_size = whole(query.get("page_size"), "page_size", 1, 100, 20)
        self.start = ewkt(point(query.get("from"), "from"))
        self.end = ewkt(point(query.get("to"), "to"))
        self.radius_km = float(query.get("radius_km") or values["carpool.default_radius_km"])
        self.radius_m = int(self.radius_km * 1000 + 0.5)
        self.day = day_of(query["date"]) if "date" in query else None
        self.now = datetime.datetime.now(UTC)
        self.viewer = viewer
        today = self.now.date()  # the operator's zone has no offset
        self.first = self.day or today
        self.last = self.day or today + datetime.timedelta(days=7)
        self.seats = whole(query.get("seats_gte"), "seats_gte", 1, 8, 1)

    def arguments(self):
        """$1 to $30 of search.sql."""
        return (self.start, self.end, float(self.radius_m), self.first, self.last, self.now,
                self.seats, values["carpool.min_leg_m"], values["carpool.leg_price_step"],
                values["carpool.leg_price_min"], None, None, [], None, None, 0, None, None,
                self.viewer, None, values["carpool.reference_price_per_km"],
                values["carpool.rank_proximity_bp"], values["carpool.rank_time_bp"],
                values["carpool.rank_price_bp"], values["carpool.rank_rating_bp"],
                values["carpool.rank_detour_bp"], "rank", 1, self.page_size,
                (self.page - 1) * self.page_size)

    def wants_nearest(self, hits):
        return (not hits and self.page == 1 and self.day is not None
                and self.day >= self.now.date())

    def nearest_arguments(self):
        """$1 to $8 of nearest_days.sql."""
        return (self.start, self.end, float(self.radius_m), self.day, self.now, self.seats,
                values["carpool.min_leg_m"], self.viewer)

    def meta(self, nearest):
        return {"engine": "sql", "radius_km": self.radius_km,
                "nearest_days": [day.isoformat() for day in nearest]}

    def total(self, hits):
        """Behind the last page nobody counted."""
        if hits:
            return hits[0]["total"]
        return 0 if self.page == 1 else None

    def parts(self, hit):
        """Ten-thousandths, rounded half up."""
        reference = values["carpool.reference_price_per_km"] * (hit["to_m"] - hit["from_m"])
        votes = hit["rating_count"] + 20
        radii = 2 * self.radius_m
        access = min(hit["access_from_m"] + hit["access_to_m"], radii)
        return {
            "proximity": share(radii - access, radii),
            "time": share(21600 - min(hit["off_wanted_s"], 21600), 21600),
            "price": share(min(max(2 * reference - 1000 * hit["leg_price"], 0), reference),
                           reference),
            "rating": share(max(100 * (hit["rating_sum"] + 90) - 100 * votes, 0), 400 * votes),
            "detour": 10_000,
        }


def share(part, of):
    return (20_000 * part + of) // (2 * of)
