"""The SQL files that the launcher has written."""

import os
import pathlib
import re

FOLDER = pathlib.Path(os.environ["SQL_FOLDER"])


def read(name):
    lines = (FOLDER / f"{name}.sql").read_text().splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


def named(name):
    """With :p1 instead of $1, as sqlalchemy.text takes it. Each use of a name becomes a parameter of its own, so
    each carries the type that the first one has."""
    sql = read(name)
    types = {}
    for number, type_ in re.findall(r"\$(\d+)::(\w+(?:\[\])?)", sql):
        types.setdefault(number, type_)
    sql = re.sub(r"\$(\d+)(?!\d|::)",
                 lambda use: use.group() + (f"::{types[use[1]]}" if use[1] in types else ""), sql)
    return re.sub(r"\$(\d+)", r":p\1", sql.replace("::", r"\:\:"))
