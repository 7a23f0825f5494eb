"""Webhooks: their records in the words of the reference API, what is told of which change, order, repetition, the log, the signature.

Receivers listen on the loopback network, so the server of these tests lets itself be led there; that others do not is tested too."""

import contextlib
import hashlib
import hmac
import http.server
import json
import os
import queue
import signal
import socket
import subprocess
import threading

import pytest
import requests

from people import Browser, Person
from server import Server, shared_server
from work import CHOICES, Project, choice, eventually, ours, owner, sql, stranger

pytestmark = ours
URL = "https://hooks.example.com/in"


# ---- records ----


@pytest.fixture(scope="module")
def project():
    return Project()


@pytest.fixture
def hook(project):
    made = owner().post("/api/webhooks/", {"project": project.id, "url": URL})
    yield made
    owner().send("DELETE", f"/api/webhooks/{made['id']}/")


def test_a_record(project, hook):
    assert hook.pop("created_at") <= hook.pop("updated_at")
    assert hook == {"id": hook["id"], "organization": 1, "project": project.id, "url": URL, "send_payload": True, "send_for_all_actions": True,
                    "headers": {}, "is_active": True, "actions": [], "consecutive_failures": 0, "has_secret": False}
    read = owner().get(f"/api/webhooks/{hook['id']}/")
    assert {k: v for k, v in read.items() if k not in ("created_at", "updated_at")} == hook
    assert hook["id"] in [w["id"] for w in owner().get("/api/webhooks/")]
    assert [w["id"] for w in owner().get("/api/webhooks/", project=project.id)] == [hook["id"]]
    assert hook["id"] not in [w["id"] for w in owner().get("/api/webhooks/", project="null")]
    owner().delete(f"/api/webhooks/{hook['id']}/")
    assert owner().get(f"/api/webhooks/{hook['id']}/", 404)["detail"] == "No Webhook matches the given query."
    owner().delete(f"/api/webhooks/{hook['id']}/", 404)


def test_changes(hook):
    address = f"/api/webhooks/{hook['id']}/"
    some = owner().patch(address, {"actions": ["TASKS_CREATED", "ANNOTATION_CREATED"], "send_for_all_actions": False, "project": 1, "headers": {"X-A": "b"}})
    assert some["actions"] == ["ANNOTATION_CREATED", "TASKS_CREATED"] and some["project"] == hook["project"] and some["headers"] == {"X-A": "b"}
    assert owner().patch(address, {"is_active": False})["actions"] == []       # as on the reference server
    assert owner().put(address, {}, 400)["validation_errors"] == {"url": ["This field is required."]}
    changed = owner().put(address, {"url": URL + "2"})
    assert changed["url"] == URL + "2" and changed["is_active"] is False and changed["send_for_all_actions"] is False
    assert owner().patch(address, {"secret": "s"})["has_secret"] is True
    assert owner().patch(address, {"send_payload": False})["has_secret"] is True
    assert owner().patch(address, {"secret": ""})["has_secret"] is False


@pytest.mark.parametrize("body,errors", [
    ({}, {"url": ["This field is required."]}),
    ({"url": "x"}, {"url": ["Enter a valid URL."]}),
    ({"url": "ftp://example.com/"}, {"url": ["Enter a valid URL."]}),
    ({"url": URL, "headers": []}, {"headers": ["[] failed JSON schema check"]}),
    ({"url": URL, "headers": {"a b": "c"}}, {"headers": ["{'a b': 'c'} failed JSON schema check"]}),
    ({"url": URL, "headers": {"a": 3}}, {"headers": ["{'a': 3} failed JSON schema check"]}),
    ({"url": URL, "headers": {"a": "b\r\nc: d"}}, {"headers": ["{'a': 'b\\r\\nc: d'} failed JSON schema check"]}),
    ({"url": URL, "headers": {str(i): "x" for i in range(11)}}, {"headers": [str({str(i): "x" for i in range(11)}) + " failed JSON schema check"]}),
    ({"url": URL, "actions": ["NOPE"]}, {"actions": {"0": ['"NOPE" is not a valid choice.']}}),
    ({"url": URL, "actions": "TASKS_CREATED"}, {"actions": ['Expected a list of items but got type "str".']}),
    ({"url": URL, "actions": ["PROJECT_CREATED"]}, {"non_field_errors": ["Project webhook can't contain organization-only action."]}),
    ({"url": URL, "project": 2000000000}, {"project": ['Invalid pk "2000000000" - object does not exist.']}),
])
def test_bad_records(project, body, errors):
    assert owner().post("/api/webhooks/", {"project": project.id, **body}, 400)["validation_errors"] == errors


