"""Imports: JSON bodies and files, what is refused and how it is told, all or nothing, and uploaded media."""

import json
import os
import threading

import pytest

from server import shared_server
from work import CHOICES, IMAGE, Api, Project, admin, anonymous, choice, counted, ours, owner, person, sql, stranger

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082")
KEYS = {"task_count", "annotation_count", "prediction_count", "duration", "file_upload_ids", "could_be_tasks_list", "found_formats", "data_columns"}


def load(project, items, status=201, **query):
    return owner().post(project.path + "/import", items, status, **query)


def upload(project, *files, status=201, **query):
    """Each file is a pair of name and content."""
    parts = {f"file{i}": (name, content if isinstance(content, bytes) else content.encode()) for i, (name, content) in enumerate(files)}
    return owner().call("POST", project.path + "/import", status, files=parts, params=query)


def problems(answer):
    assert answer["status_code"] == 400 and answer["detail"] == "Validation error"
    return answer["validation_errors"]["non_field_errors"]


# ---- JSON bodies ----


def test_a_list():
    project = Project()
    answer = load(project, [{"text": "a"}, {"data": {"text": "b"}, "meta": {"m": 1}}])
    assert set(answer) == KEYS
    assert (answer["task_count"], answer["annotation_count"], answer["prediction_count"]) == (2, 0, 0)
    assert answer["file_upload_ids"] == answer["found_formats"] == [] and answer["could_be_tasks_list"] is False
    assert isinstance(answer["duration"], float)
    tasks = project.tasks()
    assert [(t["data"], t["meta"], t["inner_id"], t["overlap"], t["file_upload"]) for t in tasks] == [
        ({"text": "a"}, {}, 1, 1, None), ({"text": "b"}, {"m": 1}, 2, 1, None)]
    counted(project)


def test_one_object():
    project = Project()
    assert load(project, {"text": "a"})["task_count"] == 1
    assert load(project, {"data": {"text": "b"}})["task_count"] == 1
    assert [t["data"]["text"] for t in project.tasks()] == ["a", "b"]


def test_ids_come_back_in_the_order_of_the_input():
    project = Project()
    texts = [f"t{(i * 7919) % 2500}" for i in range(2500)]
    answer = load(project, [{"text": t} for t in texts], return_task_ids="true")
    ids = answer["task_ids"]
    assert len(ids) == answer["task_count"] == 2500 and ids == sorted(set(ids))
    shown = {t["id"]: t["data"]["text"] for t in project.list(page_size=3000)["tasks"]}
    assert [shown[i] for i in ids] == texts
    more = load(project, [{"text": "last"}], return_task_ids="True")["task_ids"]
    assert more[0] > ids[-1] and owner().get(f"/api/tasks/{more[0]}/")["inner_id"] == 2501
    assert "task_ids" not in load(project, [{"text": "x"}])
    counted(project)


def test_other_addresses():
    project = Project()
    assert owner().post(project.path + "/tasks/bulk/", [{"text": "a"}])["task_count"] == 1
    assert owner().post(project.path + "/tasks/bulk", [{"text": "a"}])["task_count"] == 1
    load(Project(), [{"text": "a"}])
    owner().post("/api/projects/2000000000/import", [{"text": "a"}], 404)


def test_ignored_fields_do_nothing():
    project = Project(maximum_annotations=2)
    task, = project.load([{"id": 5, "inner_id": 99, "overlap": 7, "is_labeled": True, "total_annotations": 4, "created_at": "2001-01-01",
                           "data": {"text": "a"}, "drafts": [{"result": []}]}])
    shown = owner().get(f"/api/tasks/{task}/")
    assert (shown["inner_id"], shown["overlap"], shown["is_labeled"], shown["total_annotations"]) == (1, 2, False, 0)
    assert shown["created_at"] > "2020" and shown["drafts"] == [] and task != 5
    counted(project)


