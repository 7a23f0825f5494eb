"""Storages as records, and local files in full: what is taken, what is written, what is served."""

import base64
import json
import os
import shutil
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from label_studio_sdk import LabelStudio

from people import Person
from server import shared_server
from work import Project, anonymous, choice, annotate, eventually, ours, owner, sql, stranger

pytestmark = ours
TYPES = ["s3", "gcs", "azure", "redis", "localfiles"]
SECRETS = {
    "s3": ("aws_access_key_id", "aws_secret_access_key", "aws_session_token"),
    "s3s": (),
    "gcs": ("google_application_credentials",),
    "azure": ("account_name", "account_key"),
    "redis": ("password",),
}
REFUSED = {"": "Path must be set for Local Files storage", "/nonexistent": 'Absolute local path "/nonexistent" does not exist',
           "media": 'Absolute local path "media" does not exist', "/": "must be a subdirectory of"}


def root():
    return os.path.join(shared_server().dir, "media")


@pytest.fixture
def folder():
    path = os.path.join(root(), uuid.uuid4().hex)
    os.mkdir(path)
    os.chmod(path, 0o777)
    yield path
    shutil.rmtree(path)


def put(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content if isinstance(content, str) else json.dumps(content))
    return path


def local(project, folder, direction="", **fields):
    return owner().post(f"/api/storages/{direction}localfiles", {"project": project.id, "path": folder, **fields})


def sync(storage, direction="", status=200):
    return owner().post(f"/api/storages/{direction}{storage['type']}/{storage['id']}/sync", status=status)


def errors(answer):
    return answer["validation_errors"]["non_field_errors"][0]


# ---- records ----


@pytest.mark.parametrize("direction", ["", "export/"])
@pytest.mark.parametrize("kind", SECRETS)
def test_records_of_every_type(kind, direction):
    project, place = Project(), f"/api/storages/{direction}{kind}"
    secrets = {name: "hush" for name in SECRETS[kind]}
    made = owner().post(place, {"project": project.id, "title": "T", "regex_filter": ".*", **secrets})
    assert (made["type"], made["title"], made["project"], made["status"]) == (kind, "T", project.id, "initialized")
    assert not secrets.keys() & made.keys()
    assert owner().get(f"{place}/{made['id']}") == made
    assert owner().get(place, project=project.id) == [made]
    changed = owner().patch(f"{place}/{made['id']}", {"description": "D", "use_blob_urls": True})
    assert (changed["description"], changed["use_blob_urls"], changed["title"]) == ("D", True, "T")
    assert owner().put(f"{place}/{made['id']}", {"title": "U"}, status=400)["validation_errors"] == {"project": ["This field is required."]}
    kept = json.loads(sql(f"SELECT secrets FROM storage WHERE id = {made['id']}"))
    assert kept == secrets
    assert isinstance(owner().get(f"{place}/form"), list)
    for path in (place + "/validate", f"{place}/{made['id']}/sync"):
        assert "no driver" in errors(owner().post(path, {"project": project.id}, status=400))
    owner().delete(f"{place}/{made['id']}")
    owner().get(f"{place}/{made['id']}", 404)


@pytest.mark.parametrize("direction", ["", "export/"])
def test_a_local_storage_is_replaced(folder, direction):
    project = Project()
    made = local(project, folder, direction, title="T", regex_filter=".*")
    path = f"/api/storages/{direction}localfiles/{made['id']}"
    assert owner().put(path, {"project": project.id, "path": folder, "title": "U"})["title"] == "U"
    assert owner().get(path)["title"] == "U"
    assert isinstance(owner().get(f"/api/storages/{direction}localfiles/form"), list)
    assert owner().put(path, {"title": "V"}, 400)["validation_errors"] == {"project": ["This field is required."]}


def test_lists_and_types():
    project = Project()
    assert {t["name"] for t in owner().get("/api/storages/types")} >= set(TYPES)
    assert owner().get("/api/storages/types") == owner().get("/api/storages/export/types")
    a = owner().post("/api/storages/s3/", {"project": project.id})
    b = owner().post("/api/storages/gcs/", {"project": project.id})
    c = owner().post("/api/storages/export/azure", {"project": project.id})
    assert owner().get("/api/storages/", project=project.id) == [a, b]
    assert owner().get("/api/storages/export", project=project.id) == [c]
    assert owner().get("/api/storages/") == []
    assert errors(owner().get("/api/storages/s3/", 400)) == 'query parameter "project" is required'
    assert owner().get("/api/storages/s3/", 404, project=2**31 - 1)["detail"] == "No Project matches the given query."
    owner().get(f"/api/storages/gcs/{a['id']}", 404)          # of another type
    owner().get(f"/api/storages/export/s3/{a['id']}", 404)    # of the other direction
    owner().get("/api/storages/nonesuch/1", 404)


