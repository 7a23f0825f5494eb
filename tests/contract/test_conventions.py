"""What holds for every address: slashes, content types, the error envelope, methods, coercion, what JSON may hold, cross-origin calls,
and what a client sees of an answer that fails after it began."""

import http.client
import json
import re
import socket
import uuid
from urllib.parse import urlsplit

import pytest
import requests

from server import shared_server
from people import Person
from work import Api, Project, anonymous, annotate, counted, eventually, ours, owner, sql

TASK_COUNT_FOR_LONG_EXPORT = 3000


@pytest.fixture(scope="module")
def project():
    made = Project()
    made.ids = made.texts(3)
    return made


def envelope(answer, status, detail=None):
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert uuid.UUID(body["id"]) and body["status_code"] == status and body["exc_info"] is None
    assert body["version"] == owner().get("/api/version/")["release"]
    assert detail is None or body["detail"] == detail
    return body


# ---- addresses ----


@pytest.mark.parametrize("path", ["/api/projects", "/api/tasks/{task}", "/api/tasks/{task}/annotations", "/api/projects/{id}/next",
                                  "/api/projects/{id}/tasks", "/api/predictions", "/api/version", "/api/users"])
def test_a_missing_slash_makes_no_difference(project, path):
    path = path.format(id=project.id, task=project.ids[0])
    assert owner().send("GET", path).status_code == owner().send("GET", path + "/").status_code == 200


def test_a_missing_slash_keeps_method_and_body(project):
    made = owner().post("/api/projects", {"title": "No slash"})
    assert made["title"] == "No slash"
    assert owner().patch(f"/api/projects/{made['id']}", {"title": "Changed"})["title"] == "Changed"
    owner().delete(f"/api/projects/{made['id']}")


@ours
@pytest.mark.parametrize("method, path", [
    ("POST", "/api/projects/{id}/import"), ("GET", "/api/projects/{id}/export"), ("GET", "/api/projects/{id}/export/formats"),
    ("GET", "/api/projects/{id}/file-uploads"), ("GET", "/api/tasks/{task}/drafts"), ("GET", "/api/current-user/whoami"),
    ("GET", "/api/organizations/1"), ("GET", "/api/jwt/settings")])
def test_an_extra_slash_makes_no_difference_either(project, method, path):
    path = path.format(id=project.id, task=project.ids[0])
    for slash in ("", "/"):
        assert owner().send(method, path + slash, json=[{"text": "a"}]).status_code in (200, 201)


@pytest.mark.parametrize("path", ["/api/projects/abc/", "/api/projects/-1/", "/api/projects/1.0/", "/api/Projects/", "/api/projects//1/",
                                  "/api/nothing/", "/api/projects/1/nothing", "/api/projects/%31%00/"])
def test_addresses_that_are_not_there(path):
    assert owner().send("GET", path).status_code in (404, 400)


@ours
def test_unknown_addresses_below_api_answer_in_json():
    envelope(owner().send("GET", "/api/nothing/"), 404)


def test_a_doubled_leading_slash_is_tolerated():
    assert owner().send("GET", "//api/version/").status_code == 200


# ---- content types ----


@pytest.mark.parametrize("content_type", ["text/plain", "text/json", "application/xml"])
def test_bodies_of_other_types(content_type):
    answer = owner().raw("POST", "/api/projects/", '{"title": "abc"}', content_type)
    envelope(answer, 415, f'Unsupported media type "{content_type}" in request.')


def test_a_body_without_a_type():
    envelope(owner().raw("POST", "/api/projects/", '{"title": "abc"}', None), 415)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON",
                                          pytest.param("application/json;charset=latin-1", marks=ours)])
def test_spellings_of_the_json_type(content_type):
    assert owner().raw("POST", "/api/projects/", '{"title": "été"}', content_type, 201).json()["title"] == "été"


def test_forms_are_bodies_too(project):
    made = owner().call("POST", "/api/tasks/", 201, data={"project": project.id, "data": '{"text": "by form"}'})
    assert made["data"] == {"text": "by form"}
    parts = {"project": (None, str(project.id)), "data": (None, '{"text": "by multipart"}')}
    assert owner().call("POST", "/api/tasks/", 201, files=parts)["data"] == {"text": "by multipart"}
    form = {"result": '[{"id": "a", "type": "choices"}]', "lead_time": "2"}
    made = owner().call("POST", f"/api/tasks/{made['id']}/annotations/", 201, data=form)
    assert made["result"] == [{"id": "a", "type": "choices"}] and made["lead_time"] == 2.0
    owner().call("POST", "/api/tasks/", 400, data={"project": project.id, "data": "{no json"})


