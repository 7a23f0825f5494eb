"""Random Data Manager queries over random tasks, compared with a slow evaluator that goes through the task list in Python.

It follows SQL's rule for what is not known: a term gives True, False or None, and only True finds a task. The letters are those of
which people's order and the order of bytes agree; test_dm_filters.py has the others. DM_SEED=n repeats a run."""

import json
import operator
import os
import random

import pytest

from dm import Found, item, query
from work import Project, annotate, choice, ours, owner, person, skip

pytestmark = ours

SEED = int(os.environ.get("DM_SEED", random.randrange(10 ** 6)))
QUERIES = 400
COMPARE = {"less": operator.lt, "greater": operator.gt, "less_or_equal": operator.le, "greater_or_equal": operator.ge}
NEGATIONS = {"not_equal": "equal", "not_in": "in", "not_in_list": "in_list", "not_contains": "contains"}
WORDS = ["a", "ab", "b", "50%", "x_y", "é", "É", "zz", "7", "-3", "", "0.5", "ß"]
PLAIN = ["a", "ab", "b", "zz", "7", "0"]
NUMBERS = [-3, 0, 1, 5, 7, 0.5, 10 ** 12]
KEYS = ["k", "m", "n"]


# ---- tasks ----


def anything(r):
    return r.choice([None, True, False, r.choice(WORDS), r.choice(WORDS), r.choice(NUMBERS), r.choice(NUMBERS)])


def data(r):
    made = {"text": r.choice(WORDS)}
    for key in KEYS:
        if r.random() < 0.75:
            made[key] = r.choice(PLAIN) if key == "m" else anything(r)
    return made


def prediction(r):
    return {"result": choice(r.choice("AB")), "score": r.choice([0.25, 0.5, 1.0]), "model_version": r.choice(["v1", "v2", "w"])}


def feedback(r, ids):
    """Reviews and comments on some of the annotations."""
    for task in ids:
        for annotation in owner().get(f"/api/tasks/{task}/annotations/"):
            if r.random() < 0.5:
                owner().post("/api/annotation-reviews/", {"annotation": annotation["id"], "accepted": r.random() < 0.6})
            if r.random() < 0.4:
                comment = {"annotation": annotation["id"], "text": r.choice(["ab", "zz", "a z"]), "is_resolved": r.random() < 0.5}
                owner().post("/api/comments/", comment)


@pytest.fixture(scope="module")
def world():
    r = random.Random(SEED)
    project = Project(maximum_annotations=2, label_config=None)
    ids = project.load([{"data": data(r), "predictions": [prediction(r) for _ in range(r.choice([0, 0, 1, 2]))]} for _ in range(60)])
    people = [owner(), person("ann"), person("bo")]
    for task in ids:
        for one in r.sample(people, r.choice([0, 0, 1, 1, 2])):
            if r.random() < 0.2:
                skip(one, task)
            else:
                annotate(one, task, r.choice("AB"), lead_time=r.choice([None, 1.0, 2.5, 4.0]))
        if r.random() < 0.2:
            owner().post(f"/api/tasks/{task}/drafts", {"result": []})
    feedback(r, ids)
    version = project.read()["model_version"]
    tasks = project.list(fields="all", page_size=1000)["tasks"]
    assert [t["id"] for t in tasks] == ids
    return Found(project, ids), tasks, [one.id for one in people], version, r


# ---- the slow evaluator ----


def no(known):
    return None if known is None else not known


def text_of(value):
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def number_of(value):
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except ValueError:
        return None


def rank(value):
    if isinstance(value, bool):
        return 3, value
    if value is None:
        return 0, 0
    return (1, value) if isinstance(value, str) else (2, value)


def scalar(have, op, value, key=lambda v: v):
    """The operators that compare one value with another; None where there is nothing to compare."""
    if op in NEGATIONS:
        return no(scalar(have, NEGATIONS[op], value, key))
    if op == "in":
        return None if have is None else key(value["min"]) <= have <= key(value["max"])
    if op == "in_list":
        return False if not value else None if have is None else have in [key(v) for v in value]
    if op == "equal":
        return None if have is None else have == key(value)
    return None if have is None else COMPARE[op](have, key(value))