@pytest.mark.parametrize("body, field", [({}, "project"), ({"project": None}, "project"), ({"project": "x"}, "project"),
                                         ({"project": 2**31 - 1}, "project"), ({"presign_ttl": "long"}, "presign_ttl")])
def test_bad_bodies(body, field):
    body = body if field == "project" else {"project": Project().id, **body}
    assert field in owner().post("/api/storages/s3/", body, status=400)["validation_errors"]


def test_other_organizations():
    theirs = Project(stranger())
    storage = stranger().post("/api/storages/s3/", {"project": theirs.id})
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/sync")):
        body = {} if method == "GET" else {"json": {}}
        owner().call(method, f"/api/storages/s3/{storage['id']}{path}", 404, **body)
    assert "project" in owner().post("/api/storages/s3/", {"project": theirs.id}, status=400)["validation_errors"]
    own = owner().post("/api/storages/s3/", {"project": Project().id})
    assert "project" in owner().patch(f"/api/storages/s3/{own['id']}", {"project": theirs.id}, status=400)["validation_errors"]


# ---- local files: which directories ----


@pytest.mark.parametrize("path", REFUSED)
def test_refused_directories(path):
    project = Project()
    for place in ("localfiles", "localfiles/validate", "export/localfiles", "export/localfiles/validate"):
        assert REFUSED[path] in errors(owner().post(f"/api/storages/{place}", {"project": project.id, "path": path}, status=400))
    assert sql(f"SELECT count(*) FROM storage WHERE project_id = {project.id}") == "0"


def test_the_root_itself_and_ways_out(folder):
    project = Project()
    assert "cannot be the same as" in errors(owner().post("/api/storages/localfiles", {"project": project.id, "path": root()}, status=400))
    os.symlink("/etc", os.path.join(folder, "out"))
    for way in ("/out", "/../.."):
        answer = owner().post("/api/storages/localfiles", {"project": project.id, "path": folder + way}, status=400)
        assert "must be a subdirectory" in errors(answer)
    made = local(project, f"{folder}/../{os.path.basename(folder)}")
    assert made["path"] == folder
    assert owner().patch(f"/api/storages/localfiles/{made['id']}", {"title": "kept"})["path"] == folder
    assert owner().post("/api/storages/localfiles/validate", {"project": project.id, "id": made["id"]}, status=200) is None
    owner().post("/api/storages/localfiles/validate", {"project": project.id, "id": 2**31 - 1}, status=404)


def test_two_who_change_a_connection(folder):
    """What is kept was tried as a whole. Who leaves the connection alone disturbs nobody."""
    folders = [os.path.join(folder, str(n)) for n in range(4)]
    for one in folders:
        os.makedirs(one)
    path = f"/api/storages/localfiles/{local(Project(), folder)['id']}"
    calls = [{"path": one} for one in folders] + [{"title": str(n)} for n in range(4)]
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(lambda body: owner().send("PATCH", path, json=body), calls))
    assert [a.status_code for a in answers[4:]] == [200] * 4
    changed = [body["path"] for body, a in zip(calls, answers[:4]) if a.status_code == 200]
    assert owner().get(path)["path"] in changed
    assert {a.status_code for a in answers[:4]} <= {200, 409} and all("nothing was saved" in a.text for a in answers[:4] if a.status_code == 409)


# ---- local files: import ----


def test_tasks_of_json_files(folder):
    project = Project()
    put(folder, "a.json", {"data": {"text": "one"}})
    put(folder, "b.json", [{"text": "two"}, {"data": {"text": "three"}, "annotations": [{"result": choice()}], "predictions": [{"result": choice("B")}]}])
    put(folder, "c.jsonl", '{"text": "four \u2028"}\n\n{"text": "five"}\n')
    put(folder, "deep/d.json", {"text": "six"})
    storage = local(project, folder)
    done = sync(storage)
    assert (done["status"], done["last_sync_count"], done["traceback"], done["meta"]["tasks_existed"]) == ("completed", 5, None, 0)
    tasks = project.tasks()
    assert [t["data"]["text"] for t in tasks] == ["one", "two", "three", "four \u2028", "five"]
    assert [os.path.basename(t["storage_filename"]) for t in tasks] == ["a.json", "b.json", "b.json", "c.jsonl", "c.jsonl"]
    assert tasks[2]["total_annotations"] == 1 and not tasks[2]["annotations"][0]["ground_truth"]
    assert tasks[2]["total_predictions"] == 1

    again = sync(storage)
    assert (again["last_sync_count"], again["meta"]["tasks_existed"], again["meta"]["attempts"]) == (0, 5, 2)
    owner().patch(f"/api/storages/localfiles/{storage['id']}", {"recursive_scan": True})
    assert sync(storage)["last_sync_count"] == 1
    owner().delete(f"/api/tasks/{tasks[0]['id']}/")
    assert sync(storage)["last_sync_count"] == 1          # what was deleted comes again
    owner().delete(f"/api/storages/localfiles/{storage['id']}")
    assert {t["storage_filename"] for t in project.tasks()} == {None}


