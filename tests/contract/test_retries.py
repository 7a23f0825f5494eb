"""Requests whose transaction loses against another one and runs again: the client sees the outcome of the last run only."""

import contextlib

import pytest

from people import Browser
from work import CHOICES, Project, choice, ours, owner, shared_server, sql

pytestmark = ours


@contextlib.contextmanager
def losing(table, event, times=2, code="40001"):
    """The next writes to a table fail as serialization failures, or as deadlocks (40P01); a sequence counts them, since it is not rolled back."""
    sql(f"""CREATE SEQUENCE lost; CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('lost') <= {times} THEN RAISE EXCEPTION 'lost' USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER lose BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION lose()""")
    try:
        yield
        assert int(sql("SELECT last_value FROM lost")) > times
    finally:
        sql(f"DROP TRIGGER lose ON {table}; DROP FUNCTION lose(); DROP SEQUENCE lost")


@pytest.fixture
def task():
    return Project().texts(1)[0]


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_an_annotation(task, code):
    with losing("annotation", "INSERT", code=code):
        made = owner().post(f"/api/tasks/{task}/annotations/", {"result": choice("B"), "lead_time": 1.5})
    assert made["result"] == choice("B") and made["lead_time"] == 1.5
    with losing("annotation", "UPDATE", code=code):
        changed = owner().patch(f"/api/annotations/{made['id']}/", {"result": choice("A")})
    assert changed["result"] == choice("A")
    assert len(owner().get(f"/api/tasks/{task}/")["annotations"]) == 1


def test_a_result_sent_as_text(task):
    with losing("annotation", "INSERT"):
        made = owner().post(f"/api/tasks/{task}/annotations/", {"result": '[{"id": "x", "value": {}}]'})
    assert made["result"] == [{"id": "x", "value": {}}]


def test_a_task_and_a_prediction(task):
    with losing("task", "UPDATE"):
        assert owner().patch(f"/api/tasks/{task}/", {"data": {"text": "new"}, "meta": {"a": 1}})["data"] == {"text": "new"}
    with losing("prediction", "INSERT"):
        assert owner().post("/api/predictions/", {"task": task, "result": choice(), "score": 0.5})["result"] == choice()


def test_a_project():
    weights = {"label": {"overall": 0.5}}
    with losing("project", "INSERT"):
        made = owner().post("/api/projects/", {"title": "Again", "label_config": CHOICES, "control_weights": weights})
    assert made["label_config"] == CHOICES and made["control_weights"] == weights


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_an_import(code):
    project = Project()
    with losing("task", "INSERT", code=code):
        assert len(project.load([{"text": "a", "n": 0.1}, {"text": "b"}])) == 2
    assert [t["data"] for t in project.tasks()] == [{"text": "a", "n": 0.1}, {"text": "b"}]


def test_an_import_of_a_file():
    project = Project()
    with losing("task", "INSERT"):
        answer = owner().send("POST", project.path + "/import", files={"a": ("a.json", '[{"text": "in a file"}]')})
    assert answer.status_code == 201 and answer.json()["task_count"] == 1
    assert [t["data"] for t in project.tasks()] == [{"text": "in a file"}]
    assert len(owner().get(project.path + "/file-uploads", all="true")) == 1


def test_who_always_loses_is_told():
    project = Project()
    with losing("task", "INSERT", times=7, code="40P01"):
        answer = owner().send("POST", project.path + "/import", json=[{"text": "a"}])
        assert answer.status_code == 503 and answer.json()["detail"] == "The database is busy, please try again."
        assert project.read()["task_number"] == 0
        assert len(project.load([{"text": "b"}])) == 1


def test_hotkeys_whose_body_the_handler_reads_itself():
    keys = {"annotation:submit": {"key": "ctrl+enter", "active": True}}
    with losing("user_account", "UPDATE"):
        assert owner().patch("/api/current-user/hotkeys/", {"custom_hotkeys": keys})["custom_hotkeys"] == keys


def test_a_form():
    browser = Browser(owner().email, shared_server().password)
    with losing("project", "INSERT"):
        answer = browser.form("/projects/new", {"title": "By form", "paste": '[{"text": "pasted"}]', "label_config": CHOICES})
    assert answer.status_code == 303
    project = answer.headers["Location"].split("/")[-2]
    assert owner().get("/api/tasks/", project=project, fields="all")["tasks"][0]["data"] == {"text": "pasted"}