def data_term(task, name, op, kind, value):
    missing = name not in task["data"]
    have = task["data"].get(name)
    if op == "empty":
        return (text_of(have) in (None, "")) == value
    if op in ("contains", "not_contains"):
        found = None if have is None else value.lower() in text_of(have).lower()
        return found if op == "contains" else no(found)
    if kind == "Number":
        return scalar(number_of(have), op, value, number_of)
    return scalar(None if missing else rank(have), op, value, rank)


def mean(values):
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None


def figure(task, column, version):
    if column == "avg_lead_time":
        return mean(a["lead_time"] for a in task["annotations"])
    if column == "predictions_score":
        return mean(p["score"] for p in task["predictions"] if version is None or p["model_version"] == version)
    if column == "draft_exists":
        return bool(task["drafts"])
    if column == "completed_at":
        return max((a["created_at"] for a in task["annotations"]), default=None) if task["is_labeled"] else None
    return task[column]


def rows_term(task, column, op, value):
    if column in ("reviewers", "comment_authors"):
        rows = [one["user_id"] for one in task[column]]
        match = lambda row: row == int(value)       # noqa: E731
    elif column == "comments":
        rows = task.get("comments", "").split("\n") if task["comment_count"] else []
        match = lambda row: value in row       # noqa: E731
    elif column == "annotators":
        rows = [a["completed_by"] for a in task["annotations"]]
        match = lambda row: row == int(value)       # noqa: E731
    elif column == "annotations_ids":
        rows = [a["id"] for a in task["annotations"]]
        match = lambda row: str(row) in value.split(",")       # noqa: E731
    elif column == "annotations_results":
        rows = [json.dumps(a["result"]) for a in task["annotations"]]
        match = lambda row: value in row       # noqa: E731
    else:
        rows = [p["model_version"] for p in task["predictions"]]
        match = lambda row: any(v in row for v in value)       # noqa: E731
    if op == "empty":
        empty = not rows or (column == "annotations_results" and "[]" in rows)
        return empty == value
    return any(match(row) for row in rows) == (op == "contains")


ROWS = ["annotators", "annotations_ids", "annotations_results", "predictions_model_versions", "reviewers", "comments", "comment_authors"]
COUNTS = ["reviews_accepted", "reviews_rejected", "comment_count", "unresolved_comment_count"]


def term(task, asked, version):
    column, op, kind, value = asked["filter"].removeprefix("filter:tasks:"), asked["operator"], asked["type"], asked["value"]
    if column.startswith("data."):
        return data_term(task, column[5:], op, kind, value)
    if column in ROWS:
        return rows_term(task, column, op, value)
    have = figure(task, column, version)
    if op == "empty":
        return (have == 0 if column.startswith("total") or column in COUNTS else have is None) == value
    return scalar(have, op, value)


def chain(task, asked, version):
    known = [term(task, asked, version)]
    if "child_filter" in asked:
        known.append(term(task, asked["child_filter"], version))
    return all(k is True for k in known)


def matches(task, asked, version):
    items = (asked.get("filters") or {}).get("items", [])
    if not items:
        return True
    return (any if asked["filters"]["conjunction"] == "or" else all)(chain(task, i, version) for i in items)


# ---- random queries ----


def compared(r, value):
    op = r.choice(["equal", "not_equal", "in", "not_in", "in_list", "not_in_list", *COMPARE])
    if op in ("in", "not_in"):
        return op, {"min": value(), "max": value()}
    if op in ("in_list", "not_in_list"):
        return op, [value() for _ in range(r.randrange(4))]
    return op, value()


def data_item(r, key):
    kind = r.choice(["String", "Number", "Unknown"])
    if r.random() < 0.2:
        return item("data." + key, "empty", "Boolean", r.random() < 0.5)
    if r.random() < 0.4:
        return item("data." + key, r.choice(["contains", "not_contains"]), kind, r.choice([w for w in WORDS if w]))
    if kind == "Number":
        return item("data." + key, *swap(kind, compared(r, lambda: r.choice(NUMBERS))))
    strings = r.random() < 0.5
    op, value = compared(r, lambda: r.choice(PLAIN) if strings else r.choice(NUMBERS))
    if key != "m" and strings and op not in ("equal", "not_equal", "in_list", "not_in_list"):
        return item("data.m", *swap(kind, (op, value)))      # only there all texts are plain
    return item("data." + key, *swap(kind, (op, value)))


def swap(kind, pair):
    return pair[0], kind, pair[1]


