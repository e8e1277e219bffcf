"""What the harness must not get wrong, without the program:  python3 harness_test.py PATH_OF_BENCH_LOAD"""

import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True

import estimate
import report
import run
from results import Results

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
REQUEST = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
BENCH_LOAD = None


class ThreadedServer:
    """Like gunicorn's threads: one of a few is kept by a new connection until its first request."""

    def __init__(self, threads):
        self.free = threading.Semaphore(threads)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            self.free.acquire()
            try:
                client = self.listener.accept()[0]
            except OSError:
                return  # closed
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        is_new = True
        with client:
            while client.recv(4096):
                client.sendall(ANSWER)
                if is_new:
                    is_new = False
                    self.free.release()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


def load(port, *options):
    with tempfile.TemporaryDirectory() as directory:
        requests = pathlib.Path(directory) / "requests"
        requests.write_bytes(b"%d\n%s\n" % (len(REQUEST), REQUEST))
        return subprocess.run([BENCH_LOAD, "--port", str(port), "--requests", str(requests),
                               "--seconds", "0.3", *options], capture_output=True, text=True)


class OpenLoop(unittest.TestCase):
    def test_does_not_starve_a_server_with_few_threads(self):
        with ThreadedServer(threads=2) as server:
            done = load(server.port, "--connections", "16", "--rate", "200",
                        "--connections-max", "256")
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual((told["requests"], told["unanswered"], told["broken"]), (60, 0, 0))
        self.assertGreater(told["p50"], 0)

    def test_fails_when_nothing_is_answered_in_the_measured_time(self):
        with ThreadedServer(threads=2) as server:
            done = load(server.port, "--connections", "1", "--rate", "1", "--warmup", "0.2")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing was answered", done.stderr)


class Published(unittest.TestCase):
    def test_no_latency_is_0(self):
        with self.assertRaises(ValueError):
            Results({}, {}).figure("read_at_rate_vs_flask.flask.p50_ms", [0.4, 0.0], "ms")
        with self.assertRaises(ValueError):
            report.publish({"figures": {"read.flask.p99_ms": {"median": 0.0, "min": 0.0,
                                                              "max": 0.0, "unit": "ms"}}})

    def test_noise_below_0_reaches_no_goal(self):
        verdicts = {value: report.verdict("websocket_kib", value) for value in (-0.3, 5.6, 6.1)}
        self.assertEqual(verdicts, {-0.3: "≤ 6 too little to tell", 5.6: "≤ 6 ✓", 6.1: "≤ 6 ✗ missed"})


class Length(unittest.TestCase):
    def test_is_what_is_promised(self):
        for words, minutes in (([], 40), (["--quick"], 5)):
            options = run.parse_options(words)
            expected = estimate.seconds(options, run.chosen_parts(options)) / 60
            self.assertLessEqual(expected, minutes, words)


if __name__ == "__main__":
    BENCH_LOAD = sys.argv.pop(1)
    unittest.main()
