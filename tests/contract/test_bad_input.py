"""Input that no honest client sends, through nginx, on every writing route: refused with the error envelope, nothing half-written,
no worker lost. The list of routes and their fields come from the program, so new ones are covered as soon as they are in the tables."""

import functools
import gzip
import http.client
import json
import os
import re
import select
import socket
import subprocess
import time
import uuid
from urllib.parse import urlsplit

import pytest
import requests

import document
from people import PASSWORD, Browser, Person, browser_of, member
from server import shared_server
from test_permissions import API, PAGES, World, another_organization, is_unsafe
from work import Api, Project, anonymous, annotate, choice, counted, ours, owner, person, sql, stranger

pytestmark = ours

# Routes whose handlers read the body themselves.
READS_ITSELF = {"current_user_hotkeys_partial_update", "projects_import_create", "projects_tasks_bulk_create", "projects_import_predictions_create",
                "import_file_upload_partial_update", "import_file_upload_update"}
FILE_ROUTES = {"import_file_upload_partial_update", "import_file_upload_update"}
# Closing the caller's own door would end the test.
DEPARTS = {"current_user_reset_token_create", "users_destroy", "organizations_memberships_destroy"}
OPEN_AGAIN = {"jwt_settings_create": "UPDATE organization SET legacy_api_tokens_enabled = true"}
WRITING = [r for r in API if is_unsafe(r) and r["operation"] not in DEPARTS]
READING = [r for r in WRITING if r["body"] or r["operation"] in READS_ITSELF]
BARE = {r["pattern"] for r in API if "bare" in r["flags"]}     # what is wrong with the body, by field, without an envelope
by_name = {"argnames": "route", "ids": lambda r: f"{r['method']}-{r['pattern']}"}
LIMIT = 262144000
# Of the values that no field takes, each field gets one of so many, and the next field the next one.
SHARE = int(os.environ.get("LABELD_SHARE_OF_VALUES", 1))


class Wire:
    """A person's calls over one connection: of tens of thousands, a whole HTTP client takes more time than the server."""

    def __init__(self, api):
        place = urlsplit(api.url)
        self.address, self.headers = api.url, {"Authorization": api.session.headers["Authorization"]}
        self.connection = http.client.HTTPConnection(place.hostname, place.port, timeout=120)

    def ask(self, method, path, body, headers):
        self.connection.request(method, path, body, headers)
        got = self.connection.getresponse()
        answer = requests.Response()
        answer.url, answer.status_code, answer._content = self.address + path, got.status, got.read()
        answer.headers.update(got.headers)
        return answer

    def raw(self, method, path, body, content_type="application/json"):
        body = body.encode() if isinstance(body, str) else body
        headers = {**self.headers, "Content-Type": content_type}
        try:
            answer = self.ask(method, path, body, headers)
        except (ConnectionError, http.client.RemoteDisconnected):      # an old connection ends whenever the server likes
            self.connection.close()
            answer = self.ask(method, path, body, headers)
        document.check(method, self.address + path, answer)
        return answer


@functools.cache
def wire(api):
    return Wire(api)


def some_of(values, turn):
    return values[turn % SHARE::SHARE]


# ---- what must stay as it is ----


def log_size():
    return os.path.getsize(shared_server().log)


@pytest.fixture(scope="module", autouse=True)
def no_worker_lost():
    before = log_size()
    yield
    time.sleep(0.5)
    with open(shared_server().log, errors="replace") as file:
        file.seek(before)
        lines = [line for line in file if "worker crashed" in line or "worker failed" in line or "BUG" in line or "assertion" in line.lower()]
    assert not lines, lines[:5]


TABLES = ["project", "task", "annotation", "prediction", "draft", "file_upload", "user_account", "membership", "organization"]


def rows():
    return sql("SELECT " + " || ' ' || ".join(f"(SELECT count(*) FROM {t})" for t in TABLES))


def files():
    found = []
    for name in ("upload", "tmp"):
        for folder, _, names in os.walk(os.path.join(shared_server().dir, "files", name)):
            found += [os.path.join(folder, one) for one in names]
    return sorted(found)


def state():
    return rows(), files()


def standing(world, route):
    """The state once the route's object is there: the world makes it when it is first asked for."""
    world.path(route)
    return state()


@pytest.fixture(scope="module")
def world():
    return World(owner(), member("AD"), 1)


