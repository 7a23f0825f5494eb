"""The Data Manager page: its state, columns, tabs and rows, as a client without a browser sees them."""

import concurrent.futures
import functools
import html
import json
import re

import pytest

from dm import item
from people import browser_of, head_of_new_organization, member
from work import Project, annotate, eventually, locked, ours, owner, sql

pytestmark = ours

VIEWS = "/api/dm/views/"


@functools.cache
def tab(role):
    return browser_of(role)


@pytest.fixture
def project():
    made = Project(is_published=True)
    made.tasks = made.texts(3)
    return made


def page(project, query="", role="OW", status=200):
    answer = tab(role).get(f"/projects/{project.id}/data{query}")
    assert answer.status_code == status, answer.text[-1500:]
    return answer.text


def columns(text):
    return [html.unescape(name) for name in re.findall(r'<th scope="col"[^>]* data-column="([^"]*)"', text)]


def rows(text):
    return [int(n) for n in re.findall(r'title="Open task (\d+)"', text)]


def cells(text, title):
    """Texts of a column, by row."""
    at = columns(text).index(title) - 1
    body = text[text.index("<tbody>"):text.index("</tbody>")]
    found = [re.findall(r'<td class="c-[^"]*">(.*?)</td>', row, re.S)[at] for row in body.split("</tr>")[:-1]]
    return [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in found]


def send(project, form, query="", role="OW", status=303, **fields):
    answer = tab(role).form(f"/projects/{project.id}/data/{form}{query}", fields)
    assert answer.status_code == status, answer.text[-1500:]
    return answer.headers.get("Location", "")


def views(project, api=None):
    return (api or owner()).get(f"{VIEWS}?project={project.id}")


# ---- columns ----

def test_columns_are_those_of_the_address_of_the_tab_of_the_person_or_the_usual_ones(project):
    assert columns(page(project)) == ["id", "data.text", "is_labeled", "annotators", "annotations_results", "total_annotations",
                                      "total_predictions", "updated_at"]
    send(project, "look", action="columns", column=["data.text", "inner_id"])
    assert columns(page(project)) == ["id", "data.text", "inner_id"]
    assert columns(page(project, "?columns=created_at,nothing,data.text")) == ["id", "created_at", "data.text"]
    hidden = [f"tasks:{name}" for name in columns(page(project)) if name != "data.text"]
    view = owner().post(VIEWS, {"project": project.id, "data": {"title": "T", "hiddenColumns": {"explore": hidden, "labeling": []}}}, 201)["id"]
    shown = columns(page(project, f"?tab={view}"))
    assert shown[:2] == ["id", "data.text"] and "inner_id" not in shown and "total_annotations" in shown
    send(project, "look", action="reset")
    assert "is_labeled" in columns(page(project))


def test_columns_of_others_stay_theirs(project):
    send(project, "look", action="columns", column=["inner_id"], role="MA")
    assert columns(page(project, role="MA")) == ["id", "inner_id"] != columns(page(project))


def test_columns_are_moved_by_buttons(project):
    send(project, "look", column=["data.text", "inner_id", "meta"], move="up:inner_id")
    assert columns(page(project)) == ["id", "inner_id", "data.text"]  # there is no such column as the last
    send(project, "look", column=["inner_id", "data.text"], move="down:inner_id")
    assert columns(page(project)) == ["id", "data.text", "inner_id"]


def test_a_field_may_be_called_anything():
    made = Project(label_config="<View/>")
    made.load([{"a,b": 1, "a": 2, '"<&': 3}])
    assert set(columns(page(made))) >= {"data.a,b", "data.a", 'data."<&'}
    assert columns(page(made, "?columns=data.a%2Cb,data.a")) == ["id", "data.a,b", "data.a"]


