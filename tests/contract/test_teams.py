"""Workspaces, members of projects, roles: who sees what, by both public clients and plain HTTP."""

import json
import uuid

import pytest

from label_studio_sdk import LabelStudio
from label_studio_sdk._legacy import Client
from label_studio_sdk._legacy.users import UserRole
from people import Person
from server import shared_server
from work import Api, Project, admin, annotate, anonymous, ours, owner, sql, stranger

pytestmark = ours


def name():
    return "W " + uuid.uuid4().hex[:8]


def new_client(api=None):
    token = (api or owner()).session.headers["Authorization"].split()[1]
    return LabelStudio(base_url=shared_server().url, api_key=token)


def old_client(api=None):
    return Client(shared_server().url, (api or owner()).session.headers["Authorization"].split()[1])


@pytest.fixture(scope="module")
def boss():
    """The owner of an organization without what the legacy client does not know: roles younger than itself, things that nobody made."""
    person = Person("AN")
    number = json.loads(admin("create-organization", "--title", "Of clients", "--owner", person.address))["id"]
    sql(f"DELETE FROM membership WHERE user_id = {person.number} AND organization_id = 1; "
        f"UPDATE user_account SET active_organization = {number} WHERE id = {person.number}")
    person.organization = number
    return person


@pytest.fixture
def workspace():
    return owner().post("/api/workspaces/", {"title": name()})["id"]


@pytest.fixture(scope="module")
def annotator():
    return Person("AN")


@pytest.fixture(scope="module")
def manager():
    return Person("MA")


def ids(rows):
    return [row["id"] for row in rows]


def seen(person, **query):
    return ids(person.get("/api/projects/", page_size=10000000, **query)["results"])


def project_in(workspace, **fields):
    return Project(workspace=workspace, **{"is_published": True, **fields})


# ---- workspaces ----


def test_life_of_a_workspace():
    made = owner().post("/api/workspaces/", {"title": name(), "color": "#FF0000"})
    assert made["created_by"] == owner().id and made["description"] == "" and not made["is_personal"] and made["projects_count"] == 0
    path = f"/api/workspaces/{made['id']}"
    assert owner().get(path)["title"] == made["title"]
    assert owner().patch(path + "/", {"title": "Renamed", "description": "more"})["description"] == "more"
    assert owner().put(path, {"title": "Renamed", "color": "#00FF00"})["color"] == "#00FF00"
    assert owner().patch(path, {"is_archived": True})["is_archived"]
    assert made["id"] in ids(owner().get("/api/workspaces", is_archived="true"))
    assert made["id"] not in ids(owner().get("/api/workspaces/", is_archived="False"))
    project = project_in(made["id"])
    assert project.read()["workspace"] == made["id"] and project.read()["workspace_title"] == "Renamed"
    assert project.id in seen(owner(), archived="true") and project.id not in seen(owner(), archived="false")
    assert seen(owner(), workspaces=str(made["id"])) == [project.id]
    assert owner().get(path)["projects_count"] == 1
    owner().delete(path + "/", 400)
    owner().delete(project.path + "/")
    owner().delete(path + "/")
    owner().get(path, 404)
    owner().post("/api/workspaces/", {}, 400)
    owner().post("/api/workspaces/", {"title": ["x"]}, 400)


def test_a_workspace_shows_its_published_projects_to_its_members(workspace, annotator):
    shown, hidden = project_in(workspace), project_in(workspace, is_published=False)
    assert shown.id not in seen(annotator)
    annotator.get(shown.path, 404)
    annotator.get(f"/api/workspaces/{workspace}", 404)
    path = f"/api/workspaces/{workspace}/memberships"
    assert owner().post(path, {"user": annotator.number, "workspace": workspace}) == {"user": annotator.number, "workspace": workspace}
    owner().post(path, {"user": annotator.number})
    assert workspace in ids(annotator.get("/api/workspaces"))
    assert shown.id in seen(annotator) and hidden.id not in seen(annotator)
    assert annotator.patch(f"/api/workspaces/{workspace}/", {"title": "Mine"}, 403)
    task, = shown.texts(1)
    assert shown.next(annotator)["id"] == task
    owner().delete(path + f"/?user_id={annotator.number}")
    owner().delete(path + f"/?user_id={annotator.number}", 404)
    shown.next(annotator, 404)
    assert annotate_refused(annotator, task)


