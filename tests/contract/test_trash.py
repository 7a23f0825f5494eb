"""The trash: what was deleted is gone for clients, can be brought back for a while, and goes for good."""

import concurrent.futures
import os
import re
import time

import pytest

from people import Browser, Person, browser_of, head_of_new_organization
from work import Project, admin, annotate, choice, eventually, ours, owner, shared_server, sql, stranger

pytestmark = ours


def sound():
    admin("verify-counters")


def trash(project, kind="tasks", **query):
    return owner().get(project.path + "/trash/", kind=kind, **query)


def restore(project, status=200, api=None, **what):
    return (api or owner()).post(project.path + "/trash/restore/", what, status)


def purge(project, status=200, api=None, **what):
    return (api or owner()).post(project.path + "/trash/purge/", what, status)


def in_trash(project):
    return [p for p in owner().get("/api/trash/") if p["id"] == project.id]


def run_job(kind):
    """The periodic job at once."""
    sql(f"INSERT INTO job (kind, key) VALUES ('{kind}', 'test-{time.monotonic_ns()}')")
    eventually(lambda: sql(f"SELECT count(*) FROM job WHERE kind = '{kind}' AND key LIKE 'test-%' AND state <> 'done'") == "0")


def removed(project):
    eventually(lambda: sql(f"SELECT count(*) FROM project WHERE id = {project.id}") == "0")


# ---- tasks ----


def test_a_task_goes_and_comes_back_with_its_work():
    project = Project()
    tasks = project.texts(3)
    annotation = annotate(owner(), tasks[0])["id"]
    draft = owner().post(f"/api/tasks/{tasks[1]}/drafts", {"result": choice("B")})["id"]
    owner().post("/api/predictions/", {"task": tasks[1], "result": choice()})
    before = project.read()
    for task in tasks[:2]:
        owner().delete(f"/api/tasks/{task}/")
    owner().get(f"/api/tasks/{tasks[0]}/", 404)
    owner().get(f"/api/annotations/{annotation}/", 404)
    owner().get(f"/api/drafts/{draft}/", 404)
    assert project.read()["task_number"] == 1 and project.read()["finished_task_number"] == 0
    seen = trash(project)
    assert (seen["tasks"], seen["annotations"], seen["next"]) == (2, 0, None)
    assert [row["id"] for row in seen["results"]] == tasks[1::-1]
    row = seen["results"][1]
    assert row["deleted_by"] == owner().id and row["annotations"] == 1 and row["deleted_at"] < row["expires_at"]
    assert restore(project, tasks=tasks[:1] + [2000000000]) == {"tasks": 1, "annotations": 0}
    assert owner().get(f"/api/tasks/{tasks[0]}/")["annotations"][0]["id"] == annotation
    assert restore(project, all=True) == {"tasks": 1, "annotations": 0}
    assert restore(project, all=True) == {"tasks": 0, "annotations": 0}
    owner().get(f"/api/drafts/{draft}/")
    figures = [k for k in before if k.endswith("_number") or k.startswith(("num_", "queue_"))]
    assert {k: project.read()[k] for k in figures} == {k: before[k] for k in figures}
    sound()


def test_the_stream_gives_a_task_that_came_back():
    project = Project()
    tasks = project.texts(3)
    owner().delete(f"/api/tasks/{tasks[0]}/")
    assert project.next()["id"] == tasks[1]
    annotate(owner(), tasks[1])
    restore(project, tasks=[tasks[0]])
    assert project.next()["id"] == tasks[0]


def test_assigned_tasks_come_back_too():
    person = Person("AN")
    project = Project(is_published=True, assignment_settings={"label_stream_task_distribution": "assigned_only"})
    tasks = project.texts(2)
    owner().post(project.path + "/tasks/assignees", {"users": [person.number], "type": "AN", "selectedItems": {"all": True, "excluded": []}}, 200)
    owner().delete(f"/api/tasks/{tasks[0]}/")
    assert project.next(person)["id"] == tasks[1]
    sql(f"DELETE FROM task_lock WHERE project_id = {project.id}")
    restore(project, tasks=[tasks[0]])
    assert project.next(person)["id"] == tasks[0]
    sound()


