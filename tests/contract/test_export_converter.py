"""Random projects through labeld's formats and through the reference converter. LABELD_RANDOM_TASKS is how many tasks of each family."""

import functools
import os

import pytest

from converter import converted, differences, said, unpacked
from random_results import FAMILIES, PAIRS, generator
from work import Project, owner, ours, shared_server

pytestmark = ours
TASKS = int(os.environ.get("LABELD_RANDOM_TASKS", "25"))


@functools.cache
def project_of(family):
    config, make, _ = FAMILIES[family]
    project = Project(label_config=config)
    project.load(make(generator(f"{family} {TASKS}"), TASKS))
    tasks = project.export()
    for annotation in (a for task in tasks for a in task["annotations"]):       # imported at one moment; the later one is the newer
        annotation["created_at"] = f"2026-01-01T00:00:00.{annotation['id']:06d}Z"
    return project, project.read()["parsed_label_config"], tasks


@pytest.mark.parametrize("family, kind", PAIRS)
def test_random(family, kind):
    project, config, tasks = project_of(family)
    answer = owner().send("GET", project.path + "/export", params={"exportType": kind, "download_resources": "false"})
    assert answer.status_code == 200, answer.text
    ours, theirs = unpacked(answer), converted(config, tasks, kind, os.path.join(shared_server().dir, "upload"))
    if kind == "CONLL2003":
        theirs = {"result.conll": theirs["result.conll"]}
    assert said(kind, theirs) >= TASKS / 5
    assert differences(ours, theirs)[:6] == []
