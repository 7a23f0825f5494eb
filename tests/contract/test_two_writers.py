"""Two writers of one thing at the same moment: a project changed twice, two imports into one project, and what is deleted while
somebody works with it."""

import concurrent.futures
import itertools
import os
import threading
import time

from work import Api, CHOICES, Project, counted, eventually, ours, owner, sql
from server import shared_server

pytestmark = ours
ROUNDS = 8


def together(*calls):
    """Results of calls that begin at the same moment."""
    gate = threading.Barrier(len(calls))

    def one(call):
        gate.wait()
        return call()

    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [f.result() for f in [pool.submit(one, call) for call in calls]]


def callers(n):
    return [Api(shared_server().token) for _ in range(n)]


def statuses(answers):
    return sorted(a.status_code for a in answers)


def clean(answers, *allowed):
    for answer in answers:
        assert answer.status_code in allowed, f"{answer.status_code} {answer.text[:500]}"
        assert answer.headers.get("Content-Type") == "application/json" or not answer.content


# ---- a project ----


def test_of_writers_with_the_same_tag_one_wins():
    project, people = Project(), callers(6)
    for r in range(ROUNDS):
        tag = owner().send("GET", project.path + "/").headers["ETag"]
        answers = together(*[lambda p=p, i=i: p.send("PATCH", project.path + "/", json={"description": f"{r} by {i}"}, headers={"If-Match": tag})
                             for i, p in enumerate(people)])
        clean(answers, 200, 412)
        won = [a.json()["description"] for a in answers if a.status_code == 200]
        assert len(won) == 1 and project.read()["description"] == won[0]


def test_writers_without_a_tag_write_one_after_the_other():
    project, people = Project(), callers(4)
    for _ in range(ROUNDS):
        fields = [{"description": "both"}, {"expert_instruction": "both"}, {"color": "#112233"}, {"maximum_annotations": 3}]
        clean(together(*[lambda p=p, f=f: p.send("PATCH", project.path + "/", json=f) for p, f in zip(people, fields)]), 200)
        seen = project.read()
        assert all(seen[key] == value for f in fields for key, value in f.items())
        project.change(description="", expert_instruction="", color="#ffffff", maximum_annotations=1)


def test_a_configuration_changes_while_annotations_come():
    project = Project()
    tasks = project.texts(20)
    more = CHOICES.replace('<Choice value="B"/>', '<Choice value="B"/><Choice value="C"/>')
    result = [{"id": "r", "from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["A"]}}]
    for i, task in enumerate(tasks):
        one, two = callers(2)
        answers = together(lambda: one.send("PATCH", project.path + "/", json={"label_config": (more, CHOICES)[i % 2]}),
                           lambda: two.send("POST", f"/api/tasks/{task}/annotations/", json={"result": result}))
        clean(answers, 200, 201)
    counted(project)


# ---- imports ----


def test_two_imports_into_one_project():
    project, people = Project(), callers(3)      # as many as one credential may have
    texts = [[f"{who} {i}" for i in range(300 + 100 * who)] for who in range(len(people))]
    answers = together(*[lambda p=p, t=t: p.send("POST", project.path + "/import?return_task_ids=1", json=[{"text": x} for x in t])
                         for p, t in zip(people, texts)])
    clean(answers, 201)
    tasks = project.tasks()
    assert sorted(t["data"]["text"] for t in tasks) == sorted(itertools.chain(*texts))
    assert sorted(t["inner_id"] for t in tasks) == list(range(1, len(tasks) + 1))
    by_id = {t["id"]: t["data"]["text"] for t in tasks}
    for answer, mine in zip(answers, texts):
        assert [by_id[i] for i in answer.json()["task_ids"]] == mine
    counted(project)


def test_an_import_beside_single_tasks():
    project = Project()
    one, two = callers(2)
    answers = together(lambda: [one.send("POST", project.path + "/import", json=[{"text": "many"}] * 200) for _ in range(5)],
                       lambda: [two.send("POST", "/api/tasks/", json={"project": project.id, "data": {"text": "single"}}) for _ in range(40)])
    clean(itertools.chain(*answers), 201)
    tasks = project.tasks()
    assert sorted(t["inner_id"] for t in tasks) == list(range(1, 1041))
    counted(project)


def files_of(project):
    folder = os.path.join(shared_server().dir, "files", "upload", str(project.id))
    return set(os.listdir(folder)) if os.path.isdir(folder) else set()


def test_a_project_deleted_while_tasks_are_imported():
    for r in range(0, ROUNDS, 2):
        project = Project()
        one, two, three = callers(3)
        answers = together(lambda: one.send("POST", project.path + "/import", json=[{"text": "x" * 100}] * 3000),
                           lambda: two.send("POST", project.path + "/import", files={"f": ("a.csv", "text\n" + "abc\n" * 3000)}),
                           lambda: time.sleep(0.01 * r) or three.send("DELETE", project.path + "/"))
        clean(answers[:2], 201, 404)
        clean(answers[2:], 204)
        owner().get(project.path + "/", 404)
        owner().delete(f"/api/trash/{project.id}/")
        left = "SELECT (SELECT count(*) FROM project WHERE id = %d) + (SELECT count(*) FROM task WHERE project_id = %d)" % (project.id, project.id)
        eventually(lambda: sql(left) == "0" and not files_of(project))


def kept(project):
    owner().call("POST", project.path + "/import", 201, files={"f": ("a.csv", "text\n" + "abc\n" * 2000)})
    return owner().get(project.path + "/file-uploads", all="true")[0]["id"]


def test_a_file_deleted_while_it_is_imported():
    for r in range(ROUNDS):
        project = Project()
        file = kept(project)
        one, two = callers(2)
        answers = together(lambda: one.send("POST", project.path + "/reimport", json={"file_upload_ids": [file]}),
                           lambda: time.sleep(0.005 * r) or two.send("DELETE", f"/api/import/file-upload/{file}"))
        clean(answers[:1], 200, 201)
        clean(answers[1:], 204)
        eventually(lambda: not files_of(project))
        assert project.read()["task_number"] == 2000
        counted(project)


def test_a_file_replaced_while_it_is_imported():
    for r in range(ROUNDS):
        project = Project()
        file = kept(project)
        one, two = callers(2)
        answers = together(lambda: one.send("POST", project.path + "/reimport", json={"file_upload_ids": [file]}),
                           lambda: time.sleep(0.005 * r) or two.send("PUT", f"/api/import/file-upload/{file}", files={"file": ("b.csv", "text\nnew\n")}))
        clean(answers, 200, 201)
        assert project.read()["task_number"] in (1, 2000)
        name, = files_of(project)
        assert name.endswith("b.csv")
        counted(project)


def test_two_deletions_of_one_file():
    project = Project()
    file = kept(project)
    answers = together(*[lambda p=p: p.send("DELETE", f"/api/import/file-upload/{file}") for p in callers(3)])
    clean(answers, 204, 404)
    eventually(lambda: not files_of(project))


def test_two_deletions_of_one_project():
    project = Project()
    project.texts(10)
    answers = together(*[lambda p=p: p.send("DELETE", project.path + "/") for p in callers(4)])
    assert statuses(answers) == [204, 404, 404, 404]
