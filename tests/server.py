"""A labeld server for Python tests: tests/serve started and stopped, or one that already runs.

    with Server(build="/path/to/build") as server: requests.get(server.url + "/health")

Tests that do not care which server they get use shared_server(): it is the one that LABELD_URL names (with LABELD_TOKEN, LABELD_EMAIL
and LABELD_PASSWORD; any server that speaks the API), else one is started from the programs in LABELD_BUILD."""

import atexit
import glob
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
STOP_SECONDS = 120
# Debian's psql is a script that looks for clusters first: four times as long as the program that it starts.
PROGRAMS = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]) if path.split("/")[4].isdigit() else 0)
os.environ["PATH"] = os.pathsep.join([*PROGRAMS[-1:], os.environ["PATH"]])


class Server:
    """Attributes: url, email, password, token; of a started one also dir, log, db (libpq connection string), pids."""

    dir = log = db = None
    pids = {}

    def __init__(self, build=None, editor=None, workers=None, prefix=None, keep=False, plain_log=False, pooled=False, env=None):
        build = build or os.environ["LABELD_BUILD"]
        editor = editor or os.environ.get("EDITOR_DIR")
        command = [os.path.join(HERE, "serve"), "--build", build]
        for option, value in (("--editor", editor), ("--workers", workers), ("--prefix", prefix)):
            if value:
                command += [option, str(value)]
        if keep:
            command.append("--keep")
        if pooled:
            command.append("--pooled")
        if plain_log:
            command.append("--plain-log")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})}
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server did not start (exit status {self.process.wait()})")
        self.__dict__.update(json.loads(line))

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(STOP_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class RunningServer:
    """A server that somebody else started, for example the reference server."""

    dir = log = db = None
    pids = {}

    def __init__(self):
        self.url = os.environ["LABELD_URL"].rstrip("/")
        self.token = os.environ["LABELD_TOKEN"]
        self.email = os.environ.get("LABELD_EMAIL")
        self.password = os.environ.get("LABELD_PASSWORD")

    def close(self):
        pass


_shared = None


def shared_server():
    """One server for the whole test run, ended with it."""
    global _shared
    if _shared is None:
        _shared = RunningServer() if os.environ.get("LABELD_URL") else Server()
        atexit.register(_shared.close)
    return _shared
