#!/usr/bin/env python3
"""Measures the program beside other stacks and beside its own SQL in pgbench, in one run. See README.md."""

import argparse
import json
import math
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True

import against_peers
import against_pgbench
import control
import estimate
import growth
import instructions
import machine
import pipelining
import report
import sockets
import starts
from harness import Harness
from program import Database, Program
from results import Results
from tokens import SECRET

PARTS = {"starts": starts, "control": control, "peers": against_peers, "pgbench": against_pgbench,
         "pipelining": pipelining, "sockets": sockets, "growth": growth,
         "instructions": instructions}
RESULTS = pathlib.Path(__file__).resolve().parent / "results"
LATEST = RESULTS / "latest.json"

FULL = {"seconds": 1.0, "warmup": 0.3, "rounds": 5, "transactions": None, "skip": (),
        "latency_seconds": 3, "trips": [10_000, 100_000, 1_000_000],
        "sizes": {"people": 200_000, "roomy_trips": 24_000, "sockets": 10_000, "watchers": 1000,
                  "frames": 8, "crowd": 100, "starts": 5, "compared": 1000, "peer_pools": (4, 8, 16),
                  "own_pools": (1, 2, 4), "crowding": (1, 4), "pgbench_clients": (8, 16, 32, 64)}}
QUICK = FULL | {"seconds": 0.25, "warmup": 0.1, "rounds": 2, "latency_seconds": 0.25,
                "trips": [1000, 100_000],
                "sizes": FULL["sizes"] | {"people": 60_000, "roomy_trips": 6000, "frames": 2, "starts": 3,
                                          "compared": 50, "peer_pools": (8,), "own_pools": (2,),
                                          "crowding": (1,), "pgbench_clients": (16,)}}
# Whether the harness itself works: no figure means anything.
SMOKE = QUICK | {"seconds": 0.2, "warmup": 0.1, "rounds": 1, "trips": [200, 400],
                 "transactions": 1, "skip": ("peers", "instructions"),
                 "sizes": QUICK["sizes"] | {"people": 4000, "roomy_trips": 1200, "sockets": 40,
                                            "watchers": 20, "frames": 1, "crowd": 8, "starts": 1}}


def parse_options(words=None):
    parser = argparse.ArgumentParser(prog="./bench", description=__doc__)
    build = machine.ROOT / "build" / "release"
    parser.add_argument("--quick", action="store_true", help="within five minutes")
    parser.add_argument("--smoke", action="store_true",
                        help="seconds only: does the harness work? Writes no results")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART",
                        help=f"of: {', '.join(PARTS)}")
    parser.add_argument("--peers", nargs="+", metavar="NAME", help="these stacks only")
    parser.add_argument("--seconds", type=float, help="of each stretch of load")
    parser.add_argument("--trips", type=int, nargs="+", help="to search among, growing")
    parser.add_argument("--keep", action="store_true", help="leave the data directory behind")
    parser.add_argument("--accept", action="store_true",
                        help="take the instruction counts as the new baseline")
    parser.add_argument("--publish", action="store_true",
                        help="write docs/performance.md from the latest results, measure nothing")
    parser.add_argument("--program", type=pathlib.Path, default=build / "src" / "taama")
    parser.add_argument("--clients", type=pathlib.Path, default=build / "benchmarks",
                        help="where bench_load and the like are")
    options = parser.parse_args(words)
    chosen = SMOKE if options.smoke else QUICK if options.quick else FULL
    for name, value in chosen.items():
        if getattr(options, name, None) is None:
            setattr(options, name, value)
    return options


def summary_of(options):
    return {"mode": "smoke" if options.smoke else "quick" if options.quick else "full",
            "seconds": options.seconds, "warmup": options.warmup, "rounds": options.rounds,
            "latency_seconds": options.latency_seconds, "trips": options.trips,
            "sizes": options.sizes}


def measure(harness, names):
    """True when every part came to its end; one that fails does not take the others with it."""
    good = True
    for name in names:
        began = time.monotonic()
        harness.connections.clear()
        try:
            PARTS[name].run(harness)
        except Exception as error:
            traceback.print_exc()
            harness.results.skip(name, str(error) or type(error).__name__)
            good = False
        took = time.monotonic() - began
        harness.results.figure(f"run.{name}", [took], "s")
        harness.say(f"— {name}: {took:.0f} s")
    return good


def chosen_parts(options):
    return [name for name in PARTS
            if (name in options.only if options.only else name not in options.skip)]


def run(options, results):
    names = chosen_parts(options)
    data = pathlib.Path(tempfile.mkdtemp(prefix="taama-bench-"))
    data.chmod(0o755)
    program = Program(str(options.program), data)
    program.environment["JWT_SECRET"] = SECRET
    try:
        program.start()  # makes the cluster and the schema
        harness = Harness(options, program, results, data)
        harness.say(f"about {math.ceil(estimate.seconds(options, names) / 60)} min")
        harness.say("people and trips are being made")
        harness.prepare(Database(program.command("database", "url").strip()))
        return measure(harness, names)
    finally:
        catch_signals(signal.SIG_IGN)
        if "harness" in locals() and hasattr(harness, "stage"):
            harness.stage.show_all()
        program.stop()
        if options.keep:
            print(f"data directory: {data}", file=sys.stderr)
        else:
            subprocess.run([str(options.program), "database", "remove"], env=program.environment,
                           capture_output=True, check=False)
            shutil.rmtree(data, ignore_errors=True)


def end(number, _):
    """Once: a second ^C while everything is being stopped must not leave anything behind."""
    catch_signals(signal.SIG_IGN)
    sys.exit(128 + number)


def catch_signals(handler):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def main():
    options = parse_options()
    if options.publish:
        report.publish(json.loads(LATEST.read_text()))
        return 0
    catch_signals(end)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    results = Results(machine.describe(), summary_of(options))
    good = run(options, results)
    print(report.table(results.data))
    if results.data["notes"]:
        print(f"\n{report.notes(results.data)}")
    if not options.smoke:
        path = RESULTS / f"{'-'.join(options.only)}.json" if options.only else LATEST
        results.write(path)
        print(f"\n{path}", file=sys.stderr)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
