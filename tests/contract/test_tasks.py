"""Tasks: create, read in every shape, change, delete, and the lists."""

import json
import os

import pytest

from work import CHOICES, Project, annotate, choice, counted, ours, owner, person, skip, stranger

PLAIN = {"id", "data", "meta", "created_at", "updated_at", "is_labeled", "overlap", "inner_id", "total_annotations", "cancelled_annotations",
         "total_predictions", "comment_count", "unresolved_comment_count", "last_comment_updated_at", "project", "updated_by", "file_upload",
         "comment_authors"}
READ = PLAIN | {"predictions", "annotations", "drafts", "annotators", "completed_at", "annotations_results", "predictions_results",
                "predictions_score", "storage_filename", "annotations_ids", "predictions_model_versions", "avg_lead_time", "draft_exists"}


def errors(answer):
    return answer["validation_errors"]


# ---- create ----


def test_create():
    project = Project(maximum_annotations=3)
    for path, body in (("/api/tasks/", {"project": project.id}), (project.path + "/tasks/", {})):
        made = owner().post(path, {"data": {"text": "héllo"}, **body})
        assert set(made) == PLAIN
        assert made["data"] == {"text": "héllo"} and made["project"] == project.id and made["meta"] == {}
        assert made["overlap"] == 1 and made["is_labeled"] is False and made["updated_by"] is None and made["file_upload"] is None
    made = owner().post("/api/tasks/", {"project": str(project.id), "data": {"text": "b"}, "meta": {"k": [1]}, "overlap": 2})
    assert made["meta"] == {"k": [1]} and made["overlap"] == 2
    counted(project)


def test_what_clients_may_not_set_is_ignored():
    project = Project()
    made = owner().post("/api/tasks/", {"project": project.id, "data": {"text": "a"}, "id": 5, "annotations": [{"result": choice()}],
                                        "predictions": [{"result": choice()}]})
    assert made["id"] != 5 and made["total_annotations"] == 0
    assert owner().get(f"/api/tasks/{made['id']}/")["annotations"] == []
    counted(project)


@ours
def test_stored_figures_do_not_come_from_clients():
    project = Project()
    sent = {"is_labeled": True, "inner_id": 77, "total_annotations": 9, "cancelled_annotations": 9, "total_predictions": 9, "comment_count": 9}
    made = owner().post("/api/tasks/", {"project": project.id, "data": {"text": "a"}, **sent})
    assert {key: made[key] for key in sent} == {**dict.fromkeys(sent, 0), "is_labeled": False, "inner_id": 1}
    changed = owner().patch(f"/api/tasks/{made['id']}/", sent)
    assert {key: changed[key] for key in sent} == {**dict.fromkeys(sent, 0), "is_labeled": False, "inner_id": 1}
    counted(project)


NOTE = ' [assume: item["data"] = task root with values]'


@pytest.mark.parametrize("body, problem", [
    ({"data": {}}, '"text" key is expected in task data' + NOTE),
    ({"data": [1]}, '"text" key is expected in task data' + NOTE),
    ({"data": "x"}, "Task[data] must be dict or list"),
    ({"data": {"text": {"a": 1}}}, "data['text']={'a': 1} is of type 'dict', but the object tag Text expects the following types: "
                                   "['str', 'int', 'float', 'list']" + NOTE),
    ({"data": {"text": "a"}, "meta": None}, "Task[meta] must be dict or list"),
    ({"data": {"text": "a"}, "meta": 5}, "Task[meta] must be dict or list"),
])
def test_items_that_are_refused(body, problem):
    project = Project()
    assert errors(owner().post("/api/tasks/", {"project": project.id, **body}, 400)) == {"non_field_errors": [problem]}
    assert project.list()["total"] == 0


def test_put_needs_data():
    task = Project().texts(1)[0]
    assert errors(owner().put(f"/api/tasks/{task}/", {"meta": {}}, 400)) == {"data": ["This field is required."]}


def test_agreement_is_no_part_of_this_edition():
    assert owner().get(f"/api/tasks/{Project().texts(1)[0]}/agreement/", 403)["detail"] == "Feature not enabled"
    owner().get("/api/tasks/2000000000/agreement/", 404 if not os.environ.get("LABELD_URL") else 403)


