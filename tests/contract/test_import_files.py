"""Imports of files other than JSON, several files at once, addresses, the files themselves, and predictions for tasks that are there.

tests/golden/import holds files, and what the reference server made of them."""

import hashlib
import http.server
import io
import json
import os
import re
import threading
import zipfile

import pytest

from people import Browser
from server import Server, shared_server
from test_import import PNG, load, problems, upload
from work import CHOICES, IMAGE, Api, Project, choice, counted, ours, owner, person, sql, stranger

GOLDEN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden", "import")
FREE = "<View></View>"
TWO = '<View><Text name="t" value="$text"/><Image name="i" value="$img"/></View>'
ADDRESS = re.compile(r"/data/upload/\d+/[0-9a-f]{8}-")


def told(problem):
    """A message without what differs from run to run: stored names and ids."""
    return re.sub(r"(?<='file_upload_id': )\d+", "N", re.sub(r"[0-9a-f]{8}-(?=[\w-]+\.\w+: )", "", problem)) if problem else problem


def data_of(project):
    return [task["data"] for task in sorted(project.tasks(), key=lambda task: task["id"])]


# ---- one file ----


@pytest.mark.parametrize("name", sorted(n for n in os.listdir(GOLDEN) if not n.endswith(".expected.json")))
def test_golden(name):
    expected = json.load(open(os.path.join(GOLDEN, name + ".expected.json"), encoding="utf-8"))
    project = Project(label_config=expected["label_config"])
    answer = upload(project, (name, open(os.path.join(GOLDEN, name), "rb").read()), status=expected["status"])
    if expected["status"] == 400:
        assert [told(p) for p in problems(answer)] == expected["problems"]
        assert project.read()["task_number"] == 0
    else:
        seen = {key: answer[key] for key in expected["answer"]} | {"data_columns": sorted(answer["data_columns"])}
        assert seen == expected["answer"]
        tasks = sorted(project.tasks(), key=lambda task: task["id"])
        shown = [{"data": t["data"], "meta": t["meta"]} for t in tasks]
        assert json.dumps(shown, sort_keys=True) == json.dumps(expected["tasks"], sort_keys=True)   # 2 and 2.0 differ
        assert all(t["file_upload"].endswith("-" + name) for t in tasks)
    counted(project)


@ours
@pytest.mark.parametrize("body, data", [
    ("a\n1e400\ninf\n", [{"a": "1e400"}, {"a": "inf"}]),             # numbers that JSON does not have stay text
    ("a,b\n1," + "9" * 400 + "\n", [{"a": 1, "b": int("9" * 400)}]),   # others keep all their digits
])
def test_numbers_past_every_limit(body, data):
    project = Project(label_config=FREE)
    upload(project, ("t.csv", body))
    assert data_of(project) == data


@ours
def test_a_first_row_that_is_too_long():
    """The reference server shifts the columns of such a file; here nothing is guessed."""
    answer = upload(Project(label_config=FREE), ("t.csv", "a,b\n1,2,3\n"), status=400)
    assert problems(answer) == ["Failed to parse input file t.csv: Error tokenizing data. C error: Expected 2 fields in line 2, saw 3\n"]


@ours
def test_what_postgres_cannot_hold_is_told_by_row():
    found = problems(upload(Project(label_config=FREE), ("t.csv", b"a\nx\ny\0z\n"), status=400))
    assert found == ["Error at item 1: Null characters are not allowed."]


UNSTORABLE = ['"a\\u0000b"', '{"\\ud800": 1}', "1e400", '[{"k": "\\udc00x"}]']


