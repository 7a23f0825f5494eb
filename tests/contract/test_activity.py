"""The activity log: every call that changes something leaves a row; who may read it, and how it is searched."""

import uuid

import pytest

from label_studio_sdk import LabelStudio
from people import Browser, Person, member
from server import shared_server
from work import Project, annotate, eventually, ours, owner, stranger

pytestmark = ours



def rows(api=None, **query):
    return (api or owner()).get("/api/activity-logs/", **query)


def wait_for(n, **query):
    """Workers write a moment after they answered."""
    return eventually(lambda: rows(**query), lambda page: page["recordsFiltered"] >= n)["data"]


@pytest.fixture(scope="module")
def done():
    """One person's calls."""
    person = Person("MA")
    project = Project(person)
    task, = project.texts(1)
    annotation = annotate(person, task)["id"]
    person.patch(f"/api/annotations/{annotation}/", {"lead_time": 3})
    person.send("DELETE", "/api/tasks/2147483647/", headers={"Referer": "https://a.example/x", "User-Agent": "tests/1"})
    person.get(project.path)
    return person, project, annotation


def test_a_row_for_every_call(done):
    person, project, annotation = done
    log = wait_for(5, user=person.number)
    assert [(r["request_method"], r["request_url"], r["response_code"]) for r in reversed(log)] == [
        ("POST", "/api/projects/", "201"),
        ("POST", project.path + "/import?return_task_ids=1", "201"),
        ("POST", f"/api/tasks/{log[2]['request_url'].split('/')[3]}/annotations/", "201"),
        ("PATCH", f"/api/annotations/{annotation}/", "200"),
        ("DELETE", "/api/tasks/2147483647/", "404"),
    ]
    assert [r["project_id"] for r in reversed(log)] == [None, project.id, project.id, project.id, None]
    last = log[0]
    assert (last["user_id"], last["email"], last["organization_id"]) == (person.number, person.address, 1)
    assert (last["http_referer"], last["user_agent"]) == ("https://a.example/x", "tests/1")
    assert last["ip_address"] == "127.0.0.1" and last["duration"] >= 0 and last["user_session"] is None and last["datetime"].endswith("Z")


def test_filters(done):
    person, project, _ = done
    everything = wait_for(5, user=person.number)
    mine = {"user": person.number}
    assert [r["request_method"] for r in rows(method="PATCH", **mine)["data"]] == ["PATCH"]
    assert rows(project=project.id)["recordsFiltered"] == 3
    assert rows(search='"/annotations/" AND "tasks"', **mine)["recordsFiltered"] == 1
    assert rows(search='import OR "2147483647"', **mine)["recordsFiltered"] == 2
    assert rows(search="IMPORT", **mine)["recordsFiltered"] == 1
    middle = everything[2]["datetime"]
    assert rows(start_date=middle, **mine)["recordsFiltered"] == 3 and rows(end_date=middle, **mine)["recordsFiltered"] == 3
    assert rows(page_size=2, **mine)["data"] == everything[:2]
    assert rows(page_size=2, page=2, **mine)["data"] == everything[2:4]
    assert rows(start=4, length=2, **mine)["data"] == everything[4:]
    assert rows(length=-1, ordering="datetime", **mine)["data"] == everything[::-1]
    assert [r["duration"] for r in rows(ordering="-duration", **mine)["data"]] == sorted((r["duration"] for r in everything), reverse=True)
    owner().post("/api/workspaces/", {"title": "W"})
    wait_for(1, user=owner().id)
    page = rows(**mine)
    assert page["recordsTotal"] > page["recordsFiltered"] == 5
    rows_refused = owner().get("/api/activity-logs/", 400, start_date="yesterday")
    assert "start_date" in rows_refused["validation_errors"]
    owner().get("/api/activity-logs/", 400, user="x")


def test_of_a_workspace_owner():
    person = Person("MA")
    workspace = person.post("/api/workspaces/", {"title": "W"})["id"]
    project = Project(person, workspace=workspace)
    project.change(title="Changed")
    row, = wait_for(1, workspace=person.number)
    assert row["project_id"] == project.id and row["workspace_owner_id"] == person.number


def test_sessions_are_told_apart_and_secrets_stay_out():
    person = Person("AN")
    browser = Browser(person.address)
    mark = uuid.uuid4().hex
    browser.session.headers["User-Agent"] = "tests " + mark
    browser.form("/user/account/profile", {"first_name": "Ann", "last_name": mark})
    person.post("/api/token/blacklist/?token=secret", {"refresh": "x"}, 404)
    log = wait_for(2, user=person.number)
    page, = [r for r in log if r["user_agent"] == "tests " + mark]
    assert len(page["user_session"]) == 16
    assert all("secret" not in (r["request_url"] or "") for r in log)


def test_who_may_read_it():
    for role, status in (("AD", 200), ("MA", 403), ("RE", 403), ("AN", 403), ("NO", 403)):
        assert member(role).send("GET", "/api/activity-logs/").status_code == status
    assert all(r["organization_id"] != 1 for r in rows(stranger())["data"])


def test_by_the_generated_client():
    token = owner().session.headers["Authorization"].split()[1]
    logs = LabelStudio(base_url=shared_server().url, api_key=token).activity_logs.list(page_size=1)
    assert logs
