"""What the tests of the work API share: callers, projects, and the truth that stored figures must match.

Everything goes over plain HTTP, so that the tests also state facts about any other server that speaks the API; what only labeld
can show (its database, its own check of counters) is left out there, and tests of labeld's own decisions are marked so."""

import contextlib
import functools
import os
import re
import subprocess
import sys
import time
import uuid

import pytest
import requests

import document

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from server import shared_server  # noqa: E402

CHOICES = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text">'
    '<Choice value="A"/><Choice value="B"/></Choices></View>'
)
IMAGE = (
    '<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image"><Label value="Cat"/></RectangleLabels></View>'
)

ours = pytest.mark.skipif(bool(os.environ.get("LABELD_URL")), reason="a decision of labeld, or needs its database")


def choice(value="A", region="r1"):
    """A result with one region."""
    return [{"id": region, "from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [value]}}]


class Api:
    """Calls of one person. Paths begin with /; each call states the status it expects."""

    def __init__(self, token):
        self.url = shared_server().url
        self.session = requests.Session()
        self.session.trust_env = False      # looking for proxies takes as long as a short request
        if token:
            self.session.headers["Authorization"] = "Token " + token

    def send(self, method, path, **kw):
        kw.setdefault("allow_redirects", False)
        kw.setdefault("timeout", 120)
        answer = self.session.request(method, self.url + path, **kw)
        if not kw.get("stream"):
            document.check(method, answer.request.url, answer)
        return answer

    def call(self, method, path, status, **kw):
        answer = self.send(method, path, **kw)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:800]}"
        return answer.json() if "json" in answer.headers.get("Content-Type", "") and answer.content else None

    def get(self, path, status=200, **query):
        return self.call("GET", path, status, params=query)

    def post(self, path, json=None, status=201, **query):
        return self.call("POST", path, status, json=json, params=query)

    def patch(self, path, json, status=200):
        return self.call("PATCH", path, status, json=json)

    def put(self, path, json, status=200):
        return self.call("PUT", path, status, json=json)

    def delete(self, path, status=204, **kw):
        return self.call("DELETE", path, status, **kw)

    def raw(self, method, path, body, content_type="application/json", status=None, **kw):
        """A body sent byte for byte."""
        headers = {**kw.pop("headers", {}), **({"Content-Type": content_type} if content_type else {})}
        answer = self.send(method, path, data=body.encode() if isinstance(body, str) else body, headers=headers, **kw)
        assert status in (None, answer.status_code), f"{method} {path}: {answer.status_code} {answer.text[:800]}"
        return answer

    @functools.cached_property
    def me(self):
        return self.get("/api/current-user/whoami")

    @property
    def id(self):
        return self.me["id"]

    @property
    def email(self):
        return self.me["email"]


def eventually(read, good=bool, seconds=120, every=0.03):
    """The first value of read() that is good. The end is generous: a busy machine gets the time that it needs."""
    end = time.monotonic() + seconds
    while not good(value := read()):
        assert time.monotonic() < end, f"still {value!r} after {seconds} s"
        time.sleep(every)
    return value


@functools.cache
def owner():
    return Api(shared_server().token)


def anonymous():
    return Api(None)


@functools.cache
def person(name):
    """Somebody of the same organization, signed up by the form that people use."""
    address, password = f"{name}-{uuid.uuid4().hex[:8]}@example.com", "a-long-password-17"
    browser, url = requests.Session(), shared_server().url
    page = browser.get(url + "/user/signup/", timeout=60)
    hidden = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    form = {"email": address, "password": password, "csrfmiddlewaretoken": hidden.group(1) if hidden else browser.cookies["csrftoken"]}
    answer = browser.post(url + "/user/signup/", data=form, headers={"Referer": url + "/user/signup/"}, allow_redirects=False, timeout=60)
    assert answer.status_code == 302, answer.text
    return Api(browser.get(url + "/api/current-user/token", timeout=60).json()["token"])


@functools.cache
def stranger():
    """The owner of another organization."""
    address = f"stranger-{uuid.uuid4().hex[:8]}@example.com"
    admin("create-user", "--email", address, "--password", "a-long-password-18", "--role", "AN")
    admin("create-organization", "--title", "Elsewhere", "--owner", address)
    organization = sql(f"SELECT max(id) FROM organization WHERE title = 'Elsewhere'")
    user = sql(f"SELECT id FROM user_account WHERE email = '{address}'")
    sql(f"DELETE FROM membership WHERE user_id = {user} AND organization_id <> {organization}")
    sql(f"UPDATE user_account SET active_organization = {organization} WHERE id = {user}")
    return Api(sql(f"SELECT token FROM legacy_token WHERE user_id = {user}"))


# ---- behind the API: labeld only ----


def sql(statement):
    """One value, as text."""
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", shared_server().db, "-c", "SET search_path = labeld; " + statement]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@contextlib.contextmanager
def numbering_held(project):
    """Imports into the project wait as long as this lasts."""
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", shared_server().db]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
        session.stdin.write(f"BEGIN; SELECT project_id FROM labeld.project_sequence WHERE project_id = {project.id} FOR UPDATE;\n")
        session.stdin.flush()
        assert session.stdout.readline().strip() == str(project.id)
        try:
            yield
        finally:
            session.communicate("ROLLBACK;\n")


