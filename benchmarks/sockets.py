"""What an open WebSocket holds when nothing happens, and how long one driver's position takes to a thousand."""

import base64
import json
import os
import select
import subprocess
import time

from processes import cpu_seconds, kernel_socket_kib, pss_kib
from world import LIVE_TRIP

PATIENCE_SECONDS = 120
FRAME_SECONDS = 2.2  # the least between two positions that both reach the watchers
WARMED_BY = 200
QUIET_SECONDS = 0.5  # in which nothing worth a twentieth of a core is done
NOISY_SECONDS = 20


class Crowd:
    """bench_sockets with the people `first` to `first + count` on the live trip; closed in the end."""

    def __init__(self, harness, first, count, *options):
        self.harness = harness
        requests = [upgrade(harness.world.token(person)) for person in range(first, first + count)]
        path = harness.write_requests(requests)
        self.command = [str(word) for word in (
            harness.options.clients / "bench_sockets", "--port", harness.program.port, "--requests",
            path, *options)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def told(self):
        """The next line, as it is said."""
        if not select.select([self.process.stdout], [], [], PATIENCE_SECONDS)[0]:
            raise RuntimeError("the sockets say nothing")
        return json.loads(self.process.stdout.readline())

    def opened(self):
        found = self.told()
        if found["refused"] or found["lost"]:
            raise RuntimeError(f"not all sockets are open: {found}")

    def send_positions(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.told()


def upgrade(token):
    key = base64.b64encode(os.urandom(16)).decode()
    return (f"GET /ws/trips/{LIVE_TRIP}/driver-location HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\nAuthorization: Bearer {token}\r\n\r\n").encode()


def wait_until_quiet(harness):
    """The server still asks PostgreSQL for each watcher when his socket is open: who waits is not idle."""
    def spent():
        return cpu_seconds(harness.program.pids()) + harness.database.postgres.cpu_seconds()

    deadline = time.monotonic() + NOISY_SECONDS
    while True:
        before = spent()
        time.sleep(QUIET_SECONDS)
        if spent() - before < QUIET_SECONDS / 20:
            return
        if time.monotonic() > deadline:
            return harness.say("  the server does not come to rest")


def idle(harness):
    harness.settle()
    harness.restart()  # memory that earlier load left free would hide what sockets take
    harness.stage.show(harness.program)
    count = harness.options.sizes["sockets"]
    with Crowd(harness, 1, min(count, WARMED_BY)) as crowd:
        crowd.opened()
        wait_until_quiet(harness)
    pids = harness.program.pids()
    own, kernel = pss_kib(pids), kernel_socket_kib()
    with Crowd(harness, 1, count) as crowd:
        crowd.opened()
        wait_until_quiet(harness)
        own = (pss_kib(pids) - own) / count
        # Both ends are on this machine; one of them is ours.
        kernel = (kernel_socket_kib() - kernel) / count / 2
    results = harness.results
    results.figure("websocket.taama.own", [own], "KiB")
    results.figure("websocket.taama.kernel", [kernel], "KiB")
    results.ratio("websocket_kib", [own + kernel])
    results.ratio("websocket_own_kib", [own])
    harness.say(f"an idle WebSocket: {own:.1f} KiB here, {kernel:.1f} KiB in the kernel")


def fan_out(harness):
    watchers, frames = harness.options.sizes["watchers"], harness.options.sizes["frames"]
    pids = harness.program.pids()
    with Crowd(harness, 0, 1 + watchers, "--frames", frames, "--interval", FRAME_SECONDS) as crowd:
        crowd.opened()
        spent = cpu_seconds(pids)
        told = crowd.send_positions()
        spent = cpu_seconds(pids) - spent
    results = harness.results
    for quantity in ("p50", "p99", "max"):
        results.figure(f"fan_out.taama.{quantity}", [told[quantity] / 1e3], "ms")
    results.figure("fan_out.taama.cpu_each", [spent / max(1, told["delivered"]) * 1e6], "µs")
    results.figure("fan_out.taama.missed", [told["missed"]], "")
    harness.say(f"a position to {watchers} watchers: p50 {told['p50'] / 1e3:.1f} ms,"
                f" p99 {told['p99'] / 1e3:.1f} ms")


def run(harness):
    idle(harness)
    fan_out(harness)
