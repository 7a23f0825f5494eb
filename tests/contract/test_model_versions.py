"""Model versions of a project: their numbers, removing one, and which of them annotators are shown."""

import pytest

from work import Project, annotate, choice, counted, ours, owner, person, sql, stranger

MISSING = "Model version doesn't exist either as live model or as static predictions."


@pytest.fixture
def project():
    made = Project()
    made.ids = made.texts(3)
    made.versions = made.path + "/model-versions/"
    return made


def predict(task, **fields):
    return owner().post("/api/predictions/", {"task": task, "result": choice(), **fields})


def versions(project, **query):
    return owner().get(project.versions, **query)


def remove(project, status=200, **body):
    return owner().call("DELETE", project.versions, status, json=body)


def refused(answer, field):
    assert answer["detail"] == "Validation error"
    return answer["validation_errors"][field]


# ---- reading ----


def test_a_project_without_predictions(project):
    assert versions(project) == {}
    assert versions(project, extended=1) == {"static": [], "live": None}
    assert versions(project, extended="true", include_live_models="1") == {"static": [], "live": []}


def test_newest_first(project):
    for task, version in zip(project.ids, ("v1", "v2", "v1")):
        latest = predict(task, model_version=version)
    predict(project.ids[0])
    assert list(versions(project).items()) == [("", 1), ("v1", 2), ("v2", 1)]
    assert list(versions(project, limit=1).items()) == [("", 1)]
    assert list(versions(project, limit=2, include_live_models=1).items()) == [("", 1), ("v1", 2)]
    assert list(versions(project, limit=0, extended="no")) == ["", "v1", "v2"]
    shown = versions(project, extended=1, limit=1)
    assert [(v["model_version"], v["count"]) for v in shown["static"]] == [("", 1), ("v1", 2), ("v2", 1)]
    assert list(shown["static"][1]) == ["model_version", "count", "latest"] and shown["static"][1]["latest"] == latest["created_at"]


def test_the_version_of_the_project_is_there_when_nothing_has_it(project):
    number = predict(project.ids[0], model_version="v1")["id"]
    predict(project.ids[0], model_version="v2")
    project.change(model_version="v1")
    assert versions(project) == {"v1": 1, "v2": 1} and versions(project, limit=1) == {"v2": 1}
    owner().delete(f"/api/predictions/{number}/")
    assert list(versions(project).items()) == [("v2", 1), ("v1", 0)]
    assert [v["model_version"] for v in versions(project, extended=1)["static"]] == ["v2"]


@pytest.mark.parametrize("query, problem", [
    ({"limit": "x"}, "A valid integer is required."), ({"extended": "x"}, "Must be a valid boolean."),
    ({"extended": "1", "include_live_models": "x"}, "Must be a valid boolean."),
])
def test_queries_that_mean_nothing(project, query, problem):
    assert refused(owner().get(project.versions, 400, **query), list(query)[-1]) == [problem]


@ours
def test_a_limit_below_zero(project):
    assert refused(owner().get(project.versions, 400, limit=-1), "limit")


def test_predictions_go_with_their_task(project):
    predict(project.ids[0], model_version="v1")
    predict(project.ids[1], model_version="v2")
    owner().delete(f"/api/tasks/{project.ids[0]}/")
    assert versions(project) == {"v2": 1} and len(versions(project, extended=1)["static"]) == 1


@ours
def test_a_version_that_is_null(project):
    owner().post(project.path + "/import/predictions", [{"task": project.ids[0], "result": choice(), "model_version": None}])
    assert versions(project) == {"null": 1}
    made, = owner().get("/api/predictions/", project=project.id)
    assert versions(project, extended=1)["static"] == [{"model_version": None, "count": 1, "latest": made["created_at"]}]


def test_who_sees_them(project):
    assert owner().get("/api/projects/2000000000/model-versions/", 404)["detail"] == "No Project matches the given query."
    owner().call("DELETE", "/api/projects/2000000000/model-versions/", 404, json={"model_version": "v1"})


@ours
def test_another_organization_sees_none(project):
    predict(project.ids[0], model_version="v1")
    stranger().get(project.versions, 404)
    stranger().call("DELETE", project.versions, 404, json={"model_version": "v1"})
    assert versions(project) == {"v1": 1}


# ---- removing ----


@pytest.mark.parametrize("body", [{}, {"model_version": None}, {"model_version": ""}])
def test_a_version_must_be_named(project, body):
    predict(project.ids[0])
    assert refused(remove(project, 400, **body), "non_field_errors") == ["model_version param is required"]
    assert versions(project) == {"": 1}


