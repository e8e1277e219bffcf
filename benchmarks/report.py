"""The result of a run as one Markdown table, and docs/performance.md made of results/latest.json."""

import math

from chart import chart
from machine import ROOT
from results import check_figure
from world import OPERATIONS

DOCUMENT = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "performance.svg"

PEERS = ("fastapi_sqlalchemy", "fastapi_asyncpg", "flask", "express")
AT_LEAST = ({f"read_vs_{peer}": goal for peer, goal in zip(PEERS, (6, 6, 9, 3))}
            | {"page_vs_fastapi_sqlalchemy": 10, "booking_vs_fastapi_sqlalchemy": 4,
               "booking_vs_fastapi_asyncpg": 4, "booking_vs_pgbench": 0.9,
               "contended_vs_pgbench": 0.8, "search_vs_postgis": 3})
AT_MOST = ({f"cpu_per_read_vs_{peer}": 0.1 for peer in PEERS[:2]}
           | {"websocket_kib": 6, "cold_start_ms": 300, "search_p99_ms_among_1000000": 50})
CONTROL = "control_a_a"

WHAT = {
    "cold_start_ms": ("from `exec` to the first 200 of `/health/ready`, ms", "starts"),
    CONTROL: ("control: a read against itself", "control"),
    "read_vs_nginx": ("read against nginx `return 200`", "peers"),
    "read_vs_pgbench": ("read against its SQL in pgbench", "pgbench"),
    "booking_vs_pgbench": ("booking against its SQL in pgbench", "pgbench"),
    "contended_vs_pgbench": ("100 clients on one trip, against the same SQL in pgbench", "pgbench"),
    "read_vs_unpipelined": ("read with pipelining against without", "pipelining"),
    "search_vs_postgis": ("search by the index against the plain PostGIS query, same server, most trips", "growth"),
    "websocket_kib": ("an idle WebSocket with the kernel's part, KiB", "sockets"),
    "websocket_own_kib": ("of these in the process, KiB", "sockets"),
}


def part_of(name):
    if name in WHAT:
        return WHAT[name][1]
    return "growth" if name.startswith(("growth", "search_among", "search_p99")) else "peers"


def part_of_figure(kind):
    """Of those that have a row of their own; None for the others."""
    if kind.startswith("memory_among"):
        return "growth"
    return {"memory": "peers", "pool": "peers", "memory_idle": "starts", "fan_out": "sockets",
            "instructions": "instructions"}.get(kind)


def label(name):
    if name in WHAT:
        return WHAT[name][0]
    if name.startswith("growth_x"):
        factor, operation = name.removeprefix("growth_x").split("_")
        return f"{operation} with {factor} times the data: times slower"
    if name.startswith("search_among_"):
        trips = int(name.removeprefix("search_among_").removesuffix("_vs_pgbench"))
        return f"search among {trips:,} trips against the plain PostGIS query in pgbench"
    if name.startswith("search_p99_ms_among_"):
        trips = int(name.removeprefix("search_p99_ms_among_"))
        return f"search among {trips:,} trips at half of its greatest rate: p99, ms"
    operation, _, peer = name.partition("_vs_")
    if operation.startswith("cpu_per_"):
        return f"processor time for a {operation.removeprefix('cpu_per_')}, as a share of {peer}'s"
    return f"{operation} against {peer}"


def verdict(name, value):
    """The goal, and whether it was reached; empty without one."""
    if name in AT_LEAST:
        return f"≥ {AT_LEAST[name]} {'✓' if value >= AT_LEAST[name] else '✗ missed'}"
    if name in AT_MOST:
        # What is small is measured as a difference, which noise can turn around.
        reached = "too little to tell" if value <= 0 else "✓" if value <= AT_MOST[name] else "✗ missed"
        return f"≤ {AT_MOST[name]} {reached}"
    if name == CONTROL:
        return f"1 ± 0.05 {'✓' if abs(value - 1) <= 0.05 else '✗ missed'}"
    return ""


