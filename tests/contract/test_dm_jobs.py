"""Actions on more tasks than a request handles itself: the same as with few, done by a job. labeld only.

Everything goes through one project, one action after the other; what is killed, stopped or cancelled is in test_longops.py."""

import functools
import html
import json
import re

import pytest

from dm import item, query
from people import browser_of, member
from test_dm_actions import act, only
from work import Project, admin, choice, eventually, ours, owner, sql, stranger

pytestmark = ours

BIG = 5200            # above what a request does itself


@functools.cache
def big():
    made = Project(is_published=True, maximum_annotations=2)
    made.ids = made.load([{"data": {"text": f"text {i % 2600}"}, "predictions": [{"result": choice("AB"[i % 2]), "score": 0.5, "model_version": "v"}]}
                          for i in range(BIG)])
    return made


def value(statement):
    return json.loads(sql(statement.replace("$P", str(big().id))) or "null")


def newest():
    return owner().get(big().path + "/jobs/", ended="true")[-1]


@pytest.fixture(autouse=True)
def figures():
    yield
    admin("verify-counters")


def field(kind, text, **more):
    return act(big(), "add_data_field", {"value_name": "n", "value_type": kind, "value": text, **more})


def test_a_field():
    assert field("Expression", "range(100)") == {"detail": f"Updated {BIG} tasks"}
    assert value("SELECT json_agg(data -> 'n' ORDER BY id) FROM task WHERE project_id = $P") == list(range(100, 100 + BIG))
    assert field("Expression", "sample()") == {"detail": f"Updated {BIG} tasks"}
    drawn = value("SELECT json_agg(data -> 'n' ORDER BY id) FROM task WHERE project_id = $P")
    assert sorted(drawn) == list(range(BIG)) != drawn
    assert field("String", "x", **only(*big().ids[100:], *big().ids[:150])) == {"detail": f"Updated {BIG} tasks"}
    assert field("String", "y", **query(item("id", "not_equal", "Number", big().ids[7]))) == {"detail": f"Updated {BIG - 1} tasks"}
    assert value("SELECT json_agg(id) FROM task WHERE project_id = $P AND data ->> 'n' = 'x'") == [big().ids[7]]
    job = newest()
    assert (job["kind"], job["title"], job["state"], job["created_by"], job["result"]) == (
        "action", "Add Or Modify Data Field", "done", owner().id, {"detail": f"Updated {BIG - 1} tasks"})
    assert job["done"] == job["total"] == BIG and job["rate"] > 0 and job["error"] is None and job["can_cancel"] is False
    assert owner().get(f"{big().path}/jobs/{job['id']}/") == job
    assert owner().get(big().path + "/jobs/") == []


def test_few_of_many_are_no_job():
    last = newest()
    few = query(item("id", "in_list", "Number", big().ids[:10]))
    assert act(big(), "delete_tasks_annotations", few) == {"processed_items": 0, "detail": "Deleted 0 annotations"}
    assert newest() == last


