"""Clients that write while processes die, and what each of them was told is stored (its ledger).

A client that got no answer, or 502, 503 or 504, sends the same again: annotations with the same unique_id, where 409 then says that
they are stored; changes, deletions and pieces of files as they are, since doing them twice is doing them once. Additions without a key (imports,
drafts, projects) get a new name each time, so that the ledger knows which of them must be there and which may be."""

import collections
import http.client
import json
import random
import threading
import time
import uuid

CONFIG = '<View><Text name="text" value="$text"/><Choices name="label" toName="text"><Choice value="A"/><Choice value="B"/></Choices></View>'
RESULT = [{"id": "r1", "from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["A"]}}]
PATIENCE_S = 60
DISTURBED = (None, 502, 503, 504)


class Client:
    """One keep-alive connection; every trouble with it is an answer without status."""

    def __init__(self, server, token):
        self.port, self.token, self.connection = int(server.url.rsplit(":", 1)[1]), token, None

    def send(self, method, path, body=None):
        try:
            if not self.connection:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            headers = {"Authorization": "Token " + self.token, "Content-Type": "application/json"}
            self.connection.request(method, path, body if body is None or isinstance(body, bytes) else json.dumps(body), headers)
            answer = self.connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith((b"{", b"[")) else text
        except (OSError, http.client.HTTPException, ValueError):
            if self.connection:
                self.connection.close()
            self.connection = None
            return None, None

    def must(self, method, path, body=None):
        status, answer = self.send(method, path, body)
        if status is None or not 200 <= status < 300:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer


class Writer(threading.Thread):
    """One of these works until the test is over; work() is one round."""

    def __init__(self, server, token, over, seed):
        super().__init__(daemon=True)
        self.client, self.over, self.chance = Client(server, token), over, random.Random(seed)
        self.statuses, self.again, self.unresolved, self.failure = collections.Counter(), 0, [], None

    def run(self):
        try:
            while not self.over.is_set():
                self.work()
        except Exception as failure:  # noqa: BLE001
            self.failure = failure
            raise

    def once(self, method, path, body=None):
        status, answer = self.client.send(method, path, body)
        self.statuses[status] += 1
        return status, answer

    def call(self, method, path, body=None, good=(200, 201, 204)):
        """Until there is an answer that says something, or patience ends; an answer that is not `good` is for the report."""
        until = time.monotonic() + PATIENCE_S
        status = answer = None
        while time.monotonic() < until:
            status, answer = self.once(method, path, body)
            if status not in DISTURBED:
                break
            self.again += 1
            time.sleep(0.05 + self.chance.random() * 0.2)
        if status not in good:
            self.unresolved.append((method, path, status, str(answer)[:200]))
        return status, answer


class Annotator(Writer):
    """Takes tasks from the stream and submits or skips them; goes back to some of its annotations. ledger: unique_id → [task, user,
    was_cancelled, lead_time]."""

    def __init__(self, server, user, project, over, seed):
        super().__init__(server, user["token"], over, seed)
        self.user, self.project, self.ledger = user["id"], project, {}

    def work(self):
        status, task = self.call("GET", f"/api/projects/{self.project}/next/", good=(200, 404))
        if status == 200:
            self.submit(task["id"])
        time.sleep(0.2 if status == 404 else self.chance.random() * 0.1)

    def submit(self, task):
        key, skip = str(uuid.uuid4()), self.chance.random() < 0.1
        body = {"unique_id": key, "result": [] if skip else RESULT, "was_cancelled": skip, "lead_time": 1.5}
        status, answer = self.call("POST", f"/api/tasks/{task}/annotations/", body, good=(201, 409))
        if status not in (201, 409):
            return
        self.ledger[key] = [task, self.user, skip, 1.5]
        if status == 201 and self.chance.random() < 0.2:
            seconds = 2.5 + self.chance.randrange(100)
            if self.call("PATCH", f"/api/annotations/{answer['id']}/", {"lead_time": seconds})[0] == 200:
                self.ledger[key][3] = seconds


class Editor(Writer):
    """Creates, changes and deletes tasks, annotations and drafts of a project. None marks what was deleted."""

    def __init__(self, server, token, project, over, seed):
        super().__init__(server, token, over, seed)
        self.project, self.n = project, 0
        self.tasks, self.annotations, self.drafts = {}, {}, {}

    def work(self):
        self.chance.choices((self.create, self.change, self.delete, self.annotate, self.draft), (3, 4, 1, 3, 3))[0]()
        time.sleep(self.chance.random() * 0.1)

    def alive(self):
        return [task for task, text in self.tasks.items() if text is not None]

    def new_text(self):
        self.n += 1
        return f"{self.ident}-{self.n}"

    def create(self):
        text = self.new_text()
        status, task = self.call("POST", "/api/tasks/", {"project": self.project, "data": {"text": text}})
        if status == 201:
            self.tasks[task["id"]] = text

    def change(self):
        for task in self.chance.sample(self.alive(), min(1, len(self.alive()))):
            text = self.new_text()
            if self.call("PATCH", f"/api/tasks/{task}/", {"data": {"text": text}})[0] == 200:
                self.tasks[task] = text

    def delete(self):
        for task in self.chance.sample(self.alive(), min(1, len(self.alive()))):
            if self.call("DELETE", f"/api/tasks/{task}/", good=(204, 404))[0] in (204, 404):
                self.tasks[task] = None
                for written in (self.annotations, self.drafts):
                    for key in [key for key, (of, _) in written.items() if of == task]:
                        written[key] = (task, None)

    def annotate(self):
        """Submits, changes, and sometimes takes back."""
        for task in self.chance.sample(self.alive(), min(1, len(self.alive()))):
            status, made = self.call("POST", f"/api/tasks/{task}/annotations/", {"unique_id": str(uuid.uuid4()), "result": RESULT}, good=(201, 409))
            if status != 201:
                continue
            # What was submitted is no draft any more.
            for key in [key for key, (of, _) in self.drafts.items() if of == task]:
                del self.drafts[key]
            seconds = self.chance.randrange(100) + 0.5
            if self.call("PATCH", f"/api/annotations/{made['id']}/", {"lead_time": seconds})[0] == 200:
                self.annotations[made["id"]] = (task, seconds)
            if self.chance.random() < 0.3 and self.call("DELETE", f"/api/annotations/{made['id']}/", good=(204, 404))[0] in (204, 404):
                self.annotations[made["id"]] = (task, None)

    def draft(self):
        for task in self.chance.sample(self.alive(), min(1, len(self.alive()))):
            status, made = self.call("POST", f"/api/tasks/{task}/drafts", {"result": RESULT, "lead_time": 1.0})
            if status != 201:
                continue
            seconds = self.chance.randrange(100) + 0.5
            if self.call("PATCH", f"/api/drafts/{made['id']}/", {"lead_time": seconds})[0] == 200:
                self.drafts[made["id"]] = (task, seconds)


class Importer(Writer):
    """Imports with a mark of its own in every task of one attempt. batches: mark → tasks, or 0 when nobody said that it is stored."""

    def __init__(self, server, token, project, over, seed):
        super().__init__(server, token, over, seed)
        self.project, self.batches, self.sizes = project, {}, {}

    def work(self):
        mark, n = str(uuid.uuid4()), self.chance.choice((10, 100, 1000))
        tasks = [{"data": {"text": mark, "n": i}, "annotations": [{"result": RESULT}]} for i in range(n)]
        self.batches[mark], self.sizes[mark] = 0, n
        status, answer = self.once("POST", f"/api/projects/{self.project}/import", tasks)
        if status == 201 and answer["task_count"] == n:
            self.batches[mark] = n
        elif status not in DISTURBED:
            self.unresolved.append(("POST", "import", status, str(answer)[:200]))
        time.sleep(0.2 + self.chance.random() * 0.5)


class Sender(Importer):
    """Imports files that are sent in pieces. Every part of that may be sent again, so each file is there once in the end."""

    def work(self):
        mark, n = str(uuid.uuid4()), self.chance.choice((10, 100, 1000))
        file = json.dumps([{"data": {"text": mark, "n": i}, "annotations": [{"result": RESULT}]} for i in range(n)]).encode()
        self.batches[mark], self.sizes[mark] = 0, n
        uploads = f"/api/projects/{self.project}/uploads"
        status, made = self.call("POST", uploads, {"name": mark + ".json", "size": len(file), "key": mark})
        if status not in (200, 201):
            return
        piece = len(file) // self.chance.randint(1, 6) + 1
        for start in range(0, len(file), piece):
            self.call("PATCH", f"{uploads}/{made['id']}?offset={start}", file[start:start + piece])
        if self.call("POST", f"/api/projects/{self.project}/import?upload={made['id']}")[0] == 201:
            self.batches[mark] = n
        time.sleep(0.2 + self.chance.random() * 0.5)


class Founder(Writer):
    """Makes projects, and deletes some. projects: id → title, or None when deleted."""

    def __init__(self, server, token, over, seed):
        super().__init__(server, token, over, seed)
        self.projects = {}

    def work(self):
        title = str(uuid.uuid4())[:40]
        status, project = self.once("POST", "/api/projects/", {"title": title, "label_config": CONFIG})
        if status == 201:
            self.projects[project["id"]] = title
            self.call("POST", f"/api/projects/{project['id']}/import", [{"data": {"text": title}}] * 20)
            if self.chance.random() < 0.5 and self.call("DELETE", f"/api/projects/{project['id']}/", good=(204, 404))[0] in (204, 404):
                self.projects[project["id"]] = None
        elif status not in DISTURBED:
            self.unresolved.append(("POST", "project", status, str(project)[:200]))
        time.sleep(0.5 + self.chance.random())
