"""The SQL files of this folder."""

import pathlib
import re

FOLDER = pathlib.Path(__file__).parent.parent / "sql"


def read(name):
    lines = (FOLDER / f"{name}.sql").read_text().splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


def named(name):
    """With :p1 instead of $1, as sqlalchemy.text takes it."""
    return re.sub(r"\$(\d+)", r":p\1", read(name).replace("::", r"\:\:"))
