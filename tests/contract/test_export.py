"""Exports: the JSON document, which tasks are in it, the headers that clients read, and the list of formats."""

import json
import re
import threading

import pytest

from work import CHOICES, Project, annotate, anonymous, choice, counted, ours, owner, person, skip, stranger

ANNOTATION = {"id", "completed_by", "result", "was_cancelled", "ground_truth", "created_at", "updated_at", "draft_created_at", "lead_time",
              "prediction", "result_count", "unique_id", "import_id", "last_action", "bulk_created", "task", "project", "updated_by",
              "parent_prediction", "parent_annotation", "last_created_by"}
TASK = {"id", "annotations", "drafts", "predictions", "data", "meta", "created_at", "updated_at", "allow_skip", "inner_id", "total_annotations",
        "cancelled_annotations", "total_predictions", "comment_count", "unresolved_comment_count", "last_comment_updated_at", "project",
        "updated_by", "comment_authors"}


@pytest.fixture(scope="module")
def project():
    """Five tasks: submitted, skipped, drafted only, predicted only, untouched."""
    made = Project()
    made.ids = made.texts(5)
    made.annotation = annotate(owner(), made.ids[0], lead_time=3.3, import_id=900)
    made.skip = skip(person("ann"), made.ids[1])
    made.draft = owner().post(f"/api/tasks/{made.ids[2]}/drafts", {"result": choice()})
    made.prediction = owner().post("/api/predictions/", {"task": made.ids[3], "result": choice(), "score": 0.5})
    owner().post(f"/api/tasks/{made.ids[0]}/drafts", {"result": choice("B")})
    return made


def test_only_tasks_with_annotations(project):
    assert [t["id"] for t in project.export()] == project.ids[:2]


def test_one_task(project):
    first, second = project.export()
    assert set(first) == TASK
    annotation, = first["annotations"]
    assert set(annotation) == ANNOTATION
    assert annotation["id"] == project.annotation["id"] and annotation["result"] == choice() and annotation["completed_by"] == owner().id
    assert annotation["lead_time"] == 3.3 and annotation["import_id"] == 900 and annotation["result_count"] == 1 and annotation["prediction"] == {}
    assert annotation["task"] == first["id"] and annotation["project"] == project.id
    assert first["data"] == {"text": "text 0"} and first["meta"] == {} and first["inner_id"] == 1 and first["project"] == project.id
    assert first["allow_skip"] is True and first["total_annotations"] == 1 and first["comment_authors"] == []
    assert [d["result"] for d in first["drafts"]] == [choice("B")] and first["predictions"] == []
    assert second["annotations"][0]["was_cancelled"] is True and second["cancelled_annotations"] == 1


def test_all_tasks(project):
    for spelling in ("true", "True", "1"):
        tasks = project.export(download_all_tasks=spelling)
        assert [t["id"] for t in tasks] == project.ids
    assert tasks[2]["drafts"][0]["id"] == project.draft["id"] and tasks[2]["annotations"] == []
    assert tasks[3]["predictions"] == [project.prediction["id"]]
    assert [t["id"] for t in project.export(download_all_tasks="false")] == project.ids[:2]


@pytest.mark.parametrize("name", [pytest.param("ids", marks=ours), "ids[]"])     # what both clients send, what the reference reads
def test_some_tasks(project, name):
    wanted = [project.ids[3], project.ids[0]]
    assert [t["id"] for t in project.export(download_all_tasks="true", **{name: wanted})] == sorted(wanted)
    assert [t["id"] for t in project.export(**{name: wanted})] == [project.ids[0]]
    assert project.export(**{name: [2000000000]}) == []


@ours
def test_tasks_with_commas_between_them(project):
    """The reference reads ids[] with a single number in each."""
    wanted = sorted([project.ids[3], project.ids[0]])
    assert [t["id"] for t in project.export(download_all_tasks="true", ids="{},{}".format(*wanted))] == wanted


@ours
def test_ids_that_are_no_numbers(project):
    for wrong in ("x", "1,x", "1,", ",1", ""):
        owner().get(project.path + "/export", 400, ids=wrong)


def by_text(operator, value, **more):
    return {"filters": {"conjunction": "and", "items": [{"filter": "filter:tasks:data.text", "operator": operator, "type": "String", "value": value}]}, **more}


@ours
def test_tasks_of_a_query(project):
    """Those of /api/tasks with the same query, and of them those with annotations."""
    ids, one = project.ids, json.dumps(by_text("equal", "text 0"))
    assert project.export(query=one) == project.export(ids=ids[0]) != []
    but_one = json.dumps({"selectedItems": {"all": True, "excluded": [ids[0]]}, "ordering": ["-tasks:id"]})
    assert [t["id"] for t in project.export(query=but_one)] == [ids[1]]
    assert [t["id"] for t in project.export(query=but_one, download_all_tasks="true")] == ids[1:]
    assert project.export(query="") == project.export()
    assert project.export(query=json.dumps(by_text("equal", "nowhere"))) == []


@ours
def test_tasks_of_a_view(project):
    view = owner().post("/api/dm/views/", {"project": project.id, "data": by_text("contains", "1")})["id"]
    assert [t["id"] for t in project.export(view=view)] == [project.ids[1]]
    other = owner().post("/api/dm/views/", {"project": Project().id, "data": {}})["id"]
    said = project.export(view=other, status=400)
    assert said["validation_errors"] == {"view": ["Project and View mismatch"]}
    stranger().get(project.path + "/export", view=view, status=404)
    project.export(view=2 ** 31 - 1, status=404)