def test_objects_as_tasks_and_what_is_served(folder):
    project = Project()
    put(folder, "a b.txt", "hello")
    put(folder, "c.jpg", "x")
    put(folder, "sub/d%.txt", "world")
    os.symlink("/etc/hostname", os.path.join(folder, "out.txt"))
    os.symlink(os.path.join(folder, "c.jpg"), os.path.join(folder, "in.txt"))
    storage = local(project, folder, use_blob_urls=True, recursive_scan=True, regex_filter=r".*\.txt$")
    assert sync(storage)["last_sync_count"] == 3
    urls = [t["data"]["text"] for t in project.tasks()]
    name = os.path.basename(folder)
    assert urls == [f"/data/local-files/?d={name}/a%20b.txt", f"/data/local-files/?d={name}/in.txt", f"/data/local-files/?d={name}/sub/d%25.txt"]
    answer = owner().send("GET", urls[0])
    assert (answer.status_code, answer.text) == (200, "hello")
    assert "sandbox" in answer.headers["Content-Security-Policy"] and answer.headers["ETag"]
    assert owner().send("GET", urls[0], headers={"Range": "bytes=1-2"}).text == "el"
    assert owner().send("GET", urls[0], headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert owner().send("GET", urls[2]).text == "world"
    anonymous().get(urls[0], 401)
    stranger().get(urls[0], 404)
    for way in ("out.txt", "nothing.txt", "", "../../../etc/hostname"):
        owner().get("/data/local-files/", 404, d=f"{name}/{way}")
    owner().get("/data/local-files/", 403)
    owner().delete(f"/api/storages/localfiles/{storage['id']}")
    owner().get(urls[0], 404)


@pytest.mark.parametrize("name, content, told", [
    ("bad.json", '{"text": ', "bad.json: "), ("table.csv", "text\na\n", "table.csv: Only .json and .jsonl"), ("list.json", '[{"text": "a"}, 5]', ""),
])
def test_runs_that_fail(folder, name, content, told):
    project = Project()
    put(folder, "0.json", {"text": "good"})
    put(folder, name, content)
    storage = local(project, folder)
    failed = sync(storage)
    assert failed["status"] == "failed" and told in failed["traceback"]
    assert project.read()["task_number"] == 0             # the step is all or nothing
    os.unlink(os.path.join(folder, name))
    assert (sync(storage)["last_sync_count"], project.read()["task_number"]) == (1, 1)


def test_a_filter_that_is_none_and_a_directory_that_went(folder):
    project = Project()
    storage = local(project, folder, regex_filter="(")
    assert "is no regular expression" in sync(storage)["traceback"]
    inner = os.path.join(folder, "inner")
    os.mkdir(inner)
    storage = local(project, inner)
    os.rmdir(inner)
    assert "does not exist" in sync(storage)["traceback"]
    frozen = local(project, folder, synchronizable=False)
    assert sync(frozen, status=400)["detail"] == f"Storage {frozen['id']} is not synchronizable"


def test_many_objects_in_order_and_once(folder):
    project = Project()
    for i in range(350):
        put(folder, f"{i:04}.json", {"text": f"t{i}"})
    storage = local(project, folder)
    sync(storage)
    assert sync(storage)["status"] == "completed"
    texts = [t["data"]["text"] for t in project.list(page_size=1000)["tasks"]]
    assert texts == [f"t{i}" for i in range(350)]


def test_a_look_at_the_objects(folder):
    project = Project()
    for name in ("a.json", "b.json", "c.txt"):
        put(folder, name, "{}")
    body = {"project": project.id, "path": folder, "regex_filter": ".*json"}
    rows = owner().post("/api/storages/localfiles/files", {**body, "limit": 1}, status=200)["files"]
    assert [os.path.basename(r["key"] or "") for r in rows] == ["a.json", ""] and rows[0]["size"] == 2
    assert len(owner().post("/api/storages/localfiles/files", body, status=200)["files"]) == 2


# ---- local files: export ----


def files_of(folder):
    return sorted(os.listdir(folder))


def test_annotations_as_files(folder):
    project = Project()
    first, second = project.texts(2)
    kept, gone = annotate(owner(), first)["id"], annotate(owner(), second, "B")["id"]
    storage = local(project, folder, "export/", can_delete_objects=True)
    assert storage["status"] in {"queued", "in_progress", "completed"}
    done = sync(storage, "export/")
    assert (done["status"], done["last_sync_count"], done["meta"]["total_annotations"]) == ("completed", 2, 2)
    assert files_of(folder) == sorted([str(kept), str(gone)])
    with open(os.path.join(folder, str(kept)), encoding="utf-8") as file:
        written = json.load(file)
    assert (written["id"], written["result"], written["completed_by"]) == (kept, choice(), owner().id)
    assert (written["task"]["id"], written["task"]["data"]) == (first, {"text": "text 0"})
    owner().delete(f"/api/annotations/{gone}/")
    assert sync(storage, "export/")["meta"]["total_annotations"] == 1
    assert files_of(folder) == [str(kept)]


def test_what_is_saved_is_written(folder):
    project = Project()
    first, second = project.texts(2)
    storage = local(project, folder, "export/", can_delete_objects=True)["id"]
    made = annotate(owner(), first)["id"]
    path = os.path.join(folder, str(made))
    eventually(lambda: os.path.exists(path))
    owner().patch(f"/api/annotations/{made}/", {"result": choice("B")})
    eventually(lambda: json.load(open(path, encoding="utf-8"))["result"] == choice("B"))
    other = annotate(owner(), second)["id"]
    owner().delete(f"/api/annotations/{made}/")
    eventually(lambda: files_of(folder) == [str(other)])
    eventually(lambda: sql(f"SELECT count(*) FROM storage_due WHERE storage_id = {storage}") == "0")   # in the same step, after the file


def test_by_the_sdk(folder):
    project = Project()
    put(folder, "a.json", {"text": "one"})
    client = LabelStudio(base_url=shared_server().url, api_key=shared_server().token)
    storage = client.import_storage.local.create(project=project.id, path=folder, use_blob_urls=False, title="by the client")
    client.import_storage.local.validate(project=project.id, path=folder)
    assert client.import_storage.local.sync(id=storage.id).status == "completed"
    assert [s.id for s in client.import_storage.local.list(project=project.id)] == [storage.id]
    assert client.import_storage.local.update(id=storage.id, path=folder, title="changed").title == "changed"
    client.import_storage.local.delete(id=storage.id)
    assert project.read()["task_number"] == 1
    assert {t.name for t in client.import_storage.list_types()} >= set(TYPES)


@pytest.mark.parametrize("uri, kind, settings", [
    ("s3://photos/a b.png", "s3", {"bucket": "photos"}), ("gs://photos/x", "gcs", {"bucket": "photos"}),
    ("azure-blob://photos/x", "azure", {"container": "photos", "account_name": "n", "account_key": "k"})])
@pytest.mark.parametrize("word", ["resolve", "presign"])
def test_addresses_of_cloud_objects(uri, kind, settings, word):
    project = Project()
    task, = project.texts(1)
    sent = base64.urlsafe_b64encode(uri.encode()).decode()
    for place in (f"/tasks/{task}/{word}/", f"/projects/{project.id}/{word}/"):
        assert "fileuri" in owner().get(place, 400)["validation_errors"]
        assert "fileuri" in owner().get(place, 400, fileuri="???")["validation_errors"]
        owner().get(place, 404, fileuri=sent)
    owner().post(f"/api/storages/{kind}", {"project": project.id, **settings}, 201)
    for place in (f"/tasks/{task}/{word}/", f"/projects/{project.id}/{word}"):
        assert "no driver" in owner().get(place, 424, fileuri=sent)["detail"]
        owner().get(place, 404, fileuri=base64.urlsafe_b64encode(b"s3://others/a").decode())
        assert anonymous().send("GET", place).status_code == 401
    owner().get("/tasks/2000000000/resolve/", 404, fileuri=sent)


@pytest.mark.parametrize("direction", ["", "export/"])
def test_the_other_name_of_azure(direction):
    made = owner().post(f"/api/storages/{direction}azure", {"project": Project().id, "container": "c", "account_name": "n", "account_key": "k"}, 201)
    assert "no driver" in json.dumps(owner().post(f"/api/storages/{direction}azure_blob/{made['id']}/sync", {}, 400))
