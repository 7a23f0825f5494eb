"""Random projects through labeld's formats and through the reference converter. LABELD_RANDOM_TASKS is how many tasks of each family."""

import functools
import json
import os

import pytest

import random_families
from converter import converted, differences, said, same, unpacked
from random_results import FAMILIES, PAIRS, generator
from test_export_text import TIME, lines_of
from work import Project, owner, ours, shared_server

pytestmark = ours
TASKS = int(os.environ.get("LABELD_RANDOM_TASKS", "25"))

TOO_LARGE = "100000000000000000000", "12345678901234567890"     # the converter refuses an export with a number of more than 64 bits


def loaded(config, tasks):
    project = Project(label_config=config)
    project.load(tasks)
    rows = project.export()
    for annotation in (a for task in rows for a in task["annotations"]):       # imported at one moment; the later one is the newer
        annotation["created_at"] = f"2026-01-01T00:00:00.{annotation['id']:06d}Z"
    return project, project.read()["parsed_label_config"], rows


@functools.cache
def project_of(family):
    config, make, _ = FAMILIES[family]
    return loaded(config, make(generator(f"{family} {TASKS}"), TASKS))


@functools.cache
def project_of_every(family):
    text = json.dumps(random_families.tasks(family, generator(f"{family} {TASKS}"), TASKS))
    for number in TOO_LARGE:
        text = text.replace(number, "7")
    return loaded(random_families.FAMILIES[family][0], json.loads(text))


def got(project, kind):
    answer = owner().send("GET", project.path + "/export", params={"exportType": kind, "download_resources": "false"})
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("family, kind", PAIRS)
def test_random(family, kind):
    project, config, tasks = project_of(family)
    ours, theirs = unpacked(got(project, kind)), converted(config, tasks, kind, os.path.join(shared_server().dir, "upload"))
    if kind == "CONLL2003":
        theirs = {"result.conll": theirs["result.conll"]}
    assert said(kind, theirs) >= TASKS / 5
    assert differences(ours, theirs)[:6] == []


def cell_read(cell):
    """What a cell says: JSON where it is that, so that neither the order of keys nor the spelling of numbers counts."""
    text = cell[1:-1].replace('""', '"') if cell[:1] == '"' else cell
    try:
        return json.loads(text) if text[:1] in ("{", "[") else cell
    except ValueError:
        return cell


def rows_of(kind, content):
    text = TIME.sub("TIME", content.decode())
    return json.loads(text) if kind == "JSON_MIN" else [[cell_read(c) for c in row] for row in lines_of(text, "," if kind == "CSV" else "\t")]


@pytest.mark.parametrize("family", random_families.FAMILIES)
def test_random_in_text(family):
    """What every family of tags has: a record or a row for each annotation."""
    project, config, tasks = project_of_every(family)
    for kind in ("JSON_MIN", "CSV", "TSV"):
        theirs, = converted(config, tasks, kind, "").values()
        ours, theirs = rows_of(kind, got(project, kind).content), rows_of(kind, theirs)
        assert len(theirs) >= TASKS / 3
        assert same(ours, theirs, kind)[:6] == []
