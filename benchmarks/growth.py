"""What a request costs as the data grows, and searches among them: against the same plain query in pgbench, and
against the program without its index where it has one."""

import contextlib
import json
import time

import method
from against_pgbench import compare, scripts_of_paths
from world import SEARCHES_OF_PGBENCH

PGBENCH_CLIENTS = 4
SETTING = "carpool.search_engine"
SWITCH_SECONDS = 10


def run(harness):
    levels = harness.options.trips
    rates = {}
    for level in levels:
        if level > harness.world.search_trips:
            harness.stage.show(harness.program)
            harness.say(f"{level:,} trips are being made")
            harness.world.grow(level)
        rates[level] = measure(harness, level)
        search(harness, level)
    for level in levels[1:]:
        factor = level // levels[0]
        for operation in ("read", "booking"):
            # How many times slower, against the smallest.
            first, grown = (sorted(rates[n][operation]) for n in (levels[0], level))
            middle = first[len(first) // 2]
            harness.results.ratio(f"growth_x{factor}_{operation}",
                                  [method.divided(middle, rate) for rate in grown])


def measure(harness, level):
    found = {"read": [], "booking": []}
    harness.settle()
    for operation in found:
        harness.measure(harness.program, operation)
    for _ in range(harness.options.rounds):
        for operation, rates in found.items():
            window = harness.measure(harness.program, operation)
            rates.append(window.per_second)
    for operation, rates in found.items():
        harness.results.figure(f"{operation}_among_{level}.taama.per_second", rates, "1/s")
    return found


def search(harness, level):
    harness.measure(harness.program, "search", seconds=1)  # fills PostgreSQL's memory
    engine = engine_of(harness)
    if engine == "index":
        against_plain_sql(harness, level)
    scripts, each = plain_scripts(harness)
    name = f"search_among_{level}"
    compare(harness, name, lambda: harness.measure(harness.program, "search_like_pgbench"),
            lambda: harness.pgbench(scripts, PGBENCH_CLIENTS), each)
    full = harness.measure(harness.program, "search")
    half = harness.measure(harness.program, "search", rate=max(1, full.per_second / 2))
    harness.results.windows(name, "taama", [full])
    harness.results.windows(f"{name}_at_half_load", "taama", [half])
    if engine != "index":
        ranges = harness.results.data["ratio_ranges"][f"{name}_vs_pgbench"]
        harness.results.ratio("search_vs_postgis", list(ranges.values()))
        text = ("The program has no index of its own for searches: search_vs_postgis is the program over"
                " HTTP against the same PostGIS query in pgbench, among the most trips.")
        if text not in harness.results.data["notes"]:
            harness.results.note(text)


def plain_scripts(harness):
    paths = harness.world.search_paths()[:SEARCHES_OF_PGBENCH]
    with plain_search(harness):
        return scripts_of_paths(harness, "search", paths, None, "carpool.trip_stops")


def against_plain_sql(harness, level):
    """The same server with its index and without, in pairs."""
    def plain():
        with plain_search(harness):
            return harness.measure(harness.program, "search")

    rounds = harness.pairs(lambda: harness.measure(harness.program, "search"), plain)
    results = harness.results
    for name, side in (("index", 0), ("sql", 1)):
        results.windows(f"search_vs_postgis_among_{level}", name,
                        [window for sides in rounds for window in sides[side]])
    results.ratio("search_vs_postgis", method.ratios(rounds, lambda window: window.per_second))


def engine_of(harness):
    harness.stage.show(harness.program)
    path = harness.world.search_paths()[0]
    return json.loads(harness.program.ask("GET", path).text)["meta"]["search"]["engine"]


@contextlib.contextmanager
def plain_search(harness):
    """Searches by SQL alone meanwhile; nothing to do where there is no other way."""
    if engine_of(harness) == "sql":
        yield
        return
    harness.database.run("insert into settings.values (key, value, version, updated_at)"
                         f" values ('{SETTING}', '\"sql\"', 1, now()); notify settings_changed")
    wait_for_engine(harness, "sql")
    try:
        yield
    finally:
        harness.database.run(f"delete from settings.values where key = '{SETTING}';"
                             " notify settings_changed")
        wait_for_engine(harness, "index")


def wait_for_engine(harness, engine):
    deadline = time.monotonic() + SWITCH_SECONDS
    while engine_of(harness) != engine:
        if time.monotonic() > deadline:
            raise RuntimeError(f"searches do not go by {engine}")
        time.sleep(0.05)
