"""What is done from the task table to picked tasks, as the forms of its page send it without JavaScript. labeld only."""

import functools
import html
import json
import re
import time

import pytest

from people import Browser, Person, browser_of, head_of_new_organization, member
from test_dm_actions import assigned
from work import Project, annotate, choice, locked, ours, owner, sql

pytestmark = ours


@functools.cache
def tab(role):
    return browser_of(role)


@pytest.fixture
def project():
    made = Project(is_published=True, label_config="<View><Text name='text' value='$text'/><Choices name='label' toName='text'>"
                                                   "<Choice value='A'/><Choice value='B'/></Choices></View>")
    made.ids = made.load([{"data": {"text": text}, "predictions": [{"result": choice("A"), "score": 0.5, "model_version": "v"}]}
                          for text in ("one", "two", "two", "three")])
    return made


def table(project, query=""):
    return f"/projects/{project.id}/data{query}"


def send(project, action, query="", browser=None, status=303, **fields):
    answer = (browser or tab("OW")).form(table(project, query), {"action": action, **fields})
    assert answer.status_code == status, answer.text
    return answer


def do(project, action, query="", **fields):
    """Confirmed; gives what the next page says."""
    answer = send(project, action, query, confirmed="1", **fields)
    browser = tab("OW")
    page = browser.get(answer.headers["Location"]).text
    return html.unescape(re.search(r'<div class="toast (?:good|bad)">\s*<span class="grow">(.*?)</span>', page, re.S).group(1))


def meets(answer):
    return dict(re.findall(r"<dt>(\w+)</dt><dd><strong>([\d,]+)</strong></dd>", answer.text))


def left(project):
    return [t["id"] for t in project.tasks()]


def undo(project):
    """Presses the undo of the message that was shown last."""
    browser = tab("OW")
    page = send(project, "delete_tasks", confirmed="1", ids=project.ids[0])
    shown = browser.get(page.headers["Location"]).text
    form = re.search(r'<div class="toast good">.*?<form method="post" action="([^"]*)">(.*?)</form>', shown, re.S)
    fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form.group(2))}
    return browser.form(form.group(1), fields)


# ---- what will change ----


def test_the_page_says_what_it_meets(project):
    a, b, _, d = project.ids
    annotate(owner(), a)
    owner().post(f"/api/tasks/{b}/drafts/", {"result": choice("A"), "lead_time": 1})
    page = send(project, "delete_tasks", status=200, ids=[a, b])
    assert meets(page) == {"Tasks": "2", "Annotations": "1", "Predictions": "2", "Drafts": "1"}
    assert "30 days" in page.text and "in the background" not in page.text
    assert meets(send(project, "delete_tasks", status=200, all="1", **{"except": f"{a},{d}"})) == {
        "Tasks": "2", "Annotations": "0", "Predictions": "2", "Drafts": "1"}
    assert meets(send(project, "delete_tasks", "?state=done", status=200, all="1"))["Tasks"] == "1"
    assert meets(send(project, "delete_tasks", "?q=tw", status=200, all="1"))["Tasks"] == "2"
    assert meets(send(project, "delete_tasks_annotations", status=200, all="1")) == {"Tasks": "4", "Annotations": "1", "Drafts": "1"}
    gone = send(project, "delete_tasks", status=200, ids="2000000000")
    assert meets(gone)["Tasks"] == "0" and "None of the selected tasks" in gone.text
    assert left(project) == project.ids
    assert "No task is selected" in tab("OW").get(send(project, "delete_tasks").headers["Location"]).text


