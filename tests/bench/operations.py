"""Many small requests: reading tasks, pages of lists, and annotators at work, each beside its floor."""

import json
import random
import re
import statistics
import sys

import machine
import tasks
from floor import Script, capture

WORKERS = 4
TASKS_PER_S = 3000      # more than anybody labels here in a second
RATIO, TAIL, MIDDLE = 0.6, 8, 5


class Operation:
    """`requests`: FastCGI answers per operation."""

    def __init__(self, bench, target, name, clients):
        self.bench, self.target, self.name, self.clients = bench, target, name, clients
        self.runs, self.pg, self.empty = [], [], []

    def measure(self):
        before = self.target.used()
        result = self.load()
        after = self.target.used()
        result["cpu"] = {name: after[name] - before[name] for name in after}
        self.runs.append(result)
        if result["errors"]:
            print(f"  {self.target.name}, {self.name}: {result['errors']} errors, last status {result['last_error']}", file=sys.stderr)

    def measure_floor(self):
        seconds = self.bench.arguments.seconds
        if not hasattr(self, "script"):
            self.prepare_floor()
        self.pg.append(self.target.database.pgbench(self.script, self.variables, min(WORKERS, self.clients), seconds))
        result = machine.drive(self.bench.driver, "get", self.bench.empty.port, "x", self.clients, seconds, self.empty_requests)
        self.empty.append(result["get"]["n"] / seconds / self.requests)

    def row(self):
        seconds = self.bench.arguments.seconds
        middle = sorted(self.runs, key=lambda r: self.done(r))[len(self.runs) // 2]
        n = self.done(middle)
        whole = max(n, 1) * 1.1       # the warm-up used processor time too
        row = {"name": f"{self.name}, {self.clients}", "rate": n / seconds, "driver": middle["cpu_s"] / whole * 1000,
               "cpu": {key: value / whole * 1000 for key, value in middle["cpu"].items()}, "note": self.note(), **self.latency(middle)}
        row["checks"] = self.checks(row)
        if self.pg:
            pg, empty = statistics.median(self.pg), statistics.median(self.empty)
            row["floor"] = 1 / (1 / pg + 1 / empty)
            row["ratio"] = row["rate"] / row["floor"]
            row["note"] += f" floor: pgbench {pg:,.0f}/s, empty handler {empty:,.0f}/s"
            row["checks"].insert(0, (f"≥ {RATIO:.0%} of floor", row["ratio"] >= RATIO))
        return row

    def note(self):
        errors = sum(r["errors"] for r in self.runs)
        return f"{errors} errors;" if errors else ""

    def checks(self, row):
        return [] if not any(r["errors"] for r in self.runs) else [("no errors", False)]


class Get(Operation):
    requests = 1

    def __init__(self, bench, target, name, clients, paths, known=(), setup=(), tail=False, beside=None):
        """`tail`: the slowest hundredth is judged; `beside`: another one that this may be MIDDLE times as slow as."""
        super().__init__(bench, target, name, clients)
        self.known, self.setup, self.path, self.tail, self.beside = known, setup, paths[0], tail, beside
        self.file = bench.file("paths", "".join(f"GET {self.target.prefix}{path}\n" for path in paths))

    def load(self):
        return machine.drive(self.bench.driver, "get", self.target.port, self.target.token, self.clients, self.bench.arguments.seconds, self.file)

    def done(self, run):
        return run["get"]["n"]

    def latency(self, run):
        return {"p50": run["get"]["p50_ms"], "p99": run["get"]["p99_ms"]}

    def checks(self, row):
        checks = super().checks(row)
        if self.tail:
            checks.append((f"p99 < {TAIL} × p50", row["p99"] < TAIL * row["p50"]))
        if self.beside:
            first = self.beside.row()["p50"]
            checks.append((f"within {MIDDLE} × of page 1", row["p50"] <= MIDDLE * first))
        return checks

    def prepare_floor(self):
        statements = capture(self.target.database, self.target.log, lambda: self.target.call("GET", self.path))
        script = Script(self.target.database, self.bench.source, self.known, {}, self.setup)
        for statement in statements:
            script.add(statement)
        self.bench.explain(self, statements)
        self.script, self.variables = self.bench.file("pgbench", ""), script.variables
        script.write(self.script)
        size = len(self.target.request("GET", self.path)[1])
        self.empty_requests = self.bench.file("empty", f"GET /api/x?n={size}\n")


class Label(Operation):
    """Next and submit by annotators of one project with overlap 1."""

    requests = 2

    def __init__(self, bench, target, clients, project, tokens, users):
        super().__init__(bench, target, "next + submit", clients)
        self.project, self.users, self.first_token = project, users, tokens[0]
        self.tokens = bench.file("tokens", "".join(token + "\n" for token in tokens))

    def refill(self):
        """Nobody may run out of tasks within one measurement."""
        project = self.target.call("GET", f"/api/projects/{self.project}/")
        missing = int(self.bench.arguments.seconds * self.bench.tasks_per_s(self.target)) - project["task_number"] + project["finished_task_number"]
        if missing > 0:
            self.target.load(self.project, tasks.body(tasks.plain_task, missing))

    def measure_floor(self):
        self.refill()
        super().measure_floor()

    def load(self):
        self.refill()
        before = self.stored()
        run = machine.drive(self.bench.driver, "label", self.target.port, self.tokens, self.clients, self.bench.arguments.seconds, self.project,
                            json.dumps(tasks.RESULT))
        run["lost"] = run["stored"] - (self.stored() - before)
        return run

    def stored(self):
        return self.target.call("GET", f"/api/projects/{self.project}/")["total_annotations_number"]

    def done(self, run):
        return run["submit"]["n"]

    def latency(self, run):
        return {"p50": run["next"]["p50_ms"] + run["submit"]["p50_ms"], "p99": run["next"]["p99_ms"] + run["submit"]["p99_ms"]}

    def wrong(self):
        return sum(abs(r["lost"]) for r in self.runs), sum(r["twice"] for r in self.runs)

    def checks(self, row):
        lost, twice = self.wrong()
        ran_dry = sum(r["empty"] for r in self.runs)
        return super().checks(row) + [("0 lost", lost == 0), ("0 twice", twice == 0)] + ([("tasks for all", False)] if ran_dry else [])

    def note(self):
        lost, twice = self.wrong()
        last = self.runs[-1]
        return super().note() + (f" {lost} lost, {twice} handed out twice; next p50 {last['next']['p50_ms']:.1f} p99 {last['next']['p99_ms']:.1f} ms, "
                                 f"submit p50 {last['submit']['p50_ms']:.1f} p99 {last['submit']['p99_ms']:.1f} ms;")

    def cycle(self, token):
        task = self.target.call("GET", f"/api/projects/{self.project}/next/", token=token)
        body = {"unique_id": task["unique_lock_id"], "lead_time": 3.2, "result": tasks.RESULT}
        done = self.target.call("POST", f"/api/tasks/{task['id']}/annotations/?project={self.project}", body, token=token)
        self.last = (task, done, len(json.dumps(task)), len(json.dumps(done)), json.dumps(body))

    def cursor_lag(self):
        """Annotators' cursors move when the next task lies this far beyond them, so that few requests write one."""
        with open(f"{self.bench.source}/src/core/stream.c") as file:
            return int(re.search(r"CURSOR_LAG = (\d+)", file.read()).group(1))

    def far_cycle(self):
        """With the cursor so far behind that it moves."""
        self.target.database.psql(f"DELETE FROM stream_cursor WHERE project_id = {self.project} AND user_id = {self.users[0]}")
        self.cycle(self.first_token)

    def prepare_floor(self):
        user = self.users[0]
        statements = capture(self.target.database, self.target.log, self.far_cycle)
        task, done, next_size, submit_size, body = self.last
        taken = next(s.name for s in reversed(statements[:[s.name for s in statements].index("stream_take")]) if (s.name or "").startswith("stream_")
                     and "inner_id" in Script(None, self.bench.source, [], {}, []).queries[s.name][1])
        known = [(str(task["id"]), ("task", "tasks"), f":{taken}_task"), (str(done["id"]), ("annotation",), ":annotation_insert_id"),
                 (str(user), ("member", "own", "by_user", "completed_by"), ":member"), (task["unique_lock_id"], ("unique_id",), "gen_random_uuid()")]
        low, reached = "stream_project_low_inner_id", f"{taken}_inner_id"
        flows = {("stream_ahead", "low"): low, ("stream_advance", "next"): reached}
        script = Script(self.target.database, self.bench.source, known, flows, [f"\\set member {user} + :client_id"])
        for statement in statements:
            script.add(statement, keep=statement.name in (taken, "annotation_insert", "stream_project"),
                       when=f":{reached} - :{low} > {self.cursor_lag()}" if statement.name in ("stream_gate", "stream_advance") else None)
        self.bench.explain(self, statements)
        self.script, self.variables = self.bench.file("pgbench", ""), script.variables
        script.write(self.script)
        self.empty_requests = self.bench.file("empty", f"GET /api/x?n={next_size}\nPOST /api/x?n={submit_size} {body}\n")


# ---- projects to work on ----

def first_id(target, project):
    return target.call("GET", f"/api/tasks/?project={project}&page=1&page_size=1")["tasks"][0]["id"]


def project_of(target, title, make, n):
    project = target.project(title)
    target.load(project, tasks.body(make, n))
    if target.database:
        target.database.psql("VACUUM ANALYZE task, annotation, project")
    return project


def gets(bench, target, n, clients):
    project = project_of(target, "Tasks to read", tasks.labelled_task, n)
    first = first_id(target, project)
    ids = range(first, first + n)
    paths = [f"/api/tasks/{task}/" for task in [first, *random.Random(3).sample(ids, min(n, 5000))]]
    setup = [f"\\set task random({ids[0]}, {ids[-1]})"]
    return [Get(bench, target, "GET task", k, paths, [(str(first), ("task", "tasks"), ":task")], setup, tail=True) for k in clients]


def lists(bench, target, n):
    project = project_of(target, "Tasks to list", tasks.plain_task, n)
    path = f"/api/tasks/?project={project}&page_size=30&page="
    page_1 = Get(bench, target, "list of 30, page 1", 8, [f"{path}1"])
    return [page_1, Get(bench, target, f"list of 30, page {n // 60:,}", 8, [f"{path}{n // 60}"], beside=page_1)]


def labels(bench, target, n, clients, tokens, users):
    project = project_of(target, "Tasks to label", tasks.plain_task, n)
    return [Label(bench, target, k, project, tokens, users) for k in clients]