@pytest.mark.parametrize("accept, status", [("text/html", 406), ("application/xml", 406), pytest.param("application/json;q=0", 406, marks=ours), ("*/*", 200),
                                            pytest.param("", 200, marks=ours),
                                            ("text/html, application/json;q=0.5", 200), ("application/*", 200)])
def test_only_json_can_be_had(accept, status):
    answer = owner().send("GET", "/api/projects/", headers={"Accept": accept}, params={"page_size": 1})
    assert answer.status_code == status
    if status == 406:
        envelope(answer, 406, "Could not satisfy the request Accept header.")


def test_json_is_utf8_and_not_escaped():
    title = "naïve 日本 \U0001f600 \u2028."
    made = Project(title=title)
    answer = owner().send("GET", made.path + "/")
    assert answer.headers["Content-Type"] == "application/json"
    assert "naïve 日本 \U0001f600 \\u2028.".encode() in answer.content and answer.json()["title"] == title


def test_protective_headers(project):
    headers = owner().send("GET", project.path + "/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin" and headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "sessionid" not in headers.get("Set-Cookie", "") or shared_server().dir is None


# ---- errors ----


def test_envelopes(project):
    envelope(owner().send("GET", "/api/projects/2000000000/"), 404, "No Project matches the given query.")
    body = envelope(owner().send("POST", "/api/projects/", json={"title": "x"}), 400, "Validation error")
    assert body["validation_errors"] == {"title": ["Ensure this field has at least 3 characters."]}
    answer = anonymous().send("GET", "/api/projects/")
    envelope(answer, 401, "Authentication credentials were not provided.")
    assert answer.headers["WWW-Authenticate"] == "Token"
    answer = Api("0" * 40).send("GET", "/api/projects/")
    envelope(answer, 401, "Invalid token.")


def test_what_monitors_ask():
    answer = anonymous().send("GET", "/metrics")
    assert answer.status_code == 200 and not answer.content
    owner().get("/feature-flags/", 403)
    someone = Person("AD")
    sql(f"UPDATE user_account SET is_superuser = true WHERE id = {someone.number}")
    assert someone.get("/feature-flags/") == {}


def test_every_error_has_its_own_id():
    ids = {owner().send("GET", "/api/projects/2000000000/").json()["id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("method, path, allowed", [
    ("DELETE", "/api/projects/", {"GET", "HEAD", "POST", "OPTIONS"}),
    ("POST", "/api/projects/{id}/", {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}),
    ("PUT", "/api/tasks/", {"GET", "HEAD", "POST", "OPTIONS"}),
    ("GET", "/api/projects/{id}/import", {"POST", "OPTIONS"}),
])
def test_methods_that_an_address_lacks(project, method, path, allowed):
    answer = owner().send(method, path.format(id=project.id), json={})
    envelope(answer, 405, f'Method "{method}" not allowed.')
    assert {m.strip() for m in answer.headers["Allow"].split(",")} == allowed


def test_allow_is_always_there_and_head_works(project):
    answer = owner().send("HEAD", project.path + "/")
    assert answer.status_code == 200 and not answer.content and "PATCH" in answer.headers["Allow"]


def test_options_describe_the_fields(project):
    answer = owner().send("OPTIONS", "/api/projects/")
    assert answer.status_code == 200 and answer.json()["actions"]["POST"]["title"]["type"] == "string"


# ---- values ----


def test_duplicate_keys_the_last_one_wins(project):
    assert owner().raw("POST", "/api/projects/", '{"title": "first", "title": "second"}', status=201).json()["title"] == "second"
    body = '{"project": %d, "data": {"text": "a", "text": "b"}, "data": {"text": "c", "text": "d"}}' % project.id
    assert owner().raw("POST", "/api/tasks/", body, status=201).json()["data"] == {"text": "d"}


@pytest.mark.parametrize("body", ['{"title": "abc"', "{'title': 'abc'}", '{"title": "abc"} x', "[", "nul", '{"title": "a\tb"}', '{"title": "\\x"}',
                                  '{"a": 01}', '{"a": NaN}', '{"a": Infinity}', '{"a": -Infinity}'])
def test_text_that_is_no_json(body):
    answer = owner().raw("POST", "/api/projects/", body)
    assert envelope(answer, 400)["detail"].startswith("JSON parse error - ")


def test_bytes_that_are_no_utf8():
    envelope(owner().raw("POST", "/api/projects/", b'{"title": "caf\xe9"}'), 400)
    envelope(owner().raw("POST", "/api/projects/", '{"title": "abcd"}'.encode("utf-16")), 400)


DATA = ['"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '{"\\ud800": 1}', "1e400", "-1e400", "NaN"]


@ours
@pytest.mark.parametrize("value", DATA)
def test_data_that_cannot_be_kept(project, value):
    before = project.read()["task_number"]
    data = '{"text": "x", "more": [%s]}' % value
    for path, body in (("/api/tasks/", '{"project": %d, "data": %s}' % (project.id, data)),
                       (project.path + "/import", "[%s]" % data), (project.path + "/import", '{"data": %s}' % data),
                       (f"/api/tasks/{project.ids[0]}/annotations/", '{"result": [%s]}' % data),
                       (f"/api/tasks/{project.ids[0]}/drafts", '{"result": [%s]}' % data),
                       ("/api/predictions/", '{"task": %d, "result": [%s]}' % (project.ids[0], data))):
        envelope(owner().raw("POST", path, body), 400)
    envelope(owner().raw("PATCH", f"/api/tasks/{project.ids[0]}/", '{"data": %s}' % data), 400)
    assert project.read()["task_number"] == before


NUMBERS = ["123456789012345678901234567890", "-98765432109876543210", "0.1", "1.0", "1.50", "0.30000000000000004", "3.141592653589793238462643383279",
           "12345678901234567890.123456789012345678901234567890", "0", "9007199254740993"]


@ours
@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_keep_every_digit(number):
    project = Project()
    body = '[{"text": "x", "n": %s}]' % number
    task = owner().raw("POST", project.path + "/import?return_task_ids=1", body, status=201).json()["task_ids"][0]
    result = '{"result": [{"id": "r", "value": {"n": %s}}]}' % number
    annotation = owner().raw("POST", f"/api/tasks/{task}/annotations/", result, status=201)
    kept = re.compile(r'"n":\s*%s[,}]' % re.escape(number))
    for text in (owner().send("GET", f"/api/tasks/{task}/").text, annotation.text, owner().send("GET", f"/api/tasks/?project={project.id}").text,
                 owner().send("GET", project.path + "/export").text):
        assert kept.search(text), text


@ours
def test_exponents_are_written_out():
    project = Project()
    body = '[{"text": "x", "n": [1e20, 1.5E3, 12e-3]}]'
    task = owner().raw("POST", project.path + "/import?return_task_ids=1", body, status=201).json()["task_ids"][0]
    assert "[100000000000000000000, 1500, 0.012]" in owner().send("GET", f"/api/tasks/{task}/").text


def deep(levels):
    return "[" * levels + "]" * levels


@ours
def test_nesting_has_a_limit(project):
    for levels, status in ((150, 201), (100000, 400)):
        body = '{"project": %d, "data": {"text": "x", "deep": %s}}' % (project.id, deep(levels))
        assert owner().raw("POST", "/api/tasks/", body).status_code == status
        body = '[{"text": "x", "deep": %s}]' % deep(levels)
        assert owner().raw("POST", project.path + "/import", body).status_code == status
    assert owner().raw("POST", "/api/projects/", '{"a": %s}' % ('{"a":' * 100000 + "1" + "}" * 100000)).status_code == 400
    assert owner().raw("POST", "/api/projects/validate/", json.dumps({"label_config": "<View>" * 100000})).status_code == 400


@ours
@pytest.mark.parametrize("number", ["2147483648", "-2147483649", "1e30", "123456789012345678901234567890", '"2147483648"'])
def test_integers_have_32_bits(number):
    answer = owner().raw("POST", "/api/projects/", '{"maximum_annotations": %s}' % number)
    assert list(envelope(answer, 400)["validation_errors"]) == ["maximum_annotations"]


@pytest.mark.parametrize("spelling, status", [("true", 201), ("YES", 201), ("1", 201), ("on", 201), ("False", 201), ("no", 201), ("not", 201),
                                              ("0", 201), ("maybe", 400), ("2", 400)])
def test_booleans_in_the_query(spelling, status):
    project = Project()
    answer = owner().post(project.path + "/import", [{"text": "a"}], status, return_task_ids=spelling)
    if status == 201:
        assert ("task_ids" in answer) == (spelling in ("true", "YES", "1", "on"))


def test_bytes_of_texts_are_kept():
    text = "e\u0301 \u00e9 \ufeff \u200b \x7f \U0010ffff \\ \" / \b\f\n\r\t <script>&amp;"
    project = Project()
    task = project.load([{"text": text, "ключ é": {"日": text}}])[0]
    assert owner().get(f"/api/tasks/{task}/")["data"] == {"text": text, "ключ é": {"日": text}}
    assert project.export(download_all_tasks="true")[0]["data"]["text"] == text


# ---- sizes ----


def connection(small_window=False):
    """A connection that is read by hand."""
    place = urlsplit(owner().url)
    client = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    client.sock = socket.socket()
    if small_window:
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.sock.settimeout(60)
    client.sock.connect((place.hostname, place.port))
    return client


@ours
@pytest.mark.parametrize("path", ["/api/projects/", "/api/projects/{id}/import", "/api/tasks/{task}/annotations/"])
def test_a_body_that_is_too_large_is_refused_unread(project, path):
    client = connection()
    client.putrequest("POST", path.format(id=project.id, task=project.ids[0]))
    client.putheader("Authorization", "Token " + shared_server().token)
    client.putheader("Content-Type", "application/json")
    client.putheader("Content-Length", str(1 << 40))
    client.endheaders()
    answer = client.getresponse()
    assert answer.status == 413 and answer.headers["Content-Type"] == "application/json"
    body = json.loads(answer.read())
    assert body["status_code"] == 413 and body["version"] == owner().get("/api/version/")["release"]
    client.close()


def test_a_large_body_arrives_whole():
    project = Project()
    text = "".join(f"{i:07d}" for i in range(600000))     # 4.2 MB
    task = owner().post("/api/tasks/", {"project": project.id, "data": {"text": text}})["id"]
    assert owner().get(f"/api/tasks/{task}/")["data"]["text"] == text


# ---- cross-origin ----


def test_preflight():
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization"}
    answer = anonymous().send("OPTIONS", "/api/projects/1/", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Max-Age"] == "86400"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path, status", [("/api/version/", 200), ("/api/projects/2000000000/", 404)])
def test_other_origins_may_read_answers_and_errors(path, status):
    answer = owner().send("GET", path, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == status and answer.headers["Access-Control-Allow-Origin"] == "*"


# ---- answers that fail after they began ----


@pytest.fixture(scope="module")
def large():
    made = Project()
    made.load([{"text": f"{i} " + "x" * 10000} for i in range(TASK_COUNT_FOR_LONG_EXPORT)])
    return made


def begin_export(project, rest=""):
    client = connection(small_window=True)
    client.putrequest("GET", project.path + "/export?download_all_tasks=true" + rest)
    client.putheader("Authorization", "Token " + shared_server().token)
    client.endheaders()
    return client, client.getresponse()


def exporting_backend():
    """The database process of the worker that writes to a client who does not read."""
    return eventually(lambda: sql("SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction' AND query LIKE '%draft%'"
                                  " AND now() - state_change > '0.3 s' ORDER BY pid LIMIT 1"))


@ours
def test_an_export_that_fails_half_way_is_broken_off(large):
    client, answer = begin_export(large)
    assert answer.status == 200 and answer.getheader("Transfer-Encoding") == "chunked"
    begun = answer.read(1000)
    assert begun.startswith(b"[{")
    sql(f"SELECT pg_terminate_backend({exporting_backend()})")
    with pytest.raises(http.client.IncompleteRead) as cut:
        while answer.read(65536):
            pass
    assert cut.value is not None
    client.close()
    # The worker has a new connection by now, and nothing of the old answer.
    assert len(requests.get(owner().url + large.path + "/export", params={"download_all_tasks": "true"},
                            headers={"Authorization": "Token " + shared_server().token}, timeout=120).json()) == TASK_COUNT_FOR_LONG_EXPORT


@ours
def test_an_export_that_is_read_slowly_is_whole(large):
    client, answer = begin_export(large)
    exporting_backend()
    assert len(json.loads(answer.read())) == TASK_COUNT_FOR_LONG_EXPORT
    client.close()


@ours
def test_a_client_that_leaves_harms_nobody(large):
    for _ in range(3):
        client, answer = begin_export(large)
        answer.read(100)
        client.close()
    assert owner().get(large.path + "/")["task_number"] == TASK_COUNT_FOR_LONG_EXPORT
    eventually(lambda: sql("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'") == "0")


def test_counters_after_all(project):
    annotate(owner(), project.ids[0])
    counted(project)