def test_work_of_all():
    assert act(big(), "predictions_to_annotations", {"model_version": "v"}) == {"detail": f"Created {BIG} annotations"}
    relabel = {"map": [{"control": "label", "was": "A", "is": "D"}, {"control": "label", "was": "Z", "is": None}]}
    assert act(big(), "relabel", relabel) == {"detail": f"Updated {BIG // 2} labels in {BIG // 2}"}
    rename = {"control_tag": "label", "old_label_name": "D", "new_label_name": "C"}
    assert act(big(), "rename_labels", rename) == {"detail": f"Updated {BIG // 2} labels in {BIG // 2}"}
    assert act(big(), "cache_labels", {"control_tag": "label"}) == {}
    assert value("SELECT json_object_agg(label, n) FROM (SELECT data ->> 'cache_label' AS label, count(*) AS n FROM task WHERE project_id = $P GROUP BY 1) x") == {
        "B: 1": BIG // 2, "C: 1": BIG // 2}
    assert act(big(), "delete_tasks_predictions") == {"processed_items": BIG, "detail": f"Deleted {BIG} predictions"}
    rest = act(big(), "delete_tasks_annotations", {"selectedItems": {"all": True, "excluded": big().ids[:3]}})
    assert rest == {"processed_items": BIG - 3, "detail": f"Deleted {BIG - 3} annotations"}
    assert value("SELECT count(DISTINCT deleted_at) FROM annotation WHERE project_id = $P AND deleted_at IS NOT NULL") == 1    # one line of the trash
    source = value("SELECT min(id) FROM annotation WHERE project_id = $P AND deleted_at IS NULL")
    assert act(big(), "propagate_annotations", {"source_annotation_id": source}) == {"detail": f"Created {BIG - 1} annotations"}
    assert act(big(), "propagate_annotations", {"source_annotation_id": source, **query(item("id", "greater", "Number", big().ids[0]))})


def test_a_share_of_all():
    share = {"users": [owner().id, member("AN").id], "fraction": 0.25, "overlap": 1, "seed": 3}
    assert act(big(), "assign_by_sampling", share)["assignments"] == BIG // 4
    assert value("SELECT json_agg(n) FROM (SELECT count(*) AS n FROM task_assignment WHERE project_id = $P GROUP BY user_id) x") == [BIG // 8] * 2
    assert act(big(), "delete_annotators") == {"processed_items": BIG // 4, "detail": f"Deleted {BIG // 4} assignments"}
    assert value("SELECT count(*) FROM job_task") == 0


def test_who_lost_the_right_meanwhile():
    """A job acts in the name of who asked, with the rights of then."""
    number = sql("INSERT INTO job (kind, organization_id, payload) VALUES ('action', 1, '" + json.dumps(
        {"project": big().id, "action": "delete_tasks", "by": member("AN").id, "upto": 2 ** 30, "body": {}, "view": None}) + "') RETURNING id")
    path = f"{big().path}/jobs/{number}/"
    job = eventually(lambda: owner().get(path), lambda job: job["state"] not in ("waiting", "running"))
    assert (job["state"], job["error"]) == ("failed", "PERMISSION: You do not have permission to perform this action.")


def test_duplicates_and_deletion():
    assert act(big(), "remove_duplicates", {"selectedItems": {"all": True, "excluded": big().ids[5100:]}}) == {}
    assert big().read()["task_number"] == BIG - 2499      # one of a pair had another field
    big().load([{"text": "more"}] * 3000)
    assert act(big(), "delete_tasks", query(item("data.text", "equal", "String", "none"))) == {
        "processed_items": 0, "reload": False, "detail": "Deleted 0 tasks"}
    assert act(big(), "delete_tasks") == {"processed_items": BIG + 501, "reload": True, "detail": f"Deleted {BIG + 501} tasks"}
    assert big().read()["task_number"] == 0
    assert value("SELECT json_agg(n ORDER BY n) FROM (SELECT count(*) AS n FROM task WHERE project_id = $P AND deleted_at IS NOT NULL "
                 "GROUP BY deleted_at) x") == [2499, BIG + 501]
    browser = browser_of("OW")
    kind, moment = re.findall(r'name="kind" value="(\w+)">\s*<input type="hidden" name="moment" value="([^"]*)"', browser.get(f"/projects/{big().id}/jobs").text)[-1]
    assert browser.form(f"/projects/{big().id}/trash", {"action": "restore", "kind": kind, "moment": html.unescape(moment)}).status_code == 303
    assert big().read()["task_number"] == BIG + 501


# ---- jobs ----


@pytest.fixture
def waiting():
    project = Project(is_published=True)

    def make(kind="action", state="waiting"):
        payload = json.dumps({"project": project.id, "action": "delete_tasks", "by": owner().id, "upto": 1000})
        return int(sql(f"INSERT INTO job (kind, payload, run_at, state, progress) VALUES ('{kind}', '{payload}', 'infinity', '{state}', "
                       f"'{{\"done\": 250, \"total\": 1000}}') RETURNING id"))

    project.job = make
    yield project
    sql(f"DELETE FROM job WHERE project_id = {project.id}")


def test_jobs_of_a_project(waiting):
    first, other = waiting.job(), waiting.job("skip_queue")
    over = waiting.job(state="done")
    assert [j["id"] for j in owner().get(waiting.path + "/jobs")] == [first, other]
    assert [j["id"] for j in owner().get(waiting.path + "/jobs/", ended="1")] == [first, other, over]
    shown = owner().get(f"{waiting.path}/jobs/{first}")
    assert {k: shown[k] for k in ("title", "state", "done", "total", "rate", "can_cancel", "started_at", "finished_at", "result")} == {
        "title": "Delete Tasks", "state": "waiting", "done": 250, "total": 1000, "rate": None, "can_cancel": True, "started_at": None,
        "finished_at": None, "result": None}
    assert owner().get(f"{waiting.path}/jobs/{other}")["can_cancel"] is False
    owner().get(f"{Project().path}/jobs/{first}", 404)
    owner().get(f"{waiting.path}/jobs/2000000000", 404)
    owner().get(waiting.path + "/jobs/", 400, ended="x")


def test_cancelling(waiting):
    first, other = waiting.job(), waiting.job("overlap")
    cancelled = owner().post(f"{waiting.path}/jobs/{first}/cancel", None, 200)
    assert (cancelled["id"], cancelled["state"], cancelled["can_cancel"]) == (first, "cancelled", False) and cancelled["finished_at"]
    for number in (first, other):
        owner().post(f"{waiting.path}/jobs/{number}/cancel/", None, 409)
    owner().post(f"{Project().path}/jobs/{other}/cancel/", None, 404)
    stranger().post(f"{waiting.path}/jobs/{other}/cancel/", None, 404)
    member("AN").post(f"{waiting.path}/jobs/{other}/cancel/", None, 403)
    assert owner().get(f"{waiting.path}/jobs/{other}")["state"] == "waiting"


def test_pages_show_them(waiting):
    number, over = waiting.job(), waiting.job(state="done")
    for page in ("data", "settings/general", "jobs"):
        text = browser_of("OW").get(f"/projects/{waiting.id}/{page}").text
        assert f'data-job="{number}"' in text and f'data-job="{over}"' not in text and "Delete Tasks" in text
    assert "data-job=" not in browser_of("AN").get(f"/projects/{waiting.id}/data").text
    assert "250 of 1,000" in text and "badge good" in text
    stop = functools.partial(browser_of("MA").form, f"/projects/{waiting.id}/jobs")
    for fields in ({"action": "cancel"}, {"action": "cancel", "job": "x"}, {"action": "x", "job": number}, {"job": number}):
        assert stop(fields).status_code == 400
    for _ in range(2):
        assert stop({"action": "cancel", "job": number}).headers["Location"] == f"/projects/{waiting.id}/jobs"
    assert owner().get(f"{waiting.path}/jobs/{number}")["state"] == "cancelled"
    assert stop({"action": "cancel", "job": 2000000000}).status_code == 404
