"""Snapshots: what is in them, how their files are sent, their conversion, and who may have them. With the clients' own flows."""

import csv
import hashlib
import io
import json
import os
import re
import zipfile

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk._legacy import Client

from people import Person
from server import shared_server
from work import Project, annotate, choice, eventually, ours, owner, person, skip, sql, stranger

KEYS = {"title", "id", "created_by", "created_at", "finished_at", "status", "md5", "counters", "converted_formats"}
OPTIONS = {"task_filter_options", "annotation_filter_options", "serialization_options"}


@pytest.fixture(scope="module")
def project():
    """Five tasks: submitted, skipped, ground truth only, drafted and predicted, untouched."""
    made = Project(title="Snap shots")
    made.ids = made.texts(5)
    made.annotation = annotate(owner(), made.ids[0], lead_time=1.5)
    made.skip = skip(person("ann"), made.ids[1])
    made.truth = annotate(owner(), made.ids[2], "B", ground_truth=True)
    made.draft = owner().post(f"/api/tasks/{made.ids[3]}/drafts", {"result": choice()})
    made.prediction = owner().post("/api/predictions/", {"task": made.ids[3], "result": choice(), "score": 0.5, "model_version": "m"})
    return made


def make(project, **body):
    made = project.api.post(project.path + "/exports/", body)
    assert made["status"] == "completed", made
    return made


def path(project, made):
    return f"{project.path}/exports/{made['id']}"


def document(project, made, **query):
    return project.api.send("GET", path(project, made) + "/download", params=query).json()


def tasks(project, **body):
    """{place of the task: number of annotations}"""
    made = make(project, **body)
    read = document(project, made)
    assert made["counters"] == {"task_number": len(read)}
    return {project.ids.index(t["id"]): len(t["annotations"]) for t in read}


def test_an_answer(project):
    made = make(project)
    assert set(made) == KEYS | OPTIONS
    assert re.fullmatch(r"Snap-shots-at-\d{4}-\d\d-\d\d-\d\d-\d\d", made["title"])
    assert made["created_by"]["email"] == owner().email and made["counters"] == {"task_number": 5} and made["converted_formats"] == []
    assert made["created_at"] <= made["finished_at"]
    read = owner().get(path(project, made))
    assert set(read) == KEYS and read == {k: v for k, v in made.items() if k in KEYS}
    assert owner().get(project.path + "/exports")[0] == read
    assert make(project, title="")["title"].startswith("Snap-shots-at-")
    assert make(project, title=" Named ")["title"] == "Named"


def test_a_file(project):
    made = make(project)
    answer = owner().send("GET", path(project, made) + "/download")
    assert answer.headers["Content-Type"] == "application/json"
    name = re.fullmatch(r'attachment; filename="(export/(\d+)/(project-(\d+)-at-\d{4}-\d\d-\d\d-\d\d-\d\d-([0-9a-f]{8})\S*\.json))"',
                        answer.headers["Content-Disposition"])
    assert name and int(name[2]) == int(name[4]) == project.id and answer.headers["filename"] == name[1]
    read = answer.json()
    assert [t["id"] for t in read] == project.ids and int(answer.headers["Content-Length"]) == len(answer.content)
    assert read[3]["predictions"] == [project.prediction["id"]] and read[3]["drafts"] == [project.draft["id"]]
    assert read[0]["annotations"][0]["completed_by"] == owner().id
    if not os.environ.get("LABELD_URL"):
        assert made["md5"] == hashlib.md5(answer.content).hexdigest() and name[5] == made["md5"][:8]


def test_parts_of_a_file(project):
    made = make(project)
    whole = owner().send("GET", path(project, made) + "/download").content
    part = owner().send("GET", path(project, made) + "/download", headers={"Range": "bytes=10-29"})
    assert part.status_code == 206 and part.content == whole[10:30] and part.headers["Content-Range"] == f"bytes 10-29/{len(whole)}"
    last = owner().send("GET", path(project, made) + "/download", headers={"Range": "bytes=-7"})
    assert last.status_code == 206 and last.content == whole[-7:]
    head = owner().send("HEAD", path(project, made) + "/download")
    assert head.status_code == 200 and head.content == b"" and head.headers["filename"].endswith(".json")