def test_removing_a_version(project):
    for task in project.ids:
        predict(task, model_version="v1")
    predict(project.ids[0], model_version="v2")
    project.change(model_version="v2")
    assert remove(project, model_version="v1") == {"deleted_predictions": 3}
    assert versions(project) == {"v2": 1} and project.read()["model_version"] == "v2"
    assert [t["total_predictions"] for t in project.tasks()] == [1, 0, 0]
    counted(project)
    assert remove(project, model_version="v1") == {"deleted_predictions": 0}
    assert remove(project, model_version="nosuch") == {"deleted_predictions": 0}
    assert remove(project, model_version="v2") == {"deleted_predictions": 1}
    assert versions(project) == {} and project.read()["model_version"] is None
    counted(project)


def test_a_version_that_nothing_has_is_forgotten(project):
    number = predict(project.ids[0], model_version="v1")["id"]
    project.change(model_version="v1")
    owner().delete(f"/api/predictions/{number}/")
    assert remove(project, model_version="v1") == {"deleted_predictions": 0}
    assert project.read()["model_version"] is None and versions(project) == {}
    assert project.change(model_version=None)["model_version"] is None
    assert project.change(model_version="")["model_version"] == ""


def test_annotations_lose_their_parent(project):
    number = predict(project.ids[0], model_version="v1")["id"]
    made = annotate(owner(), project.ids[0], parent_prediction=number)
    assert remove(project, model_version="v1") == {"deleted_predictions": 1}
    assert owner().get(f"/api/annotations/{made['id']}/")["parent_prediction"] is None
    counted(project)


@ours
def test_more_predictions_than_one_step_removes():
    project = Project()
    result = [{"result": choice(), "model_version": "big"}] * 3
    project.load([{"data": {"text": "a"}, "predictions": result} for _ in range(4000)])
    project.versions = project.path + "/model-versions/"
    predict(project.load([{"text": "b"}])[0], model_version="other")
    sql(f"UPDATE task SET deleted_at = now() WHERE project_id = {project.id} AND inner_id = 7")
    assert project.read()["model_version"] == "big"
    assert versions(project) == {"other": 1, "big": 11997}
    assert remove(project, model_version="big") == {"deleted_predictions": 11997}
    assert versions(project) == {"other": 1} and project.read()["total_predictions_number"] == 1
    assert sql(f"SELECT count(*) FROM prediction WHERE project_id = {project.id}") == "1"
    assert project.read()["model_version"] is None


# ---- which one is shown ----


def test_versions_that_a_project_may_have(project):
    predict(project.ids[0], model_version="v1")
    for version in ("nosuch", None, 5):
        answer = owner().patch(project.path + "/", {"model_version": version}, 400)
        assert refused(answer, "model_version") == [MISSING]
    assert project.change(model_version="v1")["model_version"] == "v1"
    assert refused(owner().patch(project.path + "/", {"model_version": None}, 400), "model_version") == [MISSING]
    owner().delete(f"/api/tasks/{project.ids[0]}/")
    assert project.change(model_version="v1")["model_version"] == "v1"
    assert project.change(model_version="")["model_version"] == ""


def test_a_new_project_takes_any_version():
    assert Project(model_version="later").created["model_version"] == "later"
    assert Project(model_version="later", show_collab_predictions=False).created["model_version"] == "later"


def test_switching_off_keeps_a_version_that_is_named(project):
    predict(project.ids[0], model_version="v1")
    answer = project.change(model_version="v1", show_collab_predictions=False)
    assert (answer["model_version"], answer["show_collab_predictions"]) == ("v1", False)
    assert project.change(model_version="v1")["model_version"] == "v1"
    assert project.change(show_collab_predictions=False)["model_version"] == ""


def test_what_the_stream_shows(project):
    task = project.ids[0]
    for version in ("v1", ""):
        predict(task, model_version=version)
    one = person("reader")

    def seen():
        return [p["model_version"] for p in project.next(one)["predictions"]]

    assert seen() == [""]
    project.change(model_version="v1")
    assert seen() == ["v1"]
    project.change(show_collab_predictions=False, model_version="v1")
    assert seen() == []
    project.change(show_collab_predictions=True, model_version="v1")
    assert seen() == ["v1"]
    remove(project, model_version="v1")
    assert seen() == []


def test_storing_predictions_does_not_choose_a_version(project):
    predict(project.ids[0], model_version="v1")
    owner().post(project.path + "/import/predictions", [{"task": project.ids[0], "result": choice(), "model_version": "v2"}])
    assert project.read()["model_version"] == ""
    assert versions(project) == {"v1": 1, "v2": 1}