def test_annotations_and_predictions():
    project = Project(maximum_annotations=2)
    result, other = choice(), choice("B")
    task, = project.load([{"data": {"text": "a"},
                           "annotations": [{"id": 900, "result": result, "lead_time": 3.5, "unique_id": "no uuid", "created_username": "x"},
                                           {"result": other, "ground_truth": False, "was_cancelled": True, "completed_by": person("ann").id}],
                           "predictions": [{"result": result, "score": 0.75, "model_version": "m1"}, {"result": other, "score": "n/a"}]}])
    shown = owner().get(f"/api/tasks/{task}/")
    first, second = shown["annotations"]
    assert first["result"] == result and first["completed_by"]["id"] == owner().id and first["import_id"] == 900
    assert first["ground_truth"] is True and first["lead_time"] == 3.5 and first["was_cancelled"] is False
    assert second["completed_by"]["id"] == person("ann").id and second["was_cancelled"] is True and second["ground_truth"] is False
    assert [(p["score"], p["model_version"], p["result"]) for p in shown["predictions"]] == [(0.75, "m1", result), (None, "undefined", other)]
    assert (shown["total_annotations"], shown["cancelled_annotations"], shown["total_predictions"]) == (1, 1, 2)
    counted(project, owner(), person("ann"))


def test_counts_and_the_first_model_version():
    project = Project()
    answer = load(project, [{"data": {"text": "a"}, "annotations": [{"result": []}], "predictions": [{"result": [], "model_version": "m1"}]},
                            {"data": {"text": "b"}, "predictions": [{"result": [], "model_version": "m2"}]}])
    assert (answer["task_count"], answer["annotation_count"], answer["prediction_count"]) == (2, 1, 2)
    assert project.read()["model_version"] == "m2"
    load(project, [{"data": {"text": "c"}, "predictions": [{"result": [], "model_version": "m3"}]}])
    assert project.read()["model_version"] == "m2"
    counted(project)


def test_imported_annotations_finish_tasks():
    project = Project(maximum_annotations=2)
    one, two, none = project.load([
        {"data": {"text": "a"}, "annotations": [{"result": []}]},
        {"data": {"text": "b"}, "annotations": [{"result": []}, {"result": [], "completed_by": person("ann").id}]},
        {"data": {"text": "c"}}])
    assert [owner().get(f"/api/tasks/{t}/")["is_labeled"] for t in (one, two, none)] == [False, True, False]
    counted(project, owner(), person("ann"))


@pytest.mark.parametrize("how", ["id", "email", "EMAIL", "null", "absent"])
def test_whose_annotation_it_is(how):
    ann = person("ann")
    given = {"id": {"completed_by": ann.id}, "email": {"completed_by": {"email": ann.email, "id": 77}},
             "EMAIL": {"completed_by": {"email": ann.email.upper()}}, "null": {"completed_by": None}, "absent": {}}[how]
    if how == "EMAIL" and os.environ.get("LABELD_URL"):
        pytest.skip("labeld compares e-mails without case")
    project = Project()
    task, = project.load([{"data": {"text": "a"}, "annotations": [{"result": [], **given}]}])
    expected = owner() if how in ("null", "absent") else ann
    assert owner().get(f"/api/tasks/{task}/")["annotations"][0]["completed_by"]["id"] == expected.id
    counted(project, owner(), ann)


@pytest.mark.parametrize("given, problem", [
    (999999, "Import data contains completed_by=999999 which is not a valid annotator's email or ID"),
    ({"email": "nobody@example.com"}, "Unknown annotator's email nobody@example.com"),
    ({"id": 1}, "It's expected to have 'email' field in 'completed_by' data in annotations"),
])
def test_people_who_are_not_there(given, problem):
    project = Project()
    answer = load(project, [{"data": {"text": "a"}}, {"data": {"text": "b"}, "annotations": [{"result": [], "completed_by": given}]}], 400)
    assert problem in json.dumps(answer, ensure_ascii=False).replace('\\"', '"')
    assert project.read()["task_number"] == 0
    counted(project)


@ours
def test_members_of_other_organizations_are_not_there():
    project = Project()
    for given in (stranger().id, {"email": stranger().email}):
        load(project, [{"data": {"text": "a"}, "annotations": [{"result": [], "completed_by": given}]}], 400)
    assert project.read()["task_number"] == 0


# ---- refusals ----


NOTE = ' [assume: item["data"] = task root with values]'
BARE = " [assume: item as is = task root with values] "


