"""Several writers at the same moment on one task, annotation, draft or prediction: every answer is a sane one, nothing that was
answered with success is lost, and the figures are right afterwards. labeld only."""

import threading
import uuid

import pytest

from model_double import ModelDouble
from people import Person
from work import Api, Project, annotate, choice, counted, eventually, ours, owner, shared_server, sql

pytestmark = ours
ROUNDS = 12


def at_once(*calls):
    """Each call is (method, path, body[, headers]); the answers, in the same order."""
    answers, barrier = [None] * len(calls), threading.Barrier(len(calls))

    def one(i, method, path, body=None, headers=None):
        api = Api(shared_server().token)
        api.send("GET", "/health")      # connected before the start
        barrier.wait()
        answers[i] = api.send(method, path, json=body, headers=headers or {})

    threads = [threading.Thread(target=one, args=(i, *call)) for i, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in answers:
        assert answer.status_code < 500, answer.text
    return answers


def statuses(*calls):
    return [answer.status_code for answer in at_once(*calls)]


@pytest.fixture
def project():
    made = Project(maximum_annotations=2)
    made.ids = made.texts(ROUNDS + 1)
    return made


def draft(number):
    return owner().post(f"/api/tasks/{number}/drafts", {"result": choice(), "lead_time": 1})["id"]


def prediction(number):
    return owner().post("/api/predictions/", {"task": number, "result": choice(), "score": 0.5})["id"]


# ---- changes of different fields ----


@pytest.mark.parametrize("kind, fields", [
    ("annotations", {"lead_time": 9.0, "result": choice("B"), "import_id": 7, "was_cancelled": True}),
    ("drafts", {"lead_time": 9.0, "result": choice("B"), "import_id": 7, "was_postponed": True}),
    ("predictions", {"score": 9.0, "result": choice("B"), "cluster": 7, "model_version": "v"}),
    ("tasks", {"data": {"text": "new"}, "meta": {"k": 1}, "overlap": 3}),
])
def test_every_change_is_kept(project, kind, fields):
    makers = {"annotations": lambda n: annotate(owner(), n)["id"], "drafts": draft, "predictions": prediction, "tasks": lambda n: n}
    for number in project.ids[:ROUNDS]:
        path = f"/api/{kind}/{makers[kind](number)}/"
        assert statuses(*(("PATCH", path, {name: value}) for name, value in fields.items())) == [200] * len(fields)
        shown = owner().get(path)
        assert {name: shown[name] for name in fields} == fields
    counted(project)


def test_every_version_is_in_the_history(project):
    made = annotate(owner(), project.ids[0])["id"]
    sent = [[{"id": str(i)}] for i in range(8)]
    assert statuses(*(("PATCH", f"/api/annotations/{made}/", {"result": result}) for result in sent)) == [200] * 8
    rows = owner().get("/api/annotation-history/", annotation=made)
    assert [r["action"] for r in rows] == ["submitted"] + ["updated"] * 8
    assert sorted(r["result"][0]["id"] for r in rows[1:]) == [r[0]["id"] for r in sent]
    assert rows[0]["result"] == choice()
    assert rows[-1]["result"] == owner().get(f"/api/annotations/{made}/")["result"]


# ---- removals ----


@pytest.mark.parametrize("kind", ["annotations", "drafts", "predictions", "tasks"])
def test_change_and_removal(project, kind):
    makers = {"annotations": lambda n: annotate(owner(), n)["id"], "drafts": draft, "predictions": prediction, "tasks": lambda n: n}
    fields = {"drafts": {"lead_time": 3}, "tasks": {"meta": {"k": 1}}}.get(kind, {"result": []})
    for number in project.ids[:ROUNDS]:
        path = f"/api/{kind}/{makers[kind](number)}/"
        changed, removed, again = statuses(("PATCH", path, fields), ("DELETE", path), ("DELETE", path))
        assert changed in (200, 404) and sorted((removed, again)) == [204, 404]
        owner().get(path, 404)
    counted(project)


def test_work_for_a_task_that_goes(project):
    for number in project.ids[:ROUNDS]:
        given = statuses(("DELETE", f"/api/tasks/{number}/"), ("POST", f"/api/tasks/{number}/annotations/", {"result": []}),
                         ("POST", f"/api/tasks/{number}/drafts", {"result": []}), ("POST", "/api/predictions/", {"task": number, "result": []}))
        assert given[0] == 204 and set(given[1:]) <= {201, 404}
        owner().get(f"/api/tasks/{number}/", 404)
    counted(project)


def test_an_annotation_becomes_one_draft(project):
    for number in project.ids[:ROUNDS]:
        path = f"/api/annotations/{annotate(owner(), number)['id']}/convert-to-draft"
        assert sorted(statuses(("POST", path), ("POST", path), ("POST", path))) == [201, 404, 404]
        assert len(owner().get(f"/api/tasks/{number}/drafts")) == 1
    counted(project)


def test_a_draft_is_consumed_while_it_is_saved(project):
    for number in project.ids[:ROUNDS]:
        made = draft(number)
        saved, submitted = statuses(("PATCH", f"/api/drafts/{made}/", {"result": choice("B")}),
                                    ("POST", f"/api/tasks/{number}/annotations/", {"result": choice("B"), "draft_id": made}))
        assert saved in (200, 404) and submitted == 201
        assert owner().get(f"/api/tasks/{number}/drafts") == []
    counted(project)


def made(path, body, at=None):
    answer = owner().post(path, body)
    return f"{at or path}{(answer[0] if isinstance(answer, list) else answer)['id']}"


def uploaded(project):
    answer = owner().call("POST", project.path + "/import", 201, files={"f": ("a.json", b'[{"text": "x"}]')})
    return answer["file_upload_ids"][0]


def connected(project):
    return sql(f"INSERT INTO ml_backend (project_id, url) VALUES ({project.id}, 'http://127.0.0.1:1') RETURNING id")


REMOVABLE = {
    "projects": lambda p: f"/api/projects/{Project().id}/",
    "views": lambda p: made("/api/dm/views/", {"project": p.id}),
    "webhooks": lambda p: made("/api/webhooks/", {"project": p.id, "url": "https://hooks.example.com/", "is_active": False}),
    "labels": lambda p: made("/api/labels/", [{"title": uuid.uuid4().hex, "value": "v", "project": p.id, "from_name": "label"}]),
    "workspaces": lambda p: made("/api/workspaces/", {"title": uuid.uuid4().hex}),
    "templates": lambda p: made("/api/project-templates/", {"name": "T", "project_id": p.id}),
    "storages": lambda p: made("/api/storages/s3/", {"project": p.id}),
    "targets": lambda p: made("/api/storages/export/s3", {"project": p.id}, "/api/storages/export/s3/"),
    "tags": lambda p: made("/api/organizations/1/member-tags", {"label": uuid.uuid4().hex}, "/api/organizations/1/member-tags/"),
    "snapshots": lambda p: made(p.path + "/exports/", {}),
    "members": lambda p: f"/api/organizations/1/memberships/{Person('AN').number}/",
    "files": lambda p: f"/api/import/file-upload/{uploaded(p)}",
    "models": lambda p: f"/api/ml/{connected(p)}",
    "roles": lambda p: made("/api/projects/roles/", {"project": p.id, "user": Person("AN").number, "role": "RE"}),
}


@pytest.mark.parametrize("kind", REMOVABLE)
def test_one_of_two_removals_counts(project, kind):
    for _ in range(2):
        path = REMOVABLE[kind](project)
        assert sorted(statuses(("DELETE", path), ("DELETE", path))) == [204, 404]


# ---- submissions and roles ----


def test_one_of_equal_submissions_counts(project):
    for number in project.ids[:4]:
        body = {"result": choice(), "unique_id": str(uuid.uuid4())}
        assert sorted(statuses(*[("POST", f"/api/tasks/{number}/annotations/", body)] * 5)) == [201] + [409] * 4
        assert len(owner().get(f"/api/tasks/{number}/annotations/")) == 1
    counted(project)


def give(person, role):
    return owner().send("PATCH", "/api/organizations/1/memberships", json={"user_id": person.number, "role": role}).status_code


def submit_all_the_time(person, task, over, accepted, later):
    """One annotator: answers to what was asked before and after the role was gone."""
    api = Api(person.session.headers["Authorization"].split()[1])
    while True:
        known_to_be_over = over.is_set()
        status = api.send("POST", f"/api/tasks/{task}/annotations/", json={"result": choice()}).status_code
        (later if known_to_be_over else accepted).append(status)
        if known_to_be_over and len(later) > 20:
            return


@pytest.mark.parametrize("role, refusal", [("DI", 401), ("NO", 404), ("VO", 403)])
def test_a_role_is_taken_away_while_its_bearer_submits(role, refusal):
    project, person = Project(is_published=True, maximum_annotations=1000), Person("AN")
    task, over, before, later = project.texts(1)[0], threading.Event(), [], []
    threads = [threading.Thread(target=submit_all_the_time, args=(person, task, over, before, later), daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        eventually(lambda: before.count(201) >= 10 or set(before) - {201})
        assert set(before) == {201}
        assert give(person, role) == 200
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert set(later) == {refusal}, "nothing that was begun afterwards is taken"
    assert set(before) <= {201, refusal}
    assert len(owner().get(f"/api/tasks/{task}/annotations/")) == before.count(201)
    counted(project)


def test_one_of_two_transitions_is_one():
    project = Project()
    for task in project.texts(ROUNDS):
        path = f"/api/fsm/entities/annotation/{annotate(owner(), task)['id']}/transition/"
        assert sorted(statuses(*[("POST", path, {"transition_name": "skipped"})] * 3)) == [200, 400, 400]
    counted(project)


def test_a_comment_is_deleted_once():
    project = Project()
    for task in project.texts(ROUNDS):
        made = owner().post("/api/comments/", {"annotation": annotate(owner(), task)["id"], "text": "a"})["id"]
        assert sorted(statuses(*[("DELETE", f"/api/comments/{made}/")] * 3)) == [204, 404, 404]


def test_roles_that_change_at_once():
    for _ in range(4):
        person, roles = Person("AN"), ["AN", "RE", "MA", "AD", "VO"]
        changes = [("PATCH", "/api/organizations/1/memberships", {"user_id": person.number, "role": role}) for role in roles]
        assert statuses(*changes) == [200] * 5
        path = f"/api/organizations/1/memberships/{person.number}/"
        *changed, removed = statuses(*changes[:3], ("DELETE", path))
        assert removed == 204 and set(changed) <= {200, 404}


# ---- moves ----


def test_annotations_that_change_places(project):
    here, there = project.ids[:2]
    first, second = (annotate(owner(), number)["id"] for number in (here, there))
    for a, b in [(there, here), (here, there)] * (ROUNDS // 2):
        calls = [("PATCH", f"/api/annotations/{first}/", {"task": a}), ("PATCH", f"/api/annotations/{second}/", {"task": b}),
                 ("POST", f"/api/tasks/{here}/annotations/", {"result": choice("B")}), ("PATCH", f"/api/annotations/{first}/", {"lead_time": 4})]
        assert statuses(*calls) == [200, 200, 201, 200]
        assert [owner().get(f"/api/annotations/{one}/")["task"] for one in (first, second)] == [a, b]
    counted(project)


@pytest.mark.parametrize("kind", ["annotations", "predictions"])
def test_several_moves_of_one(project, kind):
    made = annotate(owner(), project.ids[0])["id"] if kind == "annotations" else prediction(project.ids[0])
    path = f"/api/{kind}/{made}/"
    for _ in range(4):
        assert statuses(*(("PATCH", path, {"task": number}) for number in project.ids[:5])) == [200] * 5
    figure = "total_annotations" if kind == "annotations" else "total_predictions"
    assert sum(t[figure] for t in project.tasks()) == 1
    assert next(t["id"] for t in project.tasks() if t[figure]) == owner().get(path)["task"]
    counted(project)


# ---- one wins ----


def tag_of(path):
    return {"If-Match": owner().send("GET", path).headers["ETag"]}


@pytest.mark.parametrize("kind", ["annotations", "tasks"])
def test_one_of_those_who_saw_the_same_wins(project, kind):
    for number in project.ids[:ROUNDS]:
        path = f"/api/annotations/{annotate(owner(), number)['id']}/" if kind == "annotations" else f"/api/tasks/{number}/"
        name, headers = ("lead_time" if kind == "annotations" else "meta"), tag_of(path)
        answers = at_once(*(("PATCH", path, {name: i}, headers) for i in range(5)))
        assert sorted(a.status_code for a in answers) == [200] + [412] * 4
        winner = next(i for i, a in enumerate(answers) if a.status_code == 200)
        assert owner().get(path)[name] == winner
        headers = tag_of(path)
        assert sorted(statuses(("PATCH", path, {name: 7}, headers), ("DELETE", path, None, headers))) in ([200, 412], [204, 404], [204, 412])
    counted(project)


@pytest.mark.parametrize("kind", ["views", "webhooks", "workspaces", "templates", "storages", "tags", "drafts", "predictions"])
def test_one_wins_with_every_object(project, kind):
    bodies = {"views": lambda i: {"data": {"title": str(i)}}, "webhooks": lambda i: {"url": f"https://hooks.example.com/{i}"},
              "tags": lambda i: {"label": uuid.uuid4().hex}, "templates": lambda i: {"description": str(i)}, "drafts": lambda i: {"lead_time": i},
              "predictions": lambda i: {"score": i}}
    body = bodies.get(kind, lambda i: {"title": str(i)})
    for number in project.ids[:3]:
        makers = {"drafts": lambda: f"/api/drafts/{draft(number)}/", "predictions": lambda: f"/api/predictions/{prediction(number)}/"}
        path = makers[kind]() if kind in makers else REMOVABLE[kind](project)
        headers = tag_of(path)
        assert sorted(statuses(*(("PATCH", path, body(i), headers) for i in range(4)))) == [200] + [412] * 3


def test_one_wins_with_a_model_that_is_asked_meanwhile(project):
    double = ModelDouble()
    path = made("/api/ml/", {"project": project.id, "url": double.url}).rstrip("/")
    headers = tag_of(path)
    # Two: of four workers that ask other servers, one caller gets three, and one may still be at the end of the call before.
    assert sorted(statuses(*(("PATCH", path, {"title": str(i)}, headers) for i in range(2)))) == [200, 412]
    double.close()


def test_one_ground_truth(project):
    number = project.ids[0]
    made = [annotate(owner(), number)["id"] for _ in range(4)]
    for _ in range(ROUNDS // 2):
        calls = [("PATCH", f"/api/annotations/{one}/", {"ground_truth": True}) for one in made]
        assert statuses(*calls, ("POST", f"/api/tasks/{number}/annotations/", {"result": [], "ground_truth": True})) == [200] * 4 + [201]
        assert sum(a["ground_truth"] for a in owner().get(f"/api/tasks/{number}/annotations/")) == 1
    counted(project)
