"""Who works on which task: assigning, the stream and lists of assigned tasks, when such tasks are finished; pauses of members."""

import concurrent.futures

import pytest

from people import Browser, Person
from work import Project, admin, annotate, choice, ours, owner, skip, sql, stranger

pytestmark = ours

MANUAL = {"assignment_settings": {"label_stream_task_distribution": "assigned_only"}}


@pytest.fixture(scope="module")
def people():
    return [Person("AN") for _ in range(3)]


def manual(n=6, **fields):
    project = Project(is_published=True, **fields, **MANUAL)
    return project, project.texts(n)


def assign(project, tasks, people, kind="AN", status=200, api=None, **more):
    items = {"all": False, "included": tasks} if isinstance(tasks, list) else tasks
    body = {"users": [getattr(p, "number", p) for p in people], "type": kind, "selectedItems": items, **more}
    return (api or owner()).post(project.path + "/tasks/assignees", body, status)


def assignees(project, task, kind="AN", api=None):
    rows = (api or owner()).get(f"{project.path}/tasks/{task}/assignees")
    return {r["assignee"] for r in rows if r["type"] == kind}


def labeled(task):
    return owner().get(f"/api/tasks/{task}/")["is_labeled"]


def listed(project, person):
    return [t["id"] for t in person.get("/api/tasks/", project=project.id)["tasks"]]


def counted_by_program():
    admin("verify-counters")


# ---- assigning ----


def test_new_assignments_are_counted_once(people):
    project, tasks = manual(5)
    assert assign(project, tasks, people[:2]) == {"assignments": 10}
    assert assign(project, tasks, people) == {"assignments": 5}
    assert assign(project, tasks, people) == {"assignments": 0}
    assert assign(project, tasks, people[:1], "RE") == {"assignments": 5}
    assert assignees(project, tasks[0]) == {p.number for p in people}
    rows = owner().get(f"/api/tasks/{tasks[0]}/assignees")
    assert set(rows[0]) == {"id", "task", "assignee", "type", "created_at", "state"}
    assert [r["type"] for r in rows] == ["AN", "AN", "AN", "RE"]
    counted_by_program()


def test_selection_honours_filters_and_exclusions(people):
    project, tasks = manual(6)
    filters = {"conjunction": "and", "items": [{"filter": "filter:tasks:data.text", "operator": "contains", "type": "String", "value": "text"}]}
    three = {"conjunction": "or", "items": [
        {"filter": "filter:tasks:inner_id", "operator": "less_or_equal", "type": "Number", "value": 3}]}
    assert assign(project, {"all": True, "excluded": tasks[:2]}, people[:1], filters=filters)["assignments"] == 4
    assert assign(project, {"all": True, "excluded": []}, people[1:2], filters=three)["assignments"] == 3
    assert assignees(project, tasks[0]) == {people[1].number}
    assert assignees(project, tasks[5]) == {people[0].number}


def test_what_is_wrong_is_told(people):
    project, tasks = manual(2)
    path, outsider = project.path + "/tasks/assignees", stranger()
    errors = owner().post(path, {}, 400)["validation_errors"]
    assert set(errors) == {"users", "type", "selectedItems"}
    assert "users" in assign(project, tasks, [], status=400)["validation_errors"]
    assert "type" in assign(project, tasks, people, "XX", 400)["validation_errors"]
    assert "selectedItems" in assign(project, [], people, status=400)["validation_errors"]
    told = assign(project, tasks, [people[0].number, outsider.id, 2000000000], status=400)["validation_errors"]["users"]
    assert told == [f"Users are not members of the project: {outsider.id}, 2000000000"]
    assert assign(project, tasks, [people[0].number] * 3) == {"assignments": 2}
    other, others = manual(1)
    assert assign(project, others, people) == {"assignments": 0} and not assignees(other, others[0])
    owner().get(f"{project.path}/tasks/{others[0]}/assignees", 404)
    assign(project, tasks, people, status=404, api=outsider)
    outsider.get(f"/api/tasks/{tasks[0]}/assignees", 404)


