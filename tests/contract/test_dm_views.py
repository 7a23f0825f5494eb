"""Views of the Data Manager, its columns and its project."""

import pytest

from dm import Found, five, item, query
from people import member
from work import Project, annotate, choice, ours, owner, person, skip, stranger

VIEWS = "/api/dm/views/"


def errors(answer):
    return answer["validation_errors"]


@pytest.fixture
def project():
    made = Project()
    made.texts(3)
    return made


def create(project, data=None, **fields):
    return owner().post(VIEWS, {"project": project.id, **({} if data is None else {"data": data}), **fields})


FILTERS = {"conjunction": "and", "items": [item("id", "greater", "Number", 1, item("id", "less", "Number", 10 ** 9))]}


def test_create_read_change_delete(project):
    data = {"title": "Tab", "type": "list", "hiddenColumns": {"explore": [], "labeling": []}, "filters": FILTERS, "ordering": ["-tasks:id"]}
    view = create(project, data)
    assert view == {"id": view["id"], "data": data, "order": 0, "user": owner().id, "project": project.id}
    path = f"{VIEWS}{view['id']}/"
    assert owner().get(path) == view == owner().get(path[:-1])
    changed = owner().patch(path, {"data": {"y": 2}})
    assert changed["data"] == {"y": 2, "filters": FILTERS, "ordering": ["-tasks:id"]}
    none = {"conjunction": "or", "items": []}
    assert owner().patch(path, {"data": {"filters": none}})["data"] == {"filters": none, "ordering": ["-tasks:id"]}
    assert owner().patch(path, {"data": {"ordering": ["tasks:inner_id"]}, "order": 7})["order"] == 0
    replaced = owner().put(path, {"project": project.id, "data": {"title": "U"}})
    assert replaced["data"] == {"title": "U", "filters": none, "ordering": ["tasks:inner_id"]}
    assert errors(owner().put(path, {"data": {}}, 400)) == {"project": ["This field is required."]}
    owner().delete(path)
    assert owner().delete(path, 404)["detail"] == owner().get(path, 404)["detail"] == "No View matches the given query."


@ours
def test_an_order_can_be_taken_back(project):
    path = f"{VIEWS}{create(project, {'ordering': ['tasks:id']})['id']}/"
    assert owner().patch(path, {})["data"] == {"ordering": ["tasks:id"]}
    assert owner().patch(path, {"data": {"ordering": []}})["data"] == {}


def test_the_least(project):
    assert create(project)["data"] == {}
    assert errors(owner().post(VIEWS, {}, 400)) == {"project": ["This field is required."]}
    assert errors(owner().post(VIEWS, {"project": 2000000000}, 400)) == {"project": ['Invalid pk "2000000000" - object does not exist.']}


@pytest.mark.parametrize("bad, problem", [
    ({"filter": "tasks:id"}, {"column": ['Filter "tasks:id" should start with "filter:tasks:"']}),
    ({"filter": "filter:tasks:a__b"}, {"column": ['"__" is not generally allowed in filters. Consider asking your administrator to add "a__b" to '
                                                  "DATA_MANAGER_FILTER_ALLOWLIST, but note that some filter expressions may pose a security risk"]}),
])
def test_names_of_filters(project, bad, problem):
    sent = {"filters": {"conjunction": "and", "items": [{**item("id", "equal", "Number", 1), **bad}]}}
    answer = owner().post(VIEWS, {"project": project.id, "data": sent}, 400)
    assert errors(answer) == {"filter_group": {"filters": [problem]}}