def annotate_refused(person, task):
    return person.send("POST", f"/api/tasks/{task}/annotations/", json={"result": []}).status_code == 404


def test_managers_see_the_workspaces_they_are_in(workspace, manager):
    project = project_in(workspace, is_published=False)
    manager.get(project.path, 404)
    manager.post("/api/projects/", {"title": "Theirs", "workspace": workspace}, 403)
    own = Project(manager)
    manager.patch(own.path, {"workspace": workspace}, 403)
    manager.patch(own.path, {"workspace": 2147483647}, 400)
    owner().post(f"/api/workspaces/{workspace}/memberships/", {"user": manager.number})
    assert manager.get(project.path)["id"] == project.id
    assert manager.patch(own.path, {"workspace": workspace})["workspace"] == workspace
    assert manager.post("/api/projects/", {"title": "Theirs", "workspace": workspace})["workspace"] == workspace


def test_a_sandbox_is_its_owners(manager):
    box = manager.post("/api/workspaces/", {"title": "Sandbox", "is_personal": True})
    assert manager.post("/api/workspaces/", {"title": "Again", "is_personal": True})["id"] == box["id"]
    project = Project(manager, is_published=True)
    assert manager.patch(project.path, {"workspace": box["id"]})["is_published"] is False
    assert manager.patch(project.path, {"is_published": True})["is_published"] is False
    owner().get(project.path, 404)
    assert box["id"] not in ids(owner().get("/api/workspaces/"))
    assert box["id"] in ids(owner().get("/api/workspaces/", include_all_workspaces="true"))
    assert box["id"] not in ids(Person("MA").get("/api/workspaces/", include_all_workspaces="true"))
    manager.delete(f"/api/workspaces/{box['id']}/", 400)
    manager.post(f"/api/workspaces/{box['id']}/memberships/", {"user": owner().id}, 400)


def test_many_members_of_a_workspace(workspace):
    people = [Person("AN") for _ in range(3)]
    numbers = [p.number for p in people]
    path = f"/api/workspaces/{workspace}/memberships"
    assert owner().post(path + "/bulk/", {"all": False, "included": numbers}, 200) == {"assignments": 3}
    assert owner().post(path + "/bulk/", {"all": False, "included": numbers}, 200) == {"assignments": 0}
    page = owner().get(path + "/paginated/", page_size=2)
    assert page["count"] == 4 and len(page["results"]) == 2 and page["next"]
    assert owner().get(path + "/paginated/", page=9, page_size=2)["results"] == []
    assert ids(owner().get(path + "/paginated/", ids=f"{numbers[0]},{numbers[2]}")["results"]) == [numbers[0], numbers[2]]
    assert ids(owner().get(path + "/paginated/", search=people[1].address)["results"]) == [numbers[1]]
    assert owner().call("DELETE", path + "/bulk/", 200, params={"included": numbers[:2]}) == {"unassignments": 2}
    everybody = owner().post(path + "/bulk/", {"all": True, "excluded": [numbers[0]]}, 200)["assignments"]
    members = {row["user"]["id"] for row in owner().get(path)}
    assert numbers[0] not in members and numbers[1] in members and len(members) == everybody + 2
    owner().post(path + "/bulk/", {"included": "x"}, 400)
    owner().post(path + "/", {"user": stranger().id}, 400)
    owner().post(path + "/", {}, 400)


def test_projects_of_a_workspace(workspace):
    project = Project()
    path = f"/api/workspaces/{workspace}/projects"
    owner().post(path + "/", {"project": project.id})
    assert ids(owner().get(path)) == [project.id]
    owner().post(path + "/", {"project": 2147483647}, 404)
    owner().delete(path + f"/?project={project.id}")
    owner().delete(path + f"/?project={project.id}", 404)
    assert project.read()["workspace"] is None


