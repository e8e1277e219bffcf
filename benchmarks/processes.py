"""What processes cost, from /proc: processor time and memory that is theirs alone."""

import os
import pathlib
import signal
import time

PROC = pathlib.Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")


def fields_of(pid):
    """Of /proc/<pid>/stat, from the third on; the second may hold anything."""
    return (PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()


def children_of(parent):
    found = []
    for entry in PROC.iterdir():
        try:
            if entry.name.isdigit() and int(fields_of(entry.name)[1]) == parent:
                found.append(int(entry.name))
        except OSError:
            continue  # ended meanwhile
    return found


def cpu_seconds(pids):
    """What all threads of these processes ran so far; nanoseconds where the kernel counts them."""
    total = 0.0
    for pid in pids:
        try:
            for task in (PROC / str(pid) / "task").iterdir():
                total += int((task / "schedstat").read_text().split()[0]) / 1e9
        except OSError:
            continue
    return total


class Postgres:
    """The whole server: those of its processes that have ended stay in the account of their parent."""

    def __init__(self, data_directory):
        self.pid_file = pathlib.Path(data_directory) / "postmaster.pid"

    def cpu_seconds(self):
        postmaster = int(self.pid_file.read_text().split()[0])
        waited_for = sum(int(ticks) for ticks in fields_of(postmaster)[13:15]) / TICK
        return waited_for + cpu_seconds([postmaster, *children_of(postmaster)])


def pss_kib(pids):
    """Memory with shared pages divided among those who share them."""
    total = 0
    for pid in pids:
        try:
            for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            continue
    return total


def kernel_socket_kib():
    """What the kernel keeps for all sockets and files of the machine: buffers and slabs."""
    pages = 0
    for line in (PROC / "net" / "sockstat").read_text().splitlines():
        words = line.split()
        if words[0] == "TCP:":
            pages = int(words[words.index("mem") + 1])
    slab = next(int(line.split()[1]) for line in (PROC / "meminfo").read_text().splitlines()
                if line.startswith("Slab:"))
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024 + slab - listings_kib()


def listings_kib():
    """What the kernel keeps because somebody (ps, a monitor) listed the open files of a process: an
    inode and a name for each. No part of a socket; only root may know how many there are, and for anybody
    else they count as the sockets'."""
    try:
        lines = (PROC / "slabinfo").read_text().splitlines()[2:]
    except OSError:
        return 0
    slabs = {words[0]: (int(words[1]), int(words[3])) for words in map(str.split, lines)}
    (inodes, inode_bytes), (_, name_bytes) = slabs.get("proc_inode_cache", (0, 0)), slabs.get("dentry", (0, 0))
    return inodes * (inode_bytes + name_bytes) // 1024


def pause(pids):
    for pid in pids:
        send(pid, signal.SIGSTOP)


def resume(pids):
    """Children first: a parent that watches over them would take a sleeping one for dead."""
    for pid in reversed(pids):
        send(pid, signal.SIGCONT)
    time.sleep(0.03)


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
