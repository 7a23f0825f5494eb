"""Predictions: fields, short results, lists, and what annotators see of them."""

import json
import os

import pytest

from work import Project, choice, counted, ours, owner, person, stranger

SHOWN = {"id", "result", "model_version", "created_ago", "score", "cluster", "neighbors", "mislabeling", "created_at", "updated_at", "model",
         "model_run", "task", "project"}
RATED = ('<View><Text name="text" value="$text"/><Rating name="stars" toName="text"/><TextArea name="note" toName="text"/>'
         '<Choices name="label" toName="text"><Choice value="A"/></Choices></View>')


@pytest.fixture
def project():
    made = Project()
    made.ids = made.texts(2)
    made.task = made.ids[0]
    return made


def predict(task, status=201, **fields):
    return owner().post("/api/predictions/", {"task": task, **fields}, status)


def test_create(project):
    made = predict(project.task, result=choice(), score=1, model_version="v1", cluster=3, neighbors=[1, 2], mislabeling=0.25)
    assert set(made) == SHOWN
    assert made["result"] == choice() and made["score"] == 1.0 and made["model_version"] == "v1" and made["created_ago"] == "0\u00a0minutes"
    assert (made["cluster"], made["neighbors"], made["mislabeling"]) == (3, [1, 2], 0.25)
    assert made["task"] == project.task and made["project"] == project.id and made["model"] is made["model_run"] is None
    plain = predict(project.task, result=[])
    assert plain["model_version"] == "" and plain["score"] is plain["cluster"] is plain["neighbors"] is None and plain["mislabeling"] == 0.0
    task = owner().get(f"/api/tasks/{project.task}/")
    assert task["total_predictions"] == 2 and task["is_labeled"] is False
    counted(project)


@pytest.mark.parametrize("fields, problem", [
    ({"result": None}, "This field may not be null."),
    ({}, "This field is required."),
    ({"result": [1]}, "Each item in prediction result should be dict"),
    ({"result": ["A"]}, "Each item in prediction result should be dict"),
])
def test_results_that_are_refused(project, fields, problem):
    key = "non_field_errors" if fields.get("result") else "result"
    assert predict(project.task, 400, **fields)["validation_errors"] == {key: [problem]}
    counted(project)


def test_a_task_is_needed():
    assert owner().post("/api/predictions/", {"result": []}, 400)["validation_errors"] == {"task": ["This field is required."]}


@ours
def test_an_absent_task():
    predict(2000000000, 404, result=[])


def region(name, kind, value):
    return [{"from_name": name, "to_name": "text", "type": kind, "value": value}]


@pytest.mark.parametrize("short, full", [
    ({"choices": ["A"]}, region("label", "choices", {"choices": ["A"]})),
    ({"rating": 3}, region("stars", "rating", {"rating": 3})),
    pytest.param(4, region("stars", "rating", {"rating": 4}), marks=ours),     # the reference makes a list of it
    ({"unknown": 1}, None),
])
def test_short_results(short, full):
    project = Project(label_config=RATED)
    made = predict(project.texts(1)[0], result=short)["result"]
    assert (made and [{k: r[k] for k in ("from_name", "to_name", "type", "value")} for r in made]) == full
    counted(project)


def test_a_text_is_a_choice(project):
    made, = predict(project.task, result="A")["result"]
    assert (made["from_name"], made["type"], made["value"]) == ("label", "choices", {"choices": ["A"]})


def test_change_and_delete(project):
    made = predict(project.task, result=choice(), score=0.5, model_version="v1")
    path = f"/api/predictions/{made['id']}/"
    changed = owner().patch(path, {"score": None, "model_version": "v2"})
    assert changed["score"] is None and changed["model_version"] == "v2" and changed["result"] == choice()
    assert owner().put(path, {"task": project.task, "result": choice("B")})["result"] == choice("B")
    assert owner().get(path)["result"] == choice("B")
    owner().patch(path, {"result": [1]}, 400)
    counted(project)
    owner().delete(path)
    owner().get(path, 404)
    owner().delete(path, 404)
    assert owner().get(f"/api/tasks/{project.task}/")["total_predictions"] == 0
    counted(project)


@pytest.mark.parametrize("fields, shown", [
    ({"task": None}, "This field may not be null."), ({"task": "x"}, "Incorrect type. Expected pk value, received str."),
    ({"task": 2000000000}, 'Invalid pk "2000000000" - object does not exist.'), ({"model_version": None}, "This field may not be null."),
    ({"score": "x"}, "A valid number is required."), ({"cluster": 1.5}, "A valid integer is required."),
    ({"mislabeling": None}, "This field may not be null."),
])
def test_fields_that_are_refused(project, fields, shown):
    made = predict(project.task, result=choice())
    key, = fields
    assert owner().patch(f"/api/predictions/{made['id']}/", fields, 400)["validation_errors"] == {key: [shown]}
    if key != "task":
        assert predict(project.task, 400, result=[], **fields)["validation_errors"] == {key: [shown]}


def test_a_number_that_is_no_result(project):
    problem = {"non_field_errors": ["Incorrect format <class 'float'> for prediction result 2.5"]}
    assert predict(project.task, 400, result=2.5)["validation_errors"] == problem
    for result in (5, True, {}):
        assert predict(project.task, result=result)["result"] is None
    counted(project)


