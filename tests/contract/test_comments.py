"""Comments on annotations and drafts: who reads, writes and resolves them, what they do to tasks, and where they go."""

import csv
import io

import pytest

from people import Person, member
from work import Project, annotate, choice, counted, ours, owner, skip, sql

pytestmark = ours


@pytest.fixture(scope="module")
def ann():
    return Person("AN")


@pytest.fixture(scope="module")
def bo():
    return Person("AN")


@pytest.fixture(scope="module")
def reviewer():
    return Person("RE")


def published(n=1, **fields):
    project = Project(is_published=True, **fields)
    return project, project.texts(n)


def say(api, text="why", status=201, **target):
    return api.post("/api/comments/", {"text": text, **target}, status)


def figures(task):
    read = owner().get(f"/api/tasks/{task}/")
    return read["comment_count"], read["unresolved_comment_count"], [a["user_id"] for a in read["comment_authors"]]


def draft(api, task):
    return api.post(f"/api/tasks/{task}/drafts", {"result": choice("B")})["id"]


def test_a_comment_is_what_was_sent(ann):
    project, (task,) = published()
    made = annotate(ann, task)["id"]
    region = {"regionId": "r1", "controlName": "label"}
    comment = say(ann, "two\nlines", annotation=made, region_ref=region, classifications={"default": {"type": "choices"}})
    assert list(comment) == ["id", "annotation", "draft", "task", "project", "text", "region_ref", "classifications", "is_resolved", "resolved_at",
                             "created_at", "updated_at", "created_by", "state"]
    assert comment["region_ref"] == region and comment["text"] == "two\nlines" and comment["classifications"] == {"default": {"type": "choices"}}
    assert (comment["annotation"], comment["draft"], comment["task"], comment["project"]) == (made, None, task, project.id)
    assert (comment["created_by"], comment["is_resolved"], comment["resolved_at"]) == (ann.number, False, None)
    path = f"/api/comments/{comment['id']}/"
    assert ann.get(path) == comment == ann.get(path.rstrip("/"))
    assert ann.get(path, expand_created_by="true")["created_by"]["email"] == ann.address
    assert figures(task) == (1, 1, [ann.number])

    resolved = ann.patch(path, {"is_resolved": True})
    assert resolved["resolved_at"] and resolved["text"] == "two\nlines" and figures(task)[:2] == (1, 0)
    assert ann.patch(path, {"is_resolved": False})["resolved_at"] is None
    assert ann.patch(path, {"region_ref": None})["region_ref"] is None
    assert owner().get(f"/api/tasks/{task}/")["last_comment_updated_at"] == ann.get(path)["updated_at"]
    assert ann.call("PUT", path, 200, json={"text": "other"})["text"] == "other"
    ann.delete(path)
    ann.get(path, 404)
    assert figures(task) == (0, 0, []) and owner().get(f"/api/tasks/{task}/")["last_comment_updated_at"] is None


def test_what_is_refused(ann):
    _, (task,) = published()
    made, begun = annotate(ann, task)["id"], draft(ann, task)

    def errors(**body):
        return ann.post("/api/comments/", body, 400)["validation_errors"]

    assert set(errors(text="x")) == {"non_field_errors"} == set(errors(text="x", annotation=made, draft=begun))
    assert errors(annotation=made) == {"text": ["This field is required."]}
    assert errors(annotation=made, text=" ") == {"text": ["This field may not be blank."]}
    assert errors(annotation=2000000000, text="x") == {"annotation": ['Invalid pk "2000000000" - object does not exist.']}
    assert errors(draft=2000000000, text="x") == {"draft": ['Invalid pk "2000000000" - object does not exist.']}
    assert "annotation" in errors(annotation="x", text="x") and "is_resolved" in errors(annotation=made, text="x", is_resolved="perhaps")
    assert figures(task)[0] == 0


