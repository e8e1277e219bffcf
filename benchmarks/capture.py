"""The server's own SQL as pgbench scripts: PostgreSQL logs what one request made it execute, with the values,
and that is written down again with other people and trips in their place."""

import pathlib
import re
import time

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MARK = "@@"
VALUE = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")


class Capture:
    """Reads the server log of the private cluster while it is told to log every statement."""

    def __init__(self, database, log):
        self.database = database
        self.log = pathlib.Path(log)

    def statements_of(self, act):
        """What `act()` made the backends execute: per backend a list of (sql, values)."""
        self.database.run(f"alter system set log_line_prefix = '{MARK}%p ';"
                          "alter system set log_statement = 'all';"
                          "alter system set log_parameter_max_length = -1;"
                          "select pg_reload_conf()")
        time.sleep(1)  # backends take a new configuration between two statements
        at = self.log.stat().st_size
        try:
            act()
            time.sleep(0.5)
        finally:
            self.database.run("alter system reset log_line_prefix; alter system reset log_statement;"
                              "alter system reset log_parameter_max_length; select pg_reload_conf()")
        return parse(self.log.read_bytes()[at:].decode(errors="replace"))


def parse(text):
    by_backend = {}
    for entry in text.split("\n" + MARK):
        entry = entry.removeprefix(MARK)
        backend, _, rest = entry.partition(" ")
        if rest.startswith("LOG:  execute "):
            sql = rest.partition(": ")[2].partition(": ")[2]
            by_backend.setdefault(backend, []).append([sql.replace("\n\t", "\n").strip(), {}])
        elif rest.startswith("DETAIL:  parameters: ") and backend in by_backend:
            by_backend[backend][-1][1] = {int(n): value for n, value in VALUE.findall(rest)}
    return by_backend


def written(statement, replace):
    """One statement with its values in place; `replace` maps a quoted value to SQL."""
    sql, values = statement
    return re.sub(r"\$(\d+)", lambda m: replace(values[int(m.group(1))]), sql) + ";\n"


def acts_with(by_backend, word):
    """Transactions, and statements outside of any, in which `word` occurs: each a list of statements."""
    acts = []
    for statements in by_backend.values():
        open_transaction = None
        for statement in statements:
            verb = (statement[0].lower().split() or [""])[0].rstrip(";")
            if verb in ("begin", "start"):
                open_transaction = [statement]
            elif open_transaction is not None:
                open_transaction.append(statement)
                if verb in ("commit", "rollback"):
                    acts.append(open_transaction)
                    open_transaction = None
            else:
                acts.append([statement])
    return [act for act in acts if any(word in statement[0] for statement in act)]


def quiet(value):
    """A value in which pgbench sees no variable: it takes `:word` inside of quotes for one too."""
    if value == "NULL" or not re.search(r":[A-Za-z_]", value):
        return value
    return "(" + re.sub(r":(?=[A-Za-z_])", "' || chr(58) || '", value) + ")"


class Substitution:
    """Gives a captured transaction other people, trips and new ids in each run. In pgbench `:n` numbers the
    transaction; ids are made of it as the fixtures make theirs. `trip_sql` is the number of the trip."""

    def __init__(self, known, person, trip, key, trip_sql=":n::bigint % :trips::bigint"):
        self.known = known          # ids that exist and stay
        self.person = person        # id of the captured passenger
        self.trip = trip            # id of the captured trip
        self.key = key
        self.trip_sql = trip_sql
        self.made = {}

    def __call__(self, value):
        if value == "NULL":
            return "null"
        text = value[1:-1]
        if text == self.key:
            return "('k' || :n::bigint::text)"
        if text.startswith("{BKG-"):
            names = [self.reference(i) for i in range(text.count("BKG-"))]
            return f"array[{', '.join(names)}]"
        if text.startswith("BKG-"):
            return self.reference(0)
        ids = text[1:-1].split(",") if text.startswith("{") else []
        if any(map(UUID.fullmatch, ids)):
            return f"array[{', '.join(map(self.uuid, ids))}]"
        if UUID.fullmatch(text):
            return self.uuid(text)
        if text.startswith("\\x") and len(text) == 66:  # a fingerprint
            return "sha256(:n::bigint::text::bytea)"
        return quiet(value)

    @staticmethod
    def reference(index):
        return f"('BKG-' || upper(substr(md5(:n::bigint::text || 'r{index}'), 1, 8)))"

    def uuid(self, text):
        if text == "NULL":
            return "null"
        if text == self.person:
            return self.numbered("b", ":n::bigint")
        if text == self.trip:
            return self.numbered("a", self.trip_sql)
        if text in self.known:
            return f"'{text}'::uuid"
        number = self.made.setdefault(text, len(self.made))
        return f"md5(:n::bigint::text || 'u{number}')::uuid"

    @staticmethod
    def numbered(letter, expression):
        return f"('{letter}0000000-0000-4000-8000-' || lpad(({expression})::text, 12, '0'))::uuid"
