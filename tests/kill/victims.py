"""Who is killed: processes of a server that tests/serve started, found anew each time; and what those that live long hold."""

import os
import signal
import time

import machine

# Kinds, how often each is chosen, and how long nobody is killed afterwards: labelling needs some time between two recoveries.
KINDS = {
    "web worker": (20, 0), "slow worker": (6, 0), "runner": (6, 0), "nginx worker": (6, 0), "session": (6, 0), "master": (1, 1), "runner's parent": (1, 0),
    "nginx master": (1, 1), "backend": (1, 4), "postmaster": (1, 4), "pooler": (4, 1),
}
# These are spared later on, so that their memory and descriptors can be compared over a long life.
PARENTS = ("master", "runner's parent", "nginx master")
PARENTS_S = 60


class Victims:
    def __init__(self, server, chance):
        self.server, self.chance, self.began = server, chance, time.monotonic()
        self.long_lives, self.seen = {}, {}

    def pid(self, name):
        """The present process of that name: tests/serve starts again what ended."""
        try:
            with open(os.path.join(self.server.dir, "run", f"{name}.pid")) as file:
                return int(file.read().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def children(self, name):
        try:
            pid = self.pid(name)
            with open(f"/proc/{pid}/task/{pid}/children") as file:
                return [int(child) for child in file.read().split()]
        except OSError:
            return []

    def pools(self):
        """(web, slow): each worker carries its pool in its name."""
        names = {}
        for pid in self.children("labeld"):
            try:
                with open(f"/proc/{pid}/comm") as file:
                    names[pid] = file.read().strip()
            except OSError:
                continue
        slow = [pid for pid, name in names.items() if "slow" in name]
        return [pid for pid in names if pid not in slow], slow

    def backends(self):
        found = []
        for pid in self.children("postgres"):
            try:
                with open(f"/proc/{pid}/cmdline") as file:
                    if "[local]" in file.read():
                        found.append(pid)
            except OSError:
                continue
        return found

    def of(self, kind):
        if kind in ("web worker", "slow worker"):
            return self.pools()[kind == "slow worker"]
        if kind in ("backend", "session"):
            return self.backends()
        if kind in ("nginx worker", "runner"):
            return self.children({"runner": "jobs"}.get(kind, "nginx"))
        name = {"master": "labeld", "runner's parent": "jobs", "nginx master": "nginx", "postmaster": "postgres"}.get(kind, kind)
        return [pid for pid in [self.pid(name)] if pid]

    def kill_one(self):
        """The kind of the process that was killed, or None."""
        kinds = [kind for kind in KINDS if kind not in PARENTS or time.monotonic() - self.began < PARENTS_S]
        kind = self.chance.choices(kinds, [KINDS[kind][0] for kind in kinds])[0]
        found = self.of(kind)
        if not found:
            return None
        try:
            # A session is ended as an administrator would; the death of a backend makes PostgreSQL restart all of them.
            os.kill(self.chance.choice(found), signal.SIGTERM if kind == "session" else signal.SIGKILL)
        except ProcessLookupError:
            return None
        time.sleep(KINDS[kind][1])
        return kind

    # ---- those that should not grow ----

    def look(self):
        """Remembers the first look at each parent, not while it starts, and the latest."""
        for name in ("labeld", "jobs"):
            pid = self.pid(name)
            try:
                now = (time.monotonic(), len(os.listdir(f"/proc/{pid}/fd")), machine.status_kb(pid, "RssAnon"))
            except OSError:
                continue
            if now[0] - self.seen.setdefault(pid, now[0]) >= 3:
                self.long_lives.setdefault((name, pid), [now, now])[1] = now

    def growth(self):
        """name → (seconds, descriptors more, kB more) of the longest life."""
        grown = {}
        for (name, _), (first, last) in self.long_lives.items():
            life = (last[0] - first[0], last[1] - first[1], last[2] - first[2])
            grown[name] = max(grown.get(name, (0, 0, 0)), life)
        return grown
