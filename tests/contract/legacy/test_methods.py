"""Every method of the legacy client (label-studio-sdk 0.0.34) and its Project module, one by one, against a real server."""

import csv
import json
import os
import re
import shutil
import uuid

import pytest
import requests
from label_studio_sdk import Client
from label_studio_sdk.client import ClientCredentials
from label_studio_sdk.data_manager import Column, Filters, Operator, Type
from label_studio_sdk.project import ExportSnapshotStatus, Project, ProjectSampling, ProjectStorage
from label_studio_sdk.users import User, UserRole

from methods import EMPTY, every, proves
from people import head_of_new_organization
from server import shared_server
from work import choice

CONFIG = ('<View><Text name="text" value="$text"/><Choices name="label" toName="text">'
          '<Choice value="A"/><Choice value="B"/></Choices></View>')


def key_of(person):
    return person.session.headers["Authorization"].split()[1]


@pytest.fixture(scope="module")
def boss():
    return head_of_new_organization("Old scripts")


@pytest.fixture(scope="module")
def client(boss):
    return Client(url=shared_server().url, api_key=key_of(boss))


def start(client, n=0, **fields):
    made = client.start_project(**{"title": "Old scripts", "label_config": CONFIG, **fields})
    made.ids = made.import_tasks([{"text": f"text {i}"} for i in range(n)]) if n else []
    return made


@pytest.fixture(scope="module")
def project(client):
    """Read, and added to; what counts everything makes its own."""
    return start(client, 6)


@pytest.fixture
def fresh(client):
    return start(client, 4)


def annotator(client, role=UserRole.ANNOTATOR):
    """A new member, as scripts make them."""
    address = f"{uuid.uuid4().hex[:10]}@example.com"
    made = client.create_user({"username": address, "email": address, "first_name": "A", "last_name": "N"})
    made.active_organization = client.get_organization()["id"]
    made.set_role(role)
    return made


@pytest.fixture(scope="module")
def people(client):
    return [annotator(client) for _ in range(2)]


@pytest.fixture
def folder():
    path = os.path.join(shared_server().dir, "media", uuid.uuid4().hex)
    os.mkdir(path)
    os.chmod(path, 0o777)
    yield path
    shutil.rmtree(path)


