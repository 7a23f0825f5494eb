"""The legacy client (label-studio-sdk 0.0.34), unmodified, doing the main job. It excludes today's SDK, so it has an environment and a
folder of its own, and shares nothing with the other contract tests but the server."""

import json
import os
import sys

import pytest
import requests
from label_studio_sdk import Client
from label_studio_sdk.client import ClientCredentials
from label_studio_sdk.data_manager import Column, Filters, Operator, Type
from label_studio_sdk.project import ProjectSampling

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
from server import shared_server  # noqa: E402

CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text">'
    '<Choice value="Positive"/><Choice value="Negative"/></Choices></View>'
)
TEXTS = [f"sentence {i} – ünïcode" for i in range(30)]


@pytest.fixture(scope="module")
def client():
    made = Client(url=shared_server().url, api_key=shared_server().token)
    assert made.check_connection()["status"] == "UP"
    return made


@pytest.fixture(scope="module")
def project(client):
    return client.start_project(title="By the legacy client", label_config=CONFIG, description="made by an old script")


def label(value):
    return [{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [value]}}]


def test_the_main_job(client, project, tmp_path):
    assert project.title == "By the legacy client" and project.label_config == CONFIG
    ids = project.import_tasks([{"text": t} for t in TEXTS])
    assert len(ids) == len(TEXTS) and ids == sorted(ids)
    assert [t["data"]["text"] for t in project.get_tasks()] == TEXTS
    assert project.get_tasks_ids() == ids

    for number, task in enumerate(ids[:10]):
        made = project.create_annotation(task, result=label("Positive" if number % 2 else "Negative"), lead_time=2.5)
        assert made["task"] == task and made["lead_time"] == 2.5
    first = project.list_annotations(ids[0])[0]
    assert project.update_annotation(first["id"], result=label("Positive"))["result"][0]["value"] == {"choices": ["Positive"]}
    assert project.get_annotation(first["id"])["result"][0]["value"] == {"choices": ["Positive"]}

    read = client.get_project(project.id).get_params()
    assert (read["task_number"], read["finished_task_number"], read["total_annotations_number"]) == (len(TEXTS), 10, 10)

    exported = project.export_tasks(export_type="JSON")
    assert [t["id"] for t in exported] == ids[:10]
    assert exported[0]["annotations"][0]["result"][0]["value"] == {"choices": ["Positive"]}
    assert [t["id"] for t in project.export_tasks(export_type="JSON", download_all_tasks=True)] == ids
    assert [t["id"] for t in project.export_tasks(export_type="JSON", download_all_tasks=True, ids=[ids[3], ids[5]])] == [ids[3], ids[5]]


def test_import_of_a_file(project, tmp_path):
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"text": "from a file", "more": [1, 2]}]))
    task, = project.import_tasks(str(path))
    assert project.get_task(task)["data"] == {"text": "from a file", "more": [1, 2]}
    assert project.get_task(task)["file_upload"].endswith("-tasks.json")


def test_import_of_predictions_and_annotations(project):
    task, = project.import_tasks([{"data": {"text": "both"}, "annotations": [{"result": label("Positive")}],
                                   "predictions": [{"result": label("Negative"), "score": 0.5, "model_version": "m1"}]}])
    read = project.get_task(task)
    assert read["total_annotations"] == 1 and read["predictions"][0]["model_version"] == "m1"


def test_tasks(project):
    task, = project.import_tasks([{"text": "to change"}])
    assert project.update_task(task, data={"text": "changed"})["data"] == {"text": "changed"}
    project.delete_task(task)
    assert task not in project.get_tasks_ids()
    page = project.get_paginated_tasks(page=1, page_size=10)
    assert len(page["tasks"]) == 10 and page["total"] == len(project.get_tasks_ids())


def test_finding_tasks(project):
    done = [t["id"] for t in project.get_labeled_tasks()]
    assert done and done == [t["id"] for t in project.get_tasks() if t["total_annotations"]]
    assert project.get_labeled_tasks_ids() == done
    every = project.get_tasks_ids()
    assert project.get_unlabeled_tasks_ids() == [i for i in every if i not in done]
    found = project.get_tasks(filters=Filters.create(Filters.OR, [
        Filters.item(Column.id, Operator.EQUAL, Type.Number, Filters.value(every[2])),
        Filters.item(Column.data("text"), Operator.CONTAINS, Type.String, Filters.value("SENTENCE 5 ")),
    ]), ordering=["-" + Column.id])
    assert [t["id"] for t in found] == [every[5], every[2]]
    chosen = project.get_tasks(selected_ids=every[1:3], only_ids=True)
    assert chosen == every[1:3]
    filters = Filters.create(Filters.AND, [Filters.item(Column.total_annotations, Operator.GREATER, Type.Number, Filters.value(0))])
    view = project.create_view(filters, ordering=[Column.id], title="Done")
    assert project.get_views()[-1]["id"] == view["id"]
    assert project.get_tasks(view_id=view["id"], only_ids=True) == done


def test_predictions(project):
    task = project.get_tasks_ids()[-1]
    made = project.create_prediction(task, result=label("Negative"), score=0.7, model_version="m2")
    assert made["score"] == 0.7
    short = project.create_prediction(task, result="Positive", score=0.1)
    assert short["result"][0]["value"] == {"choices": ["Positive"]}


def test_settings(client, project):
    project.set_params(title="Renamed by the legacy client")
    assert client.get_project(project.id).title == "Renamed by the legacy client"
    project.set_published(True)
    assert client.get_project(project.id).get_params()["is_published"] is True
    project.set_sampling(ProjectSampling.RANDOM)
    assert client.get_project(project.id).get_params()["sampling"] == "Uniform sampling"
    project.set_model_version("m2")
    assert project.parsed_label_config["label"]["labels"] == ["Positive", "Negative"]


def test_lists(client, project):
    assert project.id in [p.id for p in client.list_projects()]
    assert shared_server().email in [u.email for u in client.get_users()] or not shared_server().email


def test_deletion(client):
    made = client.start_project(title="To delete", label_config=CONFIG)
    made.import_tasks([{"text": "a"}])
    client.delete_project(made.id)
    with pytest.raises(requests.HTTPError) as refused:
        client.get_project(made.id)
    assert refused.value.response.status_code == 404


def test_errors(project):
    with pytest.raises(requests.HTTPError) as refused:
        project.import_tasks([{"wrong": 1}])
    assert refused.value.response.status_code == 400 and "validation_errors" in refused.value.response.json()


@pytest.mark.skipif("LABELD_URL" in os.environ and "LABELD_PASSWORD" not in os.environ, reason="needs a password")
def test_log_in_with_a_password():
    credentials = ClientCredentials(email=shared_server().email, password=shared_server().password)
    client = Client(url=shared_server().url, credentials=credentials)
    assert client.api_key == shared_server().token
