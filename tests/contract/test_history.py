"""The history of annotations: one row per version, what each held, who may read and who may remove it. labeld only."""

import uuid

import pytest
import requests

from people import Person
from work import Project, annotate, choice, ours, owner, person, skip, sql, stranger

pytestmark = ours

ROW = {"id", "annotation_id", "draft_id", "task_id", "project_id", "organization_id", "review_id", "comment", "comment_id", "action", "result",
       "lead_time", "started_at", "created_by", "created_at"}
PATH = "/api/annotation-history/"


@pytest.fixture
def project():
    made = Project()
    made.ids = made.texts(3)
    made.task = made.ids[0]
    return made


def history(api=None, **query):
    return (api or owner()).get(PATH, **query)


def versions(**query):
    return [(r["action"], r["result"], r["lead_time"]) for r in history(**query)]


def change(annotation, api=None, **fields):
    return (api or owner()).patch(f"/api/annotations/{annotation}/", fields)


# ---- rows ----


def test_a_submission(project):
    made = annotate(owner(), project.task, lead_time=2)
    row, = history(annotation=made["id"])
    assert set(row) == ROW
    assert row == {"id": row["id"], "annotation_id": made["id"], "draft_id": None, "task_id": project.task, "project_id": project.id,
                   "organization_id": 1, "review_id": None, "comment": None, "comment_id": None, "action": "submitted", "result": choice(),
                   "lead_time": 2.0, "started_at": None, "created_by": owner().id, "created_at": made["created_at"]}
    assert owner().get(f"{PATH}{row['id']}/") == row
    assert owner().get(f"{PATH}{row['id']}") == row


def test_versions_keep_what_they_held(project):
    made = annotate(owner(), project.task, lead_time=1)["id"]
    change(made, result=choice("B"), lead_time=2)
    person("ann").put(f"/api/annotations/{made}/", {"result": [], "lead_time": None})
    change(made, was_cancelled=True, lead_time=4)
    change(made, was_cancelled=False, result=choice("A"))
    assert versions(annotation=made) == [("submitted", choice(), 1.0), ("updated", choice("B"), 2.0), ("updated", [], None),
                                         ("skipped", [], 4.0), ("updated", choice("A"), 4.0)]
    assert [r["created_by"] for r in history(annotation=made)] == [owner().id, owner().id, person("ann").id, owner().id, owner().id]


def test_what_is_no_version(project):
    made = annotate(owner(), project.task)["id"]
    for fields in ({}, {"ground_truth": True}, {"import_id": 4}, {"completed_by": person("ann").id}):
        change(made, **fields)
    annotate(person("ann"), project.task, ground_truth=True)
    assert versions(annotation=made) == [("submitted", choice(), None)]
    change(made, result=choice())
    assert [v[0] for v in versions(annotation=made)] == ["submitted", "updated"]


@pytest.mark.parametrize("fields, action", [
    ({"last_action": "prediction"}, "prediction"), ({"last_action": "propagated_annotation"}, "propagated_annotation"),
    ({"last_action": "submitted"}, "submitted"), ({"last_action": "accepted"}, "submitted"),
    ({"last_action": "prediction", "was_cancelled": True}, "skipped"), ({"was_cancelled": True}, "skipped"),
])
def test_how_it_began(project, fields, action):
    made = annotate(owner(), project.task, **fields)
    assert [v[0] for v in versions(annotation=made["id"])] == [action]
    assert made["last_action"] == fields.get("last_action")


def test_parents_say_how_it_began(project):
    prediction = owner().post("/api/predictions/", {"task": project.task, "result": choice()})["id"]
    first = annotate(owner(), project.task, parent_prediction=prediction)["id"]
    second = annotate(owner(), project.task, parent_annotation=first)["id"]
    third = annotate(owner(), project.task, parent_annotation=first, last_action="submitted")["id"]
    assert [(r["annotation_id"], r["action"]) for r in history(task=project.task)] == [
        (first, "prediction"), (second, "propagated_annotation"), (third, "submitted")]


def test_a_skip_by_the_query(project):
    made = owner().post(f"/api/tasks/{project.task}/annotations/", {"result": []}, was_cancelled="1")
    assert versions(annotation=made["id"]) == [("skipped", [], None)]


def test_the_draft_that_became_it(project):
    draft = owner().post(f"/api/tasks/{project.task}/drafts", {"result": choice("B")})
    row, = history(annotation=annotate(owner(), project.task, draft_id=draft["id"])["id"])
    assert row["draft_id"] == draft["id"] and row["started_at"] == draft["created_at"]
    row, = history(annotation=annotate(owner(), project.task, draft_id=2000000000)["id"])
    assert row["draft_id"] is row["started_at"] is None