def test_places(project):
    assert owner().post("/api/webhooks/", {"url": URL}, 404)["detail"] == "Project not found."
    everywhere = owner().post("/api/webhooks/", {"url": URL, "project": None, "actions": ["PROJECT_CREATED"]})
    assert everywhere["project"] is None and everywhere["actions"] == ["PROJECT_CREATED"]
    manager = Person("MA")
    manager.post("/api/webhooks/", {"url": URL, "project": None}, 404)
    manager.get(f"/api/webhooks/{everywhere['id']}/", 404)
    assert manager.post("/api/webhooks/", {"url": URL, "project": project.id})["project"] == project.id
    for value in ("99999999", "x"):
        assert owner().get("/api/webhooks/", 400, project=value)["validation_errors"] == {
            "project": ["Select a valid choice. That choice is not one of the available choices."]}
    owner().delete(f"/api/webhooks/{everywhere['id']}/")


@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "http://169.254.169.254/latest", "http://[::1]:8080/", "http://10.0.0.1/"])
def test_reserved_networks(project, url):
    owner().post("/api/webhooks/", {"project": project.id, "url": url}, 403)


def test_names_that_lead_into_a_reserved_network():
    """They are judged when they are connected to."""
    mine = Project()
    made = owner().post("/api/webhooks/", {"project": mine.id, "url": "http://localhost:9/"})
    mine.texts(1)
    log = eventually(lambda: owner().get(f"/api/webhooks/{made['id']}/deliveries/"), lambda log: log and log[-1]["attempts"] > 0)
    assert log[-1]["state"] == "waiting" and "reserved network address (block: 127.0.0.0/8)" in log[-1]["error"]
    assert owner().get(f"/api/webhooks/{made['id']}/")["consecutive_failures"] >= 1
    owner().delete(f"/api/webhooks/{made['id']}/")
    assert sql(f"SELECT count(*) FROM webhook_delivery WHERE webhook_id = {made['id']}") == "0"


def test_foreign_ones(project, hook):
    for method, more in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "deliveries/"), ("POST", "deliveries/1/redeliver")):
        assert stranger().send(method, f"/api/webhooks/{hook['id']}/{more}", json={}).status_code == 404
    assert stranger().post("/api/webhooks/", {"url": URL, "project": project.id}, 400)
    owner().post(f"/api/webhooks/{hook['id']}/deliveries/2000000000/redeliver", {}, 404)


def test_info():
    whole = requests.get(owner().url + "/api/webhooks/info/", timeout=60).json()
    assert whole["TASKS_CREATED"] == {"name": "Task created", "description": "", "key": "tasks", "organization-only": False}
    assert {"PROJECT_CREATED", "PROJECT_UPDATED", "PROJECT_DELETED", "TASKS_DELETED", "ANNOTATION_CREATED", "ANNOTATIONS_CREATED",
            "ANNOTATION_UPDATED", "ANNOTATIONS_DELETED", "LABEL_LINK_CREATED", "LABEL_LINK_UPDATED", "LABEL_LINK_DELETED"} < set(whole)
    only = owner().get("/api/webhooks/info/", **{"organization-only": "true"})
    assert set(only) == {"PROJECT_CREATED", "PROJECT_DELETED"}
    assert set(owner().get("/api/webhooks/info/", **{"organization-only": "false"})) == set(whole) - set(only)


def test_nothing_is_written_where_nobody_listens(project):
    before = sql("SELECT count(*) FROM webhook_event")
    other = Project()
    task, = other.texts(1)
    owner().post(f"/api/tasks/{task}/annotations/", {"result": choice()})
    assert sql("SELECT count(*) FROM webhook_event") == before


# ---- deliveries ----


class Receiver:
    """A web server that keeps what it gets; `answers` holds the statuses to give, 200 when it is empty."""

    def __init__(self):
        self.got, self.answers = queue.Queue(), queue.Queue()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = 200 if receiver.answers.empty() else receiver.answers.get()
                receiver.got.put((self.path, dict(self.headers), body, status))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self):
        path, headers, body, status = self.got.get(timeout=120)
        return json.loads(body) if status == 200 else status

    def whole(self):
        return self.got.get(timeout=120)