def test_people_of_a_workspace_only(people):
    project, tasks = manual(1)
    space = sql("INSERT INTO workspace (organization_id, title) VALUES (1, 'Assigned') RETURNING id")
    sql(f"UPDATE project SET workspace_id = {space} WHERE id = {project.id}")
    assign(project, tasks, people[:1], status=400)
    sql(f"INSERT INTO workspace_member (workspace_id, user_id) VALUES ({space}, {people[0].number})")
    sql(f"INSERT INTO project_member (project_id, user_id) VALUES ({project.id}, {people[1].number})")
    assert assign(project, tasks, people[:2])["assignments"] == 2


def test_who_may_assign(people):
    project, tasks = manual(2)
    reviewer, viewer, manager = Person("RE"), Person("VO"), Person("MA")
    assert assign(project, tasks, people[:1], api=reviewer)["assignments"] == 2
    assign(project, tasks, people[:1], "RE", 403, reviewer)
    assign(project, tasks, people[:1], status=403, api=people[0])
    assign(project, tasks, people[:1], status=403, api=viewer)
    assert assign(project, tasks, [reviewer], "RE", api=manager)["assignments"] == 2
    assign(project, tasks, people[1:2], api=manager)
    assert assignees(project, tasks[0], api=people[0]) == {people[0].number}      # their own only


def test_removal(people):
    project, tasks = manual(3)
    a, b, c = (p.number for p in people)
    assign(project, tasks, people)
    assign(project, tasks, people, "RE")
    path = f"{project.path}/tasks/{tasks[0]}/assignees"
    owner().delete(f"{path}?type=AN&users={a},{b}")
    assert assignees(project, tasks[0]) == {c} and assignees(project, tasks[0], "RE") == {a, b, c}
    owner().delete(path + "/")
    assert owner().get(path) == []
    body = {"selectedItems": {"all": False, "included": tasks}, "type": "AN"}
    assert owner().call("DELETE", project.path + "/tasks/assignees", 200, json=body) == {"unassignments": 6}
    assert assignees(project, tasks[1]) == set() and assignees(project, tasks[1], "RE") == {a, b, c}
    owner().call("DELETE", project.path + "/tasks/assignees", 400, json={"type": "AN"})
    owner().call("DELETE", f"{path}?users=x", 400)
    counted_by_program()


def test_one_task(people):
    project, (task,) = manual(1)
    a, b, c = (p.number for p in people)
    made = owner().post(f"/api/tasks/{task}/assignees", {"type": "AN", "users": [a, b]})
    assert (made["task"], made["assignee"], made["type"]) == (task, a, "AN")
    owner().patch(f"{project.path}/tasks/{task}/assignees", {"type": "AN", "users": [c, b]})
    assert assignees(project, task) == {b, c}
    owner().patch(f"/api/tasks/{task}/assignees", {"type": "AN", "users": [a]})
    assert assignees(project, task) == {a}
    assert owner().post(f"/api/tasks/{task}/assignees", {"users": [a]}, 400)["validation_errors"] == {"type": ["This field is required."]}


def test_sampling_deals_out_evenly(people):
    project, tasks = manual(30)
    body = {"users": [p.number for p in people], "type": "AN", "selectedItems": {"all": True, "excluded": []}, "seed": 7}
    path = project.path + "/tasks/assign-by-sampling"
    assert owner().post(path, {**body, "fraction": 0.5, "overlap": 2}, 200) == {"assignments": 30}
    sets = [assignees(project, t) for t in tasks]
    assert sorted(map(len, sets)) == [0] * 15 + [2] * 15
    assert [sum(p.number in s for s in sets) for p in people] == [10, 10, 10]
    assert owner().post(path, {**body, "fraction": 0.5, "overlap": 2}, 200) == {"assignments": 0}
    for bad in ({"fraction": 0}, {"fraction": 1.1}, {"overlap": 4}, {"overlap": 0}):
        assert owner().post(path, {**body, **bad}, 400)["validation_errors"].keys() == bad.keys()


# ---- the stream ----