def random_item(r, tasks, people):
    column = r.choice(["data"] * 4 + ROWS + ["id", "inner_id", "total_annotations", "total_predictions", "cancelled_annotations",
                                             "avg_lead_time", "predictions_score", "is_labeled", "draft_exists", "reviewed", *COUNTS])
    if column == "data":
        return data_item(r, r.choice(["text", *KEYS]))
    if column in ("is_labeled", "draft_exists", "reviewed"):
        return item(column, r.choice(["equal", "not_equal"]), "Boolean", r.choice([True, False]))
    if column in ROWS and r.random() < 0.3:
        return item(column, "empty", "Boolean", r.random() < 0.5)
    op = r.choice(["contains", "not_contains"])
    if column in ("annotators", "reviewers", "comment_authors"):
        return item(column, op, "List", r.choice(people))
    if column == "comments":
        return item(column, op, "String", r.choice(["a", "zz", "z", "nothing"]))
    if column == "annotations_results":
        return item(column, op, "String", r.choice(['"A"', '"choices": ["B"]', "nothing"]))
    if column == "annotations_ids":
        every = [str(a["id"]) for t in tasks for a in t["annotations"]]
        return item(column, op, "String", ",".join(r.sample(every, 3)))
    if column == "predictions_model_versions":
        return item(column, op, "List", r.sample(["v1", "v2", "w", "v"], r.choice([1, 2])))
    values = {"id": lambda: r.choice(tasks)["id"], "inner_id": lambda: r.choice(tasks)["inner_id"]}
    value = values.get(column, lambda: r.choice([0, 1, 2, 0.5, 0.25, 2.5]))
    if (column.startswith("total") or column in COUNTS) and r.random() < 0.2:
        return item(column, "empty", "Boolean", r.random() < 0.5)
    return item(column, *swap("Number", compared(r, value)))


ORDERS = ["id", "inner_id", "total_annotations", "total_predictions", "avg_lead_time", "predictions_score", "completed_at", "is_labeled",
          "draft_exists", "data.m", "reviewed", *COUNTS]


def random_query(r, tasks, people):
    items = []
    for _ in range(r.randrange(4)):
        made = random_item(r, tasks, people)
        if r.random() < 0.2:
            child = random_item(r, tasks, people)
            # Of the same rows: the child would speak of the very row that its parent found.
            if not {c["filter"].removeprefix("filter:tasks:") for c in (made, child)} <= set(ROWS):
                made["child_filter"] = child
        items.append(made)
    asked = query(*items, any=r.random() < 0.4)
    if r.random() < 0.6:
        asked["ordering"] = [r.choice(["", "-"]) + "tasks:" + r.choice(ORDERS)]
    if r.random() < 0.2:
        chosen = [t["id"] for t in r.sample(tasks, 20)]
        asked["selectedItems"] = r.choice([{"all": True, "excluded": chosen}, {"all": False, "included": chosen}])
    return asked


def expected(tasks, asked, version):
    found = [t for t in tasks if matches(t, asked, version)]
    chosen = asked.get("selectedItems")
    if chosen:
        found = [t for t in found if (t["id"] in chosen.get("included", [])) != chosen["all"]] if not chosen["all"] else \
                [t for t in found if t["id"] not in chosen["excluded"]]
    name = asked.get("ordering", ["tasks:id"])[0]
    column, down = name.lstrip("-").removeprefix("tasks:"), name.startswith("-")

    def key(task):
        return text_of(task["data"].get(column[5:])) if column.startswith("data.") else figure(task, column, version)

    keys = sorted({key(t) for t in found} - {None}, reverse=down)
    known = [t for k in keys for t in found if key(t) == k]
    return [t["id"] for t in known] + [t["id"] for t in found if key(t) is None]


def test_random_queries(world):
    found, tasks, people, version, r = world
    for number in range(QUERIES):
        asked = random_query(r, tasks, people)
        answer = found.list(asked, page_size=1000, include="id")
        wanted = expected(tasks, asked, version)
        assert [t["id"] for t in answer["tasks"]] == wanted, f"DM_SEED={SEED}, query {number}: {json.dumps(asked)}"
        by_id = {t["id"]: t for t in tasks}
        assert (answer["total"], answer["total_annotations"], answer["total_predictions"]) == (
            len(wanted), sum(by_id[i]["total_annotations"] for i in wanted), sum(by_id[i]["total_predictions"] for i in wanted))
