#!/usr/bin/env python3
"""Do the peers answer as the program does? The same random requests go to each; status, body and, of bookings, the
rows in the database are compared. Ids, references and times that a request makes are numbered first.

    python3 benchmarks/peers/agree.py [--count 1000] [--program build/release/src/taama] [PEER…]
"""

import argparse
import datetime
import http.client
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections import Counter

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from fixtures import TOWNS, add_own_trips, add_people, add_roomy_trips, add_search_trips
from peers import PEERS
from program import ISSUER, Database, Program, new_key
from tokens import SECRET, token_for

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BATCH = 50  # answers that are kept at a time: pages are long
SHOWN = 3  # differences
RIDDEN = 5  # of the driver's own trips have passengers
MADE_TIMES = ("request_expires_at", "hold_expires_at", "accepted_at", "created_at", "updated_at")


class World:
    """What requests are about: trips of fixtures.py, in these numbers, and people, of whom only the access token
    matters."""

    def __init__(self, passengers, driver, roomy_trips, search_trips, own_trips, seed=20261002):
        self.passengers = passengers
        self.driver = driver
        self.trips = {"a": roomy_trips, "c": search_trips, "e": own_trips}
        self.random = random.Random(seed)

    def trip(self, kinds="ace"):
        kind = self.random.choice([kind for kind in kinds if self.trips[kind]])
        return f"{kind}0000000-0000-4000-8000-{self.random.randrange(self.trips[kind]):012d}"

    def passenger(self):
        return self.random.choice(self.passengers)["access_token"]

    def uuid(self):
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def read(self):
        trip = self.trip()
        if self.chance(0.05):
            trip = self.random.choice([self.uuid(), "5", "zz"])
        elif self.chance(0.1):
            trip = f"e0000000-0000-4000-8000-{self.random.randrange(RIDDEN):012d}"
        token = self.driver["access_token"] if self.chance(0.1) else self.passenger()
        if self.chance(0.1):
            token = self.random.choice([None, token[:-3] + "abc", "x.y.z"])
        return "GET", f"/api/v1/trips/{trip}", token, None, None

    def page(self):
        size = 100 if self.chance(0.5) else self.random.randint(0, 101)
        token = None if self.chance(0.03) else self.driver["access_token"]
        page = self.random.choice([1, 1, 1, 2, 3])
        return "GET", f"/api/v1/trips?page_size={size}&page={page}", token, None, None

    def search(self):
        (lat_a, lon_a), (lat_b, lon_b) = self.random.sample(TOWNS, 2)
        date = datetime.date.today() + datetime.timedelta(days=3 + self.random.randrange(70))
        path = f"/api/v1/trips/search?from={lat_a},{lon_a}&to={lat_b},{lon_b}"
        if not self.chance(0.05):
            path += f"&date={date}"
        if self.chance(0.2):
            path += f"&page_size={self.random.randint(1, 100)}&page={self.random.randint(1, 2)}"
        return "GET", path, self.passenger() if self.chance(0.2) else None, None, None

    def bookings(self, count):
        """Some repeat a key, and some of these with another body."""
        asked = []
        for _ in range(count):
            if asked and self.chance(0.05):
                method, path, token, body, key = self.random.choice(asked)
                if self.chance(0.3):
                    body = body | {"seats": 3}
                asked.append((method, path, token, body, key))
            else:
                asked.append(self.booking())
        return asked

    def booking(self):
        body = {"trip_id": self.trip("ac"), "seats": self.random.randint(1, 4)}
        token, key = self.passenger(), self.uuid()
        dice = self.random.random()
        if dice < 0.03:
            body["seats"] = self.random.choice([0, 9])
        elif dice < 0.05:
            body["trip_id"] = self.uuid()
        elif dice < 0.08:
            body["trip_id"], token = self.trip("e"), self.driver["access_token"]
        elif dice < 0.15:
            lat, lon = self.random.choice(TOWNS[:3])
            body["pickup"] = {"lat": lat + self.random.uniform(-0.3, 0.3), "lon": lon}
        elif dice < 0.17:
            body["from_stop"] = self.uuid()
        elif dice < 0.20:
            body["expected_price_per_seat"] = self.random.choice([100, 1_000_000])
        elif dice < 0.22:
            key = None
        elif dice < 0.24:
            token = None
        elif dice < 0.34:
            body["note"] = "Deux valises, à côté du marché"
        elif dice < 0.44:
            body["trip_id"] = "a0000000-0000-4000-8000-000000000003"  # a crowd, until the seats are gone
            body["seats"] = 8
        return "POST", "/api/v1/bookings", token, body, key

    def chance(self, share):
        return self.random.random() < share


