"""The same four operations in other stacks, and nginx as the wall of HTTP alone."""

import contextlib
import math
import sys
import traceback

import method
from peers import PEERS
from peers.agree import World as RandomRequests
from peers.agree import check
from processes import pss_kib
from program import ISSUER
from tokens import SECRET, token_for
from world import OPERATIONS, OWN_TRIPS

WALL = "nginx"
SWEEP_SECONDS = 0.7
LATENCIES = 100


def installed(harness):
    names = []
    for name, peer in PEERS.items():
        reason = peer.missing()
        if reason:
            harness.results.skip(name, reason)
            harness.say(f"{name} is left out: {reason}")
        else:
            names.append(name)
    return names


@contextlib.contextmanager
def started(harness, name, pool_size):
    peer = PEERS[name]()
    harness.stage.show(harness.program)
    peer.start(harness.database.url, SECRET, harness.program.statement, pool_size)
    harness.stage.add(peer)
    try:
        yield peer
    finally:
        harness.stage.remove(peer)
        peer.stop()
        harness.stage.show(harness.program)


def check_agreement(harness, name, requests):
    """Answers are compared before anything is timed."""
    with started(harness, name, 4) as peer:
        harness.stage.show_all()
        with contextlib.redirect_stdout(sys.stderr):
            wrong = check(harness.database, harness.program.port, {name: peer.port}, requests,
                          harness.options.sizes["compared"])[name]
    harness.results.figure(f"agreement.{name}.differences", [wrong], "")
    if wrong:
        harness.results.note(f"{name} answered otherwise {wrong} times.")


def random_requests(harness):
    world = harness.world
    people = [{"access_token": world.token(n)} for n in range(40)]
    driver = {"access_token": token_for(world.driver["user"]["id"], ISSUER)}
    return RandomRequests(people, driver, world.sizes["roomy_trips"], world.search_trips, OWN_TRIPS)


def geometric_mean(windows):
    return math.prod(window.per_second for window in windows) ** (1 / len(windows))


def sweep_peer(harness, name):
    def score(size):
        with started(harness, name, size) as peer:
            return geometric_mean([harness.measure(peer, operation, seconds=SWEEP_SECONDS)
                                   for operation in OPERATIONS])

    return method.best(harness.options.sizes["peer_pools"], score)


def sweep_own(harness):
    def score(size):
        harness.restart(TAAMA_DATABASE_CONNECTIONS=str(size))
        return geometric_mean([harness.measure(harness.program, operation, seconds=SWEEP_SECONDS)
                               for operation in OPERATIONS])

    size = method.best(harness.options.sizes["own_pools"], score)
    harness.restart(TAAMA_DATABASE_CONNECTIONS=str(size))
    harness.results.figure("pool.taama.connections", [size], "each thread")
    harness.sweep_connections(harness.program, OPERATIONS, SWEEP_SECONDS)


def compare(harness, name):
    size = sweep_peer(harness, name)
    harness.results.figure(f"pool.{name}.connections", [size], "each worker")
    with started(harness, name, size) as peer:
        harness.sweep_connections(peer, OPERATIONS, SWEEP_SECONDS)

        def windows_of(server):
            return {operation: harness.measure(server, operation) for operation in OPERATIONS}

        rounds = harness.pairs(lambda: windows_of(harness.program), lambda: windows_of(peer))
        for operation in OPERATIONS:
            tell(harness, operation, name, rounds)
            latency(harness, operation, peer, rounds)
        harness.results.figure(f"memory.{name}", [pss_kib(peer.pids()) / 1024], "MiB")
    harness.results.figure("memory.taama", [pss_kib(harness.program.pids()) / 1024], "MiB")


def tell(harness, operation, name, rounds):
    results = harness.results
    ours = [windows[operation] for a, _ in rounds for windows in a]
    theirs = [windows[operation] for _, b in rounds for windows in b]
    results.windows(f"{operation}_vs_{name}", "taama", ours)
    results.windows(f"{operation}_vs_{name}", name, theirs)
    results.ratio(f"{operation}_vs_{name}",
                  method.ratios(rounds, lambda windows: windows[operation].per_second))
    results.ratio(f"cpu_per_{operation}_vs_{name}",
                  method.ratios(rounds, lambda windows: windows[operation].server_us))
    harness.say(f"{operation} against {name}: {results.data['ratios'].get(f'{operation}_vs_{name}')}")


def latency(harness, operation, peer, rounds):
    """Both at the same rate, half of what the slower one reached; longer where it is low, for a p99 of enough."""
    rate = min(method.spread([windows[operation].per_second for side in rounds for windows in side[which]]
                             )["median"] for which in (0, 1)) / 2
    rate = max(1, rate)
    least = harness.options.latency_seconds
    seconds = min(max(least, LATENCIES / rate), 2 * least)
    for server in (harness.program, peer):
        window = harness.measure(server, operation, rate=rate, seconds=seconds)
        harness.results.windows(f"{operation}_at_rate_vs_{peer.name}", server.name, [window])


def compare_with_wall(harness):
    with started(harness, WALL, 1) as wall:
        harness.sweep_connections(wall, ["read"], SWEEP_SECONDS)
        rounds = harness.pairs(lambda: harness.measure(harness.program, "read"),
                               lambda: harness.measure(wall, "read"))
    harness.results.windows("read_vs_nginx", "nginx", [window for _, b in rounds for window in b])
    harness.results.ratio("read_vs_nginx",
                          method.ratios(rounds, lambda window: window.per_second))


def run(harness):
    names = installed(harness)
    if harness.options.peers is not None:
        names = [name for name in names if name in harness.options.peers]
    sweep_own(harness)
    requests = random_requests(harness)
    failed = []
    for name in names:
        try:
            if name == WALL:
                compare_with_wall(harness)
            else:
                check_agreement(harness, name, requests)
                compare(harness, name)
        except Exception as error:  # the others are worth measuring all the same
            traceback.print_exc()
            harness.results.skip(name, str(error) or type(error).__name__)
            failed.append(name)
    if failed:
        raise RuntimeError(f"not to the end: {', '.join(failed)}")
