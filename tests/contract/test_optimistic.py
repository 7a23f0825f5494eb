"""Optimistic writing: ETag and If-Match (412), updated_at with `Prefer: optimistic` (409); without them the last writer wins."""

from work import Project, choice, ours, owner, stranger


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