def test_list_and_order(project):
    first, second = create(project, {"title": "1"}), create(project, {"title": "2"})
    third = create(project, {"title": "3", "filters": FILTERS})
    assert [v["order"] for v in (first, second, third)] == [0, 0, 2]

    def listed():
        return [v["id"] for v in owner().get(VIEWS, project=project.id)]

    assert listed() == [first["id"], second["id"], third["id"]]
    answer = owner().send("POST", VIEWS + "order/", json={"project": project.id, "ids": [third["id"], 2000000000, first["id"]]})
    assert answer.status_code == 200 and not answer.content
    assert listed() == [second["id"], third["id"], first["id"]] or listed() == [third["id"], second["id"], first["id"]]
    assert [v["order"] for v in owner().get(VIEWS, project=project.id) if v["id"] == first["id"]] in ([2], [1])
    assert errors(owner().post(VIEWS + "order/", {"project": project.id, "ids": []}, 400)) == {"ids": ["This list may not be empty."]}
    assert errors(owner().post(VIEWS + "order", {"ids": [1]}, 400)) == {"project": ["This field is required."]}
    owner().post(VIEWS + "order/", {"project": 2000000000, "ids": [1]}, 404)
    assert {v["id"] for v in owner().get(VIEWS)} >= set(listed())


@pytest.mark.parametrize("number", ["2000000000", "x"])
def test_list_of_no_project(number):
    problem = {"project": ["Select a valid choice. That choice is not one of the available choices."]}
    assert errors(owner().get(VIEWS, 400, project=number)) == problem


def test_reset(project):
    create(project), create(project)
    other = Project()
    kept = create(other)
    assert errors(owner().delete(VIEWS + "reset/", 400, json={})) == {"project": ["This field may not be null."]}
    owner().delete(VIEWS + "reset/", json={"project": project.id})
    assert owner().get(VIEWS, project=project.id) == []
    assert [v["id"] for v in owner().get(VIEWS, project=other.id)] == [kept["id"]]
    owner().delete(f"{VIEWS}reset/?project={other.id}")
    assert owner().get(VIEWS, project=other.id) == []


def test_the_tasks_of_a_view():
    tasks = five()
    shown = {"tasks:data.n": "Number"}
    view = create(tasks.project, {"filters": {"conjunction": "and", "items": [item("data.n", "empty", "Boolean", False)]},
                                  "ordering": ["-tasks:data.n"], "columnsDisplayType": shown})["id"]
    places = [tasks.ids.index(t["id"]) + 1 for t in owner().get("/api/tasks/", view=view)["tasks"]]
    assert places == [5, 2, 1, 3]
    both = owner().get("/api/tasks/", view=view, project=tasks.project.id, query='{"ordering": ["tasks:id"]}')
    assert [tasks.ids.index(t["id"]) + 1 for t in both["tasks"]] == places      # the view wins
    chosen = create(tasks.project, {"selectedItems": {"all": False, "included": tasks.ids[:1]}}, selected_items={"all": False, "included": tasks.ids[1:3]})
    assert chosen["data"]["selectedItems"] == {"all": False, "included": tasks.ids[1:3]}
    assert [t["id"] for t in owner().get("/api/tasks/", view=chosen["id"])["tasks"]] == tasks.ids[1:3]
    owner().get("/api/tasks/", 404, view=2000000000)


@ours
def test_a_view_of_another_project():
    project, other = Project(), Project()
    view = create(project)["id"]
    assert errors(owner().get("/api/tasks/", 400, view=view, project=other.id)) == {"view": ["Project and View mismatch"]}


@ours
def test_a_view_with_filters_that_make_no_sense_says_so(project):
    view = create(project, {"ordering": ["tasks:nothing"]})["id"]
    assert errors(owner().get("/api/tasks/", 400, view=view)) == {"ordering": ['Unknown column "nothing".']}


@ours
def test_private_views(project):
    mine = create(project, {"title": "mine"}, is_private=True)
    shared = create(project, {"title": "shared"})
    assert mine["is_private"] is True and "is_private" not in shared
    ann = person("ann")
    assert [v["id"] for v in ann.get(VIEWS, project=project.id)] == [shared["id"]]
    path = f"{VIEWS}{mine['id']}/"
    for call in (lambda: ann.get(path, 404), lambda: ann.patch(path, {"data": {}}, 404), lambda: ann.delete(path, 404),
                 lambda: ann.get("/api/tasks/", 404, view=mine["id"])):
        assert call()["detail"] == "No View matches the given query."
    ann.delete(VIEWS + "reset/", json={"project": project.id})
    assert [v["id"] for v in owner().get(VIEWS, project=project.id)] == [mine["id"]]
    assert "is_private" not in owner().patch(path, {"is_private": False})
    assert [v["id"] for v in ann.get(VIEWS, project=project.id)] == [mine["id"]]


