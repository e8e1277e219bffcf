"""The program under test: started, stopped, asked; and the people who use it."""

import http.client
import json
import math
import os
import pathlib
import signal
import subprocess
import time
import uuid

from processes import Postgres

ISSUER = "http://taama.test"
# How the program has its statements planned (platform/pg/connection.cpp): by default PostgreSQL plans
# joins of more than eight tables in parts, one of which then reads all accounts.
SESSION_OPTIONS = ("-c TimeZone=UTC -c jit=off -c plan_cache_mode=force_generic_plan"
                   " -c join_collapse_limit=12 -c from_collapse_limit=12 -c geqo=off")


class Program:
    """`taama serve` in dev mode on the private PostgreSQL of `data`, with everything flushed to disk."""

    name = "taama"

    def __init__(self, binary, data):
        self.binary = binary
        self.data = pathlib.Path(data)
        self.process = None
        self.port = None
        self.environment = os.environ | {
            "TAAMA_DEV": "true",
            "TAAMA_DEMO": "false",
            "TAAMA_DATA_DIR": str(self.data),
            "TAAMA_LOG_LEVEL": "warn",
            # Tokens name their issuer; the port changes with every start.
            "TAAMA_PUBLIC_URL": ISSUER,
        }
        self.environment.pop("TAAMA_DATABASE_URL", None)

    def command(self, *arguments):
        return subprocess.run([self.binary, *arguments], env=self.environment, check=True,
                              capture_output=True, text=True).stdout

    def statement(self, name):
        return self.command("check-sql", "--print", name)

    def start(self):
        """Returns the seconds from start to the first 200."""
        began = time.monotonic()
        with open(self.data / "bench-server.log", "ab") as log:
            self.process = subprocess.Popen([self.binary, "serve", "--port", "0"],
                                            env=self.environment, stdout=log, stderr=log)
        self.port = None
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server did not start, see {self.data}/bench-server.log")
            try:
                found = json.loads((self.data / "server.json").read_text())
                if found["pid"] == self.process.pid:
                    self.port = found["port"]
                    if self.ask("GET", "/health/ready").status == 200:
                        return time.monotonic() - began
            except (OSError, ValueError):
                pass
            time.sleep(0.001)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def pids(self):
        return [self.process.pid]

    def ask(self, method, path, body=None, token=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               dict(self.headers(token, body is not None), **(headers or {})))
            answer = connection.getresponse()
            answer.text = answer.read().decode()
            return answer
        finally:
            connection.close()

    def need(self, *arguments, **named):
        """The `data` of an answer that has to be good."""
        answer = self.ask(*arguments, **named)
        if answer.status >= 300:
            raise RuntimeError(f"{arguments[:2]}: {answer.status} {answer.text[:800]}")
        return json.loads(answer.text)["data"]

    @staticmethod
    def headers(token, has_body):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return headers | ({"Content-Type": "application/json"} if has_body else {})

    def wire(self, method, path, token=None, body=None, key=None):
        """A request as bytes, for bench_load."""
        text = "" if body is None else json.dumps(body)
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in self.headers(token, bool(text)).items()]
        if key:
            lines.append(f"Idempotency-Key: {key}")
        if text or method == "POST":
            lines.append(f"Content-Length: {len(text.encode())}")
        return ("\r\n".join(lines) + "\r\n\r\n" + text).encode()

    def sign_up(self, number):
        """A person with a proved phone; the TokenView."""
        phone = f"+22505{number:08d}"
        self.need("POST", "/api/v1/auth/register", {"phone": phone, "first_name": "Awa"})
        sent = []
        while not sent:
            sent = self.need("GET", f"/api/v1/dev/messages?to=%2B{phone[1:]}")
        return self.need("POST", "/api/v1/auth/otp/verify",
                         {"phone": phone, "code": sent[0]["code"], "purpose": "registration"})


def new_key():
    return str(uuid.uuid4())


class Session:
    """A psql to which one statement after the other is given."""

    end = "-- end of the answer\n"

    def __init__(self, url):
        self.process = subprocess.Popen(["psql", url, "-XqAt", "-v", "ON_ERROR_STOP=1"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)

    def ask(self, sql):
        self.process.stdin.write(f"{sql};\n\\echo '{self.end.strip()}'\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == self.end:
                return "".join(lines).strip()
            lines.append(line)
        raise BrokenPipeError(f"psql has ended: {sql}")

    def close(self):
        self.process.kill()
        self.process.communicate()


class Database:
    """The program's database, by psql and pgbench."""

    def __init__(self, url, binaries="/usr/lib/postgresql/15/bin"):
        self.url = url
        self.binaries = pathlib.Path(binaries)
        self.postgres = Postgres(self.run("show data_directory"))
        self.session = None

    def run(self, sql, **variables):
        settings = [f"--set={name}={value}" for name, value in variables.items()]
        done = subprocess.run(["psql", self.url, "-XqAt", "-v", "ON_ERROR_STOP=1", *settings],
                              input=sql, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def ask(self, sql):
        """Like run, by a psql that stays: for what is asked around each stretch of load."""
        if self.session:
            try:
                return self.session.ask(sql)
            except OSError:  # the database was started again since
                self.session.close()
        self.session = Session(self.url)
        return self.session.ask(sql)

    def settle(self):
        """Nothing is left to be done behind what is measured next: dead rows, statistics (all plans are made
        anew with them, those of open connections too), pages to write."""
        self.run("vacuum analyze; checkpoint")

    def written(self):
        """Bytes of WAL, and transactions that wrote, since the beginning of time."""
        wal, transactions = self.ask(
            "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0'),"
            " pg_snapshot_xmax(pg_current_snapshot())::text::bigint").split("|")
        return int(wal), int(transactions)

    def pgbench(self, scripts, clients, seconds, transactions=None, options="", **variables):
        """Transactions a second; `transactions` of each client instead of a time. `options`: of its sessions."""
        files = [word for script in scripts for word in ("-f", str(script))]
        defined = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
        length = (["-t", str(transactions)] if transactions else
                  ["-T", str(math.ceil(seconds))])
        done = subprocess.run([str(self.binaries / "pgbench"), "-n", "-M", "prepared", "-c",
                               str(clients), "-j", "1", *length, *defined, *files, self.url],
                              env=os.environ | {"PGOPTIONS": options},
                              capture_output=True, text=True)
        found = {line.partition(" = ")[0]: line.partition(" = ")[2].split()[0]
                 for line in done.stdout.splitlines() if " = " in line}
        if "tps" not in found or done.returncode != 0:
            raise RuntimeError(f"pgbench: {done.stdout}{done.stderr}"[:4000])
        return float(found["tps"])