# ---- members ----


def member_rows(project, **query):
    return {row["id"]: row for row in owner().get(project.path + "/members/paginated/", page_size=-1, **query)["results"]}


def test_explicit_and_implicit_members(workspace, annotator):
    project = project_in(workspace)
    inside = Person("AN")
    owner().post(f"/api/workspaces/{workspace}/memberships/", {"user": inside.number})
    assert owner().post(project.path + "/members", {"user": annotator.number}) == {"user": annotator.number}
    owner().post(project.path + "/members/", {"user": annotator.number})
    rows = member_rows(project)
    assert set(rows) == {owner().id, inside.number, annotator.number}
    assert rows[inside.number]["implicit_member"] and not rows[annotator.number]["implicit_member"]
    assert set(member_rows(project, implicit="false")) == {annotator.number}
    assert set(member_rows(project, no_annotators="true")) == {owner().id}
    assert set(member_rows(project, role="AN,RE")) == {inside.number, annotator.number}
    assert set(member_rows(project, search=inside.address)) == {inside.number}
    assert set(member_rows(project, last_activity__gte="2099-01-01")) == set()
    assert {m["id"] for m in owner().get(project.path + "/members", user_ids=str(annotator.number))} == {annotator.number}
    assert project.read()["members_count"] == 3
    owner().post(f"{project.path}/members/{annotator.number}/pauses/", {"reason": "MANUAL", "verbose_reason": "Lunch"})
    assert member_rows(project)[annotator.number]["pause"]["verbose_reason"] == "Lunch" and member_rows(project)[inside.number]["pause"] is None
    assert project.id in seen(annotator)
    owner().delete(project.path + "/members/", 400, params={"user": inside.number})
    owner().delete(project.path + "/members", 204, json={"user": annotator.number})
    owner().delete(project.path + "/members", 404, json={"user": annotator.number})
    assert project.id not in seen(annotator)
    owner().post(project.path + "/members/", {"user": stranger().id}, 400)
    owner().get(project.path + "/members/paginated/", 400, last_activity__gte="yesterday")


def test_members_as_csv(workspace):
    project = project_in(workspace)
    odd = Person("AN")
    odd.patch(f"/api/users/{odd.number}/", {"first_name": '=HYPERLINK("x")'})
    owner().post(project.path + "/members/", {"user": odd.number})
    answer = owner().send("GET", project.path + "/members/export/", params={"implicit": "false"})
    assert "attachment" in answer.headers["Content-Disposition"] and answer.headers["Content-Type"].startswith("text/csv")
    head, line = answer.text.splitlines()
    assert head.startswith("id,email,") and line.startswith(f'{odd.number},"{odd.address}","\'=HYPERLINK(""x"")"')


def test_many_members_at_once(workspace):
    project = project_in(workspace)
    people = [Person("AN"), Person("RE"), Person("AN")]
    numbers = [p.number for p in people]
    path = project.path + "/members/bulk/"
    body = {"all": False, "included": [*numbers, stranger().id], "roles": [{"user_id": numbers[0], "role": "RE"}]}
    assert owner().post(path, body, 200) == {"assignments": 3, "skipped_user_ids": [stranger().id]}
    assert member_rows(project)[numbers[0]]["project_role"] == "RE"
    assert owner().call("DELETE", path, 200, params={"included": f"{numbers[0]}", "all": "false"})["unassignments"] == 1
    everybody = owner().post(path, {"all": True, "excluded": [numbers[0]]}, 200, role="RE")["assignments"]
    assert set(member_rows(project, implicit="false", role="RE")) >= {numbers[1]} and everybody >= 0
    assert numbers[0] not in member_rows(project)
    assert owner().call("DELETE", path, 200, params={"all": "true"})["unassignments"] >= 2
    owner().post(path, {"included": [], "roles": [{"user_id": numbers[0], "role": "MA"}]}, 400)


