"""Pages of the organization: settings, permissions, tags, activity."""

import csv
import functools
import io
import re
import uuid

import pytest

from people import Person, browser_of, member
from work import Project, eventually, ours, owner, sql

pytestmark = ours


@functools.cache
def tab(role):
    return browser_of(role)


def page(name, role="OW", query=""):
    answer = tab(role).get(f"/organization/{name}{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def save(name, fields, status=303, role="OW"):
    answer = tab(role).form(f"/organization/{name}", fields)
    assert answer.status_code == status, answer.text
    return answer.text


def error_of(text, name):
    found = re.search(rf'<p class="error-text" id="{name}-error">(.*?)</p>', text, re.S)
    return found and found.group(1)


# ---- settings ----


def rules():
    return {"action": "save", "title": owner().get("/api/organizations/1")["title"], "default_role": "AD", "api_tokens_enabled": "true",
            "legacy_api_tokens_enabled": "true", "api_token_ttl_days": "73000", "max_session_age": "20160", "max_time_between_activity": "7200"}


@pytest.fixture
def kept():
    columns = "title, default_role, api_tokens_enabled, legacy_api_tokens_enabled, api_token_ttl_days, max_session_age_min, max_session_idle_min"
    was = sql(f"SELECT row_to_json(x) FROM (SELECT {columns} FROM organization WHERE id = 1) x")
    yield
    sql(f"UPDATE organization SET ({columns}) = (SELECT {columns} FROM json_populate_record(NULL::organization, '{was}'))"
        " , version = version + 1 WHERE id = 1")


def test_rules_are_shown_and_saved(kept):
    save("settings", {**rules(), "api_token_ttl_days": "90", "max_session_age": "600", "max_time_between_activity": "60"}, role="AD")
    assert owner().get("/api/jwt/settings")["api_token_ttl_days"] == 90
    policy = owner().get("/api/session-policy/")
    assert (policy["max_session_age"], policy["max_time_between_activity"]) == (600, 60)
    text = page("settings", "AD")
    assert 'value="90"' in text and 'value="600"' in text and '<option value="AD" selected>' in text


def test_limits_of_sessions_that_nobody_changes_stay_the_servers(kept):
    limits = "SELECT max_session_age_min, max_session_idle_min FROM organization WHERE id = 1"
    sql("UPDATE organization SET max_session_age_min = NULL, max_session_idle_min = NULL, version = version + 1 WHERE id = 1")
    policy = owner().get("/api/session-policy/")
    shown = {name: str(policy[name]) for name in ("max_session_age", "max_time_between_activity")}
    save("settings", {**rules(), **shown, "api_token_ttl_days": "91"})
    assert (sql(limits), owner().get("/api/jwt/settings")["api_token_ttl_days"]) == ("|", 91)
    save("settings", {**rules(), **shown, "max_session_age": "600"})
    assert sql(limits) == "600|"


@pytest.mark.parametrize("name, value", [("title", ""), ("default_role", "OW"), ("api_token_ttl_days", "0"), ("max_session_age", "x"),
                                         ("max_time_between_activity", "5256001")])
def test_rules_are_refused_beside_the_field(kept, name, value):
    before = owner().get("/api/session-policy/")
    text = save("settings", {**rules(), "max_session_age": "599", name: value}, 400)
    assert error_of(text, name)
    assert owner().get("/api/session-policy/") == before


# ---- people ----


def invitation():
    return owner().get("/api/invite")["token"]


def test_managers_make_a_new_invitation_link_and_nothing_else():
    before, person = invitation(), Person("AN")
    assert 'value="reset_invite"' in page("", "MA")
    save("", {"action": "reset_invite"}, role="MA")
    assert invitation() != before
    for fields in ({"action": "set_role", "role": "MA"}, {"action": "remove"}, {"action": "save", "title": "Ours"}, {"action": "scripts"}):
        save("", {**fields, "user": str(person.number)}, 403, role="MA")
    save("", {"action": "burn"}, 400, role="MA")
    assert person.me["org_membership"][0]["role"] == "AN"
    save("", {"action": "reset_invite"}, 403, role="RE")


# ---- permissions ----


def granted(code):
    page = member(code)
    return set(page.get("/api/current-user/whoami")["permissions"])


def test_permissions_by_role():
    text = page("permissions")
    boxes = dict.fromkeys(re.findall(r'name="([^"]+)" value="true" aria-label="[^"]+" checked', text), "true")
    assert "projects.delete MA" in boxes and "projects.delete AN" not in text
    assert "projects.delete" in granted("MA")
    try:
        save("permissions", {**{name: on for name, on in boxes.items() if name != "projects.delete MA"}, "action": "save"})
        assert "projects.delete" not in granted("MA") and "projects.delete" in granted("AD")
        assert text.count("Changed") + 1 == page("permissions").count("Changed")
        assert owner().get("/api/organizations/1/permissions")
    finally:
        save("permissions", {**boxes, "action": "save"})
    assert "projects.delete" in granted("MA") and owner().get("/api/organizations/1/permissions") == []
    save("permissions", {}, 400)


def sent(text):
    """What a browser sends of the page: ticked boxes, and what it showed."""
    boxes = dict.fromkeys(re.findall(r'name="([^"]+)" value="true" aria-label="[^"]+" checked', text), "true")
    return {**boxes, **dict(re.findall(r'name="(seen [^"]+)" value="([^"]*)"', text)), "action": "save"}


def test_an_old_form_turns_back_nobodys_permissions():
    path = "/api/organizations/1/permissions"
    old = sent(page("permissions"))
    held = lambda: {o["permission"]: o["roles"] for o in owner().get(path)}  # noqa: E731
    try:
        owner().post(path, {"permission": "tasks.delete", "roles": ["AD"]})
        save("permissions", {name: on for name, on in old.items() if name != "projects.delete MA"})
        assert held() == {"projects.delete": ["AD"], "tasks.delete": ["AD"]}        # its boxes of tasks.delete were not touched
        refused = save("permissions", {name: on for name, on in old.items() if name not in ("tasks.delete MA", "tasks.delete AD", "views.reset MA")}, 400)
        assert re.findall(r"Meanwhile given to ([^<]*)", refused) == ["Administrator. Your choice is ticked."] and "nothing was saved" in refused
        assert held() == {"projects.delete": ["AD"], "tasks.delete": ["AD"]}
        again = sent(refused)
        assert not [name for name in again if name.startswith("tasks.delete ")] and "projects.delete MA" not in again and "views.reset MA" not in again
        save("permissions", again)                                                   # now it was seen
        assert held() == {"projects.delete": ["AD"], "tasks.delete": [], "views.reset": ["AD"]}
    finally:
        for name in held():
            owner().delete(f"{path}/{name}")
    assert held() == {}


# ---- tags ----


def tags():
    return {tag["label"]: tag for tag in owner().get("/api/organizations/1/member-tags", page_size=1000)["results"]}


def test_tags_of_members():
    name = "Readers <" + uuid.uuid4().hex[:8]
    save("tags", {"action": "add", "label": f"  {name}  "}, role="AD")
    made = tags()[name]
    assert name.replace("<", "&lt;") in page("tags")
    assert error_of(save("tags", {"action": "add", "label": name}, 400), "label")
    assert error_of(save("tags", {"action": "add", "label": " "}, 400), "label")
    save("tags", {"action": "rename", "tag": str(made["id"]), "label": name + "2"})
    assert name + "2" in tags() and name not in tags()
    save("tags", {"action": "delete", "tag": str(made["id"])})
    assert name + "2" not in tags()
    for fields, status in (({"action": "delete", "tag": "999999"}, 404), ({"action": "burn"}, 400)):
        save("tags", fields, status)


def test_many_tags_come_in_pages():
    mark = uuid.uuid4().hex
    sql(f"INSERT INTO member_tag (organization_id, created_by, label) SELECT 1, 1, '{mark} ' || n FROM generate_series(1, 210) n")
    try:
        seen, query = [], ""
        while query is not None:
            text = page("tags", query=query)
            seen += re.findall(rf'value="{mark} (\d+)"', text)
            found = re.search(r'rel="next" href="([^"]+)"', text)
            query = found.group(1) if found else None
        assert sorted(map(int, seen)) == list(range(1, 211))
    finally:
        sql(f"DELETE FROM member_tag WHERE label LIKE '{mark}%'")


def tagged(person):
    row = next(row for row in re.findall(r"<tr>.*?</tr>", page("", query="?search=" + person.address), re.S) if person.address in row)
    return re.findall(r'<span class="badge cut" title="([^"]*)"', row)


def test_tags_are_given_to_people_and_taken_away():
    name, first, second = "Night <" + uuid.uuid4().hex[:8], Person("AN"), Person("AN")
    save("tags", {"action": "add", "label": name})
    form = {"tag": str(tags()[name]["id"]), "search": first.address}
    try:
        save("", {**form, "action": "give_tag", "ids": str(first.number)}, role="AD")
        answer = tab("OW").form("/organization/", {**form, "action": "give_tag", "ids": f"{first.number},{second.number}"})
        shown = tab("OW").get(answer.headers["Location"].replace("&page=", "")).text
        assert "1 member got the tag." in shown and f'name="ids" value="{second.number}"' in shown and 'value="take_tag"' in shown
        assert tagged(first) == tagged(second) == [name.replace("<", "&lt;")]
        save("", {**form, "action": "take_tag", "ids": str(second.number)})
        assert (len(tagged(first)), tagged(second)) == (1, [])
        for fields, status in (({"ids": str(first.number), "tag": "999999999"}, 404), ({"tag": form["tag"]}, 303), ({"ids": "x"}, 400)):
            save("", {"action": "give_tag", **fields}, status)
        save("", {**form, "action": "give_tag", "ids": str(second.number)}, 403, role="MA")
        assert 'value="give_tag"' not in page("", "MA")
    finally:
        save("tags", {"action": "delete", "tag": form["tag"]})


# ---- who changed what ----


def last_changed(name):
    return re.findall(r'Last changed <time datetime="[^"]+">[^<]+</time>(?: by ([^<]+))?</span>', page(name))


def test_each_page_says_who_changed_it_last(kept):
    admin, label = member("AD"), "Last " + uuid.uuid4().hex
    owner().patch("/api/organizations/1", {"title": owner().get("/api/organizations/1")["title"]})
    first = last_changed("settings")[0]
    assert first != admin.address
    save("settings", rules(), role="AD")
    assert last_changed("settings")[0] == admin.address
    save("", {"action": "reset_invite"}, role="AD")
    save("tags", {"action": "add", "label": label}, role="AD")
    assert last_changed("") == last_changed("tags") == [admin.address]
    owner().delete(f"/api/organizations/1/member-tags/{tags()[label]['id']}")
    assert last_changed("tags") == [first]
    boxes = dict.fromkeys(re.findall(r'name="([^"]+)" value="true" aria-label="[^"]+" checked', page("permissions")), "true")
    before = sql("SELECT changed_at FROM organization_change WHERE part = 'permissions'")
    save("permissions", {**boxes, "action": "save"})
    assert sql("SELECT changed_at FROM organization_change WHERE part = 'permissions'") == before and len(last_changed("permissions")) == 1


# ---- activity ----


def logged(query, n):
    """The log is written a moment later."""
    return eventually(lambda: list(csv.DictReader(io.StringIO(tab("AD").get("/organization/activity.csv" + query).content.decode()))),
                      lambda rows: len(rows) >= n)


def entries(text):
    return re.findall(r'<span class="cut mono" title="([^"]+)"', text)


def test_the_activity_log_is_filtered_and_downloaded():
    person, project = Person("MA"), Project()
    person.patch(project.path + "/", {"description": "a"})
    person.patch(project.path + "/", {"description": "b"})
    person.post("/api/tasks/", {"project": project.id, "data": {"text": "x"}})
    who = "?who=" + person.address.upper()
    rows = logged(who, 3)
    assert [(row["email"], row["method"], row["status"]) for row in rows] == [
        (person.address, "POST", "201"), (person.address, "PATCH", "200"), (person.address, "PATCH", "200")]
    assert entries(page("activity", "AD", who))[-1] == f"PATCH {project.path}/"
    assert len(entries(page("activity", "AD", who + "&method=PATCH"))) == 2
    assert len(entries(page("activity", "AD", who + "&what=/API/tasks"))) == 1
    assert len(entries(page("activity", "AD", who + f"&project={project.id}"))) >= 2
    assert len(entries(page("activity", "AD", who + "&since=2020-01-01&until=2999-12-31"))) == 3
    assert entries(page("activity", "AD", who + "&until=2020-01-01")) == [] and "Nothing fits." in page("activity", "AD", who + "&until=2020-01-01")
    assert len(entries(page("activity", "AD", who + "&since=yesterday&project=x&before=1&id=y"))) == 3


def test_long_logs_come_in_pages():
    person = Person("MA")
    sql(f"INSERT INTO activity_log (organization_id, user_id, created_at, duration_ms, method, url, status) "
        f"SELECT 1, {person.number}, timestamptz '2026-03-05' + n / 3 * interval '1 second', 5, 'POST', '/api/x/' || n, 201 FROM generate_series(1, 250) n")
    seen, query = [], "?who=" + person.address
    while query:
        text = page("activity", "OW", query)
        seen += entries(text)
        found = re.search(r'rel="next" href="([^"]+)"', text)
        query = found and found.group(1).replace("&amp;", "&")
    assert [int(line.rsplit("/", 1)[1]) for line in seen] == list(range(250, 0, -1))
    assert len(logged("?who=" + person.address, 250)) == 250


# ---- who may ----


@pytest.mark.parametrize("name, roles", [("settings", {"OW", "AD"}), ("permissions", {"OW"}), ("tags", {"OW", "AD"}), ("activity", {"OW", "AD"}),
                                         ("activity.csv", {"OW", "AD"})])
def test_roles(name, roles):
    for role in ("OW", "AD", "MA", "AN"):
        assert tab(role).get(f"/organization/{name}").status_code == (200 if role in roles else 403)
