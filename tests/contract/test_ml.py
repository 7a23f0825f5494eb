"""ML backends: records, what they are asked, and what becomes of their answers, also of bad ones."""


import pytest
from label_studio_sdk import LabelStudio

from model_double import ModelDouble
from people import Person
from server import shared_server
from work import CHOICES, Project, annotate, anonymous, choice, eventually, ours, owner, sql, stranger

pytestmark = ours
ML = "/api/ml/"


@pytest.fixture
def model():
    double = ModelDouble()
    yield double
    double.close()


@pytest.fixture
def project():
    return Project()


def connect(project, model, **fields):
    return owner().post(ML, {"project": project.id, "url": model.url, "title": "Mine", **fields})


def token_of(api):
    return api.get("/api/current-user/token")["token"]


def told(answer):
    return answer["validation_errors"]["non_field_errors"][0]


# ---- records ----


def test_connecting(project, model):
    made = connect(project, model, is_interactive=True, extra_params={"a": 1.0}, timeout=5, auth_method="BASIC_AUTH", basic_auth_user="u",
                   basic_auth_pass="hush")
    assert (made["state"], made["readable_state"], made["model_version"], made["timeout"]) == ("CO", "Connected", "m-1", 5.0)
    assert made["basic_auth_pass_is_set"] and "basic_auth_pass" not in made and made["auto_update"]
    assert [(how, where) for how, where, _, _ in model.asked] == [("GET", "/health"), ("POST", "/setup")]
    sent = model.bodies("/setup")[0]
    assert sent["project"].startswith(f"{project.id}.") and sent["schema"] == CHOICES
    assert (sent["hostname"], sent["access_token"], sent["extra_params"]) == (shared_server().url, owner().get("/api/current-user/token")["token"], {"a": 1.0})
    assert model.asked[0][3]["Authorization"] == "Basic dTpodXNo"
    assert project.read()["model_version"] == "Mine"          # what annotators see from now on
    assert owner().get(f"{ML}{made['id']}")["id"] == made["id"]
    assert [b["id"] for b in owner().get(ML, project=project.id)] == [made["id"]]
    assert owner().get(ML, project=project.id, is_interactive="false") == []


def test_it_gets_the_token_of_who_connects_it(project, model):
    manager = Person("MA")
    made = manager.post(ML, {"project": project.id, "url": model.url})
    project.api.patch(f"{ML}{made['id']}", {"title": "Other"})
    manager.patch(f"{ML}{made['id']}", {"title": "Again"})
    manager.get(ML, project=project.id)
    assert [b["access_token"] for b in model.bodies("/setup")] == [token_of(a) for a in (manager, owner(), manager, manager)]
    assert token_of(owner()) != token_of(manager)


def test_changing_and_removing(project, model):
    made = connect(project, model)
    path = f"{ML}{made['id']}"
    assert owner().patch(path, {"title": "Other"})["title"] == "Other"
    assert project.read()["model_version"] == "Other"
    assert owner().put(path, {"project": project.id, "url": model.url, "description": "D"})["description"] == "D"
    assert "project" in owner().patch(path, {"project": Project(stranger()).id}, status=400)["validation_errors"]
    owner().delete(path)
    owner().get(path, 404)
    assert project.read()["model_version"] == ""


@pytest.mark.parametrize("answers, part", [
    ({"/health": 500}, "health check failed"), ({"/setup": 500}, "doesn't look like a valid ML backend"), ({"/setup": b"no json"}, "is no JSON"),
])
def test_backends_that_are_none(project, model, answers, part):
    model.answers = answers
    assert part in told(owner().post(ML, {"project": project.id, "url": model.url}, status=400))
    assert owner().get(ML, project=project.id) == []


def test_bad_bodies(project, model):
    assert owner().post(ML, {}, status=400)["validation_errors"].keys() == {"url", "project"}
    assert "http://" in owner().post(ML, {"project": project.id, "url": "ftp://example.com"}, status=403)["detail"]
    assert "health check failed" in told(owner().post(ML, {"project": project.id, "url": "http://127.0.0.1:1"}, status=400))
    assert "project" in owner().post(ML, {"project": 2**31 - 1, "url": model.url}, status=400)["validation_errors"]
    assert "username and password" in told(owner().post(ML, {"project": project.id, "url": model.url, "auth_method": "BASIC_AUTH"}, status=400))
    owner().get(ML, 404)
    owner().get(ML, 404, project=2**31 - 1)