def number(value):
    """As many digits as say something."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def figure(data, name):
    found = data["figures"].get(name)
    return number(found["median"]) if found else None


def both(data, name, other, quantities):
    """`ours / theirs` of each quantity that was measured."""
    texts = []
    for quantity, unit in quantities:
        ours = figure(data, f"{name}.taama.{quantity}")
        theirs = figure(data, f"{name}.{other}.{quantity}")
        if ours is not None:
            texts.append(f"{ours} / {theirs} {unit}" if theirs is not None else f"{ours} {unit}")
    return texts


def details(data, name):
    """The figures behind a ratio, ours before the slash."""
    if name.startswith("cpu_per_"):
        compared = name.removeprefix("cpu_per_")
        return "; ".join(
            both(data, compared, compared.partition("_vs_")[2], [("server_us", "µs")])
            + [f"PostgreSQL besides {text}" for text in both(
                data, compared, compared.partition("_vs_")[2], [("postgres_us", "µs")])])
    operation, _, other = name.partition("_vs_")
    other = {"postgis": "sql"}.get(other, other)
    texts = both(data, name, other, [("per_second", "/s")])
    if operation in OPERATIONS:
        texts += both(data, name, other, [("connections", "connections")])
        at_rate = f"{operation}_at_rate_vs_{other}"
        texts += [f"p50 {text}" for text in both(data, at_rate, other, [("p50_ms", "ms")])]
        texts += [f"p99 {text}" for text in both(data, at_rate, other, [("p99_ms", "ms")])]
        texts += [f"p99.9 {text}" for text in both(data, at_rate, other, [("p999_ms", "ms")])]
    if operation.startswith("search_among_"):
        texts += [f"all of them {text}" for text in both(data, operation, "", [("per_second", "/s")])]
    if operation == "booking":
        texts += [f"WAL {text}" for text in both(data, name, other, [("wal_bytes", "bytes")])]
        texts += both(data, name, other, [("writes", "writing transactions")])
    return "; ".join(texts)


def table(data):
    rows = ["| measured | ratio (lowest to highest) | goal | Taama / other | command |",
            "|---|---|---|---|---|"]
    for name, value in data["ratios"].items():
        spread = data["ratio_ranges"][name]
        rows.append(f"| {label(name)} | {number(value)} ({number(spread['min'])} to"
                    f" {number(spread['max'])}) | {verdict(name, value)} | {details(data, name)} |"
                    f" `./bench --only {part_of(name)}` |")
    for name, found in data["figures"].items():
        kind = name.partition(".")[0]
        part = part_of_figure(kind)
        if part:
            rows.append(f"| {name.replace('.', ' ').replace('_', ' ')} | {number(found['median'])}"
                        f" {found['unit']} | | | `./bench --only {part}` |")
    for part, reason in data["skipped"].items():
        rows.append(f"| {part} | not measured: {reason.splitlines()[0]} | | | |")
    return "\n".join(rows)


def notes(data):
    return "\n".join(f"- {text}" for text in data["notes"])


QUICK = "; so short that single figures are rough, a full run says more"


def publish(data):
    """Writes the document and its picture."""
    for name, found in data["figures"].items():
        check_figure(name, found)
    machine, options = data["machine"], data["options"]
    versions = ", ".join(f"{name} {text}" for name, text in machine["versions"].items())
    PICTURE.write_text(chart(data))
    DOCUMENT.write_text(f"""# Performance

Written by `./bench --publish` from one run of `./bench`; nothing here is typed by hand. How it is measured stands in
[benchmarks/README.md](../benchmarks/README.md). Clients, server and database share one machine, so the ratios say
more than the rates.

- {machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, Linux {machine['kernel']}
- commit {machine['commit']}{' with changes' if machine['changed_since_commit'] else ''}, {machine['at']}
- {versions}
- {options['mode']} run: {options['rounds']} rounds of {options['seconds']} s each{QUICK if options['mode'] == 'quick' else ''}

![How many times as fast as the others](performance.svg)

A ratio is Taama by the other, of requests a second unless the row says otherwise: above 1 Taama is faster. Latencies
are of both at one fixed rate, half of what the slower one reached.

{table(data)}

{notes(data)}
""".rstrip() + "\n")
