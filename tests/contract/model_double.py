"""An ML backend for tests: answers as it is told, and remembers what it was asked."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ModelDouble:
    """answers: path → what to answer instead of the usual: a status, a body (bytes), or a function of the request's JSON.
    `asked` lists (method, path, JSON or None, headers)."""

    def __init__(self):
        self.answers, self.asked, self.version, self.free = {}, [], "m-1", threading.Event()
        self.free.set()
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                double.serve(self, None)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                double.serve(self, json.loads(body) if body else None)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @contextlib.contextmanager
    def holding(self):
        """Nothing is answered meanwhile."""
        self.free.clear()
        try:
            yield
        finally:
            self.free.set()

    def usual(self, path, sent):
        if path == "/health":
            return {"status": "UP", "model_class": "Double"}
        if path == "/setup":
            return {"model_version": self.version}
        if path == "/versions":
            return {"versions": [self.version, "m-0"]}
        if path == "/predict":
            results = [{"result": self.result(task), "score": 0.5, "model_version": self.version} for task in sent["tasks"]]
            return {"results": results}
        return {}

    @staticmethod
    def result(task):
        return [{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["A"]}}]

    def serve(self, handler, sent):
        self.free.wait()
        self.asked.append((handler.command, handler.path, sent, dict(handler.headers)))
        answer = self.answers.get(handler.path)
        if callable(answer):
            answer = answer(sent)
        status, body = 200, None
        if isinstance(answer, int):
            status, body = answer, b"oops"
        elif isinstance(answer, bytes):
            body = answer
        if body is None:
            body = json.dumps(self.usual(handler.path, sent) if answer is None else answer).encode()
        try:
            handler.send_response(status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except OSError:
            pass      # who asked has given up

    def bodies(self, path):
        return [sent for _, where, sent, _ in self.asked if where == path]