def test_comments_go_with_a_version_or_to_the_last_one(project):
    def comments():
        return [r["comment"] for r in history(annotation=made)]

    made = skip(owner(), project.task, comment="too dark")["id"]
    assert comments() == ["too dark"] and "comment" not in owner().get(f"/api/annotations/{made}/")
    change(made, was_cancelled=False, result=choice(), comment="it can be seen")
    change(made, lead_time=3, comment="")
    assert comments() == ["too dark", "it can be seen", None]
    change(made, comment="only said")
    assert comments() == ["too dark", "it can be seen", "only said"]
    owner().patch(f"/api/annotations/{made}/", {"comment": ["a"]}, 400)
    owner().patch(f"/api/annotations/{made}/", {"comment": "x" * 10001}, 400)
    assert comments()[-1] == "only said"


def test_imported_annotations(project):
    items = [{"data": {"text": "a"}, "annotations": [{"result": choice(), "lead_time": 1.5}, {"result": [], "was_cancelled": True}]},
             {"data": {"text": "b"}}, {"data": {"text": "c"}, "predictions": [{"result": choice()}]}]
    task, bare, predicted = project.load(items)
    rows = history(task=task)
    assert [(r["action"], r["result"], r["lead_time"], r["created_by"]) for r in rows] == [
        ("imported", choice(), 1.5, owner().id), ("imported", [], None, owner().id)]
    assert history(task=bare) == history(task=predicted) == []
    change(rows[0]["annotation_id"], result=choice("B"))
    assert versions(annotation=rows[0]["annotation_id"]) == [("imported", choice(), 1.5), ("updated", choice("B"), 1.5)]


def test_results_are_kept_once(project):
    """The newest version reads its result from the annotation; only what was superseded has its own copy."""
    made = annotate(owner(), project.task)["id"]
    kept = f"SELECT string_agg((result IS NOT NULL)::int::text, '' ORDER BY id) FROM annotation_history WHERE annotation_id = {made}"
    assert sql(kept) == "0"
    change(made, result=choice("B"))
    change(made, lead_time=3)
    assert sql(kept) == "110"


def test_a_failed_change_leaves_no_row(project):
    key = str(uuid.uuid4())
    made = annotate(owner(), project.task, unique_id=key)["id"]
    owner().post(f"/api/tasks/{project.task}/annotations/", {"result": [], "unique_id": key}, 409)
    owner().patch(f"/api/annotations/{made}/", {"result": {}}, 400)
    assert versions(task=project.task) == [("submitted", choice(), None)]


# ---- after the end of the annotation ----


def test_history_survives_the_annotation(project):
    made = annotate(owner(), project.task)["id"]
    change(made, result=choice("B"))
    owner().delete(f"/api/annotations/{made}/")
    assert versions(annotation=made) == [("submitted", choice(), None), ("updated", choice("B"), None)]
    back = annotate(owner(), project.ids[1])["id"]
    owner().post(f"/api/annotations/{back}/convert-to-draft")
    assert versions(annotation=back) == [("submitted", choice(), None)]
    assert len(owner().get(project.path + "/annotation-history/")["results"]) == 3


def test_removal_for_good_keeps_the_last_version(project):
    made = annotate(owner(), project.task, lead_time=5)["id"]
    change(made, result=choice("B"))
    sql(f"DELETE FROM annotation WHERE id = {made}; SELECT task_recount('{{{project.task}}}', NULL)")
    assert versions(annotation=made) == [("submitted", choice(), 5.0), ("updated", choice("B"), 5.0)]


def test_a_task_takes_its_history_along(project):
    made = annotate(owner(), project.task)["id"]
    row, = history(annotation=made)
    owner().delete(f"/api/tasks/{project.task}/")
    assert history(annotation=made) == history(task=project.task) == []
    owner().get(f"{PATH}{row['id']}/", 404)
    assert owner().get(project.path + "/annotation-history/")["count"] == 0
    sql(f"DELETE FROM stream_history WHERE task_id = {project.task}; DELETE FROM annotation WHERE task_id = {project.task}; "
        f"DELETE FROM task WHERE id = {project.task}")
    assert sql(f"SELECT count(*) FROM annotation_history WHERE annotation_id = {made}") == "0"


# ---- lists ----