class Server:
    """Asks one server and makes its answers comparable."""

    def __init__(self, name, port):
        self.name = name
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.made = {}

    def answers(self, requests):
        """Over a new connection: the last one may have been idle for too long."""
        self.connection.close()
        return [self.answer(request) for request in requests]

    def answer(self, asked):
        method, path, token, body, key = asked
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if key:
            headers["Idempotency-Key"] = key
        if body is not None:
            headers["Content-Type"] = "application/json"
        text = None if body is None else json.dumps(body)
        self.connection.request(method, path, text, headers)
        reply = self.connection.getresponse()
        content = reply.read().decode()
        try:
            parsed = json.loads(content)
        except ValueError:
            return {"status": reply.status, "body": content}
        parsed["meta"]["request_id"] = "request"
        parsed["meta"].get("search", {}).pop("engine", None)  # peers have but one
        if method == "POST" and reply.status == 201:
            self.number(parsed["data"])
        return {"status": reply.status,
                "replayed": reply.getheader("Idempotent-Replayed"),
                "location": self.renamed(reply.getheader("Location") or ""),
                "body": canonical(self.renamed(json.dumps(parsed)))}

    def number(self, booking):
        """Gives what this request made a name that does not depend on the server."""
        if booking["id"] not in self.made:
            number = len(self.made)
            self.made[booking["id"]] = f"booking-{number}"
            self.made[booking["reference"]] = f"reference-{number}"
        created = parse_time(booking["created_at"])
        for field in MADE_TIMES:
            if booking[field]:
                booking[field] = f"created + {parse_time(booking[field]) - created}"

    def renamed(self, text):
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|BKG-[0-9A-Z]{8}",
                      lambda found: self.made.get(found.group(), found.group()), text)


def canonical(text):
    """Fields keep their order; 1, 1.0 and 1.00 are one number."""
    return json.dumps(json.loads(text, parse_int=float))


def parse_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def difference(ours, theirs):
    """Where two answers first differ; None when they do not."""
    for name, value in ours.items():
        other = theirs.get(name)
        if value == other:
            continue
        if name == "body" and value[:1] == "{" and str(other)[:1] == "{":
            return inner_difference(json.loads(value), json.loads(other), name)
        return f"{name}: {str(value)[:300]} against {str(other)[:300]}"
    return None


def inner_difference(ours, theirs, path):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if list(ours) != list(theirs):
            return f"{path}: fields {list(ours)} against {list(theirs)}"
        pairs = [(ours[name], theirs[name], f"{path}.{name}") for name in ours]
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = [(a, b, f"{path}[{index}]") for index, (a, b) in enumerate(zip(ours, theirs))]
    else:
        return f"{path}: {str(ours)[:300]} against {str(theirs)[:300]}"
    return next(inner_difference(*pair) for pair in pairs
                if json.dumps(pair[0]) != json.dumps(pair[1]))