def test_spellings_that_are_taken(project):
    path = f"/api/predictions/{predict(project.task, result=[])['id']}/"
    changed = owner().patch(path, {"score": "0.25", "cluster": "4", "mislabeling": "0.5", "model_version": 5, "neighbors": {"a": 1}})
    assert (changed["score"], changed["cluster"], changed["mislabeling"], changed["model_version"], changed["neighbors"]) == (0.25, 4, 0.5, "5", {"a": 1})
    for fields in ({"cluster": None}, {"neighbors": None}, {"score": None}, {"model_version": ""}):
        assert owner().patch(path, fields)[next(iter(fields))] in (None, "")
    stamp = owner().patch(path, {"created_at": "2020-01-01T00:00:00Z"})["created_at"]
    assert not stamp.startswith("2020")


def test_put_needs_task_and_result(project):
    path = f"/api/predictions/{predict(project.task, result=[])['id']}/"
    missing = ["This field is required."]
    assert owner().put(path, {}, 400)["validation_errors"] == {"task": missing, "result": missing}
    assert owner().put(path, {"task": project.task}, 400)["validation_errors"] == {"result": missing}


def test_a_prediction_moves_to_another_task(project):
    made = predict(project.task, result=choice(), score=0.5)
    moved = owner().patch(f"/api/predictions/{made['id']}/", {"task": project.ids[1]})
    assert moved["task"] == project.ids[1] and moved["score"] == 0.5
    if os.environ.get("LABELD_URL"):
        return      # the reference leaves the old task's figure
    assert [t["total_predictions"] for t in project.tasks()] == [0, 1]
    other = Project().texts(1)[0]
    owner().patch(f"/api/predictions/{made['id']}/", {"task": other}, 400)
    assert owner().patch(f"/api/predictions/{made['id']}/", {"project": 1})["project"] == project.id
    counted(project)


def test_lists(project):
    first, second = predict(project.task, result=[])["id"], predict(project.ids[1], result=[])["id"]
    listed = owner().get("/api/predictions/", project=project.id)
    assert {p["id"] for p in listed} == {first, second}
    assert [p["id"] for p in owner().get("/api/predictions/", task=project.task)] == [first]
    assert [p["id"] for p in owner().get("/api/predictions/", task=project.task, project=project.id)] == [first]
    assert owner().get("/api/predictions/", task=project.task, project=Project().id) == []
    assert {p["id"] for p in owner().get("/api/predictions", task__project=project.id)} == {first, second}
    assert first in {p["id"] for p in owner().get("/api/predictions/")}
    for query in ({"task": 2000000000}, {"project": 2000000000}, {"task": "x"}, {"project": "1.5"}, {"task": 99999999999}, {"project": -1}):
        problem, = owner().get("/api/predictions/", 400, **query)["validation_errors"].values()
        assert problem == ["Select a valid choice. That choice is not one of the available choices."]


@ours
def test_another_organization_sees_none(project):
    made = predict(project.task, result=choice())["id"]
    for method in ("GET", "PATCH", "DELETE"):
        stranger().call(method, f"/api/predictions/{made}/", 404, json={})
    stranger().post("/api/predictions/", {"task": project.task, "result": []}, 404)
    stranger().get("/api/predictions/", 400, task=project.task)
    assert made not in {p["id"] for p in stranger().get("/api/predictions/")}
    counted(project)


def test_the_stream_shows_the_version_of_the_project(project):
    v1, v2 = (predict(project.task, result=choice(), model_version=v)["id"] for v in ("v1", "v2"))
    blank = predict(project.task, result=choice())["id"]

    def seen(**fields):
        project.change(**fields)
        return [p["id"] for p in project.next()["predictions"]]

    assert seen(model_version="v2") == [v2]
    assert seen(model_version="v1") == [v1]
    assert seen(model_version="") == [blank]
    assert seen(show_collab_predictions=False) == []
    assert {p["id"] for p in owner().get(f"/api/tasks/{project.task}/")["predictions"]} == {v1, v2, blank}


def test_predictions_are_no_work(project):
    predict(project.task, result=choice())
    assert project.next(person("ann"))["id"] == project.task
    assert owner().get(project.path + "/annotators/") == []
    counted(project)


@pytest.mark.parametrize("shown, score", [("v1", 0.6), ("", 0.2), (None, 0.4)])
def test_the_score_is_that_of_the_version_shown(project, shown, score):
    for version, value in (("v1", 0.6), ("", 0.2)):
        predict(project.task, result=[], model_version=version, score=value)
    if shown is None:
        predict(project.ids[1], result=[], model_version="old", score=0.9)
        project.change(model_version="old")
        owner().call("DELETE", project.path + "/model-versions/", 200, json={"model_version": "old"})
    else:
        project.change(model_version=shown)
    assert project.read()["model_version"] == shown
    assert owner().get(f"/api/tasks/{project.task}/")["predictions_score"] == pytest.approx(score)
    listed = project.list(fields="all", query=json.dumps({"filters": {"conjunction": "and", "items": [
        {"filter": "filter:tasks:predictions_score", "operator": "in", "type": "Number", "value": {"min": score - 0.01, "max": score + 0.01}}]}}))
    assert [(t["id"], t["predictions_score"]) for t in listed["tasks"]] == [(project.task, pytest.approx(score))]
