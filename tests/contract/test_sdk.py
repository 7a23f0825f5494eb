"""The public Python SDK, unmodified, doing the main job: project, import, labels, export; with both kinds of keys."""

import json

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError
from label_studio_sdk.label_interface import LabelInterface
from label_studio_sdk.label_interface.create import choices

from work import Project, admin, counted, ours, owner, person

CONFIG = LabelInterface.create({"text": "Text", "label": choices(["Positive", "Negative"])})
TEXTS = [f"sentence {i} – ünïcode" for i in range(25)]


def personal_token():
    """A personal access token of somebody who has none yet."""
    return person("token-user").post("/api/token/")["token"]


@pytest.fixture(scope="module", params=["legacy token", "personal access token"])
def client(request):
    key = owner().session.headers["Authorization"].split()[1] if request.param == "legacy token" else personal_token()
    return LabelStudio(base_url=owner().url, api_key=key)


@pytest.fixture(scope="module")
def project(client):
    return client.projects.create(title="By the SDK", label_config=CONFIG, description="made by a client")


def label(value):
    return [{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [value]}}]


def ids_of(client, project):
    return [t.id for t in client.tasks.list(project=project.id)]


def test_the_main_job(client, project):
    me = client.users.whoami()
    answer = client.projects.import_tasks(id=project.id, request=[{"text": t} for t in TEXTS], return_task_ids=True)
    assert answer.task_count == len(TEXTS) and len(answer.task_ids) == len(TEXTS)

    read = client.projects.get(id=project.id)
    assert read.title == "By the SDK" and read.task_number == len(TEXTS) and read.label_config == CONFIG
    assert project.id in [p.id for p in client.projects.list()]

    listed = list(client.tasks.list(project=project.id, page_size=10))
    assert [t.id for t in listed] == answer.task_ids and [t.data["text"] for t in listed] == TEXTS

    for number, task in enumerate(answer.task_ids[:10]):
        made = client.annotations.create(id=task, result=label("Positive" if number % 2 else "Negative"), lead_time=1.5, was_cancelled=False)
        assert made.task == task and made.completed_by == me.id
    skipped = client.annotations.create(id=answer.task_ids[10], result=[], was_cancelled=True)
    assert skipped.was_cancelled is True

    first = client.annotations.list(id=answer.task_ids[0])[0]
    assert client.annotations.get(id=first.id).result == first.result
    changed = client.annotations.update(id=first.id, result=label("Positive"))
    assert changed.result[0]["value"] == {"choices": ["Positive"]}

    read = client.projects.get(id=project.id)
    assert (read.finished_task_number, read.total_annotations_number, read.skipped_annotations_number) == (10, 10, 1)

    document = client.projects.exports.as_json(project.id)
    assert [t["id"] for t in document] == answer.task_ids
    assert [len(t["annotations"]) for t in document] == [1] * 11 + [0] * 14
    assert document[0]["annotations"][0]["result"][0]["value"] == {"choices": ["Positive"]}

    raw = b"".join(client.projects.exports.download_sync(project.id, export_type="JSON"))
    assert [t["id"] for t in json.loads(raw)] == answer.task_ids[:11]
    counted(wrapped(project))


def wrapped(project):
    """The same project for our own helpers."""
    same = Project.__new__(Project)
    same.api, same.id, same.path = owner(), project.id, f"/api/projects/{project.id}"
    return same


def test_export_formats(client, project):
    assert "JSON" in [f["name"] if isinstance(f, dict) else f for f in client.projects.exports.list_formats(project.id)]


def test_label_interface(client, project):
    interface = client.projects.get(id=project.id).get_label_interface()
    assert interface.get_control("label").labels == ["Positive", "Negative"]
    client.projects.validate_label_config(id=project.id, label_config=CONFIG)


def test_changes(client, project):
    assert client.projects.update(id=project.id, title="Renamed by the SDK", maximum_annotations=1).title == "Renamed by the SDK"
    task = client.tasks.create(data={"text": "one more"}, project=project.id)
    assert client.tasks.get(id=str(task.id)).data == {"text": "one more"}
    assert client.tasks.update(id=str(task.id), data={"text": "changed"}).data == {"text": "changed"}
    made = client.annotations.create(id=task.id, result=label("Positive"))
    client.annotations.delete(id=made.id)
    assert client.annotations.list(id=task.id) == []
    client.tasks.delete(id=str(task.id))
    assert task.id not in ids_of(client, project)
    counted(wrapped(project))


def test_predictions(client, project):
    task = ids_of(client, project)[-1]
    made = client.predictions.create(task=task, result=label("Negative"), score=0.9, model_version="v1")
    assert made.score == 0.9 and made.id in [p.id for p in client.predictions.list(task=task)]
    assert client.predictions.update(id=made.id, score=0.5).score == 0.5
    client.predictions.delete(id=made.id)
    assert client.predictions.list(task=task) == []
    counted(wrapped(project))


def test_pagers_end(client):
    empty = client.projects.create(title="Empty", label_config=CONFIG)
    assert list(client.tasks.list(project=empty.id)) == []
    full = client.projects.create(title="Two pages", label_config=CONFIG)
    client.projects.import_tasks(id=full.id, request=[{"text": str(i)} for i in range(200)])
    assert len(list(client.tasks.list(project=full.id, page_size=100))) == 200
    for one in (empty, full):
        client.projects.delete(id=one.id)
        with pytest.raises(ApiError) as refused:
            client.projects.get(id=one.id)
        assert refused.value.status_code == 404


def test_errors(client, project):
    with pytest.raises(ApiError) as refused:
        client.projects.create(title="x")
    assert refused.value.status_code == 400 and "title" in str(refused.value.body)
    with pytest.raises(ApiError) as refused:
        client.projects.import_tasks(id=project.id, request=[{"wrong": 1}])
    assert refused.value.status_code == 400
    with pytest.raises(ApiError) as refused:
        client.annotations.get(id=2000000000)
    assert refused.value.status_code == 404


def test_a_wrong_key():
    with pytest.raises(ApiError) as refused:
        LabelStudio(base_url=owner().url, api_key="0" * 40).projects.get(id=1)
    assert refused.value.status_code == 401


def test_versions(client):
    versions = client.versions.get()
    assert versions.release and versions.edition == "Community"


@ours
def test_no_lost_figures():
    admin("verify-counters")