def test_parameters_that_are_refused():
    project = Project()
    task = project.texts(1)[0]
    problem = {"resolve_uri": 'Incorrect bool value "x". It should be one of [1, 0, true, false, yes, no]'}
    assert errors(owner().get(f"/api/tasks/{task}/", 400, resolve_uri="x")) == problem
    assert errors(owner().get("/api/tasks/", 400, project=project.id, resolve_uri="x")) == problem
    assert owner().get(f"/api/tasks/{task}/", resolve_uri="false")["id"] == task
    assert errors(owner().get("/api/tasks/", 400, project="x")) == {"project": 'Incorrect value in key "project" = "x". It should be digit string.'}


@pytest.mark.parametrize("body, problem", [
    ({}, {"data": ["This field is required."]}),
    ({"data": None}, {"data": ["This field may not be null."]}),
])
def test_create_without_data(body, problem):
    project = Project()
    assert errors(owner().post("/api/tasks/", {"project": project.id, **body}, 400)) == problem


def test_create_without_a_project():
    assert errors(owner().post("/api/tasks/", {"data": {"text": "a"}}, 400)) == {"project": ["This field is required."]}
    owner().post("/api/tasks/", {"data": {"text": "a"}, "project": 2000000000}, 404)


@pytest.mark.parametrize("data", [{"image": "x"}, {"text": {"a": 1}}, {"text": None}, "text", 7, {}])
def test_data_must_fit_the_configuration(data):
    project = Project()
    assert errors(owner().post("/api/tasks/", {"project": project.id, "data": data}, 400))
    assert project.read()["task_number"] == 0


def test_data_of_a_project_without_configuration_is_free():
    project = Project(label_config=None)
    assert owner().post("/api/tasks/", {"project": project.id, "data": {"anything": [1, {"a": None}]}})["data"] == {"anything": [1, {"a": None}]}


# ---- read ----


@pytest.fixture(scope="module")
def worked():
    """A task with a submission, a skip, a prediction and drafts of two people."""
    project = Project(maximum_annotations=2)
    task = project.load([{"data": {"text": "b"}, "meta": {"k": 1}}])[0]
    owner().post("/api/predictions/", {"task": task, "result": choice("B"), "score": 0.5, "model_version": "m1"})
    owner().post("/api/predictions/", {"task": task, "result": choice("B"), "score": 0.1, "model_version": "m2"})
    project.change(model_version="m1")
    annotate(owner(), task, lead_time=3.3)
    skip(person("ann"), task)
    owner().post(f"/api/tasks/{task}/drafts", {"result": choice()})
    person("ann").post(f"/api/tasks/{task}/drafts", {"result": choice("B")})
    project.task = task
    return project


def test_one_task(worked):
    task = owner().get(f"/api/tasks/{worked.task}/")
    assert set(task) == READ
    assert task["data"] == {"text": "b"} and task["meta"] == {"k": 1} and task["inner_id"] == 1 and task["project"] == worked.id
    assert (task["total_annotations"], task["cancelled_annotations"], task["total_predictions"]) == (1, 1, 2)
    author = task["annotations"][0]["completed_by"]
    assert author["id"] == owner().id and author["email"] == owner().email and author["initials"]
    assert [a["was_cancelled"] for a in task["annotations"]] == [False, True]
    assert set(task["annotations_ids"].split(",")) == {str(a["id"]) for a in task["annotations"]}
    assert task["annotators"] == [owner().id, person("ann").id]
    assert [d["user"] for d in task["drafts"]] == [owner().email] and task["draft_exists"] is True
    assert task["predictions"][0]["model_version"] == "m1" and task["predictions_model_versions"] == "m1, m2"
    assert task["predictions_score"] == 0.5 and task["avg_lead_time"] == 3.3
    assert task["is_labeled"] is False and task["completed_at"] is None
    assert task["updated_by"] == [{"user_id": person("ann").id}]
    assert task["annotations_results"] == task["predictions_results"] == ""
    counted(worked, owner(), person("ann"))