def test_the_menu_is_what_one_may_do(project):
    def menu(browser):
        return re.findall(r'name="action" value="(\w+)"', browser.get(table(project)).text.partition('id="dm-tasks"')[2])
    assert menu(tab("OW")) == ["label", "export", "assign", "retrieve_tasks_predictions", "predictions_to_annotations", "propagate_annotations", "add_data_field",
                                      "cache_labels", "remove_duplicates", "delete_tasks", "delete_tasks_annotations", "delete_tasks_predictions",
                                      "delete_tasks_reviews"]
    person = Person("AN")
    annotate(person, project.ids[0])
    assert "data-table" in Browser(person.address).get(table(project)).text
    assert menu(Browser(person.address)) == []
    assert "name=\"ids\"" not in Browser(person.address).get(table(project)).text
    for role in ("AN", "RE", "VO"):
        send(project, "delete_tasks", browser=tab(role), status=403, all="1", confirmed="1")
    elsewhere = Browser(head_of_new_organization().address)
    send(project, "delete_tasks", browser=elsewhere, status=404, all="1", confirmed="1")
    foreign = Project().texts(1)
    assert do(project, "delete_tasks", ids=foreign) == "Deleted 0 tasks."
    assert left(project) == project.ids


@pytest.mark.parametrize("fields", [{"action": "nothing"}, {"action": "relabel"}, {"action": ""}, {"action": "delete_tasks", "ids": "x"},
                                    {"action": "delete_tasks", "ids": "1,-2"}])
def test_what_is_no_action(project, fields):
    assert tab("OW").form(table(project), {"confirmed": "1", "all": "1" if fields["action"] != "delete_tasks" else "", **fields}).status_code == 400
    assert left(project) == project.ids


# ---- doing it ----


def test_deletion_and_its_undo(project):
    a, *rest = project.ids
    assert undo(project).headers["Location"] == table(project, "?")
    assert left(project) == project.ids
    assert do(project, "delete_tasks", "?ordering=-id", ids=a) == "Deleted 1 task."
    assert left(project) == rest
    annotate(owner(), rest[0])
    assert do(project, "delete_tasks_annotations", all="1", annotator=str(owner().id)) == "Deleted 1 annotation."
    assert sql(f"SELECT total_annotations FROM task WHERE id = {rest[0]}") == "0"
    assert do(project, "remove_duplicates", all="1") == "Removed 1 duplicate."
    assert left(project) == [rest[0], rest[2]]
    assert do(project, "delete_tasks", "?q=one", all="1") == "Deleted 0 tasks."
    assert do(project, "delete_tasks", all="1", **{"except": rest[2]}) == "Deleted 1 task."
    assert left(project) == [rest[2]]


def test_what_cannot_be_undone_is_typed(project):
    assert "Type “delete”" in send(project, "delete_tasks_predictions", status=200, all="1").text
    wrong = send(project, "delete_tasks_predictions", status=400, all="1", confirmed="1", typed="Delete!")
    assert "Type the word as it stands here." in wrong.text
    assert sql(f"SELECT count(*) FROM prediction WHERE project_id = {project.id}") == "4"
    assert do(project, "delete_tasks_predictions", ids=project.ids[:3], typed="delete") == "Deleted 3 predictions."
    assert sql(f"SELECT count(*) FROM prediction WHERE project_id = {project.id}") == "1"


def test_actions_with_fields(project):
    form = send(project, "predictions_to_annotations", status=200, all="1").text
    assert '<option value="v"' in form
    assert do(project, "predictions_to_annotations", ids=project.ids[:2], model_version="v") == "Created 2 annotations."
    assert do(project, "add_data_field", all="1", value_name="kind", value_type="String", value="new") == "Changed 4 tasks."
    assert {t["data"]["kind"] for t in project.tasks()} == {"new"}
    wrong = send(project, "add_data_field", status=400, all="1", confirmed="1", value_name="n", value_type="Expression", value="rm(1)")
    assert "choices(" in re.search(r'class="notice bad".*?</div>', wrong.text, re.S).group(0) and 'value="rm(1)"' in wrong.text
    source = project.tasks()[0]["annotations_ids"] or sql(f"SELECT min(id) FROM annotation WHERE project_id = {project.id}")
    assert do(project, "propagate_annotations", ids=project.ids[2:], source_annotation_id=source) == "Created 2 annotations."
    assert do(project, "cache_labels", all="1", control_tag="label", with_counters="Yes", source="Annotations") == "Labels written into 4 tasks."
    assert do(project, "retrieve_tasks_predictions", all="1").startswith("No model server is connected")