@ours
def test_other_peoples_views(project):
    path = f"{VIEWS}{create(project)['id']}/"
    for method in ("GET", "PATCH", "PUT", "DELETE"):
        stranger().call(method, path, 404, json={"project": project.id, "data": {}})
    stranger().get(VIEWS, 400, project=project.id)
    stranger().get("/api/dm/columns/", 404, project=project.id)
    stranger().get("/api/dm/project/", 404, project=project.id)
    assert owner().get(path)


# ---- columns ----

FIXED = ["id", "inner_id", "completed_at", "total_annotations", "cancelled_annotations", "total_predictions", "annotators",
         "annotations_results", "annotations_ids", "predictions_score", "predictions_model_versions", "predictions_results", "file_upload",
         "storage_filename", "created_at", "updated_at", "updated_by", "avg_lead_time", "draft_exists"]


def test_columns():
    tasks, ann = five(), person("ann")
    columns = {c["id"]: c for c in owner().get("/api/dm/columns/", project=tasks.project.id)["columns"]}
    assert list(columns) == ["text", "b", "k", "l", "n", "o", "a.b", *FIXED, "data"]
    assert columns["text"] == {"id": "text", "title": "text", "type": "String", "target": "tasks", "parent": "data",
                               "visibility_defaults": {"explore": True, "labeling": True}, "project_defined": True}
    assert columns["n"]["type"] == "Unknown" and columns["n"]["visibility_defaults"] == {"explore": True, "labeling": False}
    assert {owner().id, ann.id} <= set(columns["annotators"]["schema"]["items"])
    versions = columns["predictions_model_versions"]["schema"]
    assert sorted(versions["items"]) == ["v1", "v2", "w"] and versions["multiple"] is True
    assert columns["total_annotations"] == {"id": "total_annotations", "title": "Annotations", "type": "Number", "target": "tasks",
                                            "help": "Total annotations per task", "project_defined": False,
                                            "visibility_defaults": {"explore": True, "labeling": True}}
    assert columns["data"] == {"id": "data", "title": "data", "type": "List", "target": "tasks", "project_defined": False,
                               "children": ["text", "b", "k", "l", "n", "o", "a.b"]}
    owner().get("/api/dm/columns/", 404, project=2000000000)


def test_columns_of_pictures():
    made = Project(label_config='<View><Image name="i" value="$pic"/><Text name="t" value="$words"/>'
                                '<Choices name="label" toName="i"><Choice value="A"/></Choices></View>')
    made.load([{"pic": "http://example.com/a.png", "words": "x"}])
    columns = owner().get("/api/dm/columns/", project=made.id)["columns"]
    assert [(c["id"], c["type"]) for c in columns[:2]] == [("pic", "Image"), ("words", "String")]


def test_project(project):
    project.change(maximum_annotations=2)
    task = project.list()["tasks"][0]["id"]
    annotate(owner(), task)
    skip(owner(), task)
    shown = owner().get("/api/dm/project/", project=project.id)
    assert shown["id"] == project.id and shown["task_number"] is None
    assert (shown["task_count"], shown["annotation_count"], shown["queue_total"], shown["queue_done"]) == (3, 2, 3, 1)
    assert shown["can_delete_tasks"] is shown["can_manage_annotations"] is shown["can_manage_tasks"] is True
    assert shown["source_syncing"] is shown["target_syncing"] is False and shown["config_has_control_tags"] is True and shown["state"] is None
    owner().get("/api/dm/project/", 404, project=2000000000)


# ---- annotators ----