@pytest.mark.parametrize("item, problem", [
    ({"wrong": 1}, '"text" key is expected in task data' + BARE),
    ({"data": {"wrong": 1}}, '"text" key is expected in task data' + NOTE),
    ({"data": {"text": {"a": 1}}},
     "data['text']={'a': 1} is of type 'dict', but the object tag Text expects the following types: ['str', 'int', 'float', 'list']" + NOTE),
    ({"data": {"text": "a"}, "annotations": {}}, "Task[annotations] must be list"),
    ({"data": {"text": "a"}, "predictions": {}}, "Task[predictions] must be list"),
    ({"data": {"text": "a"}, "meta": "m"}, "Task[meta] must be dict or list"),
    ({"data": {"text": "a"}, "annotations": [{}]}, 'Annotation must have "result" fields'),
    ({"data": {"text": "a"}, "annotations": [{"result": {}}]}, '"result" field in annotation must be list'),
    ({"data": {"text": "a"}, "predictions": [{}]}, 'Prediction must have "result" fields'),
    ({"data": "text"}, "Task[data] must be dict or list"),
])
def test_items_that_are_refused(item, problem):
    project = Project()
    found = problems(load(project, [{"text": "good"}, item, {"text": "good"}], 400))
    assert len(found) == 3 and found[0] == found[2] == {}
    assert found[1].startswith(f"Error at item 1: {problem} :: "), found[1]
    assert project.read()["task_number"] == 0
    counted(project)


@ours
@pytest.mark.parametrize("item", [None, 1, "text", [], [1], True])
def test_items_that_are_no_objects(item):
    project = Project()
    found = problems(load(project, [{"text": "good"}, item], 400))
    assert found[0] == {} and found[1].startswith("Error at item 1: ")
    assert project.read()["task_number"] == 0


def test_a_long_list_of_problems_is_cut():
    found = problems(load(Project(), [{"wrong": i} for i in range(250)], 400))
    assert len(found) == 100 and found[-1] == "..." and found[98].startswith("Error at item 98: ")


@ours
def test_a_problem_far_down_is_told():
    project = Project()
    found = problems(load(project, [{"text": str(i)} for i in range(5000)] + [{"wrong": 1}], 400))
    assert found[0].startswith("Error at item 5000: ") and found[1:] == ["..."]
    assert project.read()["task_number"] == 0
    counted(project)


def test_nothing_to_import():
    project = Project()
    assert "load_tasks: No tasks added" in str(problems(load(project, [], 400)))
    for body in ("1", '"text"', "true", "null"):
        answer = owner().raw("POST", project.path + "/import", body, status=400).json()
        assert "load_tasks: No data found in DATA or in FILES" in str(answer)
    assert owner().send("POST", project.path + "/import").status_code in (400, 415)
    assert project.read()["task_number"] == 0


@pytest.mark.parametrize("body", ['[{"text": "a"}, {"text": "b"', '[{"text": "a"} {"text": "b"}]', '[{"text": "a"}, ]', '[{"text": "a"}] x', ""])
def test_documents_that_are_no_json(body):
    project = Project()
    assert owner().raw("POST", project.path + "/import", body).status_code == 400
    assert project.read()["task_number"] == 0
    counted(project)


def test_all_or_nothing_with_annotations():
    project = Project()
    good = {"data": {"text": "a"}, "annotations": [{"result": choice()}], "predictions": [{"result": choice()}]}
    load(project, [good] * 3000 + [{"data": {"text": "b"}, "annotations": [{"result": [], "completed_by": 999999}]}], 400)
    assert project.read()["task_number"] == 0
    counted(project)
    assert load(project, [good] * 3000)["annotation_count"] == 3000
    assert project.tasks()[0]["inner_id"] == 1
    counted(project)


def test_without_commit_nothing_is_kept():
    project = Project()
    answer = load(project, [{"text": "a"}], commit_to_project="false", return_task_ids="true")
    assert answer["task_count"] == 1 and answer["annotation_count"] is answer["prediction_count"] is None and "task_ids" not in answer
    assert project.read()["task_number"] == 0
    counted(project)


@ours
@pytest.mark.parametrize("number", ["nan", "inf", "0x10", "1e999", " 1", "", True, [1], {"a": 1}])
def test_scores_and_times_that_are_no_numbers(number):
    project = Project()
    task, = project.load([{"data": {"text": "a"}, "annotations": [{"result": [], "lead_time": number}],
                           "predictions": [{"result": [], "score": number}]}])
    shown = owner().get(f"/api/tasks/{task}/")
    assert shown["annotations"][0]["lead_time"] is None and shown["predictions"][0]["score"] is None
    counted(project)


# ---- files ----


