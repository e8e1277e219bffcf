"""A against A: what the method says of two things that are the same."""

from method import ratios

TOLERANCE = 0.05


def run(harness):
    def window():
        return harness.measure(harness.program, "read")

    rounds = harness.pairs(window, window)
    found = ratios(rounds, lambda window: window.per_second)
    harness.results.ratio("control_a_a", found)
    median = harness.results.data["ratios"]["control_a_a"]
    if abs(median - 1) > TOLERANCE:
        harness.results.note(f"The A/A control gave {median:.3f} instead of 1 ± {TOLERANCE}:"
                             " the machine was not quiet, ratios are as uncertain.")
