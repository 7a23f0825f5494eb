"""A label-studio-ml server as people run it: connected, asked, told to train. LABELD_ML_PYTHON names the environment of requirements-ml.txt,
which contrib/check makes."""

import os
import subprocess

import pytest

from work import Project, annotate, choice, eventually, ours, owner

pytestmark = ours
HERE = os.path.dirname(os.path.abspath(__file__))
ML = "/api/ml/"


@pytest.fixture(scope="module")
def backend(tmp_path_factory):
    python = os.environ.get("LABELD_ML_PYTHON")
    if not python:
        pytest.skip("LABELD_ML_PYTHON names no environment with label-studio-ml")
    models = tmp_path_factory.mktemp("models")
    process = subprocess.Popen([python, os.path.join(HERE, "model_server.py"), str(models)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               text=True, cwd=models, env={**os.environ, "LABEL_STUDIO_ML_BACKEND_V2": "1"})
    url = process.stdout.readline().strip()
    assert url, f"the backend did not start ({process.wait()})"
    yield url
    process.terminate()
    process.wait(30)


@pytest.fixture
def connected(backend):
    project = Project()
    tasks = project.texts(3)
    made = owner().post(ML, {"project": project.id, "url": backend, "title": "Real", "is_interactive": True})
    return project, tasks, made


def label(prediction):
    return prediction["result"][0]["value"]["choices"]


def test_connecting_asks_for_health_and_sets_it_up(connected):
    project, _, made = connected
    assert (made["state"], made["error_message"]) == ("CO", None) and made["model_version"]
    listed, = owner().get(ML, project=project.id)
    assert listed["id"] == made["id"] and listed["state"] == "CO"
    assert owner().get(f"{ML}{made['id']}/versions")["versions"] == [made["model_version"]]


def test_predictions_by_the_stream_and_by_an_action(connected):
    project, tasks, made = connected
    prediction, = project.next()["predictions"]
    assert (label(prediction), prediction["score"], prediction["model_version"]) == (["A"], 0.75, made["model_version"])
    done = owner().post("/api/dm/actions/", {"selectedItems": {"all": False, "included": tasks}}, 200, id="retrieve_tasks_predictions",
                        project=project.id)
    assert done["processed_items"] == 3
    found = owner().get("/api/predictions/", project=project.id)
    assert {p["task"] for p in found} == set(tasks) and all(label(p) == ["A"] for p in found)


def test_trial_and_interactive(connected):
    _, tasks, made = connected
    trial = owner().post(f"{ML}{made['id']}/predict/test", {}, 200, random="true")
    assert trial["status"] == 200 and label(trial["response"]["results"][0]) == ["A"]
    path = f"{ML}{made['id']}/interactive-annotating"
    answer = owner().post(path, {"task": tasks[0], "context": {"result": choice("A")}}, 200)
    assert label(answer["data"]) == ["B"]


def test_training_makes_another_version(connected):
    project, tasks, made = connected
    annotate(owner(), tasks[0])
    owner().post(f"{ML}{made['id']}/train", {}, 200)
    version = eventually(lambda: owner().get(ML, project=project.id)[0]["model_version"], lambda version: version != made["model_version"])
    owner().post(f"{ML}{made['id']}/predict", {}, 200)
    found = owner().get("/api/predictions/", project=project.id)
    assert {p["model_version"] for p in found} == {version} and all(label(p) == ["B"] for p in found)