def test_list_items(worked):
    task, = worked.list(fields="all")["tasks"]
    assert set(task) == READ
    assert [a["completed_by"] for a in task["annotations"]] == [owner().id, person("ann").id]
    shown = "[{id:r1, type:choices, value:{choices:[A]}, to_name:text, from_name:label}]"
    assert task["annotations_results"] in (f"{shown} []", f"[] {shown}")
    short, = worked.list()["tasks"]
    assert set(short) == READ - {"predictions", "annotations", "completed_at", "predictions_score", "avg_lead_time", "draft_exists"}
    assert short["drafts"] == [] and short["annotators"] == [] and short["annotations_results"] == ""
    only, = worked.list(include="id,data")["tasks"]
    assert only == {"id": worked.task, "data": {"text": "b"}}


def test_a_task_is_completed_when_it_is_finished():
    project = Project(maximum_annotations=2)
    made, _ = project.texts(2)
    asked = {"filters": {"conjunction": "and", "items": [{"filter": "filter:tasks:completed_at", "operator": "empty", "type": "Datetime", "value": False}]}}
    for people, done in ((owner(), False), (person("ann"), True)):
        latest = annotate(people, made)["created_at"]
        assert owner().get(f"/api/tasks/{made}/")["completed_at"] == (latest if done else None)
        assert [t["completed_at"] for t in project.list(fields="all")["tasks"]] == [latest if done else None, None]
        assert [t["id"] for t in project.list(query=json.dumps(asked))["tasks"]] == [made] * done


def test_whose_change_of_a_task_counts(worked):
    owner().patch(f"/api/tasks/{worked.task}/", {"data": {"text": "c"}, "meta": {"k": 2}})
    assert owner().get(f"/api/tasks/{worked.task}/")["updated_by"] == [{"user_id": person("ann").id}]


def test_totals_of_the_list(worked):
    listed = worked.list()
    assert (listed["total"], listed["total_annotations"], listed["total_predictions"]) == (1, 1, 2)


def test_times_are_utc_with_microseconds(worked):
    assert owner().get(f"/api/tasks/{worked.task}/")["created_at"].endswith("Z")


# ---- change ----


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_change(method):
    project = Project()
    task = project.texts(1)[0]
    before = owner().get(f"/api/tasks/{task}/")
    answer = owner().call(method, f"/api/tasks/{task}/", 200, json={"data": {"text": "new"}, "meta": {"a": 1}})
    assert set(answer) == PLAIN | {"annotations", "predictions"}
    assert answer["data"] == {"text": "new"} and answer["meta"] == {"a": 1}
    after = owner().get(f"/api/tasks/{task}/")
    assert after["data"] == {"text": "new"} and after["updated_at"] > before["updated_at"] and after["created_at"] == before["created_at"]
    assert owner().patch(f"/api/tasks/{task}/", {"meta": None})["data"] == {"text": "new"}


@ours
@pytest.mark.parametrize("data", ["text", 7, [1], None, True])
def test_data_stays_an_object(data):
    task = Project().texts(1)[0]
    owner().patch(f"/api/tasks/{task}/", {"data": data}, 400)
    assert owner().get(f"/api/tasks/{task}/")["data"] == {"text": "text 0"}


def test_a_task_does_not_change_its_project():
    project, other = Project(), Project()
    task = project.texts(1)[0]
    assert owner().patch(f"/api/tasks/{task}/", {"project": other.id}, 404)["detail"] == "No Task matches the given query."
    assert owner().patch(f"/api/tasks/{task}/", {"project": project.id, "meta": {"a": 1}})["project"] == project.id


@ours
def test_overlap_of_a_task_finishes_and_reopens_it():
    project = Project(maximum_annotations=2)
    task = project.texts(1)[0]
    annotate(owner(), task)
    assert owner().patch(f"/api/tasks/{task}/", {"overlap": 1})["is_labeled"] is True
    counted(project)
    assert owner().patch(f"/api/tasks/{task}/", {"overlap": 3})["is_labeled"] is False
    counted(project)


# ---- delete ----


