"""Several writers at the same moment on one task, annotation, draft or prediction: every answer is a sane one, nothing that was
answered with success is lost, and the figures are right afterwards. labeld only."""

import threading

import pytest

from work import Api, Project, annotate, choice, counted, ours, owner, shared_server

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


def test_one_ground_truth(project):
    number = project.ids[0]
    made = [annotate(owner(), number)["id"] for _ in range(4)]
    for _ in range(ROUNDS // 2):
        calls = [("PATCH", f"/api/annotations/{one}/", {"ground_truth": True}) for one in made]
        assert statuses(*calls, ("POST", f"/api/tasks/{number}/annotations/", {"result": [], "ground_truth": True})) == [200] * 4 + [201]
        assert sum(a["ground_truth"] for a in owner().get(f"/api/tasks/{number}/annotations/")) == 1
    counted(project)
