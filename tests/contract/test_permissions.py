"""Every route × every role × the own and a foreign organization. The list of routes comes from the program, so a new route is
covered as soon as it is in the table; where it needs an object of a new kind, the test says so.

The rule: without credentials 401 (pages: to the log-in); what the caller cannot see 404; what they see but may not do 403;
everything else is up to the handler, but never 401, 403 or 404 for what exists, and never 5xx."""

import functools
import json
import os
import re
import subprocess
import uuid

import pytest

from people import ROLES, Browser, Person, browser_of, member
from work import Project, admin, anonymous, annotate, choice, ours, owner, shared_server, sql

pytestmark = ours

DENIED = {401, 403, 404}
TEXTS = {"tab": "profile", "page": "index", "key": "tasks.delete"}
SETTINGS_TAB = "general"
# Handlers that refuse for a reason of their own.
OWN_REASON = {"annotation_reviews_create": {400},   # of which annotation?
              "annotation_reviews_partial_update": {200, 403}, "annotation_reviews_update": {400}, "annotation_reviews_destroy": {204, 403},   # somebody else's
              "organizations_create": {400, 403},   # needs a server setting
              "tasks_agreement_retrieve": {403}, "data_local_files": {403}, "storage_data_uploaded": {404}, "feature_flags": {403}, "ml_predict_test_create": {501},
              "projects_exports_download_retrieve": {404},   # of a snapshot that is not written
              "page_script_js": {404}, "page_script_bench": {404}, "projects_custom_script_errors_create": {400, 404},   # scripts are off
              # Reviewers assign annotators only; a member pauses by a custom script and nobody but themselves.
              "projects_tasks_assignees_bulk_destroy": {400, 403}, "projects_tasks_assignees_destroy": {204, 403},
              "tasks_assignees_destroy": {204, 403}, "projects_members_pauses_create": {400, 403, 404}}
# Lists that want to know of which project.
QUERIES = dict.fromkeys(("ml_list", "storages_s3_list", "storages_export_s3_list", "tasks_list", "dm_views_list", "dm_columns_retrieve", "dm_project_retrieve"), "?project={project:int}")


# Lists that answer an unknown project as the reference server does: the value is not one of the choices.
CHOICES_OF = {"dm_views_list"}


# Every type of storage has the same rows of the table, made by one macro: s3 stands for all.
SAME_ROWS = re.compile(r"/api/storages/(export/)?(s3s|gcs|azure|azure_blob|redis|localfiles)(/|$)")

# Each action has permissions of its own: test_dm_actions.py.
OWN_REASON |= {"dm_actions_create": {200, 403}, "dm_actions_form_retrieve": {200, 403, 404}}
QUERIES |= {"dm_actions_retrieve": "?project={project:int}", "dm_actions_form_retrieve": "?project={project:int}",
            "dm_actions_create": "?project={project:int}&id=next_task"}
TEXTS["action"] = "next_task"


