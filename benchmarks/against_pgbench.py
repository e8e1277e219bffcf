"""The program beside its own SQL: pgbench executes what PostgreSQL saw it execute, so the ratio says what HTTP, the
token, JSON and the rules cost."""

import method
from capture import Capture, Substitution, acts_with, quiet, written
from program import SESSION_OPTIONS, new_key
from world import numbered

READS = 1  # each is planned once by each client of pgbench, and the program plans but once
SWEEP_SECONDS = 1
CROWD_SECONDS = 2  # so many connections take some of it


def find_log(scratch):
    logs = [path for path in scratch.rglob("*.log") if "postgres" in path.name]
    if len(logs) != 1:
        raise RuntimeError(f"where is PostgreSQL's log? {logs}")
    return logs[0]


def capture_of(harness):
    harness.stage.show(harness.program)
    return Capture(harness.database, find_log(harness.scratch))


def scripts_of_paths(harness, name, paths, token, word):
    """What GETs of these paths make the program execute when it has answered them before, as it has while it
    is measured; also how many acts a request takes."""
    def ask():
        for path in paths:
            harness.program.need("GET", path, token=token)

    capture = capture_of(harness)
    ask()
    seen = capture.statements_of(ask)
    acts = acts_with(seen, word)
    if not acts:
        raise RuntimeError(f"no statement with {word} was seen")
    scripts = [harness.script(f"{name}-{n}", "".join(written(s, quiet) for s in act))
               for n, act in enumerate(acts)]
    return scripts, len(acts) / len(paths)


class BookingScript:
    """A booking as a pgbench script, with other people and trips in each run."""

    def __init__(self, harness):
        self.harness = harness
        world, database = harness.world, harness.database
        person, key = world.people(1), new_key()
        self.person, self.key, self.trip = numbered("b", person), key, world.any_trip(person)
        seen = capture_of(harness).statements_of(lambda: harness.program.need(
            "POST", "/api/v1/bookings", {"trip_id": self.trip, "seats": 1},
            token=world.token(person), headers={"Idempotency-Key": key}))
        acts = [act for act in acts_with(seen, "insert into carpool.bookings")]
        if len(acts) != 1:
            raise RuntimeError(f"a booking was {len(acts)} transactions")
        self.statements = acts[0]
        self.known = set(database.run(
            "select id from payments.fee_schedule union select driver_id from carpool.trips"
            f" where id = '{self.trip}' union select id from vehicles.vehicles"
            f" union select id from carpool.trip_stops where trip_id = '{self.trip}'").split())

    def text(self, trip_sql):
        replace = Substitution(self.known, self.person, self.trip, self.key, trip_sql)
        return ("\\set i :i + 1\n\\set n :base + :i * :concurrent + :client_id\n"
                + "".join(written(statement, replace) for statement in self.statements))

    def run(self, trip_sql, clients, seconds=None, **variables):
        world = self.harness.world
        world.make_people(world.next_person + int(self.harness.expected * 3 * (seconds or 2)))
        path = self.harness.script("booking", self.text(trip_sql))
        rate = self.harness.pgbench([path], clients, seconds, options=SESSION_OPTIONS, i=-1,
                                    base=world.next_person, concurrent=clients, **variables)
        world.count_bookers()
        return rate

    def anywhere(self, clients, seconds=None):
        return self.run(":n::bigint % :trips::bigint", clients, seconds,
                        trips=self.harness.world.calm_trips())

    def crowded(self, clients):
        first = self.harness.world.crowded_trips(int(self.harness.expected * 3 * CROWD_SECONDS))
        return self.run(f"{first} + (:n::bigint - :base::bigint) / {clients}", clients, CROWD_SECONDS)


def compare(harness, name, ours, pgbench, per_request=1):
    """`pgbench` counts acts of which a request takes `per_request`."""
    rounds = harness.pairs(ours, pgbench)
    results = harness.results
    results.windows(f"{name}_vs_pgbench", "taama", [window for a, _ in rounds for window in a])
    results.figure(f"{name}_vs_pgbench.pgbench.per_second",
                   [rate / per_request for _, b in rounds for rate in b], "1/s")
    found = [method.divided(sum(window.per_second for window in a), sum(b) / per_request)
             for a, b in rounds]
    results.ratio(f"{name}_vs_pgbench", found)
    harness.say(f"{name} against pgbench: {results.data['ratios'].get(f'{name}_vs_pgbench')}")


def best_clients(harness, operation, run):
    """Of pgbench; those of the program are swept as well."""
    harness.sweep_connections(harness.program, [operation], SWEEP_SECONDS)
    return method.best(harness.options.sizes["pgbench_clients"], run)


def reads(harness):
    world = harness.world
    paths = [f"/api/v1/trips/{numbered('c', n * 7 % world.search_trips)}" for n in range(READS)]
    scripts, each = scripts_of_paths(harness, "read", paths, world.token(0), "carpool.trips")
    clients = best_clients(harness, "read", lambda n: harness.pgbench(scripts, n, SWEEP_SECONDS,
                                                                      options=SESSION_OPTIONS))
    compare(harness, "read", lambda: harness.measure(harness.program, "read"),
            lambda: harness.pgbench(scripts, clients, options=SESSION_OPTIONS), each)


def bookings(harness):
    script = BookingScript(harness)
    clients = best_clients(harness, "booking", lambda n: script.anywhere(n, SWEEP_SECONDS))
    compare(harness, "booking", lambda: harness.measure(harness.program, "booking"),
            lambda: script.anywhere(clients))
    crowd = harness.options.sizes["crowd"]
    compare(harness, "contended",
            lambda: harness.measure(harness.program, "contended", connections=crowd),
            lambda: script.crowded(crowd))


def run(harness):
    reads(harness)
    bookings(harness)
    harness.stage.show(harness.program)
    harness.program.command("check-ledger")
