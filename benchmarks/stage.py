"""Of all servers that are up, one runs at a time; the others are stopped by signal."""

import time

from processes import pause, resume

DRAIN_SECONDS = 20


class Stage:
    """The program delivers the events that bookings leave, whoever wrote them. It delivers its own while it is
    measured, and the last of them before anything else is; those of others are taken away before it goes on, so
    that they cost nobody but who wrote them."""

    def __init__(self, database):
        self.database = database
        self.servers = []
        self.ours = None
        self.on = None

    def add(self, server, is_ours=False):
        self.servers.append(server)
        if is_ours:
            self.ours = server
        self.on = None

    def remove(self, server):
        resume(server.pids())
        self.servers.remove(server)
        self.on = None

    def show(self, server):
        """None: nobody, for pgbench."""
        if self.on is self.ours and self.ours is not None:
            self.drain()
        if server is self.on and self.on is not None:
            return
        for other in self.servers:
            if other is not server:
                pause(other.pids())
        if server is not None:
            if server is self.ours:
                self.database.ask("update platform.outbox set delivered_at = now()"
                                  " where delivered_at is null")
            resume(server.pids())
        self.on = server

    def show_all(self):
        for server in self.servers:
            resume(server.pids())
        self.on = None

    def drain(self):
        deadline = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < deadline:
            if self.database.ask("select count(*) from platform.outbox"
                                 " where delivered_at is null and attempts = 0") == "0":
                return
            time.sleep(0.1)