@contextlib.contextmanager
def receiving():
    receiver = Receiver()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()


class Place:
    """Calls to the server that may reach the loopback network."""

    def __init__(self, server):
        self.server, self.session = server, requests.Session()
        self.session.headers["Authorization"] = "Token " + server.token

    def call(self, method, path, status=None, **more):
        answer = self.session.request(method, self.server.url + path, timeout=60, **more)
        assert answer.status_code == status if status else answer.ok, answer.text
        return answer.json() if answer.content else None

    def sql(self, statement):
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.server.db, "-c", "SET search_path = labeld; " + statement], check=True)

    def project(self):
        return self.call("POST", "/api/projects/", json={"title": "Told", "label_config": CHOICES})["id"]

    def hook(self, project, receiver, **fields):
        return self.call("POST", "/api/webhooks/", 201, json={"project": project, "url": receiver.url + "in", **fields})["id"]

    def load(self, project, *texts):
        return self.call("POST", f"/api/projects/{project}/import?return_task_ids=1", json=[{"text": t} for t in texts])["task_ids"]

    @contextlib.contextmanager
    def senders_stopped(self):
        """Without the runner, whose processes send."""
        parent = self.server.pids["jobs"]
        with open(f"/proc/{parent}/task/{parent}/children") as file:
            stopped = [parent] + [int(pid) for pid in file.read().split()]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)

    def log(self, hook):
        return self.call("GET", f"/api/webhooks/{hook}/deliveries/")


@pytest.fixture(scope="module")
def place():
    with Server(env={"LABELD_SSRF_PROTECTION_ENABLED": "off"}) as server:
        yield Place(server)


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


TASK = {"id", "data", "meta", "created_at", "updated_at", "is_labeled", "allow_skip", "overlap", "inner_id", "total_annotations",
        "cancelled_annotations", "total_predictions", "precomputed_agreement", "comment_count", "unresolved_comment_count",
        "last_comment_updated_at", "project", "updated_by", "file_upload", "comment_authors"}
ANNOTATION = {"id", "result", "was_cancelled", "ground_truth", "created_at", "updated_at", "draft_created_at", "lead_time", "prediction",
              "result_count", "unique_id", "import_id", "last_action", "bulk_created", "task", "project", "completed_by", "updated_by",
              "parent_prediction", "parent_annotation", "last_created_by"}


def test_links_of_labels_are_told(place, receiver):
    project = place.project()
    place.hook(project, receiver)
    items = [{"title": title, "value": [title], "project": project, "from_name": "label"} for title in ("one", "two")]
    one, two = place.call("POST", "/api/labels/", 201, json=items)
    told = [receiver.next(), receiver.next()]
    assert [(t["action"], t["label"]["id"], t["label"]["value"]) for t in told] == [("LABEL_LINK_CREATED", one["id"], ["one"]), ("LABEL_LINK_CREATED", two["id"], ["two"])]
    link = told[0]["label_link"]
    assert link == {"id": link["id"], "annotations_count": 0, "from_name": "label", "project": project, "label": one["id"]}
    place.call("POST", "/api/labels/", 201, json=items[:1])      # linked already
    place.call("PATCH", f"/api/label_links/{link['id']}/", json={"from_name": "other"})
    told = receiver.next()
    assert (told["action"], told["label_link"]["from_name"]) == ("LABEL_LINK_UPDATED", "other")
    place.call("DELETE", f"/api/label_links/{link['id']}/", 204)
    assert (receiver.next()["action"], receiver.got.empty()) == ("LABEL_LINK_DELETED", True)
    made = place.call("POST", "/api/label_links/", 201, json={"project": project, "label": one["id"], "from_name": "label"})
    assert receiver.next()["label_link"]["id"] == made["id"]
    place.call("DELETE", f"/api/labels/{one['id']}/", 204)
    told = receiver.next()
    assert (told["action"], told["label_link"]["id"], told["label"]["title"]) == ("LABEL_LINK_DELETED", made["id"], "one")