def envelope(answer, *statuses):
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text[:500]}"
    assert answer.headers["Content-Type"] == "application/json", answer.headers
    body = answer.json()
    if set(body) - {"id"} and "status_code" in body:
        assert uuid.UUID(body["id"]) and body["status_code"] == answer.status_code
        assert body["version"] and body["detail"] and body["exc_info"] is None
    elif urlsplit(answer.url).path in BARE:
        assert body and all(texts and all(isinstance(text, str) for text in texts) for texts in body.values()), body
    else:       # what the reference answers without one
        assert set(body) in ({"label_config"}, {"error", "details"}, {"detail"}), body
    return body


def refused(world, route, body, content_type="application/json", statuses=(400,), **kw):
    answer = owner().raw(route["method"], world.path(route), body, content_type, **kw)
    return envelope(answer, *statuses)


# ---- bodies that cannot be read ----

DEEP = 10000
UNREADABLE = {
    "cut": b'{"title": "abc',
    "not-json": b"title=abc",
    "python": b"{'title': None}",
    "two-values": b"{} {}",
    "latin-1": b'{"title": "caf\xe9"}',
    "utf-16": '{"title": "abc"}'.encode("utf-16"),
    "overlong": b'{"title": "\xc0\xaf"}',
    "utf-8-surrogate": b'{"title": "\xed\xa0\x80"}',
    "nul-byte": b'{"title": "a\x00b"}',
    "deep-list": b"[" * DEEP + b"]" * DEEP,
    "deep-object": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "open-lists": b"[" * 1000000,
    "gzip": gzip.compress(b'{"title": "abc"}'),
    "nan": b'{"title": NaN}',
}


@pytest.mark.parametrize(argvalues=[r for r in READING if r["operation"] not in FILE_ROUTES], **by_name)
def test_bodies_that_are_no_json(world, route):
    before = standing(world, route)
    for name, body in UNREADABLE.items():
        headers = {"Content-Encoding": "gzip"} if name == "gzip" else {}
        refused(world, route, body, headers=headers)
    assert state() == before


@pytest.mark.parametrize(argvalues=READING, **by_name)
def test_bodies_of_other_types(world, route):
    before = standing(world, route)
    for content_type in ("text/plain", "text/csv", "application/xml", "application/jsonx", "x", "application/json+x", "\x7f", ";", None):
        refused(world, route, b"<a/>", content_type, (415,))
    assert state() == before


@pytest.mark.parametrize(argvalues=READING, **by_name)
def test_forms_that_are_broken(world, route):
    before = standing(world, route)
    boundary = "multipart/form-data; boundary=b"
    part = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\ny'
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n[{"text": "x"}]'
    for body, content_type, statuses in (
        (part, boundary, (400,)),                                          # no end
        (part + b"\r\n--b", boundary, (400,)),
        (file, boundary, (400,)),
        (part + b"\r\n--b--", "multipart/form-data", (400,)),              # no boundary
        (part + b"\r\n--b--", "multipart/form-data; boundary=" + "b" * 1000, (400,)),
        (b"--b\r\nX: " + b"y" * 65536 + b"\r\n\r\n\r\n--b--", boundary, (400,)),
        (b"--b\r\n" + b"X: y\r\n" * 20000 + b"\r\n\r\n--b--", boundary, (400,)),
        (part.replace(b"y", b"\xff") + b"\r\n--b--", boundary, (400,)),
        (part.replace(b"y", b"\x00") + b"\r\n--b--", boundary, (400,)),
        (b"".join(file.replace(b'"file"', b'"f%d"' % i) + b"\r\n" for i in range(101)) + b"--b--", boundary, (413,)),
        ((part + b"\r\n") * 100000 + b"--b--", boundary, (400, 413)),
        (b"a=%ff&b=%C0%AF", "application/x-www-form-urlencoded", (400,)),
        (b"a=%00", "application/x-www-form-urlencoded", (400,)),
        (b"&".join(b"a%d=1" % i for i in range(100000)), "application/x-www-form-urlencoded", (400, 413)),
    ):
        refused(world, route, body, content_type, statuses)
    assert state() == before


# ---- values that no field takes ----

