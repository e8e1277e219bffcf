"""Every figure of a run with its spread, the ratios that count, and what could not be measured."""

import json

from method import spread

LATENCIES = ("p50_ms", "p99_ms", "p999_ms")


class Results:
    """Figures have dotted names, `operation.stack.quantity`; the unit stands beside them."""

    def __init__(self, machine, options):
        self.data = {"machine": machine, "options": options, "figures": {}, "ratios": {},
                     "ratio_ranges": {}, "notes": [], "skipped": {}}

    def figure(self, name, values, unit):
        found = spread(values)
        if found:
            check_figure(name, found)
            self.data["figures"][name] = {key: rounded(value) for key, value in found.items()} | {
                "unit": unit}

    def windows(self, operation, stack, windows):
        """All quantities of Windows that were measured alike."""
        units = {"per_second": "1/s", "p50_ms": "ms", "p99_ms": "ms", "p999_ms": "ms",
                 "server_us": "µs", "postgres_us": "µs", "wal_bytes": "bytes", "writes": "",
                 "bad": "", "unanswered": "", "connections": ""}
        for quantity, unit in units.items():
            self.figure(f"{operation}.{stack}.{quantity}",
                        [getattr(window, quantity) for window in windows], unit)

    def ratio(self, name, values):
        found = spread(values)
        if found:
            self.data["ratios"][name] = rounded(found["median"])
            self.data["ratio_ranges"][name] = {key: rounded(v) for key, v in found.items()}

    def note(self, text):
        self.data["notes"].append(text)

    def skip(self, part, reason):
        self.data["skipped"][part] = reason

    def write(self, path):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(self.data, indent=1, ensure_ascii=False) + "\n")


def check_figure(name, found):
    """An answer takes time: a latency of 0 was not measured."""
    if name.endswith(LATENCIES) and found["min"] <= 0:
        raise ValueError(f"{name} is {found['min']}: nothing was measured")


def rounded(value):
    """Four digits that count."""
    return float(f"{value:.4g}") if isinstance(value, float) else value
