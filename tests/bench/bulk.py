"""Import and export of many tasks, beside COPY of the same rows.

COPY runs in the same tables, with their triggers, indexes and constraints, as another project; its time is what psql tells, without
the start of psql. Runs take turns in which of the two goes first: PostgreSQL cleans up behind both of them."""

import functools
import json
import os
import re
import statistics
import sys

import machine
import tasks

TASK_COLUMNS = "inner_id, data, meta, overlap, allow_skip, is_labeled"
ANNOTATION_COLUMNS = "result, result_count, completed_by, lead_time, created_at, updated_at"


# Formats of text; larger projects are measured in JSON only.
FORMATS, FORMATS_MOST = ["JSON_MIN", "CSV", "TSV", "JSONL", "CSV_REGIONS", "CONLL2003", "HUGGINGFACE"], 100000
SHARED = ["JSON_MIN", "CSV", "TSV", "CONLL2003"]    # with the reference server


class Counted:
    """Takes an answer in pieces and counts its tasks; small ones are parsed, too."""

    MARK, PARSED_MOST = b'"inner_id":', 100 << 20

    def __init__(self):
        self.n, self.bytes, self.tail, self.pieces = 0, 0, b"", []

    def __call__(self, piece):
        text = self.tail + piece
        self.n += text.count(self.MARK)
        self.tail = text[-len(self.MARK) + 1:]
        self.bytes += len(piece)
        if self.bytes < self.PARSED_MOST:
            self.pieces.append(piece)

    def tasks(self):
        if self.bytes < self.PARSED_MOST:
            return len(json.loads(b"".join(self.pieces)))
        return self.n if self.pieces[0].startswith(b"[") and self.tail.endswith(b"]") else -1


def timed(target, method, path, body=None, counts=True):
    counted = Counted()
    children = machine.children(target.pids[target.workers]) if target.workers else []
    peak, before = machine.Peak(children), target.used()
    status, text, first_s, seconds = target.request(method, path, body, take=counted if method == "GET" else None)
    if not 200 <= status < 300:
        sys.exit(f"{target.name}: {method} {path}: {status} {text[:500].decode()}")
    after = target.used()
    return {"seconds": seconds, "first_ms": first_s * 1000, "tasks": counted.tasks() if method == "GET" and counts else None,
            "grown_mb": peak.grown_mb(), "cpu": {name: after[name] - before[name] for name in after}}


def copy_s(target, *commands):
    """Seconds that these \\copy commands took."""
    times = re.findall(r"^Time: ([\d.]+) ms", target.database.psql("\\timing on", *commands), re.M)
    if len(times) != len(commands):
        raise RuntimeError("psql told no times")
    return sum(map(float, times)) / 1000


