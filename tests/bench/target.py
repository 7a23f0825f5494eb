"""The server under test and calls to it: one that already runs, or labeld started for this run."""

import http.client
import json
import os
import subprocess
import sys
import time
import urllib.parse

import machine
from floor import Database
from server import Server

CONFIG = (
    '<View><Text name="text" value="$text"/><Labels name="label" toName="text"><Label value="Person"/><Label value="Place"/></Labels></View>'
)
BODY_MOST = 1 << 30     # of an import


class Target:
    """Any server that speaks the API. `pids`: its processes by name; of `workers` the children grow with their requests."""

    name, database, log, pids, workers = "server", None, None, {}, None

    def __init__(self, url, token, tokens=None):
        self.url, self.token, self.tokens_file = url.rstrip("/"), token, tokens
        parts = urllib.parse.urlsplit(self.url)
        self.host, self.port, self.prefix = parts.hostname, parts.port or 80, parts.path
        if self.host not in ("127.0.0.1", "localhost"):
            sys.exit("only servers on this machine are measured")

    def request(self, method, path, body=None, token=None, take=None, headers=None):
        """(status, body, seconds to the first byte, seconds). `take` gets the pieces of the body instead."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=3600)
        begun = time.monotonic()
        connection.request(method, self.prefix + path, body,
                           headers or {"Authorization": "Token " + (token or self.token), "Content-Type": "application/json"})
        answer = connection.getresponse()
        pieces = [answer.read(1)]
        first_s = time.monotonic() - begun
        if take and answer.status == 200:
            take(pieces.pop())
        while piece := answer.read(1 << 20):
            take(piece) if take and answer.status == 200 else pieces.append(piece)
        connection.close()
        self.answer_headers = answer.headers
        return answer.status, b"".join(pieces), first_s, time.monotonic() - begun

    def call(self, method, path, body=None, token=None):
        status, text, _, _ = self.request(method, path, json.dumps(body) if body is not None else None, token)
        if not 200 <= status < 300:
            sys.exit(f"{self.name}: {method} {path}: {status} {text[:500].decode()}")
        return json.loads(text) if text else None

    def project(self, title, config=CONFIG):
        return self.call("POST", "/api/projects/", {"title": title, "label_config": config})["id"]

    def upload(self, project, name, content):
        """Address of a file that a project keeps."""
        mark = "0123456789abcdef"
        body = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + content + f"\r\n--{mark}--\r\n".encode()
        status, text, _, _ = self.request("POST", f"/api/projects/{project}/import?commit_to_project=false", body,
                                          headers={"Authorization": "Token " + self.token, "Content-Type": f"multipart/form-data; boundary={mark}"})
        if status != 201:
            sys.exit(f"{self.name}: upload: {status} {text[:500].decode()}")
        number, = json.loads(text)["file_upload_ids"]
        return "/data/" + self.call("GET", f"/api/import/file-upload/{number}")["file"]

    def load(self, project, body):
        """Import of a JSON text."""
        status, text, _, _ = self.request("POST", f"/api/projects/{project}/import", body)
        if status != 201:
            sys.exit(f"{self.name}: import: {status} {text[:500].decode()}")

    def annotators(self, n):
        """(tokens, ids)"""
        if not self.tokens_file:
            return [], []
        with open(self.tokens_file) as file:
            return file.read().split(), []

    def used(self):
        return {name: machine.cpu_s(pid) for name, pid in self.pids.items()}

    def close(self):
        pass


class Labeld(Target):
    """A labeld of this build, with a cluster of its own."""

    name, workers = "labeld", "labeld"

    def __init__(self, build, n_workers, pooled=False):
        self.build = build
        self.server = Server(build=build, workers=n_workers, plain_log=True, pooled=pooled, env={"LABELD_UPLOAD_MAX_BYTES": str(BODY_MOST), "LABELD_JOB_POLL_MS": "250"})
        super().__init__(self.server.url, self.server.token)
        self.database, self.log, self.pids = Database(self.server.db), self.server.log, self.server.pids

    def admin(self, *arguments):
        done = subprocess.run([os.path.join(self.build, "labeld-admin"), *arguments], capture_output=True, text=True,
                              env=machine.environ(self.pids["labeld"]), **machine.as_service())
        if done.returncode != 0:
            sys.exit(f"labeld-admin {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout

    def annotators(self, n):
        made = [self.admin("create-user", "--email", f"annotator{i}@example.com", "--role", "AD") for i in range(n)]
        return [user["token"] for user in made], [user["id"] for user in made]

    def close(self):
        self.server.close()