def test_assigning(project):
    ann, rev = str(member("AN").number), str(member("RE").number)
    form = send(project, "assign", status=200, all="1").text
    assert f'name="users" value="{ann}"' in form and 'value="RE"' in form
    assert do(project, "assign", work="AN", how="add", users=[ann, rev], all="1") == "Made 8 assignments."
    assert do(project, "assign", work="AN", how="replace", users=[ann], ids=project.ids[:2]) == "Made 0 assignments."
    assert assigned(project, "AN") == [{ann}, {ann}, {ann, rev}, {ann, rev}]
    assert do(project, "assign", work="RE", how="add", users=rev, ids=project.ids[0]) == "Made 1 assignment."
    assert do(project, "assign", work="AN", how="remove", users=[ann], ids=project.ids[0]) == "Removed 1 assignment."
    assert do(project, "assign", work="AN", how="remove", all="1") == "Removed 5 assignments."
    assert do(project, "assign", work="AN", how="sample", users=[ann, rev], percent="50", overlap="2", all="1") == "Made 4 assignments."
    assert sorted(map(len, assigned(project, "AN"))) == [0, 0, 2, 2] and assigned(project, "RE")[0] == {rev}
    assert "chosen" in send(project, "assign", status=400, all="1", confirmed="1", work="AN", how="add").text.lower()
    wrong = send(project, "assign", status=400, all="1", confirmed="1", work="AN", how="sample", users=[ann], percent="half", overlap="1")
    assert "A valid number is required." in wrong.text
    send(project, "assign", status=400, all="1", confirmed="1", work="AN", how="sample", users=[ann], percent="50", overlap="3")


# ---- labelling what was picked ----


def test_the_address_of_picked_tasks(project):
    a, b, *_ = project.ids
    there = send(project, "label", "?state=todo", ids=[a, b]).headers["Location"]
    assert there == table(project, f"?state=todo&labeling=1&ids={a},{b}")
    assert send(project, "label", all="1").headers["Location"] == table(project, "?labeling=1&all=1")
    assert send(project, "label", all="1", **{"except": a}).headers["Location"] == table(project, f"?labeling=1&all=1&except={a}")
    most = send(project, "label", ids=",".join(map(str, range(2 * 10 ** 9, 2 * 10 ** 9 + 200)))).headers["Location"]
    assert "&ids=2000000000," in most and tab("OW").get(most).status_code == 200


def test_more_picked_tasks_than_an_address_holds(project):
    many = ",".join(map(str, range(2 * 10 ** 9, 2 * 10 ** 9 + 3000)))
    a, b, c, d = project.ids
    there = send(project, "label", "?ordering=-id", ids=f"{many},{b},{d}").headers["Location"]
    assert re.fullmatch(re.escape(table(project, "?ordering=-id&labeling=1&picked=")) + r"\d+", there)
    asked, page = island(there)
    assert len(asked["query"]["selectedItems"]["included"]) == 3002 and "3,002 selected tasks" in page.text
    assert next_of(asked["query"], project) == d
    there = send(project, "export", "?q=t", all="1", **{"except": f"{many},{b}"}).headers["Location"]
    assert exported(project, there.split("/export")[1]) == ("What the table showed: 2 tasks", [c, d])
    other = Project()
    other.texts(1)
    query = there.split("?q=t")[1]
    for path in (table(other, f"?labeling=1{query}"), f"/projects/{other.id}/export?q=t{query}", table(project, "?labeling=1&picked=999999999")):
        gone = tab("OW").get(path)
        assert gone.status_code == 404
    assert tab("MA").get(table(project, f"?labeling=1{query}")).status_code == 404
    owner().get(project.path + "/export", 404, query=json.dumps({"selectedItems": {"picked": 999999999}}))
    assert tab("OW").get(table(project, "?labeling=1&picked=x")).status_code == 400
    for _ in range(20):
        send(project, "label", ids=many)
    assert tab("OW").get(table(project, f"?labeling=1{query}")).status_code == 404
    assert sql(f"SELECT count(*) FROM task_pick WHERE project_id = {project.id}") == "20"


