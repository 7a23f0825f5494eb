"""The labels manager, product tours and pictures of users."""

import struct
import uuid
import zlib

import pytest

from people import Person
from work import Project, annotate, anonymous, counted, ours, owner, stranger

LABELS, LINKS = "/api/labels/", "/api/label_links/"


def title():
    return "L " + uuid.uuid4().hex


def add(project, *titles, **fields):
    return owner().post(LABELS, [{"title": t, "value": ["x", "y"], "project": project.id, "from_name": "tax", **fields} for t in titles])


@pytest.fixture(scope="module")
def project():
    return Project(is_published=True)


def link_of(project):
    return owner().get(LINKS, project=project.id)["results"]


# ---- labels ----


def test_labels_are_added_as_a_list(project):
    one, two = title(), title()
    made, = add(project, one)
    assert {k: made[k] for k in ("project", "from_name", "value", "title", "description", "approved", "approved_by", "projects", "created_by")} == {
        "project": project.id, "from_name": "tax", "value": ["x", "y"], "title": one, "description": None, "approved": False, "approved_by": None,
        "projects": [project.id], "created_by": owner().id}
    again, other = add(project, one, two, value="z", description="d")
    assert again["id"] == made["id"] and again["value"] == ["x", "y"] and other["value"] == "z" and other["description"] == "d"
    assert owner().post(LABELS, {"title": one}, 400)["validation_errors"] == {"non_field_errors": ['Expected a list of items but got type "dict".']}
    missing = owner().post(LABELS, [{"title": one}], 400)["validation_errors"]
    assert missing == {"non_field_errors": [{"project": ["This field is required."], "from_name": ["This field is required."],
                                            "value": ["This field is required."]}]}


@ours
def test_lists_that_the_reference_does_not_mind(project):
    item = {"title": title(), "value": 1, "project": project.id, "from_name": "tax"}
    for wrong in ([], [1], [item, {**item, "project": Project().id}], [{**item, "project": 2147483647}], [{**item, "title": 7}]):
        owner().post(LABELS, wrong, 400)
    stranger().post(LABELS, [item], 400)
    Person("AN").post(LABELS, [item])     # annotators may add what they miss, in projects that they see


def test_a_label(project):
    label = add(project, title())[0]["id"]
    path = f"{LABELS}{label}/"
    link, = owner().get(path)["links"]
    assert owner().get(path, expand="links")["links"] == [{"id": link, "from_name": "tax", "project": project.id, "label": label}]
    name = title()
    changed = owner().patch(path, {"title": name, "approved": True, "value": ["q"]})
    assert (changed["title"], changed["approved"], changed["value"]) == (name, True, ["q"])
    assert owner().get(LABELS)["count"] >= 1
    owner().put(path, {"title": name}, 400)
    assert owner().put(path, {"title": name, "value": ["r"]})["value"] == ["r"]
    owner().delete(path)
    owner().get(path, 404)
    assert link not in [k["id"] for k in link_of(project)]


@ours
def test_titles_are_one_of_a_kind(project):
    one, two = (l["id"] for l in add(project, title(), title()))
    taken = owner().get(f"{LABELS}{one}/")["title"]
    owner().patch(f"{LABELS}{two}/", {"title": taken}, 400)
    assert owner().patch(f"{LABELS}{two}/", {"approved": True})["approved_by"] == owner().id
    assert owner().patch(f"{LABELS}{two}/", {"approved": False})["approved_by"] is None


def test_links(project):
    label, other = add(project, title())[0]["id"], Project()
    made = owner().post(LINKS, {"label": label, "project": other.id, "from_name": "here"})
    assert made == {"id": made["id"], "annotations_count": 0, "from_name": "here", "project": other.id, "label": label}
    twice = owner().post(LINKS, {"label": label, "project": other.id, "from_name": "there"}, 400)
    assert twice["validation_errors"] == {"non_field_errors": ["The fields project, label must make a unique set."]}
    assert set(owner().post(LINKS, {}, 400)["validation_errors"]) == {"from_name", "project", "label"}
    path = f"{LINKS}{made['id']}/"
    assert owner().patch(path, {"from_name": "new"})["from_name"] == "new"
    assert owner().put(path, {"label": label, "project": other.id, "from_name": "newer"})["from_name"] == "newer"
    shown, alone = owner().get(path, expand="label")["label"], owner().get(f"/api/labels/{label}/")
    assert shown == {key: alone[key] for key in shown} and shown["id"] == label
    assert link_of(other) == [owner().get(path)]
    assert owner().get(LINKS, project=other.id, label__created_at__gte="2099-01-01T00:00:00Z")["count"] == 0
    owner().get(LINKS, 400, project=2147483647)
    assert set(owner().get(f"{LABELS}{label}/")["projects"]) == {project.id, other.id}
    owner().delete(path)
    owner().get(path, 404)