# ---- roles ----


def test_a_role_that_counts_in_one_project(annotator):
    other = Person("AN")
    here, there = Project(is_published=True), Project(is_published=True)
    tasks = [p.texts(1)[0] for p in (here, there)]
    notes = [annotate(other, t)["id"] for t in tasks]
    annotator.get(f"/api/annotations/{notes[0]}/", 404)
    role = owner().post("/api/projects/roles/", {"project": here.id, "role": "RE", "user": annotator.number})
    assert role["role_source"] == "manual"
    assert annotator.get("/api/projects/roles/", ids=here.id) == [role]
    assert owner().get(here.path + "/roles") == [role] and owner().get(there.path + "/roles") == []
    assert annotator.get(f"/api/annotations/{notes[0]}/")["id"] == notes[0]
    assert len(annotator.get(f"/api/tasks/{tasks[0]}/annotations/")) == 1
    assert annotator.get("/api/tasks/", project=here.id)["total"] == 1
    annotator.get(f"/api/annotations/{notes[1]}/", 404)
    assert annotator.get(f"/api/tasks/{tasks[1]}/annotations/") == []
    owner().delete(f"/api/projects/roles/{role['id']}/")
    annotator.get(f"/api/annotations/{notes[0]}/", 404)


def test_a_reviewer_who_annotates_in_one_project():
    reviewer, other = Person("RE"), Person("AN")
    project = Project(is_published=True)
    note = annotate(other, project.texts(1)[0])["id"]
    reviewer.get(f"/api/annotations/{note}/")
    owner().post("/api/projects/roles/", {"project": project.id, "role": "AN", "user": reviewer.number})
    reviewer.get(f"/api/annotations/{note}/", 404)
    assert reviewer.get("/api/annotation-history/", annotation=note) == []


def test_roles_that_no_project_can_change(manager, annotator):
    project = Project()
    for user, role in ((manager.number, "AN"), (annotator.number, "MA"), (owner().id, "RE"), (stranger().id, "AN")):
        owner().post("/api/projects/roles/", {"project": project.id, "role": role, "user": user}, 400)
    owner().post("/api/projects/roles/", {"project": 2147483647, "role": "AN", "user": annotator.number}, 404)
    owner().post("/api/projects/roles/", {}, 400)


def test_members_by_effective_role(workspace):
    project = project_in(workspace)
    one, two = Person("AN"), Person("RE")
    owner().post(project.path + "/members/bulk/", {"included": [one.number, two.number]}, 200)
    owner().post("/api/projects/roles/", {"project": project.id, "role": "RE", "user": one.number})
    owner().post("/api/projects/roles/", {"project": project.id, "role": "AN", "user": two.number})
    page = owner().get(project.path + "/members/paginated/", ordering="role")["results"]
    assert [row["role"] for row in page] == sorted(row["role"] for row in page)
    assert [row["id"] for row in page if row["role"] in ("AN", "RE")] == [two.number, one.number]


# ---- the public clients ----


def test_workspaces_by_the_legacy_client(boss):
    client, number = old_client(boss), Person("AN", boss.organization).number
    made = boss.post("/api/workspaces/", {"title": name()})
    workspace = client.get_workspace_by_title(made["title"])
    user = next(u for u in client.get_users() if u.id == number)
    workspace.add_user(user)
    project = client.start_project(title="By the client", label_config="<View></View>", workspace=workspace.id)
    assert [p.id for p in workspace.get_projects()] == [project.id]
    assert user.id in [m.id for m in project.get_members()]
    workspace.remove_user(user)
    assert user.id not in [m.id for m in project.get_members()]
    project.add_member(user)
    assert user.id in [m.id for m in project.get_members()]


def test_roles_by_the_legacy_client(boss):
    person = Person("AN", boss.organization)
    user = next(u for u in old_client(boss).get_users() if u.id == person.number)
    user.set_role(UserRole.REVIEWER)
    assert person.get("/api/current-user/whoami")["org_membership"][0]["role"] == "RE"
    user.set_role(UserRole.DISABLED)
    assert person.send("GET", "/api/projects/").status_code == 401


