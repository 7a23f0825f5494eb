"""An organization and its people: filters of member lists, invitations, permissions that it gives otherwise, tags, several
organizations for one person."""

import json
import uuid

import pytest
import requests

from label_studio_sdk import LabelStudio
from people import PASSWORD, Browser, Person
from server import shared_server
from work import Api, Project, admin, ours, owner, sql, stranger

pytestmark = ours

ORGANIZATION = "/api/organizations/1"


def client(api=None):
    token = (api or owner()).session.headers["Authorization"].split()[1]
    return LabelStudio(base_url=shared_server().url, api_key=token)


def address():
    return f"ann-{uuid.uuid4().hex[:10]}@example.com"


def found(**query):
    return {m["user"]["id"] for m in owner().get(ORGANIZATION + "/memberships", page_size=-1, **query)["results"]}


# ---- lists ----


def test_filters_of_the_member_list():
    one, two = Person("RE"), Person("AN")
    project, workspace = Project(), owner().post("/api/workspaces/", {"title": "W"})["id"]
    owner().post(project.path + "/members/", {"user": one.number})
    owner().post(f"/api/workspaces/{workspace}/memberships/", {"user": two.number})
    everybody = found()
    assert {one.number, two.number, owner().id} <= everybody
    assert one.number not in found(exclude_project_id=project.id) and two.number in found(exclude_project_id=project.id)
    assert two.number not in found(exclude_workspace_id=workspace)
    assert found(search=one.address) == {one.number}
    assert found(role="RE,OW") >= {one.number, owner().id} and two.number not in found(role="RE,OW")
    assert found(user__last_activity__gte="2099-01-01T00:00:00Z") == set()
    assert found(user__last_activity__lte="2099-01-01T00:00:00Z") == everybody
    owner().get(ORGANIZATION + "/memberships", 400, user__last_activity__gte="soon")
    rows = owner().get(ORGANIZATION + "/memberships", page_size=-1, ordering="-role")["results"]
    assert [r["role"] for r in rows] == sorted((r["role"] for r in rows), reverse=True)
    assert all(r["user"]["org_membership"] for r in rows)


def test_members_by_the_generated_client():
    ls, person = client(), Person("AN")
    listed = [m for m in ls.organizations.members.list(1, search=person.address)]
    assert [m.user.id for m in listed] == [person.number] and listed[0].role == "AN"
    changed = ls.organizations.members.update(1, user_id=person.number, role="RE")
    assert changed.role == "RE" and changed.user.id == person.number
    assert ls.organizations.members.get(1, person.number).annotations_count == 0
    assert ls.organizations.members.get_filter_schema(1).version == 1
    filters = {"version": 1, "filters": [{"key": "search", "operator": "contains", "value": person.address},
                                         {"key": "role", "operator": "in", "value": ["RE"]}]}
    assert ls.organizations.members.list_filtered(1, filters=json.dumps(filters)).count == 1
    assert ls.organizations.members.search(1, filters=filters).count == 1
    assert len(list(ls.organizations.members.list(1, page_size=2))) == len(found())
    ls.organizations.members.delete(1, person.number)
    assert person.number in found(is_deleted="true") and person.number not in found()


def test_filters_that_make_no_sense():
    for filters in ([{"key": "colour", "value": 1}], [{"key": "last_activity", "operator": "gte", "value": "x"}], [1]):
        owner().post(ORGANIZATION + "/memberships/search", {"filters": filters}, 400)
    owner().get(ORGANIZATION + "/memberships/search", 400, filters="{")


def test_places_to_choose_from():
    title = uuid.uuid4().hex
    workspace = owner().post("/api/workspaces/", {"title": title})["id"]
    project = Project(workspace=workspace)
    choice, = owner().get(ORGANIZATION + "/memberships/filter-options/membership", search=title)
    assert (choice["id"], choice["kind"], choice["label"], [p["id"] for p in choice["projects"]]) == (workspace, "workspace", title, [project.id])
    assert owner().get(ORGANIZATION + "/memberships/filter-options/skills") == []


# ---- tags ----


def noted(part):
    """The year in which a part of the settings was changed last, as the organization remembers it."""
    return sql(f"SELECT extract(year FROM changed_at)::int FROM organization_change WHERE organization_id = 1 AND part = '{part}'")


