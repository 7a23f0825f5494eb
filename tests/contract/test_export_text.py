"""Exports as JSON_MIN, CSV and TSV. tests/golden/export/<format>/<case>.expected is what the reference server makes of
tests/golden/export/projects/<case>.json, with ids and times replaced."""

import csv
import io
import json
import os
import re

import pytest

from work import CHOICES, Project, annotate, choice, ours, owner, skip

GOLDEN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden", "export")
CASES = sorted(name[:-5] for name in os.listdir(os.path.join(GOLDEN, "projects")))
FIXED = ["annotation_id", "annotator", "created_at", "lead_time", "updated_at"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def exported(project, kind, **query):
    answer = owner().send("GET", project.path + "/export", params={"exportType": kind, **query})
    assert answer.status_code == 200, answer.text
    return answer


# ---- what differs from run to run ----


def renumbered(numbers, prefix):
    order = {number: f"{prefix}{i}" for i, number in enumerate(sorted(set(numbers)), 1)}
    return lambda number: order[number]


def plain_json(text):
    tasks = renumbered(map(int, re.findall(r'^  "id": (\d+)', text, re.M)), "TASK")
    annotations = renumbered(map(int, re.findall(r'^  "annotation_id": (\d+)', text, re.M)), "ANNOTATION")
    text = re.sub(r'(?m)^(  "id": )(\d+)', lambda m: m[1] + tasks(int(m[2])), text)
    text = re.sub(r'(?m)^(  "annotation_id": )(\d+)', lambda m: m[1] + annotations(int(m[2])), text)
    return TIME.sub("TIME", re.sub(r'(?m)^(  "annotator": )\d+', r"\1ME", text))


def lines_of(text, separator):
    """Rows of raw cells, quotes kept."""
    cell = re.compile(r'("(?:[^"]|"")*"|[^%s\r\n]*)(%s|\r\n|$)' % (separator, separator))
    row, at, rows = [], 0, []
    while at < len(text):
        found = cell.match(text, at)
        row.append(found[1])
        at = found.end()
        if found[2] != separator:
            rows.append(row)
            row = []
    return rows


def plain_table(text, separator):
    header, *rows = lines_of(text, separator)
    for name, prefix in (('"id"', "TASK"), ('"annotation_id"', "ANNOTATION")):
        at = header.index(name) if name in header else None
        shown = renumbered([int(r[at]) for r in rows if at is not None and r[at].isdigit()], prefix)
        for row in rows:
            if at is not None and row[at].isdigit():
                row[at] = shown(int(row[at]))
    at = header.index('"annotator"')
    for row in rows:
        row[at] = re.sub(r"\d+", "ME", row[at])
    return TIME.sub("TIME", "".join(separator.join(row) + "\r\n" for row in [header, *rows]))


def plain(text, kind):
    return plain_json(text) if kind == "JSON_MIN" else plain_table(text, "," if kind == "CSV" else "\t")


def cell_shown(cell):
    """A cell with JSON in it: what it says and which characters it is made of. The order of keys is the database's."""
    inside = cell[1:-1].replace('""', '"')
    return (json.loads(inside), sorted(cell)) if inside[:1] in ("{", "[") else cell


def table_shown(text, separator):
    return [[cell_shown(cell) for cell in row] for row in lines_of(text, separator)]


def json_shown(text):
    """What it says, and its lines: the order of keys is the database's here too."""
    return json.loads(re.sub(r"(: )(TASK\d+|ANNOTATION\d+|ME)", r'\1"\2"', text)), sorted(line.rstrip(",") for line in text.split("\n"))


def shown(text, kind):
    return json_shown(text) if kind == "JSON_MIN" else table_shown(text, "," if kind == "CSV" else "\t")


# ---- golden ----


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", ["JSON_MIN", "CSV", "TSV"])
def test_golden(kind, case):
    given = json.load(open(os.path.join(GOLDEN, "projects", case + ".json"), encoding="utf-8"))
    project = Project(label_config=given["label_config"])
    if given["tasks"]:
        project.load(given["tasks"])
    expected = open(os.path.join(GOLDEN, kind.lower(), case + ".expected"), encoding="utf-8", newline="").read()
    text = exported(project, kind, **given["query"]).content.decode()
    assert shown(plain(text, kind), kind) == shown(expected, kind)


# ---- the rest ----


@pytest.mark.parametrize("kind, extension", [("JSON_MIN", "json"), ("CSV", "csv"), ("TSV", "csv")])
def test_headers(kind, extension):
    answer = exported(Project(), kind)
    assert answer.headers["Content-Type"] == "application/." + extension
    assert re.fullmatch(rf"project-\d+-at-[\d-]+-[0-9a-f]{{8}}\.{extension}", answer.headers["filename"])
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{answer.headers["filename"]}"'


def test_formats():
    formats = owner().get(Project().path + "/export/formats")
    assert [(f["name"], f["title"]) for f in formats[:4]] == [("JSON", "JSON"), ("JSON_MIN", "JSON-MIN"), ("CSV", "CSV"), ("TSV", "TSV")]
    assert not any(f.get("disabled") for f in formats[:4])


def test_files_of_earlier_exports():
    assert owner().get(Project().path + "/export/files") == {"export_files": []}


@pytest.mark.parametrize("name", ["download_resources", "interpolate_key_frames", "download_all_tasks"])
def test_parameters(name):
    project = Project()
    for value in ("true", "false"):
        exported(project, "CSV", **{name: value})
    answer = owner().get(project.path + "/export", 400, exportType="CSV", **{name: "x"})
    assert answer["validation_errors"] == {name: ["Must be a valid boolean."]}


def test_newest_annotation_first():
    project = Project(maximum_annotations=2)
    task, other = project.texts(2)
    first, second = annotate(owner(), task, "A")["id"], annotate(owner(), task, "B")["id"]
    skip(owner(), other)
    rows = json.loads(exported(project, "JSON_MIN").content)
    assert [(r["id"], r["annotation_id"], r["label"]) for r in rows] == [(task, second, "B"), (task, first, "A")]
    table = list(csv.DictReader(io.StringIO(exported(project, "CSV", ids=[task]).text)))
    assert [r["annotation_id"] for r in table] == [str(second), str(first)]
    assert list(csv.DictReader(io.StringIO(exported(project, "CSV", ids=[other], download_all_tasks="true").text))) == []


def test_more_than_a_batch():
    project = Project(label_config=CHOICES)
    rows = 1300
    project.load([{"data": {"text": f"t{i}", **({"late": i} if i > 1200 else {})}, "annotations": [{"result": choice("AB"[i % 2])}]} for i in range(rows)])
    table = list(csv.DictReader(io.StringIO(exported(project, "CSV").content.decode(), newline="")))
    assert sorted(table[0]) == sorted(FIXED + ["id", "label", "late", "text"])
    assert [r["text"] for r in table] == [f"t{i}" for i in range(rows)] and [r["label"] for r in table] == ["AB"[i % 2] for i in range(rows)]
    assert table[0]["late"] == "" and table[-1]["late"] == "1299"
    assert [r["text"] for r in json.loads(exported(project, "JSON_MIN").content)] == [f"t{i}" for i in range(rows)]


@ours
def test_numbers_keep_their_digits():
    """The reference server's own reader fails on them."""
    project = Project(label_config=None)
    project.load([{"n": 123456789012345678901234567890}])
    assert list(csv.DictReader(io.StringIO(exported(project, "CSV", download_all_tasks="true").text)))[0]["n"] == "123456789012345678901234567890"


@ours
def test_results_of_any_shape_can_be_exported():
    """What clients stored under a control without its value's shape; the reference server fails on it."""
    project = Project()
    strange = [[5, "x", None, []], {"from_name": "label"}, "text", [{"from_name": "label", "value": 5}], [{"from_name": "label"}],
               [{"from_name": 5, "value": {}}], [{"from_name": "label", "type": "labels", "value": {"labels": ["q"]}}]]
    task, = project.texts(1)
    for result in strange:
        owner().send("POST", f"/api/tasks/{task}/annotations/", json={"result": result})
    kept = len(owner().get(f"/api/tasks/{task}/annotations/"))
    assert kept > 0 and len(json.loads(exported(project, "JSON_MIN").content)) == kept
    assert len(list(csv.DictReader(io.StringIO(exported(project, "CSV").text)))) == kept


def test_a_configuration_without_controls_keeps_every_result():
    project = Project(label_config="<View></View>")
    project.load([{"data": {"text": "a"}, "annotations": [{"result": choice("A") + [{"type": "relation", "from_id": "r1", "to_id": "r1"}]}]}])
    row, = json.loads(exported(project, "JSON_MIN").content)
    assert row["label"] == [{"choices": ["A"]}]
    row, = csv.DictReader(io.StringIO(exported(project, "CSV").text))
    assert json.loads(row["label"]) == [{"choices": ["A"]}]