def connect_local(project, folder, **kw):
    """The client looks at the server's setting, as if it ran there; afterwards it asks the server for the bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT", os.path.join(shared_server().dir, "media"))
        return project.connect_local_import_storage(folder, **kw)


def refused(status, call, *args, **kw):
    with pytest.raises(requests.HTTPError) as error:
        call(*args, **kw)
    assert error.value.response.status_code == status
    return error.value.response


def test_every_method_has_its_test():
    tests = [one for name, one in globals().items() if name.startswith("test_")]
    proven = {name for test in tests for mark in getattr(test, "pytestmark", []) if mark.name == "method" for name in mark.args}
    assert set(every()) - EMPTY == proven


# ---- client ----


@proves("Client.get_versions", "Client.check_connection", "Client.get_session")
def test_connection(client):
    assert client.check_connection() == {"status": "UP"}
    assert client.get_versions()["release"] and client.is_enterprise
    assert Client(url=shared_server().url, api_key="0" * 40).get_versions()["release"], "the version is told to anybody"
    assert client.get_session().headers


@proves("Client.get_api_key")
def test_log_in_with_a_password(boss):
    credentials = ClientCredentials(email=shared_server().email, password=shared_server().password)
    assert Client(url=shared_server().url, credentials=credentials).api_key == shared_server().token
    with pytest.raises((requests.HTTPError, ValueError)):
        Client(url=shared_server().url, credentials=ClientCredentials(email=shared_server().email, password="wrong")).list_projects()


@proves("Client.make_request")
def test_make_request(client):
    assert client.make_request("GET", "/api/current-user/whoami").json()["id"]
    assert refused(404, client.make_request, "GET", "/api/projects/2147483647").json()["status_code"] == 404
    assert client.make_request("GET", "/api/projects/2147483647", raise_exceptions=False).status_code == 404


@proves("Client.create_project", "Client.start_project", "Project.start_project")
def test_start_project(client):
    made = client.create_project(title="Made by a script", label_config=CONFIG, expert_instruction="Read.", color="#FF0000", maximum_annotations=2,
                                 show_instruction=True, sampling="Uniform sampling")
    assert (made.title, made.maximum_annotations, made.sampling) == ("Made by a script", 2, "Uniform sampling")
    assert isinstance(made.id, int) and made.created_by["email"]


@proves("Client.list_projects", "Client.get_projects")
def test_list_projects(client, project):
    assert project.id in [p.id for p in client.list_projects()] == [p.id for p in client.get_projects()]
    assert [p.id for p in client.list_projects(ids=str(project.id))] == [project.id]
    assert client.list_projects(title="no project has this title") == []


@proves("Client.get_project", "Project.get_from_id", "Project.get_params", "Project.update_params")
def test_get_project(client, project):
    same = client.get_project(project.id)
    assert same.id == project.id and same.label_config == CONFIG
    documented = {"title", "description", "label_config", "expert_instruction", "show_instruction", "show_skip_button", "enable_empty_annotation",
                  "show_annotation_history", "organization", "color", "maximum_annotations", "is_published", "model_version", "is_draft", "created_by",
                  "min_annotations_to_start_training", "show_collab_predictions", "sampling", "show_ground_truth_first", "show_overlap_first",
                  "overlap_cohort_percentage", "task_data_login", "control_weights", "evaluate_predictions_automatically"}
    assert documented <= set(same.get_params())
    client.make_request("PATCH", f"/api/projects/{project.id}", json={"description": "since then"})
    same.update_params()
    assert same.description == "since then"
    assert Project.get_from_id(client, project.id).description == "since then"
    with pytest.raises(Exception, match="field is not set"):
        same.no_such_field
    refused(404, client.get_project, 2147483647)


@proves("Client.delete_project")
def test_delete_project(client, fresh):
    assert client.delete_project(fresh.id).status_code == 204
    refused(404, client.get_project, fresh.id)


@proves("Client.delete_all_projects")
def test_delete_all_projects():
    client = Client(url=shared_server().url, api_key=key_of(head_of_new_organization()))
    made = [start(client).id for _ in range(3)]
    assert sorted(p.id for p in client.list_projects()) == made
    assert [r.status_code for r in client.delete_all_projects()] == [204] * 3
    assert client.list_projects() == []


@proves("Client.get_users")
def test_get_users(client, boss, people):
    users = client.get_users()
    assert {boss.number, *(p.id for p in people)} <= {u.id for u in users}
    assert all(isinstance(u, User) and u.initials and u.last_activity for u in users)


@proves("Client.create_user")
def test_create_user(client):
    address = f"{uuid.uuid4().hex[:10]}@example.com"
    wanted = User.construct(username="", email=address, first_name="Ada", last_name="L", phone="1")
    made = client.create_user(wanted)
    assert (made.email, made.username, made.first_name, made.phone) == (address, address, "Ada", "1")
    assert client.create_user(wanted) is None, "it exists already"
    assert client.create_user({"username": "", "email": "no address"}) is None


@proves("Client.get_organization")
def test_get_organization(client, boss):
    assert client.get_organization()["id"] == boss.organization
    assert "external_id" in client.get_organization()


@proves("User.set_role")
def test_set_role(client):
    made = annotator(client)

    def role():
        rows = client.make_request("GET", f"/api/organizations/{made.active_organization}/memberships?page_size=-1").json()["results"]
        return next(r["role"] for r in rows if r["user"]["id"] == made.id)

    assert role() == "AN"
    for wanted in (UserRole.REVIEWER, UserRole.MANAGER, UserRole.ADMINISTRATOR, UserRole.NOT_ACTIVATED, UserRole.DISABLED):
        assert made.set_role(wanted).status_code == 200
        assert role() == wanted.value


# ---- workspaces ----


@pytest.fixture
def workspace(client):
    title = uuid.uuid4().hex
    client.make_request("POST", "/api/workspaces", json={"title": title, "description": "d", "color": "#00FF00", "is_personal": False})
    return client.get_workspace_by_title(title)


@proves("Client.get_workspaces", "Client.get_workspace_by_title")
def test_get_workspaces(client, boss, workspace):
    assert workspace.id in [w.id for w in client.get_workspaces()]
    assert (workspace.color, workspace.is_personal, workspace.created_by) == ("#00FF00", False, boss.number)
    assert client.get_workspace_by_title("no workspace has this title") is None


@proves("Workspace.add_user", "Workspace.remove_user")
def test_people_of_a_workspace(client, workspace, people):
    def inside():
        return [m["user"]["id"] for m in client.make_request("GET", f"/api/workspaces/{workspace.id}/memberships").json()]

    assert workspace.add_user(people[0])["user"] == people[0].id
    assert people[0].id in inside()
    workspace.remove_user(people[0])
    assert people[0].id not in inside()


@proves("Workspace.get_projects")
def test_projects_of_a_workspace(client, workspace):
    assert workspace.get_projects() == []
    made = client.start_project(title="In a workspace", workspace=workspace.id)
    assert [p.id for p in workspace.get_projects()] == [made.id]


# ---- a project's settings ----


@proves("Project.set_params")
def test_set_params(client, fresh):
    fresh.set_params(title="Renamed", maximum_annotations=3, show_skip_button=False)
    read = client.get_project(fresh.id).get_params()
    assert (read["title"], read["maximum_annotations"], read["show_skip_button"]) == ("Renamed", 3, False)
    with pytest.raises((AssertionError, requests.HTTPError)):
        fresh.set_params(title="x")


@proves("Project.set_sampling")
def test_set_sampling(client, fresh):
    for sampling in ProjectSampling:
        fresh.set_sampling(sampling)
        assert client.get_project(fresh.id).sampling == sampling.value


@proves("Project.set_published")
def test_set_published(client, fresh):
    fresh.set_published(True)
    assert client.get_project(fresh.id).is_published is True
    fresh.set_published(False)
    assert client.get_project(fresh.id).is_published is False


@proves("Project.set_model_version", "Project.get_model_versions", "Project.get_predictions_coverage")
def test_model_versions(client, fresh):
    for task in fresh.ids[:3]:
        fresh.create_prediction(task, result=choice(), score=0.5, model_version="m1")
    fresh.create_prediction(fresh.ids[0], result=choice(), score=0.5, model_version="m2")
    assert fresh.get_model_versions() == {"m1": 3, "m2": 1}
    fresh.set_model_version("m2")
    assert client.get_project(fresh.id).model_version == "m2"
    assert client.get_project(fresh.id).get_predictions_coverage() == {"m1": 0.75, "m2": 0.25}


@proves("Project.parsed_label_config")
def test_parsed_label_config(project):
    assert project.parsed_label_config["label"]["labels"] == ["A", "B"]


# ---- people of a project ----


@proves("Project.get_members", "Project.add_member")
def test_members(fresh, people):
    assert fresh.add_member(people[0])["user"] == people[0].id
    members = fresh.get_members()
    assert people[0].id in [m.id for m in members] and all(isinstance(m, User) for m in members)


def assignees(project, task, kind):
    rows = project.make_request("GET", f"/api/projects/{project.id}/tasks/{task}/assignees").json()
    return sorted(r["assignee"] for r in rows if r["type"] == kind)


@proves("Project.assign_annotators", "Project.delete_annotators_assignment")
def test_assign_annotators(fresh, people):
    numbers = sorted(p.id for p in people)
    assert fresh.assign_annotators(people, fresh.ids) == {"assignments": 8}
    assert assignees(fresh, fresh.ids[0], "AN") == numbers
    assert fresh.delete_annotators_assignment(fresh.ids[:1])
    assert assignees(fresh, fresh.ids[0], "AN") == [] and assignees(fresh, fresh.ids[1], "AN") == numbers


@proves("Project.assign_reviewers", "Project.delete_reviewers_assignment")
def test_assign_reviewers(client, fresh, people):
    reviewer = annotator(client, UserRole.REVIEWER)
    fresh.assign_annotators(people[:1], fresh.ids)
    assert fresh.assign_reviewers([reviewer], fresh.ids)["assignments"] == 4
    assert fresh.delete_reviewers_assignment(fresh.ids)
    assert assignees(fresh, fresh.ids[0], "RE") == [] and assignees(fresh, fresh.ids[0], "AN") == [people[0].id]


def shared_out(project, kind):
    return [assignees(project, task, kind) for task in project.ids]


@proves("Project.assign_annotators_by_sampling")
def test_assign_annotators_by_sampling(fresh, people):
    for person in people:
        fresh.add_member(person)
    counts = fresh.assign_annotators_by_sampling(users=[p.id for p in people])
    assert sum(c["assignments"] for c in counts) == 4
    assert sorted(sum(shared_out(fresh, "AN"), [])) == sorted([p.id for p in people] * 2)


@proves("Project.assign_reviewers_by_sampling")
def test_assign_reviewers_by_sampling(client, fresh):
    reviewers = [annotator(client, UserRole.REVIEWER) for _ in range(2)]
    fresh.assign_reviewers_by_sampling(users=reviewers, overlap=2)
    assert shared_out(fresh, "RE") == [sorted(r.id for r in reviewers)] * 4


# ---- tasks ----


@proves("Project.import_tasks")
def test_import_tasks(project, tmp_path):
    assert len(project.import_tasks([{"text": "a"}, {"data": {"text": "b"}}])) == 2
    assert len(project.import_tasks({"text": "one alone"})) == 1
    (tmp_path / "t.csv").write_text("text\nfrom a file\n")
    task, = project.import_tasks(str(tmp_path / "t.csv"))
    assert project.get_task(task)["data"]["text"] == "from a file"
    task, = project.import_tasks([{"text": "c", "label": "B"}], preannotated_from_fields=["label"])
    assert project.get_task(task)["predictions"][0]["result"][0]["value"] == {"choices": ["B"]}
    assert refused(400, project.import_tasks, [{"wrong": 1}]).json()["validation_errors"]


@proves("Project.export_tasks")
def test_export_tasks(fresh, tmp_path):
    fresh.create_annotation(fresh.ids[1], result=choice())
    assert [t["id"] for t in fresh.export_tasks()] == [fresh.ids[1]]
    assert [t["id"] for t in fresh.export_tasks(download_all_tasks=True)] == fresh.ids
    assert [t["id"] for t in fresh.export_tasks(download_all_tasks=True, ids=fresh.ids[2:])] == fresh.ids[2:]
    path = tmp_path / "out.csv"
    fresh.export_tasks(export_type="CSV", export_location=str(path))
    with open(path, newline="") as file:
        assert [row["label"] for row in csv.DictReader(file)] == ["A"]


@proves("Project.get_tasks", "Project.get_tasks_ids", "Project.tasks", "Project.tasks_ids")
def test_get_tasks(fresh):
    assert [t["id"] for t in fresh.get_tasks()] == fresh.get_tasks_ids() == fresh.tasks_ids == fresh.ids
    assert [t["data"]["text"] for t in fresh.tasks] == [f"text {i}" for i in range(4)]
    found = fresh.get_tasks(filters=Filters.create(Filters.OR, [
        Filters.item(Column.id, Operator.EQUAL, Type.Number, Filters.value(fresh.ids[2])),
        Filters.item(Column.data("text"), Operator.CONTAINS, Type.String, Filters.value("TEXT 3"))]), ordering=["-" + Column.id])
    assert [t["id"] for t in found] == [fresh.ids[3], fresh.ids[2]]
    assert fresh.get_tasks(selected_ids=fresh.ids[1:3], only_ids=True) == fresh.ids[1:3]


@proves("Project.get_paginated_tasks", "Project.get_paginated_tasks_ids")
def test_get_paginated_tasks(fresh):
    page = fresh.get_paginated_tasks(page=2, page_size=3)
    assert [t["id"] for t in page["tasks"]] == fresh.ids[3:] and page["total"] == 4
    assert {"total_annotations", "total_predictions"} <= set(page)
    assert fresh.get_paginated_tasks_ids(page=1, page_size=3)["tasks"] == fresh.ids[:3]
    assert fresh.get_paginated_tasks(page=3, page_size=3).get("end_pagination")


@proves("Project.get_labeled_tasks", "Project.get_labeled_tasks_ids", "Project.get_unlabeled_tasks", "Project.get_unlabeled_tasks_ids")
def test_labeled_tasks(fresh):
    fresh.create_annotation(fresh.ids[1], result=choice())
    assert [t["id"] for t in fresh.get_labeled_tasks()] == fresh.get_labeled_tasks_ids() == [fresh.ids[1]]
    rest = [fresh.ids[0], *fresh.ids[2:]]
    assert [t["id"] for t in fresh.get_unlabeled_tasks()] == fresh.get_unlabeled_tasks_ids() == rest


@proves("Project.get_task", "Project.update_task")
def test_one_task(fresh):
    assert fresh.update_task(fresh.ids[0], data={"text": "changed"}, meta={"k": 1})["data"] == {"text": "changed"}
    read = fresh.get_task(fresh.ids[0])
    assert read["data"] == {"text": "changed"} and read["meta"] == {"k": 1}
    refused(404, fresh.get_task, 2147483647)


@proves("Project.delete_task", "Project.delete_tasks", "Project.delete_all_tasks")
def test_delete_tasks(fresh):
    assert fresh.delete_task(fresh.ids[0]).status_code == 204
    assert fresh.delete_tasks(fresh.ids[1:2]).json()["processed_items"] == 1
    assert fresh.get_tasks_ids() == fresh.ids[2:]
    fresh.delete_all_tasks(excluded_ids=fresh.ids[3:])
    assert fresh.get_tasks_ids() == fresh.ids[3:]
    fresh.delete_all_tasks()
    assert fresh.get_tasks_ids() == []


@proves("Project.get_files_from_tasks")
def test_files_of_tasks(client, tmp_path, folder):
    made = client.start_project(title="With files", label_config='<View><Image name="i" value="$image"/></View>')
    picture = b"\x89PNG\r\n\x1a\n" + os.urandom(32)
    (tmp_path / "p.png").write_bytes(picture)
    made.import_tasks(str(tmp_path / "p.png"))
    with open(os.path.join(folder, "q.png"), "wb") as file:
        file.write(picture + b"q")
    storage = connect_local(made, folder, regex_filter=".*png")
    made.sync_import_storage("localfiles", storage["id"])
    contents = []
    for path in made.get_files_from_tasks({}, get_tasks=True):
        with open(path, "rb") as file:
            contents.append(file.read())
    assert contents == [picture, picture + b"q"]


# ---- views ----


@proves("Project.get_views", "Project.create_view", "Project.delete_view")
def test_views(fresh):
    fresh.create_annotation(fresh.ids[1], result=choice())
    filters = Filters.create(Filters.AND, [Filters.item(Column.total_annotations, Operator.GREATER, Type.Number, Filters.value(0))])
    made = fresh.create_view(filters, ordering=["-" + Column.id], title="Done")
    kept = next(v for v in fresh.get_views() if v["id"] == made["id"])
    assert (kept["project"], kept["data"]["title"], kept["data"]["filters"]) == (fresh.id, "Done", filters)
    assert fresh.get_tasks(view_id=made["id"], only_ids=True) == [fresh.ids[1]]
    fresh.create_view(None, title="All")
    fresh.delete_view(made["id"])
    assert made["id"] not in [v["id"] for v in fresh.get_views()]


# ---- predictions and annotations ----


@proves("Project.create_prediction", "Project.create_predictions")
def test_predictions(fresh):
    made = fresh.create_prediction(fresh.ids[0], result=choice("B"), score=0.7, model_version="m1")
    assert (made["score"], made["model_version"], made["result"]) == (0.7, "m1", choice("B"))
    for short in ("A", {"choices": ["A"]}):
        assert fresh.create_prediction(fresh.ids[0], result=short, score=0.1)["result"][0]["value"] == {"choices": ["A"]}
    rows = [{"task": task, "result": choice(), "score": 0.5, "model_version": "m2"} for task in fresh.ids]
    assert fresh.create_predictions(rows)["created"] == 4
    assert fresh.get_model_versions()["m2"] == 4


@proves("Project.create_annotations_from_predictions")
def test_annotations_from_predictions(fresh):
    for version in ("m1", "m2"):
        fresh.create_prediction(fresh.ids[0], result=choice(), score=0.5, model_version=version)
    assert fresh.create_annotations_from_predictions(model_versions=["m1"])["detail"]
    assert len(fresh.list_annotations(fresh.ids[0])) == 1
    assert fresh.list_annotations(fresh.ids[0])[0]["result"][0]["value"] == {"choices": ["A"]}


@proves("Project.create_annotation", "Project.list_annotations", "Project.get_annotation", "Project.update_annotation", "Project.delete_annotation")
def test_annotations(fresh, boss):
    made = fresh.create_annotation(fresh.ids[0], result=choice(), lead_time=2.5, ground_truth=True)
    assert (made["task"], made["lead_time"], made["ground_truth"], made["completed_by"]) == (fresh.ids[0], 2.5, True, boss.number)
    assert fresh.update_annotation(made["id"], result=choice("B"))["result"] == choice("B")
    assert fresh.get_annotation(made["id"])["result"] == choice("B")
    fresh.create_annotation(fresh.ids[0], result=[], was_cancelled=True)
    assert [a["id"] for a in fresh.list_annotations(fresh.ids[0])] == [made["id"]]
    assert fresh.delete_annotation(made["id"]) == 204
    refused(404, fresh.get_annotation, made["id"])


# ---- storages ----


def no_driver(call, *args):
    """The record is kept; its objects are for the driver, which refuses with words."""
    assert "driver" in refused(400, call, *args).text


def in_list(project, made, export=False):
    rows = project.get_export_storages() if export else project.get_import_storages()
    return next(r for r in rows if r["id"] == made["id"] and r["type"] == made["type"])


@proves("Project.connect_google_import_storage", "Project.connect_google_export_storage")
def test_google_storages(fresh):
    made = fresh.connect_google_import_storage("bucket", prefix="p", regex_filter=".*", use_blob_urls=False, presign_ttl=15, title="G",
                                               google_application_credentials='{"type": "service_account"}')
    assert (made["type"], made["bucket"], made["prefix"], made["presign_ttl"], made["use_blob_urls"]) == ("gcs", "bucket", "p", 15, False)
    assert in_list(fresh, made)["title"] == "G" and "google_application_credentials" not in made
    out = fresh.connect_google_export_storage("bucket", title="GO", can_delete_objects=True, google_application_credentials="{}")
    assert (out["type"], out["can_delete_objects"]) == ("gcs", True)
    no_driver(fresh.sync_import_storage, ProjectStorage.GOOGLE.value, made["id"])


@proves("Project.connect_s3_import_storage", "Project.connect_s3_export_storage")
def test_s3_storages(fresh):
    made = fresh.connect_s3_import_storage("bucket", prefix="p", aws_access_key_id="k", aws_secret_access_key="s", region_name="eu", s3_endpoint="http://s3.example.com",
                                           recursive_scan=True)
    assert (made["type"], made["region_name"], made["recursive_scan"], made["presign"]) == ("s3", "eu", True, True)
    assert not {"aws_access_key_id", "aws_secret_access_key"} & set(made)
    out = fresh.connect_s3_export_storage("bucket", prefix="out", can_delete_objects=True)
    assert in_list(fresh, out, export=True)["prefix"] == "out"
    no_driver(fresh.sync_export_storage, ProjectStorage.S3.value, out["id"])


@proves("Project.connect_s3s_iam_import_storage")
def test_s3_by_role(fresh):
    made = fresh.connect_s3s_iam_import_storage("arn:aws:iam::1:role/r", external_id="e", bucket="bucket", recursive_scan=True)
    assert (made["type"], made["role_arn"], made["bucket"]) == ("s3s", "arn:aws:iam::1:role/r", "bucket")
    assert fresh.connect_s3s_iam_import_storage("arn:aws:iam::1:role/r", bucket="bucket")["id"], "the organization has an external_id"


@proves("Project.connect_azure_import_storage", "Project.connect_azure_export_storage")
def test_azure_storages(fresh):
    made = fresh.connect_azure_import_storage("container", prefix="p", account_name="n", account_key="k", presign=False)
    assert (made["type"], made["container"], made["presign"]) == ("azure", "container", False) and "account_key" not in made
    out = fresh.connect_azure_export_storage("container", account_name="n", account_key="k")
    assert in_list(fresh, out, export=True)["container"] == "container"
    no_driver(fresh.sync_import_storage, ProjectStorage.AZURE.value, made["id"])
    no_driver(fresh.sync_export_storage, ProjectStorage.AZURE.value, out["id"])


@proves("Project.connect_local_import_storage", "Project.sync_import_storage", "Project.get_import_storages", "Client.sync_storage")
def test_local_storages(client, folder):
    made = start(client)
    with open(os.path.join(folder, "a.json"), "w") as file:
        json.dump([{"text": "one"}, {"data": {"text": "two"}}], file)
    storage = connect_local(made, folder, use_blob_urls=False, regex_filter=".*json", title="L", description="D")
    assert (storage["type"], storage["path"], storage["status"]) == ("localfiles", folder, "initialized")
    done = made.sync_import_storage(ProjectStorage.LOCAL.value, storage["id"])
    assert (done["status"], done["last_sync_count"]) == ("completed", 2)
    assert [t["data"]["text"] for t in made.get_tasks()] == ["one", "two"]
    assert [s["id"] for s in made.get_import_storages()] == [storage["id"]]
    assert client.sync_storage("localfiles", storage["id"])["last_sync_count"] == 0
    refused(400, client.make_request, "POST", "/api/storages/localfiles", json={"project": made.id, "path": "/nonexistent"})


@proves("Project.sync_export_storage", "Project.get_export_storages")
def test_export_storages(fresh, folder):
    made = fresh.create_annotation(fresh.ids[0], result=choice())
    storage = fresh.make_request("POST", f"/api/storages/export/localfiles?project={fresh.id}", json={"project": fresh.id, "path": folder}).json()
    done = fresh.sync_export_storage("localfiles", storage["id"])
    assert done["status"] == "completed" and [s["id"] for s in fresh.get_export_storages()] == [storage["id"]]
    with open(os.path.join(folder, str(made["id"]))) as file:
        assert json.load(file)["result"] == choice()


# ---- snapshots ----


@proves("Project.export_snapshot_create", "Project.export_snapshot_list", "Project.export_snapshot_status", "Project.export_snapshot_download",
        "Project.export_snapshot_delete", "ExportSnapshotStatus.is_created", "ExportSnapshotStatus.is_in_progress", "ExportSnapshotStatus.is_failed",
        "ExportSnapshotStatus.is_completed")
def test_snapshots(fresh, tmp_path):
    fresh.create_annotation(fresh.ids[0], result=choice())
    made = fresh.export_snapshot_create("Snap", task_filter_options={"only_with_annotations": True}, serialization_options_predictions=False)
    assert made["id"] in [s["id"] for s in fresh.export_snapshot_list()]
    status = fresh.export_snapshot_status(made["id"])
    assert isinstance(status, ExportSnapshotStatus) and status.is_completed()
    assert not (status.is_created() or status.is_in_progress() or status.is_failed())
    code, name = fresh.export_snapshot_download(made["id"], path=str(tmp_path))
    assert code == 200 and re.fullmatch(r"project-\d+-at-[\d-]+-[0-9a-f]+\.json", name)
    assert [t["id"] for t in json.loads((tmp_path / name).read_text())] == fresh.ids[:1]
    code, name = fresh.export_snapshot_download(made["id"], export_type="CSV", path=str(tmp_path))
    assert code == 200 and name.endswith(".csv")
    assert fresh.export_snapshot_delete(made["id"]) == 204
    assert fresh.export_snapshot_list() == []


@proves("Project.export")
def test_export(fresh, tmp_path):
    fresh.create_annotation(fresh.ids[2], result=choice())
    filters = Filters.create(Filters.AND, [Filters.item(Column.total_annotations, Operator.GREATER, Type.Number, Filters.value(0))])
    views = len(fresh.get_views())
    done = fresh.export(filters=filters, export_type="JSON", output_dir=str(tmp_path))
    assert done["status"] == 200 and len(fresh.get_views()) == views
    assert [t["id"] for t in json.loads((tmp_path / done["filename"]).read_text())] == [fresh.ids[2]]
    assert len(json.loads((tmp_path / fresh.export(output_dir=str(tmp_path))["filename"]).read_text())) == 4
