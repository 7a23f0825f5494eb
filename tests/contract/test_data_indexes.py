"""Indexes on keys of the task data: asked for by API, made in the background, turned off, and what other people may know of them.

That queries then go by them, and what becomes of unfinished ones, is shown in tests/db/test_data_index.c."""


import pytest
from people import member
from work import Project, eventually, ours, owner, stranger

pytestmark = ours


@pytest.fixture(scope="module")
def project():
    project = Project(owner())
    project.load([{"text": f"Ein schöner Text {i}", "n": i} for i in range(50)])
    return project


def path(project, index=None):
    return f"{project.path}/data-indexes/" + (f"{index}/" if index else "")


def until(project, index, state):
    found = eventually(lambda: owner().get(path(project, index)), lambda found: found["state"] not in {"wanted", "building", "off"} - {state})
    assert found["state"] == state, found
    return found


def search(project, needle):
    query = {"filters": {"conjunction": "and", "items": [{"filter": "filter:tasks:data.text", "operator": "contains", "type": "String", "value": needle}]}}
    return owner().call("GET", "/api/tasks/", 200, params={"project": project.id}, json=query)["total"]


def test_one_is_made_used_and_turned_off(project):
    before = search(project, "SCHÖNER TEXT 4")
    made = owner().post(path(project), {"key": "text", "kind": "contains"})
    assert (made["project"], made["key"], made["kind"], made["is_pinned"]) == (project.id, "text", "contains", True)
    ready = until(project, made["id"], "ready")
    assert ready["size_bytes"] > 0 and ready["ready_at"]
    listed = owner().get(path(project))
    assert listed["contains_available"] is True and listed["most"] > 0 and [one["id"] for one in listed["indexes"]] == [made["id"]]
    assert search(project, "SCHÖNER TEXT 4") == before == 11
    assert owner().post(path(project), {"key": "text", "kind": "contains"})["id"] == made["id"]
    owner().call("DELETE", path(project, made["id"]), 204)
    assert owner().get(path(project, made["id"]))["state"] == "off"
    owner().call("DELETE", path(project, made["id"]), 204)
    owner().get(path(project, made["id"]), 404)
    owner().call("DELETE", path(project, made["id"]), 404)


@pytest.mark.parametrize("body, field", [
    ({}, "key"), ({"key": "text"}, "kind"), ({"key": "", "kind": "text"}, "key"), ({"key": "text", "kind": "fast"}, "kind"),
    ({"key": "x" * 201, "kind": "text"}, "key"), ({"key": "ä" * 150, "kind": "text"}, "key"), ({"key": ["text"], "kind": "text"}, "key"),
    ({"key": "a\u0000b", "kind": "text"}, "key"),
])
def test_what_is_no_index_is_refused(project, body, field):
    answer = owner().post(path(project), body, 400)
    assert field in answer["validation_errors"], answer


def test_keys_are_quoted(project):
    """Definitions take no parameters: a key stands in them as text."""
    made = owner().post(path(project), {"key": "it's \\ \"k\"); DROP TABLE task; --", "kind": "equal"})
    until(project, made["id"], "ready")
    owner().call("DELETE", path(project, made["id"]), 204)


def test_managers_of_the_project_only(project):
    made = owner().post(path(project), {"key": "n", "kind": "number"})["id"]
    other = Project(owner())
    owner().get(path(other, made), 404)
    owner().call("DELETE", path(other, made), 404)
    outsider = stranger()
    for status, who in ((404, outsider), (403, member("RE")), (403, member("AN"))):
        published = Project(owner(), is_published=True) if status == 403 else project
        who.get(path(published), status)
        who.post(path(published), {"key": "n", "kind": "number"}, status)
    owner().call("DELETE", path(project, made), 204)
