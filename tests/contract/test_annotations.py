"""Annotations and drafts: every field, every side effect, and what stays untouched."""

import threading
import uuid

import pytest

from work import Project, admin, annotate, choice, counted, ours, owner, person, skip, sql, stranger

SHOWN = {"id", "result", "created_username", "created_ago", "completed_by", "was_cancelled", "ground_truth", "created_at", "updated_at",
         "draft_created_at", "lead_time", "import_id", "last_action", "bulk_created", "task", "project", "updated_by", "parent_prediction",
         "parent_annotation", "last_created_by"}
DRAFT = {"id", "user", "created_username", "created_ago", "result", "lead_time", "was_postponed", "import_id", "created_at", "updated_at", "task",
         "annotation"}
ABSENT = 2000000000


@pytest.fixture
def project():
    made = Project()
    made.ids = made.texts(2)
    made.task = made.ids[0]
    return made


def task(number):
    return owner().get(f"/api/tasks/{number}/")


def send(number, status=201, api=None, **fields):
    return (api or owner()).post(f"/api/tasks/{number}/annotations/", fields, status)


# ---- create ----


def test_create(project):
    made = send(project.task, result=choice(), lead_time=12, import_id=2**40, last_action="submitted")
    assert set(made) == SHOWN
    assert made["result"] == choice() and made["lead_time"] == 12.0 and isinstance(made["lead_time"], float)
    assert made["completed_by"] == made["updated_by"] == owner().id
    assert made["import_id"] == 2**40 and made["last_action"] == "submitted"
    assert (made["was_cancelled"], made["ground_truth"], made["bulk_created"]) == (False, False, False)
    assert made["task"] == project.task and made["project"] == project.id
    assert made["created_ago"] == "0\u00a0minutes"
    assert made["created_username"].endswith(f"{owner().email}, {owner().id}")
    assert made["parent_prediction"] is made["parent_annotation"] is made["last_created_by"] is made["draft_created_at"] is None
    assert owner().get(f"/api/annotations/{made['id']}/")["result"] == choice()
    shown = task(project.task)
    assert shown["is_labeled"] is True and shown["total_annotations"] == 1 and shown["updated_by"] == [{"user_id": owner().id}]
    assert shown["updated_at"] > shown["created_at"]
    counted(project)


@pytest.mark.parametrize("fields, shown, finished", [
    ({"result": []}, [], True),
    ({}, None, False),
    ({"result": '[{"id": "x"}]'}, [{"id": "x"}], True),
])
def test_results_that_are_taken(project, fields, shown, finished):
    made = send(project.task, **fields)
    assert made["result"] == shown and task(project.task)["is_labeled"] is finished
    counted(project)


def clean(*values):
    """What the reference answers with 500."""
    return [pytest.param(v, marks=ours) for v in values]


@pytest.mark.parametrize("result", [None, {}, {"a": 1}, "{}", 7, True, *clean("text", "[1", [1], ["a"], [[]], [None])])
def test_results_that_are_refused(project, result):
    answer = send(project.task, 400, result=result)
    assert list(answer["validation_errors"]) == ["result"]
    assert task(project.task)["total_annotations"] == 0


def test_the_wording_for_a_result_that_is_no_list(project):
    answer = send(project.task, 400, result={})
    assert answer["validation_errors"]["result"] == ['annotation "result" field in annotation must be list']


@pytest.mark.parametrize("fields", [{"completed_by": ABSENT}, {"parent_prediction": ABSENT}, {"parent_annotation": ABSENT},
                                    {"last_action": "invented"}, {"lead_time": "long"}, {"was_cancelled": None}, {"draft_created_at": "today"},
                                    {"completed_by": "x"}, {"last_created_by": "x"}, {"import_id": 2**63}])
def test_fields_that_are_refused(project, fields):
    answer = send(project.task, 400, result=choice(), **fields)
    assert list(answer["validation_errors"]) == list(fields)
    counted(project)


@ours
@pytest.mark.parametrize("fields", [{"unique_id": "no uuid"}, {"last_created_by": ABSENT}])
def test_fields_that_are_refused_cleanly(project, fields):
    assert list(send(project.task, 400, result=choice(), **fields)["validation_errors"]) == list(fields)
    counted(project)


def test_an_absent_task():
    assert send(ABSENT, 404, result=[])["detail"] == "No Task matches the given query."


def test_parents(project):
    prediction = owner().post("/api/predictions/", {"task": project.task, "result": choice()})["id"]
    first = send(project.task, result=choice(), parent_prediction=prediction)
    assert first["parent_prediction"] == prediction
    second = send(project.task, result=choice(), parent_annotation=first["id"])
    assert second["parent_annotation"] == first["id"]
    owner().delete(f"/api/predictions/{prediction}/")
    assert owner().get(f"/api/annotations/{first['id']}/")["parent_prediction"] is None
    owner().delete(f"/api/annotations/{first['id']}/")
    assert owner().get(f"/api/annotations/{second['id']}/")["parent_annotation"] is None
    counted(project)