def test_a_change_leaves_something_said(ann):
    _, (task,) = published()
    made = annotate(ann, task)["id"]
    path = f"/api/comments/{say(ann, annotation=made)['id']}/"
    assert ann.patch(path, {"text": ""}, 400)["validation_errors"] == {"text": ["This field may not be blank."]}
    assert ann.get(path)["text"] == "why"
    assert ann.patch(path, {"text": "", "classifications": {"default": {"type": "choices"}}})["text"] == ""
    ann.patch(path, {"classifications": None}, 400)
    assert ann.patch(path, {"is_resolved": True})["is_resolved"] is True


def test_who_reads_and_writes(ann, bo, reviewer):
    _, (task,) = published(maximum_annotations=2)
    mine, theirs = annotate(ann, task)["id"], annotate(bo, task)["id"]
    a, b = say(ann, annotation=mine), say(reviewer, "look again", annotation=theirs)
    say(ann, status=400, annotation=theirs)
    path = f"/api/comments/{b['id']}/"
    ann.get(path, 404)
    ann.patch(path, {"is_resolved": True}, 404)
    assert bo.get(path)["created_by"] == reviewer.number
    bo.patch(path, {"is_resolved": True}, 403)
    bo.patch(path, {"text": "no"}, 403)
    bo.call("DELETE", path, 403)
    assert owner().patch(path, {"is_resolved": True})["is_resolved"]
    assert reviewer.patch(f"/api/comments/{a['id']}/", {"is_resolved": True})["resolved_at"]
    reviewer.patch(f"/api/comments/{a['id']}/", {"text": "no"}, 403)
    owner().patch(path, {"text": "no"}, 403)
    assert [c["id"] for c in ann.get("/api/comments/", annotation=mine)] == [a["id"]] and ann.get("/api/comments/", annotation=theirs) == []
    member("VO").call("POST", "/api/comments/", 403, json={"annotation": mine, "text": "x"})
    assert figures(task) == (2, 0, sorted([ann.number, reviewer.number]))
    seen = ann.get(f"/api/tasks/{task}/")
    assert [c["user_id"] for c in seen["comment_authors"]] == [ann.number]      # what was said about their own work


def test_lists(ann, bo, reviewer):
    project, (first, second) = published(2)
    mine, theirs = annotate(ann, first)["id"], annotate(bo, second)["id"]
    ids = [say(reviewer, f"c{i}", annotation=a)["id"] for i, a in enumerate((mine, theirs, mine))]
    begun = draft(ann, first)
    ids.append(say(ann, "d", draft=begun)["id"])

    def found(**query):
        return [c["id"] for c in owner().get("/api/comments/", **query)]

    assert found(annotation=mine) == [ids[0], ids[2]] and found(annotation=mine, ordering="-id") == [ids[2], ids[0]]
    assert found(annotation=mine, draft=begun) == [ids[0], ids[2], ids[3]] and found(draft=begun) == [ids[3]]
    assert found(projects=project.id) == ids and found(projects=f"{project.id},2000000000") == ids and found(projects=2000000000) == []
    assert found(projects=project.id, annotators=bo.number) == [ids[1]]
    owner().patch(f"/api/comments/{ids[0]}/", {"is_resolved": True})
    assert found(projects=project.id, ordering="-updated_at")[0] == ids[0] and found(projects=project.id, ordering="-created_at") == ids[::-1]
    assert owner().get("/api/comments/", annotation=mine, expand_created_by="true")[0]["created_by"]["id"] == reviewer.number
    owner().get("/api/comments/", 400, projects="x")
    owner().get("/api/comments/", 400, annotation="x")
    assert set(ids) <= set(found())


def test_a_table_of_them(ann):
    project, (task,) = published()
    made = annotate(ann, task)["id"]
    comment = say(ann, '=1+1 "quoted", ä', annotation=made)
    answer = owner().send("GET", f"/api/comments/export/?projects={project.id}&tz=Europe/Berlin")
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (row["id"], row["annotation"], row["draft"], row["created_by"]) == (str(comment["id"]), str(made), "", ann.address)
    assert row["text"] == '\'=1+1 "quoted", ä'
    local = sql(f"SELECT to_char(created_at AT TIME ZONE 'Europe/Berlin', 'YYYY-MM-DD HH24:MI:SS') FROM comment WHERE id = {comment['id']}")
    assert row["created_at"] == local
    assert "tz" in owner().get("/api/comments/export/", 400, tz="Nowhere/There")["validation_errors"]