def test_setting():
    project = Project()
    assert project.read()["assignment_settings"] == {"id": project.id, "project": project.id, "label_stream_task_distribution": "auto_distribution"}
    assert project.change(**MANUAL)["assignment_settings"]["label_stream_task_distribution"] == "assigned_only"
    assert project.change(title="Another")["assignment_settings"]["label_stream_task_distribution"] == "assigned_only"
    bad = owner().patch(project.path + "/", {"assignment_settings": {"label_stream_task_distribution": "by_lot"}}, 400)
    assert bad["validation_errors"] == {"assignment_settings": ['"by_lot" is not a valid choice.']}


def test_everybody_gets_what_they_were_assigned_in_order(people):
    project, tasks = manual(6, maximum_annotations=2, sampling="Uniform sampling")
    first, second, third = people
    assign(project, tasks[::-1][:4], [first])
    assign(project, tasks[:3], [second])
    for task in tasks[2:]:
        given = project.next(first)
        assert given["id"] == task and given["queue"] == "Manually assigned queue"
        annotate(first, task)
    project.next(first, 404)
    project.next(third, 404)
    project.next(owner(), 404)
    assert [project.next(second)["id"] for _ in range(2)] == [tasks[0]] * 2
    assert listed(project, first) == tasks[2:] and listed(project, second) == tasks[:3] and listed(project, third) == []
    assert project.read(first)["queue_total"] == project.read(first)["queue_done"] == 4
    seen = project.read(second)
    assert (seen["queue_total"], seen["queue_done"]) == (3, 0)


def test_what_was_rejected_and_is_assigned_no_more_stops_nobody(people):
    """An annotator does not see that task any more: the stream goes on with the next."""
    ann, project, tasks = people[0], *manual(2)
    assign(project, tasks, [ann])
    made = annotate(ann, tasks[0])["id"]
    owner().post("/api/annotation-reviews/", {"annotation": made, "accepted": False}, 201)
    assert ann.get(f"{project.path}/next/")["id"] == tasks[0]
    owner().send("DELETE", f"/api/tasks/{tasks[0]}/assignees?type=AN")
    assert ann.get(f"{project.path}/next/")["id"] == tasks[1]
    assign(project, tasks[:1], [ann])
    assert ann.get(f"{project.path}/next/")["id"] == tasks[0]


def test_others_tasks_do_not_exist(people):
    project, tasks = manual(3)
    first, second, _ = people
    assign(project, tasks[:2], [first])
    first.get(f"/api/tasks/{tasks[2]}/", 404)
    first.post(f"/api/tasks/{tasks[2]}/annotations/", {"result": choice()}, 404)
    first.post(f"/api/tasks/{tasks[2]}/drafts", {"result": choice()}, 404)
    second.get(f"/api/tasks/{tasks[0]}/", 404)
    page = first.get("/api/tasks/", project=project.id, page_size=1, page=2)
    assert page["total"] == 2 and page["tasks"][0]["id"] == tasks[1]
    query = '{"ordering": ["-tasks:id"]}'
    assert [t["id"] for t in first.get("/api/tasks/", project=project.id, query=query)["tasks"]] == tasks[1::-1]
    filters = {"conjunction": "and", "items": [{"filter": "filter:tasks:inner_id", "operator": "greater", "type": "Number", "value": 0}]}
    given = first.call("GET", project.path + "/next/", 200, json={"filters": filters, "ordering": ["-tasks:id"]})
    assert given["id"] == tasks[1]
    owner().get(f"/api/tasks/{tasks[2]}/")


def test_finished_when_all_assignees_have_answered(people):
    project, (task, other) = manual(2)
    first, second, _ = people
    assign(project, [task], [first, second])
    annotate(first, task)
    assert not labeled(task)
    annotate(second, task)
    assert labeled(task)
    assign(project, [task], [people[2]])
    assert not labeled(task)
    owner().delete(f"/api/tasks/{task}/assignees?type=AN&users={people[2].number}")
    assert labeled(task)
    owner().post(f"/api/tasks/{other}/annotations/", {"result": choice()})
    assert labeled(other)
    assign(project, [other], [first])
    assert not labeled(other) and project.next(first)["id"] == other
    counted_by_program()


