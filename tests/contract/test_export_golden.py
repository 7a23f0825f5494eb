"""Every format that a family of tags is offered, in full: tests/golden/export/families/<family>.json is a project, <family>.expected all
files of all its formats. Ids count from 1, times are words, of masks there is a digest of the pixels, and of JSON
each task is a line.
LABELD_WRITE_GOLDEN=1 writes them anew; look at what changed before it is committed."""

import hashlib
import io
import json
import os
import re

import numpy
import pytest
from PIL import Image

from converter import unpacked
from random_families import FAMILIES, tasks
from random_results import generator
from test_export_text import lines_of
from work import Project, owner, ours

pytestmark = ours
PLACE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden", "export", "families")
WRITE = os.environ.get("LABELD_WRITE_GOLDEN") == "1"
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?")
UNIQUE = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")


def telling(family):
    """Of many small projects the one with most kinds of results, and of those the shortest."""
    made = [tasks(family, generator(f"golden {family} {seed}"), 3) for seed in range(200)]
    return max(made, key=lambda m: (len({r.get("from_name") for t in m for a in t["annotations"] if not a.get("was_cancelled") for r in a["result"]}), -len(json.dumps(m))))


def given(family):
    path = os.path.join(PLACE, family + ".json")
    if WRITE and not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"label_config": FAMILIES[family][0], "tasks": telling(family)}, f, ensure_ascii=False)
            f.write("\n")
    with open(path, encoding="utf-8") as f:
        return json.load(f)


class Numbers:
    """Ids of the database as numbers of their order."""

    def __init__(self, rows):
        annotations = sorted(a["id"] for t in rows for a in t["annotations"])
        predictions = sorted(p for t in rows for p in t["predictions"])
        self.of = {"task": order(t["id"] for t in rows), "annotation": order(annotations), "prediction": order(predictions)}
        project = {t["project"] for t in rows}
        self.of["project"] = order(project)

    def number(self, kind, found):
        return self.of[kind][int(found)]

    def document(self, value, kind="task", key=None):
        """Of JSON, whose keys tell which number is what."""
        if isinstance(value, list):
            return [self.document(v, kind, key) for v in value]
        if isinstance(value, dict):
            inside = {"annotations": "annotation", "predictions": "prediction"}
            return {k: v if k in ("data", "result", "meta") else self.document(v, inside.get(k, kind), k) for k, v in value.items()}
        kind = {"id": kind, "annotation_id": "annotation", "predictions": "prediction"}.get(key, key)
        return self.of[kind].get(value, value) if kind in self.of and isinstance(value, int) else value

    def table(self, text, separator):
        header, *rows = lines_of(text, separator)
        kinds = [{"id": "task"}.get(name, name.replace("_id", "")) for name in (h.strip('"') for h in header)]
        lines = [[str(self.number(kind, cell)) if kind in ("task", "annotation") and cell.isdigit() else cell for kind, cell in zip(kinds, row)] for row in rows]
        return "".join(separator.join(row) + "\r\n" for row in [header, *lines])

    def name(self, name):
        return re.sub(r"(task|annotation)-(\d+)", lambda m: f"{m[1]}-{self.number(m[1], m[2])}", name)


def order(ids):
    return {n: i for i, n in enumerate(sorted(ids), 1)}


def pixels(name, content):
    read = numpy.load(io.BytesIO(content)) if name.endswith(".npy") else numpy.array(Image.open(io.BytesIO(content)))
    return f"{read.shape} {hashlib.sha256(read.tobytes()).hexdigest()}\n"


def shown(kind, name, content, numbers):
    if name.endswith((".png", ".npy")):
        return pixels(name, content)
    text = content.decode()
    if kind in ("CSV", "TSV", "CSV_REGIONS"):
        text = numbers.table(text, "\t" if kind == "TSV" else ",")
    elif kind in ("JSON", "JSON_MIN"):
        text = "".join(json.dumps(numbers.document(one), ensure_ascii=False) + "\n" for one in json.loads(text))
    elif name.endswith(".jsonl"):
        text = "".join(json.dumps(numbers.document(json.loads(line)), ensure_ascii=False) + "\n" for line in text.split("\n")[:-1])
    text = re.sub(r'"year": ?\d{4}', '"year": YEAR', UNIQUE.sub("UNIQUE", TIME.sub("TIME", text)))
    return text if text.endswith("\n") else text + "\n(no end of line)\n"


def formats(project):
    return [f["name"] for f in owner().get(project.path + "/export/formats") if not f.get("disabled")]


def everything(project, numbers):
    """All files of all formats, one after the other."""
    for kind in formats(project):
        answer = owner().send("GET", project.path + "/export", params={"exportType": kind, "download_all_tasks": "true", "download_resources": "false"})
        assert answer.status_code == 200, answer.text
        inside = unpacked(answer)
        yield f"#### {kind}: {len(inside)} files\n"
        for name in sorted(inside, key=numbers.name):
            yield f"#### {kind} {numbers.name(name)}\n{shown(kind, name, inside[name], numbers)}"


@pytest.mark.parametrize("family", FAMILIES)
def test_golden(family):
    what = given(family)
    project = Project(label_config=what["label_config"])
    project.load(what["tasks"])
    text = "".join(everything(project, Numbers(project.export(download_all_tasks="true"))))
    path = os.path.join(PLACE, family + ".expected")
    if WRITE:
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(text)
    with open(path, encoding="utf-8", newline="") as f:
        assert text == f.read()
