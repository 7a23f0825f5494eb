"""What is exported can be imported into an empty project, whose export is then the same: all of it but ids and times, for every family of
tags. LABELD_RANDOM_TASKS is how many tasks of each family."""

import csv
import io
import json
import os

import pytest

from random_families import AFTERWARDS, FAMILIES, tasks
from random_results import generator
from work import Project, owner, ours

pytestmark = ours
TASKS = int(os.environ.get("LABELD_RANDOM_TASKS", "12"))

# What a new row has of its own.
OWN = {"task": {"id", "inner_id", "created_at", "updated_at", "project", "file_upload"},
       "annotations": {"id", "created_at", "updated_at", "project", "task", "unique_id", "import_id"},
       "predictions": {"id", "created_at", "updated_at", "project", "task", "created_ago"}}


def plain(task):
    rest = {k: v for k, v in task.items() if k not in OWN["task"]}
    for kind in ("annotations", "predictions"):
        rest[kind] = [{k: v for k, v in one.items() if k not in OWN[kind]} if isinstance(one, dict) else "an id" for one in rest.get(kind, [])]
    return rest


def exported(project):
    """With all tasks, and predictions as objects."""
    options = {"serialization_options": {"predictions": {"only_id": False}}}
    made = owner().post(project.path + "/exports/", options)
    return owner().send("GET", f"{project.path}/exports/{made['id']}/download").json()


def same(before, after):
    assert len(before) == len(after)
    for x, y in zip(before, after):
        assert plain(x) == plain(y)


@pytest.fixture(scope="module", params=FAMILIES)
def family(request):
    project = Project(label_config=FAMILIES[request.param][0])
    project.load(tasks(request.param, generator(f"{request.param} {TASKS}"), TASKS))
    return request.param, project


def copy_of(name, text, kind="json"):
    project = Project(label_config=FAMILIES[name][0])
    owner().call("POST", project.path + "/import", 201, files={"file": ("export." + kind, text)})
    return project


def test_json(family):
    name, project = family
    before = exported(project)
    assert len(before) == TASKS and any(t["annotations"] for t in before) and any(t["predictions"] for t in before)
    other = Project(label_config=FAMILIES[name][0])
    owner().call("POST", other.path + "/import", 201, json=before)
    same(before, exported(other))
    again = copy_of(name, json.dumps(exported(other)))
    same(before, exported(again))


def test_direct_export(family):
    """Its predictions are ids, which another project has not: without them it is the same too."""
    name, project = family
    text = owner().send("GET", project.path + "/export", params={"exportType": "JSON"}).json()
    lines = owner().send("GET", project.path + "/export", params={"exportType": "JSONL"}).text.split("\n")[:-1]
    assert [json.loads(line) for line in lines] == text and 0 < len(text) < TASKS
    bare = [{**task, "predictions": []} for task in text]
    after = copy_of(name, json.dumps(bare)).export()
    same([{**task, "total_predictions": 0} for task in bare], after)


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_tables(kind):
    """Texts of the data go through a table unchanged; what looks like a number or like nothing in every row does not stay text."""
    config, other = FAMILIES["simple"][0], Project(label_config="<View/>")
    project = Project(label_config=config)
    texts = [t for t in AFTERWARDS if t != "null"] + ["plain"]
    project.load([{"text": t, "number": i, "flag": i % 2 == 0, "half": i + 0.5} for i, t in enumerate(texts)])
    answer = owner().send("GET", project.path + "/export", params={"exportType": kind.upper(), "download_all_tasks": "true"})
    owner().call("POST", other.path + "/import", 201, files={"file": ("t." + kind, answer.content)})
    data = [t["data"] for t in other.tasks()]
    assert [(d["text"], d["number"], d["flag"], d["half"]) for d in data] == [(t, i, i % 2 == 0, i + 0.5) for i, t in enumerate(texts)]
    back = owner().send("GET", other.path + "/export", params={"exportType": kind.upper(), "download_all_tasks": "true"})
    read = [list(csv.DictReader(io.StringIO(a.content.decode(), newline=""), delimiter="\t" if kind == "tsv" else ",")) for a in (answer, back)]
    assert [[r[k] for k in ("text", "number", "flag", "half")] for r in read[0]] == [[r[k] for k in ("text", "number", "flag", "half")] for r in read[1]]
