"""Reviewers who are not to know who annotated (review_settings.anonymize_annotations): no answer tells them, in no way. labeld only."""

import functools
import json

import pytest

from people import Person
from work import Project, annotate, choice, ours, owner

pytestmark = ours


class Work:
    """A task that two people annotated; one of them has a draft, said something, and a reviewer had a look."""

    def __init__(self):
        self.people = [Person("AN") for _ in range(2)]
        self.reviewer, self.manager = Person("RE"), Person("MA")
        self.project = Project(is_published=True, maximum_annotations=3, review_settings={"anonymize_annotations": True})
        self.task, = self.project.texts(1)
        self.made = [annotate(person, self.task)["id"] for person in self.people]
        self.people[0].patch(f"/api/annotations/{self.made[0]}/", {"result": choice("B")})
        self.people[1].post(f"/api/tasks/{self.task}/drafts", {"result": choice(), "lead_time": 1})
        self.people[0].post("/api/comments/", {"annotation": self.made[0], "text": "unsure"})
        self.own = annotate(self.reviewer, self.task)["id"]
        self.assignees = f"/api/tasks/{self.task}/assignees"
        for person in self.people:
            self.manager.post(self.assignees, {"type": "AN", "users": [person.number]})
        self.manager.post(self.assignees, {"type": "RE", "users": [self.reviewer.number]})

    def asked(self):
        """Every way by which work on the task is read."""
        task, project, one = f"/api/tasks/{self.task}/", self.project.id, self.made[0]
        return [(task, {}), (self.assignees, {}), (f"/api/projects/{project}/tasks/{self.task}/assignees", {}), (f"{task}annotations/", {}), (f"{task}drafts", {}), (f"/api/annotations/{one}/", {}),
                ("/api/tasks/", {"project": project, "fields": "all"}), ("/api/tasks/", {"project": project}),
                (f"/api/projects/{project}/tasks/", {}), (f"/api/projects/{project}/next/", {"mode": "review"}),
                ("/api/annotation-history/", {"annotation": one}), ("/api/annotation-history/", {"task": self.task}),
                ("/api/comments/", {"annotation": one, "expand_created_by": "true"}), ("/api/comments/", {"project": project}),
                ("/api/comments/export/", {"project": project}), (f"/api/fsm/entities/annotation/{one}/history", {})]

    def read(self, who):
        answers = {(path, *query): who.send("GET", path, params=query) for path, query in self.asked()}
        return {key: answer.text for key, answer in answers.items() if answer.status_code == 200}


@functools.cache
def work():
    return Work()


def numbers(value, key=None):
    """Ids of people in an answer, whatever their key is called."""
    if isinstance(value, dict):
        return set().union(*(numbers(v, k) for k, v in value.items())) if value else set()
    if isinstance(value, list):
        return set().union(*(numbers(v, key) for v in value)) if value else set()
    people = ("completed_by", "updated_by", "created_by", "last_created_by", "assignee", "user", "user_id", "annotators", "comment_authors", "triggered_by")
    return {value} if key in people and isinstance(value, int) else set()


def test_managers_know_and_reviewers_do_not():
    w = work()
    known, shown = w.read(w.manager), w.read(w.reviewer)
    assert len(shown) >= 14 and set(shown) <= set(known) | {("/api/projects/%d/next/" % w.project.id, "mode")}
    named = {key for key, text in known.items() if any(p.address in text for p in w.people)}
    assert named, "managers are told nothing: this test proves nothing"
    assert {p.number for p in w.people} < numbers(json.loads(known[w.assignees,]))
    for key, text in shown.items():
        for person in w.people:
            assert person.address not in text and f', {person.number}"' not in text, key
        if text.startswith(("{", "[")):
            assert not numbers(json.loads(text)) & {p.number for p in w.people}, key


def test_the_same_person_stays_the_same():
    w = work()
    rows = w.reviewer.get(f"/api/tasks/{w.task}/annotations/")
    by = {row["id"]: row["completed_by"] for row in rows}
    first, second = (by[made] for made in w.made)
    assert first < 0 and second < 0 and first != second and by[w.own] == w.reviewer.number
    assert w.reviewer.get(f"/api/annotations/{w.made[0]}/")["completed_by"] == first
    assert w.reviewer.get("/api/comments/", annotation=w.made[0])[0]["created_by"] == first
    task = w.reviewer.get("/api/tasks/", project=w.project.id, fields="all")["tasks"][0]
    assert {first, second, w.reviewer.number} >= {a["completed_by"] for a in task["annotations"]} >= {first, second}
    assert w.reviewer.get(f"/api/tasks/{w.task}/")["comment_authors"] == [{"user_id": first}]


def test_assignments_do_not_tell_them():
    """Nor does assigning somebody, which would show whose number it is."""
    w = work()
    by = {row["id"]: row["completed_by"] for row in w.reviewer.get(f"/api/tasks/{w.task}/annotations/")}
    listed = [(a["type"], a["assignee"]) for a in w.reviewer.get(w.assignees)]
    assert listed == [("AN", by[w.made[0]]), ("AN", by[w.made[1]]), ("RE", w.reviewer.number)]
    body = {"type": "AN", "users": [w.people[0].number]}
    every = {"selectedItems": {"all": True, "excluded": []}}
    assert "not told who annotates" in w.reviewer.post(w.assignees, body, 403)["detail"]
    w.reviewer.patch(w.assignees, body, 403)
    w.reviewer.post(f"{w.project.path}/tasks/assignees", {**body, **every}, 403)
    w.reviewer.post(f"{w.project.path}/tasks/assign-by-sampling", {**body, **every}, 403)
    assert w.reviewer.send("DELETE", w.assignees + f"?type=AN&users={w.people[0].number}").status_code == 403
    for action in ("assign_annotators", "delete_annotators", "assign_by_sampling"):
        w.reviewer.post(f"/api/dm/actions/?project={w.project.id}&id={action}", {"users": body["users"], **every}, 403)
    assert len(w.manager.get(w.assignees)) == 3


def test_names_come_back_with_the_setting():
    w = Work()
    w.project.change(review_settings={"anonymize_annotations": False})
    assert {p.number for p in w.people} < {a["assignee"] for a in w.reviewer.get(w.assignees)}
    w.reviewer.post(w.assignees, {"type": "AN", "users": [w.manager.number]})
    rows = w.reviewer.get(f"/api/tasks/{w.task}/annotations/")
    assert {w.people[0].number, w.people[1].number} <= {row["completed_by"] for row in rows}


@pytest.mark.parametrize("role", ["AN", "MA"])
def test_others_see_what_they_saw(role):
    w = work()
    who = w.people[0] if role == "AN" else w.manager
    assert who.get(f"/api/annotations/{w.made[0]}/")["completed_by"] == w.people[0].number
    assert w.people[0].address in owner().get(f"/api/tasks/{w.task}/annotations/")[0]["created_username"]


def test_a_reviewer_of_one_project():
    """Who annotates elsewhere reviews here: the role in the project counts."""
    w = work()
    person = Person("AN")
    owner().post("/api/projects/roles/", {"project": w.project.id, "user": person.number, "role": "RE"})
    assert person.get(f"/api/annotations/{w.made[0]}/")["completed_by"] < 0
    assert all(c["created_by"] < 0 for c in person.get("/api/comments/", annotation=w.made[0]))