def test_what_is_told(place, receiver):
    project = place.project()
    hook = place.hook(project, receiver, headers={"X-A": "b"}, secret="between us")
    ids = place.load(project, "a", "b", "c")
    path, headers, body, _ = receiver.whole()
    told = json.loads(body)
    assert path == "/in" and headers["Content-Type"] == "application/json" and headers["X-A"] == "b"
    assert headers["X-Labeld-Event"] == "TASKS_CREATED" and headers["X-Labeld-Delivery"].isdigit()
    assert headers["X-Labeld-Signature"] == "sha256=" + hmac.new(b"between us", body, hashlib.sha256).hexdigest()
    assert list(told) == ["action", "tasks", "project"] and told["action"] == "TASKS_CREATED"
    assert [t["id"] for t in told["tasks"]] == ids and set(told["tasks"][0]) == TASK and told["tasks"][0]["data"] == {"text": "a"}
    assert told["tasks"][0]["created_at"].endswith("Z")
    assert told["project"]["id"] == project and told["project"]["task_number"] == 3 and told["project"]["label_config"] == CHOICES
    assert receiver.next() == {"action": "IMPORT_COMPLETED", "project": told["project"],
                               "import": {"kind": "import", "task_count": 3, "annotation_count": 0, "prediction_count": 0}}

    made = place.call("POST", f"/api/tasks/{ids[0]}/annotations/", json={"result": choice(), "lead_time": 1.5})
    told = receiver.next()
    assert list(told) == ["action", "annotation", "task", "project"] and told["action"] == "ANNOTATION_CREATED"
    assert set(told["annotation"]) == ANNOTATION and told["annotation"]["id"] == made["id"] and told["annotation"]["result"] == choice()
    assert told["annotation"]["lead_time"] == 1.5 and told["annotation"]["completed_by"] == made["completed_by"]
    assert told["annotation"]["created_at"] == made["created_at"]
    assert set(told["task"]) == TASK and told["task"]["is_labeled"] is True and told["task"]["total_annotations"] == 1

    skip = place.call("POST", f"/api/tasks/{ids[1]}/annotations/", json={"result": [], "was_cancelled": True})
    assert receiver.next()["annotation"]["was_cancelled"] is True
    place.call("PATCH", f"/api/annotations/{made['id']}/", json={"result": []})
    told = receiver.next()
    assert told["action"] == "ANNOTATION_UPDATED" and told["annotation"]["result"] == [] and told["annotation"]["id"] == made["id"]
    place.call("PATCH", f"/api/projects/{project}/", json={"description": "new"})
    told = receiver.next()
    assert list(told) == ["action", "project"] and told["action"] == "PROJECT_UPDATED" and told["project"]["description"] == "new"
    place.call("POST", f"/api/annotations/{skip['id']}/convert-to-draft")
    told = receiver.next()
    assert told["action"] == "ANNOTATIONS_DELETED" and told["annotations"] == [{"id": skip["id"]}]
    place.call("DELETE", f"/api/annotations/{made['id']}/")
    assert receiver.next()["annotations"] == [{"id": made["id"]}]
    prediction = place.call("POST", "/api/predictions/", json={"task": ids[2], "result": choice(), "model_version": "m"})
    place.call("POST", f"/api/dm/actions?project={project}&id=predictions_to_annotations", json={"selectedItems": {"all": True, "excluded": []}})
    told = receiver.next()
    assert told["action"] == "ANNOTATIONS_CREATED" and list(told) == ["action", "annotation", "task", "project"]
    one, = told["annotation"]
    assert one["parent_prediction"] == prediction["id"] and [t["id"] for t in told["task"]] == [ids[2]]
    place.call("POST", f"/api/dm/actions?project={project}&id=delete_tasks_annotations", json={"selectedItems": {"all": True, "excluded": []}})
    assert receiver.next()["annotations"] == [{"id": one["id"]}]
    place.call("DELETE", f"/api/tasks/{ids[0]}/")
    told = receiver.next()
    assert told["action"] == "TASKS_DELETED" and told["tasks"] == [{"id": ids[0]}]
    place.call("POST", f"/api/dm/actions?project={project}&id=delete_tasks", json={"selectedItems": {"all": False, "included": [ids[1]]}})
    assert receiver.next()["tasks"] == [{"id": ids[1]}]
    alone = place.call("POST", "/api/tasks/", json={"project": project, "data": {"text": "z"}})
    told = receiver.next()
    assert told["action"] == "TASKS_CREATED" and [t["id"] for t in told["tasks"]] == [alone["id"]]
    snapshot = place.call("POST", f"/api/projects/{project}/exports/", json={})
    told = receiver.next()
    assert told["action"] == "EXPORT_COMPLETED" and told["export"]["id"] == snapshot["id"] and told["export"]["md5"] == snapshot["md5"]
    log = eventually(lambda: place.log(hook), lambda log: log[0]["state"] == "delivered")
    assert [(d["action"], d["state"], d["attempts"], d["status"]) for d in log][:2] == [
        ("EXPORT_COMPLETED", "delivered", 1, 200), ("TASKS_CREATED", "delivered", 1, 200)]