def test_a_draft_takes_its_comments_along(ann, reviewer):
    _, (task,) = published()
    begun = draft(ann, task)
    first = say(ann, "not sure", draft=begun)["id"]
    assert figures(task) == (1, 1, [ann.number])
    made = annotate(ann, task, draft_id=begun)["id"]
    moved = ann.get(f"/api/comments/{first}/")
    assert (moved["annotation"], moved["draft"]) == (made, None) and figures(task)[0] == 1

    change = ann.post(f"/api/tasks/{task}/annotations/{made}/drafts", {"result": choice("A")})["id"]
    second = say(reviewer, "better", draft=change)["id"]
    ann.patch(f"/api/annotations/{made}/", {"result": choice("A")})
    assert ann.get(f"/api/comments/{second}/")["annotation"] == made and figures(task)[0] == 2

    back = ann.post(f"/api/annotations/{made}/convert-to-draft")["id"]
    assert ann.get(f"/api/comments/{first}/")["draft"] == back and figures(task)[0] == 2
    ann.delete(f"/api/drafts/{back}/")
    ann.get(f"/api/comments/{first}/", 404)
    assert figures(task) == (0, 0, [])


def test_the_trash_hides_them(ann):
    project, tasks = published(2)
    made = annotate(ann, tasks[0])["id"]
    comment = say(ann, annotation=made)["id"]
    ann.delete(f"/api/annotations/{made}/")
    assert figures(tasks[0]) == (0, 0, []) and owner().get("/api/comments/", projects=project.id) == []
    owner().get(f"/api/comments/{comment}/", 404)
    owner().post(project.path + "/trash/restore/", {"annotations": [made]}, 200)
    assert figures(tasks[0])[0] == 1 and owner().get(f"/api/comments/{comment}/")["annotation"] == made

    owner().patch(f"/api/annotations/{made}/", {"task": tasks[1]})
    assert figures(tasks[0])[0] == 0 and figures(tasks[1])[0] == 1 and owner().get(f"/api/comments/{comment}/")["task"] == tasks[1]
    owner().delete(f"/api/annotations/{made}/")
    owner().post(project.path + "/trash/purge/", {"annotations": [made]}, 200)
    counted(project)


def test_a_skip_wants_a_word(ann):
    project, tasks = published(4, require_comment_on_skip=True)
    told = skip_refused(ann, tasks[0])
    assert told == {"comment": ["Please leave a comment before you skip a task."]}
    skip(ann, tasks[0], comment="blurred")
    begun = draft(ann, tasks[1])
    skip_refused(ann, tasks[1], draft_id=begun)
    say(ann, "blurred", draft=begun)
    made = skip(ann, tasks[1], draft_id=begun)["id"]
    assert [c["text"] for c in ann.get("/api/comments/", annotation=made)] == ["blurred"]

    stored = annotate(ann, tasks[2])["id"]
    path = f"/api/annotations/{stored}/"
    ann.patch(path, {"was_cancelled": True}, 400)
    say(ann, "too dark", annotation=stored)
    assert ann.patch(path, {"was_cancelled": True})["was_cancelled"]
    ann.patch(path, {"was_cancelled": False})
    ann.patch(path, {"was_cancelled": True}, 400)      # that comment was about the version before
    project.change(require_comment_on_skip=False)
    skip(ann, tasks[3])
    counted(project)


def skip_refused(api, task, **fields):
    return api.post(f"/api/tasks/{task}/annotations/", {"result": [], "was_cancelled": True, **fields}, 400)["validation_errors"]


def test_without_comments_nothing_is_said(ann):
    _, (task,) = published()
    annotate(ann, task)
    assert "comments" not in owner().get(f"/api/tasks/{task}/")
    made = annotate(owner(), task)["id"]
    say(owner(), "one", annotation=made)
    say(owner(), "two", annotation=made)
    assert owner().get(f"/api/tasks/{task}/")["comments"] == "one\ntwo"