@ours
@pytest.mark.parametrize("wrong", [{"query": "["}, {"query": "[]"}, {"query": json.dumps(by_text("nonsense", 1))}, {"view": "x"}, {"query": "{}", "ids": 1}])
def test_questions_that_are_none(project, wrong):
    project.export(status=400, **wrong)


@ours
@pytest.mark.parametrize("kind", ["CSV", "TSV"])
def test_columns_are_those_of_the_chosen(kind):
    made = Project(label_config=CHOICES)
    first, second = made.load([{"data": {"text": "a", "only": 1}, "annotations": [{"result": choice()}]}, {"data": {"text": "b", "here": 2}, "annotations": [{"result": choice()}]}])
    query = json.dumps(by_text("equal", "b"))
    chosen = owner().send("GET", made.path + "/export", params={"exportType": kind, "query": query}).text
    assert chosen == owner().send("GET", made.path + "/export", params={"exportType": kind, "ids": second}).text
    assert "here" in chosen and "only" not in chosen


def test_headers(project):
    answer = owner().send("GET", project.path + "/export", params={"exportType": "JSON"})
    assert answer.headers["Content-Type"] == "application/.json"
    name = re.fullmatch(r'attachment; filename="(project-(\d+)-at-\d{4}-\d\d-\d\d-\d\d-\d\d-[0-9a-f]{8}\.json)"', answer.headers["Content-Disposition"])
    assert name and int(name[2]) == project.id and answer.headers["filename"] == name[1]
    assert json.loads(answer.content) == project.export()


def test_the_two_names_of_the_format(project):
    for query in ({"exportType": "JSON"}, {"export_type": "JSON"}, {}, {"export_type": ""}):
        assert len(owner().get(project.path + "/export", **query)) == 2


@ours
@pytest.mark.parametrize("name", ["json", "NOTHING", "JSON_", "../JSON"])
def test_formats_that_are_not_there(project, name):
    assert owner().get(project.path + "/export", 400, exportType=name)["status_code"] == 400


def test_the_list_of_formats(project):
    formats = owner().get(project.path + "/export/formats")
    assert formats[0]["name"] == "JSON" and {"title", "description", "link", "name"} <= set(formats[0])
    enabled = [not f.get("disabled", False) for f in formats]
    assert enabled == sorted(enabled, reverse=True)


def test_nothing_to_export():
    assert Project().export() == [] and Project().export(download_all_tasks="true") == []


def test_tasks_from_files_name_them():
    project = Project()
    owner().call("POST", project.path + "/import", 201, files={"file": ("t.json", b'[{"text": "a"}]')})
    task, = project.export(download_all_tasks="true")
    assert task["file_upload"].endswith("-t.json")


def test_what_goes_in_comes_out():
    """An exported document imported elsewhere gives the same work."""
    source = Project()
    ids = source.load([{"data": {"text": f"t{i} é\u2028", "n": [1, 2.5, None, {"a": "b"}]}, "meta": {"i": i}} for i in range(1200)])
    for number in ids[::100]:
        annotate(owner(), number, lead_time=1.5)
    exported = source.export(download_all_tasks="true")
    assert len(exported) == 1200
    target = Project()
    target.load(exported)
    again = target.export(download_all_tasks="true")
    assert [(t["data"], t["meta"]) for t in again] == [(t["data"], t["meta"]) for t in exported]
    assert [[(a["result"], a["import_id"], a["lead_time"]) for a in t["annotations"]] for t in again] == [
        [(a["result"], a["id"], a["lead_time"]) for a in t["annotations"]] for t in exported]
    counted(source)
    counted(target)


def test_many_children_stay_with_their_tasks():
    project = Project(label_config=CHOICES)
    items = [{"data": {"text": f"t{i}"}, "annotations": [{"result": choice(region=f"{i}-{j}")} for j in range(i % 4)],
              "predictions": [{"result": choice(), "model_version": f"{i}"}] * (i % 3)} for i in range(1100)]
    project.load(items)
    for i, task in enumerate(project.export(download_all_tasks="true")):
        assert task["data"]["text"] == f"t{i}"
        assert [a["result"][0]["id"] for a in task["annotations"]] == [f"{i}-{j}" for j in range(i % 4)]
        assert len(task["predictions"]) == i % 3 and task["total_annotations"] == i % 4
    counted(project)


@ours
def test_an_export_shows_one_moment():
    """Submissions during the export are in it whole or not at all, and it is never torn."""
    project = Project()
    ids = project.texts(1500)
    stop = threading.Event()

    def work():
        for number in ids:
            if stop.is_set():
                return
            annotate(person("ann"), number)

    worker = threading.Thread(target=work)
    worker.start()
    for _ in range(5):
        for task in project.export(download_all_tasks="true"):
            assert task["total_annotations"] == len(task["annotations"])
    stop.set()
    worker.join()
    counted(project, owner(), person("ann"))


@ours
def test_who_may_export(project):
    stranger().get(project.path + "/export", 404)
    stranger().get(project.path + "/export/formats", 404)
    assert anonymous().send("GET", project.path + "/export").status_code == 401
    owner().get("/api/projects/2000000000/export", 404)
