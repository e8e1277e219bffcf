"""What a request costs as the data grows, and searches among them: against the same plain query in pgbench, and
against the program without its index where it has one."""

import engine
import method
from against_pgbench import compare, scripts_of_paths
from processes import pss_kib
from world import SEARCHES_OF_PGBENCH

PGBENCH_CLIENTS = 4


def run(harness):
    levels = harness.options.trips
    rates = {}
    for level in levels:
        if level > harness.world.search_trips:
            harness.say(f"{level:,} trips are being made")
            harness.grow(level)
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
    results, name = harness.results, f"search_among_{level}"
    if harness.search_engine == "index":
        against_plain_sql(harness, level)
    scripts, each = plain_scripts(harness)
    compare(harness, name, lambda: harness.measure(harness.program, "search_like_pgbench"),
            lambda: harness.pgbench(scripts, PGBENCH_CLIENTS), each)
    full = [harness.measure(harness.program, "search") for _ in range(harness.options.rounds)]
    rate = method.spread([window.per_second for window in full])["median"] / 2
    half = [harness.measure(harness.program, "search", rate=max(1, rate)) for _ in full]
    results.windows(name, "taama", full)
    results.windows(f"{name}_at_half_load", "taama", half)
    results.ratio(f"search_p99_ms_among_{level}", [window.p99_ms for window in half])
    results.figure(f"memory_among_{level}.taama", [pss_kib(harness.program.pids()) / 1024], "MiB")


def plain_scripts(harness):
    """The search by SQL alone, for pgbench."""
    paths = harness.world.search_paths()[:SEARCHES_OF_PGBENCH]
    with engine.plain_sql(harness):
        return scripts_of_paths(harness, "search", paths, None, "carpool.trip_stops")


def against_plain_sql(harness, level):
    """The same server with its index and without, in pairs."""
    def plain():
        with engine.plain_sql(harness):
            return harness.measure(harness.program, "search")

    rounds = harness.pairs(lambda: harness.measure(harness.program, "search"), plain)
    results = harness.results
    found = method.ratios(rounds, lambda window: window.per_second)
    # Without a number: among the most trips, which come last.
    for name in (f"search_vs_postgis_among_{level}", "search_vs_postgis"):
        for stack, side in (("taama", 0), ("sql", 1)):
            results.windows(name, stack, [window for sides in rounds for window in sides[side]])
    results.ratio("search_vs_postgis", found)