# ---- exporting what is shown, or was picked ----


def exported(project, query):
    page = tab("OW").get(f"/projects/{project.id}/export{query}").text
    said = html.unescape(re.search(r'<option value="shown" selected>(.*?)<', page).group(1))
    now, everything = (html.unescape(v) for v in re.search(r'name="query".*?<option value="(.*?)">.*?<option value="(.*?)">', page, re.S).groups())
    assert everything == "" and 'value="true" checked' in page
    direct = [owner().get(project.path + "/export", query=q, download_all_tasks="true") for q in (now, everything)]
    assert [t["id"] for t in direct[1]] == project.ids
    where = html.unescape(re.search(r'action="([^"]*)" id="snapshot-form"', page).group(1))
    assert tab("OW").form(where, {"action": "make", "tasks": "shown", "title": "x", "usual": "true"}).status_code == 303
    newest = owner().get(project.path + "/exports/")[0]["id"]
    until = time.monotonic() + 60
    while owner().get(f"{project.path}/exports/{newest}/")["status"] != "completed":
        assert time.monotonic() < until
        time.sleep(0.02)
    ids = [t["id"] for t in owner().send("GET", f"{project.path}/exports/{newest}/download").json()]
    assert [t["id"] for t in direct[0]] == ids
    return said, ids


def test_the_export_of_what_is_shown(project):
    a, b, c, d = project.ids
    assert exported(project, "?q=two") == ("What the table showed: 2 tasks", [b, c])
    there = send(project, "export", "?q=t", ids=[b, d]).headers["Location"]
    assert there == f"/projects/{project.id}/export?q=t&ids={b},{d}"
    assert exported(project, there.split("/export")[1]) == ("What the table showed: 2 tasks", [b, d])
    assert exported(project, send(project, "export", all="1", **{"except": a}).headers["Location"].split("/export")[1])[1] == [b, c, d]
    assert "What the table showed" not in tab("OW").get(f"/projects/{project.id}/export").text


def island(path, browser=None):
    page = (browser or tab("OW")).get(path)
    assert page.status_code == 200, path
    return json.loads(re.search(r'id="labelling-data">(.*?)</script>', page.text, re.S).group(1)), page


def next_of(asked, project):
    task = owner().post("/api/dm/actions/", asked, 200, id="next_task", project=project.id)
    return task["id"]


def test_the_stream_of_picked_tasks(project):
    a, b, c, d = project.ids
    assert island(table(project, "?labeling=1"))[0]["query"] is None
    asked, page = island(table(project, f"?labeling=1&ids={c},{d}"))
    assert asked["query"]["selectedItems"] == {"all": False, "included": [c, d]} and asked["queue"] is None and "2 selected tasks" in page.text
    assert next_of(asked["query"], project) == c
    asked, _ = island(table(project, f"?labeling=1&all=1&except={a},{d}&ordering=-id"))
    assert asked["query"]["selectedItems"] == {"all": True, "excluded": [a, d]} and next_of(asked["query"], project) == c
    asked, page = island(table(project, "?labeling=1&q=three"))
    assert "selectedItems" not in asked["query"] and next_of(asked["query"], project) == d
    assert html.escape(table(project, "?q=three")) in page.text      # the way back
    view = owner().post("/api/dm/views/", {"project": project.id, "data": {}, "selected_items": {"all": False, "included": [a, b]}}, 201)["id"]
    asked, _ = island(table(project, f"?labeling=1&tab={view}&all=1&except={a}"))
    assert asked["query"]["selectedItems"] == {"all": False, "included": [b]}
    person = Person("AN")
    assert island(table(project, "?labeling=1&q=three"), Browser(person.address))[0]["query"]
    assert tab("OW").get(table(project, "?labeling=1&ids=x")).status_code == 400