def test_delete():
    project = Project()
    ids = project.texts(3)
    annotation = annotate(owner(), ids[1])["id"]
    draft = owner().post(f"/api/tasks/{ids[1]}/drafts", {"result": []})["id"]
    prediction = owner().post("/api/predictions/", {"task": ids[1], "result": []})["id"]
    owner().delete(f"/api/tasks/{ids[1]}/")
    for path in (f"/api/tasks/{ids[1]}/", f"/api/tasks/{ids[1]}/annotations/", f"/api/annotations/{annotation}/", f"/api/drafts/{draft}/",
                 f"/api/predictions/{prediction}/"):
        owner().get(path, 404)
    owner().delete(f"/api/tasks/{ids[1]}/", 404)
    owner().post(f"/api/tasks/{ids[1]}/annotations/", {"result": []}, 404)
    assert [t["id"] for t in project.tasks()] == [ids[0], ids[2]]
    assert project.list()["total"] == 2 and len(project.export(download_all_tasks="true")) == 2
    counted(project)


def test_delete_all():
    project = Project()
    annotate(owner(), project.texts(5)[0])
    owner().delete(project.path + "/tasks/")
    assert project.read()["task_number"] == 0 and project.list()["tasks"] == []
    project.next(status=404)
    counted(project)
    ids = project.texts(2)
    assert project.next()["id"] == ids[0]
    counted(project)


@ours
def test_another_organization_sees_no_task(worked):
    for method, path in (("GET", f"/api/tasks/{worked.task}/"), ("PATCH", f"/api/tasks/{worked.task}/"), ("DELETE", f"/api/tasks/{worked.task}/"),
                         ("GET", f"/api/tasks/?project={worked.id}"), ("GET", f"/api/tasks/{worked.task}/annotations/"),
                         ("POST", f"/api/tasks/{worked.task}/annotations/"), ("GET", f"/api/tasks/{worked.task}/drafts")):
        stranger().call(method, path, 404, json={"result": []} if method == "POST" else None)
    stranger().post(f"/api/tasks/{worked.task}/drafts", {"result": []}, 404)
    stranger().post("/api/tasks/", {"project": worked.id, "data": {"text": "a"}}, 404)
    stranger().post(worked.path + "/tasks/", {"data": {"text": "a"}}, 404)
    stranger().delete(worked.path + "/tasks/", 404)


# ---- lists ----


@pytest.fixture(scope="module")
def many():
    project = Project()
    project.ids = project.texts(25)
    return project


def test_pages(many):
    pages = [many.list(page=n, page_size=10) for n in (1, 2, 3)]
    assert [t["id"] for p in pages for t in p["tasks"]] == many.ids
    assert {p["total"] for p in pages} == {25}
    for number in (4, 0, "x"):
        assert owner().get("/api/tasks/", 404, project=many.id, page=number, page_size=10)["detail"] == "Invalid page."
    for size in (0, -1):
        assert len(many.list(page_size=size)["tasks"]) == 25


def test_pages_of_the_plain_list_are_numbers(many):
    path = f"/api/projects/{many.id}/tasks/"
    for number in ("x", "1.5", "", " ", "last", "1e3", "-"):
        assert owner().get(path, 400, page=number)["validation_errors"] == {
            "page": f'Incorrect value in key "page" = "{number}". It should be digit string.'}
    for number in ("0", "-1", "99", "9" * 30):
        assert owner().get(path, 404, page=number)["detail"] == "Not found."
    for number in ("1", "+1", " 1 ", "01"):
        assert len(owner().get(path, page=number)) == 25


def test_who_changes_the_overlap_of_a_task_did_not_work_on_it(many):
    path = f"/api/tasks/{many.ids[0]}/"
    for change in ({"overlap": 2}, {"meta": {"n": 1}}, {"overlap": 1, "meta": {}}):
        assert owner().patch(path, change)["updated_by"] is None


def test_the_first_page_of_nothing():
    assert Project().list() == {"total_annotations": 0, "total_predictions": 0, "total": 0, "tasks": []}


def test_a_list_needs_a_project():
    assert owner().get("/api/tasks/", 404) == {"detail": "Neither project nor view id specified"}
    owner().get("/api/tasks/", 404, project=2000000000)