@ours
@pytest.mark.parametrize("value", UNSTORABLE)
@pytest.mark.parametrize("item", ['{"text": "a", "z": %s}', '{"data": {"text": "a"}, "annotations": [{"result": [], "z": %s}]}'])
def test_what_postgres_cannot_hold_is_told_by_item(item, value):
    """Of a body as of a file; whoever asks for it gets the rest, and is told what was left out."""
    reason = "Null characters are not allowed." if "u0000" in value else "Value must be valid JSON."
    body = '[{"text": "first"}, ' + item % value + ', {"text": "last"}]'
    project = Project(label_config=CHOICES)
    headers = {"Content-Type": "application/json"}
    answer = owner().send("POST", project.path + "/import", data=body, headers=headers).json()
    assert problems(answer) == [f"Error at item 1: {reason}"]
    assert problems(upload(project, ("t.json", body), status=400)) == [f"Error at item 1: {reason}"]
    some = owner().send("POST", project.path + "/import", params={"on_error": "skip"}, data=body, headers=headers).json()
    row, = some["skipped"]["rows"]
    assert some["task_count"] == 2 and row["row"] == 2 and row["reason"] == reason
    assert [data["text"] for data in data_of(project)] == ["first", "last"]
    counted(project)


def test_media():
    project = Project()
    answer = upload(project, ("one.png", PNG), ("two two(1).mp3", b"ID3"))
    assert answer["found_formats"] == {".png": 1, ".mp3": 1} and answer["could_be_tasks_list"] is False
    assert answer["data_columns"] == ["$undefined$"]
    first, second = (d["text"] for d in data_of(project))
    assert ADDRESS.sub("", first) == "one.png" and ADDRESS.sub("", second) == "two_two1.mp3"


@pytest.mark.parametrize("name", ["a.png", "a.html", "a.xml", "a.pdf"])
def test_one_value_for_two_fields(name):
    project = Project(label_config=TWO)
    found, = problems(upload(project, (name, "x"), status=400))
    assert told(found) == (f"Failed to parse input file {name}: Your label config has more than one data key and direct file upload supports "
                           "only one data key. To import data with multiple data keys, use a JSON or CSV file.")


def test_a_big_table_goes_in_whole():
    rows = 9000
    project = Project(label_config=FREE)
    answer = upload(project, ("big.csv", "text,n,x\n" + "".join(f'"line {i}, of many",{i},{i / 4}\n' for i in range(rows))))
    assert answer["task_count"] == rows
    some = project.list(page_size=100, page=80)["tasks"]
    assert [t["data"]["n"] for t in some] == list(range(7900, 8000)) and some[0]["data"]["text"] == "line 7900, of many"
    counted(project)


def test_a_bad_row_far_down_refuses_everything():
    project = Project()
    body = "text,n\n" + "x,1\n" * 5000 + "x,1,2\n"
    assert "Expected 2 fields in line 5002, saw 3" in problems(upload(project, ("t.csv", body), status=400))[0]
    assert project.read()["task_number"] == 0
    if not os.environ.get("LABELD_URL"):
        assert owner().get(project.path + "/file-uploads", all="true") == []
    counted(project)


def test_without_commit_files_stay_and_nothing_is_judged():
    project = Project()
    answer = upload(project, ("t.csv", "other\n1\n2\n"), commit_to_project="false")
    assert answer["task_count"] == 2 and answer["annotation_count"] is None and answer["data_columns"] == ["other"]
    assert project.read()["task_number"] == 0
    assert [f["id"] for f in owner().get(project.path + "/file-uploads", all="true")] == answer["file_upload_ids"]


# ---- several files ----


def test_files_that_share_a_column():
    project = Project(label_config=FREE)
    answer = upload(project, ("a.csv", "x,y\n1,2\n"), ("b.tsv", "y\tz\n3\t4\n"), ("c.json", '[{"y": 5}]'))
    assert answer["found_formats"] == {".csv": 1, ".tsv": 1, ".json": 1} and answer["data_columns"] == ["y"]
    assert answer["could_be_tasks_list"] is True and len(answer["file_upload_ids"]) == 3
    assert data_of(project) == [{"x": 1, "y": 2}, {"y": 3, "z": 4}, {"y": 5}]