def test_workspaces_by_the_generated_client():
    ls, person = new_client(), Person("AN")
    made = ls.workspaces.create(title=name(), description="d", color="#123456")
    assert made.id in [w.id for w in ls.workspaces.list()]
    assert ls.workspaces.update(made.id, title="Other").title == "Other"
    assert ls.workspaces.get(made.id).color == "#123456"
    assert ls.workspaces.members.create(made.id, user=person.number).user == person.number
    assert {m.user.id for m in ls.workspaces.members.list(made.id)} == {owner().id, person.number}
    assert {u.id for u in ls.workspaces.members.paginated.list(made.id)} == {owner().id, person.number}
    ls.workspaces.members.delete(made.id, user_id=person.number)
    assert ls.workspaces.members.bulk.post(made.id, all_=False, included=[person.number]).assignments == 1
    assert ls.workspaces.members.bulk.delete(made.id, all_=False, included=str(person.number)).unassignments == 1
    project = ls.projects.create(title="Of the client", workspace=made.id)
    assert [p.id for p in ls.workspaces.projects.list(made.id)] == [project.id]
    ls.workspaces.projects.remove(made.id, project=project.id)
    ls.workspaces.projects.add(made.id, project=project.id)
    ls.projects.update(project.id, workspace=None, title="Moved")
    ls.projects.delete(project.id)
    ls.workspaces.delete(made.id)


def test_members_by_the_generated_client(workspace):
    ls, project, person = new_client(), project_in(workspace), Person("AN")
    assert ls.projects.members.add(project.id, user=person.number).user == person.number
    assert person.number in [m.id for m in ls.projects.members.paginated.list(project.id, implicit=False)]
    role = ls.projects.roles.add(project=project.id, user=person.number, role="RE")
    assert [r.id for r in ls.projects.roles.get(project.id)] == [role.id]
    assert new_client(person).projects.roles.list(ids=str(project.id))[0].role == "RE"
    ls.projects.roles.remove(role.id)
    assert b"email" in b"".join(ls.projects.members.export_csv(project.id))
    ls.projects.members.remove(project.id, user=person.number)
    assert ls.projects.members.bulk.post(project.id, all_=False, included=[person.number]).assignments == 1
    assert ls.projects.members.bulk.delete(project.id, all_=False, included=str(person.number)).unassignments == 1


def test_another_organization_sees_nothing_of_it(workspace):
    project = project_in(workspace)
    for method, path in (("GET", f"/api/workspaces/{workspace}/"), ("GET", f"/api/workspaces/{workspace}/memberships/"),
                         ("DELETE", f"/api/workspaces/{workspace}/"), ("GET", project.path + "/members/"),
                         ("POST", f"/api/workspaces/{workspace}/projects/")):
        assert stranger().send(method, path, json={"project": project.id} if method == "POST" else None).status_code == 404
    assert ids(stranger().get("/api/workspaces/")) == []
    assert stranger().send("POST", "/api/projects/", json={"title": "Theirs", "workspace": workspace}).status_code == 400
    assert anonymous().send("GET", "/api/workspaces/").status_code == 401
    assert isinstance(stranger(), Api)


# ---- what the clients take the server for ----


@pytest.mark.parametrize("edition", ["Community", "Enterprise"])
def test_exports_of_the_generated_client_whichever_edition_it_sees(edition, monkeypatch):
    from label_studio_sdk.projects.exports import client_ext

    ls, project = new_client(), Project()
    annotate(owner(), project.texts(2)[0])
    assert ls.versions.get().edition == "Community" and old_client().is_enterprise
    real = client_ext.VersionsClient.get
    monkeypatch.setattr(client_ext.VersionsClient, "get", lambda self: real(self).model_copy(update={"edition": edition}))
    assert len(ls.projects.exports.as_json(project.id)) == 2
    assert len(ls.projects.exports.as_pandas(project.id)) in (1, 2)
