"""How two things are compared: in pairs A B B A, so that what drifts during a run touches both alike."""

import dataclasses
import math
import statistics


def pairs(a, b, rounds):
    """Calls both in the order A B B A. Each round: the two results of `a`, the two of `b`."""
    done = []
    for _ in range(rounds):
        first = a()
        middle = [b(), b()]
        done.append(([first, a()], middle))
    return done


def ratios(rounds, of):
    """One ratio a round: what `of` takes from the results of A, by that of B."""
    return [divided(sum(map(of, a)), sum(map(of, b))) for a, b in rounds]


def divided(a, b):
    return a / b if b else math.nan


def spread(values):
    values = [value for value in values if not math.isnan(value)]
    if not values:
        return None
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def best(sizes, score, passes=1):
    """The size with the highest score, by its median where all are tried several times, there and back."""
    if len(sizes) == 1:
        return sizes[0]
    scores = {size: [] for size in sizes}
    for n in range(passes):
        for size in (sizes if n % 2 == 0 else reversed(sizes)):
            scores[size].append(score(size))
    return max(sizes, key=lambda size: statistics.median(scores[size]))


@dataclasses.dataclass
class Window:
    """One stretch of load on one server; costs are by request."""

    per_second: float
    p50_ms: float
    p99_ms: float
    p999_ms: float
    unanswered: int
    bad: int
    server_us: float
    postgres_us: float
    wal_bytes: float
    writes: float  # transactions that wrote something
    connections: int  # of the client, at the start


class Meter:
    """What a stretch of load cost the server and PostgreSQL, and what it wrote."""

    def __init__(self, database, pids, cpu_seconds):
        self.database = database
        self.pids = pids
        self.cpu_seconds = cpu_seconds

    def __enter__(self):
        self.written = self.database.written()
        self.server = self.cpu_seconds(self.pids)
        self.postgres = self.database.postgres.cpu_seconds()
        return self

    def __exit__(self, *_):
        self.server = self.cpu_seconds(self.pids) - self.server
        self.postgres = self.database.postgres.cpu_seconds() - self.postgres
        wal, transactions = self.database.written()
        self.wal_bytes, self.writes = wal - self.written[0], transactions - self.written[1]

    def window(self, load, connections):
        count = max(1, load["answered"])
        bad = sum(n for status, n in load["status"].items() if not status.startswith("2"))
        return Window(per_second=load["per_second"], p50_ms=load["p50"] / 1e3,
                      p99_ms=load["p99"] / 1e3, p999_ms=load["p999"] / 1e3,
                      unanswered=load["unanswered"], bad=bad + load["broken"],
                      server_us=self.server / count * 1e6, postgres_us=self.postgres / count * 1e6,
                      wal_bytes=self.wal_bytes / count, writes=self.writes / count,
                      connections=connections)