@ours
def test_the_same_as_a_direct_export(project):
    made = make(project, serialization_options={"drafts": {"only_id": False}})
    direct = project.export(download_all_tasks="true")
    assert document(project, made) == direct


@pytest.mark.parametrize("options,expected", [
    ({}, {0: 1, 1: 1, 2: 1, 3: 0, 4: 0}),
    ({"finished": "only"}, {0: 1, 2: 1}),
    ({"finished": "exclude"}, {1: 1, 3: 0, 4: 0}),
    ({"annotated": "only"}, {0: 1, 2: 1}),
    ({"annotated": "exclude"}, {1: 1, 3: 0, 4: 0}),
    ({"skipped": "only"}, {1: 1}),
    ({"skipped": "exclude"}, {0: 1, 2: 1, 3: 0, 4: 0}),
    ({"only_with_annotations": True}, {0: 1, 1: 1, 2: 1}),
    ({"only_with_annotations": False, "finished": None}, {0: 1, 1: 1, 2: 1, 3: 0, 4: 0}),
    ({"skipped": "exclude", "finished": "exclude"}, {3: 0, 4: 0}),
    ({"view": 2000000000}, {0: 1, 1: 1, 2: 1, 3: 0, 4: 0}),
    pytest.param({"reviewed": "only"}, {}, marks=ours),
    pytest.param({"reviewed": "exclude"}, {0: 1, 1: 1, 2: 1, 3: 0, 4: 0}, marks=ours),
])
def test_chosen_tasks(project, options, expected):
    assert tasks(project, task_filter_options=options) == expected


@pytest.mark.parametrize("options,expected", [
    ({}, {0: 1, 1: 0, 2: 0, 3: 0, 4: 0}),
    ({"usual": True, "skipped": True}, {0: 1, 1: 1, 2: 0, 3: 0, 4: 0}),
    ({"usual": False, "ground_truth": True}, {0: 0, 1: 0, 2: 1, 3: 0, 4: 0}),
    ({"usual": False, "skipped": True}, {0: 0, 1: 1, 2: 0, 3: 0, 4: 0}),
    ({"usual": False}, {0: 1, 1: 1, 2: 1, 3: 0, 4: 0}),
    ({"usual": None, "ground_truth": True}, {0: 0, 1: 0, 2: 1, 3: 0, 4: 0}),
    ({"usual": None, "skipped": None}, {0: 1, 1: 1, 2: 1, 3: 0, 4: 0}),
])
def test_chosen_annotations(project, options, expected):
    assert tasks(project, annotation_filter_options=options) == expected


def test_a_view(project):
    filters = {"conjunction": "and", "items": [{"filter": "filter:tasks:id", "operator": "greater", "type": "Number", "value": project.ids[2]}]}
    view = owner().post("/api/dm/views/", {"project": project.id, "data": {"title": "late", "filters": filters}})
    assert tasks(project, task_filter_options={"view": view["id"]}) == {3: 0, 4: 0}
    assert tasks(project, task_filter_options={"view": view["id"], "finished": "only"}) == {}
    other = Project()
    other.ids = other.texts(1)
    assert tasks(other, task_filter_options={"view": view["id"]}) == {0: 0}


@pytest.mark.parametrize("full", [{"only_id": False}, {}])
def test_in_full(project, full):
    made = make(project, serialization_options={"drafts": full, "predictions": full, "annotations__completed_by": full})
    read = document(project, made)
    assert read[0]["annotations"][0]["completed_by"] == {"id": owner().id, "email": owner().email,
                                                         "first_name": owner().me["first_name"], "last_name": owner().me["last_name"]}
    assert read[3]["drafts"][0]["result"] == choice() and read[3]["drafts"][0]["user"] == owner().email
    prediction, = read[3]["predictions"]
    assert prediction["id"] == project.prediction["id"] and prediction["score"] == 0.5 and prediction["result"] == choice()
    rows = list(csv.DictReader(io.StringIO(owner().send("GET", path(project, made) + "/download", params={"exportType": "CSV"}).text)))
    assert rows[0]["annotator"] == owner().email