def test_pages():
    project = Project()
    tasks = project.texts(5)
    for task in tasks:
        owner().delete(f"/api/tasks/{task}/")
    first = trash(project, page_size=2)
    second = trash(project, page_size=2, before=first["next"])
    third = trash(project, page_size=2, before=second["next"])
    assert [r["id"] for page in (first, second, third) for r in page["results"]] == tasks[::-1]
    assert third["next"] is None and first["tasks"] == 5
    owner().get(project.path + "/trash/", 400, before="yesterday")
    owner().get(project.path + "/trash/", 400, kind="projects")


def test_for_good():
    project = Project()
    tasks = project.texts(3)
    annotate(owner(), tasks[0])
    owner().post("/api/predictions/", {"task": tasks[0], "result": choice()})
    owner().post(f"/api/tasks/{tasks[0]}/drafts", {"result": choice()})
    for task in tasks[:2]:
        owner().delete(f"/api/tasks/{task}/")
    assert purge(project, tasks=tasks[:1] + tasks[2:]) == {"tasks": 1, "annotations": 0}       # not what is not in the trash
    assert restore(project, tasks=tasks[:1]) == {"tasks": 0, "annotations": 0}
    for table in ("task WHERE id", "annotation WHERE task_id", "prediction WHERE task_id", "draft WHERE task_id", "annotation_history WHERE task_id"):
        assert sql(f"SELECT count(*) FROM {table} = {tasks[0]}") == "0", table
    assert trash(project)["tasks"] == 1
    assert purge(project, all=True) == {"tasks": 1, "annotations": 0}
    assert project.read()["task_number"] == 1
    sound()


def test_time_is_over():
    project = Project()
    tasks = project.texts(3)
    notes = [annotate(owner(), task)["id"] for task in tasks]
    owner().delete(f"/api/tasks/{tasks[0]}/")
    owner().delete(f"/api/tasks/{tasks[1]}/")
    owner().delete(f"/api/annotations/{notes[2]}/")
    sql(f"UPDATE task SET deleted_at = now() - interval '31 days' WHERE id = {tasks[0]}")
    sql(f"UPDATE annotation SET deleted_at = now() - interval '31 days' WHERE id = {notes[2]}")
    assert restore(project, tasks=tasks[:1]) == {"tasks": 0, "annotations": 0}
    assert (trash(project)["tasks"], trash(project)["annotations"]) == (1, 0)
    run_job("trash")
    eventually(lambda: sql(f"SELECT count(*) FROM task WHERE id = {tasks[0]}") == "0")
    eventually(lambda: sql(f"SELECT count(*) FROM annotation WHERE id = {notes[2]}") == "0")
    assert restore(project, tasks=[tasks[1]])["tasks"] == 1
    sound()


def test_more_than_one_step():
    project = Project()
    project.texts(2500)
    owner().delete(project.path + "/tasks/")
    assert trash(project)["tasks"] == 2500
    assert restore(project, all=True)["tasks"] == 2500
    assert project.read()["task_number"] == 2500
    owner().delete(project.path + "/tasks/")
    assert purge(project, all=True)["tasks"] == 2500
    eventually(lambda: sql(f"SELECT count(*) FROM task WHERE project_id = {project.id}") == "0")
    sound()


# ---- annotations ----


def test_an_annotation_goes_and_comes_back():
    project = Project()
    task, other = project.texts(2)
    made = owner().post(f"/api/tasks/{task}/annotations/", {"result": choice(), "ground_truth": True})
    owner().delete(f"/api/annotations/{made['id']}/")
    assert not owner().get(f"/api/tasks/{task}/")["is_labeled"]
    row, = trash(project, "annotations")["results"]
    assert (row["id"], row["task"], row["completed_by"], row["deleted_by"]) == (made["id"], task, owner().id, owner().id)
    assert restore(project, annotations=[made["id"]]) == {"tasks": 0, "annotations": 1}
    assert owner().get(f"/api/tasks/{task}/")["is_labeled"]
    assert owner().get(f"/api/annotations/{made['id']}/")["ground_truth"]
    owner().delete(f"/api/annotations/{made['id']}/")
    owner().post(f"/api/tasks/{task}/annotations/", {"result": choice("B"), "ground_truth": True})
    restore(project, all=True)
    assert not owner().get(f"/api/annotations/{made['id']}/")["ground_truth"]
    sound()


