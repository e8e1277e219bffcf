"""How long a start takes, and what the program holds when nobody asks anything."""

from processes import pss_kib


def run(harness):
    stage, program = harness.stage, harness.program
    stage.show(program)
    stage.remove(program)
    times = []
    for _ in range(harness.options.sizes["starts"]):
        program.stop()
        times.append(program.start() * 1000)
    stage.add(program, is_ours=True)
    harness.results.figure("cold_start.taama", times, "ms")
    harness.results.ratio("cold_start_ms", times)
    memory = pss_kib(program.pids()) / 1024
    harness.results.figure("memory_idle.taama", [memory], "MiB")
    median = harness.results.data["ratios"]["cold_start_ms"]
    harness.say(f"cold start {median:.0f} ms, {memory:.0f} MiB when idle")
