"""Imports that a job does, and imports that come with a key of their client's: done once, however often they are sent."""

import concurrent.futures
import json
import os
import subprocess

import pytest
from label_studio_sdk import LabelStudio

from people import Person
from server import shared_server
from work import Project, choice, counted, eventually, numbering_held, ours, owner, sql, stranger

pytestmark = ours

ITEMS = [{"data": {"text": "a"}, "annotations": [{"result": choice()}]}, {"text": "b"}]


@pytest.fixture
def project():
    return Project()


def send(project, items=ITEMS, key=None, what="import", status=201, **query):
    headers = {"Idempotency-Key": key} if key else {}
    return owner().call("POST", f"{project.path}/{what}", status, json=items, params=query, headers=headers)


def ended(project, number, what="imports"):
    return eventually(lambda: owner().get(f"{project.path}/{what}/{number}/"), lambda read: read["status"] in ("completed", "failed"))


def kept_files(project):
    folder = os.path.join(shared_server().dir, "files", "import", str(project.id))
    return os.listdir(folder) if os.path.isdir(folder) else []


# ---- left to a job ----


def test_a_body(project):
    answer = send(project, **{"async": "1", "return_task_ids": "true"})
    assert set(answer) == {"import"}
    read = ended(project, answer["import"])
    assert read["status"] == "completed" and read["error"] is None and read["project"] == project.id
    assert (read["task_count"], read["annotation_count"], read["prediction_count"]) == (2, 1, 0)
    assert read["commit_to_project"] is True and read["return_task_ids"] is True and read["finished_at"] >= read["created_at"]
    assert [t["id"] for t in project.tasks()] == read["task_ids"]
    assert project.tasks()[0]["annotations"][0]["completed_by"] == owner().id
    eventually(lambda: kept_files(project) == [])
    counted(project)


def test_files(project):
    files = {"one": ("a.csv", b"text\nfrom a table\n"), "two": ("b.json", b'[{"text": "from a list"}]')}
    answer = owner().call("POST", project.path + "/import", 201, files=files, params={"async": "1"})
    read = ended(project, answer["import"])
    assert read["status"] == "completed", read
    assert read["found_formats"] == {".csv": 1, ".json": 1} and len(read["file_upload_ids"]) == 2
    assert [t["data"]["text"] for t in project.tasks()] == ["from a table", "from a list"]
    again = owner().post(project.path + "/reimport", {"file_upload_ids": read["file_upload_ids"]}, **{"async": "1"})
    done = ended(project, again["reimport"], "reimports")
    assert done["status"] == "completed" and done["task_count"] == 2 and done["files_as_tasks_list"] is True
    assert done["file_upload_ids"] == read["file_upload_ids"] and len(project.tasks()) == 2
    owner().get(f"{project.path}/imports/{again['reimport']}/", 404)
    owner().get(f"{project.path}/reimports/{answer['import']}/", 404)


def test_what_is_refused(project):
    answer = send(project, [{"wrong": 1}], **{"async": "1"})
    read = ended(project, answer["import"])
    assert read["status"] == "failed" and read["task_count"] == 0
    eventually(lambda: kept_files(project) == [])
    assert '"text" key is expected in task data' in json.loads(read["error"])["non_field_errors"][0]
    assert project.read()["task_number"] == 0
    assert ended(project, send(project, "[1", **{"async": "1"})["import"])["status"] == "failed"


def test_predictions(project):
    ids = project.texts(2)
    answer = send(project, [{"task": i, "result": choice(), "score": 0.5} for i in ids], what="import/predictions", **{"async": "1"})
    read = ended(project, answer["import"])
    assert read["status"] == "completed" and read["created"] == 2
    assert project.read()["total_predictions_number"] == 2
    counted(project)


def test_a_job_that_is_run_twice(project):
    """Its runner died after the commit, before it could say so."""
    answer = send(project, **{"async": "1"})
    assert ended(project, answer["import"])["status"] == "completed"
    job = sql(f"SELECT job FROM project_import WHERE id = {answer['import']}")
    sql(f"UPDATE job SET state = 'waiting', run_at = now(), finished_at = NULL WHERE id = {job}")
    eventually(lambda: sql(f"SELECT state FROM job WHERE id = {job}") == "done")
    assert len(project.tasks()) == 2


def hasty_runner():
    """A runner beside the server's, which gives up one that was silent for a second. It leaves when nothing is left to do."""
    jobs = f"/proc/{shared_server().pids['jobs']}"
    with open(jobs + "/environ") as file:
        env = {**dict(line.split("=", 1) for line in file.read().split("\0") if line), "LABELD_JOB_HEARTBEAT_S": "1"}
    place = os.stat(jobs)
    who = {"user": place.st_uid, "group": place.st_gid, "extra_groups": []} if os.getuid() == 0 else {}
    return subprocess.Popen([os.path.join(os.environ["LABELD_BUILD"], "labeld-jobs"), "--once"], env=env, stderr=subprocess.DEVNULL, cwd="/", **who)