def test_an_annotation_of_a_deleted_task_waits_for_it():
    project = Project()
    task, _ = project.texts(2)
    made = annotate(owner(), task)["id"]
    owner().delete(f"/api/annotations/{made}/")
    owner().delete(f"/api/tasks/{task}/")
    assert trash(project, "annotations")["results"] == []
    assert restore(project, annotations=[made])["annotations"] == 0
    assert restore(project, all=True) == {"tasks": 1, "annotations": 1}
    owner().get(f"/api/annotations/{made}/")
    owner().delete(f"/api/annotations/{made}/")
    assert purge(project, annotations=[made])["annotations"] == 1
    assert sql(f"SELECT count(*) FROM annotation WHERE id = {made}") == "0"
    assert sql(f"SELECT count(*) FROM annotation_history WHERE annotation_id = {made}") == "1"
    sound()


# ---- projects ----


def test_a_project_goes_and_comes_back_with_its_files():
    project = Project(title="Thrown away")
    project.texts(2)
    owner().call("POST", project.path + "/import", 201, files={"file": ("a.json", b'[{"text": "from a file"}]')})
    upload, = owner().get(project.path + "/file-uploads", all="true")
    annotate(owner(), project.tasks()[0]["id"])
    before = project.read()
    owner().delete(project.path + "/")
    owner().get(project.path + "/", 404)
    row, = in_trash(project)
    assert (row["title"], row["task_number"], row["deleted_by"]) == ("Thrown away", 3, owner().id)
    assert os.path.exists(os.path.join(shared_server().dir, "files", upload["file"]))
    back = owner().post(f"/api/trash/{project.id}/restore/", None, 200)
    assert back["id"] == project.id and in_trash(project) == []
    assert {**project.read(), "updated_at": None} == {**before, "updated_at": None}
    assert len(owner().get(project.path + "/file-uploads", all="true")) == 1
    owner().post(f"/api/trash/{project.id}/restore/", None, 404)
    sound()


def test_a_project_goes_for_good():
    project = Project()
    project.texts(2)
    owner().delete(f"/api/trash/{project.id}/", 404)       # not in the trash
    owner().delete(project.path + "/")
    owner().delete(f"/api/trash/{project.id}/")
    assert in_trash(project) == []
    owner().delete(f"/api/trash/{project.id}/", 404)
    owner().post(f"/api/trash/{project.id}/restore/", None, 404)
    removed(project)


def test_a_project_goes_in_the_end():
    project = Project()
    project.texts(2)
    owner().delete(project.path + "/")
    sql(f"UPDATE project SET deleted_at = now() - interval '31 days' WHERE id = {project.id}")
    assert in_trash(project) == []
    owner().post(f"/api/trash/{project.id}/restore/", None, 404)
    run_job("trash")
    removed(project)