def test_in_the_name_of_somebody_else(project):
    made = send(project.task, result=choice(), completed_by=person("ann").id)
    assert made["completed_by"] == person("ann").id and made["updated_by"] == owner().id
    counted(project, owner(), person("ann"))


def test_many_annotations_of_one_person_count_once(project):
    project.change(maximum_annotations=2)
    for _ in range(3):
        annotate(owner(), project.task)
    assert (task(project.task)["total_annotations"], task(project.task)["is_labeled"]) == (3, False)
    annotate(person("ann"), project.task)
    assert (task(project.task)["total_annotations"], task(project.task)["is_labeled"]) == (4, True)
    counted(project, owner(), person("ann"))


def test_the_same_unique_id_twice_is_409(project):
    key = str(uuid.uuid4())
    made = send(project.task, result=choice(), unique_id=key)
    assert "unique_id" not in made
    again = send(project.task, 409, result=choice("B"), unique_id=key)
    assert again["detail"] == "Annotation with this unique id already exists"
    send(project.ids[1], 409, result=choice("B"), unique_id=key.upper())
    assert task(project.task)["total_annotations"] == 1
    assert project.export()[0]["annotations"][0]["unique_id"] == key
    counted(project)


@ours
def test_the_same_unique_id_at_the_same_time_is_kept_once(project):
    key, seen = str(uuid.uuid4()), []

    def submit():
        seen.append(owner().send("POST", f"/api/tasks/{project.task}/annotations/", json={"result": choice(), "unique_id": key}).status_code)

    threads = [threading.Thread(target=submit) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(seen) == [201] + [409] * 5
    counted(project)


@ours
def test_a_deleted_annotation_frees_its_unique_id(project):
    key = str(uuid.uuid4())
    owner().delete(f"/api/annotations/{send(project.task, result=choice(), unique_id=key)['id']}/")
    send(project.task, result=choice(), unique_id=key)
    counted(project)


# ---- skips ----


@pytest.mark.parametrize("mode, finished", [("REQUEUE_FOR_OTHERS", False), ("REQUEUE_FOR_ME", False), ("IGNORE_SKIPPED", True)])
def test_skips(project, mode, finished):
    project.change(skip_queue=mode)
    made = skip(owner(), project.task)
    assert made["was_cancelled"] is True
    shown = task(project.task)
    assert (shown["is_labeled"], shown["total_annotations"], shown["cancelled_annotations"]) == (finished, 0, 1)
    assert owner().get(f"/api/tasks/{project.task}/annotations/") == []
    counted(project)
    owner().patch(f"/api/annotations/{made['id']}/", {"was_cancelled": False, "result": choice()})
    shown = task(project.task)
    assert (shown["is_labeled"], shown["total_annotations"], shown["cancelled_annotations"]) == (True, 1, 0)
    counted(project)


def test_a_skip_by_the_query(project):
    answer = owner().post(f"/api/tasks/{project.task}/annotations/", {"result": []}, was_cancelled="1")
    assert answer["was_cancelled"] is True
    counted(project)


def test_the_mode_for_skips_finishes_and_reopens_tasks(project):
    skip(owner(), project.task)
    for mode, finished in (("IGNORE_SKIPPED", True), ("REQUEUE_FOR_ME", False), ("IGNORE_SKIPPED", True), ("REQUEUE_FOR_OTHERS", False)):
        project.change(skip_queue=mode)
        assert task(project.task)["is_labeled"] is finished
        counted(project)


# ---- list, change, delete ----


def test_the_list_of_a_task(project):
    first, second = annotate(owner(), project.task)["id"], annotate(person("ann"), project.task)["id"]
    skip(person("bob"), project.task)
    listed = owner().get(f"/api/tasks/{project.task}/annotations/")
    assert [a["id"] for a in listed] == [first, second] and [a["completed_by"] for a in listed] == [owner().id, person("ann").id]
    owner().get(f"/api/tasks/{ABSENT}/annotations/", 404)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_change(project, method):
    made = annotate(person("ann"), project.task, lead_time=1)
    changed = owner().call(method, f"/api/annotations/{made['id']}/", 200, json={"result": choice("B"), "lead_time": 2.5})
    assert changed["result"] == choice("B") and changed["lead_time"] == 2.5
    assert changed["completed_by"] == person("ann").id and changed["updated_by"] == owner().id
    assert changed["created_at"] == made["created_at"] and changed["updated_at"] > made["updated_at"]
    assert owner().call(method, f"/api/annotations/{made['id']}/", 200, json={})["result"] == choice("B")
    assert owner().call(method, f"/api/annotations/{made['id']}/", 200, json={"lead_time": None})["lead_time"] is None
    counted(project, owner(), person("ann"))


def test_changes_that_are_refused_change_nothing(project):
    made = annotate(owner(), project.task)
    for fields in ({"result": {}}, {"result": None}, {"completed_by": ABSENT}, {"parent_prediction": ABSENT}):
        owner().patch(f"/api/annotations/{made['id']}/", {"lead_time": 9, **fields}, 400)
    assert owner().get(f"/api/annotations/{made['id']}/") == made
    counted(project)


@ours
def test_an_annotation_stays_with_its_task(project):
    made = annotate(owner(), project.task)
    assert owner().patch(f"/api/annotations/{made['id']}/", {"task": project.ids[1], "project": 1})["task"] == project.task
    counted(project)


def test_a_new_author(project):
    made = annotate(owner(), project.task)
    assert owner().patch(f"/api/annotations/{made['id']}/", {"completed_by": person("ann").id})["completed_by"] == person("ann").id
    counted(project, owner(), person("ann"))


def test_a_result_that_goes_reopens_the_task(project):
    made = send(project.task)
    assert task(project.task)["is_labeled"] is False
    owner().patch(f"/api/annotations/{made['id']}/", {"result": []})
    assert task(project.task)["is_labeled"] is True
    counted(project)


def test_delete(project):
    made = annotate(owner(), project.task)
    owner().delete(f"/api/annotations/{made['id']}/")
    owner().get(f"/api/annotations/{made['id']}/", 404)
    owner().patch(f"/api/annotations/{made['id']}/", {"result": []}, 404)
    owner().delete(f"/api/annotations/{made['id']}/", 404)
    shown = task(project.task)
    assert (shown["is_labeled"], shown["total_annotations"], shown["completed_at"], shown["annotations"]) == (False, 0, None, [])
    assert project.export() == []
    counted(project)


def test_a_ground_truth_is_alone(project):
    first = send(project.task, result=choice(), ground_truth=True)
    second = annotate(person("ann"), project.task, ground_truth=True)
    truths = {a["id"]: a["ground_truth"] for a in owner().get(f"/api/tasks/{project.task}/annotations/")}
    assert truths == {first["id"]: False, second["id"]: True}
    counted(project, owner(), person("ann"))
    owner().patch(f"/api/annotations/{first['id']}/", {"ground_truth": True})
    truths = {a["id"]: a["ground_truth"] for a in owner().get(f"/api/tasks/{project.task}/annotations/")}
    assert truths == {first["id"]: True, second["id"]: False}
    counted(project, owner(), person("ann"))
    owner().delete(f"/api/annotations/{first['id']}/")
    counted(project)


# ---- drafts ----


def draft(number, api=None, status=201, **fields):
    return (api or owner()).post(f"/api/tasks/{number}/drafts", fields, status)


def test_drafts(project):
    made = draft(project.task, result=choice(), lead_time=1.5, user=person("ann").id)
    assert set(made) == DRAFT
    assert made["user"] == owner().email and made["task"] == project.task and made["annotation"] is None
    assert made["result"] == choice() and made["lead_time"] == 1.5 and made["was_postponed"] is False
    assert made["created_username"].endswith(f"{owner().email}, {owner().id}")
    other = draft(project.task, person("ann"), result={"anything": 1})
    assert [d["id"] for d in owner().get(f"/api/tasks/{project.task}/drafts")] == [made["id"], other["id"]]
    path = f"/api/drafts/{made['id']}/"
    assert owner().get(path)["id"] == made["id"]
    changed = owner().patch(path, {"result": [], "was_postponed": True})
    assert changed["result"] == [] and changed["was_postponed"] is True and changed["lead_time"] == 1.5
    owner().delete(path)
    owner().get(path, 404)
    owner().patch(path, {"result": []}, 404)
    assert draft(project.task, status=400, lead_time=1)["validation_errors"] == {"result": ["This field is required."]}
    assert task(project.task)["is_labeled"] is False
    counted(project)


def test_a_submission_consumes_its_draft(project):
    made = draft(project.task, result=choice())
    other = draft(project.task, result=choice("B"))
    submitted = send(project.task, result=choice(), draft_id=made["id"])
    assert submitted["draft_created_at"] == made["created_at"]
    assert [d["id"] for d in owner().get(f"/api/tasks/{project.task}/drafts")] == [other["id"]]
    counted(project)


def test_drafts_that_may_not_be_consumed(project):
    foreign = draft(project.task, person("ann"), result=choice())
    elsewhere = draft(project.ids[1], result=choice())
    for made in (foreign, elsewhere):
        send(project.task, 403, result=choice(), draft_id=made["id"])
    assert task(project.task)["total_annotations"] == 0
    assert send(project.task, result=choice(), draft_id=ABSENT)["draft_created_at"] is None
    assert owner().get(f"/api/drafts/{foreign['id']}/")["id"] == foreign["id"]
    counted(project)


def test_saving_an_annotation_drops_its_drafts(project):
    made = annotate(owner(), project.task)
    path = f"/api/tasks/{project.task}/annotations/{made['id']}/drafts"
    bound = owner().post(path, {"result": choice("B")})
    assert bound["annotation"] == made["id"]
    free = draft(project.task, result=choice("B"))
    assert {d["id"] for d in owner().get(path)} == {bound["id"], free["id"]}
    owner().patch(f"/api/annotations/{made['id']}/", {"result": choice("B")})
    assert [d["id"] for d in owner().get(f"/api/tasks/{project.task}/drafts")] == [free["id"]]
    bound = owner().post(path, {"result": choice("B")})
    owner().delete(f"/api/annotations/{made['id']}/")
    owner().get(f"/api/drafts/{bound['id']}/", 404)


@ours
def test_drafts_need_their_task_and_annotation(project):
    draft(ABSENT, status=404, result=[])
    made = annotate(owner(), project.task)["id"]
    owner().post(f"/api/tasks/{project.ids[1]}/annotations/{made}/drafts", {"result": []}, 404)
    owner().delete(f"/api/annotations/{made}/")
    owner().post(f"/api/tasks/{project.task}/annotations/{made}/drafts", {"result": []}, 404)


def test_an_annotation_becomes_a_draft_again(project):
    made = annotate(person("ann"), project.task, lead_time=2)
    back = owner().post(f"/api/annotations/{made['id']}/convert-to-draft")
    assert set(back) == DRAFT
    assert back["result"] == choice() and back["user"] == owner().email and back["annotation"] is None and back["task"] == project.task
    owner().get(f"/api/annotations/{made['id']}/", 404)
    assert task(project.task)["is_labeled"] is False
    owner().post(f"/api/annotations/{made['id']}/convert-to-draft", status=404)
    counted(project, owner(), person("ann"))


# ---- others ----


@ours
def test_another_organization_sees_nothing(project):
    made, kept = annotate(owner(), project.task), draft(project.task, result=[])
    for method, path in (("GET", f"/api/annotations/{made['id']}/"), ("PATCH", f"/api/annotations/{made['id']}/"),
                         ("DELETE", f"/api/annotations/{made['id']}/"), ("POST", f"/api/annotations/{made['id']}/convert-to-draft"),
                         ("GET", f"/api/drafts/{kept['id']}/"), ("PATCH", f"/api/drafts/{kept['id']}/"), ("DELETE", f"/api/drafts/{kept['id']}/"),
                         ("POST", f"/api/tasks/{project.task}/annotations/")):
        stranger().call(method, path, 404, json={"result": []})
    assert owner().get(f"/api/annotations/{made['id']}/") == made
    send(project.task, 400, result=[], completed_by=stranger().id)
    counted(project)


@ours
def test_parents_of_other_tasks_are_no_parents(project):
    elsewhere = annotate(owner(), project.ids[1])["id"]
    assert list(send(project.task, 400, result=[], parent_annotation=elsewhere)["validation_errors"]) == ["parent_annotation"]


# ---- all at once ----


def test_many_people_on_the_same_tasks():
    """Submissions, skips, changes and deletions at the same time leave right figures."""
    project = Project(maximum_annotations=3)
    ids = project.texts(4)
    people = [person(f"crowd{i}") for i in range(6)]
    failed = []

    def work(api, turn):
        try:
            for round in range(4):
                number = ids[(round + turn) % len(ids)]
                made = annotate(api, number) if (round + turn) % 3 else skip(api, number)
                if round == 1:
                    api.patch(f"/api/annotations/{made['id']}/", {"result": choice("B"), "was_cancelled": False})
                if round == 2:
                    api.delete(f"/api/annotations/{made['id']}/")
                api.patch(f"/api/annotations/{annotate(api, number)['id']}/", {"ground_truth": True})
        except AssertionError as e:
            failed.append(e)

    threads = [threading.Thread(target=work, args=(api, turn)) for turn, api in enumerate(people)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not failed, failed[0]
    counted(project, *people)


@ours
def test_figures_are_right_at_the_end_of_the_module():
    admin("verify-counters")
    assert sql("SELECT count(*) FROM annotation a JOIN task t ON t.id = a.task_id WHERE a.project_id <> t.project_id") == "0"
