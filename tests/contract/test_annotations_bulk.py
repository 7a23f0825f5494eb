"""One annotation for many tasks at once, and many annotations deleted at once."""

import pytest

from label_studio_sdk import LabelStudio
from people import Person
from server import shared_server
from work import Project, annotate, choice, counted, ours, owner, stranger

pytestmark = ours

BULK, DELETE = "/api/annotations/bulk/", "/api/annotations/bulk-delete/"


@pytest.fixture
def project():
    return Project(is_published=True)


def client():
    return LabelStudio(base_url=shared_server().url, api_key=owner().session.headers["Authorization"].split()[1])


def test_tasks_by_their_ids(project):
    tasks = project.texts(4)
    made = owner().post(BULK, {"project": project.id, "tasks": [*tasks[:3], tasks[0]], "result": choice("B"), "lead_time": 2})
    assert len(made) == 3
    for task, note in zip(tasks, made):
        seen = owner().get(f"/api/annotations/{note['id']}/")
        assert (seen["task"], seen["bulk_created"], seen["completed_by"], seen["lead_time"]) == (task, True, owner().id, 2.0)
        assert [h["action"] for h in owner().get("/api/annotation-history/", annotation=note["id"])] == ["submitted"]
    counted(project)
    assert project.read()["finished_task_number"] == 3 and project.next()["id"] == tasks[3]


def test_a_selection(project):
    tasks = project.texts(5)
    annotate(owner(), tasks[0])
    empty = {"conjunction": "and", "items": [{"filter": "filter:tasks:total_annotations", "operator": "equal", "type": "Number", "value": 0}]}
    body = {"project": project.id, "selected_items": {"all": True, "excluded": [tasks[4]]}, "filters": empty, "result": choice()}
    assert len(owner().post(BULK, body)) == 3
    counted(project)
    body = {"project": project.id, "selected_items": {"all": False, "included": [tasks[4]]}, "result": [], "was_cancelled": True}
    assert len(owner().post(BULK, body)) == 1
    counted(project)


def test_ground_truths(project):
    tasks = project.texts(2)
    old = annotate(owner(), tasks[0], ground_truth=True)["id"]
    body = {"project": project.id, "tasks": tasks, "result": choice(), "ground_truth": True}
    new = owner().post(BULK, body)
    assert not owner().get(f"/api/annotations/{old}/")["ground_truth"] and owner().get(f"/api/annotations/{new[0]['id']}/")["ground_truth"]
    annotator = Person("AN")
    mine = annotator.post(BULK, body)
    assert not owner().get(f"/api/annotations/{mine[0]['id']}/")["ground_truth"]
    counted(project)


def test_what_cannot_be_done(project):
    tasks, others = project.texts(2), Project().texts(1)
    good = {"project": project.id, "tasks": tasks, "result": choice()}
    for wrong in ({"tasks": []}, {"tasks": [*tasks, *others]}, {"tasks": ["x"]}, {"tasks": None}, {"result": 7}, {"completed_by": 2147483647},
                  {"selected_items": {"all": False, "included": []}, "tasks": None}):
        owner().call("POST", BULK, 400, json={**good, **wrong})
    owner().post(BULK, {"tasks": tasks, "result": []}, 400)
    owner().post(BULK, {**good, "project": 2147483647}, 404)
    stranger().post(BULK, good, 404)
    Person("VO").post(BULK, good, 403)
    project.change(enable_empty_annotation=False)
    owner().post(BULK, {**good, "result": []}, 400)
    assert project.read()["total_annotations_number"] == 0


def test_deletion(project):
    annotator = Person("AN")
    tasks = project.texts(3)
    own = [n["id"] for n in owner().post(BULK, {"project": project.id, "tasks": tasks, "result": choice()})]
    theirs = [n["id"] for n in annotator.post(BULK, {"project": project.id, "tasks": tasks[:2], "result": choice()})]
    assert annotator.post(DELETE, {"ids": [own[0], theirs[0], 2147483647], "project": project.id}, 200) == {"deleted_count": 1}
    counted(project, owner(), annotator)
    assert owner().post(DELETE, {"ids": [*own, theirs[1]], "project": project.id}, 200) == {"deleted_count": 4}
    counted(project, owner(), annotator)
    assert project.read()["total_annotations_number"] == 0
    owner().get(f"/api/annotations/{own[0]}/", 404)
    for wrong in ({"ids": []}, {"ids": list(range(1, 102))}, {"ids": ["x"]}):
        owner().post(DELETE, {"project": project.id, **wrong}, 400)
    owner().post(DELETE, {"ids": own}, 400)
    stranger().post(DELETE, {"ids": own, "project": project.id}, 404)


def test_by_the_generated_client(project):
    tasks, ls = project.texts(2), client()
    made = ls.annotations.create_bulk(project=project.id, tasks=tasks, result=choice(), was_cancelled=False)
    assert len(made) == 2
    assert ls.annotations.delete_bulk(ids=[m.id for m in made], project=project.id).deleted_count == 2