@pytest.mark.parametrize("files, problem", [
    ([("a.csv", "x\n1\n"), ("b.csv", "z\n3\n")],
     'tabular data from "F-b.csv" with data key(s) "z", clashes with data key(s) found from other files:\n"x"'),
    ([("a.csv", "x,y\n1,2\n"), ("b.csv", "y\n3\n"), ("c.json", '[{"x": 1}]')],
     'tabular data from "F-c.json" with data key(s) "x", clashes with data key(s) found from other files:\n"y"'),
    ([("a.csv", "x\n1\n"), ("b.png", "zz")], 'a single file F-b.png clashes with data key(s) found from other files:\n"x"'),
    ([("a.json", '[{"x": 1}]'), ("b.txt", "zz")], 'a single file F-b.txt clashes with data key(s) found from other files:\n"x"'),
    ([("b.png", "zz"), ("a.csv", "x\n1\n")],
     "tabular data from F-a.csv with data key(s) x, clashes with other raw binary files (images, audios, etc.)"),
])
def test_files_that_do_not_go_together(files, problem):
    project = Project(label_config=FREE)
    found, = problems(upload(project, *files, status=400))
    assert re.sub(r"upload/\d+/[0-9a-f]{8}", "F", found) == "You're trying to import inconsistent data:\nuploading " + problem
    assert project.read()["task_number"] == 0


def test_lines_and_media_go_together():
    project = Project()
    assert upload(project, ("a.png", PNG), ("b.txt", "x\ny"))["task_count"] == 3
    assert [d["text"] for d in data_of(project)][1:] == ["x", "y"]


def test_of_files_in_one_field_the_last_counts():
    project = Project()
    files = [("f", ("a.csv", "text\nfirst\n")), ("f", ("b.csv", "text\nlast\n")), ("g", ("c.csv", "text\nother\n"))]
    answer = owner().call("POST", project.path + "/import", 201, files=files)
    assert answer["task_count"] == 2 and {d["text"] for d in data_of(project)} == {"last", "other"}


# ---- predictions made of fields ----

FORMS = ('<View><Text name="t" value="$text"/><Choices name="label" toName="t"><Choice value="A"/></Choices><TextArea name="words" toName="t"/>'
         '<Rating name="stars" toName="t"/><Number name="size" toName="t"/><Taxonomy name="tax" toName="t"><Choice value="X"/></Taxonomy></View>')


def made(task):
    return {p["result"][0]["from_name"]: p for p in owner().get("/api/predictions/", task=task)}


def test_preannotated_from_fields():
    project = Project(label_config=FORMS)
    item = {"text": "a", "label": "A", "words": "hi", "stars": 3, "size": 4.5, "tax": [["X"]], "free": {"choices": ["z"]}, "none": None}
    answer = load(project, [item], preannotated_from_fields="label,words,stars,size,tax,free,none,absent", return_task_ids="1")
    assert answer["prediction_count"] == 6
    task = project.tasks()[0]
    assert task["data"] == item
    found = made(task["id"])
    shown = {name: (p["result"][0]["to_name"], p["result"][0]["type"], p["result"][0]["value"]) for name, p in found.items()}
    assert shown == {
        "label": ("t", "choices", {"choices": ["A"]}), "words": ("t", "textarea", {"text": ["hi"]}), "stars": ("t", "rating", {"rating": 3}),
        "size": ("t", "number", {"number": 4.5}), "tax": ("t", "taxonomy", {"taxonomy": [["X"]]}),
        "free": ("text", "choices", {"choices": ["z"]}),
    }
    assert {(p["score"], p["model_version"]) for p in found.values()} == {(1.0, "preannotated")}
    assert project.read()["model_version"] == "preannotated"
    counted(project)


@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_preannotated_fields_of_a_table(separator):
    project = Project(label_config=FORMS)
    answer = upload(project, ("t.csv", "text,label,words\nx,A,hi\ny,,\n"), preannotated_from_fields=f"label{separator}words")
    assert (answer["task_count"], answer["prediction_count"]) == (2, 4)
    counted(project)


def test_preannotated_items_are_their_data_only():
    project = Project(label_config=FORMS)
    item = {"data": {"text": "a", "label": "A"}, "meta": {"k": 1}, "annotations": [{"result": []}], "predictions": [{"result": []}, {"result": []}]}
    answer = load(project, [item], preannotated_from_fields="label")
    assert (answer["annotation_count"], answer["prediction_count"]) == (0, 1)
    assert project.tasks()[0]["meta"] == {}
    found, = problems(load(project, [{"label": "A"}], 400, preannotated_from_fields="label"))
    assert '"text" key is expected in task data [assume: item["data"] = task root with values]' in found
    counted(project)