@pytest.mark.parametrize("mode, comes_back", [("REQUEUE_FOR_ME", True), ("REQUEUE_FOR_OTHERS", False), ("IGNORE_SKIPPED", False)])
def test_skips(people, mode, comes_back):
    project, tasks = manual(2, skip_queue=mode)
    assign(project, tasks, people[:1])
    skip(people[0], tasks[0])
    assert labeled(tasks[0]) is not comes_back
    assert project.next(people[0])["id"] == tasks[1]
    annotate(people[0], tasks[1])
    if comes_back:
        assert project.next(people[0])["id"] == tasks[0]
        assert project.read(people[0])["queue_done"] == 1
    else:
        project.next(people[0], 404)
    counted_by_program()


def test_a_change_of_the_distribution_counts_anew(people):
    project = Project(is_published=True, maximum_annotations=2)
    tasks = project.texts(3)
    assign(project, tasks[:2], people[:1])
    annotate(people[0], tasks[0])
    assert not labeled(tasks[0])
    project.change(**MANUAL)
    assert labeled(tasks[0])
    assert project.next(people[0])["id"] == tasks[1]
    counted_by_program()
    project.change(assignment_settings={"label_stream_task_distribution": "auto_distribution"})
    assert not labeled(tasks[0])
    assert project.next(people[1])["id"] in tasks
    counted_by_program()


def test_tasks_in_the_trash_wait_for_nobody(people):
    project, tasks = manual(3)
    assign(project, tasks, people[:1])
    owner().delete(f"/api/tasks/{tasks[0]}/")
    assert project.next(people[0])["id"] == tasks[1]
    assert project.read(people[0])["queue_total"] == 2
    counted_by_program()


def test_a_deleted_annotation_brings_the_task_back(people):
    project, tasks = manual(2)
    assign(project, tasks, people[:1])
    made = annotate(people[0], tasks[0])
    assert project.next(people[0])["id"] == tasks[1]
    annotate(people[0], tasks[1])
    people[0].delete(f"/api/annotations/{made['id']}/")
    assert project.next(people[0])["id"] == tasks[0] and not labeled(tasks[0])


def test_annotators_are_also_those_who_are_assigned(people):
    project, tasks = manual(4)
    first, second, third = people
    assign(project, tasks[:2], [first])
    assign(project, tasks[2:3], [second])
    owner().post(f"/api/tasks/{tasks[3]}/annotations/", {"result": choice(), "completed_by": first.number})

    def found(operator, who, api=None, column="annotators"):
        item = {"filter": "filter:tasks:" + column, "operator": operator, "type": "List", "value": who}
        query = '{"filters": {"conjunction": "and", "items": [%s]}}' % str(item).replace("'", '"').replace("True", "true").replace("False", "false")
        return [t["id"] for t in (api or owner()).get("/api/tasks/", project=project.id, query=query)["tasks"]]

    assert found("contains", first.number) == [tasks[0], tasks[1], tasks[3]]
    assert found("contains", second.number) == tasks[2:3]
    assert found("not_contains", first.number) == tasks[2:3]
    assert found("contains", third.number) == [] and found("empty", True) == [] and found("empty", False) == tasks
    assign(project, tasks[1:3], [third], "RE")
    assert found("contains", third.number, column="reviewers") == tasks[1:3]
    assert found("not_contains", third.number, column="reviewers") == [tasks[0], tasks[3]] == found("empty", True, column="reviewers")
    ordered = owner().get("/api/tasks/", project=project.id, query='{"ordering": ["-tasks:reviewers"]}')["tasks"]
    assert {t["id"] for t in ordered} == set(tasks)
    assert found("contains", first.number, first) == tasks[:2] and found("contains", second.number, first) == []


# ---- at the same time ----


