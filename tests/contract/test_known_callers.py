"""Workers remember what a credential was good for, and look it up together with the request's first statement: a change must count from
the next request on, in every worker, and nothing that was begun on the old belief may stay. labeld only."""

import pytest

from people import Browser, Person
from work import Project, choice, ours, owner, sql

pytestmark = ours
TIMES = 12      # more than there are workers, twice over


def known(send):
    """Every worker has met the caller."""
    for _ in range(2 * TIMES):
        assert send().status_code == 200


@pytest.fixture
def person():
    return Person("MA")


@pytest.fixture
def project():
    made = Project(is_published=True)
    made.ids = made.texts(3)
    return made


def change(person, role):
    owner().patch("/api/organizations/1/memberships", {"user_id": person.number, "role": role})


def test_a_role_that_changed_counts_at_once(person, project):
    known(lambda: person.send("GET", project.path + "/"))
    change(person, "AN")
    task = f"/api/tasks/{project.ids[0]}/"
    for _ in range(TIMES):
        assert person.send("GET", "/api/current-user/whoami").json()["org_membership"][0]["role"] == "AN"
        assert person.send("PATCH", task, json={"data": {"text": "changed"}}).status_code == 403
    assert owner().get(task)["data"]["text"] != "changed"
    change(person, "MA")
    for _ in range(TIMES):
        assert person.send("PATCH", task, json={"meta": {"seen": 1}}).status_code == 200


def test_who_is_deactivated_reads_and_writes_nothing(person, project):
    task = project.ids[0]
    known(lambda: person.send("GET", f"/api/tasks/{task}/"))
    change(person, "DI")
    for _ in range(TIMES):
        assert person.send("GET", f"/api/tasks/{task}/").status_code == 401
        assert person.send("GET", project.path + "/next/").status_code == 401
        assert person.send("POST", f"/api/tasks/{task}/annotations/", json={"result": choice()}).status_code == 401
    assert owner().get(f"/api/tasks/{task}/annotations/") == []
    assert sql(f"SELECT count(*) FROM task_lock WHERE user_id = {person.number}") == "0"


def test_a_token_that_was_replaced_is_none(person, project):
    known(lambda: person.send("GET", project.path + "/"))
    sql(f"UPDATE legacy_token SET token = reverse(token) WHERE user_id = {person.number}")
    for _ in range(TIMES):
        assert person.send("GET", f"/api/tasks/?project={project.id}").json()["detail"] == "Invalid token."


def test_another_organization_hides_the_first(person, project):
    known(lambda: person.send("GET", project.path + "/"))
    sql(f"UPDATE user_account SET active_organization = NULL WHERE id = {person.number}")
    for _ in range(TIMES):
        assert person.send("GET", f"/api/tasks/{project.ids[0]}/").status_code == 404
        assert person.send("GET", "/api/projects/").json()["results"] == []


def test_a_session_that_ended_leads_to_the_log_in(person):
    browser = Browser(person.address)
    known(lambda: browser.get("/projects/"))
    sql(f"DELETE FROM user_session WHERE user_id = {person.number}")
    for _ in range(TIMES):
        assert browser.get("/projects/").headers["Location"].startswith("/user/login/")


def test_the_use_of_a_token_is_noted(person):
    known(lambda: person.send("GET", "/api/current-user/whoami"))
    sql(f"UPDATE legacy_token SET last_used_at = now() - interval '1 hour' WHERE user_id = {person.number}")
    assert person.send("GET", "/api/current-user/whoami").status_code == 200
    assert sql(f"SELECT last_used_at > now() - interval '1 minute' FROM legacy_token WHERE user_id = {person.number}") == "t"