def test_the_page_of_many_deleted_projects():
    """The list goes on page by page, and a name has to be typed wherever in it the project stands."""
    person = head_of_new_organization("Much thrown away")
    browser = Browser(person.address)
    sql("INSERT INTO project (organization_id, created_by, title, deleted_at) "
        f"SELECT {person.organization}, {person.number}, 'Thrown ' || n, now() - make_interval(mins => n) FROM generate_series(1, 130) n")
    first = browser.get("/trash").text
    href = re.search(r'href="(\?before=[^"]*)"', first).group(1).replace("&amp;", "&")
    second = browser.get("/trash" + href).text
    shown = [re.findall(r'<th scope="row">(Thrown \d+)</th>', text) for text in (first, second)]
    assert [n for page in shown for n in page] == [f"Thrown {n}" for n in range(1, 131)] and len(shown[0]) == 100
    assert "before=" not in re.sub(r'href="/[^"]*"', "", second)
    assert "Thrown 1<" in browser.get("/trash?before=yesterday").text and "Thrown 1<" in browser.get("/trash?before=2026-01-01T00:00:00Z&id=x").text
    last = sql(f"SELECT id FROM project WHERE organization_id = {person.organization} AND title = 'Thrown 130'")
    purge_it = {"action": "purge_project", "project": last}
    assert browser.form("/trash", {**purge_it, "confirm": "Thrown 1"}).status_code == 400
    assert browser.form("/trash", purge_it).status_code == 400
    assert browser.form("/trash", {**purge_it, "confirm": "Thrown 130"}).status_code == 303


# ---- who ----


def test_what_is_wrong_is_told():
    project = Project()
    for body in ({}, {"tasks": [1], "all": True}, {"tasks": [1], "annotations": [1]}, {"all": False}, {"tasks": ["x"]}, {"tasks": 5}, {"all": "maybe"}):
        restore(project, 400, **body)
        purge(project, 400, **body)


def test_managers_only_and_their_own_organization():
    project, elsewhere = Project(is_published=True), stranger()
    task, _ = project.texts(2)
    owner().delete(f"/api/tasks/{task}/")
    for person in (Person("AN"), Person("RE"), Person("VO")):
        person.get(project.path + "/trash/", 403)
        restore(project, 403, person, all=True)
        purge(project, 403, person, all=True)
        person.get("/api/trash/", 403)
    restore(project, 404, elsewhere, all=True)
    elsewhere.get(project.path + "/trash/", 404)
    other = Project()
    others = other.texts(1)
    assert restore(other, tasks=[task])["tasks"] == 0 and others
    owner().delete(project.path + "/")
    assert elsewhere.get("/api/trash/") == []
    elsewhere.post(f"/api/trash/{project.id}/restore/", None, 404)
    elsewhere.delete(f"/api/trash/{project.id}/", 404)
    manager = Person("MA")
    manager.post(f"/api/trash/{project.id}/restore/", None, 200)


def test_projects_of_a_workspace_are_for_its_managers():
    space = owner().post("/api/workspaces/", {"title": "Trashed"})["id"]
    project, manager = Project(workspace=space), Person("MA")
    owner().delete(project.path + "/")
    manager.post(f"/api/trash/{project.id}/restore/", None, 404)
    assert all(p["id"] != project.id for p in manager.get("/api/trash/"))
    owner().post(f"/api/workspaces/{space}/memberships/", {"user": manager.number})
    manager.post(f"/api/trash/{project.id}/restore/", None, 200)


# ---- at the same time ----


def test_restoring_while_a_purge_runs():
    project = Project()
    tasks = project.texts(200)
    owner().delete(project.path + "/tasks/")
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        halves = [tasks[i::4] for i in range(4)]
        runs = [pool.submit(call, project, api=api, tasks=half) for half in halves for call, api in
                ((restore, Person("MA")), (purge, Person("MA")))]
    counts = [r.result()["tasks"] for r in runs]
    assert sum(counts) == 200
    eventually(lambda: sql(f"SELECT count(*) FROM task WHERE project_id = {project.id} AND deleted_at IS NOT NULL") == "0")
    assert project.read()["task_number"] == sum(counts[::2])
    sound()


@pytest.mark.parametrize("turn", range(4))
def test_a_project_is_either_back_or_gone(turn):
    project, manager = Project(), Person("MA")
    project.texts(3)
    owner().delete(project.path + "/")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        back = pool.submit(owner().send, "POST", f"/api/trash/{project.id}/restore/")
        gone = pool.submit(manager.send, "DELETE", f"/api/trash/{project.id}/")
    assert sorted([back.result().status_code, gone.result().status_code]) in ([200, 404], [204, 404])
    if gone.result().status_code == 204:
        removed(project)
    else:
        assert project.read()["task_number"] == 3