def test_tags():
    path, label, people = ORGANIZATION + "/member-tags", uuid.uuid4().hex, [Person("AN") for _ in range(2)]
    tag = owner().post(path, {"label": label})
    owner().post(path, {"label": label.upper()}, 400)
    owner().post(path, {}, 400)
    body = {"all": False, "included": [p.number for p in people], "tags": [tag["id"]]}
    assert owner().post(path + "/assignments", body, 200) == {"assignments": 2}
    assert owner().get(f"{path}/{tag['id']}")["member_count"] == 2
    sql("UPDATE organization_change SET changed_at = '2020-01-01' WHERE organization_id = 1 AND part = 'people'")
    assert owner().post(path + "/assignments", {**body, "overwrite": True}, 200) == {"assignments": 0}
    assert noted("people") == "2020"
    assert found(tags=label) == {p.number for p in people} == found(tags=tag["id"])
    assert owner().get(ORGANIZATION + "/memberships", search=people[0].address)["results"][0]["tags"] == [{"id": tag["id"], "label": label}]
    other = owner().post(path, {"label": label + " 2"})
    owner().post(path + "/assignments", {"included": [people[0].number], "tags": [other["id"]], "overwrite": True}, 200)
    assert found(tags=label) == {people[1].number}
    assert noted("people") > "2020"
    assert owner().patch(f"{path}/{tag['id']}", {"label": label + " 3"})["label"].endswith("3")
    assert owner().get(path, search=label)["count"] == 2
    assert owner().post(path + "/bulk", {"labels": [label + " 4", label + " 5"]}) == {"created": 2}
    last = owner().get(path, search=label + " 5")["results"][0]["id"]
    owner().delete(f"{path}/{last}")
    owner().delete(f"{path}/{last}", 404)
    many = owner().get(path, search=label)["results"]
    assert owner().call("DELETE", path + "/bulk", 200, params={"ids": [t["id"] for t in many]}) == {"deleted": 3}
    owner().get(f"{path}/{tag['id']}", 404)


# ---- permissions ----


def test_a_permission_that_the_organization_gives_otherwise():
    path, manager = ORGANIZATION + "/permissions", Person("MA")
    options = {o["permission"]: o for o in owner().get(path + "/options")}
    assert options["tasks.delete"]["options"] == ["AD", "MA"] == options["tasks.delete"]["default"]
    project = Project(manager)
    task, = project.texts(1)
    made = owner().post(path, {"permission": "tasks.delete", "roles": ["AD"]})
    try:
        assert made["roles"] == ["AD"] and made["organization"] == 1
        assert [o["permission"] for o in owner().get(path)] == ["tasks.delete"]
        manager.delete(f"/api/tasks/{task}/", 403)
        assert "tasks.delete" not in manager.get("/api/current-user/whoami")["permissions"]
        assert owner().patch(path + "/tasks.delete", {"roles": ["AD", "MA"]})["roles"] == ["AD", "MA"]
        assert owner().put(path + "/tasks.delete", {"permission": "tasks.delete", "roles": ["AD", "MA"]})["roles"] == ["AD", "MA"]
        manager.delete(f"/api/tasks/{task}/")
    finally:
        owner().delete(path + "/tasks.delete")
    assert owner().get(path) == [] and owner().get(path + "/tasks.delete")["roles"] == ["AD", "MA"]
    for body in ({"permission": "tasks.delete", "roles": ["AN"]}, {"permission": "tasks.view", "roles": ["AD"]}, {"roles": []}, {}):
        owner().post(path, body, 400)
    owner().get(path + "/tasks.view", 404)
    Person("AD").get(path, 403)


def test_permissions_by_the_generated_client():
    permissions = client().organizations.permissions
    assert len(permissions.get_options(1)) >= 8
    assert permissions.create(1, permission="views.reset", roles=["AD"]).roles == ["AD"]
    assert permissions.update(1, "views.reset", permission="views.reset", roles=["MA"]).roles == ["MA"]
    permissions.delete(1, "views.reset")
    assert permissions.list(1) == []


# ---- invitations ----


def sign_up(link, email):
    browser = Browser()
    return browser, browser.form(link, {"email": email, "password": PASSWORD})


