"""How long a run takes, from what it does: told at the start, and kept below what is promised by harness_test.py.
The constants were seen on two cores."""

import math

from against_peers import SWEEP_SECONDS
from against_pgbench import CROWD_SECONDS
from harness import SWEEP_PASSES
from world import OPERATIONS

STRETCH = 0.1          # around each stretch of load: stopping and waking, reading /proc, writing requests
DELIVERY = 0.2         # for each second of bookings, until the program has delivered their events
REST = 1.5             # vacuum, statistics, checkpoint
START = 2.5            # of a peer, with its end
CAPTURE = 2.0          # of the SQL of a request
SWITCH = 0.3           # of the search's engine, there and back
PEOPLE = 25e-6         # each of them
TRIP = 180e-6          # each of those to search among, with its booking and indexes
LOADED = 40e-6         # each of them, until the index is loaded
CALL = 0.004           # one request compared
PEERS = 4


def stretch(options, operation, seconds=None, ours=True):
    length = (options.seconds if seconds is None else seconds) + options.warmup
    return length * (1 + DELIVERY * (ours and operation in ("booking", "contended"))) + STRETCH


def all_operations(options, seconds=None, ours=True):
    return sum(stretch(options, operation, seconds, ours) for operation in OPERATIONS)


def pairs(options, a, b):
    """Of as many stretches as `a` and `b` take; before them each is seen for a moment."""
    return REST + (a + b) * (2 * options.rounds + 0.5)


def sweep(sizes, each):
    return len(sizes) * each if len(sizes) > 1 else 0


def preparation(options):
    return 10 + PEOPLE * options.sizes["people"] + TRIP * options.trips[0]


def starts(options):
    return 0.5 * options.sizes["starts"]


def control(options):
    return pairs(options, *[stretch(options, "read")] * 2)


def peers(options):
    sizes = options.sizes
    ours, theirs = all_operations(options), all_operations(options, ours=False)
    each = (2 * START + sizes["compared"] * len(OPERATIONS) * 2 * CALL
            + sweep(sizes["peer_pools"], START + all_operations(options, SWEEP_SECONDS, ours=False))
            + sweep(sizes["crowding"],
                    SWEEP_PASSES * all_operations(options, SWEEP_SECONDS, ours=False))
            + pairs(options, ours, theirs)
            + all_operations(options, options.latency_seconds)
            + all_operations(options, options.latency_seconds, ours=False))
    wall = START + pairs(options, *[stretch(options, "read")] * 2)
    return (sweep(sizes["own_pools"], 2 + all_operations(options, SWEEP_SECONDS))
            + sweep(sizes["crowding"], SWEEP_PASSES * all_operations(options, SWEEP_SECONDS))
            + PEERS * each + wall)


def pgbench(options):
    once = math.ceil(options.seconds) + STRETCH
    tried = (sweep(options.sizes["pgbench_clients"], 1 + STRETCH)
             + sweep(options.sizes["crowding"], SWEEP_PASSES * stretch(options, "booking", 1)))
    return (2 * CAPTURE + 2 * tried + pairs(options, stretch(options, "read"), once)
            + pairs(options, stretch(options, "booking"), once)
            + pairs(options, stretch(options, "contended"), CROWD_SECONDS + STRETCH))


def pipelining(options):
    return 3 + pairs(options, *[stretch(options, "read")] * 2)


def sockets(options):
    return 2 + options.sizes["sockets"] / 4000 + 2.3 * options.sizes["frames"]


def growth(options):
    search = stretch(options, "search")
    level = (REST + (1 + options.rounds) * (stretch(options, "read") + stretch(options, "booking"))
             + pairs(options, search, search + SWITCH)
             + CAPTURE + pairs(options, search, math.ceil(options.seconds) + STRETCH)
             + 2 * options.rounds * search)
    return len(options.trips) * level + (TRIP + LOADED) * options.trips[-1]


def instructions(_):
    return 2


PARTS = {part.__name__: part for part in (starts, control, peers, pgbench, pipelining, sockets, growth,
                                          instructions)}


def seconds(options, names):
    return preparation(options) + sum(PARTS[name](options) for name in names)
