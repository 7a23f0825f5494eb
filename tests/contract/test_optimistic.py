"""Optimistic writing: ETag and If-Match (412), updated_at with `Prefer: optimistic` (409); without them the last writer wins."""

import uuid

import pytest

from people import Person, head_of_new_organization
from work import Project, annotate, choice, ours, owner, stranger


def new_task():
    project = Project()
    return project, owner().post("/api/tasks/", {"project": project.id, "data": {"text": "one"}})


def change(path, body, status, **headers):
    return owner().call("PATCH", path, status, json=body, headers=headers)


@ours
def test_if_match():
    _, task = new_task()
    path = f"/api/tasks/{task['id']}/"
    tag = owner().send("GET", path).headers["ETag"]
    change(path, {"meta": {"n": 1}}, 200, **{"If-Match": tag})
    assert "changed" in change(path, {"meta": {"n": 2}}, 412, **{"If-Match": tag})["detail"]
    assert owner().get(path)["meta"] == {"n": 1}
    change(path, {"meta": {"n": 3}}, 200, **{"If-Match": "*"})
    owner().delete(path, 412, headers={"If-Match": tag})
    owner().delete(path)


@ours
def test_prefer_optimistic():
    _, task = new_task()
    path = f"/api/tasks/{task['id']}/"
    seen = owner().get(path)["updated_at"]
    change(path, {"meta": {"n": 1}, "updated_at": seen}, 200, Prefer="optimistic")
    change(path, {"meta": {"n": 2}, "updated_at": seen}, 409, Prefer="optimistic")
    change(path, {"meta": {"n": 2}, "updated_at": seen}, 200)


@ours
def test_annotations_and_projects_have_tags():
    project, task = new_task()
    made = owner().post(f"/api/tasks/{task['id']}/annotations/", {"result": choice()})
    for path, body, later in ((f"/api/annotations/{made['id']}/", {"lead_time": 2}, {"lead_time": 3}),
                              (f"/api/projects/{project.id}/", {"title": "New name"}, {"title": "Other name"})):
        tag = owner().send("GET", path).headers["ETag"]
        change(path, body, 200, **{"If-Match": tag})
        change(path, later, 412, **{"If-Match": tag})


@ours
def test_what_is_hidden_stays_hidden():
    _, task = new_task()
    stranger().call("PATCH", f"/api/tasks/{task['id']}/", 404, json={"meta": {}}, headers={"If-Match": '"x"'})


# ---- every other object that can be changed ----


class Things:
    """One of each kind: where it is, and two changes of it."""

    def __init__(self):
        self.boss = head_of_new_organization("Optimists")
        self.project = Project(self.boss)
        self.task, = self.project.texts(1)

    def post(self, path, body, at=None):
        made = self.boss.post(path, body)
        made = made[0] if isinstance(made, list) else made
        return f"{at or path}{made['id']}"

    def titles(self):
        return {"title": "One"}, {"title": "Two"}

    def draft(self):
        return self.post(f"/api/tasks/{self.task}/drafts", {"result": choice()}, "/api/drafts/"), {"lead_time": 1}, {"lead_time": 2}

    def prediction(self):
        return self.post("/api/predictions/", {"task": self.task, "result": choice()}), {"score": 0.1}, {"score": 0.2}

    def view(self):
        return self.post("/api/dm/views/", {"project": self.project.id}), {"data": {"title": "One"}}, {"data": {"title": "Two"}}

    def webhook(self):
        made = self.post("/api/webhooks/", {"project": self.project.id, "url": "https://hooks.example.com/", "is_active": False})
        return made, {"url": "https://hooks.example.com/1"}, {"url": "https://hooks.example.com/2"}

    def label(self):
        item = {"title": uuid.uuid4().hex, "value": "v", "project": self.project.id, "from_name": "label"}
        return self.post("/api/labels/", [item]), {"description": "One"}, {"description": "Two"}

    def link(self):
        label = self.boss.get(self.label()[0])
        return f"/api/label_links/{label['links'][0]}", {"from_name": "one"}, {"from_name": "two"}

    def workspace(self):
        return self.post("/api/workspaces/", {"title": "W"}), *self.titles()

    def template(self):
        return self.post("/api/project-templates/", {"name": "T", "project_id": self.project.id}), {"description": "One"}, {"description": "Two"}

    def organization(self):
        return f"/api/organizations/{self.boss.organization}", *self.titles()

    def tag(self):
        return (self.post(f"/api/organizations/{self.boss.organization}/member-tags", {"label": uuid.uuid4().hex},
                          f"/api/organizations/{self.boss.organization}/member-tags/"), {"label": uuid.uuid4().hex}, {"label": uuid.uuid4().hex})

    def user(self):
        return f"/api/users/{Person('AN', self.boss.organization).number}", {"first_name": "One"}, {"first_name": "Two"}

    def pause(self):
        path = f"{self.project.path}/members/{Person('AN', self.boss.organization).number}/pauses/"
        return self.post(path, {"reason": "MANUAL"}), {"verbose_reason": "One"}, {"verbose_reason": "Two"}

    def annotation(self):
        return annotate(self.boss, self.project.texts(1)[0])["id"]

    def comment(self):
        return self.post("/api/comments/", {"annotation": self.annotation(), "text": "None"}), {"text": "One"}, {"text": "Two"}

    def review(self):
        return self.post("/api/annotation-reviews/", {"annotation": self.annotation(), "accepted": True}), {"comment": "One"}, {"comment": "Two"}

    def permission(self):
        return f"/api/organizations/{self.boss.organization}/permissions/views.reset", {"roles": ["AD"]}, {"roles": ["AD", "MA"]}

    def storage(self):
        return self.post("/api/storages/s3/", {"project": self.project.id}), *self.titles()

    def target(self):
        return self.post("/api/storages/export/s3", {"project": self.project.id}, "/api/storages/export/s3/"), *self.titles()