def role_of(email):
    return sql(f"SELECT m.role FROM membership m JOIN user_account u ON u.id = m.user_id WHERE u.email = '{email}' AND m.organization_id = 1")


def test_an_invitation_by_mail_carries_role_and_places():
    email, workspace = address(), owner().post("/api/workspaces/", {"title": "W"})["id"]
    project = Project(workspace=workspace, is_published=True)
    closed = Project(workspace=owner().post("/api/workspaces/", {"title": "V"})["id"], is_published=True)
    body = {"emails": [email, owner().email], "role": "AN", "workspaces": [workspace], "projects": [closed.id]}
    sent = owner().post("/api/invite/send-email", body, 200)
    assert sent["skipped"] == [owner().email] and [i["email"] for i in sent["invited"]] == [email]
    assert email in [i["email"] for i in owner().get("/api/invite/open")]
    link = sent["invited"][0]["invite_url"]
    assert f'value="{email}"' in Browser().get(link).text
    assert "another e-mail" in sign_up(link, address())[1].text
    browser, answer = sign_up(link, email.upper())
    assert answer.status_code == 302
    assert role_of(email.upper()) == "AN"
    assert {project.id, closed.id} <= {p["id"] for p in browser.get("/api/projects/").json()["results"]}
    assert Browser().get(link).status_code == 403
    assert email not in [i["email"] for i in owner().get("/api/invite/open")]


def test_an_invitation_that_was_taken_back():
    email = address()
    first = owner().post("/api/invite/send-email", {"emails": [email]}, 200)["invited"][0]["invite_url"]
    second = owner().post("/api/invite/send-email", {"emails": [email]}, 200)["invited"][0]["invite_url"]
    assert Browser().get(first).status_code == 403 and Browser().get(second).status_code == 200
    owner().post("/api/invite/revoke", {"email": email.upper()}, 204)
    owner().post("/api/invite/revoke", {"email": email}, 404)
    assert Browser().get(second).status_code == 403


def test_invitations_that_cannot_be_sent():
    manager, hidden = Person("MA"), Project(workspace=owner().post("/api/workspaces/", {"title": "W"})["id"])
    for body in ({}, {"emails": []}, {"emails": ["x"]}, {"emails": [1]}, {"emails": [address()], "role": "OW"},
                 {"emails": [address()], "workspaces": [2147483647]}, {"emails": [address()], "projects": ["x"]}):
        owner().post("/api/invite/send-email", body, 400)
    manager.post("/api/invite/send-email", {"emails": [address()], "role": "AD"}, 403)
    manager.post("/api/invite/send-email", {"emails": [address()], "projects": [hidden.id]}, 400)
    manager.post("/api/invite/send-email", {"emails": [address()]}, 200)
    Person("AN").post("/api/invite/send-email", {"emails": [address()]}, 403)


def test_the_link_and_the_default_role():
    link = owner().get("/api/invite")["invite_url"]
    owner().patch(ORGANIZATION + "/set-default-role", {"default_role": "NO"})
    try:
        email = address()
        browser, answer = sign_up(link, email)
        assert answer.status_code == 302 and role_of(email) == "NO"
        assert browser.get("/").status_code == 403
        assert browser.get("/api/projects/").status_code == 403
        owner().post("/api/invite/reset-token")
        assert Browser().get(link).status_code == 403
    finally:
        owner().patch(ORGANIZATION + "/set-default-role", {"default_role": "AD"})


def test_invitations_by_the_generated_client():
    ls, email = client(), address()
    ls.organizations.invites.send_email(emails=[email], role="RE")
    ls.organizations.invites.revoke_invite(email=email)
    assert "/user/signup/?token=" in ls.organizations.invites.get_invite_link().invite_url
    assert ls.organizations.update_default_role(1, organization=1, default_role="AD").default_role == "AD"
    assert ls.organizations.get(1).billing is not None


# ---- several organizations ----


def another_organization():
    maker = Person("AN")
    made = json.loads(admin("create-organization", "--title", "Second", "--owner", maker.address))["id"]
    sql(f"UPDATE user_account SET active_organization = {made} WHERE id = {maker.number}")
    return maker, made