@ours
def test_annotators_find_their_own_work_only():
    ann = member("AN")
    project = Project(is_published=True, maximum_annotations=2)
    ids = project.texts(3)
    annotate(ann, ids[0])
    annotate(owner(), ids[0], "B")
    annotate(owner(), ids[1], "B")
    found = Found(project, ids, ann)
    assert found.places(query(ordering=["-tasks:id"])) == [1]
    assert found.list(query(item("id", "greater", "Number", 0)))["total"] == 1
    assert found.places(query(item("annotations_results", "contains", "String", '"A"'))) == [1]
    assert found.places(query(item("annotations_results", "contains", "String", '"B"'))) == []
    assert found.places(query(item("annotators", "contains", "List", owner().id))) == []
    assert found.list(query(ordering=["tasks:annotators"]))["tasks"][0]["annotators"] == [ann.id]


# ---- the stream of a query ----


@pytest.fixture
def stream():
    made = Project(is_published=True)
    return Found(made, made.load([{"text": text} for text in "abcd"]))


def next_of(found, api=None, status=200, **kw):
    answer = (api or owner()).call("GET", found.project.path + "/next/", status, **kw)
    return (found.ids.index(answer["id"]) + 1, answer["queue"]) if status == 200 else answer["detail"]


def test_next_of_a_query(stream):
    assert next_of(stream) == (1, "Sequence queue")
    for _ in range(2):
        assert next_of(stream, json=query(ordering=["-tasks:id"])) == (4, "Data manager queue")
    assert next_of(stream, json={"filters": {"conjunction": "and", "items": []}}) == (1, "Data manager queue")
    assert next_of(stream, json=query(selectedItems={"all": False, "included": stream.ids[1:2]})) == (2, "Data manager queue")
    assert next_of(stream, json=query(item("data.text", "equal", "String", "z")), status=404) == f"There are no tasks for {owner().email}"
    assert next_of(stream, json=query(ordering=["-tasks:data.text"])) == (4, "Data manager queue")
    annotate(owner(), stream.ids[3])
    assert next_of(stream, json=query(ordering=["-tasks:id"])) == (3, "Data manager queue")
    assert next_of(stream, json=query(ordering=["-tasks:data.text"])) == (3, "Data manager queue")
    assert next_of(stream, json={"other": 1})[1] == "Task lock"
    got = owner().call("GET", stream.project.path + "/next/", 200, json=query(ordering=["-tasks:id"]))
    assert got["unique_lock_id"] and got["annotations"] == [] and {"predictions", "drafts", "data"} <= set(got)


def test_next_of_a_view(stream):
    b = create(stream.project, {"filters": {"conjunction": "and", "items": [item("data.text", "contains", "String", "b")]}})["id"]
    down = create(stream.project, {"ordering": ["-tasks:id"]})["id"]
    assert next_of(stream, params={"view": b}) == (2, "Sequence queue")
    assert next_of(stream, params={"view": b}) == (2, "Task lock")
    assert next_of(stream, params={"view": down}) == (2, "Task lock")
    annotate(owner(), stream.ids[1])
    assert next_of(stream, params={"view": down}) == (4, "Sequence queue")
    assert "There are no tasks" in next_of(stream, params={"view": b}, status=404)
    assert next_of(stream, params={"view": 2000000000}, status=404) == "No View matches the given query."


@ours
def test_next_of_a_query_spares_what_others_hold(stream):
    ann, asked = member("AN"), query(ordering=["tasks:id"])
    view = create(stream.project, {"ordering": ["-tasks:id"]})["id"]
    assert next_of(stream, json=asked) == (1, "Data manager queue")
    assert next_of(stream, ann, json=asked) == (2, "Data manager queue")
    assert next_of(stream, ann, params={"view": view}) == (2, "Task lock")
    other = create(Project())["id"]
    assert "mismatch" in str(owner().get(stream.project.path + "/next/", 400, view=other))
    bad = owner().call("GET", stream.project.path + "/next/", 400, json=query(item("nothing", "equal", "Number", 1)))
    assert errors(bad) == {"filters": ['Unknown column "nothing".']}
    one = query(selectedItems={"all": False, "included": stream.ids[:1]})
    assert next_of(stream, ann, json=one) == (1, "Data manager queue")      # when nothing else is left
