"""The Data Manager in a big project: `run --only dm` makes a million tasks with annotations and predictions and asks for their lists, first
with nothing kept (cold), then again (warm); `--reference` asks both servers for the same lists of a project that both imported.

The rows are made by manager.sql in a minute; the figures are those of whole requests, as one client sees them."""

import json
import os
import random
import time
import urllib.parse

import machine

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = 30
WARM_P95_MS, COLD_MS, GLANCE_MS, COUNT_MS, WORKER_MB = 50, 500, 500, 4000, 32
WARM_REQUESTS, COLD_REQUESTS = 40, 3
INDEX_S = 600
IMPORT_STEP = 5000


def filtered(column, operator, value, kind="Number"):
    return {"filters": {"conjunction": "and", "items": [{"filter": "filter:tasks:" + column, "operator": operator, "type": kind, "value": value}]}}


def ordered(*names):
    return {"ordering": ["tasks:" + name if name[0] != "-" else "-tasks:" + name[1:] for name in names]}


def lists(annotator):
    """Name, query, and the part of the list at which the page is: what PostgreSQL answers without an index on task data."""
    return [
        ("first page", {}, 0), ("deep page", {}, 0.5), ("order by -id, first page", ordered("-id"), 0), ("order by -id, deep page", ordered("-id"), 0.5),
        ("order by -created_at", ordered("-created_at"), 0), ("order by -updated_at", ordered("-updated_at"), 0),
        ("order by completed_at", ordered("completed_at"), 0), ("order by -updated_at, deep page", ordered("-updated_at"), 0.5),
        ("order by -total_annotations", ordered("-total_annotations"), 0),
        ("order by -total_annotations, deep page", ordered("-total_annotations"), 0.5),
        ("two annotations and more", filtered("total_annotations", "greater_or_equal", 2), 0),
        ("no annotation, by -updated_at", {**filtered("total_annotations", "equal", 0), **ordered("-updated_at")}, 0),
        ("of one annotator", filtered("annotators", "contains", annotator, "List"), 0),
    ]


# Name, query, and the index that it goes by.
INDEXED = [
    ("data field equal", filtered("data.category", "equal", "category 5", "String"), ("category", "equal")),
    ("data field greater", filtered("data.price", "greater", 9990), ("price", "number")),
    ("contains, 0.05 % of the tasks", filtered("data.text", "contains", "ZEBRAfish", "String"), ("text", "contains")),
    ("order by a data field", ordered("data.text"), ("text", "text")),
]
COMMON = filtered("data.text", "contains", "FALcon", "String")      # 1 % of the tasks


def searches(reviewer):
    """Name, query, and whether the first tasks of it are soon found: what no index helps, or none that there is at first."""
    def results(operator, value):
        return filtered("annotations_results", operator, value, "String")

    return [
        ("contains without an index", COMMON, True), ("does not contain", filtered("data.text", "not_contains", "FALcon", "String"), True),
        ("pattern", filtered("data.text", "regex", "falc[o]n, num", "String"), False),
        ("anywhere in the data, 1 %", filtered("search", "contains", "FALcon", "String"), True),
        ("anywhere in the data, nowhere", filtered("search", "contains", "nowhere to be found", "String"), False),
        ("label, most tasks with annotations", results("contains", '"Person"'), True), ("label, 0.1 %", results("contains", '"Ship"'), False),
        ("without a label", results("not_contains", '"Person"'), True), ("pattern in results", results("regex", "Ship|Boat"), False),
        ("no annotator", filtered("annotators", "empty", True, "List"), True), ("reviewer", filtered("reviewers", "contains", reviewer, "List"), False),
        ("mean time above", filtered("avg_lead_time", "greater", 30), True), ("comments contain", filtered("comments", "contains", "LAST region", "String"), True),
    ]