def test_other_organizations(model):
    theirs = Project(stranger())
    made = stranger().post(ML, {"project": theirs.id, "url": model.url})
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/train"), ("POST", "/predict"), ("POST", "/interactive-annotating"),
                         ("POST", "/predict/test"), ("GET", "/versions")):
        owner().call(method, f"{ML}{made['id']}{path}", 404, **({} if method == "GET" else {"json": {"task": 1}}))
    anonymous().get(f"{ML}{made['id']}", 401)


def test_a_backend_that_went(project, model):
    made = connect(project, model)
    model.answers["/setup"] = 500
    assert owner().get(ML, project=project.id)[0]["state"] == "ER"
    model.close()
    assert [b["state"] for b in owner().get(ML, project=project.id)] == ["DI"]
    assert owner().get(f"{ML}{made['id']}")["state"] == "DI"


def test_versions(project, model):
    path = f"{ML}{connect(project, model)['id']}/versions"
    assert owner().get(path) == {"versions": ["m-1", "m-0"]}
    model.answers["/versions"] = 404
    assert owner().get(path)["versions"] == ["m-1"]
    model.answers["/versions"] = 500
    assert "does not tell its versions" in owner().get(path, 424)["detail"]


def test_the_version_follows(project, model):
    connect(project, model)
    model.version = "m-2"
    assert owner().get(ML, project=project.id)[0]["model_version"] == "m-2"


# ---- predictions ----


def test_trial(project, model):
    made = connect(project, model)
    path = f"{ML}{made['id']}/predict/test"
    owner().post(path, {}, status=404, random="true")        # no task yet
    task, = project.texts(1)
    done = owner().post(path, {}, status=200, random="true")
    assert (done["status"], done["error_message"], done["task"]["id"], done["url"]) == (200, None, task, model.url + "/predict")
    assert done["response"]["results"][0]["score"] == 0.5 and done["request"]["label_config"] == CHOICES
    owner().post(path, {}, status=501)
    model.answers["/predict"] = 500
    assert owner().post(path, {}, status=200, random="true")["status"] == 500


def test_the_stream_asks_once(project, model):
    project.texts(1)
    connect(project, model)
    given = project.next()
    assert [(p["result"], p["score"], p["model_version"]) for p in given["predictions"]] == [(ModelDouble.result(None), 0.5, "m-1")]
    assert given["total_predictions"] == 1
    project.next()
    assert len(model.bodies("/predict")) == 1
    sent = model.bodies("/predict")[0]
    assert sent["tasks"][0]["id"] == given["id"] and sent["params"] == {"login": None, "password": None, "context": None}
    assert project.read()["total_predictions_number"] == 1


@pytest.mark.parametrize("answer", [500, b"no json", b'{"results": []}', b'{"results": [{"result": 5}]}', b'{"results": {}}', b"[]"])
def test_the_stream_goes_on_without(project, model, answer):
    project.texts(1)
    made = connect(project, model)
    model.answers["/predict"] = answer
    assert project.next()["predictions"] == []
    assert owner().get(f"{ML}{made['id']}")["state"] == "ER"
    project.next()
    assert len(model.bodies("/predict")) == 1                 # left alone for a while


def test_a_slow_backend_is_not_waited_for(project, model):
    project.texts(1)
    connect(project, model)
    with model.holding():
        assert project.next()["predictions"] == []


def test_reading_a_task(project, model):
    first, second = project.texts(2)
    connect(project, model)
    assert owner().get(f"/api/tasks/{first}/")["predictions"] == []
    project.change(evaluate_predictions_automatically=True)
    assert len(owner().get(f"/api/tasks/{first}/")["predictions"]) == 1
    assert len(owner().get(f"/api/tasks/{first}/")["predictions"]) == 1
    assert owner().get(f"/api/tasks/{second}/", resolve_uri="false")["total_predictions"] == 1


def test_all_tasks(project, model):
    project.texts(5)
    made = connect(project, model)
    owner().post(f"{ML}{made['id']}/predict", {}, status=200, batch_size=2)
    assert project.read()["total_predictions_number"] == 5
    assert [len(b["tasks"]) for b in model.bodies("/predict")] == [2, 2, 1]
    owner().post(f"{ML}{made['id']}/predict", {}, status=200)
    assert len(model.bodies("/predict")) == 3                 # all have one
    owner().post(f"{ML}{made['id']}/predict", {}, status=400, batch_size=0)
    assert owner().get(f"{project.path}/model-versions/", extended=1, include_live_models=1)["live"][0]["count"] == 5