def test_sixty_four_annotators_get_their_own_only():
    people = [Person("AN") for _ in range(64)]
    project, tasks = manual(320)
    body = {"users": [p.number for p in people], "type": "AN", "selectedItems": {"all": True, "excluded": []}, "overlap": 2}
    assert owner().post(project.path + "/tasks/assign-by-sampling", body, 200)["assignments"] == 640
    own = {p.number: set() for p in people}
    for line in sql(f"SELECT user_id || ' ' || task_id FROM task_assignment WHERE project_id = {project.id}").split("\n"):
        user, task = map(int, line.split())
        own[user].add(task)

    def work(person):
        done = []
        while True:
            answer = person.send("GET", project.path + "/next/")
            if answer.status_code == 404:
                return done
            assert answer.status_code == 200, answer.text
            done.append(answer.json()["id"])
            annotate(person, done[-1])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for person, done in zip(people, pool.map(work, people)):
            assert done == sorted(own[person.number])
    assert project.read()["finished_task_number"] == 320
    counted_by_program()


def test_assigning_and_working_at_the_same_time(people):
    project, tasks = manual(40)
    managers = [Person("MA"), Person("MA")]

    def give(person, manager):
        return assign(project, {"all": True, "excluded": []}, [person], api=manager)["assignments"]

    def take(person):
        for task in tasks[::2]:
            owner().post(f"/api/tasks/{task}/annotations/", {"result": choice(), "completed_by": person.number})

    def remove(person):
        for task in tasks[1::4]:
            owner().delete(f"/api/tasks/{task}/assignees?type=AN&users={person.number}")

    with concurrent.futures.ThreadPoolExecutor(9) as pool:
        given = [[pool.submit(give, person, manager) for manager in managers] for person in people]
        rest = [pool.submit(run, person) for run in (take, remove) for person in people]
    assert all(sum(r.result() for r in each) >= 40 for each in given) and not any(r.result() for r in rest)
    for task in tasks:
        row = sql(f"SELECT is_labeled = task_finished(overlap, assignees, annotators, true) FROM task WHERE id = {task}")
        assert row == "t"
    counted_by_program()


# ---- pauses ----


def test_a_paused_member_gets_nothing_until_it_ends(people):
    project = Project(is_published=True)
    tasks = project.texts(2)
    person = people[0]
    path = f"{project.path}/members/{person.number}/pauses"
    made = owner().post(path + "/", {"reason": "MANUAL", "verbose_reason": "Please read the instructions again."})
    assert made["user"] == person.number and made["project"] == project.id and made["paused_by"]["id"] == owner().id
    assert project.next(person, 403)["detail"] == "Please read the instructions again."
    assert person.get("/api/tasks/", 403, project=project.id)["detail"] == "Please read the instructions again."
    person.get(project.path + "/tasks/", 403)
    page = Browser(person.address).get(f"/projects/{project.id}/data")
    assert page.status_code == 403 and "Please read the instructions again." in page.text
    person.post(f"/api/tasks/{tasks[0]}/annotations/", {"result": choice()}, 403)
    person.post(f"/api/tasks/{tasks[0]}/drafts", {"result": choice()})
    assert project.next(people[1])["id"] == tasks[0]
    assert [p["id"] for p in owner().get(path)] == [made["id"]]
    changed = owner().patch(f"{path}/{made['id']}/", {"verbose_reason": "Wait."})
    assert (changed["verbose_reason"], changed["reason"]) == ("Wait.", "MANUAL")
    assert project.next(person, 403)["detail"] == "Wait."
    assert owner().put(f"{path}/{made['id']}/", {"reason": "MANUAL", "verbose_reason": "Stop."})["verbose_reason"] == "Stop."
    owner().delete(f"{path}/{made['id']}/")
    assert owner().get(path) == []
    ended, = owner().get(path, include_deleted="true")
    assert ended["deleted_by"] == owner().id and ended["deleted_at"]
    project.next(person)
    annotate(person, tasks[1])