KINDS = [name for name in vars(Things) if name not in {"post", "titles", "annotation"} and not name.startswith("_")]


@pytest.fixture(scope="module")
def things():
    return Things()


@ours
@pytest.mark.parametrize("kind", KINDS)
def test_every_object_has_a_tag(things, kind):
    path, one, two = getattr(things, kind)()
    boss = things.boss
    tag = boss.send("GET", path).headers["ETag"]
    assert boss.send("GET", path).headers["ETag"] == tag, "reading changes nothing"
    for wrong in ('"x"', 'W/"x"', '"x", "y"'):
        boss.call("PATCH", path, 412, json=one, headers={"If-Match": wrong})
    boss.call("PATCH", path, 200, json=one, headers={"If-Match": tag})
    assert "changed" in boss.call("PATCH", path, 412, json=two, headers={"If-Match": tag})["detail"]
    fresh = boss.send("GET", path)
    assert fresh.headers["ETag"] != tag
    boss.call("PATCH", path, 200, json=two, headers={"If-Match": f'"x", {fresh.headers["ETag"]}'})
    stranger().call("PATCH", path, 404, json=two, headers={"If-Match": tag})
    if kind != "organization":
        boss.delete(path, 412, headers={"If-Match": tag})
        boss.delete(path, headers={"If-Match": "*"})


@ours
@pytest.mark.parametrize("path, one, two", [("/api/session-policy/", {"max_session_age": 1000}, {"max_session_age": 2000}),
                                            ("/api/current-user", {"first_name": "One"}, {"first_name": "Two"})])
def test_what_is_ones_own_has_a_tag(things, path, one, two):
    tag = things.boss.send("GET", path).headers["ETag"]
    things.boss.call("PATCH", path, 412, json=one, headers={"If-Match": '"x"'})
    things.boss.call("PATCH", path, 200, json=one, headers={"If-Match": tag})
    things.boss.call("PATCH", path, 412, json=two, headers={"If-Match": tag})
    things.boss.call("PATCH", path, 200, json=two, headers={"If-Match": things.boss.send("GET", path).headers["ETag"]})


@ours
def test_permissions_are_guarded_one_by_one(things):
    base = f"/api/organizations/{things.boss.organization}/permissions/"
    tag = things.boss.send("GET", base + "tasks.delete").headers["ETag"]
    things.boss.call("PATCH", base + "projects.delete", 200, json={"roles": ["AD"]})
    things.boss.call("PUT", base + "tasks.delete", 200, json={"roles": ["MA"]}, headers={"If-Match": tag})
    things.boss.call("PUT", base + "tasks.delete", 412, json={"roles": ["AD"]}, headers={"If-Match": tag})


@ours
@pytest.mark.parametrize("kind", ["comment", "draft", "prediction", "webhook", "label", "workspace", "organization"])
def test_every_object_knows_its_time(things, kind):
    path, one, two = getattr(things, kind)()
    seen = things.boss.get(path)["updated_at"]
    things.boss.call("PATCH", path, 200, json={**one, "updated_at": seen}, headers={"Prefer": "optimistic"})
    things.boss.call("PATCH", path, 409, json={**two, "updated_at": seen}, headers={"Prefer": "optimistic"})
    things.boss.call("PATCH", path, 200, json={**two, "updated_at": seen})


@ours
def test_uploaded_files_have_tags():
    project = Project()
    owner().call("POST", project.path + "/import", 201, files={"f": ("a.json", b'[{"text": "x"}]')})
    path = f"/api/import/file-upload/{owner().get(project.path + '/file-uploads', all='true')[0]['id']}"
    tag = owner().send("GET", path).headers["ETag"]
    owner().call("PATCH", path, 200, files={"file": ("b.json", b"[]")}, headers={"If-Match": tag})
    owner().call("PATCH", path, 412, files={"file": ("c.json", b"[]")}, headers={"If-Match": tag})