@ours
def test_history(project):
    read = document(project, make(project, serialization_options={"include_annotation_history": True}))
    assert [h["action"] for h in read[0]["annotations"][0]["history"]] == ["submitted"]
    assert [h["action"] for h in read[1]["annotations"][0]["history"]] == ["skipped"]


@pytest.mark.parametrize("body,errors", [
    ({"task_filter_options": {"skipped": "bad"}}, {"task_filter_options": {"skipped": ['"bad" is not a valid choice.']}}),
    ({"task_filter_options": []}, {"task_filter_options": {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}}),
    ({"task_filter_options": "x", "annotation_filter_options": {"usual": "x"}},
     {"task_filter_options": {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]},
      "annotation_filter_options": {"usual": ["Must be a valid boolean."]}}),
    ({"task_filter_options": {"view": "x"}}, {"task_filter_options": {"view": ["A valid integer is required."]}}),
    ({"serialization_options": {"drafts": 3}},
     {"serialization_options": {"drafts": {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]}}}),
    ({"title": None}, {"title": ["This field may not be null."]}),
    ({"task_filter_options": None}, {"task_filter_options": ["This field may not be null."]}),
    ({"annotation_filter_options": None}, {"annotation_filter_options": ["This field may not be null."]}),
    ({"serialization_options": None}, {"serialization_options": ["This field may not be null."]}),
    ({"task_filter_options": {"view": None}}, {"task_filter_options": {"view": ["This field may not be null."]}}),
    ({"serialization_options": {"predictions": None}}, {"serialization_options": {"predictions": ["This field may not be null."]}}),
    ({"serialization_options": {"drafts": {"only_id": None}, "predictions": {"only_id": "x"}}},
     {"serialization_options": {"drafts": {"only_id": ["This field may not be null."]},
                                "predictions": {"only_id": ["Must be a valid boolean."]}}}),
    ({"serialization_options": {"interpolate_key_frames": None}},
     {"serialization_options": {"interpolate_key_frames": ["This field may not be null."]}}),
    ({"title": "x" * 2049}, {"title": ["Ensure this field has no more than 2048 characters."]}),
])
def test_bad_options(project, body, errors):
    assert owner().post(project.path + "/exports/", body, 400)["validation_errors"] == errors


# ---- other formats ----


def test_conversion(project):
    made = make(project)
    started = owner().post(path(project, made) + "/convert", {"export_type": "CSV"}, 200)
    assert started["export_type"] == "CSV"
    assert owner().get(path(project, made))["converted_formats"] == [
        {"id": started["converted_format"], "status": "completed", "export_type": "CSV", "traceback": None}]
    answer = owner().send("GET", path(project, made) + "/download", params={"exportType": "CSV"})
    assert answer.headers["Content-Type"] == "application/csv"
    assert re.fullmatch(r"project-\d+-at-\S+\.csv", answer.headers["filename"])
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(r["id"], r["label"], r["annotator"]) for r in rows] == [
        (str(project.ids[0]), "A", str(owner().id)), (str(project.ids[2]), "B", str(owner().id)),
        (str(project.ids[3]), "", ""), (str(project.ids[4]), "", "")]
    again = owner().post(path(project, made) + "/convert", {"export_type": "CSV"}, 400)
    assert again["validation_errors"] == {"non_field_errors": ["Conversion to CSV already started"]}


@pytest.mark.parametrize("body,errors", [
    ({}, {"export_type": ["This field is required."]}),
    ({"export_type": "NOPE"}, {"export_type": ["NOPE is not supported export format"]}),
    ({"export_type": "CSV", "download_resources": "x"}, {"download_resources": ["Must be a valid boolean."]}),
    ({"export_type": "CSV", "download_resources": None}, {"download_resources": ["This field may not be null."]}),
])
def test_bad_conversion(project, body, errors):
    assert owner().post(path(project, make(project)) + "/convert", body, 400)["validation_errors"] == errors