def test_synchronized_storages(place, receiver):
    """Whichever way, and also those that fail."""
    project = place.project()
    place.hook(project, receiver, send_for_all_actions=False, actions=["STORAGE_SYNC_COMPLETED"])
    folder = os.path.join(place.server.dir, "media", f"synchronized-{project}")
    os.mkdir(folder)
    os.chmod(folder, 0o777)
    with open(os.path.join(folder, "a.txt"), "w", encoding="utf-8") as file:
        file.write("x")
    for direction, path in (("export", "/api/storages/export/localfiles"), ("import", "/api/storages/localfiles")):
        made = place.call("POST", path + "/", 201, json={"project": project, "path": folder, "use_blob_urls": True})["id"]
        place.call("POST", f"{path}/{made}/sync", 200)
        # A new target is synchronized at once: that may be one run with the one that was asked for, or two.
        told = next(one for one in iter(receiver.next, None) if one["storage"]["id"] == made)
        assert (told["action"], told["project"]["id"]) == ("STORAGE_SYNC_COMPLETED", project)
        assert told["storage"] == {"id": made, "type": "localfiles", "direction": direction, "status": "completed"}
    place.sql(f"UPDATE storage SET settings = settings || '{{\"path\": \"{folder}-gone\"}}' WHERE id = {made}")
    place.call("POST", f"{path}/{made}/sync", 200)
    assert receiver.next()["storage"]["status"] == "failed"


def test_only_what_was_asked_for(place, receiver):
    project = place.project()
    place.hook(project, receiver, send_for_all_actions=False, actions=["TASKS_DELETED"], send_payload=False)
    place.hook(project, receiver, is_active=False)
    task, = place.load(project, "a")
    place.call("DELETE", f"/api/tasks/{task}/")
    assert receiver.next() == {"action": "TASKS_DELETED"}
    assert receiver.got.empty()


def test_projects_everywhere(place, receiver):
    hook = place.hook(None, receiver)
    project = place.project()
    told = receiver.next()
    assert told["action"] == "PROJECT_CREATED" and told["project"]["id"] == project and told["project"]["title"] == "Told"
    copy = place.call("POST", f"/api/projects/{project}/duplicate/", json={"mode": "settings", "title": "The same again"})["id"]
    told = receiver.next()
    assert told["action"] == "PROJECT_CREATED" and told["project"]["id"] == copy
    place.call("DELETE", f"/api/projects/{project}/")
    assert receiver.next() == {"action": "PROJECT_DELETED", "project": {"id": project}}
    place.call("DELETE", f"/api/webhooks/{hook}/")


def test_repetition_in_order(place, receiver):
    """What fails is sent again, and what comes behind it waits."""
    project = place.project()
    hook = place.hook(project, receiver, send_for_all_actions=False, actions=["TASKS_CREATED"])
    receiver.answers.put(500)
    receiver.answers.put(302)
    first, = place.load(project, "first")
    assert receiver.next() == 500
    second, = place.load(project, "second")
    log = eventually(lambda: place.log(hook), lambda log: log[-1]["attempts"] == 1)
    assert [(d["state"], d["status"], d["error"]) for d in log] == [("waiting", None, None), ("waiting", 500, "HTTP status 500")]
    assert place.call("GET", f"/api/webhooks/{hook}/")["consecutive_failures"] == 1 and receiver.got.empty()
    place.sql(f"UPDATE webhook SET next_at = now() WHERE id = {hook}")
    assert receiver.next() == 302
    eventually(lambda: place.log(hook), lambda log: log[-1]["attempts"] == 2)
    place.sql(f"UPDATE webhook SET next_at = now() WHERE id = {hook}")
    assert [receiver.next()["tasks"][0]["id"] for _ in range(2)] == [first, second]
    log = eventually(lambda: place.log(hook), lambda log: log[0]["state"] == "delivered")
    assert [(d["state"], d["attempts"]) for d in log] == [("delivered", 1), ("delivered", 3)]
    assert place.call("GET", f"/api/webhooks/{hook}/")["consecutive_failures"] == 0