@ours
def test_labels_of_hidden_projects():
    hidden = Project(workspace=owner().post("/api/workspaces/", {"title": "W"})["id"])
    label = add(hidden, title())[0]["id"]
    seen = Person("MA").get(f"{LABELS}{label}/")
    assert seen["links"] == [] == seen["projects"]
    stranger().get(f"{LABELS}{label}/", 404)
    Person("MA").get(f"{LINKS}{link_of(hidden)[0]['id']}/", 404)
    owner().post(LINKS, {"label": label, "project": 2147483647, "from_name": "x"}, 400)
    owner().post(LINKS, {"label": 2147483647, "project": hidden.id, "from_name": "x"}, 400)


def test_a_label_in_the_place_of_another():
    project = Project()
    tasks = project.texts(3)
    notes = [annotate(owner(), task, value)["id"] for task, value in zip(tasks, "ABA")]
    body = {"old_label": ["A"], "new_label": ["B"], "project": project.id}
    assert owner().post("/api/labels/bulk", body, 200) == {"annotations_updated": 2}
    assert owner().post("/api/labels/bulk", body, 200) == {"annotations_updated": 0}
    results = [owner().get(f"/api/annotations/{n}/")["result"] for n in notes]
    assert [r[0]["value"] for r in results] == [{"choices": ["B"]}] * 3 and results[0][0]["id"] == "r1"
    assert set(owner().post("/api/labels/bulk", {}, 400)["validation_errors"]) == {"old_label", "new_label"}
    owner().post("/api/labels/bulk", {**body, "project": 2147483647}, 400)


@ours
def test_it_leaves_history_and_figures():
    project = Project()
    task, = project.texts(1)
    note = annotate(owner(), task, "A")["id"]
    owner().post("/api/labels/bulk", {"old_label": ["A"], "new_label": ["B"], "project": project.id}, 200)
    assert [(h["action"], h["result"][0]["value"]["choices"]) for h in owner().get("/api/annotation-history/", annotation=note)] == \
        [("submitted", ["A"]), ("updated", ["B"])]
    assert owner().get(project.path + "/summary/")["created_labels"] == {"label": {"B": 1}}
    counted(project)


# ---- tours ----


def test_tours():
    path = "/api/current-user/product-tour"
    first = owner().get(path, name="show_ask_ai")
    assert set(first) == {"id", "steps", "awaiting", "name", "state", "interaction_data", "created_at", "updated_at", "user"}
    changed = owner().call("PATCH", path + "?name=show_ask_ai", 200, json={"state": "completed", "interaction_data": {"a": 1}})
    assert (changed["state"], changed["interaction_data"], changed["id"]) == ("completed", {"a": 1}, first["id"])
    assert owner().get(path, name="show_ask_ai") == changed
    whole = owner().call("PUT", path + "?name=show_ask_ai", 200, json={"state": "skipped", "interaction_data": {}})
    assert (whole["state"], whole["id"]) == ("skipped", first["id"])
    assert owner().get(path, 400)["validation_errors"] == {"non_field_errors": ["Name is required"]}
    assert owner().get(path, 400, name="x")["validation_errors"]["name"][0].startswith("Product tour x not found.")
    owner().call("PATCH", path + "?name=show_ask_ai", 400, json={"state": "lost"})


# ---- pictures ----


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress((b"\0" + b"\xff\0\0" * width) * height)) + chunk(b"IEND", b"")


def send(api, user, *files):
    return api.send("POST", f"/api/users/{user}/avatar/", files=[("avatar", ("me.png", f)) for f in files])


@ours
def test_a_picture():
    person = Person("AN")
    answer = send(person, person.number, png(8, 8))
    assert (answer.status_code, answer.json()) == (200, {"detail": "avatar saved"})
    path = person.get("/api/current-user/whoami")["avatar"]
    assert path.startswith("/data/avatars/")
    shown = anonymous().send("GET", path)
    assert shown.content == png(8, 8) and shown.headers["Content-Type"] == "image/png" and shown.headers["Last-Modified"]
    person.delete(f"/api/users/{person.number}/avatar/")
    assert person.get("/api/current-user/whoami")["avatar"] is None
    assert anonymous().send("GET", path).status_code == 404


@ours
def test_pictures_that_are_none():
    person = Person("AN")
    gif, jpeg = b"GIF89a\x08\0\x08\0\0\0\0;", b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08\0\x10\0\x20\x01\x01\x11\0\xff\xd9"
    for good in (gif, jpeg):
        assert send(person, person.number, good).status_code == 200
    for bad in (b"", b"<svg/>", png(1300, 4), png(8, 8) + b"\0" * (1 << 20), b"\xff\xd8\xff\xc0\0\x02", b"GIF89a\0\0\0\0"):
        assert send(person, person.number, bad).status_code == 400, bad[:10]
    assert person.send("POST", f"/api/users/{person.number}/avatar/", data={"x": "1"}).status_code == 400
    assert send(person, owner().id, png(8, 8)).status_code == 404
    assert send(Person("MA"), person.number, png(8, 8)).status_code == 403
    assert send(owner(), person.number, png(8, 8)).status_code == 200
    assert owner().get(f"/api/users/{person.number}/")["avatar"]
    assert send(stranger(), person.number, png(8, 8)).status_code == 404