NASTY = ["null", "true", "0", "-1", "1.5", "2147483648", "-2147483649", "9223372036854775808", "9" * 400, "0." + "9" * 400, "-" + "9" * 400 + "." + "9" * 400,
         "1e400", "-1e400", "1e-400", "1e2147483648", '""', '" "', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '"' + "x" * 70000 + '"',
         '"99999999999999999999"', '"2147483647"', '"1e400"', '"nan"', '"inf"', "[]", "{}", "[[]]", "[null]", '[{"id": null}]', '{"a": {"\\u0000": 1}}',
         '{"\\udfff": []}', "[1e400]", "[" * 150 + "]" * 150, '"\u202e\ufeff\ufffe"', '"0001-01-01"', '"294277-01-01T00:00:00Z"', '"2026-02-30T25:61:61"',
         '"%s"', '"\'; DROP TABLE task; --"', '"<View>"', '"\\\\"', '{"type": "x", "value": []}', '[{"value": 1, "type": 2, "from_name": [], "to_name": {}}]']
CANNOT_BE_KEPT = [v for v in NASTY if "\\u0000" in v or "\\ud8" in v or "\\ud" in v]


def schemas():
    if os.environ.get("LABELD_URL"):
        return {}
    done = subprocess.run([os.path.join(os.environ["LABELD_BUILD"], "labeld-admin"), "routes", "--openapi"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["components"]["schemas"]


SCHEMAS = schemas()


def fields_of(route):
    return list(SCHEMAS.get(route["body"], SCHEMAS.get("Patched" + route["body"]))["properties"])


def sane(answer, what):
    """Taken or refused, but never a fault of the server's."""
    if answer.status_code >= 400:
        assert answer.status_code < 500, f"{what[:200]}: {answer.status_code} {answer.text[:500]}"
        envelope(answer, answer.status_code)
    return answer.status_code < 400


turned = None


def world_to_turn():
    """Of an organization whose switches may be turned. It serves until a route leaves it unfit for the next one."""
    global turned
    if turned is None or turned.project.api.send("GET", turned.project.path + "/").status_code != 200:
        turned = another_organization()
    return turned


def retire(route, taken):
    global turned
    if taken and (route["method"] == "DELETE" or route["operation"] in OPEN_AGAIN):
        turned = None


# PUT shares handler and fields with PATCH.
@pytest.mark.parametrize(argvalues=[r for r in READING if r["body"] and r["method"] != "PUT"], **by_name)
def test_values_that_fields_do_not_take(route):
    world = world_to_turn()
    path, method, caller = world.path(route), route["method"], wire(world.project.api)
    before, taken = rows(), 0
    for turn, field in enumerate(fields_of(route), WRITING.index(route)):
        for value in some_of(NASTY, turn):
            body = f'{{"{field}": {value}}}'
            sent = [(body, "application/json"), (f"{field}={value}".encode(), "application/x-www-form-urlencoded")]
            for body, content_type in sent[:2 if len(value) < 30 else 1]:
                if sane(caller.raw(method, path, body, content_type), body):
                    taken += 1
                    if route["operation"] in OPEN_AGAIN:
                        sql(OPEN_AGAIN[route["operation"]])
    if not taken:
        assert rows() == before
    every = "{" + ", ".join(f'"{field}": 1e400' for field in fields_of(route)) + "}"
    sane(caller.raw(method, path, every), every)
    retire(route, taken)


@pytest.mark.parametrize(argvalues=[r for r in READING if r["operation"] not in FILE_ROUTES], **by_name)
def test_bodies_of_another_shape(world, route):
    """An array, a text or a number where an object is expected, and the other way round."""
    for value in some_of(NASTY, WRITING.index(route)):
        for body in (value, f"[{value}]", f"[[{value}]]"):
            sane(wire(owner()).raw(route["method"], world.path(route), body), body)


IMPORTED = ['{"data": %s}', '{"data": {"text": %s}}', '{"data": {"text": "x"}, "meta": %s}', '{"data": {"text": "x"}, "annotations": %s}',
            '{"data": {"text": "x"}, "annotations": [%s]}', '{"data": {"text": "x"}, "annotations": [{"result": %s}]}',
            '{"data": {"text": "x"}, "annotations": [{"result": [%s]}]}', '{"data": {"text": "x"}, "annotations": [{"result": [], "completed_by": %s}]}',
            '{"data": {"text": "x"}, "annotations": [{"result": [], "lead_time": %s}]}', '{"data": {"text": "x"}, "annotations": [{"result": [], "id": %s}]}',
            '{"data": {"text": "x"}, "annotations": [{"result": [], "was_cancelled": %s, "ground_truth": %s}]}',
            '{"data": {"text": "x"}, "predictions": %s}', '{"data": {"text": "x"}, "predictions": [%s]}',
            '{"data": {"text": "x"}, "predictions": [{"result": %s}]}', '{"data": {"text": "x"}, "predictions": [{"result": [], "score": %s}]}',
            '{"data": {"text": "x"}, "predictions": [{"result": [], "model_version": %s}]}', '{"data": {"text": "x"}, "allow_skip": %s}',
            '{"data": {"text": "x", "$undefined$": %s}}', '{"text": "x", "more": %s}']


@pytest.mark.parametrize("shape", IMPORTED)
def test_imports_of_such_values(shape):
    project = Project()
    for value in some_of(NASTY, IMPORTED.index(shape)):
        text = shape.replace("%s", value)
        for item in (text, f'[{{"text": "good"}}, {text}]'):
            taken = sane(wire(owner()).raw("POST", project.path + "/import", item), item)
            assert not (taken and value in CANNOT_BE_KEPT), item
        sane(owner().send("POST", project.path + "/import", files={"f": ("a.json", f"[{text}]")}), text)
    counted(project)


@pytest.mark.parametrize("shape", ["%s", '{"task": %s, "result": []}', '{"task": TASK, "result": %s}', '{"task": TASK, "result": [%s]}',
                                   '{"task": TASK, "result": [], "score": %s}', '{"task": TASK, "result": [], "model_version": %s}'])
def test_predictions_of_such_values(shape):
    project = Project()
    task = project.texts(1)[0]
    for value in NASTY:
        body = "[" + shape.replace("TASK", str(task)).replace("%s", value) + "]"
        sane(wire(owner()).raw("POST", project.path + "/import/predictions", body), body)
    counted(project)


TABULAR = {
    "nul.csv": b"text\na\x00b\n", "latin.csv": "text\ncaf\xe9\n".encode("latin-1"), "quote.csv": b'text\n"open\n', "long.csv": b"text\n1,2,3\n",
    "empty.csv": b"", "header.csv": b"text\n", "wide.csv": b"," * 100000, "nul.tsv": b"\x00\t\x00\n\x00",
    "utf16.csv": "text\nabc\n".encode("utf-16"), "nul.txt": b"a\x00b", "latin.txt": b"\xff\xfe", "nul.html": b"<b>\x00</b>", "latin.xml": b"<a>\xff</a>",
    "bad.json": b"[{", "lines.json": b'{"text": "a"}\n{"text": "b"}', "empty.json": b"", "number.json": b"1", "deep.json": b"[" * 10000, "nan.json": b"[{\"text\": NaN}]",
    "sur.json": b'[{"text": "\\ud800"}]', "nul.json": b'[{"text": "\\u0000"}]', "items.json": b"[1, null, [], \"x\"]", "a.exe": b"MZ", "noextension": b"x",
    ".json": b"[", "x" * 5000 + ".csv": b"text\n\x00", "..": b"x", "a.json/..": b"x", "\udcff.csv": b"text\n\x00",
}


def test_files_that_are_broken():
    project = Project()
    before = rows()
    for name, content in TABULAR.items():
        head = b'--b\r\nContent-Disposition: form-data; name="f"; filename="' + name.encode("utf-8", "surrogateescape") + b'"\r\n\r\n'
        answer = owner().raw("POST", project.path + "/import", head + content + b"\r\n--b--", "multipart/form-data; boundary=b")
        envelope(answer, 400)
    assert rows() == before and not [f for f in files() if f"/upload/{project.id}/" in f]


# ---- sizes ----


def connect():
    place = urlsplit(owner().url)
    return socket.create_connection((place.hostname, place.port), timeout=120)


def head_of(method, path, headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Token {shared_server().token}", "Connection: close"]
    return "\r\n".join(lines + [f"{k}: {v}" for k, v in headers.items()] + ["", ""]).encode("latin-1")


def answer_of(client):
    """(status, body) of an answer; nginx may keep the connection for what the client still sends."""
    text = b""
    try:
        while piece := client.recv(65536):
            text += piece
            head, _, body = text.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
            if length and len(body) >= int(length.group(1)):
                break
    except ConnectionError:
        pass
    return (int(text.split(b" ", 2)[1]), text.partition(b"\r\n\r\n")[2]) if text.startswith(b"HTTP/1.1 ") else (None, text)


def workers_kb():
    """Memory of the workers, without what they share with each other."""
    master = shared_server().pids["labeld"]
    with open(f"/proc/{master}/task/{master}/children") as file:
        pids = file.read().split()
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status") as file:
            total += next(int(line.split()[1]) for line in file if line.startswith("RssAnon"))
    return total


BIG_ROUTES = [r for r in READING if r["operation"] in {"projects_create", "projects_import_create", "tasks_annotations_create", "import_file_upload_update"}]


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=b"])
@pytest.mark.parametrize(argvalues=BIG_ROUTES, **by_name)
def test_a_body_announced_too_large_is_refused_before_it_comes(world, route, content_type):
    before = workers_kb()
    with connect() as client:
        client.sendall(head_of(route["method"], world.path(route), {"Content-Type": content_type, "Content-Length": 300 << 20}))
        client.sendall(b"[" * 1000)
        status, text = answer_of(client)
    assert status == 413 and json.loads(text)["status_code"] == 413
    assert workers_kb() < before + 32768


@pytest.mark.parametrize(argvalues=[r for r in BIG_ROUTES if r["operation"] in {"projects_import_create", "projects_create"}], **by_name)
def test_a_body_of_unknown_length_ends_at_the_limit(world, route):
    before, sent, piece = workers_kb(), 0, b"[" * (1 << 20)
    chunk = b"%x\r\n" % len(piece) + piece + b"\r\n"
    with connect() as client:
        client.sendall(head_of(route["method"], world.path(route), {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}))
        while sent < 300 << 20 and not select.select([client], [], [], 0)[0]:
            client.sendall(chunk)
            sent += len(piece)
        status, text = answer_of(client)
    assert sent < LIMIT + (24 << 20), "the answer came too late"
    assert status == 413 and json.loads(text)["status_code"] == 413, text[:300]
    assert workers_kb() < before + 32768


def test_chunked_bodies_are_bodies():
    def pieces():
        yield b'{"title": "In '
        yield b'pieces"}'

    assert owner().call("POST", "/api/projects/", 201, data=pieces(), headers={"Content-Type": "application/json"})["title"] == "In pieces"


@pytest.mark.parametrize("headers, body", [
    ({"Content-Length": "100"}, b'{"title": "abc"}'), ({"Content-Length": "-1"}, b"{}"), ({"Content-Length": "x"}, b"{}"),
    ({"Content-Length": "99999999999999999999999"}, b"{}"), ({"Transfer-Encoding": "chunked"}, b"5\r\n{\"tit"), ({"Transfer-Encoding": "chunked"}, b"zz\r\n{}\r\n0\r\n\r\n"),
    ({"Transfer-Encoding": "gzip"}, b"{}"), ({"Transfer-Encoding": "chunked", "Content-Length": "2"}, b"2\r\n{}\r\n0\r\n\r\n"),
    ({"Content-Length": "2\r\nContent-Length: 3"}, b"{}")])
@pytest.mark.parametrize("path", ["/api/projects/", "/api/projects/{project}/import"])
def test_bodies_that_are_cut_short(world, path, headers, body):
    before = rows()
    with connect() as client:
        client.sendall(head_of("POST", path.format(project=world.project.id), {"Content-Type": "application/json", **headers}) + body)
        client.shutdown(socket.SHUT_WR)
        status, text = answer_of(client)
    assert status is None or 400 <= status < 500 or status == 501, text[:300]
    assert rows() == before


# ---- addresses ----


def test_ids_that_cannot_be():
    for route in WRITING:
        if "{" not in route["pattern"]:
            continue
        for number in ("0", "2147483647", "2147483648", "9223372036854775808", "9" * 400, "-1", "1.0", "1e3", "0x1", "%31%00", "٣", "%D9%A3", "+1", " 1", "null"):
            path = route["pattern"]
            for name in ("id", "user", "annotation", "project"):
                path = path.replace("{%s:int}" % name, number)
            answer = owner().raw(route["method"], path, b"{}")
            if number == "%31%00":      # nginx refuses it
                assert answer.status_code == 400
            else:
                envelope(answer, 404)


@pytest.mark.parametrize(argvalues=[r for r in READING if "{" in r["pattern"]], **by_name)
def test_what_is_wrong_with_a_foreign_object_is_not_told(world, route):
    for body in (b"{", b"[" * DEEP, b'{"x": "\\ud800"}', b"{}"):
        envelope(stranger().raw(route["method"], world.path(route), body), 404)


def test_objects_of_others_in_bodies(world):
    theirs = Project(stranger())
    task = theirs.texts(1)[0]
    before = rows()
    for number in (task, 2147483647, 0, -1, 2147483648, 10 ** 30, f'"{task}"', "null", "true", "1.5", "[1]"):
        for path, body in (("/api/predictions/", '{"task": %s, "result": []}'), ("/api/tasks/", '{"project": %s, "data": {"text": "a"}}')):
            value = number if path == "/api/predictions/" else (theirs.id if number == task else number)
            envelope(owner().raw("POST", path, body % value), 400, 404)
        envelope(owner().raw("POST", world.project.path + "/import/predictions", '[{"task": %s, "result": []}]' % number), 400)
        envelope(owner().raw("POST", f"/api/tasks/{world.task}/annotations/", '{"result": [], "parent_prediction": %s, "parent_annotation": [%s]}' % (number, number)), 400)
        sane(owner().raw("POST", world.project.path + "/reimport", '{"file_upload_ids": [%s]}' % number), str(number))
        sane(owner().raw("DELETE", world.project.path + "/file-uploads", '{"file_upload_ids": [%s, 2147483647]}' % number), str(number))
        envelope(owner().raw("PATCH", "/api/organizations/1/memberships", '{"user_id": %s, "role": "MA"}' % (stranger().id if number == task else number)), 400, 404)
    assert rows() == before


def test_long_and_odd_addresses():
    for path, statuses in (("/api/projects/?x=" + "y" * 7000, (200,)), ("/api/projects/?x=" + "y" * 40000, (414,)), ("/api/" + "a" * 7000, (404,)),
                           ("/api/projects/?" + "&".join(f"a{i}=1" for i in range(1000)), (200, 400)), ("/api/projects/?page=1&page=2&page=1", (200,)),
                           ("/api/projects/?page=%FF", (400,)), ("/api/projects/?page=%00", (400,)), ("/api/projects/?page=1e9", (404,)),
                           ("/api/projects/?page=" + "9" * 400, (404,)), ("/api/projects/?page_size=" + "9" * 400, (200, 400)),
                           ("/api/tasks/?project=" + "9" * 400, (400, 404)), ("/api/tasks/?project=1&page=-1", (400, 404)),
                           ("/api/%FF/", (400,)), ("/api/..%2f..%2fetc", (400, 404)), ("/api/%00", (400,)), ("/data/upload/1/..%2f..%2fx", (404, 400)),
                           ("/data/upload/1/%00.json", (400, 404)), ("/data/upload/99999999999/x.json", (404,)), ("/_files/upload/1/x", (404,))):
        answer = owner().send("GET", path)
        assert answer.status_code in statuses, f"{path[:80]}: {answer.status_code} {answer.text[:300]}"
        by_nginx = answer.status_code == 414 or "%00" in path or "..%2f" in path     # what it cannot take for an address at all
        if answer.status_code >= 400 and path.startswith(("/api/", "/data/")) and not by_nginx:
            envelope(answer, answer.status_code)


def test_the_last_of_equal_query_keys_counts(world):
    path = world.project.path + "/import?return_task_ids=0&commit_to_project=x&return_task_ids=1&commit_to_project=1"
    assert len(owner().call("POST", path, 201, json=[{"text": "a"}])["task_ids"]) == 1


def test_the_last_of_equal_form_fields_counts(world):
    body = b"".join(b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\n%s\r\n' % t for t in (b"first", b"second")) + b"--b--\r\n"
    assert owner().raw("POST", "/api/projects/", body, "multipart/form-data; boundary=b", 201).json()["title"] == "second"


# ---- methods and headers ----


@pytest.mark.parametrize(argvalues=API, **by_name)
def test_methods(world, route):
    path = world.path(route)
    for method in ("FOO", "PROPFIND", "MKCOL", "M-SEARCH"):
        envelope(owner().send(method, path), 405)
    answer = owner().send("OPTIONS", path)
    assert answer.status_code == 200 and answer.headers["Allow"]
    answer = owner().send("HEAD", path)
    assert answer.status_code in (200, 302, 400, 403, 404, 405, 424) and not answer.content


def test_methods_that_nginx_refuses():
    envelope(owner().send("TRACE", "/api/projects/"), 405)
    for line in (b"get /api/version/ HTTP/1.1", b"G\x00T / HTTP/1.1", b"GET /api/version/ HTTP/9.9", b"\x16\x03\x01", b"GET"):
        with connect() as client:
            client.sendall(line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
            client.shutdown(socket.SHUT_WR)
            status, text = answer_of(client)
        assert status in (None, 400, 405, 505), text[:200]


GARBAGE = ["Token", "Token ", "Token a b", "Token \xff\xfe", "Token " + "0" * 40, "Token " + "f" * 3000, "token x", "Bearer", "Bearer x", "Bearer a.b.c",
           "Bearer " + "a." * 1000, "Bearer eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoiMSJ9.", "Basic dXNlcjpwYXNz", "x", "Token ' OR 1=1 --", "Bearer ..", "Bearer \x80.\x80.\x80"]


@pytest.mark.parametrize("value", GARBAGE)
def test_credentials_that_are_garbage(value):
    for header in ("Authorization", "X-Api-Key"):
        answer = anonymous().send("GET", "/api/current-user/whoami", headers={header: value.encode("latin-1")})
        envelope(answer, 401)
        assert answer.headers["WWW-Authenticate"]
        envelope(anonymous().raw("POST", "/api/projects/", b'{"title": "abc"}', headers={header: value.encode("latin-1")}), 401)
    for cookie in ("sessionid=" + value, "sessionid=%00", "sessionid=" + "a" * 3000, "sessionid"):
        envelope(anonymous().send("GET", "/api/current-user/whoami", headers={"Cookie": cookie.encode("latin-1")}), 401)


def test_headers_that_are_garbage(world):
    path = world.project.path + "/"
    for value in ("x", '"', '"x"', "W/", "*,*", ",", '""', "\xff", "y" * 6000):
        envelope(owner().send("PATCH", path, json={"description": "x"}, headers={"If-Match": value.encode("latin-1")}), 412)
    body = '{"description": "x", "updated_at": %s}'
    for value in ('"x"', "1", "null", "[]", '"\\u0000"', '"9999999999-01-01"', '"2026-02-30"', '"\\ud800"', '"0001-01-01T00:00:00Z"'):
        sane(owner().raw("PATCH", path, body % value, headers={"Prefer": "optimistic"}), value)
    for name, value in (("Accept", "\xff;q=x"), ("Accept", "," * 3000), ("Origin", "null"), ("Origin", "\xff"), ("Referer", "\xff"), ("Range", "bytes=9-1,-,x"),
                        ("X-Forwarded-For", "\xff"), ("X-Forwarded-Proto", "javascript"), ("X-Forwarded-Host", "a b\xff"), ("Expect", "100-continue"),
                        ("Content-Language", "\xff"), ("X-HTTP-Method-Override", "DELETE"), ("If-None-Match", "*"), ("Cookie", "=;;=;a"), ("Prefer", "\xff")):
        answer = owner().send("GET", path, headers={name: value.encode("latin-1")})
        assert answer.status_code in (200, 406), f"{name}: {answer.status_code} {answer.text[:300]}"
    answer = owner().send("GET", path, headers={f"X-{i}": "y" * 3000 for i in range(20)})
    assert envelope(answer, 431)["detail"] == "Request header too large"


@pytest.fixture(scope="module")
def kept_file():
    project = Project()
    owner().call("POST", project.path + "/import", 201, files={"f": ("a.json", b'[{"text": "x"}]')})
    return "/data/" + owner().get(project.path + "/file-uploads", all="true")[0]["file"]


@pytest.mark.parametrize("value", ["bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=99999999999999999999-", "bytes=0-0,0-0,0-0", "lines=1-2",
                                   "bytes=" + "0-0," * 1500, "bytes=-99999999999999999999", "\xff"])
def test_ranges_of_files(kept_file, value):
    answer = owner().send("GET", kept_file, headers={"Range": value.encode("latin-1")})
    assert answer.status_code in (200, 206, 416)


def test_expired_and_revoked_tokens():
    someone = Person("AD")
    refresh = someone.post("/api/token/")["token"]
    access = anonymous().post("/api/token/refresh/", {"refresh": refresh}, 200)["access"]
    bearer = {"Authorization": "Bearer " + access}
    assert anonymous().send("GET", "/api/current-user/whoami", headers=bearer).status_code == 200
    someone.post("/api/token/blacklist/", {"refresh": refresh}, 204)
    envelope(anonymous().send("POST", "/api/token/refresh/", json={"refresh": refresh}), 401)
    head, claims, signature = access.split(".")
    for forged in (f"{head}.{claims}.", f"{head}.{claims}.{signature[:-2]}AA", f".{claims}.{signature}", f"{head}..{signature}", f"{head}.{claims}", refresh):
        envelope(anonymous().send("GET", "/api/current-user/whoami", headers={"Authorization": "Bearer " + forged}), 401)
        sane(anonymous().raw("POST", "/api/token/refresh/", json.dumps({"refresh": forged})), forged)
        sane(anonymous().raw("POST", "/api/token/blacklist/", json.dumps({"refresh": forged})), forged)
    old = someone.session.headers["Authorization"]
    someone.post("/api/current-user/reset-token/")
    envelope(anonymous().send("GET", "/api/current-user/whoami", headers={"Authorization": old}), 401)


# ---- forms of pages ----

IN_FORMS = ["", " ", "-1", "2147483648", "9" * 400, "1e400", "\u202e\ufeff\ufffe", "<View>", "<View" * 5000, "x" * 70000, "'; DROP TABLE task; --", "[" * 5000, "[{\"text\": 1e400}]", "\ud7ff"]


@pytest.mark.parametrize(argvalues=[r for r in PAGES if r["method"] == "POST"], **by_name)
def test_forms_of_pages(world, route):
    path = world.path(route)
    browser = Browser() if "public" in route["flags"] else browser_of("AD")
    names = set(re.findall(r'name="([a-zA-Z_]+)"', browser.get(path).text)) - {"csrfmiddlewaretoken", "viewport"}
    for name in sorted(names):
        for value in IN_FORMS:
            answer = browser.form(path, {name: value})
            assert answer.status_code < 500, f"{name}={value[:50]}: {answer.status_code}"
    for body, content_type in ((b"csrfmiddlewaretoken=%s&email=%%ff&title=%%C3%%28", "application/x-www-form-urlencoded"), (b"title=%%00&csrfmiddlewaretoken=%s", "application/x-www-form-urlencoded"),
                               (b'--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n%s', "multipart/form-data; boundary=b"),
                               (b"%s", "text/plain")):
        token = browser.csrf.encode()
        answer = browser.session.post(browser.url + path, data=body % token, headers={"Content-Type": content_type, "X-CSRFToken": token}, allow_redirects=False, timeout=60)
        assert 400 <= answer.status_code < 500 and "text/html" in answer.headers["Content-Type"], answer.status_code


@pytest.mark.parametrize("value", [b"\xff\xfe", b"x" * 6000, b"\xc3\x28", b""])
def test_log_in_of_an_odd_browser(value):
    someone = Person("AD")
    browser = Browser()
    browser.session.headers["User-Agent"] = value
    assert browser.log_in(someone.address, PASSWORD).status_code == 302
    assert browser.get("/projects/").status_code == 200


def test_null_characters_are_named_wherever_they_come_from():
    """As text or as JSON, in a body, a form or a file, and on pages."""
    project, said = Project(), ["Null characters are not allowed."]
    path, config = project.path + "/", "<View>\0</View>"
    for body in ({"json": {"label_config": config}}, {"data": {"label_config": config}}, {"files": {"label_config": (None, config)}}):
        assert owner().call("PATCH", path, 400, **body)["validation_errors"] == {"label_config": said}, body
    assert owner().post("/api/tasks/", {"project": project.id, "data": {"text": "a\0b"}}, 400)["validation_errors"] == {"data": said}
    answer = owner().call("POST", path + "import", 400, files={"f": ("a.json", b'[{"text": "a\\u0000b"}]')})
    assert answer["validation_errors"] == {"non_field_errors": ["Error at item 0: " + said[0]]}
    page = browser_of("OW").form(f"/projects/{project.id}/settings/labeling", {"label_config": config})
    assert page.status_code == 400 and said[0] in page.text
