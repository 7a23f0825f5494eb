"""The hard case of the stream: a project of a million tasks, most of it waiting for a second opinion, and an annotator who has done
400,000 of them. `run --only hard` prints how long `next` takes for them and for somebody new, whatever the project's settings.

The rows are made by SQL, since an import of this size would take minutes; the figures are those of whole requests."""

import json
import time

RESULT = [{"id": "r", "from_name": "label", "to_name": "text", "type": "labels", "value": {"start": 0, "end": 1, "text": "a", "labels": ["Person"]}}]
REQUESTS = 300

TASKS = """
INSERT INTO task (project_id, inner_id, data, overlap)
SELECT {p}, g, jsonb_build_object('text', 'a text to read, number ' || g), 2 FROM generate_series(1, {n}) g;
UPDATE project_sequence SET next_inner_id = {n} + 1 WHERE project_id = {p};
UPDATE project SET maximum_annotations = 2 WHERE id = {p}"""
# The veteran alone did the first 40 %, but for one task in two thousand; the others finished a tenth of that.
WORK = """
INSERT INTO annotation (task_id, project_id, result, result_count, completed_by)
SELECT id, {p}, '[]', 0, {veteran} FROM task WHERE project_id = {p} AND inner_id <= {n} * 0.4 AND inner_id % 2000 <> 7;
INSERT INTO annotation (task_id, project_id, result, result_count, completed_by)
SELECT id, {p}, '[]', 0, {first} + inner_id % 8 FROM task WHERE project_id = {p} AND inner_id <= {n} * 0.4 AND inner_id % 10 = 3;
SELECT count(task_recount(ids, NULL)) FROM (
    SELECT array_agg(id) AS ids FROM task WHERE project_id = {p} AND inner_id <= {n} * 0.4 GROUP BY inner_id / 10000) x"""
REOPEN = """
UPDATE annotation SET deleted_at = now() WHERE project_id = {p} AND completed_by = {first} + 3 AND deleted_at IS NULL
  AND task_id IN (SELECT id FROM task WHERE project_id = {p} AND inner_id % 20 = 3);
SELECT task_recount(array_agg(id), NULL) FROM task WHERE project_id = {p} AND inner_id <= {n} * 0.4 AND inner_id % 20 = 3"""
PREDICTIONS = """
INSERT INTO prediction (task_id, project_id, result, score, model_version, cluster)
SELECT id, {p}, '[]', inner_id / {n}::float8, 'm1', {cluster} FROM task WHERE project_id = {p};
UPDATE task SET total_predictions = 1 WHERE project_id = {p};
UPDATE project SET model_version = 'm1' WHERE id = {p}"""
COHORT = "UPDATE task SET overlap = 1 WHERE project_id = {p} AND NOT is_labeled AND total_annotations = 0 AND inner_id % 5 <> 0"


class Hard:
    def __init__(self, bench):
        self.target, self.n = bench.target, bench.arguments.hard_tasks
        self.tokens, self.users, self.newest = bench.tokens, bench.users, 10
        self.p = self.target.project("The hard case")

    def sql(self, text, **more):
        begun = time.monotonic()
        values = {"p": self.p, "n": self.n, "veteran": self.users[0], "first": self.users[1], **more}
        self.target.database.psql(*[part for part in text.format(**values).split(";") if part.strip()])
        print(f"  ({' '.join(text.split())[:60]} …: {time.monotonic() - begun:.1f} s)", flush=True)

    def change(self, **fields):
        self.target.call("PATCH", f"/api/projects/{self.p}/", fields)

    def label(self, token):
        taken = []
        for _ in range(REQUESTS):
            status, text, _, seconds = self.target.request("GET", f"/api/projects/{self.p}/next/", token=token)
            taken.append(seconds * 1000)
            if status == 404:
                continue
            if status != 200:
                raise RuntimeError(f"next: {status} {text.decode()} after {seconds:.1f} s")
            task = json.loads(text)
            self.queues[task["queue"]] = self.queues.get(task["queue"], 0) + 1
            self.target.call("POST", f"/api/tasks/{task['id']}/annotations/", {"result": RESULT}, token=token)
        return taken

    def measure(self, name):
        """The veteran, then somebody who was never here."""
        for who, token in (("veteran", self.tokens[0]), ("new", self.tokens[self.newest])):
            self.queues = {}
            taken = self.label(token)
            order = sorted(taken)
            queues = ", ".join(f"{queue} {n}" for queue, n in self.queues.items()) or "nothing"
            print(f"{name:34}{who:10}{taken[0]:9.1f}{order[len(order) // 2]:9.1f}{order[len(order) * 99 // 100]:9.1f}{order[-1]:9.1f}   {queues}", flush=True)
        self.newest += 1

    def run(self):
        print(f"\n{'next in the hard case, ms':44}{'first':>9}{'p50':>9}{'p99':>9}{'longest':>9}   queues")
        self.sql(TASKS)
        self.sql(WORK)
        self.measure("just after the load")
        self.target.database.psql("VACUUM ANALYZE")
        self.measure("in order")
        self.sql(REOPEN)
        self.measure("thousands reopened")
        self.change(sampling="Uniform sampling")
        self.measure("at random")
        self.sql("UPDATE project SET maximum_annotations = 1 WHERE id = {p}")
        self.measure("at random, not breadth first")
        self.change(sampling="Sequential sampling")
        self.measure("in order, not breadth first")
        self.sql(PREDICTIONS, cluster="NULL")
        self.change(sampling="Uncertainty sampling")
        self.measure("uncertain first")
        self.sql("UPDATE prediction SET cluster = id % 40 WHERE project_id = {p}")
        self.target.database.psql("VACUUM ANALYZE prediction")
        self.measure("uncertain first, 40 clusters")
        self.sql(COHORT)
        self.change(sampling="Sequential sampling", show_overlap_first=True)
        self.measure("overlap first")
        self.change(sampling="Uniform sampling")
        self.measure("overlap first, at random")