def test_one_person_in_two_organizations():
    maker, second = another_organization()
    person, here = Person("MA"), Project()
    there = Project(maker)
    token = maker.get("/api/invite")["token"]
    assert {p["id"] for p in person.get("/api/projects/", page_size=10000000)["results"]} >= {here.id}
    sql(f"UPDATE organization SET default_role = 'MA' WHERE id = {second}")
    assert person.post("/api/invite/accept", {"token": token}, 200) == {"organization": second}
    me = person.get("/api/current-user")
    assert me["active_organization"] == second and {m["organization_id"] for m in me["org_membership"]} == {1, second}
    assert [p["id"] for p in person.get("/api/projects/")["results"]] == [there.id]
    person.get(here.path, 404)
    assert len(person.get("/api/organizations/")) == 2
    assert person.patch("/api/current-user", {"active_organization": 1})["active_organization"] == 1
    person.get(there.path, 404)
    assert person.get(here.path)["id"] == here.id
    person.patch("/api/current-user", {"active_organization": 2147483647}, 400)
    person.post("/api/invite/accept", {"token": "x"}, 403)
    person.post("/api/invite/accept", {}, 400)
    # Again: nothing changes, and nobody who left comes back by it with more than the default role.
    assert person.post("/api/invite/accept", {"token": token}, 200) == {"organization": second}


def test_an_invitation_of_somebody_with_an_account():
    maker, second = another_organization()
    person, other = Person("AN"), Person("AN")
    link = maker.post("/api/invite/send-email", {"emails": [person.address], "role": "RE"}, 200)["invited"][0]["invite_url"]
    token = link.split("token=")[1]
    other.post("/api/invite/accept", {"token": token}, 403)
    person.post("/api/invite/accept", {"token": token}, 200)
    assert sql(f"SELECT role FROM membership WHERE user_id = {person.number} AND organization_id = {second}") == "RE"
    person.post("/api/invite/accept", {"token": token}, 403)


def test_joining_in_the_browser():
    maker, second = another_organization()
    person = Person("AN")
    browser, link = Browser(person.address), maker.get("/api/invite")["invite_url"]
    assert "Join Second" in browser.get(link).text and person.address in browser.get(link).text
    assert browser.form(link, token="0" * 64).status_code == 403
    assert browser.form(link).status_code == 302
    assert person.get("/api/current-user")["active_organization"] == second
    theirs = maker.post("/api/invite/send-email", {"emails": [address()]}, 200)["invited"][0]["invite_url"]
    refused = browser.form(theirs)
    assert refused.status_code == 403 and "another e-mail" in refused.text
    assert browser.get("/user/signup/?token=x").status_code == 403


def test_scripts_only_where_nobody_is_elsewhere_too():
    maker, second = another_organization()
    person = Person("AN")
    person.post("/api/invite/accept", {"token": maker.get("/api/invite")["token"]}, 200)
    wrong = maker.call("PATCH", f"/api/organizations/{second}", 400, json={"custom_scripts_enabled": True})
    assert "custom_scripts_enabled" in wrong["validation_errors"]
    maker.delete(f"/api/organizations/{second}/memberships/{person.number}/")
    sql(f"DELETE FROM membership WHERE user_id = {maker.number} AND organization_id = 1")
    assert maker.patch(f"/api/organizations/{second}", {"custom_scripts_enabled": True})["custom_scripts_enabled"]
    Person("AN").post("/api/invite/accept", {"token": maker.get("/api/invite")["token"]}, 403)


def test_the_calling_user_by_the_generated_client():
    ls = client(Person("AN"))
    assert ls.users.get_current_user().username
    assert ls.users.update_current_user(first_name="Ann").first_name == "Ann"


def test_deactivation_ends_the_session_at_once():
    person = Person("AN")
    browser = Browser(person.address)
    assert browser.get("/api/projects/").status_code == 200
    owner().patch(ORGANIZATION + "/memberships", {"user_id": person.number, "role": "DI"})
    assert browser.get("/api/projects/").status_code == 401
    assert requests.get(shared_server().url + "/api/projects/", timeout=60).status_code == 401


@pytest.mark.parametrize("path", ["/memberships/search", "/permissions/options", "/member-tags", "/memberships/filter-schema"])
def test_another_organization(path):
    assert isinstance(owner(), Api)
    assert stranger().send("GET", ORGANIZATION + path).status_code == 404