def test_in_an_open_tab_columns_go_into_the_address(project):
    view = owner().post(VIEWS, {"project": project.id, "data": {"title": "T"}}, 201)["id"]
    assert send(project, "look", f"?tab={view}", action="columns", column=["inner_id"]).endswith(f"/data?tab={view}&columns=inner_id")
    text = page(project, f"?tab={view}&columns=inner_id")
    assert columns(text) == ["id", "inner_id"] and "Save to tab" in text and "Save to tab" not in page(project, f"?tab={view}")


def test_widths_are_kept_by_tab(project):
    view = owner().post(VIEWS, {"project": project.id, "data": {"title": "T", "columnsWidth": {"tasks:data.text": 95}}}, 201)["id"]
    assert 'num"' in page(project) and ' w5"' in page(project, f"?tab={view}")
    send(project, "look", action="width", column="data.text", width=400, status=204)
    assert ' w20"' in page(project) and ' w20"' not in page(project, f"?tab={view}")
    send(project, "look", f"?tab={view}", action="width", column="data.text", width=5000 - 1001, status=204)
    assert ' w40"' in page(project, f"?tab={view}") and ' w20"' in page(project)
    for wrong in ({"column": "id", "width": "wide"}, {"column": "", "width": "3"}, {"width": "3"}, {"column": "data.gone", "width": "200"}):
        send(project, "look", action="width", status=400, **wrong)
    send(project, "look", action="nothing", status=400)


def test_widths_go_with_their_tab_and_column(project):
    def kept():
        return json.loads(sql(f"SELECT data -> 'widths' FROM task_look WHERE project_id = {project.id}"))
    view = owner().post(VIEWS, {"project": project.id, "data": {"title": "T"}}, 201)["id"]
    for query, column in (("", "data.text"), ("", "id"), (f"?tab={view}", "data.text")):
        send(project, "look", query, action="width", column=column, width=200, status=204)
    assert kept() == {"0": {"data.text": 200, "id": 200}, str(view): {"data.text": 200}}
    send(project, "look", action="columns", column=["data.text"])        # beside the rest of the look
    owner().delete(f"{VIEWS}{view}/")
    for task in project.tasks:
        owner().patch(f"/api/tasks/{task}/", {"data": {"other": "x"}})
    project.change(label_config="<View/>")
    send(project, "look", action="width", column="id", width=100, status=204)
    assert kept() == {"0": {"id": 100}}


def test_cards_and_their_size(project):
    send(project, "look", action="layout", type="grid", size="l")
    text = page(project)
    assert "large-cards" in text and "<table" not in text and rows(text) == project.tasks
    assert "<table" in page(project, "?type=list") and "small-cards" in page(project, "?size=s")
    view = owner().post(VIEWS, {"project": project.id, "data": {"type": "grid", "gridWidth": 6}}, 201)["id"]
    assert "small-cards" in page(project, f"?tab={view}")
    send(project, "look", action="layout", type="list", size="m")
    assert "<table" in page(project)


# ---- rows ----