def test_pages_after_deletions_across_blocks():
    project = Project(label_config=None)
    ids = project.load([{"a": 1}] * 2500)
    assert ids == sorted(ids) and len(set(ids)) == 2500
    for gone in ids[5:300:7] + ids[990:1010] + [ids[-1]]:
        owner().delete(f"/api/tasks/{gone}/")
    left = [i for i in ids if i not in set(ids[5:300:7] + ids[990:1010] + [ids[-1]])]
    seen = []
    for number in range(1, 100):
        answer = owner().send("GET", "/api/tasks/", params={"project": project.id, "page": number, "page_size": 130, "include": "id"})
        if answer.status_code == 404:
            break
        seen += [t["id"] for t in answer.json()["tasks"]]
    assert seen == left
    counted(project)


@pytest.mark.parametrize("query", ["{}", pytest.param("", marks=ours), pytest.param('{"ordering": null}', marks=ours), '{"filters": null, "ordering": [], "selectedItems": {"all": true, "excluded": []}}',
                                   '{"filters": {"conjunction": "and", "items": []}}'])
def test_queries_that_ask_for_nothing(many, query):
    assert many.list(query=query)["total"] == 25


@ours
@pytest.mark.parametrize("query", ["{no json", "[1]", '"text"'])
def test_queries_that_are_no_query(many, query):
    owner().get("/api/tasks/", 400, project=many.id, query=query)


def test_the_plain_list_of_a_project_begins_with_the_latest_change():
    project = Project()
    ids = project.texts(5)
    owner().patch(f"/api/tasks/{ids[2]}/", {"meta": {"a": 1}})
    listed = owner().get(project.path + "/tasks/")
    assert listed[0]["id"] == ids[2] and {t["id"] for t in listed} == set(ids)
    assert listed[0]["annotations"] == listed[0]["predictions"] == []
    assert len(owner().get(project.path + "/tasks/", page_size=-1)) == 5
    owner().get(project.path + "/tasks/", 404, page=4, page_size=2)
    assert owner().get(project.path + "/tasks", page_size=1)[0]["id"] == ids[2]


@ours
def test_pages_of_the_plain_list_do_not_overlap():
    project = Project()
    project.texts(5)
    listed = owner().get(project.path + "/tasks/")
    assert [t["id"] for t in owner().get(project.path + "/tasks/", page=2, page_size=2)] == [t["id"] for t in listed[2:4]]
    assert [t["id"] for t in owner().get(project.path + "/tasks/", start=1, length=2)] == [t["id"] for t in listed[1:3]]
    assert owner().get(Project().path + "/tasks/") == []


def test_data_before_and_after_the_configuration():
    """$undefined$ stands for the first data key, also when the configuration comes later."""
    project = Project(label_config=None)
    task = project.load([{"$undefined$": "words", "more": 1}])[0]
    assert owner().get(f"/api/tasks/{task}/")["data"] == {"$undefined$": "words", "more": 1}
    project.change(label_config=CHOICES)
    for shown in (owner().get(f"/api/tasks/{task}/"), project.tasks()[0], project.next(), project.export(download_all_tasks="true")[0]):
        assert shown["data"] == {"text": "words", "more": 1}
    assert project.load([{"$undefined$": "later", "more": 2}])
    assert project.tasks()[1]["data"] == {"text": "later", "more": 2}


def test_the_plain_list_has_the_newest_change_first():
    project = Project()
    ids = project.texts(5)
    assert [t["id"] for t in owner().get(project.path + "/tasks/")] == ids[::-1]
    annotate(owner(), ids[1])
    owner().patch(f"/api/tasks/{ids[3]}/", {"meta": {"seen": True}})
    order = [ids[3], ids[1], ids[4], ids[2], ids[0]]
    listed = owner().get(project.path + "/tasks/")
    assert [t["id"] for t in listed] == order and len(listed[1]["annotations"]) == 1
    assert [t["id"] for t in owner().get(project.path + "/tasks/", page=2, page_size=2)] == order[2:4]
    assert [t["id"] for t in owner().get(project.path + "/tasks/", page_size=-1)] == order
    owner().get(project.path + "/tasks/", 404, page=4, page_size=2)


@ours
def test_a_window_of_the_plain_list():
    """start counts tasks; the reference makes a page number of it."""
    project = Project()
    ids = project.texts(5)
    assert [t["id"] for t in owner().get(project.path + "/tasks/", start=1, length=2)] == ids[::-1][1:3]
    assert [t["id"] for t in owner().get(project.path + "/tasks/", start=4, length=2)] == ids[:1]