@ours
@pytest.mark.parametrize("type", ["JSON", "JSON_MIN", "CSV", "TSV"])
def test_formats_of_a_snapshot_are_those_of_the_project(project, type):
    """Made on the way out, and kept: both the same as the direct export."""
    made = make(project)
    at_once = owner().send("GET", path(project, made) + "/download", params={"exportType": type})
    assert at_once.status_code == 200
    owner().post(path(project, made) + "/convert", {"export_type": type}, 200)
    assert owner().send("GET", path(project, made) + "/download", params={"exportType": type}).content == at_once.content
    if type != "JSON":
        direct = owner().send("GET", project.path + "/export", params={"exportType": type, "download_all_tasks": "true"})
        assert direct.content == at_once.content
    owner().get(path(project, made) + "/download", 400, exportType="csv")


@ours
def test_each_format_is_named_once(project):
    """Made on the way out, kept, and sent directly: one name, said twice, and a file even where there is nothing to say."""
    made = make(project)
    for known in owner().get(project.path + "/export/formats"):
        query, names = {"exportType": known["name"]}, []
        for address in (path(project, made) + "/download", path(project, made) + "/download", project.path + "/export"):
            answer = owner().send("GET", address, params=query)
            name = re.fullmatch(r"(project-\d+-at-[0-9-]+)-[0-9a-f]{8}(_\w+)?(\.[a-z0-9]+)", answer.headers["filename"])
            assert answer.status_code == 200 and name, (known["name"], answer.headers["filename"])
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{name[0]}"'
            names.append(name)
            if len(names) == 1:
                owner().post(path(project, made) + "/convert", {"export_type": known["name"], "download_resources": False}, 200)
        assert names[0][0] == names[1][0] and names[0][3] == names[2][3]
    empty = owner().send("GET", path(project, made) + "/download", params={"exportType": "BRUSH_TO_PNG"})
    with zipfile.ZipFile(io.BytesIO(empty.content)) as archive:
        assert archive.namelist() == [] and empty.headers["Content-Type"] == "application/zip"


@ours
def test_a_snapshot_stays_as_it_was():
    project = Project()
    ids = project.texts(2)
    first, second = annotate(owner(), ids[0], "A"), annotate(person("ann"), ids[0], "B")
    made = make(project)
    before = owner().send("GET", path(project, made) + "/download", params={"exportType": "CSV"}).text
    owner().delete(f"/api/annotations/{first['id']}/")
    owner().delete(f"/api/tasks/{ids[1]}/")
    assert owner().send("GET", path(project, made) + "/download", params={"exportType": "CSV"}).text == before
    newest = [r["annotation_id"] for r in csv.DictReader(io.StringIO(before))]
    assert newest == [str(second["id"]), str(first["id"]), ""]


# ---- life ----


def test_removal(project):
    made = make(project)
    owner().post(path(project, made) + "/convert", {"export_type": "CSV"}, 200)
    if not os.environ.get("LABELD_URL"):
        files = sql(f"SELECT string_agg(file, ' ') FROM (SELECT file FROM project_export WHERE id = {made['id']} UNION ALL "
                    f"SELECT file FROM converted_export WHERE export_id = {made['id']}) f").split()
        there = [os.path.join(shared_server().dir, "files", f) for f in files]
        assert len(there) == 2 and all(map(os.path.exists, there))
    owner().delete(path(project, made))
    for address in ("", "/download"):
        assert owner().send("GET", path(project, made) + address).status_code == 404
    assert owner().send("DELETE", path(project, made)).status_code == 404
    assert made["id"] not in [e["id"] for e in owner().get(project.path + "/exports/")]
    if not os.environ.get("LABELD_URL"):
        assert not any(map(os.path.exists, there))


