#!/usr/bin/env python3
"""Measures the program beside its own SQL in pgbench, in one run on one machine. See README.md."""

import argparse
import datetime
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from capture import (Capture, Substitution, quiet, single_statements, transaction_with,
                     written)
from fixtures import TOWNS, add_people, add_roomy_trips, add_search_trips
from program import Database, Program, new_key

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent

SETTINGS = {"otp.sends_per_ip_hour": 1000, "carpool.require_kyc_for_driver": False,
            "carpool.unpaid_max": 1_000_000}
RATES = ("anonymous", "user", "login", "auth", "otp_send", "search", "booking")
PASSENGERS = 240
ROOMY_TRIPS = 1800
PGBENCH_PEOPLE = 200_000


class Bench:
    def __init__(self, options, data):
        self.options = options
        self.program = Program(options.program, data)
        self.scratch = pathlib.Path(data)
        self.results = {}
        self.random = random.Random(20261002)

    # --- preparing ---------------------------------------------------------------------------------

    def prepare(self):
        self.program.start()  # makes the cluster and the schema
        self.database = Database(self.program.command("database", "url").strip())
        for key, value in (SETTINGS | {f"ratelimit.{name}": 1_000_000 for name in RATES}).items():
            self.database.run("insert into settings.values (key, value, version, updated_at)"
                              f" values ('{key}', '{json.dumps(value)}', 1, now())")
        self.program.stop()
        self.start_times = [self.program.start() for _ in range(1)]
        for _ in range(4):
            self.program.stop()
            self.start_times.append(self.program.start())

        driver = self.program.sign_up(0)
        token = driver["access_token"]
        self.program.need("POST", "/api/v1/vehicles", {
            "make": "Toyota", "model": "Coaster", "color": "Blanc", "plate_number": "1234 AB 01",
            "seats_total": 61, "kind": "bus"}, token=token)
        departure = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
        self.trip = self.program.need("POST", "/api/v1/trips", {
            "origin": {"lat": 5.3575, "lon": -4.0083, "text": "Abidjan, Plateau"},
            "destination": {"lat": 6.8190, "lon": -5.2760, "text": "Yamoussoukro"},
            "departure_time": departure.strftime("%Y-%m-%dT00:10:00Z"), "price_per_seat": 6000,
            "seats_available": 60, "allow_auto_accept": True}, token=token)
        self.driver_id = driver["user"]["id"]
        self.passengers = [self.program.sign_up(1 + n) for n in range(PASSENGERS)]
        add_people(self.database, self.passengers[0]["user"]["id"], PGBENCH_PEOPLE)
        add_roomy_trips(self.database, self.trip["id"], ROOMY_TRIPS)
        self.database.run("vacuum analyze")
        self.capture = Capture(self.database, self.options.log or self.find_log())

    def find_log(self):
        logs = [path for path in self.scratch.rglob("*.log") if "postgres" in path.name]
        if len(logs) != 1:
            raise SystemExit(f"where is PostgreSQL's log? {logs}")
        return logs[0]

    # --- measuring ---------------------------------------------------------------------------------

    def load(self, requests, **options):
        path = self.scratch / "requests"
        with open(path, "wb") as file:
            for request in requests:
                file.write(b"%d\n%s\n" % (len(request), request))
        words = [self.options.load, "--port", str(self.program.port), "--requests", str(path)]
        for name, value in ({"connections": 32, "seconds": self.options.seconds} | options).items():
            words += [f"--{name}"] if value is True else [f"--{name}", str(value)]
        result = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
        bad = {status: count for status, count in result["status"].items() if not status.startswith("2")}
        if bad or result["broken"]:
            print(f"  not all good: {result}", file=sys.stderr)
        return result

    def script(self, name, text):
        path = self.scratch / f"{name}.sql"
        path.write_text(text)
        return path

    def compare(self, name, http, pgbench_rate, goal=None):
        ratio = http["per_second"] / pgbench_rate
        self.results[name] = {"http": http, "pgbench_per_second": pgbench_rate, "ratio": ratio,
                              "goal": goal}
        mark = "" if goal is None else f"  (goal {goal})"
        print(f"{name:34} {http['per_second']:10.0f}/s  p99 {http['p99'] / 1000:7.2f} ms   "
              f"pgbench {pgbench_rate:9.0f}/s   ratio {ratio:5.2f}{mark}", flush=True)

    def tell(self, name, value, unit, goal):
        self.results[name] = {"value": value, "goal": goal}
        print(f"{name:34} {value:10.1f} {unit}  (goal {goal})", flush=True)

    def cold_start(self):
        times = sorted(self.start_times)
        self.tell("cold start to the first 200", times[len(times) // 2] * 1000, "ms", 300)
        self.program.stop()
        self.program.start()
        self.program.ask("GET", "/health/live")
        self.tell("resident idle", self.program.resident_mib(), "MiB", 64)

    def reads(self):
        """GET /bookings/{id}: the token is verified, the booking belongs to who asks."""
        made = []
        for person in self.passengers[:32]:
            newest = self.program.need("GET", "/api/v1/bookings?page_size=1",
                                       token=person["access_token"])
            made.append((newest[0]["id"], person["access_token"]))
        paths = [(f"/api/v1/bookings/{booking}", token) for booking, token in made]
        seen = self.capture.statements_of(
            lambda: [self.program.ask("GET", path, token=token) for path, token in paths])
        statements = [s for s in single_statements(seen, ["carpool.bookings"])
                      if any(booking in str(s[1]) for booking, _ in made)]
        scripts = [self.script(f"read-{n}", written(s, quiet)) for n, s in enumerate(statements)]
        http = self.load([self.program.wire("GET", path, token) for path, token in paths], warmup=1)
        rate, _ = self.database.pgbench(scripts, 16, self.options.seconds)
        self.compare("read a booking by id", http, rate, 0.5)

    def searches(self, trips):
        if trips:
            add_search_trips(self.database, self.trip["id"], trips)
        day = datetime.date.today()
        paths = []
        for _ in range(400):
            (lat_a, lon_a), (lat_b, lon_b) = self.random.sample(TOWNS, 2)
            date = day + datetime.timedelta(days=3 + self.random.randrange(50))
            paths.append(f"/api/v1/trips/search?from={lat_a},{lon_a}&to={lat_b},{lon_b}&date={date}")
        wire = [self.program.wire("GET", path) for path in paths]
        self.load(wire, seconds=2)  # fills PostgreSQL's memory
        seen = self.capture.statements_of(lambda: [self.program.ask("GET", p) for p in paths[:40]])
        groups = single_statements(seen, ["carpool.trip_stops"])
        scripts = [self.script(f"search-{n}", written(s, quiet)) for n, s in enumerate(groups)]
        http = self.load(wire, connections=16, warmup=1)
        rate, _ = self.database.pgbench(scripts, 8, self.options.seconds)
        # A search may need several statements; pgbench counts each of them.
        self.compare(f"search among {trips:,} trips", http, rate * 40 / max(1, len(groups)))
        half = self.load(wire, connections=64, rate=http["per_second"] / 2, warmup=1)
        self.tell(f"search p99 at half load, {trips:,}", half["p99"] / 1000, "ms", 50)

    def bookings(self):
        """POST /bookings with a key, accepted at once; each passenger books trips of different days."""
        def trip(n):
            return f"a0000000-0000-4000-8000-{n:012d}"

        def order(person, n):
            return self.program.wire("POST", "/api/v1/bookings", person["access_token"],
                                     {"trip_id": trip(n), "seats": 1}, new_key())

        person, key, first = self.passengers[0], new_key(), ROOMY_TRIPS - 1
        seen = self.capture.statements_of(lambda: self.program.need(
            "POST", "/api/v1/bookings", {"trip_id": trip(first), "seats": 1},
            token=person["access_token"], headers={"Idempotency-Key": key}))
        statements = transaction_with(seen, "carpool.bookings")
        known = set(self.database.run(
            "select id from payments.fee_schedule union select id from identity.accounts"
            " where id::text like 'd%' union select id from vehicles.vehicles"
            f" union select id from carpool.trip_stops where trip_id = '{trip(first)}'").split())
        replace = Substitution(known, person["user"]["id"], trip(first), key)
        text = ("\\set i :i + 1\n\\set n :client_id * 12000 + :i\n"
                + "".join(written(statement, replace) for statement in statements))
        # Passengers take turns so that no two requests in flight are one person's.
        days = 60
        wire = [order(self.passengers[p], (p * days + day) % ROOMY_TRIPS)
                for day in range(days) for p in range(PASSENGERS)]
        http = self.load(wire, once=True)
        rate, _ = self.database.pgbench([self.script("booking", text)], 16, self.options.seconds,
                                        i=0, people=PGBENCH_PEOPLE, trips=ROOMY_TRIPS)
        self.compare("booking writes", http, rate, 0.7)
        self.program.command("check-ledger")

    def run(self):
        self.prepare()
        self.cold_start()
        self.bookings()
        self.reads()
        for trips in self.options.trips:
            self.searches(trips)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    build = ROOT / "build" / "release"
    parser.add_argument("--program", default=str(build / "src" / "taama"))
    parser.add_argument("--load", default=str(build / "benchmarks" / "bench_load"))
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--trips", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--log", help="PostgreSQL's log, when it is not below the data directory")
    parser.add_argument("--keep", action="store_true", help="leave the data directory behind")
    options = parser.parse_args()
    data = tempfile.mkdtemp(prefix="taama-bench-")
    pathlib.Path(data).chmod(0o755)
    bench = Bench(options, data)
    try:
        bench.run()
    finally:
        bench.program.stop()
        if options.keep:
            print(f"data directory: {data}")
        else:
            bench.program.command("database", "remove")
            shutil.rmtree(data, ignore_errors=True)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    name = datetime.datetime.now().strftime("%Y%m%d-%H%M%S.json")
    (results / name).write_text(json.dumps(bench.results, indent=1))
    missed = [n for n, r in bench.results.items() if r.get("goal") is not None and (
        r["ratio"] < r["goal"] if "ratio" in r else r["value"] > r["goal"])]
    print(f"\n{results / name}\n" + ("all goals reached" if not missed else "missed: " + ", ".join(missed)))


if __name__ == "__main__":
    main()
