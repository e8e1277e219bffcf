"""Starts and stops the peers: one class a stack, all with the same interface."""

import http.client
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from .sql_files import write_statements

HERE = pathlib.Path(__file__).resolve().parent
CORES = os.cpu_count() or 1
PYTHON = "/usr/bin/python3"  # Debian's, whatever stands first in PATH
READY_SECONDS = 30


class Peer:
    """One stack with one worker per core; `pool_size` is the database connections of each worker."""

    name = ""
    needs = ()  # programs, or Python modules written as "python:module"

    def __init__(self):
        self.process = None
        self.port = None
        self.directory = None

    @classmethod
    def missing(cls):
        """Why the stack cannot be started here; empty when it can."""
        modules = [need.partition(":")[2] for need in cls.needs if need.startswith("python:")]
        absent = [need for need in cls.needs if ":" not in need and not shutil.which(need)]
        if modules and (not os.path.exists(PYTHON) or subprocess.run(
                [PYTHON, "-c", "import " + ", ".join(modules)], capture_output=True).returncode):
            absent.append("Python modules " + ", ".join(modules))
        return f"not installed: {', '.join(absent)}" if absent else ""

    def start(self, database_url, token_secret, statement_of, pool_size=8):
        """Returns the port once every worker has answered. `statement_of` gives the program's SQL by name."""
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix=f"taama-peer-{self.name}-"))
        write_statements(self.directory / "sql", statement_of)
        self.port = free_port()
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "TOKEN_SECRET": token_secret,
            "POOL_SIZE": str(pool_size),
            "SQL_FOLDER": str(self.directory / "sql"),
            "PORT": str(self.port),
            "WORKERS": str(CORES),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(HERE / "python"),
            "NODE_ENV": "production",
        }
        with open(self.directory / "log", "wb") as log:
            self.process = subprocess.Popen(self.command(pool_size), env=environment, stdout=log,
                                            stderr=log, cwd=HERE, start_new_session=True)
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self.port

    def command(self, pool_size):
        raise NotImplementedError

    def wait_until_ready(self):
        seen = set()
        deadline = time.monotonic() + READY_SECONDS
        while len(seen) < self.workers_to_see():
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = (self.directory / "log").read_text(errors="replace")
                raise RuntimeError(f"{self.name} did not start:\n{log[-4000:]}")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/health/ready")
                answer = connection.getresponse()
                if answer.status == 200:
                    seen.add(answer.read())  # the worker's process id
                connection.close()
            except OSError:
                time.sleep(0.05)

    def workers_to_see(self):
        return CORES

    def pids(self):
        """The process and all that it started: what CPU and memory are summed over."""
        children = {}
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(") ")[2].split()
                except OSError:
                    continue
                children.setdefault(int(fields[1]), []).append(int(entry.name))
        found = [self.process.pid]
        for pid in found:
            found += children.get(pid, [])
        return found

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None
        if self.directory:
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory = None


class Uvicorn(Peer):
    application = ""
    needs = ("python:fastapi", "python:uvicorn", "python:uvloop", "python:httptools", "python:ujson",
             "python:asyncpg", "python:jwt")

    def command(self, pool_size):
        return [PYTHON, "-m", "uvicorn", f"{self.application}:app", "--host", "127.0.0.1", "--port",
                str(self.port), "--workers", str(CORES), "--loop", "uvloop", "--http", "httptools",
                "--no-access-log", "--log-level", "warning", "--backlog", "4096",
                "--timeout-keep-alive", "75"]


class FastApiAsyncpg(Uvicorn):
    name = "fastapi_asyncpg"
    application = "fastapi_asyncpg"


class FastApiSqlalchemy(Uvicorn):
    name = "fastapi_sqlalchemy"
    application = "fastapi_sqlalchemy"
    needs = Uvicorn.needs + ("python:sqlalchemy",)


class Flask(Peer):
    name = "flask"
    needs = ("gunicorn", "python:flask", "python:sqlalchemy", "python:psycopg2", "python:gunicorn",
             "python:ujson", "python:jwt")

    def command(self, pool_size):
        # Threads, since gunicorn's plain worker closes the connection after each answer.
        return [PYTHON, "-m", "gunicorn", "flask_sqlalchemy_app:app", "--bind",
                f"127.0.0.1:{self.port}", "--workers", str(CORES), "--worker-class", "gthread",
                "--threads", str(pool_size), "--keep-alive", "75", "--log-level", "warning",
                "--worker-tmp-dir", str(self.directory), "--backlog", "4096"]


class Express(Peer):
    name = "express"
    needs = ("node", "npm")

    def start(self, *arguments):
        install_packages()
        return super().start(*arguments)

    def command(self, pool_size):
        return ["node", str(HERE / "express" / "server.js")]


class Nginx(Peer):
    """No peer but the wall: what HTTP alone costs."""

    name = "nginx"
    needs = ("/usr/sbin/nginx",)

    def command(self, pool_size):
        text = (HERE / "nginx" / "nginx.conf").read_text()
        path = self.directory / "nginx.conf"
        path.write_text(text.replace("PORT", str(self.port))
                        .replace("DIRECTORY", str(self.directory)))
        return ["/usr/sbin/nginx", "-p", str(self.directory), "-c", str(path), "-e", "stderr"]

    def workers_to_see(self):
        return 1


PEERS = {peer.name: peer for peer in (FastApiSqlalchemy, FastApiAsyncpg, Flask, Express, Nginx)}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def install_packages():
    """npm's packages by the lock file, when they are not there as it says."""
    folder = HERE / "express"
    mark = folder / "node_modules" / ".installed"
    lock = (folder / "package-lock.json").read_text()
    if mark.exists() and mark.read_text() == lock:
        return
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
                   cwd=folder, check=True)
    mark.write_text(lock)