def test_a_json_file():
    project = Project()
    answer = upload(project, ("tasks.json", json.dumps([{"text": "a"}, {"data": {"text": "b"}, "annotations": [{"result": choice()}]}])),
                    return_task_ids="1")
    assert (answer["task_count"], answer["annotation_count"]) == (2, 1) and len(answer["task_ids"]) == 2
    assert answer["found_formats"] == {".json": 1} and len(answer["file_upload_ids"]) == 1 and answer["data_columns"] == ["text"]
    first = project.tasks()[0]
    assert first["file_upload"].endswith("-tasks.json") and len(first["file_upload"]) == len("12345678-tasks.json")
    counted(project)


@ours
def test_several_files():
    project = Project()
    answer = upload(project, ("one.json", '[{"text": "a"}]'), ("two.JSON", '{"text": "b"}'))
    assert answer["task_count"] == 2 and answer["found_formats"] == {".json": 2} and len(set(answer["file_upload_ids"])) == 2
    assert {t["data"]["text"] for t in project.tasks()} == {"a", "b"}
    counted(project)


@ours
def test_a_mark_before_the_text_is_no_part_of_it():
    project = Project()
    assert upload(project, ("marked.json", b'\xef\xbb\xbf[{"text": "a"}]'))["task_count"] == 1


def test_a_file_that_cannot_be_parsed():
    project = Project()
    answer = upload(project, ("good.json", '[{"text": "a"}]'), ("bad.json", '[{"text": "a"}'), status=400)
    text = json.dumps(answer)
    assert "Failed to parse input file" in text and "bad.json" in text and "JSON parse error" not in text
    assert project.read()["task_number"] == 0
    counted(project)


@ours
@pytest.mark.parametrize("body, detail", [
    ('[{"text": "a"} x]', "Expecting ',' delimiter: line 1 column 16 (char 15)"),
    ('\n\n{"text"}', "Expecting ':' delimiter: line 3 column 8 (char 9)"),
])
def test_where_a_file_goes_wrong(body, detail):
    assert f"Failed to parse input file bad.json: {detail}" in problems(upload(Project(), ("bad.json", body), status=400))[0]


@pytest.mark.parametrize("name, extension", [("tasks.zip", ".zip"), ("tasks.jsonl", ".jsonl"), ("tasks.exe", ".exe")])
def test_extensions_that_are_not_taken(name, extension):
    project = Project()
    assert f"{extension} extension is not supported" in str(upload(project, (name, "x"), status=400))
    assert owner().get(project.path + "/file-uploads", all="true") == []


@ours
def test_files_of_a_failed_import_go_again():
    project = Project()
    upload(project, ("good.json", '[{"text": "a"}]'), ("bad.json", "["), status=400)
    assert owner().get(project.path + "/file-uploads", all="true") == []
    place = os.path.join(upload_root(), "upload", str(project.id))
    assert not os.path.isdir(place) or os.listdir(place) == []


def upload_root():
    """Where the server keeps files."""
    for top, directories, _ in os.walk(shared_server().dir):
        if "upload" in directories:
            return top
    return shared_server().dir


@pytest.mark.parametrize("name", ["my file (1).json", "../../etc/passwd.json", "日本.json", "a" * 300 + ".json"])
def test_names_cannot_lead_out(name):
    project = Project()
    upload(project, (name, '[{"text": "a"}]'))
    file, = owner().get(project.path + "/file-uploads", all="true")
    assert file["file"].startswith(f"upload/{project.id}/") and ".." not in file["file"] and file["file"].count("/") == 2
    assert " " not in file["file"] and "(" not in file["file"] and file["file"].endswith(".json")
    assert owner().send("GET", "/data/" + file["file"]).content == b'[{"text": "a"}]'


def test_the_list_of_files():
    project = Project()
    ids = [upload(project, (f"{n}.json", '[{"text": "abc"}]'))["file_upload_ids"][0] for n in range(2)]
    assert owner().get(project.path + "/file-uploads") == []
    assert [f["id"] for f in owner().get(project.path + "/file-uploads", all="true")] == ids
    only, = owner().get(project.path + "/file-uploads", ids=f"[{ids[1]}]")
    assert set(only) == {"id", "file", "size"} and only["id"] == ids[1] and only["size"] == 17


# ---- media ----