def test_a_job_that_failed_is_not_waited_for(project, model):
    """It is tried again after longer and longer pauses; the answer says so at the first."""
    project.texts(1)
    made = connect(project, model)
    model.answers["/predict"] = 500
    owner().post(f"{ML}{made['id']}/predict", {}, status=200)
    state, error, tries = sql(f"SELECT state, error, attempts FROM job WHERE kind = 'ml_predict' AND project_id = {project.id} OR"
                              f" kind = 'ml_predict' AND key = '{made['id']}'").split("|")
    assert error.startswith("UPSTREAM") and state in ("waiting", "running") and int(tries) < 5
    del model.answers["/predict"]
    eventually(lambda: project.read()["total_predictions_number"] == 1)


def retrieve(project, selection, status=200):
    return owner().post("/api/dm/actions/", {"selectedItems": selection}, status=status, id="retrieve_tasks_predictions", project=project.id)


def test_of_selected_tasks(project, model):
    tasks = project.texts(4)
    assert retrieve(project, {"all": True, "excluded": []})["processed_items"] == 4       # no backend: nothing happens
    connect(project, model)
    connect(project, model, title="Second")
    assert retrieve(project, {"all": True, "excluded": tasks[:1]}) == {"processed_items": 3, "detail": "Retrieved 3 predictions"}
    assert sorted(t["id"] for body in model.bodies("/predict") for t in body["tasks"]) == sorted(tasks[1:])
    assert project.read()["total_predictions_number"] == 3
    assert retrieve(project, {"all": False, "included": tasks[:1]})["processed_items"] == 1
    assert project.read()["total_predictions_number"] == 4


def test_numbers_come_through_as_written(project, model):
    task, = project.texts(1)
    connect(project, model)
    model.answers["/predict"] = b'{"results": [{"result": [{"value": {"n": 12345678901234567890.5}}], "score": 0.1234567890123456789}]}'
    project.next()
    assert sql(f"SELECT result -> 0 -> 'value' ->> 'n' FROM prediction WHERE task_id = {task}") == "12345678901234567890.5"


# ---- interactive, training ----


def test_interactive(project, model):
    task, = project.texts(1)
    annotate(owner(), task)
    path = f"{ML}{connect(project, model, is_interactive=True)['id']}/interactive-annotating"
    done = owner().post(path, {"task": task, "context": {"result": choice("B")}}, status=200)
    assert done["data"]["score"] == 0.5
    sent = model.bodies("/predict")[0]
    assert sent["params"]["context"] == {"result": choice("B")} and sent["tasks"][0]["annotations"][0]["result"] == choice()
    owner().post(path, {"task": task, "context": {"result": []}}, status=200)
    model.answers["/predict"] = b'{"results": []}'
    assert "more than 1 result" in owner().post(path, {"task": task}, status=200)["errors"][0]
    model.answers["/predict"] = 500
    assert "500" in owner().post(path, {"task": task}, status=200)["errors"][0]
    assert "task" in owner().post(path, {}, status=400)["validation_errors"]
    owner().post(path, {"task": Project().texts(1)[0]}, status=404)
    plain = connect(project, model)
    assert owner().post(f"{ML}{plain['id']}/interactive-annotating", {"task": task}, status=200)["errors"]


def test_training(project, model):
    made = connect(project, model)
    owner().post(f"{ML}{made['id']}/train", {"use_ground_truth": True}, status=200)
    sent, = model.bodies("/webhook")
    assert (sent["action"], sent["project"]["id"]) == ("START_TRAINING", project.id)


def test_annotations_start_training(project, model):
    tasks = project.texts(4)
    connect(project, model)
    project.change(start_training_on_annotation_update=True, min_annotations_to_start_training=2)
    annotate(owner(), tasks[0])
    annotate(owner(), tasks[1])
    eventually(lambda: len(model.bodies("/webhook")) == 1)
    assert model.bodies("/webhook")[0]["project"]["total_annotations_number"] == 2


def test_by_the_sdk(project, model):
    client = LabelStudio(base_url=shared_server().url, api_key=shared_server().token)
    made = client.ml.create(project=project.id, url=model.url, title="by the client", is_interactive=True)
    assert client.ml.list_model_versions(id=made.id).versions == ["m-1", "m-0"]
    client.ml.train(id=made.id)
    task, = project.texts(1)
    client.ml.predict_interactive(id=made.id, task=task)
    assert client.ml.update(id=made.id, title="other", url=model.url, project=project.id).title == "other"
    assert [b.id for b in client.ml.list(project=project.id)] == [made.id]
    client.ml.delete(id=made.id)
