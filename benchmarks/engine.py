"""By what the program answers searches: its index in memory, or SQL alone."""

import contextlib
import json
import time

SETTING = "carpool.search_engine"
LOADED_SECONDS = 300
FOUND_SECONDS = 10  # with few trips


def engine_of(harness):
    path = harness.world.search_paths()[0]
    return json.loads(harness.program.ask("GET", path).text)["meta"]["search"]["engine"]


def best(harness):
    """The index, where the program has one and it is not switched off."""
    try:
        wait_for(harness, "index", FOUND_SECONDS)
        return "index"
    except TimeoutError:
        return "sql"


def wait_for(harness, engine, seconds=LOADED_SECONDS):
    """An index is used when it is loaded, and when a program that was stopped by signal has caught up."""
    deadline = time.monotonic() + seconds
    while engine_of(harness) != engine:
        if time.monotonic() > deadline:
            raise TimeoutError(f"searches do not go by {engine}")
        time.sleep(0.05)


@contextlib.contextmanager
def plain_sql(harness):
    """Searches by SQL alone meanwhile; nothing to do where they always are."""
    before = harness.search_engine
    if before == "sql":
        yield
        return
    harness.stage.show(harness.program)
    harness.database.run("insert into settings.values (key, value, version, updated_at)"
                         f" values ('{SETTING}', '\"sql\"', 1, now()); notify settings_changed")
    harness.search_engine = "sql"
    wait_for(harness, "sql")
    try:
        yield
    finally:
        harness.database.run(f"delete from settings.values where key = '{SETTING}';"
                             " notify settings_changed")
        harness.search_engine = before