class Bulk:
    """One size of one sort of tasks."""

    formats, more = FORMATS, ""     # and parameters of theirs

    def __init__(self, target, name, n, make, work):
        self.target, self.name, self.n, self.work = target, name, n, work
        self.body = tasks.body(make, n)
        self.imports, self.exports, self.copies_in, self.copies_out = [], [], [], []
        self.project = None

    def measure(self, i):
        steps = [self.measure_server, self.measure_copy] if self.target.database else [self.measure_server]
        for step in reversed(steps) if i % 2 else steps:
            step()

    def measure_server(self):
        project = self.target.project(f"{self.name} {self.n}")
        self.imports.append(timed(self.target, "POST", f"/api/projects/{project}/import", self.body))
        self.exports.append(timed(self.target, "GET", f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true"))
        if self.exports[-1]["tasks"] != self.n:
            sys.exit(f"the export of project {project} holds {self.exports[-1]['tasks']} tasks, not {self.n}")
        self.project = self.project or project

    def measure_copy(self):
        other = self.target.project("Yardstick")
        psql = self.target.database.psql
        path = os.path.join(self.work, "tasks.copy")
        psql(f"\\copy (SELECT {other}, {TASK_COLUMNS} FROM task WHERE project_id = {self.project} ORDER BY inner_id) TO '{path}'")
        seconds = copy_s(self.target, f"\\copy task (project_id, {TASK_COLUMNS}) FROM '{path}'")
        seconds += self.copy_annotations(other)
        self.copies_in.append(seconds)
        # COPY of JSON text that holds the same as the export; with fresh figures about the tables, or its plan is a bad one.
        psql("ANALYZE task, annotation")
        self.copies_out.append(copy_s(
            self.target,
            f"\\copy (SELECT to_jsonb(t) || jsonb_build_object('annotations', (SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]') FROM annotation a "
            f"WHERE a.task_id = t.id), 'predictions', '[]'::jsonb) FROM task t WHERE t.project_id = {other} ORDER BY inner_id) TO '/dev/null'"))

    def copy_annotations(self, other):
        path, psql = os.path.join(self.work, "annotations.copy"), self.target.database.psql
        psql("SET enable_nestloop = off",    # the planner does not know the new tasks yet
             f"\\copy (SELECT n.id, {other}, {', '.join('a.' + c for c in ANNOTATION_COLUMNS.split(', '))} FROM annotation a JOIN task t ON t.id = a.task_id "
             f"JOIN task n ON n.project_id = {other} AND n.inner_id = t.inner_id WHERE a.project_id = {self.project} ORDER BY a.id) TO '{path}'")
        if not os.path.getsize(path):
            return 0
        seconds = copy_s(self.target, f"\\copy annotation (task_id, project_id, {ANNOTATION_COLUMNS}) FROM '{path}'")
        # What an import does beyond the COPY is not timed, but the counters are proven at the end.
        psql(f"SELECT task_recount(array_agg(id), NULL) FROM task WHERE project_id = {other}")
        return seconds

    def server_rows(self):
        """Without a yardstick."""
        return [self.row("import", self.imports), self.row("export", self.exports),
                *(self.format_row(kind) for kind in SHARED if self.name != "plain" and self.n <= FORMATS_MOST)]

    def rows(self):
        labelled = self.name != "plain"
        return [self.row("import", self.imports, self.copies_in, least=0.25 if labelled else 0.4, grown_mb=16),
                self.row("export", self.exports, self.copies_out, least=0.5, grown_mb=8, first_ms=100),
                *(self.format_row(kind) for kind in self.formats if labelled and self.n <= FORMATS_MOST)]

    def format_row(self, kind):
        """Another format, once: what a worker's memory grows by must not depend on the size of the project."""
        run = timed(self.target, "GET", f"/api/projects/{self.project}/export?exportType={kind}{self.more}", counts=False)
        return self.row(kind, [run], grown_mb=16)

    def row(self, what, runs, yardstick=None, least=None, grown_mb=None, first_ms=None):
        seconds = statistics.median(run["seconds"] for run in runs)
        middle = sorted(runs, key=lambda run: run["seconds"])[len(runs) // 2]
        grown = max(run["grown_mb"] for run in runs)
        first = max(run["first_ms"] for run in runs)
        row = {"name": f"{what} {self.n:,} {self.name}", "rate": self.n / seconds, "p50": seconds * 1000,
               "p99": max(run["seconds"] for run in runs) * 1000, "cpu": {key: value / self.n * 1000 for key, value in middle["cpu"].items()},
               "note": f"first byte {first:.0f} ms; worker +{grown:.1f} MB", "grown_mb": grown, "checks": []}
        if yardstick:
            row["floor"] = self.n / statistics.median(yardstick)
            row["ratio"] = row["rate"] / row["floor"]
            row["checks"] = [(f"≥ {least:.0%} of COPY", row["ratio"] >= least)]
            if first_ms:
                row["checks"].append((f"first byte < {first_ms} ms", first < first_ms))
        if grown_mb:
            row["checks"].append((f"worker +{grown_mb} MB", grown <= grown_mb))
        return row


class Family(Bulk):
    """Tasks of pictures or sounds, for the formats of text that only their configurations have."""

    def __init__(self, target, name, n):
        config, make, self.formats = tasks.FAMILIES[name]
        project = target.project(f"{name} {n}", config)
        super().__init__(target, name, n, functools.partial(make, target.upload(project, "second.wav", tasks.WAV)), None)
        self.project, self.more = project, "&download_resources=false"

    def load(self):
        self.target.load(self.project, self.body)

    def rows(self):
        return [self.format_row(kind) for kind in self.formats]