# ---- addresses ----


def by_url(project, url, status=201, api=None):
    return (api or owner()).call("POST", project.path + "/import", status, data={"url": url})


def test_json_in_place_of_an_address():
    project = Project()
    answer = by_url(project, '[{"text": "a"}, {"text": "b"}]')
    assert answer["task_count"] == 2 and answer["found_formats"] == {".json": 1} and answer["data_columns"] == ["text"]
    file, = owner().get(project.path + "/file-uploads", all="true")
    assert file["file"].endswith("-inplace.json") and [file["id"]] == answer["file_upload_ids"]
    found, = problems(by_url(project, "[{'text': 'a'}]", 400))
    assert told(found).startswith("Failed to parse input file inplace.json: ")
    assert project.read()["task_number"] == 2


@pytest.mark.parametrize("url, block", [
    ("http://127.0.0.1:1/a.csv", "127.0.0.0/8"), ("http://localhost/a.csv", "127.0.0.0/8"), ("http://10.1.2.3/a.csv", "10.0.0.0/8"),
    ("http://169.254.169.254/latest/meta-data.json", "169.254.0.0/16"), ("http://0.0.0.0/x.csv", "0.0.0.0/8"),
    ("https://100.64.0.1/a.json", "100.64.0.0/10"), ("http://224.0.0.1/x.json", "224.0.0.0/4"), ("http://2130706433/a.json", "127.0.0.0/8"),
    ("http://0x7f.1/a.json", "127.0.0.0/8"),
])
def test_reserved_networks_are_not_asked(url, block):
    project = Project()
    assert problems(by_url(project, url, 400)) == [f"URL resolves to a reserved network address (block: {block})"]


@ours
@pytest.mark.parametrize("url, block", [("http://[::1]/a.csv", "::1/128"), ("http://[::ffff:10.0.0.1]/a.csv", "10.0.0.0/8"),
                                        ("http://[fd00::1]/a.csv", "fc00::/7")])
def test_reserved_networks_of_ipv6(url, block):
    assert problems(by_url(Project(), url, 400)) == [f"URL resolves to a reserved network address (block: {block})"]


@pytest.mark.parametrize("url", ["ftp://example.com/a.csv", "file:///etc/passwd", "nonsense", "null", "[]", "5"])
def test_what_is_no_address(url):
    project = Project()
    by_url(project, url, 400)
    assert project.read()["task_number"] == 0


def test_hosts_that_are_not_there():
    assert problems(by_url(Project(), "http://nohost.invalid/a.csv", 400)) == ["Can't resolve hostname nohost.invalid"]


def test_no_address_at_all():
    project = Project()
    assert problems(owner().call("POST", project.path + "/import", 400, data={"other": "x"})) == ['"url" is not found in request data']
    assert problems(by_url(project, "", 400)) == ['"url" is not found in request data']


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.partition("?")[0]
        pages = {"/t.csv": b"text\na\nb\n", "/t%20x.txt": b"line\n", "/big.csv": b"text\n" + b"x\n" * 100000, "/none": b"x",
                 "/a%20b.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x07\0\0\0\x05\x08\x02\0\0\0"}
        if path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/t.csv")
        elif path == "/round":
            self.send_response(302)
            self.send_header("Location", "/round")
        elif path == "/away":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
        else:
            self.send_response(200 if path in pages else 404)
        self.end_headers()
        self.wfile.write(pages.get(path, b"moved"))

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def web():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def open_api():
    """A caller of a server that may ask its own network, takes small files only, and cleans drawings."""
    with Server(env={"LABELD_SSRF_PROTECTION_ENABLED": "off", "SVG_SECURITY_CLEANUP": "true", "LABELD_UPLOAD_MAX_BYTES": "100000", "LABELD_EXPORT_FETCH_BYTES": "100000"}) as server:
        api = Api(server.token)
        api.url = server.url
        yield api


