"""States of annotations, which their history tells, and events of the labelling page. labeld only: the reference has them switched off."""

import uuid

import pytest

from people import Person
from work import Project, annotate, choice, counted, ours, owner, skip, sql, stranger

pytestmark = ours


@pytest.fixture(scope="module")
def project():
    made = Project(is_published=True)
    made.ids = made.texts(4)
    return made


def history(api, annotation, status=200, **query):
    return api.get(f"/api/fsm/entities/annotation/{annotation}/history", status, **query)


def step(api, annotation, body, status=200, **kw):
    return api.call("POST", f"/api/fsm/entities/annotation/{annotation}/transition/", status, json=body, **kw)


def test_states_follow_the_versions(project):
    made = annotate(owner(), project.ids[0], lead_time=2.5)["id"]
    owner().patch(f"/api/annotations/{made}/", {"result": choice("B")})
    owner().patch(f"/api/annotations/{made}/", {"was_cancelled": True, "comment": "blurred"})
    page = history(owner(), made)
    assert (page["count"], page["next"], page["previous"]) == (3, None, None)
    first, second, third = page["results"]
    assert [r["state"] for r in page["results"]] == ["SUBMITTED", "SUBMITTED", "SKIPPED"]
    assert [r["previous_state"] for r in page["results"]] == [None, "SUBMITTED", "SUBMITTED"]
    assert [r["transition_name"] for r in page["results"]] == ["submitted", "updated", "skipped"]
    assert third["reason"] == "blurred" and first["reason"] is None
    assert first["triggered_by"] == {"id": owner().id, "email": owner().email}
    assert first["context_data"]["task_id"] == project.ids[0] and first["context_data"]["lead_time"] == 2.5
    assert len({uuid.UUID(r["id"]) for r in page["results"]}) == 3 and first["created_at"] <= second["created_at"]


def test_states_are_found_by_their_parts(project):
    made = skip(owner(), project.ids[1])["id"]
    owner().patch(f"/api/annotations/{made}/", {"was_cancelled": False})

    def found(**query):
        return [r["state"] for r in history(owner(), made, **query)["results"]]

    assert found() == ["SKIPPED", "SUBMITTED"] and found(ordering="-created_at") == ["SUBMITTED", "SKIPPED"]
    assert found(state="SKIPPED") == ["SKIPPED"] and found(previous_state="SKIPPED") == ["SUBMITTED"]
    assert found(transition_name="skipped") == ["SKIPPED"] and found(triggered_by=owner().id + 1000000) == []
    assert found(created_at_from="2999-01-01") == [] and found(created_at_to="2999-01-01") == ["SKIPPED", "SUBMITTED"]
    page = history(owner(), made, page=2, page_size=1)
    assert [r["state"] for r in page["results"]] == ["SUBMITTED"] and page["previous"]
    history(owner(), made, 400, created_at_from="yesterday")


def test_transitions_change_the_annotation(project):
    made = annotate(owner(), project.ids[2])["id"]
    answer = step(owner(), made, {"transition_name": "skipped", "transition_data": {"comment": "cannot be read"}})
    assert answer["success"] is True and answer["new_state"] == "SKIPPED"
    assert answer["state_record"] == history(owner(), made)["results"][-1] and answer["state_record"]["reason"] == "cannot be read"
    assert owner().get(f"/api/annotations/{made}/")["was_cancelled"] is True
    assert step(owner(), made, {"transition_name": "submitted"})["new_state"] == "SUBMITTED"
    assert owner().get(f"/api/annotations/{made}/")["was_cancelled"] is False
    counted(project)


@pytest.mark.parametrize("body", [{}, {"transition_name": ""}, {"transition_name": None}, {"transition_name": "fly"}, {"transition_name": "submitted"},
                                  {"transition_name": "skipped", "transition_data": []}])
def test_steps_that_do_not_exist(project, body):
    made = annotate(owner(), project.ids[3])["id"]
    assert step(owner(), made, body, 400)["validation_errors"]
    assert history(owner(), made)["count"] == 1


def test_a_step_on_an_older_state(project):
    made = annotate(owner(), project.ids[3])["id"]
    tag = owner().send("GET", f"/api/annotations/{made}/").headers["ETag"]
    owner().patch(f"/api/annotations/{made}/", {"lead_time": 3})
    step(owner(), made, {"transition_name": "skipped"}, 412, headers={"If-Match": tag})


def test_annotators_have_their_own_states_only(project):
    one, other = Person("AN"), Person("AN")
    made = annotate(one, project.ids[3])["id"]
    assert history(one, made)["count"] == 1
    history(other, made, 404)
    step(other, made, {"transition_name": "skipped"}, 404)
    history(stranger(), made, 404)
    history(owner(), 2147483647, 404)
    owner().get(f"/api/fsm/entities/planet/{made}/history", 404)


# ---- events ----


def test_events_are_kept(project):
    task = project.ids[0]
    made = annotate(owner(), task)["id"]
    body = {"event_key": "annotation_loaded", "event_time": "2026-01-15T10:30:00Z", "annotation": made, "annotation_draft": 7, "meta": {"n": 1.10}}
    answer = owner().post(f"/api/tasks/{task}/events/", body)
    assert {k: answer[k] for k in ("event_key", "event_time", "annotation", "annotation_draft_id", "review", "actor", "task", "project", "organization")} == {
        "event_key": "annotation_loaded", "event_time": "2026-01-15T10:30:00Z", "annotation": made, "annotation_draft_id": 7, "review": None,
        "actor": owner().id, "task": task, "project": project.id, "organization": owner().me["active_organization"]}
    assert answer["meta"] == {"n": 1.1} and answer["created_at"]
    assert sql(f"SELECT event_key FROM task_event WHERE id = {answer['id']} AND task_id = {task}") == "annotation_loaded"


def test_an_event_with_an_annotation_of_another_task_is_one_of_the_task(project):
    made = annotate(owner(), project.ids[0])["id"]
    body = {"event_key": "idle_detected", "event_time": "2026-01-15T10:30:00Z", "annotation": made}
    assert owner().post(f"/api/tasks/{project.ids[1]}/events/", body)["annotation"] is None


@pytest.mark.parametrize("change", [{"event_key": None}, {"event_key": ""}, {"event_key": "x" * 101}, {"event_time": "noon"}, {"event_time": None},
                                    {"annotation": "x"}, {"meta": "x" * 70000}])
def test_events_that_are_none(project, change):
    body = {"event_key": "hotkey_pressed", "event_time": "2026-01-15T10:30:00Z", **change}
    assert set(owner().post(f"/api/tasks/{project.ids[0]}/events/", body, 400)["validation_errors"]) == set(change)


def test_annotators_send_events_of_what_they_see(project):
    body = {"event_key": "visibility_change", "event_time": "2026-01-15T10:30:00+02:00"}
    assert Person("AN").post(f"/api/tasks/{project.ids[0]}/events/", body)["event_time"] == "2026-01-15T08:30:00Z"
    stranger().post(f"/api/tasks/{project.ids[0]}/events/", body, 404)
    owner().post("/api/tasks/2147483647/events/", body, 404)
