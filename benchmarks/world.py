"""The world that is measured: settings, people, trips; and the requests that are made of them."""

import datetime
import json
import random

from fixtures import (TOWNS, add_cancelled_bookings, add_held_bookings, add_live_trip, add_own_trips,
                      add_people, add_roomy_trips, add_search_trips, add_watchers)
from program import ISSUER, new_key
from tokens import token_for

SETTINGS = {"otp.sends_per_ip_hour": 1000, "carpool.require_kyc_for_driver": False,
            "carpool.unpaid_max": 1_000_000,
            # No hold ends in a run: the jobs and searches of its end would pay for its beginning.
            "carpool.hold_min": 1440, "carpool.hold_max_min": 1440}
RATES = ("anonymous", "user", "login", "auth", "otp_send", "search", "booking")
OPERATIONS = ("read", "page", "search", "booking")
OWN_TRIPS = 250      # of one driver: pages of 100
SEARCHES = 400
SEARCHES_OF_PGBENCH = 4  # few: each is planned once by each client
LIVE_TRIP = "f0000000-0000-4000-8000-000000000000"


def numbered(letter, n):
    return f"{letter}0000000-0000-4000-8000-{n:012d}"


class World:
    """Who books next is counted here, since nobody can book twice at one time of day. People are made as they
    are needed, so that a fast machine does not run out of them."""

    def __init__(self, program, sizes):
        self.program = program
        self.sizes = sizes
        self.random = random.Random(20261002)
        self.search_trips = 0
        self.people_made = 0
        self.next_person = sizes["roomy_trips"]  # those before hold seats
        self.next_crowd = 0
        self.tokens = {}
        self.queries = []

    def prepare(self, database):
        self.database = database
        program = self.program
        for key, value in (SETTINGS | {f"ratelimit.{name}": 1_000_000 for name in RATES}).items():
            database.run("insert into settings.values (key, value, version, updated_at)"
                         f" values ('{key}', '{json.dumps(value)}', 1, now())")
        # pgbench is a crowd too, and has a connection for each client.
        database.run("alter system set max_connections = 300")
        # What these would do comes between what is measured, see Database.settle.
        database.run("alter system set autovacuum = off; alter system set checkpoint_timeout = '1h';"
                     " alter system set max_wal_size = '4GB'")
        program.stop()
        program.start()
        self.driver = program.sign_up(0)
        token = self.driver["access_token"]
        program.need("POST", "/api/v1/vehicles", {
            "make": "Toyota", "model": "Coaster", "color": "Blanc", "plate_number": "1234 AB 01",
            "seats_total": 61, "kind": "bus"}, token=token)
        departure = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
        self.trip = program.need("POST", "/api/v1/trips", {
            "origin": {"lat": 5.3575, "lon": -4.0083, "text": "Abidjan, Plateau"},
            "destination": {"lat": 6.8190, "lon": -5.2760, "text": "Yamoussoukro"},
            "departure_time": departure.strftime("%Y-%m-%dT00:10:00Z"), "price_per_seat": 6000,
            "seats_available": 60, "allow_auto_accept": True}, token=token)["id"]
        person = program.sign_up(1)
        self.first_person = person["user"]["id"]
        self.make_people(self.sizes["people"])
        add_roomy_trips(database, self.trip, self.sizes["roomy_trips"])
        add_own_trips(database, self.trip, OWN_TRIPS)
        # No end of seats: what is measured must not depend on what was measured before.
        database.run("update carpool.trip_segments set seats_free = 30000"
                     " where trip_id::text like 'a0000000-%'")
        self.first_booking = program.need("POST", "/api/v1/bookings", {"trip_id": self.trip, "seats": 1},
                                    token=person["access_token"],
                                    headers={"Idempotency-Key": new_key()})["id"]
        # Else PostgreSQL would plan for a world in which nobody holds a seat.
        add_held_bookings(database, self.first_booking)
        add_live_trip(database, self.trip, LIVE_TRIP, driver=numbered("b", 0))
        add_watchers(database, self.first_booking, LIVE_TRIP, self.sizes["sockets"])

    def grow(self, trips):
        """So many trips to search among, each with a booking from before."""
        add_search_trips(self.database, self.trip, trips)
        add_cancelled_bookings(self.database, self.first_booking, self.search_trips, trips,
                               self.sizes["people"])
        self.database.settle()
        self.search_trips = trips

    def token(self, person):
        if person not in self.tokens:
            self.tokens[person] = token_for(numbered("b", person), ISSUER)
        return self.tokens[person]

    # --- requests, as they go over the wire ----------------------------------------------------------

    def requests(self, operation, count):
        """Of one operation; `count` matters where no request can be sent twice."""
        return getattr(self, operation)(count)

    def read(self, _=0):
        trips = [numbered("c", self.random.randrange(self.search_trips)) for _ in range(200)]
        return [self.program.wire("GET", f"/api/v1/trips/{trip}", self.token(n % 32))
                for n, trip in enumerate(trips)]

    def page(self, _=0):
        token = token_for(self.driver["user"]["id"], ISSUER)
        return [self.program.wire("GET", f"/api/v1/trips?page_size=100&page={page}", token)
                for page in (1, 2)]

    def search(self, _=0):
        return [self.program.wire("GET", path) for path in self.search_paths()]

    def search_like_pgbench(self, _=0):
        return self.search()[:SEARCHES_OF_PGBENCH]

    def search_paths(self):
        if not self.queries:
            today = datetime.date.today()
            for _ in range(SEARCHES):
                (lat_a, lon_a), (lat_b, lon_b) = self.random.sample(TOWNS, 2)
                date = today + datetime.timedelta(days=3 + self.random.randrange(50))
                self.queries.append(
                    f"/api/v1/trips/search?from={lat_a},{lon_a}&to={lat_b},{lon_b}&date={date}")
        return self.queries

    def booking_requests(self, trip_of, count):
        first = self.people(count)
        return [self.program.wire("POST", "/api/v1/bookings", self.token(person),
                                  {"trip_id": trip_of(person), "seats": 1}, new_key())
                for person in range(first, first + count)]

    def booking(self, count):
        return self.booking_requests(self.any_trip, count)

    def contended(self, count):
        """A crowd on one trip, and on the next when each has had his turn."""
        first_trip, first_person = self.crowded_trips(count), self.next_person
        return self.booking_requests(
            lambda person: numbered("a", first_trip + (person - first_person) // self.sizes["crowd"]), count)

    def any_trip(self, person):
        return numbered("a", person % self.calm_trips())

    def calm_trips(self):
        """The trips behind these are for crowds."""
        return self.sizes["roomy_trips"] // 2

    # --- who comes next ------------------------------------------------------------------------------

    def people(self, count):
        first = self.next_person
        self.make_people(first + count)
        self.next_person += count
        return first

    def make_people(self, end):
        """Up to before number `end` at least."""
        while self.people_made < end:
            add_people(self.database, self.first_person, self.people_made, self.sizes["people"])
            self.people_made += self.sizes["people"]
            self.database.run("vacuum analyze identity.accounts")

    def give_back(self, count):
        """Those who were not needed."""
        self.next_person -= count

    def count_bookers(self):
        """After pgbench, which takes people in a row but does not tell how many."""
        last = self.database.run(
            "select coalesce(max(right(passenger_id::text, 12)::int), 0) from carpool.bookings"
            " where reference like 'BKG-%' and passenger_id::text like 'b0000000-%'")
        self.next_person = max(self.next_person, int(last) + 1)

    def crowded_trips(self, count):
        trips = -(-count // self.sizes["crowd"])
        left = max(1, self.sizes["roomy_trips"] // 2 - trips)
        first = self.calm_trips() + self.next_crowd % left
        self.next_crowd += trips
        return first