class Writes:
    """The rows that bookings leave behind: read comparably, and taken back between two servers."""

    TABLES = {
        "bookings": """
            select to_jsonb(b) - array['id', 'reference', 'request_expires_at', 'hold_expires_at',
                                       'accepted_at', 'created_at', 'updated_at']
                   || jsonb_build_object('request', b.request_expires_at - b.created_at,
                                         'hold', b.hold_expires_at - b.created_at,
                                         'accepted', b.accepted_at - b.created_at,
                                         'updated', b.updated_at - b.created_at)
              from carpool.bookings b where b.created_at >= :'since'
             order by b.passenger_id, b.trip_id, b.status""",
        "history": """
            select b.passenger_id, b.trip_id, e.event, e.from_status, e.to_status, e.by_type, e.by_id,
                   e.meta, e.occurred_at - b.created_at, e.created_at - b.created_at
              from carpool.booking_events e join carpool.bookings b on b.id = e.booking_id
             where b.created_at >= :'since' order by b.passenger_id, b.trip_id, e.event""",
        "conversations": """
            select b.passenger_id, b.trip_id, c.last_seq, c.closes_at, c.unmasked_at,
                   c.created_at - b.created_at, p.user_id, p.role, p.last_read_seq
              from messaging.conversations c join carpool.bookings b on b.id = c.subject_id
              join messaging.participants p on p.conversation_id = c.id
             where b.created_at >= :'since' order by b.passenger_id, b.trip_id, p.role""",
        "messages": """
            select b.passenger_id, b.trip_id, m.seq, m.type, m.content, m.from_user_id,
                   m.created_at - b.created_at
              from messaging.messages m join messaging.conversations c on c.id = m.conversation_id
              join carpool.bookings b on b.id = c.subject_id
             where b.created_at >= :'since' order by b.passenger_id, b.trip_id, m.seq""",
        "outbox": """
            select b.passenger_id, b.trip_id, o.name, o.at - b.created_at,
                   o.next_attempt_at - b.created_at, (o.payload ->> 'reference') = b.reference,
                   o.payload - array['booking_id', 'reference', 'subject_id', 'message_id']
              from platform.outbox o join carpool.bookings b
                on b.id::text in (o.payload ->> 'booking_id', o.payload ->> 'subject_id')
             where b.created_at >= :'since' order by b.passenger_id, b.trip_id, o.seq""",
        "keys": """
            select caller, key, encode(fingerprint, 'hex'), status, lease_until, location is null,
                   location = '', expires_at - created_at,
                   (select json_agg(k order by k) from json_object_keys(
                       convert_from(answer, 'utf8')::json) k)
              from platform.idempotency_keys where created_at >= :'since' order by caller, key""",
        "seats": """
            select trip_id, from_m, to_m, seats_free from carpool.trip_segments
             order by trip_id, from_m""",
    }
    SAVE = "create table public.agree_segments as table carpool.trip_segments"
    # History is never changed, but for this: triggers are off for the session.
    TAKE_BACK = """
        set session_replication_role = replica;
        delete from carpool.booking_events where created_at >= :'since';
        delete from messaging.messages where created_at >= :'since';
        delete from messaging.participants p using messaging.conversations c
         where c.id = p.conversation_id and c.created_at >= :'since';
        delete from messaging.conversations where created_at >= :'since';
        delete from carpool.bookings where created_at >= :'since';
        delete from platform.outbox where at >= :'since';
        delete from platform.idempotency_keys where created_at >= :'since';
        update carpool.trip_segments g set seats_free = s.seats_free from public.agree_segments s
         where s.trip_id = g.trip_id and s.from_m = g.from_m and s.seats_free <> g.seats_free"""

    def __init__(self, database):
        self.database = database

    def __enter__(self):
        self.since = self.database.run("select clock_timestamp()")
        self.database.run(self.SAVE)
        return self

    def __exit__(self, *_):
        self.database.run("drop table public.agree_segments")

    def rows(self):
        return {name: self.database.run(sql, since=self.since).splitlines()
                for name, sql in self.TABLES.items()}

    def take_back(self):
        self.database.run(self.TAKE_BACK, since=self.since)


def compare_answers(name, operation, asked, ours, theirs, before=0):
    """How many differ; the first are printed, `before` of which were already."""
    wrong = []
    for request, a, b in zip(asked, ours, theirs):
        found = difference(a, b)
        if found:
            wrong.append(f"{request[0]} {request[1]} {request[3] or ''}\n    {found}")
    for text in wrong[:max(0, SHOWN - before)]:
        print(f"  {name} {operation}: {text}", file=sys.stderr)
    return len(wrong)


def compare_rows(name, ours, theirs):
    wrong = 0
    for table, rows in ours.items():
        if rows == theirs[table]:
            continue
        wrong += 1
        pair = next(((a, b) for a, b in zip(rows, theirs[table]) if a != b), ("end", "end"))
        print(f"  {name} rows of {table}: {len(rows)} against {len(theirs[table])}; the first that differ:\n"
              f"    {pair[0]}\n    {pair[1]}", file=sys.stderr)
    return wrong


def summary(statuses):
    return ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))


def check(database, port, peers, world, count=1000):
    """Asks the program at `port` and `peers` (name to port) `count` requests of each operation. Prints the first
    differences; returns how many answers and tables differ, by peer. Bookings are taken back."""
    wrong = dict.fromkeys(peers, 0)
    program = Server("taama", port)
    servers = [Server(name, peer_port) for name, peer_port in peers.items()]
    for operation in ("read", "page", "search"):
        statuses = Counter()
        for begin in range(0, count, BATCH):
            asked = [getattr(world, operation)() for _ in range(min(BATCH, count - begin))]
            ours = program.answers(asked)
            statuses.update(answer["status"] for answer in ours)
            for peer in servers:
                theirs = peer.answers(asked)
                wrong[peer.name] += compare_answers(peer.name, operation, asked, ours, theirs,
                                                    wrong[peer.name])
        print(f"{operation}: {count} requests, {summary(statuses)}", flush=True)
    return check_bookings(database, program, servers, world.bookings(count), wrong)


