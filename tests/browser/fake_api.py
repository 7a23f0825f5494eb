"""A small stand-in for labeld that serves one project's labelling page and the API calls it makes, with faults on demand.
It lets the page's behaviour in outages be tested, which a healthy server cannot show."""

import html
import json
import math
import mimetypes
import os
import re
import struct
import threading
import time
import wave
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

CSP = ("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
       "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
       "worker-src 'self' blob:; object-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
       "frame-ancestors 'self'")
NOW = "2026-11-22T10:00:00.000000Z"
USER = {"id": 1, "email": "ann@example.com", "first_name": "Ann", "last_name": "Example", "username": "ann",
        "initials": "AE", "avatar": None, "role": "AN", "custom_hotkeys": {}}
KEY_SECTIONS = [{"id": "annotation", "title": "Annotation", "tags": ""}, {"id": "video", "title": "Video", "tags": "Video"}]
KEYS = [{"name": "annotation:submit", "key": "ctrl+enter", "mac": "command+enter", "text": "Submit"},
        {"name": "annotation:skip", "key": "ctrl+space", "mac": "alt+enter", "text": "Skip the task"},
        {"name": "video:rewind", "key": "shift+ctrl+alt+left", "mac": "shift+command+alt+left", "text": "First frame"}]


def png(width=320, height=200):
    """A gradient as PNG."""
    rows = b"".join(b"\0" + bytes(v for x in range(width) for v in (x % 256, y % 256, 160)) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def wav(seconds=3, rate=8000):
    """A tone that swells and fades, as WAV."""
    out = BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        total = seconds * rate
        sound.writeframes(b"".join(
            struct.pack("<h", int(12000 * math.sin(math.pi * i / total) * math.sin(2 * math.pi * 440 * i / rate)))
            for i in range(total)))
    return out.getvalue()


class FakeApi:
    """The state of the stand-in and its server. `base` is "" or a sub-path like "/label"."""

    def __init__(self, config, tasks, static, editor, base="", page=None, project=None):
        self.base, self.static, self.editor = base, static, editor
        self.page = {"mode": "stream", "task_id": None, "view": None,
                     "can": {"annotate": True, "delete": True, "ground_truth": True, "review": False}}
        self.page.update(page or {})
        self.project = {"id": 7, "title": "Fake", "label_config": config, "expert_instruction": "",
                        "show_instruction": False, "show_skip_button": True, "enable_empty_annotation": True,
                        "show_collab_predictions": True, "model_version": None,
                        "reveal_preannotations_interactively": False, "maximum_annotations": 1}
        self.project.update(project or {})
        self.user = dict(USER)
        self.tasks = {number: {"id": number, "data": data, "predictions": [], "is_labeled": False}
                      for number, data in enumerate(tasks, 1)}
        self.annotations, self.drafts, self.history, self.unique_ids = {}, {}, [], {}
        self.script = None  # of the project
        self.comments, self.changes = {}, 0  # by annotation; how often any was changed
        self.requests = []
        self.faults = []  # one per matching request: (method, path pattern, what)
        self.last_id = 100
        self.lock = threading.RLock()
        self.files, self.slow = {}, 0  # path → script that LSI.import may ask for, and the seconds that takes
        self.media = {"/data/upload/picture.png": png(), "/data/upload/tone.wav": wav()}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}{self.base}"

    def labelling_url(self, query="labeling=1"):
        return f"{self.url}/projects/7/data?{query}"

    def fail(self, method, pattern, what, times=1):
        """The next `times` fitting requests get `what`: a status, "drop" (connection cut, nothing done) or "mute"
        (done, but the connection is cut before the answer)."""
        self.faults += [(method, pattern, what)] * times

    def sent(self, method, pattern):
        """Bodies of the requests that came in, also those that a fault answered."""
        return [body for m, path, body in self.requests if m == method and re.search(pattern, path)]

    def new_id(self):
        self.last_id += 1
        return self.last_id

    def _handler(self):
        api = self

        class Handler(FakeHandler):
            fake = api
        return Handler

    # what the requests do; each gives (status, answer)

    def task_json(self, task_id, stream=False):
        task = self.tasks[task_id]
        annotations = [dict(a, completed_by={k: USER[k] for k in ("id", "email", "first_name", "last_name")}
                            if a["completed_by"] == 1 else {"id": a["completed_by"], "email": "bob@example.com"})
                       for a in self.annotations.values() if a["task"] == task_id]
        return {**task, "annotations": [] if stream else annotations, "project": 7, "queue": "Sequence queue",
                "drafts": [d for d in self.drafts.values() if d["task"] == task_id]}

    def next_task(self):
        done = {a["task"] for a in self.annotations.values()}
        done |= {d["task"] for d in self.drafts.values() if d["was_postponed"]}
        left = [task_id for task_id in self.tasks if task_id not in done]
        if not left:
            return 404, {"detail": "There are no tasks for ann@example.com"}
        if not any(entry["taskId"] == left[0] for entry in self.history):
            self.history.append({"taskId": left[0], "annotationId": None})
        return 200, self.task_json(left[0], stream=True)

    def add_annotation(self, task_id, body):
        if task_id not in self.tasks:
            return 404, {"detail": "No Task matches the given query."}
        if body.get("unique_id") in self.unique_ids:
            return 409, {"detail": "Annotation with this unique id already exists"}
        annotation = {"id": self.new_id(), "task": task_id, "result": body["result"], "completed_by": 1,
                      "created_username": "Ann Example ann@example.com, 1", "created_ago": "0 minutes",
                      "was_cancelled": body.get("was_cancelled", False), "created_at": NOW, "updated_at": NOW,
                      "ground_truth": body.get("ground_truth", False), "lead_time": body["lead_time"]}
        self.annotations[annotation["id"]] = annotation
        self.unique_ids[body.get("unique_id")] = annotation["id"]
        self.drafts.pop(body.get("draft_id"), None)
        for entry in self.history:
            if entry["taskId"] == task_id:
                entry["annotationId"] = annotation["id"]
        if "comment" in body:
            self.comments[annotation["id"]] = body["comment"]
        return 201, annotation

    def change_annotation(self, annotation_id, body):
        if annotation_id not in self.annotations:
            return 404, {"detail": "No Annotation matches the given query."}
        changed = {k: v for k, v in body.items() if k in ("result", "ground_truth", "was_cancelled", "lead_time")}
        self.annotations[annotation_id].update(changed)
        if changed:
            self.changes += 1
            self.annotations[annotation_id]["updated_at"] = f"2026-11-22T10:{self.changes:02}:00.000000Z"
        if "comment" in body:
            self.comments[annotation_id] = body["comment"]
        if "result" in body:
            self.drafts = {k: d for k, d in self.drafts.items() if d["annotation"] != annotation_id}
        return 200, self.annotations[annotation_id]

    def add_draft(self, task_id, annotation_id, body):
        draft = {"id": self.new_id(), "task": task_id, "annotation": annotation_id, "user": "ann@example.com",
                 "created_username": "Ann Example ann@example.com, 1", "created_ago": "0 minutes",
                 "created_at": NOW, "updated_at": NOW, "was_postponed": body.get("was_postponed", False),
                 "result": body["result"], "lead_time": body["lead_time"]}
        self.drafts[draft["id"]] = draft
        return 201, draft

    def change_draft(self, draft_id, body):
        if draft_id not in self.drafts:
            return 404, {"detail": "No AnnotationDraft matches the given query."}
        self.drafts[draft_id].update({k: v for k, v in body.items() if k in ("result", "lead_time", "was_postponed")})
        return 200, self.drafts[draft_id]

    def convert_to_draft(self, annotation_id):
        annotation = self.annotations.pop(annotation_id)
        return self.add_draft(annotation["task"], None, annotation)

    def answer(self, method, path, body):
        number = [int(part) for part in re.findall(r"/(\d+)", path)]
        routes = (
            ("GET", r"/api/projects/\d+/next/", lambda: self.next_task()),
            ("GET", r"/api/current-user/whoami", lambda: (200, {**self.user, "org_membership": [{"role": self.user["role"]}]})),
            ("GET", r"/api/projects/\d+/label-stream-history/", lambda: (200, self.history)),
            ("GET", r"/api/tasks/\d+/", lambda: (200, self.task_json(number[0])) if number[0] in self.tasks
             else (404, {"detail": "No Task matches the given query."})),
            ("POST", r"/api/tasks/\d+/annotations/", lambda: self.add_annotation(number[0], body)),
            ("POST", r"/api/projects/\d+/custom-script/errors/", lambda: (201, None)),
            ("GET", r"/api/annotations/\d+/", lambda: (200, self.annotations[number[0]]) if number[0] in self.annotations
             else (404, {"detail": "No Annotation matches the given query."})),
            ("PATCH", r"/api/annotations/\d+/", lambda: self.change_annotation(number[0], body)),
            ("DELETE", r"/api/annotations/\d+/", lambda: (204 if self.annotations.pop(number[0], None) else 404, None)),
            ("POST", r"/api/annotations/\d+/convert-to-draft", lambda: self.convert_to_draft(number[0])),
            ("POST", r"/api/tasks/\d+/drafts", lambda: self.add_draft(number[0], None, body)),
            ("POST", r"/api/tasks/\d+/annotations/\d+/drafts", lambda: self.add_draft(number[0], number[1], body)),
            ("PATCH", r"/api/drafts/\d+/", lambda: self.change_draft(number[0], body)),
            ("DELETE", r"/api/drafts/\d+/", lambda: (204 if self.drafts.pop(number[0], None) else 404, None)),
        )
        for verb, pattern, run in routes:
            if verb == method and re.fullmatch(pattern, path):
                return run()
        return 404, {"detail": f"the stand-in has no {method} {path}"}

    def labelling_page(self):
        data = {"base": self.base, "static": f"{self.base}/static", "csrf": "token-of-the-page",
                "editor_assets": f"{self.base}/static/editor/", "project": self.project, "user": self.user,
                "users": [], "back_href": "/projects/7/data", "look_again_s": 0.5, "key_sections": KEY_SECTIONS, "keys": KEYS,
                "queue": {"total": len(self.tasks), "done": 0, "today": 0}, **self.page}
        if self.script is not None:
            data["script"] = {"src": f"{self.base}/projects/7/custom-script.js?v=1", "version": 1, "full": True}
        island = json.dumps(data).replace("<", "\\u003c")
        return (f"<!doctype html><html lang=en><head><title>{html.escape(self.project['title'])}</title>"
                f"<link rel=icon href='data:,'><link rel=stylesheet href='{self.base}/static/css/tokens.css'>"
                f"<link rel=stylesheet href='{self.base}/static/css/labelling.css'></head>"
                f"<body class=labelling><header class=bar><h1 class=where><a id=back "
                f"href='{self.base}/projects/7/data'>{html.escape(self.project['title'])}</a></h1>"
                "<div class=labelling-status id=labelling-status role=status aria-live=polite></div>"
                "<span class=progress id=labelling-progress></span>"
                "<button id=labelling-instruction hidden>Instruction</button><button id=labelling-keys hidden>Keys</button></header>"
                "<main id=label-studio tabindex=-1></main>"
                f"<script type='application/json' id=labelling-data>{island}</script>"
                f"<script type=module src='{self.base}/static/js/labelling.js'></script></body></html>")