DRAWING = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="x()"><script>x()</script><rect width="4" height="4"/></svg>"""
CLEAN = (b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
         b'<rect width="4" height="4"></rect></svg>')


@ours
@pytest.mark.parametrize("packed", [False, True])
def test_drawings_are_cleaned_where_that_is_set(open_api, packed):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as z:
        z.writestr("classes.txt", "Cat")
        z.writestr("images/a.svg", DRAWING)
        z.writestr("labels/a.txt", "0 0.5 0.5 0.2 0.2")
    file = ("a.zip", kept.getvalue()) if packed else ("a.SVG", DRAWING)
    for api, expected in ((open_api, CLEAN), (owner(), DRAWING)):
        project = Project(api, label_config=IMAGE)
        api.call("POST", project.path + "/import" + "?import_format=yolo&take_config=true" * packed, 201, files={"file": file})
        task, = project.tasks()
        assert api.send("GET", task["data"]["image"]).content == expected
        sizes = {f["file"].rpartition(".")[2].lower(): f["size"] for f in api.get(project.path + "/file-uploads", all="true")}
        assert sizes["svg"] == len(expected)


@ours
@pytest.mark.parametrize("drawing, problem", [(b"<svg><g></svg>", "is not well-formed XML"), (b"<html/>", "is no SVG"), (b"", "is not well-formed XML"),
                                              (b'<!DOCTYPE svg [<!ENTITY x "y">]><svg>&x;</svg>', "has a DOCTYPE with declarations, which are not taken")])
def test_drawings_that_cannot_be_cleaned(open_api, drawing, problem):
    project = Project(open_api, label_config=IMAGE)
    answer = open_api.call("POST", project.path + "/import", 400, files={"file": ("b.svg", drawing)})
    assert problems(answer) == [f"b.svg: {problem}"]
    assert project.read()["task_number"] == 0 and open_api.get(project.path + "/file-uploads", all="true") == []


@ours
def test_downloads(open_api, web):
    project = Project(open_api)
    answer = by_url(project, web + "/t.csv?x=1.json", api=open_api)
    assert answer["task_count"] == 2 and answer["found_formats"] == {".csv": 1}
    assert by_url(project, web + "/moved", api=open_api)["task_count"] == 2
    assert by_url(project, web + "/t%20x.txt", api=open_api)["task_count"] == 1
    assert [d["text"] for d in data_of(project)] == ["a", "b", "a", "b", "line"]
    names = [f["file"].partition("-")[2] for f in open_api.get(project.path + "/file-uploads", all="true")]
    assert names == ["t.csv", "t.csv", "t_x.txt"]


@ours
@pytest.mark.parametrize("path, problem", [
    ("/none", " extension is not supported"), ("/absent.csv", "Can't download the URL: HTTP status 404"),
    ("/big.csv", "Maximum total size of all files is 100000 bytes, the download is larger"),
    ("/round", "Can't download the URL: more than 5 redirects"), ("/away", "Only http and https URLs can be imported"),
])
def test_downloads_that_fail(open_api, web, path, problem):
    project = Project(open_api)
    assert problems(by_url(project, web + path, 400, open_api)) == [problem]
    assert project.read()["task_number"] == 0 and open_api.get(project.path + "/file-uploads", all="true") == []


@ours
def test_downloads_into_exports(open_api, web):
    """Pictures of other servers come along where networks are open, under names that tell them apart; others stay away, and are no error."""
    addresses = [web + path for path in ("/a%20b.png?v=1", "/a%20b.png?v=2", *(f"/absent{i}.png" for i in range(5)), "/big.csv", "/a%20b.png")]
    box = {"from_name": "box", "to_name": "image", "type": "rectanglelabels", "original_width": 70, "original_height": 50,
           "value": {"x": 0, "y": 0, "width": 50, "height": 20, "rotation": 0, "rectanglelabels": ["Cat"]}}
    for api, brought in ((open_api, [0, 1, 8]), (owner(), [])):
        project = Project(api, label_config=IMAGE)
        project.load([{"data": {"image": a}, "annotations": [{"result": [box]}]} for a in addresses])
        with zipfile.ZipFile(io.BytesIO(api.send("GET", project.path + "/export", params={"exportType": "COCO_WITH_IMAGES"}).content)) as z:
            images = json.loads(z.read("result.json"))["images"]
            assert [image["width"] for image in images] == [7 if i in brought else 70 for i in range(len(addresses))]
            names = [f"images/{hashlib.md5(addresses[i].encode()).hexdigest()[:8]}__a%20b.png" for i in brought]
            assert [n for n in z.namelist() if n != "images/" and n.startswith("images/")] == names == [images[i]["file_name"] for i in brought]
            assert all(z.read(name).startswith(b"\x89PNG") for name in names)


@ours
def test_pages_take_addresses(open_api, web):
    """The same by the forms of the import page and of a new project."""
    browser = Browser()
    browser.url = open_api.url
    browser.log_in(shared_server().email, shared_server().password)
    project = Project(open_api)
    answer = browser.form(f"{page(project)}/import", {"paste": "", "url": f" {web}/t.csv "})
    assert (answer.status_code, answer.headers["Location"]) == (303, page(project) + "/data")
    assert [d["text"] for d in data_of(project)] == ["a", "b"]
    answer = browser.form(f"{page(project)}/import", {"url": web + "/absent.csv"})
    assert answer.status_code == 400 and "HTTP status 404" in answer.text and f"{web}/absent.csv" in answer.text
    answer = browser.form("/projects/new", {"title": "By its address", "url": web + "/t.csv", "paste": '[{"text": "c"}]'})
    assert answer.status_code == 303
    made = int(answer.headers["Location"].split("/")[2])
    assert open_api.get(f"/api/projects/{made}/")["task_number"] == 3


def page(project):
    return project.path.removeprefix("/api")


# ---- once more ----


def again(project, status=201, **body):
    return owner().post(project.path + "/reimport", body, status)


def test_reimport():
    project = Project(label_config=FREE)
    file, = upload(project, ("t.csv", "csv,n\nx,1\ny,2\n"), commit_to_project="false")["file_upload_ids"]
    answer = again(project, file_upload_ids=[file])
    assert set(answer) == {"task_count", "annotation_count", "prediction_count", "duration", "file_upload_ids", "found_formats", "data_columns"}
    assert (answer["task_count"], answer["file_upload_ids"], answer["found_formats"]) == (2, [file], {".csv": 1})
    assert sorted(answer["data_columns"]) == ["csv", "n"]
    before = {t["id"] for t in project.tasks()}
    answer = again(project, file_upload_ids=[file], files_as_tasks_list=False)
    assert answer["task_count"] == 1 and answer["data_columns"] == ["$undefined$"]
    task, = project.tasks()
    assert task["id"] not in before and ADDRESS.sub("", task["data"]["$undefined$"]) == "t.csv"
    counted(project)


def test_reimport_of_nothing():
    project = Project()
    for body in ({}, {"file_upload_ids": []}):
        answer = again(project, 200, **body)
        assert answer["task_count"] == 0 and answer["file_upload_ids"] == answer["data_columns"] == [] and answer["found_formats"] == {}
    answer = again(project, file_upload_ids=[2000000000])
    assert answer["task_count"] == 0 and answer["file_upload_ids"] == [2000000000] and answer["found_formats"] == {}


def test_a_reimport_that_fails_changes_nothing():
    project = Project()
    file, = upload(project, ("t.csv", "text\nx\n"))["file_upload_ids"]
    project.change(label_config=FREE)
    project.change(label_config=CHOICES.replace("$text", "$other"))
    before = project.tasks()
    again(project, 400, file_upload_ids=[file])
    assert [t["id"] for t in project.tasks()] == [t["id"] for t in before]
    counted(project)


@ours
@pytest.mark.parametrize("ids", ["x", 5, {"a": 1}, ["x"], [1.5], [-1], [None]])
def test_ids_that_are_none(ids):
    project = Project()
    again(project, 400, file_upload_ids=ids)
    owner().delete(project.path + "/file-uploads", 400, json={"file_upload_ids": ids})


# ---- the files themselves ----


def test_one_file():
    project = Project()
    file, = upload(project, ("t.csv", "text\nq\n"))["file_upload_ids"]
    path = f"/api/import/file-upload/{file}"
    shown = owner().get(path)
    assert shown["id"] == file and shown["size"] == 7 and re.fullmatch(rf"upload/{project.id}/[0-9a-f]{{8}}-t\.csv", shown["file"])
    assert owner().patch(path, {}) == shown
    for method, body, problem in (("PATCH", {"file": "x"}, "The submitted data was not a file. Check the encoding type on the form."),
                                  ("PUT", {"file": "x"}, "The submitted data was not a file. Check the encoding type on the form."),
                                  ("PUT", {}, "No file was submitted.")):
        assert owner().call(method, path, 400, json=body)["validation_errors"] == {"file": [problem]}
    changed = owner().call("PUT", path, 200, files={"file": ("new.csv", "text\nzz\nyy\n")})
    assert changed["id"] == file and changed["size"] == 11 and changed["file"].endswith("-new.csv")
    assert owner().send("GET", "/data/" + changed["file"]).content == b"text\nzz\nyy\n"
    assert again(project, file_upload_ids=[file])["task_count"] == 2
    owner().delete(path)
    owner().get(path, 404)
    assert [t["file_upload"] for t in project.tasks()] == [None, None]
    counted(project)


@ours
def test_replaced_and_removed_bytes_are_gone():
    project = Project()
    file, = upload(project, ("t.csv", "text\nq\n"))["file_upload_ids"]
    first = owner().get(f"/api/import/file-upload/{file}")["file"]
    second = owner().call("PATCH", f"/api/import/file-upload/{file}", 200, files={"file": ("u.csv", "text\nr\n")})["file"]
    assert owner().send("GET", "/data/" + first).status_code == 404
    owner().call("PATCH", f"/api/import/file-upload/{file}", 400, files={"file": ("u.exe", "x")})
    assert owner().send("GET", "/data/" + second).content == b"text\nr\n"
    assert owner().send("GET", "/storage-data/uploaded/", params={"filepath": second}).content == b"text\nr\n"
    for path in (None, "", second.replace("upload/", ""), "upload/x/y", "upload/1", "upload/1/", f"upload/{project.id}/../../x"):
        assert owner().send("GET", "/storage-data/uploaded/", params={"filepath": path}).status_code == 404
    assert stranger().send("GET", "/storage-data/uploaded/", params={"filepath": second}).status_code == 404
    owner().delete(f"/api/import/file-upload/{file}")
    assert owner().send("GET", "/data/" + second).status_code == 404


def test_removing_files():
    project = Project()
    ids = [upload(project, (f"{n}.csv", "text\nq\n"))["file_upload_ids"][0] for n in range(4)]
    path = project.path + "/file-uploads"
    assert owner().delete(path, 200, json={"file_upload_ids": [2000000000]}) == {"deleted": 0}
    assert owner().delete(path, 200, json={"file_upload_ids": []}) == {"deleted": 0}
    assert owner().delete(path, 200, json={"file_upload_ids": ids[:1]}) == {"deleted": 1}
    assert [f["id"] for f in owner().get(path, all="true")] == ids[1:]
    assert owner().delete(path, 200, json={}) == {"deleted": 3}
    assert owner().delete(path, 200) == {"deleted": 0}
    assert owner().get(path, all="true") == [] and project.read()["task_number"] == 4
    counted(project)


def test_only_own_files_are_listed_and_removed():
    project, other = Project(), person("files")
    mine, = upload(project, ("a.csv", "text\nq\n"))["file_upload_ids"]
    theirs = other.call("POST", project.path + "/import", 201, files={"f": ("b.csv", "text\nq\n")})["file_upload_ids"][0]
    path = project.path + "/file-uploads"
    assert [f["id"] for f in owner().get(path, all="true")] == [mine] and [f["id"] for f in other.get(path, all="true")] == [theirs]
    assert owner().get(path, ids=f"[{theirs}]") == []
    assert owner().delete(path, 200, json={"file_upload_ids": [theirs]}) == {"deleted": 0}
    assert other.get(f"/api/import/file-upload/{mine}")["id"] == mine


@ours
def test_strangers_see_none_of_it():
    project = Project()
    file, = upload(project, ("a.csv", "text\nq\n"))["file_upload_ids"]
    for method, path, body in (("GET", f"/api/import/file-upload/{file}", None), ("DELETE", f"/api/import/file-upload/{file}", None),
                               ("PATCH", f"/api/import/file-upload/{file}", {}), ("POST", project.path + "/reimport", {"file_upload_ids": [file]}),
                               ("DELETE", project.path + "/file-uploads", {}), ("POST", project.path + "/import/predictions", [])):
        assert stranger().send(method, path, json=body).status_code == 404, path
    elsewhere = Project(stranger())
    answer = stranger().post(elsewhere.path + "/reimport", {"file_upload_ids": [file]})
    assert answer["task_count"] == 0 and answer["found_formats"] == {}
    assert sql(f"SELECT count(*) FROM task WHERE file_upload_id = {file} AND deleted_at IS NULL") == "1"


# ---- predictions for tasks that are there ----


def predict(project, items, status=201):
    return owner().post(project.path + "/import/predictions", items, status)


def test_predictions():
    project = Project()
    task, other = project.texts(2)
    items = [{"task": task, "result": choice(), "score": 0.3, "model_version": "m"}, {"task": task, "result": choice("B")},
             {"task": other, "result": [], "score": "0.5", "model_version": None}, {"task": other, "result": choice(), "model_version": 5},
             {"task": other, "result": choice(), "model_version": ""}]
    assert predict(project, items) == {"created": 5}
    shown = [(p["task"], p["score"], p["model_version"]) for p in owner().get("/api/predictions/", project=project.id)]
    assert sorted(shown, key=str) == sorted([(task, 0.3, "m"), (task, None, "undefined"), (other, 0.5, None), (other, None, "5"), (other, None, "")], key=str)
    assert project.read()["model_version"] == ""
    counted(project)


def test_predictions_that_do_not_fit_are_left_out():
    project = Project()
    task, = project.texts(1)
    good = {"task": task, "result": choice()}
    bad = [{**good, "result": choice("Q")}, {**good, "result": [{**choice()[0], "from_name": "zz"}]}, {**good, "result": "A"}, {"task": task},
           {**good, "result": {"choices": ["A"]}}, {**good, "score": 2}, {**good, "score": "x"}, {**good, "result": [{**choice()[0], "to_name": "q"}]}]
    assert predict(project, bad) == {"created": 0}
    assert predict(project, bad + [good]) == {"created": 1}
    assert predict(project, []) == {"created": 0}
    counted(project)


@pytest.mark.parametrize("item", [{"task": 2000000000, "result": []}, {"result": []}, {"task": "x", "result": []}, {"task": None, "result": []}])
def test_predictions_for_no_task(item):
    project = Project()
    task, = project.texts(1)
    shown = repr(item)
    assert problems(predict(project, [{"task": task, "result": choice()}] * 3000 + [item], 400)) == [
        f"{shown} contains invalid \"task\" field: corresponding task ID couldn't be retrieved from project Contract test (id={project.id}) tasks"]
    assert project.tasks()[0]["total_predictions"] == 0
    counted(project)


@ours
@pytest.mark.parametrize("body", ["{}", "5", "null", "[5]", "[[]]", '["x"]', "", "[", '{"task": 1}'])
def test_predictions_that_are_no_list_of_objects(body):
    project = Project()
    owner().raw("POST", project.path + "/import/predictions", body, status=400)


def test_many_predictions():
    project = Project()
    ids = project.texts(50)
    assert predict(project, [{"task": ids[i % 50], "result": choice(), "score": i / 6000} for i in range(6000)]) == {"created": 6000}
    assert {t["total_predictions"] for t in project.tasks()} == {120}
    counted(project)