@pytest.mark.parametrize("items, status, tasks", [(ITEMS, "completed", 2), ([{"wrong": 1}], "failed", 0)])
def test_a_job_that_is_taken_over_while_its_runner_lives(project, items, status, tasks):
    with numbering_held(project):
        number = send(project, items, **{"async": "1"})["import"]
        job = sql(f"SELECT job FROM project_import WHERE id = {number}")
        first = eventually(lambda: sql(f"SELECT locked_by FROM job WHERE id = {job}"))
        eventually(lambda: sql(f"SELECT heartbeat_at < now() - interval '1.5 s' FROM job WHERE id = {job}") == "t")
        second = hasty_runner()
        eventually(lambda: sql(f"SELECT locked_by FROM job WHERE id = {job}"), lambda by: by not in ("", first))
    assert second.wait(120) == 0
    read = ended(project, number)
    assert (read["status"], read["task_count"]) == (status, tasks) and bool(read["error"]) == (status == "failed")
    assert sql(f"SELECT state FROM job WHERE id = {job}") == ("done" if status == "completed" else "failed")
    assert project.read()["task_number"] == tasks
    eventually(lambda: kept_files(project) == [])
    counted(project)


# ---- the client's key ----


def test_the_second_time_gives_the_first_answer(project):
    first = send(project, key="one", return_task_ids="true")
    assert send(project, key="one", return_task_ids="true") == first
    assert owner().post(project.path + "/import", ITEMS, idempotency_key="one", return_task_ids="true") == first
    assert len(project.tasks()) == 2
    other = send(project, key="two", return_task_ids="true")
    assert set(other["task_ids"]).isdisjoint(first["task_ids"]) and len(project.tasks()) == 4
    counted(project)


def test_files_with_a_key(project):
    for _ in range(2):
        answer = owner().call("POST", project.path + "/import", 201, files={"file": ("a.csv", b"text\na\nb\n")}, headers={"Idempotency-Key": "f"})
        assert answer["task_count"] == 2
    assert len(project.tasks()) == 2 and len(owner().get(project.path + "/file-uploads", all="true")) == 1


def test_predictions_with_a_key(project):
    task, = project.texts(1)
    for _ in range(2):
        assert send(project, [{"task": task, "result": choice()}], "p", "import/predictions") == {"created": 1}
    assert project.read()["total_predictions_number"] == 1


def test_another_import_under_the_same_key(project):
    send(project, key="one")
    assert "another import" in send(project, [{"text": "c"}], "one", status=422)["detail"]
    send(project, key="one", status=422, return_task_ids="true")
    assert len(project.tasks()) == 2


def test_what_was_refused_may_be_sent_again(project):
    send(project, [{"wrong": 1}], "one", status=400)
    assert send(project, key="one")["task_count"] == 2


def test_what_a_job_refused_may_be_sent_again(project):
    assert ended(project, send(project, [{"wrong": 1}], "one", **{"async": "1"})["import"])["status"] == "failed"
    number = send(project, key="one", **{"async": "1"})["import"]
    assert ended(project, number)["status"] == "completed" and send(project, key="one")["task_count"] == 2 and len(project.tasks()) == 2


def test_the_key_of_a_job_that_died_is_free(project):
    number = send(project, [{"wrong": 1}], "one", **{"async": "1"})["import"]
    assert ended(project, number)["status"] == "failed"
    sql(f"UPDATE project_import SET key = 'two', error = NULL WHERE id = {number}")      # as its last runner left it
    assert send(project, key="two")["task_count"] == 2
    assert ended(project, number)["status"] == "failed"


def test_two_at_once(project):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: send(project, key="race", return_task_ids="true"), range(2)))
    assert all(a == answers[0] for a in answers) and len(project.tasks()) == 2


def test_a_key_and_a_job(project):
    first = send(project, key="one", **{"async": "1"})
    assert ended(project, first["import"])["status"] == "completed"
    again = send(project, key="one", **{"async": "1"})
    assert again["task_count"] == 2 and len(project.tasks()) == 2      # the answer itself, now that there is one


def test_keys_belong_to_their_user_and_project(project):
    send(project, key="one")
    other = Person("MA")
    assert other.call("POST", project.path + "/import", 201, json=ITEMS, headers={"Idempotency-Key": "one"})["task_count"] == 2
    assert send(Project(), key="one")["task_count"] == 2
    assert len(project.tasks()) == 4


def test_a_bad_key(project):
    assert "idempotency_key" in send(project, key="x" * 256, status=400)["validation_errors"]


def test_who_may_look(project):
    number = send(project, **{"async": "1"})["import"]
    stranger().get(f"{project.path}/imports/{number}/", 404)
    owner().get(f"{Project().path}/imports/{number}/", 404)
    project.change(is_published=True)
    Person("AN").get(f"{project.path}/imports/{number}/", 403)
    assert owner().get(f"{project.path}/imports/9999999/", 404)["detail"] == "No ProjectImport matches the given query."
    assert owner().get(f"{project.path}/reimports/9999999/", 404)["detail"] == "No ProjectReimport matches the given query."
    owner().post(project.path + "/import", ITEMS, 400, **{"async": "perhaps"})


def test_the_newer_client(project):
    client = LabelStudio(base_url=owner().url, api_key=owner().session.headers["Authorization"].split()[1])
    number = send(project, **{"async": "1"})["import"]
    ended(project, number)
    read = client.tasks.create_many_status(id=project.id, import_pk=number)
    assert read.status == "completed" and read.task_count == 2