def test_who_may_pause_whom(people):
    project = Project(is_published=True)
    project.texts(3)
    person, reviewer, manager, elsewhere = people[0], Person("RE"), Person("MA"), stranger()
    path = f"{project.path}/members/{person.number}/pauses/"
    person.post(path, {"reason": "MANUAL"}, 403)
    reviewer.post(path, {"reason": "MANUAL"}, 404)
    elsewhere.post(path, {"reason": "MANUAL"}, 404)
    owner().post(f"{project.path}/members/{elsewhere.id}/pauses/", {"reason": "MANUAL"}, 404)
    owner().post(path, {}, 400)
    owner().post(path, {"reason": "BORED"}, 400)
    made = person.post(path.rstrip("/"), {"reason": "CUSTOM_SCRIPT", "verbose_reason": "Too fast"})
    project.next(person, 403)
    person.delete(f"{path}{made['id']}/", 403)
    manager.delete(f"{path}{made['id']}/")
    owner().get(f"{path}2000000000/", 404)
    project.next(person)
    owner().post(f"{project.path}/members/{manager.number}/pauses/", {"reason": "MANUAL"})
    project.next(manager)      # managers are never affected


# ---- the clients that people have ----


def test_the_legacy_client(people):
    from label_studio_sdk import Client

    made, tasks = manual(6)
    space = owner().post("/api/workspaces/", {"title": "Of the legacy client"})["id"]      # it knows no viewers, who may be elsewhere
    for person in people:
        owner().post(f"/api/workspaces/{space}/memberships/", {"user": person.number})
    made.change(workspace=space)
    project = Client(url=owner().url, api_key=owner().session.headers["Authorization"].split()[1]).get_project(made.id)
    members = [m for m in project.get_members() if m.id in {p.number for p in people}]
    assert len(members) == 3
    assert project.assign_annotators(members[:2], tasks) == {"assignments": 12}
    assert project.assign_reviewers(members[2:], tasks[:4])["assignments"] == 4
    project.delete_annotators_assignment(tasks[:3])
    assert assignees(made, tasks[0]) == set() and len(assignees(made, tasks[0], "RE")) == 1 and len(assignees(made, tasks[5])) == 2
    project.delete_reviewers_assignment(tasks)
    assert assignees(made, tasks[0], "RE") == set() and len(assignees(made, tasks[5])) == 2
    project.delete_annotators_assignment(tasks)
    results = project.assign_annotators_by_sampling([p.number for p in people], fraction=1.0, overlap=1)
    assert sum(r["assignments"] for r in results) == 6
    assert all(len(assignees(made, t)) == 1 for t in tasks)
    results = project.assign_reviewers_by_sampling([p.number for p in people], fraction=0.5, overlap=1)
    assert sum(r["assignments"] for r in results) == 3


def test_the_client_of_today(people):
    from label_studio_sdk import LabelStudio

    project, tasks = manual(3)
    first, second = people[0].number, people[1].number
    client = LabelStudio(base_url=owner().url, api_key=owner().session.headers["Authorization"].split()[1])
    made = client.projects.assignments.bulk_assign(project.id, type="AN", users=[first], selected_items={"all": False, "included": tasks})
    assert made.assignments == 3
    one = client.projects.assignments.assign(project.id, tasks[0], type="AN", users=[second])
    assert (one.task, one.type) == (tasks[0], "AN")
    assert {a.assignee for a in client.projects.assignments.list(project.id, tasks[0])} == {first, second}
    client.projects.assignments.update(project.id, tasks[0], type="AN", users=[second])
    client.projects.assignments.delete(project.id, tasks[1], type="AN", users=str(first))
    assert assignees(project, tasks[0]) == {second} and assignees(project, tasks[1]) == set()
    pause = client.projects.pauses.create(project.id, first, reason="MANUAL", verbose_reason="Call me")
    assert [p.verbose_reason for p in client.projects.pauses.list(project.id, first)] == ["Call me"]
    client.projects.pauses.update(project.id, first, pause.id, reason="MANUAL", verbose_reason="Later")
    assert client.projects.pauses.get(project.id, first, pause.id).verbose_reason == "Later"
    project.next(people[0], 403)
    client.projects.pauses.delete(project.id, first, pause.id)
    assert client.projects.pauses.list(project.id, first) == []