def test_giving_up_and_sending_again(place, receiver):
    project = place.project()
    hook = place.hook(project, receiver, send_for_all_actions=False, actions=["TASKS_CREATED"])
    receiver.answers.put(500)
    receiver.answers.put(500)
    first, = place.load(project, "first")
    assert receiver.next() == 500
    eventually(lambda: place.log(hook), lambda log: log[0]["attempts"] == 1)
    second, = place.load(project, "second")
    place.sql(f"UPDATE webhook_delivery SET attempts = 9 WHERE webhook_id = {hook} AND attempts = 1; UPDATE webhook SET next_at = now() WHERE id = {hook}")
    assert receiver.next() == 500
    assert receiver.next()["tasks"][0]["id"] == second
    log = eventually(lambda: place.log(hook), lambda log: log[0]["state"] == "delivered")
    assert [(d["state"], d["attempts"]) for d in log] == [("delivered", 1), ("failed", 10)]
    again = place.call("POST", f"/api/webhooks/{hook}/deliveries/{log[1]['id']}/redeliver", 201)
    assert receiver.next()["tasks"][0]["id"] == first
    newest = eventually(lambda: place.log(hook), lambda log: log[0]["state"] == "delivered")[0]
    assert newest["id"] == again["id"] and newest["event"] == log[1]["event"]
    assert [d["id"] for d in place.call("GET", f"/api/webhooks/{hook}/deliveries/?before={log[0]['id']}")] == [log[1]["id"]]


def test_a_sender_that_died(place, receiver):
    """Its lease ends, and what it had not noted is sent again. Meanwhile others get theirs."""
    project = place.project()
    hook = place.hook(project, receiver, send_for_all_actions=False, actions=["TASKS_CREATED"])
    place.sql(f"UPDATE webhook SET lease_until = now() + interval '1 hour' WHERE id = {hook}")
    with receiving() as other:
        place.hook(project, other, send_for_all_actions=False, actions=["TASKS_CREATED"])
        task, = place.load(project, "a")
        assert other.next()["tasks"][0]["id"] == task
        place.load(project, "b")
        other.next()
    assert receiver.got.empty()
    place.sql(f"UPDATE webhook SET lease_until = now() WHERE id = {hook}")
    assert receiver.next()["tasks"][0]["id"] == task


def test_a_request_waits_for_no_receiver(place):
    """It does not even answer the connection. Nor does a request wait for who sends: that stands still meanwhile."""
    deaf = socket.socket()
    deaf.bind(("127.0.0.1", 0))
    deaf.listen(0)
    project = place.project()
    hook = place.call("POST", "/api/webhooks/", 201, json={"project": project, "url": f"http://127.0.0.1:{deaf.getsockname()[1]}/"})["id"]
    with place.senders_stopped():
        place.load(project, "a")
        assert {d["attempts"] for d in place.log(hook)} == {0}
    log = eventually(lambda: place.log(hook), lambda log: log[-1]["attempts"] > 0)
    assert log[-1]["error"] and log[-1]["status"] is None and log[-1]["duration_ms"] >= 900
    deaf.close()
    place.call("DELETE", f"/api/webhooks/{hook}/")


def test_a_test_is_sent_from_the_settings(place, receiver):
    project = place.project()
    hook = place.hook(project, receiver, send_for_all_actions=False, actions=[])
    browser, path = Browser(), f"/projects/{project}/settings/webhooks"
    browser.url = place.server.url
    assert browser.log_in(place.server.email, place.server.password).status_code == 302
    assert browser.form(path, {"action": "test", "hook": hook}).status_code == 303
    told = receiver.next()
    assert (told["action"], told["webhook"], told["project"]["id"]) == ("WEBHOOK_TEST", {"id": hook}, project)
    assert "WEBHOOK_TEST" in browser.get(f"{path}?hook={hook}").text
    assert browser.form(path, {"action": "test", "hook": "999999"}).status_code == 404
