"""Where and on what it was measured."""

import datetime
import os
import pathlib
import platform
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def output(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout or done.stderr).strip()


def version(*command):
    found = re.search(r"\d+(\.\d+)+", output(*command))
    return found.group() if found else None


def python_version(module):
    return output("/usr/bin/python3", "-c",
                  f"import importlib.metadata as m; print(m.version('{module}'))").partition("\n")[0]


def describe():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())
    versions = {
        "postgresql": version("/usr/lib/postgresql/15/bin/postgres", "--version"),
        "python": version("/usr/bin/python3", "--version"),
        "node": version("node", "--version"),
        "nginx": version("/usr/sbin/nginx", "-v"),
    } | {module: python_version(module)
         for module in ("fastapi", "uvicorn", "sqlalchemy", "asyncpg", "flask", "gunicorn")}
    return {"cpu": cpu.group(1) if cpu else platform.machine(), "cores": os.cpu_count(),
            "memory_gib": round(int(memory.group(1)) / 2**20, 1), "kernel": platform.release(),
            "commit": output("git", "rev-parse", "--short=12", "HEAD"),
            "changed_since_commit": bool(output("git", "status", "--porcelain", "--", "src")),
            "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "versions": {name: text for name, text in versions.items() if text}}