def test_filters_and_order(project):
    first, second = annotate(owner(), project.task)["id"], annotate(owner(), project.ids[1])["id"]
    change(first, result=[])
    every = history(project=project.id)
    assert [(r["annotation_id"], r["action"]) for r in every] == [(first, "submitted"), (second, "submitted"), (first, "updated")]
    for ordering, wanted in (("id", every), ("-id", every[::-1]), ("created_at", every), ("-created_at", every[::-1]), ("", every)):
        assert history(project=project.id, ordering=ordering) == wanted
    assert history(task=project.task) == history(annotation=first) == [every[0], every[2]]
    assert history(annotation=first, ordering="-created_at") == [every[2], every[0]]
    assert history(annotation=first, task=project.ids[1]) == history(task=project.task, project=2000000000) == []
    assert history(project=project.id, annotation=second, task=project.ids[1]) == [every[1]]
    shown = history()
    assert [r["id"] for r in shown] == sorted(r["id"] for r in shown) and all(r in shown for r in every)
    for query in ({"annotation": 2000000000}, {"annotation": 0}, {"task": 99999999999}):
        assert history(**query) == []
    for wrong in ("x", "-1", "1.5"):
        problem = f'Incorrect value in key "annotation" = "{wrong}". It should be digit string.'
        assert owner().get(PATH, 400, annotation=wrong)["validation_errors"] == {"annotation": problem}


def test_pages_of_a_project(project):
    made = [annotate(owner(), number)["id"] for number in project.ids]
    path = project.path + "/annotation-history/"
    first = owner().get(path, page_size=2)
    assert first["count"] == 3 and [r["annotation_id"] for r in first["results"]] == made[:2] and first["previous"] is None
    second = requests.get(first["next"], headers=owner().session.headers, timeout=60).json()
    assert [r["annotation_id"] for r in second["results"]] == made[2:] and second["next"] is None
    assert second["previous"].endswith(f"{path}?page_size=2")
    assert owner().get(path, 404, page=3, page_size=2)["detail"] == "Invalid page."
    every = owner().get(path)["results"]
    middle = every[1]["created_at"]
    assert owner().get(path, created_at_from=middle)["results"] == every[1:]
    assert owner().get(path, created_at_to=middle)["results"] == every[:2]
    assert owner().get(path, created_at_from=middle, created_at_to=middle)["results"] == [every[1]]
    assert owner().get(path, created_at_from="2200-01-01") == {"count": 0, "next": None, "previous": None, "results": []}
    assert list(owner().get(path, 400, created_at_to="soon")["validation_errors"]) == ["created_at_to"]
    assert owner().get(Project().path + "/annotation-history/")["results"] == []


# ---- who ----


def test_annotators_read_their_own(project):
    project.change(is_published=True)
    ann = Person("AN")
    mine, other = annotate(ann, project.task)["id"], annotate(owner(), project.task)["id"]
    change(mine, result=choice("B"))
    assert [(r["annotation_id"], r["created_by"]) for r in history(ann)] == [(mine, ann.number), (mine, owner().id)]
    assert history(ann, annotation=other) == []
    assert history(ann, task=project.task) == history(ann, project=project.id) == history(ann)
    pages = ann.get(project.path + "/annotation-history/")
    assert pages["count"] == 2 and pages["results"] == history(ann)
    ann.get(f"{PATH}{history(annotation=other)[0]['id']}/", 404)
    assert len(history(Person("RE"), task=project.task)) == 3


def test_others_read_nothing(project):
    made = annotate(owner(), project.task)["id"]
    row, = history(annotation=made)
    stranger().get(f"{PATH}{row['id']}/", 404)
    stranger().get(project.path + "/annotation-history/", 404)
    assert history(stranger(), annotation=made) == history(stranger(), project=project.id) == []
    assert row["id"] not in {r["id"] for r in history(stranger())}
    assert stranger().delete(f"{PATH}?annotation={made}", 200) == {"removed": 0}
    assert history(annotation=made) == [row]


def test_remove(project):
    first, second, third = (annotate(owner(), number)["id"] for number in project.ids)
    for number in (first, second, third):
        change(number, result=choice("B"))
    assert owner().delete(f"{PATH}?annotation={first}&task={project.ids[1]}", 200) == {"removed": 0}
    assert owner().delete(f"{PATH}?annotation={first}", 200) == {"removed": 2}
    assert history(annotation=first) == []
    assert owner().get(f"/api/annotations/{first}/")["result"] == choice("B")
    assert Person("AD").delete(f"{PATH}?task={project.ids[1]}", 200) == {"removed": 2}
    assert owner().delete(f"{PATH}?project={project.id}", 200) == {"removed": 2}
    assert history(project=project.id) == []
    change(first, result=[])
    assert versions(project=project.id) == [("updated", [], None)]
    assert owner().delete(PATH, 400)["validation_errors"] == {"non_field_errors": ["Name an annotation, a task or a project."]}


@pytest.mark.parametrize("role", ["MA", "RE", "AN", "VO"])
def test_only_administrators_remove(project, role):
    project.change(is_published=True)
    made = annotate(owner(), project.task)["id"]
    Person(role).delete(f"{PATH}?annotation={made}", 403)
    assert len(history(annotation=made)) == 1


def test_skips_have_history(project):
    assert versions(annotation=skip(owner(), project.task)["id"]) == [("skipped", [], None)]