def test_media_become_tasks():
    project = Project(label_config=IMAGE)
    answer = upload(project, ("cat.png", PNG), ("dog.jpg", b"\xff\xd8\xff" + bytes(100)))
    assert answer["task_count"] == 2 and answer["found_formats"] == {".png": 1, ".jpg": 1}
    first, second = project.tasks()
    assert first["data"]["image"].startswith(f"/data/upload/{project.id}/") and first["data"]["image"].endswith("-cat.png")
    assert first["file_upload"] == first["data"]["image"].rsplit("/", 1)[1] and list(second["data"]) == ["image"]
    answer = owner().send("GET", first["data"]["image"])
    assert answer.status_code == 200 and answer.content == PNG and answer.headers["Content-Type"] == "image/png"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    counted(project)


def test_parts_of_media():
    project = Project(label_config='<View><Audio name="a" value="$audio"/></View>')
    sound = bytes(range(256)) * 40
    upload(project, ("sound.wav", sound))
    path = project.tasks()[0]["data"]["audio"]
    answer = owner().send("GET", path, headers={"Range": "bytes=100-199"})
    assert answer.status_code == 206 and answer.content == sound[100:200]
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(sound)}"
    assert owner().send("GET", path, headers={"Range": "bytes=-10"}).content == sound[-10:]
    if not os.environ.get("LABELD_URL"):
        assert owner().send("GET", path, headers={"Range": f"bytes={len(sound)}-"}).status_code == 416
        assert owner().send("HEAD", path).headers["Content-Length"] == str(len(sound))


def test_who_may_have_media():
    project = Project(label_config=IMAGE)
    upload(project, ("cat.png", PNG))
    path = project.tasks()[0]["data"]["image"]
    assert person("ann").send("GET", path).status_code == 200
    assert anonymous().send("GET", path).status_code in (401, 403)
    if not os.environ.get("LABELD_URL"):
        assert stranger().send("GET", path).status_code == 404
        for wrong in (path + "x", f"/data/upload/{project.id}/absent.png", f"/data/upload/{Project().id}/" + path.rsplit("/", 1)[1],
                      f"/data/upload/{project.id}/..%2f..%2f..%2fetc%2fpasswd", f"/data/upload/{project.id}/%2e%2e"):
            assert owner().send("GET", wrong).status_code in (400, 404), wrong
        assert owner().send("GET", "/_files/" + path[len("/data/"):]).status_code == 404
        owner().delete(project.path + "/")
        assert owner().send("GET", path).status_code == 404


def test_media_before_the_configuration():
    project = Project(label_config=None)
    upload(project, ("cat.png", PNG))
    assert list(project.tasks()[0]["data"]) == ["$undefined$"]
    project.change(label_config=IMAGE)
    assert project.next()["data"]["image"].endswith("-cat.png")


def test_a_file_of_the_wrong_kind_for_the_configuration():
    """Media give one value, the configuration wants two."""
    project = Project(label_config='<View><Image name="i" value="$image"/><Text name="t" value="$text"/></View>')
    upload(project, ("cat.png", PNG), status=400)
    assert project.read()["task_number"] == 0


# ---- others ----


@ours
def test_only_people_of_the_project_may_import():
    project = Project()
    stranger().post(project.path + "/import", [{"text": "a"}], 404)
    assert anonymous().send("POST", project.path + "/import", json=[{"text": "a"}]).status_code == 401


@ours
def test_imports_at_the_same_time_keep_their_order():
    project, seen = Project(), {}

    def work(turn):
        items = [{"text": f"{turn}-{i}"} for i in range(300)]
        seen[turn] = Api(shared_server().token).post(project.path + "/import", items, return_task_ids="1")["task_ids"]

    threads = [threading.Thread(target=work, args=(turn,)) for turn in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    tasks = project.list(page_size=1000)["tasks"]
    assert [t["inner_id"] for t in tasks] == list(range(1, 901)) and [t["id"] for t in tasks] == sorted(t["id"] for t in tasks)
    shown = {t["id"]: t["data"]["text"] for t in tasks}
    assert all([shown[i] for i in seen[turn]] == [f"{turn}-{i}" for i in range(300)] for turn in range(3))
    counted(project)


@ours
def test_no_lost_figures():
    admin("verify-counters")
    assert sql("SELECT count(*) FROM task t WHERE t.file_upload_id IS NOT NULL AND NOT EXISTS (SELECT FROM file_upload f WHERE f.id = t.file_upload_id)") == "0"