def table():
    if os.environ.get("LABELD_URL"):
        return []
    done = subprocess.run([os.path.join(os.environ["LABELD_BUILD"], "labeld-admin"), "routes", "--json"],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def routes():
    return [r for r in table() if not SAME_ROWS.match(r["pattern"])]


ROUTES = routes()
API = [r for r in ROUTES if "page" not in r["flags"]]
PAGES = [r for r in ROUTES if "page" in r["flags"]]
by_name = {"ids": lambda r: f"{r['method']}-{r['pattern']}", "argnames": "route"}


# ---- objects ----


class World:
    """One object of each kind, in one organization, belonging to `me` as far as the role can own such things."""

    def __init__(self, maker, me, organization):
        self.maker, self.me, self.organization = maker, me, organization
        self.worker = me if me.role in {"OW", "AD", "MA", "RE", "AN"} else maker
        self.project = Project(maker, is_published=True)
        self.task, self.spare = self.project.texts(2)
        self.annotation = annotate(self.worker, self.task)["id"]

    # Made when a route asks for it: most routes need a project and no more.

    def insert(self, into):
        return int(sql(f"INSERT INTO {into} RETURNING id"))

    def post(self, path, body, kind=lambda made: made["id"]):
        return kind(self.maker.post(path, body))

    @functools.cached_property
    def user(self):
        return Person("AN", self.organization).number

    @functools.cached_property
    def picture(self):
        name = uuid.uuid4().hex + ".png"
        sql(f"INSERT INTO avatar (user_id, name, type, bytes) VALUES ({self.user}, '{name}', 'image/png', '')")
        return name

    @functools.cached_property
    def index(self):
        return self.post(self.project.path + "/data-indexes/", {"key": "text", "kind": "text"})

    @functools.cached_property
    def job(self):
        return self.insert(f"job (kind, payload, run_at) VALUES ('action', '{{\"project\": {self.project.id}}}', 'infinity')")

    @functools.cached_property
    def version(self):
        return self.worker.get("/api/annotation-history/", annotation=self.annotation)[0]["id"]

    @functools.cached_property
    def draft(self):
        return self.worker.post(f"/api/tasks/{self.task}/drafts", {"result": choice("B")})["id"]

    @functools.cached_property
    def comment(self):
        return self.worker.post("/api/comments/", {"annotation": self.annotation, "text": "why"})["id"]

    @functools.cached_property
    def review(self):
        return self.maker.post("/api/annotation-reviews/", {"annotation": self.annotation, "accepted": True})["id"]

    @functools.cached_property
    def prediction(self):
        return self.post("/api/predictions/", {"task": self.task, "result": choice(), "score": 0.5})

    @functools.cached_property
    def kept(self):
        self.maker.call("POST", self.project.path + "/import", 201, files={"file": ("a.json", b'[{"text": "from a file"}]')})
        return self.maker.get(self.project.path + "/file-uploads", all="true")[0]

    @functools.cached_property
    def snapshot(self):
        return self.insert(f"project_export (project_id, title) VALUES ({self.project.id}, 'x')")

    @functools.cached_property
    def pause(self):
        return self.post(f"{self.project.path}/members/{self.user}/pauses/", {"reason": "MANUAL"})

    @functools.cached_property
    def trashed(self):
        gone = Project(self.maker, is_published=True).id
        self.maker.delete(f"/api/projects/{gone}/")
        return gone

    def imported(self, kind):
        return self.insert(f"project_import (project_id, created_by, kind) VALUES ({self.project.id}, 1, '{kind}')")

    @functools.cached_property
    def pieces(self):
        file, files = f"part/{uuid.uuid4()}", os.path.join(shared_server().dir, "files")
        path, service = os.path.join(files, file), os.stat(files)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(path, "wb"):
            for one in (os.path.dirname(path), path):
                os.chown(one, service.st_uid, service.st_gid)
        return self.insert(f"resumable_upload (project_id, user_id, name, file, size_bytes) VALUES ({self.project.id}, {self.me.number}, 'a.csv', '{file}', 9)")

    @functools.cached_property
    def webhook(self):
        return self.post("/api/webhooks/", {"project": self.project.id, "url": "https://hooks.example.com/", "is_active": False})

    @functools.cached_property
    def delivery(self):
        return int(sql(f"WITH e AS (INSERT INTO webhook_event (project_id, action) VALUES ({self.project.id}, 'TASKS_CREATED') RETURNING id) "
                       f"INSERT INTO webhook_delivery (webhook_id, event_id) SELECT {self.webhook}, id FROM e RETURNING id"))

    @functools.cached_property
    def view(self):
        return self.post("/api/dm/views/", {"project": self.project.id})

    @functools.cached_property
    def workspace(self):
        made = self.post("/api/workspaces/", {"title": "Workspace"})
        if self.me.role != "DI":
            self.maker.post(f"/api/workspaces/{made}/memberships/", {"user": self.me.number})
        return made

    @functools.cached_property
    def label(self):
        item = {"title": uuid.uuid4().hex, "value": "v", "project": self.project.id, "from_name": "label"}
        return self.post("/api/labels/", [item], lambda made: made[0]["id"])

    @functools.cached_property
    def link(self):
        return self.maker.get(f"/api/labels/{self.label}/")["links"][0]

    @functools.cached_property
    def template(self):
        return self.post("/api/project-templates/", {"name": "Template", "project_id": self.project.id})

    @functools.cached_property
    def tag(self):
        return self.post(f"/api/organizations/{self.organization}/member-tags", {"label": uuid.uuid4().hex})

    @functools.cached_property
    def role(self):
        return self.post("/api/projects/roles/", {"project": self.project.id, "user": self.user, "role": "RE"})

    @functools.cached_property
    def storage(self):
        return self.post("/api/storages/s3/", {"project": self.project.id})

    @functools.cached_property
    def target(self):
        return self.post("/api/storages/export/s3", {"project": self.project.id})

    @functools.cached_property
    def model(self):
        return self.insert(f"ml_backend (project_id, url) VALUES ({self.project.id}, 'http://127.0.0.1:1')")

    NAMES = {"job": "job", "delivery": "delivery", "annotation": "annotation", "user": "user", "export": "snapshot", "task": "task", "pause": "pause", "tag": "tag",
             "index": "index", "upload": "pieces"}
    OBJECTS = {
        "/api/labels/": "label", "/api/label_links/": "link", "/api/project-templates/": "template", "/api/workspaces/": "workspace", "/workspaces/": "workspace",
        "/api/trash/": "trashed", "/api/projects/roles/": "role", "/api/tasks/": "task", "/tasks/": "task", "/api/annotations/": "annotation",
        "/api/annotation-history/": "version", "/api/comments/": "comment", "/api/annotation-reviews/": "review", "/api/fsm/entities/annotation/": "annotation", "/api/drafts/": "draft", "/api/predictions/": "prediction", "/api/users/": "user",
        "/api/dm/views/": "view", "/api/organizations/": "organization", "/api/ml/": "model", "/api/storages/export/": "target",
        "/api/storages/": "storage", "/api/webhooks/": "webhook",
    }

    def number(self, pattern, name):
        if name in ("import", "reimport"):
            return self.imported(name)
        if name in self.NAMES:
            return getattr(self, self.NAMES[name])
        for prefix, kind in self.OBJECTS.items():
            if name == "id" and pattern.startswith(prefix):
                return getattr(self, kind)
        if name == "id" and pattern.startswith("/api/import/file-upload/"):
            return self.kept["id"]
        if name == "project" or pattern.startswith(("/api/projects/", "/projects/")):
            return self.project.id
        raise KeyError(f"{pattern}: tell World which object this is")

    def path(self, route):
        pattern = route["pattern"]

        def one(found):
            name, kind = found.group(1).split(":")
            if kind == "int":
                return str(self.number(pattern, name))
            if name == "name":
                return self.picture if pattern.startswith("/data/avatars/") else os.path.basename(self.kept["file"])
            return SETTINGS_TAB if "/settings/" in pattern else TEXTS[name]

        return re.sub(r"\{([^}]*)\}", one, pattern + QUERIES.get(route["operation"], ""))


def home(role):
    """A fresh world in the caller's organization."""
    return World(owner(), member(role), 1)


@functools.cache
def standing(role):
    return home(role)


def another_organization():
    maker = Person("AN")
    made = json.loads(admin("create-organization", "--title", "Elsewhere", "--owner", maker.address))
    sql(f"DELETE FROM membership WHERE user_id = {maker.number} AND organization_id = 1; "
        f"UPDATE user_account SET active_organization = {made['id']} WHERE id = {maker.number}")
    maker.role = "OW"
    return World(maker, maker, made["id"])


@functools.cache
def elsewhere():
    return another_organization()


# ---- expectations ----


def sees(role, pattern):
    """Can this role see the object of the pattern in its own organization?"""
    if role in {"OW", "AD", "MA"}:
        return True
    if pattern.startswith("/api/organizations/"):
        return True
    if pattern.startswith(("/api/users/", "/api/trash/", "/api/project-templates/")):
        return False     # somebody else; what cannot be brought back by them; managers' own business
    return role in {"RE", "AN", "VO"}


def is_unsafe(route):
    return route["method"] not in {"GET", "HEAD"}


def permitted(route, role):
    if route["operation"] in {"users_partial_update", "users_avatar_create", "users_avatar_destroy"}:   # of somebody else
        return role in {"OW", "AD"}
    return route["permission"] is None or role in route["roles"]


def world_for(route, role):
    """What a permitted unsafe call may destroy is made for it alone."""
    return home(role) if is_unsafe(route) and permitted(route, role) and "{" in route["pattern"] else standing(role)


def check_allowed(route, role, status):
    allowed = OWN_REASON.get(route["operation"])
    if allowed:
        assert status in allowed
    else:
        assert status not in DENIED and status < 500, f"{role} may do this, but got {status}"


def check(route, role, status):
    if permitted(route, role):
        check_allowed(route, role, status)
    elif "{" in route["pattern"] and not sees(role, route["pattern"]):
        assert status == 404, f"{role} cannot see this, but got {status}"
    else:
        assert status == 403, f"{role} may not do this, but got {status}"


def call(caller, route, path):
    body = {"json": {}} if is_unsafe(route) else {}
    return caller.send(route["method"], path, **body)


# ---- the API ----


@pytest.mark.parametrize(argvalues=API, **by_name)
def test_without_credentials(route):
    answer = call(anonymous(), route, standing("AN").path(route))
    if "public" in route["flags"]:
        assert answer.status_code not in {403, 404} and answer.status_code < 500
        assert answer.status_code != 401 or route["operation"] in {"token_refresh_create"}
    else:
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Token"
        assert answer.json()["detail"] == "Authentication credentials were not provided."


@pytest.mark.parametrize(argvalues=[r for r in API if "public" not in r["flags"]], **by_name)
def test_roles(route):
    for role in ROLES:
        caller = member(role)
        answer = call(caller, route, world_for(route, role).path(route))
        if role == "DI":
            assert answer.status_code == 401
            continue
        check(route, role, answer.status_code)
        if route["operation"] == "current_user_reset_token_create" and answer.status_code == 201:
            caller.set_token(answer.json()["token"])


WITH_OBJECT = [r for r in API if "public" not in r["flags"] and ("{" in r["pattern"] or r["operation"] in QUERIES)]


@pytest.mark.parametrize(argvalues=WITH_OBJECT, **by_name)
def test_foreign_objects_do_not_exist(route):
    for role in ["OW", "AD", "MA", "RE", "AN", "VO", "NO"]:
        answer = call(member(role), route, elsewhere().path(route))
        # A list is refused before its query is read.
        wanted = 404 if "{" in route["pattern"] or permitted(route, role) else 403
        if wanted == 404 and route["operation"] in CHOICES_OF:
            wanted = 400
        assert answer.status_code == wanted, f"{role}: {answer.status_code} {answer.text[:300]}"


@pytest.mark.parametrize(argvalues=[r for r in API if "{" in r["pattern"]], **by_name)
def test_absent_objects(route):
    path = re.sub(r"\{(\w+):int\}", "2147483647", route["pattern"])
    path = re.sub(r"\{(\w+):\w+\}", "x", path)
    for role in ["OW", "AN"]:
        assert call(member(role), route, path).status_code == 404


# ---- pages ----


def on_page(browser, route, path):
    return browser.form(path) if is_unsafe(route) else browser.get(path)


@functools.cache
def tab(role):
    return browser_of(role)


@pytest.mark.parametrize(argvalues=PAGES, **by_name)
def test_pages_without_log_in(route):
    path = standing("AN").path(route)
    answer = on_page(Browser(), route, path)
    if "public" in route["flags"]:
        assert answer.status_code not in DENIED and answer.status_code < 500
    else:
        assert answer.status_code == 302
        assert "/user/login/?next=" in answer.headers["Location"]


@pytest.mark.parametrize(argvalues=PAGES, **by_name)
def test_pages(route):
    for role in ["OW", "AD", "MA", "RE", "AN", "VO"]:
        browser = browser_of(role) if route["operation"] == "page_logout" else tab(role)
        check(route, role, on_page(browser, route, world_for(route, role).path(route)).status_code)


@pytest.mark.parametrize(argvalues=[r for r in PAGES if "public" not in r["flags"]], **by_name)
def test_pages_of_those_who_wait(route):
    browser = browser_of("NO") if route["operation"] == "page_logout" else tab("NO")
    answer = on_page(browser, route, standing("NO").path(route))
    if route["pattern"].startswith(("/logout", "/user/account")):
        assert answer.status_code not in DENIED
    else:
        assert answer.status_code == 403 and "waiting for activation" in answer.text


@pytest.mark.parametrize(argvalues=[r for r in PAGES if "{id" in r["pattern"]], **by_name)
def test_foreign_pages_do_not_exist(route):
    for role in ["OW", "AD", "MA", "AN"]:
        assert on_page(tab(role), route, elsewhere().path(route)).status_code == 404


@pytest.mark.parametrize(argvalues=[r for r in PAGES if r["method"] == "POST"], **by_name)
def test_forms_need_their_token(route):
    path = standing("OW").path(route)
    for token in ["", "0" * 64]:
        answer = tab("OW").form(path, token=token)
        assert answer.status_code == 403 and "CSRF Failed" in answer.text


def test_a_token_opens_no_page_but_bearer_does():
    person = Person("AD")
    assert person.send("GET", "/projects/").status_code == 302
    refresh = person.post("/api/token/")["token"]
    access = anonymous().post("/api/token/refresh/", {"refresh": refresh}, 200)["access"]
    assert anonymous().send("GET", "/projects/", headers={"Authorization": "Bearer " + access}).status_code == 200


def test_nobody_deactivated_logs_in():
    answer = Browser().log_in(member("DI").address)
    assert answer.status_code == 200 and "deactivated" in answer.text


# ---- without an organization ----


def test_without_an_organization_lists_are_empty_and_objects_absent():
    person = Person("AD")
    sql(f"UPDATE user_account SET active_organization = NULL WHERE id = {person.number}")
    assert person.get("/api/projects/")["results"] == []
    assert person.get("/api/users/") == []
    assert person.get("/api/current-user/whoami")["permissions"] == []
    person.get(f"/api/projects/{standing('AN').project.id}/", 404)
    person.get("/api/organizations/1", 404)
    person.post("/api/projects/", {"title": "Not here"}, 403)


# ---- roles may change at any moment ----


def test_a_role_changes_with_the_next_request():
    person = Person("AN")
    person.post("/api/projects/", {"title": "Not yet"}, 403)
    owner().patch("/api/organizations/1/memberships", {"user_id": person.number, "role": "MA"})
    person.post("/api/projects/", {"title": "Now"})
    owner().patch("/api/organizations/1/memberships", {"user_id": person.number, "role": "DI"})
    person.get("/api/projects/", 401)


def test_overrides_count_for_the_next_request():
    person = Person("MA")
    doomed = Project(owner(), title="Override " + uuid.uuid4().hex[:6])
    sql("""UPDATE organization SET permission_overrides = '{"projects.delete": ["AD"]}' WHERE id = 1""")
    try:
        person.delete(doomed.path + "/", 403)
    finally:
        sql("UPDATE organization SET permission_overrides = '{}' WHERE id = 1")
    person.delete(doomed.path + "/")