# ---- beside the table ----


def test_the_quick_view(project):
    a, b, *_ = project.ids
    shown = tab("OW").get(table(project, f"?ordering=-id&quick={b}")).text
    assert f'<iframe src="{html.escape(table(project, f"?frame=1&task={b}"))}"' in shown
    assert html.escape(table(project, "?ordering=-id")) in shown
    data, page = island(table(project, f"?frame=1&task={b}"))
    assert data["framed"] is True and data["task_id"] == b and "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    data, page = island(table(project, f"?task={b}"))
    assert data["framed"] is False and "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    foreign, = Project().texts(1)
    for none in (foreign, 2000000000, 0, "x"):
        assert "<iframe" not in tab("OW").get(table(project, f"?quick={none}")).text
    assert tab("OW").get(table(project, f"?frame=1&task={foreign}")).status_code == 404


def test_more_than_was_shown_is_asked_about_again(project):
    shown = re.search(r'name="seen" value="(\d+)"', send(project, "delete_tasks", status=200, all="1").text).group(1)
    assert shown == "4"
    project.load([{"text": "five"}])
    again = send(project, "delete_tasks", status=400, all="1", confirmed="1", seen=shown)
    assert "More tasks match by now" in again.text and meets(again)["Tasks"] == "5" and 'name="seen" value="5"' in again.text
    assert len(left(project)) == 5
    send(project, "delete_tasks", all="1", confirmed="1", seen="5")
    assert left(project) == []


def test_what_cannot_be_counted_in_time(project):
    a, *_ = project.ids
    query = "?f1=draft_exists&o1=equal&v1=false"
    reach = lambda page: re.findall(r"<dt>(\w+)</dt><dd><strong>([^<]*)</strong></dd>", page.text)
    with locked("draft"):
        assert reach(send(project, "delete_tasks", status=200, ids=a)) == [("Tasks", "1"), ("Annotations", "0"), ("Predictions", "1")]
        page = send(project, "delete_tasks", query, status=200, all="1", total="4", **{"except": a})
        assert reach(page) == [("Tasks", "about 3")] and 'name="seen" value=""' in page.text and 'name="total" value="4"' in page.text
        assert "meets every task that matches when its turn comes" in page.text
        again = send(project, "delete_tasks", query, status=400, all="1", confirmed="1", seen="4")
        assert reach(again) == [("Tasks", "not counted")] and "could not be counted again in time" in again.text
    assert left(project) == project.ids
    assert do(project, "delete_tasks", query, all="1", seen="", **{"except": a}) == "Deleted 3 tasks."
    assert left(project) == [a]


def test_a_tab_that_is_gone_is_not_the_whole_project(project):
    view = owner().post("/api/dm/views/", {"project": project.id, "data": {"filters": {"conjunction": "and", "items": [
        {"filter": "filter:tasks:id", "operator": "equal", "type": "Number", "value": project.ids[0]}]}}})["id"]
    assert meets(send(project, "delete_tasks", f"?tab={view}", status=200, all="1"))["Tasks"] == "1"
    owner().delete(f"/api/dm/views/{view}/")
    for action in ("delete_tasks", "label", "export"):
        send(project, action, f"?tab={view}", status=409, all="1", confirmed="1")
    assert left(project) == project.ids


def test_forms_keep_the_direction(project):
    shown = tab("OW").get(table(project, "?ordering=inner_id&direction=down")).text
    assert re.search(r'id="dm-tasks" action="[^"]*direction=down', shown)
