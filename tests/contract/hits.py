"""Which routes the tests reach. Every process of a run notes what it asks for and what was answered; at the end the notes are joined
and compared with the program's route table.

A route counts as tested when a test of its own was answered well. The tests that walk the whole table ask everything of everybody, so
they prove nothing about a single route; only pages, which have a suite of their own in a browser, may be reached by them alone."""

import glob
import json
import os
import re
import subprocess
from urllib.parse import urlsplit

WALKERS = {"test_permissions.py", "test_bad_input.py", "test_routes.py", "test_schemathesis.py", ""}
NOTED = {"get", "post", "put", "patch", "delete"}
FOLDER = "LABELD_HITS"      # where the processes of this run put their notes
# Every type of storage has the same rows of the table, made by one macro: one type stands for all.
SAME_ROWS = re.compile(r"/api/storages/(export/)?(s3s?|gcs|azure|redis)(/|$)")
# What cannot be answered well where tests run, and which answer its tests look for.
REFUSED = {
    ("GET", "/api/tasks/{id:int}/agreement/"): 403,      # a feature of the reference that is off there too
    ("POST", "/api/storages/azure_blob/{id:int}/sync"): 400,
    ("POST", "/api/storages/export/azure_blob/{id:int}/sync"): 400,
    # Without a driver no object can be given out.
    ("GET", "/tasks/{id:int}/resolve/"): 424,
    ("GET", "/tasks/{id:int}/presign/"): 424,
    ("GET", "/projects/{id:int}/resolve/"): 424,
    ("GET", "/projects/{id:int}/presign/"): 424,
}

notes = []


def note(method, url, answer):
    """What is sent on to the log-in was not answered."""
    if method.lower() in NOTED:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").split(" ")[0]
        status = 401 if "/user/login/?next=" in answer.headers.get("Location", "") else answer.status_code
        notes.append((method.upper(), urlsplit(str(url)).path, status, test))


def listen():
    """Note what goes through the HTTP libraries: ours and the tests', and the one of today's SDK."""
    import requests

    send = requests.Session.send

    def noted(self, request, **kw):
        answer = send(self, request, **kw)
        note(request.method, request.url, answer)
        return answer

    requests.Session.send = noted
    try:
        import httpx
    except ImportError:
        return
    ask = httpx.Client.send

    def asked(self, request, **kw):
        answer = ask(self, request, **kw)
        note(request.method, request.url, answer)
        return answer

    httpx.Client.send = asked


def keep():
    """Once in each process, at its end."""
    with open(os.path.join(os.environ[FOLDER], f"{os.getpid()}.hits"), "w") as file:
        json.dump(notes, file)


def joined():
    found = []
    for path in glob.glob(os.path.join(os.environ[FOLDER], "*.hits")):
        with open(path) as file:
            found += json.load(file)
    return found


# ---- the table ----


def table():
    done = subprocess.run([os.path.join(os.environ["LABELD_BUILD"], "labeld-admin"), "routes", "--json"],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def expression(pattern):
    """A pattern as a regular expression; a slash at the end makes no difference."""
    kinds = {"int": r"\d+", "str": r"[^/]+", "path": r".+"}
    parts = re.split(r"\{\w+:(\w+)\}", pattern.rstrip("/"))
    return re.compile("".join(kinds[p] if i % 2 else re.escape(p) for i, p in enumerate(parts)) + "/?$")


def finder(routes):
    """From a method and a path to the route's pattern. Literal parts win, as in the server."""
    known = sorted(((r["method"], expression(r["pattern"]), r["pattern"]) for r in routes), key=lambda r: r[2].count("{"))
    memory = {}

    def find(method, path):
        if (method, path) not in memory:
            memory[method, path] = next((p for m, e, p in known if m == method and e.match(path)), None)
        return memory[method, path]

    return find


def counts(route, status, test):
    if "page" in route["flags"]:
        return status < 400
    own = os.path.basename(test.partition("::")[0]) not in WALKERS
    return own and (status < 400 or status == REFUSED.get((route["method"], route["pattern"])))


def never_hit():
    routes = table()
    find, by_pattern, done = finder(routes), {(r["method"], r["pattern"]): r for r in routes}, set()
    for method, path, status, test in joined():
        pattern = find(method, path)
        if pattern and counts(by_pattern[method, pattern], status, test):
            done.add((method, pattern))
    return sorted(f"{m} {p}" for m, p in by_pattern if (m, p) not in done and not SAME_ROWS.match(p))
