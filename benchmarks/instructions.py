"""Instructions of parts of a request, counted by callgrind, against the committed baseline."""

import json
import pathlib
import re
import shutil
import subprocess

BASELINE = pathlib.Path(__file__).resolve().parent / "instructions.json"
TOLERANCE = 0.03
COUNTED = re.compile(r"^\s*([\d,]+)\s.*?:counted_(\w+)")


def count(harness):
    """Instructions each, by the name of what is counted."""
    program = harness.options.clients / "bench_instructions"
    out = harness.scratch / "callgrind.out"
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=counted_*",
         f"--callgrind-out-file={out}", str(program)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"valgrind: {done.stderr[-2000:]}")
    rounds = int(done.stdout.split()[0])
    table = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", str(out)],
                           capture_output=True, text=True, check=True).stdout
    found = {}
    for line in table.splitlines():
        if match := COUNTED.match(line):
            found.setdefault(match[2], int(match[1].replace(",", "")) // rounds)
    return found


def run(harness):
    if not shutil.which("valgrind"):
        harness.results.skip("instructions", "valgrind is not installed")
        return
    found = count(harness)
    for name, instructions in found.items():
        harness.results.figure(f"instructions.{name}", [instructions], "each")
    if harness.options.accept:
        BASELINE.write_text(json.dumps(found, indent=1) + "\n")
        return
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    for name, instructions in found.items():
        before = baseline.get(name)
        if before and instructions > before * (1 + TOLERANCE):
            harness.results.note(f"{name} takes {instructions} instructions instead of {before}:"
                                 f" {instructions / before - 1:+.1%}. ./bench --only instructions"
                                 " --accept takes that as the new baseline.")
    harness.say("instructions: " + ", ".join(f"{name} {n}" for name, n in found.items()))