def admin(*arguments):
    place = dict(part.split("=", 1) for part in shared_server().db.split())
    env = {**os.environ, "LABELD_DB_HOST": place["host"], "LABELD_DB_PORT": place["port"], "LABELD_DB_NAME": place["dbname"],
           "LABELD_DB_USER": place["user"], "LABELD_DATA_DIR": shared_server().dir}
    command = [os.path.join(os.environ["LABELD_BUILD"], "labeld-admin"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# ---- projects ----


class Project:
    """A new project; `api` is who owns it."""

    def __init__(self, api=None, label_config=CHOICES, **fields):
        self.api = api or owner()
        fields.setdefault("title", "Contract test")
        if label_config is not None:
            fields["label_config"] = label_config
        self.created = self.api.post("/api/projects/", fields)
        self.id = self.created["id"]
        self.path = f"/api/projects/{self.id}"

    def read(self, api=None):
        return (api or self.api).get(self.path + "/")

    def change(self, **fields):
        return self.api.patch(self.path + "/", fields)

    def load(self, items, **query):
        """Import; the ids of the tasks."""
        return self.api.post(self.path + "/import", items, return_task_ids="1", **query)["task_ids"]

    def texts(self, n):
        return self.load([{"text": f"text {i}"} for i in range(n)])

    def list(self, **query):
        return self.api.get("/api/tasks/", project=self.id, **query)

    def tasks(self):
        return self.list(fields="all", page_size=10000)["tasks"] if self.read()["task_number"] else []

    def next(self, api=None, status=200):
        return (api or self.api).get(self.path + "/next/", status)

    def export(self, **query):
        return self.api.get(self.path + "/export", exportType="JSON", **query)


def annotate(api, task, value="A", **fields):
    return api.post(f"/api/tasks/{task}/annotations/", {"result": choice(value), **fields})


def skip(api, task, **fields):
    return api.post(f"/api/tasks/{task}/annotations/", {"result": [], "was_cancelled": True, **fields})


def counting(annotation, mode):
    return annotation["result"] is not None and (not annotation["was_cancelled"] or mode == "IGNORE_SKIPPED")


def check_task_figures(task, mode):
    kept = [a for a in task["annotations"] if not a["was_cancelled"]]
    assert task["total_annotations"] == len(kept), task["id"]
    assert task["cancelled_annotations"] == len(task["annotations"]) - len(kept), task["id"]
    assert task["total_predictions"] == len(task["predictions"]), task["id"]
    if os.environ.get("LABELD_URL"):
        return      # the reference counts the annotators of imported tasks in another way than later
    people = {a["completed_by"] for a in task["annotations"] if counting(a, mode)}
    assert task["is_labeled"] == (len(people) >= max(task["overlap"], 1)), task["id"]


def useful(annotation):
    return not annotation["was_cancelled"] and not annotation["ground_truth"] and annotation["result"] is not None


def counted(project, *people):
    """Stored figures against figures counted anew from what the API shows; then labeld's own check."""
    tasks, stored = project.tasks(), project.read()
    mode = stored["skip_queue"]
    for task in tasks:
        check_task_figures(task, mode)
    every = [a for t in tasks for a in t["annotations"]]
    figures = {
        "task_number": len(tasks),
        "finished_task_number": sum(t["is_labeled"] for t in tasks),
        "total_annotations_number": sum(not a["was_cancelled"] for a in every),
        "skipped_annotations_number": sum(a["was_cancelled"] for a in every),
        "ground_truth_number": sum(a["ground_truth"] for a in every),
        "useful_annotation_number": sum(map(useful, every)),
        "num_tasks_with_annotations": sum(any(map(useful, t["annotations"])) for t in tasks),
        "total_predictions_number": sum(len(t["predictions"]) for t in tasks),
    }
    assert {name: stored[name] for name in figures} == figures
    for one in people or (project.api,):
        mine = [t for t in tasks if any(a["completed_by"] == one.id for a in t["annotations"])]
        done = [t for t in mine if mode != "REQUEUE_FOR_ME" or
                any(a["completed_by"] == one.id and not a["was_cancelled"] for a in t["annotations"])]
        seen = project.read(one)
        assert seen["queue_total"] == sum(not t["is_labeled"] or t in mine for t in tasks)
        assert seen["queue_done"] == len(done)
    if not os.environ.get("LABELD_URL"):
        admin("verify-counters")


@contextlib.contextmanager
def locked(table):
    """Nobody reads the table meanwhile."""
    session = subprocess.Popen(["psql", "-X", "-q", shared_server().db], stdin=subprocess.PIPE, text=True)
    session.stdin.write(f"SET search_path = labeld; BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE;\n")
    session.stdin.flush()
    try:
        eventually(lambda: sql(f"SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'labeld.{table}'::regclass AND granted") == "1")
        yield
    finally:
        session.stdin.write("ROLLBACK;\n")
        session.stdin.close()
        session.wait()