def check_bookings(database, program, servers, asked, wrong):
    with Writes(database) as writes:
        ours = program.answers(asked)
        rows = writes.rows()
        writes.take_back()
        for peer in servers:
            theirs = peer.answers(asked)
            wrong[peer.name] += compare_answers(peer.name, "booking", asked, ours, theirs)
            wrong[peer.name] += compare_rows(peer.name, rows, writes.rows())
            writes.take_back()
    statuses = Counter(answer["status"] for answer in ours)
    print(f"booking: {len(asked)} requests, {summary(statuses)}", flush=True)
    return wrong


def make_world(program, database, passengers=40, roomy_trips=1200, search_trips=4000, own_trips=250):
    """A program that has just started gets the settings, people and trips that requests are about."""
    settings = {"otp.sends_per_ip_hour": 1000, "carpool.require_kyc_for_driver": False,
                "carpool.unpaid_max": 1_000_000}
    rates = ("anonymous", "user", "login", "auth", "otp_send", "search", "booking")
    for key, value in (settings | {f"ratelimit.{name}": 1_000_000 for name in rates}).items():
        database.run("insert into settings.values (key, value, version, updated_at)"
                     f" values ('{key}', '{json.dumps(value)}', 1, now())")
    program.stop()
    program.start()
    driver = program.sign_up(0)
    program.need("POST", "/api/v1/vehicles", {
        "make": "Toyota", "model": "Coaster", "color": "Blanc", "plate_number": "1234 AB 01",
        "seats_total": 61, "kind": "bus"}, token=driver["access_token"])
    departure = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
    trip = program.need("POST", "/api/v1/trips", {
        "origin": {"lat": 5.3575, "lon": -4.0083, "text": "Abidjan, Plateau"},
        "destination": {"lat": 6.8190, "lon": -5.2760, "text": "Yamoussoukro"},
        "departure_time": departure.strftime("%Y-%m-%dT00:10:00Z"), "price_per_seat": 6000,
        "seats_available": 60, "allow_auto_accept": True}, token=driver["access_token"])
    add_people(database, program.sign_up(1)["user"]["id"], 0, passengers)
    add_roomy_trips(database, trip["id"], roomy_trips)
    add_own_trips(database, trip["id"], own_trips)
    add_search_trips(database, trip["id"], search_trips)
    database.run("vacuum analyze")
    # The program's index knows nothing of trips that did not go through it.
    program.stop()
    program.start()
    people = [bearer(f"b0000000-0000-4000-8000-{n:012d}") for n in range(passengers)]
    for n, person in enumerate(people):
        program.need("POST", "/api/v1/bookings",
                     {"trip_id": f"e0000000-0000-4000-8000-{n % RIDDEN:012d}", "seats": 1},
                     token=person["access_token"], headers={"Idempotency-Key": new_key()})
    # Those who have paid see more of a driver, and he of them.
    database.run("update carpool.bookings set status = 'paid', paid_at = created_at,"
                 " hold_expires_at = null where id < '40000000-0000-0000-0000-000000000000'")
    return World(people, bearer(driver["user"]["id"]), roomy_trips, search_trips, own_trips)


def bearer(account):
    return {"access_token": token_for(account, ISSUER)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", nargs="*", help="names; default: all that are installed")
    parser.add_argument("--count", type=int, default=1000, help="requests of each operation")
    parser.add_argument("--program", default=str(ROOT / "build" / "release" / "src" / "taama"))
    options = parser.parse_args()
    names = options.peers or [name for name in PEERS if name != "nginx"]
    absent = {name: PEERS[name].missing() for name in names}
    for name, reason in absent.items():
        if reason:
            print(f"{name}: {reason}", file=sys.stderr)

    data = tempfile.mkdtemp(prefix="taama-agree-")
    pathlib.Path(data).chmod(0o755)
    program = Program(options.program, data)
    program.environment["JWT_SECRET"] = SECRET
    running = {}
    try:
        program.start()
        database = Database(program.command("database", "url").strip())
        world = make_world(program, database)
        for name in names:
            if not absent[name]:
                running[name] = PEERS[name]()
                running[name].start(database.url, SECRET, program.statement, 4)
        wrong = check(database, program.port, {name: peer.port for name, peer in running.items()},
                      world, options.count)
    finally:
        for peer in running.values():
            peer.stop()
        program.stop()
        subprocess.run([options.program, "database", "remove"], env=program.environment,
                       capture_output=True, check=False)
        shutil.rmtree(data, ignore_errors=True)
    for name, count in wrong.items():
        print(f"{name}: " + (f"{count} differences" if count else "agrees"))
    sys.exit(1 if any(wrong.values()) or any(absent.values()) else 0)


if __name__ == "__main__":
    main()