class FakeHandler(BaseHTTPRequestHandler):
    """Routes a request to page, files, media or API of `fake`."""

    protocol_version = "HTTP/1.1"
    fake = None

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", kind="application/json", **headers):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def fault(self, method, path):
        for index, (verb, pattern, what) in enumerate(self.fake.faults):
            if verb == method and re.search(pattern, path):
                return self.fake.faults.pop(index)[2]
        return None

    def cut(self):
        self.close_connection = True
        self.connection.close()

    def file(self, root, name):
        path = os.path.normpath(os.path.join(root, name))
        if not path.startswith(root) or not os.path.isfile(path):
            return self.reply(404, {"detail": "no such file"})
        kind = "application/wasm" if path.endswith(".wasm") else mimetypes.guess_type(path)[0] or "text/plain"
        if os.path.isfile(path + ".gz"):
            with open(path + ".gz", "rb") as packed:
                return self.reply(200, packed.read(), kind, Content_Encoding="gzip")
        with open(path, "rb") as plain:
            return self.reply(200, plain.read(), kind)

    def serve(self):
        fake, method = self.fake, self.command
        path = self.path.split("?")[0]
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not path.startswith(fake.base + "/"):
            return self.reply(404, {"detail": "outside the sub-path"})
        path = path[len(fake.base):]
        if path.startswith("/static/editor/"):
            return self.file(fake.editor, path[len("/static/editor/"):])
        if path.startswith("/static/"):
            return self.file(fake.static, path[len("/static/"):])
        if path in fake.media:
            return self.reply(200, fake.media[path], mimetypes.guess_type(path)[0])
        if path == "/projects/7/custom-script.js":
            return self.reply(200, f"labeldScript(async function (LSI) {{\n{fake.script}\n}});\n".encode(), "text/javascript; charset=utf-8")
        if path in fake.files:
            time.sleep(fake.slow)
            return self.reply(200, fake.files[path].encode(), "text/javascript; charset=utf-8")
        if path.startswith("/projects/"):
            return self.reply(200, fake.labelling_page().encode() if "=" in self.path else b"<link rel=icon href='data:,'><h1>Project page</h1>",
                              "text/html; charset=utf-8", Set_Cookie="csrftoken=token-of-the-cookie; Path=/")
        body = json.loads(raw) if raw else None
        with fake.lock:
            fake.requests.append((method, path, body))
            fault = self.fault(method, path)
            if isinstance(fault, int):
                return self.reply(fault, {"detail": f"made to fail with {fault}"})
            if fault == "drop":
                return self.cut()
            if method != "GET" and self.headers.get("X-CSRFToken") != "token-of-the-cookie":
                return self.reply(403, {"detail": "CSRF Failed"})
            status, answer = fake.answer(method, path, body)
        if fault == "mute":
            return self.cut()
        return self.reply(status, answer)

    do_GET = do_POST = do_PATCH = do_DELETE = serve  # the names that http.server looks for
