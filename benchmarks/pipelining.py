"""Reads with several statements in flight on a connection, and with one: two processes on one database."""

import shutil

import method
from program import Program


def run(harness):
    data = harness.scratch / "unpipelined"
    data.mkdir()
    shutil.copy(harness.scratch / "secrets.toml", data)
    other = Program(harness.program.binary, data)
    other.name = "taama_without_pipelining"
    other.environment |= {name: value for name, value in harness.program.environment.items()
                          if name.startswith("TAAMA_DATABASE") or name == "JWT_SECRET"}
    other.environment |= {"TAAMA_DATABASE_URL": harness.database.url,
                          "TAAMA_DATABASE_PIPELINING": "false"}
    harness.stage.show(harness.program)
    other.start()
    try:
        harness.stage.add(other)
        rounds = harness.pairs(lambda: harness.measure(harness.program, "read"),
                               lambda: harness.measure(other, "read"))
    finally:
        harness.stage.remove(other)
        other.stop()
    harness.results.windows("read_vs_unpipelined", "taama", [w for a, _ in rounds for w in a])
    harness.results.windows("read_vs_unpipelined", "unpipelined", [w for _, b in rounds for w in b])
    harness.results.ratio("read_vs_unpipelined",
                          method.ratios(rounds, lambda window: window.per_second))
