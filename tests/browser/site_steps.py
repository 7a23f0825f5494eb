"""What the tests of pages share: a server with its own account logged in, and the steps that people do.

Needs EDITOR_DIR (a folder made by contrib/install-editor) and LABELD_BUILD; see tests/server.py."""

import atexit
import functools
import os
import sys
import tempfile
import unittest

import requests

from driver import Browser, Keys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from server import Server  # noqa: E402  # pylint: disable=wrong-import-position

SHOTS = os.environ.get("SCREENSHOT_DIR", "")
CHOICES = """<View>
  <Text name="text" value="$text"/>
  <Choices name="mood" toName="text" choice="single">
    <Choice value="Good"/>
    <Choice value="Bad"/>
  </Choices>
</View>"""
NOT_FOUND = "404 (Not Found)"
REFUSED = "400 (Bad Request)"


class Site(unittest.TestCase):
    """One server and one browser for each prefix, in which the server's own account is logged in."""

    prefix = None
    started = {}  # server and browser by prefix: the classes share them
    server = browser = api = None

    @classmethod
    def setUpClass(cls):
        cls.server, cls.browser = cls.started.get(cls.prefix) or cls.start()
        cls.api = requests.Session()
        cls.api.trust_env = False
        cls.api.headers["Authorization"] = "Token " + cls.server.token

    @classmethod
    def start(cls):
        cls.server = Server(prefix=cls.prefix)
        atexit.register(cls.server.close)
        cls.browser = Browser()
        atexit.register(cls.browser.close)
        cls.started[cls.prefix] = cls.server, cls.browser
        cls.log_in(cls.browser, cls.server.email, cls.server.password)
        return cls.server, cls.browser

    def setUp(self):
        self.browser.javascript(True)
        self.browser.forget_faults()

    # steps

    @classmethod
    def url(cls, path):
        return cls.server.url + path

    @classmethod
    def log_in(cls, browser, email, password):
        browser.open(cls.url("/user/login/"))
        browser.type("[name=email]", email)
        browser.type("[name=password]", password)
        browser.press(Keys.ENTER)
        browser.wait_url("/projects/")

    def open(self, path):
        self.browser.open(self.url(path))

    def shot(self, name):
        if SHOTS:
            self.browser.screenshot(os.path.join(SHOTS, f"pages{(self.prefix or '').replace('/', '-')}-{name}.png"))

    def call(self, method, path, expect=200, **more):
        answer = self.api.request(method, self.url(path), timeout=60, **more)
        self.assertEqual(expect, answer.status_code, answer.text)
        return answer

    def project(self, title, tasks=0, config=CHOICES):
        made = self.call("POST", "/api/projects/", 201, json={"title": title, "label_config": config}).json()
        if tasks:
            self.call("POST", f"/api/projects/{made['id']}/import", 201,
                      json=[{"text": f"Sentence {i}"} for i in range(1, tasks + 1)])
        return made["id"]

    @functools.cache
    def workspace(self, project):
        """One with this project in it."""
        made = self.call("POST", "/api/workspaces/", 201, json={"title": "A workspace", "color": "#cc3355"}).json()["id"]
        self.call("PATCH", f"/api/projects/{project}/", json={"workspace": made})
        return made

    def titles(self):
        return [p["title"] for p in self.call("GET", "/api/projects/?page_size=1000").json()["results"]]

    def tasks(self, project):
        return self.call("GET", f"/api/tasks/?project={project}&page_size=1000").json()["tasks"]

    def file(self, name, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, name)
        with open(path, "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode())
        return path

    def choose(self, path):
        self.browser.all("input[type=file]")[0].send_keys(path)

    def fill(self, selector, text):
        """As pasting does: the editor of a text field does not type along."""
        element = self.browser.element(selector)
        element.clear()
        element.send_keys(text)

    def write_script(self, text):
        """Into the field of a project's script, as pasting does: the code editor that may stand in its place follows."""
        self.browser.run("const a = document.querySelector('#custom_script'); a.value = arguments[0];"
                         "a.dispatchEvent(new Event('input', {bubbles: true}));", text)

    def toast(self, text):
        self.browser.wait_text(text, ".toast")

    def error_under(self, field):
        # The error is there when the page has come back.
        shown = self.browser.element(f"#{field}[aria-describedby$='-error']").get_attribute("aria-describedby").split()
        return self.browser.text("#" + next(name for name in shown if name.endswith("-error")))

    def new_id(self):
        self.browser.wait_url("/data")
        return int(self.browser.url.split("/projects/")[1].split("/")[0])
