"""What every part of the benchmark uses: the servers, the load, and where results go."""

import json
import pathlib
import subprocess
import sys

import engine
from method import Meter, best, pairs
from processes import cpu_seconds
from stage import Stage
from world import World

CONNECTIONS = 16
CONNECTIONS_OF = {"page": 8}  # long answers: more would only wait for each other
SEEN_SECONDS = 0.3
SWEEP_PASSES = 3              # of the number of connections, which differ less than two moments do
LONGER = 8                    # times, where nothing was answered
CONNECTIONS_MAX = 256         # of an open loop, which takes as many as it needs


class NothingAnswered(RuntimeError):
    """A stretch of load was too short for so slow a server."""


class Harness:
    """`options` are those of the command line; `scratch` is a directory that goes away afterwards."""

    def __init__(self, options, program, results, scratch):
        self.options = options
        self.program = program
        self.results = results
        self.scratch = pathlib.Path(scratch)
        self.world = World(program, options.sizes)
        self.seconds = options.seconds  # of a stretch of load
        self.expected = 400  # bookings a second, until it is known better
        self.search_engine = "sql"  # what searches of the program have to go by
        self.connections = {}  # of a closed loop, by server and operation, where they were swept

    def prepare(self, database):
        self.database = database
        self.stage = Stage(database)
        self.world.prepare(database)
        self.stage.add(self.program, is_ours=True)
        self.measure(self.program, "booking", seconds=1)  # no table stays empty, see README.md
        self.grow(self.options.trips[0])
        self.search_engine = engine.best(self)

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    def restart(self, **environment):
        """The program again, with other settings in its environment."""
        self.stage.remove(self.program)
        self.program.stop()
        self.program.environment.update(environment)
        self.program.start()
        self.stage.add(self.program, is_ours=True)
        engine.wait_for(self, self.search_engine)

    def grow(self, trips):
        """The program starts again: its index knows nothing of trips that did not go through it."""
        self.stage.show(self.program)
        self.world.grow(trips)
        self.restart()

    def settle(self):
        self.stage.show(self.program)
        self.stage.show(None)  # when it has delivered what it has to
        self.database.settle()

    def pairs(self, a, b):
        """method.pairs on a database at rest, when both have been seen for a moment."""
        self.settle()
        self.seconds = min(SEEN_SECONDS, self.options.seconds)
        a()
        b()
        self.seconds = self.options.seconds
        return pairs(a, b, self.options.rounds)

    # --- load ----------------------------------------------------------------------------------------

    def sweep_connections(self, server, operations, seconds):
        """From now on `server` is asked by as many connections as it answers fastest, for each operation."""
        for operation in operations:
            usual = CONNECTIONS_OF.get(operation, CONNECTIONS)
            self.connections[server.name, operation] = best(
                [usual * times for times in self.options.sizes["crowding"]],
                lambda connections: self.measure(server, operation, seconds=seconds,
                                                 connections=connections).per_second,
                SWEEP_PASSES)

    def load(self, server, requests, **options):
        """What bench_load tells of `requests` on `server`, see load.cpp."""
        path = self.write_requests(requests)
        words = [self.options.clients / "bench_load", "--port", server.port, "--requests", path]
        defaults = {"connections": CONNECTIONS, "seconds": self.seconds,
                    "warmup": self.options.warmup}
        for name, value in (defaults | options).items():
            words += [f"--{name}"] if value is True else [f"--{name}", value]
        done = subprocess.run(list(map(str, words)), capture_output=True, text=True)
        if done.returncode != 0:
            failure = NothingAnswered if "nothing was answered" in done.stderr else RuntimeError
            raise failure(f"{server.name}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def write_requests(self, requests):
        path = self.scratch / "requests"
        with open(path, "wb") as file:
            for request in requests:
                file.write(b"%d\n%s\n" % (len(request), request))
        return path

    def measure(self, server, operation, seconds=None, **options):
        """One Window of one operation; with `rate` requests are due at fixed times (open loop)."""
        seconds = seconds or self.seconds
        try:
            return self.measure_once(server, operation, seconds=seconds, **options)
        except NothingAnswered as failure:
            self.say(f"  {failure}; again, for longer")
            return self.measure_once(server, operation, seconds=LONGER * seconds, **options)

    def measure_once(self, server, operation, rate=None, **options):
        self.stage.show(server)
        if server is self.program and operation.startswith("search"):
            engine.wait_for(self, self.search_engine)
        usual = CONNECTIONS_OF.get(operation, CONNECTIONS)
        if not rate:
            usual = self.connections.get((server.name, operation), usual)
        options.setdefault("connections", usual)
        spends = operation in ("booking", "contended")
        seconds = options["seconds"] + self.options.warmup
        count = int(seconds * (rate or self.expected * 2)) + 200
        requests = self.world.requests(operation, count)
        if rate:
            options |= {"rate": rate, "connections-max": CONNECTIONS_MAX}
        if spends:
            options["once"] = True
        with Meter(self.database, server.pids(), cpu_seconds) as meter:
            result = self.load(server, requests, **options)
        if spends:
            self.world.give_back(max(0, count - result["answered"] - 300))
            self.expected = max(self.expected, result["per_second"])
        window = meter.window(result, options["connections"])
        if window.bad:
            self.say(f"  {server.name} {operation}: not all good: {result['status']},"
                     f" {result['broken']} broken")
        return window

    def pgbench(self, scripts, clients, seconds=None, **variables):
        """Transactions a second of SQL that the program executed."""
        self.stage.show(None)
        return self.database.pgbench(scripts, clients, seconds or self.seconds,
                                     self.options.transactions, **variables)

    def script(self, name, text):
        path = self.scratch / f"{name}.sql"
        path.write_text(text)
        return path
