"""What processes used, from /proc: processor time of a process with its children, memory, and the programs that drive the load."""

import json
import os
import pwd
import subprocess

TICKS = os.sysconf("SC_CLK_TCK")
SERVICE_USER = "labeld"


def stat(pid):
    """(parent, seconds of processor time with those of ended children)"""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return int(fields[1]), sum(map(int, fields[11:15])) / TICKS


def tree(root):
    """The process with all its descendants: pid → seconds."""
    stats = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stats[int(name)] = stat(name)
            except (OSError, IndexError):
                continue
    found, size = {root}, 0
    while size != len(found):
        size = len(found)
        found |= {pid for pid, (parent, _) in stats.items() if parent in found}
    return {pid: stats[pid][1] for pid in found if pid in stats}


def cpu_s(root):
    return sum(tree(root).values())


def children(root):
    return [pid for pid in tree(root) if pid != root]


def smaps_kb(pid, field="Pss"):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return next((int(line.split()[1]) for line in file if line.startswith(field + ":")), 0)
    except OSError:
        return 0


def status_kb(pid, field):
    try:
        with open(f"/proc/{pid}/status") as file:
            return next((int(line.split()[1]) for line in file if line.startswith(field + ":")), 0)
    except OSError:
        return 0


def pss_mb(*roots):
    return sum(smaps_kb(pid) for root in roots for pid in tree(root)) / 1024


class Peak:
    """The most memory that one of these processes came to hold above what it held when it was first seen here: a worker that has kept
    what an earlier request made it take is not better for it."""

    first = {}

    def __init__(self, pids):
        self.pids = pids
        for pid in pids:
            try:
                with open(f"/proc/{pid}/clear_refs", "w") as file:
                    file.write("5")
            except OSError:
                pass
            self.first.setdefault(pid, status_kb(pid, "VmRSS"))

    def grown_mb(self):
        return max((status_kb(pid, "VmHWM") - self.first[pid] for pid in self.pids), default=0) / 1024


def environ(pid):
    with open(f"/proc/{pid}/environ") as file:
        return dict(entry.split("=", 1) for entry in file.read().split("\0") if "=" in entry)


def as_service():
    """Arguments of subprocess: servers do not run as root."""
    if os.getuid() != 0:
        return {}
    entry = pwd.getpwnam(SERVICE_USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def drive(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"the load driver failed: {' '.join(map(str, arguments))}")
    return json.loads(done.stdout)
