"""The peers' SQL: the files of sql/, where a line `-- from the program: NAME` stands for a statement of the
program, and `-- from the program: NAME, but for its last select` for what comes before that."""

import pathlib
import re
import textwrap

FOLDER = pathlib.Path(__file__).resolve().parent / "sql"
TAKEN = re.compile(r"^-- from the program: (\S+?)(, but for its last select)?$", re.MULTILINE)
# The program sends points in PostGIS's own form; drivers know text.
POINT = re.compile(r"\$(\d+)::geography")


def write_statements(folder, statement_of):
    """`statement_of` gives the program's text of a name."""
    def taken(line):
        text = textwrap.dedent(statement_of(line[1]).strip("\n"))
        if line[2]:
            text = text[:text.rindex("\nselect ")]
        return POINT.sub(r"st_geogfromtext($\1::text)", text)

    folder.mkdir()
    for file in FOLDER.glob("*.sql"):
        (folder / file.name).write_text(TAKEN.sub(taken, file.read_text()))