def p95(times):
    return sorted(times)[len(times) * 95 // 100]


class Lists:
    """Requests for lists of one project on one server."""

    def __init__(self, target, project, n):
        self.target, self.project, self.n = target, project, n

    def ask(self, query, page=1, **more):
        """(milliseconds, answer)"""
        more = {"project": self.project, "page_size": PAGE, "page": page, **more}
        if query:
            more["query"] = json.dumps(query)
        status, text, _, seconds = self.target.request("GET", "/api/tasks/?" + urllib.parse.urlencode(more))
        if status != 200:
            raise RuntimeError(f"{self.target.name}: {query} page {page}: {status} {text[:300].decode()}")
        return seconds * 1000, json.loads(text)

    def page(self, part):
        return max(1, int(self.n * part) // PAGE)


class Manager:
    def __init__(self, bench):
        self.bench, self.target, self.n = bench, bench.target, bench.arguments.dm_tasks
        self.lists = Lists(self.target, self.target.project("A big table"), self.n)
        self.rows = []

    def fill(self):
        with open(os.path.join(HERE, "manager.sql")) as file:
            text = file.read()
        values = {"p": self.lists.project, "n": self.n, "first": self.bench.users[0], "people": len(self.bench.users)}
        begun = time.monotonic()
        for statement in text.format(**values).split(";\n"):
            if statement.strip():
                self.target.database.psql(statement)
        count = self.target.database.psql(f"SELECT (SELECT count(*) FROM annotation WHERE project_id = {self.lists.project}) || ' annotations and ' ||"
                                          f" (SELECT count(*) FROM prediction WHERE project_id = {self.lists.project})")
        print(f"{self.n} tasks, {count} predictions made in {time.monotonic() - begun:.0f} s", flush=True)

    def forget(self):
        self.target.database.psql("TRUNCATE task_list, task_list_page")

    def line(self, name, cold, warm, total, checks):
        self.bench.rows.append({"checks": checks})
        missed = [text for text, met in checks if not met]
        cells = [f"{ms:9.1f}" if ms is not None else " " * 9 for ms in (cold, warm)]
        print(f"{name:44}{''.join(cells)}{total:>12,}   " + ("MISSED " + ", ".join(missed) if missed else "ok     " + ", ".join(t for t, _ in checks)), flush=True)

    def measure(self, name, query, part=0):
        """The middle one of the cold requests, the slow one of the warm."""
        page, cold = self.lists.page(part), []
        for _ in range(COLD_REQUESTS):
            self.forget()
            cold.append(self.lists.ask(query, page)[0])
        asked = [self.lists.ask(query, page) for _ in range(WARM_REQUESTS)]
        cold, warm = sorted(cold)[COLD_REQUESTS // 2], p95([ms for ms, _ in asked])
        self.line(name, cold, warm, asked[0][1]["total"], [(f"cold < {COLD_MS} ms", cold < COLD_MS), (f"warm < {WARM_P95_MS} ms", warm < WARM_P95_MS)])

    def search(self, name, query, soon):
        """Tasks first, then how many there are."""
        self.forget()
        if soon:
            glance, answer = self.lists.ask(query, totals="known")
            assert answer["total"] is None and len(answer["tasks"]) == PAGE, answer["total"]
            self.line(name + ", tasks", glance, None, PAGE, [(f"< {GLANCE_MS} ms", glance < GLANCE_MS)])
        count, answer = self.lists.ask(query)
        warm = p95([self.lists.ask(query)[0] for _ in range(WARM_REQUESTS)])
        self.line(name + ", exact total", count, warm, answer["total"],
                  [(f"once < {COUNT_MS} ms", count < COUNT_MS), (f"warm < {WARM_P95_MS} ms", warm < WARM_P95_MS)])

    def wait_for_indexes(self):
        """Each list is asked for once, which makes the server wish for its index; in a small table it does not, and is asked for it."""
        for _, query, _ in INDEXED:
            self.forget()
            self.lists.ask(query)
        path, begun = f"/api/projects/{self.lists.project}/data-indexes/", time.monotonic()
        wished = [(one["key"], one["kind"]) for one in self.target.call("GET", path)["indexes"]]
        for key, kind in {wanted for _, _, wanted in INDEXED} - set(wished):
            self.target.call("POST", path, {"key": key, "kind": kind})
        print(f"wished for by queries: {wished}", flush=True)
        while True:
            ready = {(one["key"], one["kind"]): one for one in self.target.call("GET", path)["indexes"] if one["state"] == "ready"}
            if all(wanted in ready for _, _, wanted in INDEXED):
                break
            if time.monotonic() - begun > INDEX_S:
                raise RuntimeError(f"indexes were not made: {self.target.call('GET', path)}")
            time.sleep(1)
        sizes = ", ".join(f"{key} {kind} {ready[key, kind]['size_bytes'] / 1e6:.0f} MB" for _, _, (key, kind) in INDEXED)
        print(f"indexes made in the background in {time.monotonic() - begun:.0f} s: {sizes}", flush=True)

    def memory(self):
        most = max(machine.smaps_kb(pid) for pid in machine.children(self.target.pids["labeld"])) / 1024
        met = most < WORKER_MB
        self.bench.rows.append({"checks": [(f"< {WORKER_MB} MB", met)]})
        print(f"memory of the biggest worker (Pss): {most:.1f} MB  {'ok' if met else 'MISSED'}", flush=True)

    def run(self):
        self.fill()
        print(f"\n{'lists of the Data Manager, ms':44}{'cold':>9}{'warm p95':>9}{'total':>12}")
        for name, query, part in lists(self.bench.users[3]):
            self.measure(name, query, part)
        for name, query, soon in searches(self.bench.users[0]):
            self.search(name, query, soon)
        self.wait_for_indexes()
        for name, query, _ in INDEXED:
            self.measure(name, query)
        self.memory()


# ---- the same lists on both servers ----

WORDS = "Amber river stone Quiet window garden letter north paper silver bridge evening market orange signal winter".split()


def item(i, chance):
    text = " ".join(chance.choices(WORDS, k=12)) + (" falcon" if i % 100 == 7 else "") + (" Zebrafish" if i % 2000 == 3 else "") + f", number {i}"
    result = [{"id": "r1", "from_name": "label", "to_name": "text", "type": "labels", "value": {"start": 0, "end": 5, "text": "words", "labels": ["Person"]}}]
    return {"data": {"text": text, "category": f"category {i * 7919 % 97}", "price": i * 104729 % 1000003 / 100},
            "annotations": [{"result": result}] * (0, 0, 1, 2, 2, 4)[i % 6], "predictions": [{"result": result, "score": i % 1000 / 1000}] * (i % 2)}


def fill_by_import(target, n):
    """A project with the same tasks wherever it is imported."""
    project, chance, begun = target.project("A table on both"), random.Random(1), time.monotonic()
    for first in range(0, n, IMPORT_STEP):
        target.load(project, json.dumps([item(i, chance) for i in range(first, min(first + IMPORT_STEP, n))]))
    print(f"  {target.name}: {n} tasks imported in {time.monotonic() - begun:.0f} s", flush=True)
    return Lists(target, project, n)


def compare(ours, theirs, n):
    """Each list once on both to warm up, then in turn; the middle of the times. What labeld keeps is thrown away before a cold request."""
    user = [target.call("GET", "/api/current-user/whoami")["id"] for target in (ours, theirs)]
    both = [fill_by_import(target, n) for target in (ours, theirs)]
    print(f"\n{'lists beside the reference server, ms':44}{'labeld cold':>12}{'warm':>9}{'reference':>11}{'faster':>9}{'total':>10}", flush=True)
    for i, (name, query, part) in enumerate(lists(user[0]) + [(name, query, 0) for name, query, _ in INDEXED] + [("contains, 1 % of the tasks", COMMON, 0)]):
        queries = [query, lists(user[1])[i][1] if i < len(lists(0)) else query]
        page, totals, cold, warm, reference = both[0].page(part), [], [], [], []
        for _ in range(COLD_REQUESTS):
            ours.database.psql("TRUNCATE task_list, task_list_page")
            cold.append(both[0].ask(queries[0], page)[0])
            warm.append(both[0].ask(queries[0], page)[0])
            ms, answer = both[1].ask(queries[1], page)
            reference.append(ms)
            totals = [both[0].ask(queries[0], page)[1]["total"], answer["total"]]
        cold, warm, reference = (sorted(times)[COLD_REQUESTS // 2] for times in (cold, warm, reference))
        same = f"{totals[0]:>10,}" if totals[0] == totals[1] else f"  {totals[0]:,} differs from {totals[1]:,}"
        print(f"{name:44}{cold:12.1f}{warm:9.1f}{reference:11.1f}{reference / cold:8.0f}×{same}", flush=True)