def test_labelling_while_annotations_come_and_go():
    project = Project(maximum_annotations=3)
    tasks = project.texts(6)
    people = [Person("AD") for _ in range(3)]

    def work(person):
        for task in tasks:
            note = annotate(person, task)["id"]
            person.delete(f"/api/annotations/{note}/")
            restore(project, api=person, annotations=[note])

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        list(pool.map(work, people))
    assert project.read()["finished_task_number"] == 6
    sound()


# ---- pages ----


def test_the_pages_restore_and_remove_without_scripts():
    browser, project = browser_of("MA"), Project(title="On the page")
    tasks = project.texts(4)
    note = annotate(owner(), tasks[3])["id"]
    page = browser.form(project_page(project, "data"), {"action": "delete_tasks", "confirmed": "1", "ids": ",".join(map(str, tasks[:2]))})
    assert page.status_code == 303
    owner().delete(f"/api/annotations/{note}/")
    text = browser.get(project_page(project, "trash")).text
    assert "2 tasks and 1 annotation" in text and "An annotation of task 4" in text and "30 days" in text
    groups = dict(re.findall(r'name="kind" value="(\w+)">\s*<input type="hidden" name="moment" value="([^"]+)"', text))
    assert browser.form(project_page(project, "trash"), {"action": "restore", "kind": "task", "moment": groups["task"]}).status_code == 303
    assert project.read()["task_number"] == 4
    assert browser.form(project_page(project, "trash"), {"action": "purge", "kind": "annotation", "moment": groups["annotation"]}).status_code == 303
    eventually(lambda: sql(f"SELECT count(*) FROM annotation WHERE id = {note}") == "0")
    assert "The trash is empty" in browser.get(project_page(project, "trash")).text
    assert browser.form(project_page(project, "trash"), {"action": "restore", "kind": "task", "moment": "x"}).status_code == 400
    assert browser.form(project_page(project, "trash"), {"action": "burn"}).status_code == 400


def test_a_large_undo_on_the_page():
    """More than a request does: the page says that it goes on, and lists it."""
    browser, project, n = browser_of("MA"), Project(), 7000
    project.texts(n)
    sql(f"UPDATE task SET deleted_at = now() WHERE project_id = {project.id}")
    moment, = set(re.findall(r'name="moment" value="([^"]+)"', browser.get(project_page(project, "trash")).text))
    answer = browser.form(project_page(project, "trash"), {"action": "restore", "kind": "task", "moment": moment})
    assert answer.status_code == 303
    assert "brought back so far: this goes on in the background." in browser.get(answer.headers["Location"]).text
    eventually(lambda: project.read()["task_number"] == n)
    eventually(lambda: "Bring back from the trash" in browser.get(project_page(project, "jobs")).text)
    sound()


def project_page(project, rest):
    return f"/projects/{project.id}/{rest}"


def test_the_page_of_deleted_projects():
    browser, project = browser_of("MA"), Project(title="Deleted on its page")
    answer = browser.form(project_page(project, "settings/danger-zone"), {"action": "delete", "confirm": "Deleted on its page"})
    assert answer.status_code == 303
    assert "restore_project" in browser.get("/projects/").text       # undo
    assert "Deleted on its page" in browser.get("/trash").text
    assert browser.form("/trash", {"action": "restore_project", "project": project.id}).headers["Location"].endswith(project_page(project, "data"))
    owner().delete(project.path + "/")
    for typed in (None, "", "Deleted on another page"):
        refused = browser.form("/trash", {"action": "purge_project", "project": project.id, "confirm": typed})
        assert refused.status_code == 400 and "Nothing was deleted" in refused.text
    assert browser.form("/trash", {"action": "purge_project", "project": project.id, "confirm": " Deleted on its page "}).status_code == 303
    assert browser.form("/trash", {"action": "restore_project", "project": project.id}).status_code == 404
    assert browser.form("/trash", {"action": "burn"}).status_code == 400
    removed(project)