@ours
def test_what_is_not_there_yet():
    """Its job is not begun, runs, and is lost."""
    project = Project()
    project.texts(1)
    made = make(project)
    sql(f"UPDATE project_export SET finished_at = NULL, file = NULL WHERE id = {made['id']}")
    job = sql(f"SELECT job FROM project_export WHERE id = {made['id']}")
    for state, status in (("waiting", "created"), ("running", "in_progress"), ("failed", "failed")):
        sql(f"UPDATE job SET state = '{state}', run_at = now() + interval '1 hour', heartbeat_at = now() + interval '1 hour' WHERE id = {job}")
        assert owner().get(path(project, made))["status"] == status
        assert owner().get(path(project, made) + "/download", 404)["detail"] == "Export is not completed"
        assert owner().post(path(project, made) + "/convert", {"export_type": "CSV"}, 400)["validation_errors"] == {
            "non_field_errors": ["Export is not completed"]}
    sql(f"UPDATE job SET state = 'running' WHERE id = {job}")
    owner().delete(path(project, made))
    assert sql(f"SELECT state FROM job WHERE id = {job}") == "cancelled"


@ours
def test_a_job_that_begins_again():
    """Its runner died before it could say that it was done, or before the file was there."""
    project = Project()
    project.texts(3)
    made = make(project)
    job = sql(f"SELECT job FROM project_export WHERE id = {made['id']}")
    for undone in ("SELECT 1", f"UPDATE project_export SET finished_at = NULL, file = NULL, md5 = NULL WHERE id = {made['id']}"):
        sql(undone)
        sql(f"UPDATE job SET state = 'waiting', run_at = now(), finished_at = NULL WHERE id = {job}")
        eventually(lambda: sql(f"SELECT state FROM job WHERE id = {job}") == "done")
        assert owner().get(path(project, made))["status"] == "completed"
        assert len(document(project, made)) == 3


@ours
def test_who_may_have_one(project):
    made = make(project)
    foreign = stranger()
    for method, address in (("GET", ""), ("DELETE", ""), ("GET", "/download"), ("POST", "/convert")):
        assert foreign.send(method, path(project, made) + address, json={"export_type": "CSV"}).status_code == 404
    other = Project()
    assert owner().send("GET", f"{other.path}/exports/{made['id']}").status_code == 404
    assert owner().send("GET", f"{other.path}/exports/{made['id']}/download").status_code == 404
    project.change(is_published=True)
    annotator = Person("AN")
    for method, address in (("GET", "/exports/"), ("POST", "/exports/"), ("GET", f"/exports/{made['id']}/download")):
        assert annotator.send(method, project.path + address, json={}).status_code == 403
    manager = Person("MA")
    assert manager.post(project.path + "/exports/", {})["status"] == "completed"


# ---- clients ----


def test_the_newer_client(project, tmp_path):
    client = LabelStudio(base_url=owner().url, api_key=owner().session.headers["Authorization"].split()[1])
    made = client.projects.exports.create(id=project.id, title="by the client", annotation_filter_options={"usual": True, "ground_truth": True})
    assert client.projects.exports.get(id=project.id, export_pk=made.id).status == "completed"
    assert made.id in [e.id for e in client.projects.exports.list(id=project.id)]
    assert client.projects.exports.convert(id=project.id, export_pk=made.id, export_type="CSV").export_type == "CSV"
    text = b"".join(client.projects.exports.download(id=project.id, export_pk=made.id, export_type="CSV"))
    assert len(list(csv.DictReader(io.StringIO(text.decode())))) == 5
    client.projects.exports.delete(id=project.id, export_pk=made.id)
    assert made.id not in [e.id for e in client.projects.exports.list(id=project.id)]


def test_the_older_client(project, tmp_path):
    client = Client(url=owner().url, api_key=owner().session.headers["Authorization"].split()[1])
    legacy = client.get_project(project.id)
    filters = {"conjunction": "and", "items": [{"filter": "filter:tasks:id", "operator": "equal", "type": "Number", "value": project.ids[0]}]}
    views = len(owner().get("/api/dm/views/", project=project.id))
    done = legacy.export(filters=filters, title="By the older client", export_type="JSON", output_dir=str(tmp_path))
    assert done["status"] == 200 and len(owner().get("/api/dm/views/", project=project.id)) == views
    with open(tmp_path / done["filename"]) as f:
        assert [t["id"] for t in json.load(f)] == [project.ids[0]]
    assert done["export_id"] in [e["id"] for e in legacy.export_snapshot_list()]
    assert legacy.export_snapshot_status(done["export_id"]).is_completed()
    assert legacy.export_snapshot_delete(done["export_id"]) == 204