def test_what_cells_say(project):
    first, second, _ = project.tasks
    annotate(owner(), first, lead_time=73.2)
    annotate(member("AN"), first, value="B")
    owner().post("/api/predictions/", {"task": second, "model_version": "v1", "score": 0.734, "result": [
        {"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["A"]}}]}, 201)
    project.change(model_version="v1")
    text = page(project, "?columns=annotations_results,predictions_results,annotators,avg_lead_time,predictions_score,"
                         "predictions_model_versions,annotations_ids,total_annotations,completed_at,draft_exists,is_labeled")
    assert cells(text, "annotations_results") == ["label: A, B", "", ""]
    assert cells(text, "predictions_results") == ["", "label: A", ""]
    assert cells(text, "avg_lead_time")[0].endswith(" s") and cells(text, "avg_lead_time")[1:] == ["", ""]
    assert cells(text, "predictions_score") == ["", "0.734", ""]
    assert cells(text, "predictions_model_versions") == ["", "v1", ""]
    assert cells(text, "total_annotations") == ["2", "0", "0"]
    assert re.fullmatch(r"\d+, \d+", cells(text, "annotations_ids")[0])
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d", cells(text, "completed_at")[0]) and cells(text, "completed_at")[2] == ""
    assert member("AN").address.split("@")[0] in cells(text, "annotators")[0] and cells(text, "annotators")[1] == ""
    assert cells(text, "is_labeled") == ["Labelled", "To do", "To do"]


def test_annotators_see_only_their_own_in_cells(project):
    annotate(owner(), project.tasks[0])
    annotate(member("AN"), project.tasks[0], value="B")
    text = page(project, "?columns=annotations_results,annotators", role="AN")
    assert rows(text) == project.tasks[:1] and cells(text, "annotations_results") == ["label: B"]
    assert member("OW").address.split("@")[0] not in cells(text, "annotators")[0]


REGION = {"from_name": "box", "to_name": "image", "type": "rectanglelabels"}


def region(label, n):
    return {**REGION, "id": f"r{n}", "value": {"x": n, "y": 1, "width": 5, "height": 5, "rotation": 0, "rectanglelabels": [label]}}


def test_results_in_words_count_labels():
    made = Project(label_config='<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image">'
                                '<Label value="Car"/><Label value="Person"/></RectangleLabels><TextArea name="note" toName="image"/></View>')
    made.load([{"image": "/static/samples/street-1.png"}, {"image": "s3://bucket/a.jpg"}, {"image": "https://example.com/a.png?x"}])
    task = rows(page(made))[0]
    note = {"id": "n", "from_name": "note", "to_name": "image", "type": "textarea", "value": {"text": ["wet road"]}}
    owner().post(f"/api/tasks/{task}/annotations/", {"result": [region("Person", 1), region("Car", 2), region("Car", 3), note,
                 {"type": "relation", "from_id": "r1", "to_id": "r2", "direction": "right"}]}, 201)
    text = page(made)
    assert cells(text, "annotations_results")[0] == "1 Person · 2 Car · note: wet road · 1 relation"
    sources = re.findall(r'<img class="thumb" src="([^"]*)" alt="([^"]*)"', text)
    assert sources == [("/static/samples/street-1.png", "street-1.png"), (f"/projects/{made.id}/resolve/?fileuri=czM6Ly9idWNrZXQvYS5qcGc", "a.jpg"),
                       ("https://example.com/a.png?x", "a.png")]


def test_the_box_looks_in_the_data_beside_any_filter():
    made = Project()
    tasks = made.load([{"text": "a zebra"}, {"text": "a ZEBRA too"}, {"text": "text"}])
    assert rows(page(made, "?q=zebra")) == tasks[:2] and rows(page(made, "?q=too&state=todo")) == tasks[1:2]
    assert rows(page(made, "?q=text")) == tasks[2:]  # values, not the names of fields
    assert "No task matches" in page(made, "?q=nothing") and 'value="nothing"' in page(made, "?q=nothing")
    filters = {"conjunction": "or", "items": [item("id", "equal", "Number", tasks[0]), item("id", "equal", "Number", tasks[2])]}
    view = owner().post(VIEWS, {"project": made.id, "data": {"title": "Two", "filters": filters}}, 201)["id"]
    assert rows(page(made, f"?tab={view}")) == [tasks[0], tasks[2]] and rows(page(made, f"?tab={view}&q=zebra")) == tasks[:1]


# ---- tabs ----

def test_a_tab_is_made_from_what_is_shown_and_clients_read_it(project):
    where = send(project, "tabs", "?q=x&ordering=-data.text&as=number&columns=inner_id,data.text&type=grid&size=l", action="create", title="  Mine ")
    view = views(project)[0]
    data = view["data"]
    assert where.endswith(f"/data?tab={view['id']}") and view["is_private"] and data["title"] == "Mine"
    assert data["ordering"] == ["-tasks:data.text"] and data["columnsDisplayType"] == {"tasks:data.text": "Number"}
    assert data["type"] == "grid" and data["gridWidth"] == 2 and data["filters"]["items"][0]["value"] == "x"
    assert data["columnsOrder"] == ["tasks:id", "tasks:inner_id", "tasks:data.text"] and "tasks:is_labeled" in data["hiddenColumns"]["explore"]
    assert 'title="Mine' in page(project) and 'title="Mine' not in page(project, role="MA")
    assert "large-cards" in page(project, f"?tab={view['id']}")


def test_what_a_menu_does_with_a_tab(project):
    for title in ("one", "two"):
        send(project, "tabs", action="create", title=title)
    one, two = (view["id"] for view in views(project))
    titles = lambda: [view["data"]["title"] for view in views(project)]
    send(project, "tabs", f"?tab={one}", action="rename", title="Uno")
    send(project, "tabs", f"?tab={one}", action="rename", title=" ")  # no name: it keeps the one it has
    assert titles() == ["Uno", "two"]
    send(project, "tabs", f"?tab={one}", action="right")
    assert titles() == ["two", "Uno"]
    send(project, "tabs", action="place", view=one, place=0)
    assert titles() == ["Uno", "two"]
    send(project, "tabs", f"?tab={two}", action="left")
    assert titles() == ["two", "Uno"]
    send(project, "tabs", f"?tab={two}", action="create", title="two")
    assert titles() == ["two", "Uno", "two, copy"]
    send(project, "tabs", f"?tab={one}", action="share")
    assert [view["id"] for view in views(project, member("MA"))] == [one] and 'title="Uno' in page(project, role="AN")
    assert 'value="keep"' not in page(project, f"?tab={one}", "MA")
    send(project, "tabs", f"?tab={one}", role="MA", action="keep", status=403)
    send(project, "tabs", f"?tab={one}", action="keep")
    assert views(project, member("MA")) == []
    send(project, "tabs", f"?tab={one}&ordering=-id&q=x", action="save")
    assert next(view for view in views(project) if view["id"] == one)["data"]["ordering"] == ["-tasks:id"]
    send(project, "tabs", f"?tab={one}", action="nothing", status=400)
    send(project, "tabs", action="place", view="x", place=0, status=400)


def test_a_deleted_tab_comes_back(project):
    send(project, "tabs", action="create", title="Gone")
    view = views(project)[0]["id"]
    send(project, "tabs", f"?tab={view}", action="delete")
    assert views(project) == [] and owner().get(f"{VIEWS}{view}/", 404) and "Gone" not in page(project, f"?tab={view}").split("data-toasts")[0]
    owner().get(f"/api/tasks/?view={view}", 404)
    assert send(project, "tabs", action="restore", view=view).endswith(f"?tab={view}")
    assert [v["id"] for v in views(project)] == [view]
    send(project, "tabs", f"?tab={view}", action="delete")
    sql(f"UPDATE view SET deleted_at = now() - interval '2 days' WHERE id = {view}")
    send(project, "tabs", action="create", title="Another")
    send(project, "tabs", f"?tab={views(project)[0]['id']}", action="delete")
    assert sql(f"SELECT count(*) FROM view WHERE id = {view}") == "0"
    assert send(project, "tabs", action="restore", view=view).endswith("/data")


def test_tabs_of_others_cannot_be_reached(project):
    send(project, "tabs", action="create", title="Private")
    view = views(project)[0]["id"]
    for action in ("rename", "save", "delete", "share", "left"):
        assert send(project, "tabs", f"?tab={view}", role="MA", action=action, title="x").endswith("/data")
    send(project, "tabs", role="MA", action="place", view=view, place=0, status=404)
    other = Project()
    send(other, "tabs", action="place", view=view, place=0, status=404)
    assert send(other, "tabs", f"?tab={view}", action="delete").endswith("/data")
    assert send(project, "tabs", role="MA", action="restore", view=view).endswith("/data")
    assert [v["data"]["title"] for v in views(project)] == ["Private"]


def test_annotators_choose_columns_but_make_no_tabs(project):
    send(project, "tabs", role="AN", action="create", title="x", status=403)
    send(project, "look", role="AN", action="columns", column=["inner_id"])
    annotate(member("AN"), project.tasks[0])
    assert columns(page(project, role="AN")) == ["id", "inner_id"] and "dm-tab-new" not in page(project, role="AN")


# ---- figures, strangers, nonsense ----

def test_figures_follow(project):
    annotate(owner(), project.tasks[0])
    answer = tab("OW").get(f"/projects/{project.id}/data/figures")
    assert answer.json() == {"done": "1", "total": "3", "today": "1", "annotators": "1 annotator"}


def test_projects_of_others_are_not_there(project):
    stranger = Project(head_of_new_organization())
    page(stranger, status=404)
    send(stranger, "look", action="reset", status=404)
    send(stranger, "tabs", action="create", title="x", status=404)
    assert tab("OW").get(f"/projects/{stranger.id}/data/figures").status_code == 404


@pytest.mark.parametrize("query", ["?tab=x", "?tab=-1", "?tab=99999999999", "?page=0", "?page=x", "?size=xl&type=cube", "?columns=,,", "?quick=-3", "?as=number",
                                   "?after=x&at=-1&state=done"])
def test_nonsense_is_passed_over(project, query):
    page(project, query)


@pytest.mark.parametrize("query", ["?ordering=nothing", "?ordering=-"])
def test_what_cannot_be_asked_is_said(project, query):
    text = page(project, query)
    assert rows(text) == [] and "Unknown column" in text and "0 tasks" not in text


STOPPED = """SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE 'labeld%'"""


def test_what_takes_too_long_is_advised(project):
    """A statement that is cancelled ends as one does that is over its time."""
    query = "?q=sentence&f1=data.text&o1=contains&v1=sentence&f2=draft_exists&o2=equal&v2=false"
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        for role, hint in (("OW", f'/projects/{project.id}/settings/indexes?key=text&kind=contains#ask'), ("RE", "Who manages the project can ask for one")):
            tab(role)
            with locked("draft"):
                shown = pool.submit(page, project, query, role)
                eventually(lambda: sql(STOPPED) and shown.done())
                text = html.unescape(shown.result())
            assert "took too long" in text and "reads every field of every task" in text and hint in text
            assert "No task matches" not in text and 'value="sentence"' in text
    assert "data-problem" not in page(project, query)


def test_a_page_behind_the_last_is_the_last(project):
    assert rows(page(project, "?page=7")) == project.tasks == rows(page(project, "?page=7&ordering=inner_id"))


def test_reviewers_who_are_not_to_know(project):
    annotate(owner(), project.tasks[0])
    asked = "?columns=id,annotators,updated_by,total_annotations"
    assert columns(page(project, asked, "RE")) == ["id", "annotators", "updated_by", "total_annotations"]
    project.change(review_settings={"anonymize_annotations": True})
    assert columns(page(project, asked, "RE")) == ["id", "total_annotations"]
    assert columns(page(project, asked, "MA")) == ["id", "annotators", "updated_by", "total_annotations"]
    listed = {role: {c["id"] for c in tab(role).get("/api/dm/columns", params={"project": project.id}).json()["columns"]} for role in ("RE", "MA")}
    assert listed["MA"] - listed["RE"] == {"annotators", "updated_by"}
    asked = {"filters": {"conjunction": "and", "items": [{"filter": "filter:tasks:annotators", "operator": "contains", "type": "List", "value": owner().id}]}}
    for query, status in ((asked, 400), ({"ordering": ["tasks:updated_by"]}, 400), ({"ordering": ["tasks:reviewers"]}, 200)):
        assert tab("RE").get("/api/tasks/", params={"project": project.id, "query": json.dumps(query)}).status_code == status
        assert tab("MA").get("/api/tasks/", params={"project": project.id, "query": json.dumps(query)}).status_code == 200
