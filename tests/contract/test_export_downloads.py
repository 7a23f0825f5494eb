"""Files of other servers that go into exports: several at a time, each once, and no more than the settings allow."""

import collections
import http.server
import io
import json
import threading
import zipfile

import pytest

from random_results import RECTANGLES, generator, region
from server import Server
from test_export_formats import drawn, png
from work import Api, Project, ours

pytestmark = ours
EACH, ALL = 60_000, 400_000
PARALLEL = 4     # even: those that wait for each other come in pairs


class Pictures(http.server.ThreadingHTTPServer):
    """/N.png. Those below /pairs/ wait for another one that is asked for meanwhile."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.together, self.most, self.lock = collections.Counter(), 0, 0, threading.Lock()
        self.pair = threading.Barrier(2, timeout=60)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def times(self, word):
        """How often each picture was asked for whose path has the word; what an export before let go may come late."""
        with self.lock:
            return [n for path, n in self.asked.items() if word in path]

    def url(self, path):
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"

    def come(self, path):
        with self.lock:
            self.asked[path] += 1
            self.together += 1
            self.most = max(self.most, self.together)

    def go(self):
        with self.lock:
            self.together -= 1


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.come(self.path)
        try:
            if self.path.startswith("/pairs/"):
                self.server.pair.wait()
            content = png(20, 10)
            content += b"\0" * ((100_000 if "large" in self.path else 20_000) - len(content))
        except threading.BrokenBarrierError:
            content = b"nobody else came"
        finally:
            self.server.go()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except ConnectionError:
            pass    # of a file that is too large the rest is not wanted

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def web():
    with Pictures() as server:
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def api():
    settings = {"SSRF_PROTECTION_ENABLED": "off", "EXPORT_FETCH_BYTES": EACH, "EXPORT_FETCH_TOTAL_BYTES": ALL, "EXPORT_FETCH_PARALLEL": PARALLEL}
    with Server(env={"LABELD_" + k: str(v) for k, v in settings.items()}) as server:
        caller = Api(server.token)
        caller.url = server.url
        yield caller


def pictures(api, urls, annotations=1):
    project, r = Project(api, label_config=RECTANGLES), generator(1)
    box = region("rectanglelabels", "box", {"x": 10, "y": 20, "width": 50, "height": 25, "rotation": 0, "rectanglelabels": ["Cat"]}, r)
    project.load([drawn(url, *[[box]] * annotations) for url in urls])
    return project


def archive(answer):
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as z:
        names = [n for n in z.namelist() if n.startswith("images/") and n != "images/"]
        return names, json.loads(z.read("result.json")), {n: z.read(n) for n in names}


def exported(api, project, snapshot=False):
    path = project.path + "/export"
    if snapshot:
        path = f"{project.path}/exports/{api.post(project.path + '/exports/', {})['id']}/download"
    return archive(api.send("GET", path, params={"exportType": "COCO_WITH_IMAGES"}))


@pytest.mark.parametrize("snapshot", [False, True])
def test_several_at_a_time(api, web, snapshot):
    """A picture of which none comes without another one being asked for at the same time."""
    web.asked.clear()
    web.most = 0
    urls = [web.url(f"pairs/{snapshot}{i}.png") for i in range(12)]
    names, document, inside = exported(api, pictures(api, urls), snapshot)
    assert len(names) == 12 and all(content.startswith(b"\x89PNG") for content in inside.values())
    assert names == [image["file_name"] for image in document["images"]]       # in the order of the tasks all the same
    assert 2 <= web.most <= PARALLEL + 1 and set(web.asked.values()) == {1}


def test_once_for_all_annotations(api, web):
    web.asked.clear()
    names, document, _ = exported(api, pictures(api, [web.url(f"once{i}.png") for i in range(3)], annotations=4))
    assert len(names) == 3 and len(document["images"]) == 12 and set(web.asked.values()) == {1}


def test_a_file_that_is_too_large(api, web):
    names, document, _ = exported(api, pictures(api, [web.url("a.png"), web.url("large.png"), web.url("b.png")]))
    assert len(names) == 2 and [image["width"] for image in document["images"]] == [20, 64, 20]


@pytest.mark.parametrize("snapshot", [False, True])
def test_all_together_are_too_large(api, web, snapshot):
    names, document, inside = exported(api, pictures(api, [web.url(f"many{snapshot}{i}.png") for i in range(40)]), snapshot)
    assert len(document["images"]) == 40 and 0 < len(names) <= ALL / 20_000
    assert sum(map(len, inside.values())) <= ALL and sum(web.times(f"many{snapshot}")) <= ALL / 20_000 + PARALLEL + 1


def test_the_guard_stays(web):
    """With the guard on nothing on this host is asked, neither now nor ahead."""
    from work import owner
    names, document, _ = exported(owner(), pictures(owner(), [web.url(f"guarded{i}.png") for i in range(12)]))
    assert names == [] and len(document["images"]) == 12 and not web.times("guarded")
