"""The pages of a project's settings as plain form posts: what a browser without JavaScript sends."""

import functools
import re
import uuid

import pytest

from people import browser_of, member
from work import Project, ours, owner, sql

pytestmark = ours


@functools.cache
def tab(role):
    return browser_of(role)


@pytest.fixture
def project():
    return Project(title=uuid.uuid4().hex[:20], is_published=True)


def address(project, name):
    return f"/projects/{project.id}/settings/{name}"


def page(project, name, role="OW", query=""):
    answer = tab(role).get(address(project, name) + query)
    assert answer.status_code == 200, answer.text
    return answer.text


def save(project, name, fields, status=303, role="OW"):
    answer = tab(role).form(address(project, name), fields)
    assert answer.status_code == status, answer.text
    return answer.text


def error_of(text, name):
    """The message beside a field."""
    found = re.search(rf'<p class="error-text" id="{name}-error">(.*?)</p>', text, re.S)
    return found and found.group(1)


GENERAL = {"title": "Another name", "description": "What it is", "color": "#00aa33", "workspace": "", "is_published": "true"}
ANNOTATION = {"label_stream_task_distribution": "auto_distribution", "sampling": "Uniform sampling", "show_ground_truth_first": "true",
              "maximum_annotations": "3", "overlap_cohort_percentage": "40", "show_skip_button": "true", "skip_queue": "REQUEUE_FOR_ME",
              "enable_empty_annotation": "true", "show_collab_predictions": "true", "annotator_evaluation_enabled": "true"}


# ---- general, instructions, annotation ----


def test_general(project):
    save(project, "general", GENERAL)
    read = project.read()
    assert (read["title"], read["description"], read["color"].lower(), read["is_published"]) == ("Another name", "What it is", "#00aa33", True)
    save(project, "general", {**GENERAL, "is_published": ""} | {"description": ""})
    assert project.read()["is_published"] is True   # a box is on when it is sent, whatever its text
    save(project, "general", {key: value for key, value in GENERAL.items() if key != "is_published"})
    assert project.read()["is_published"] is False


def test_a_project_moves_between_workspaces(project):
    workspace = owner().post("/api/workspaces/", {"title": "Readers " + uuid.uuid4().hex})
    assert workspace["title"] in page(project, "general")
    save(project, "general", {**GENERAL, "workspace": str(workspace["id"])})
    assert project.read()["workspace"] == workspace["id"]
    assert re.search(rf'<option value="{workspace["id"]}" selected>', page(project, "general"))
    save(project, "general", {**GENERAL, "workspace": "999999999"}, 400)
    save(project, "general", GENERAL)
    assert project.read()["workspace"] is None


@pytest.mark.parametrize("name, value, said", [("title", "x", "Ensure this field has at least 3 characters."), ("color", "red", None)])
def test_general_is_refused_beside_the_field_and_keeps_what_was_typed(project, name, value, said):
    text = save(project, "general", {**GENERAL, "description": "kept <b>", name: value}, 400)
    assert error_of(text, name) and (not said or error_of(text, name) == said)
    assert "kept &lt;b&gt;</textarea>" in text
    assert project.read()["title"] != "Another name"


def test_instructions_are_sanitised_and_shown(project):
    save(project, "instructions", {"expert_instruction": "<h3>Read</h3><p onclick='x()'>first<script>alert(1)</script></p>", "show_instruction": "true"})
    read = project.read()
    assert read["show_instruction"] is True and "<h3>Read</h3>" in read["expert_instruction"]
    assert "script" not in read["expert_instruction"] and "onclick" not in read["expert_instruction"]
    assert "<h3>Read</h3>" in page(project, "instructions").split('class="prose"')[1]
    save(project, "instructions", {"expert_instruction": ""})
    assert project.read()["show_instruction"] is False and 'class="prose"' not in page(project, "instructions")


def test_annotation(project):
    save(project, "annotation", ANNOTATION)
    read = project.read()
    assert {name: read[name] for name in ("sampling", "maximum_annotations", "overlap_cohort_percentage", "skip_queue", "show_ground_truth_first",
                                          "show_overlap_first", "require_comment_on_skip", "annotator_evaluation_enabled")} == {
        "sampling": "Uniform sampling", "maximum_annotations": 3, "overlap_cohort_percentage": 40, "skip_queue": "REQUEUE_FOR_ME",
        "show_ground_truth_first": True, "show_overlap_first": False, "require_comment_on_skip": False, "annotator_evaluation_enabled": True}
    text = page(project, "annotation")
    assert '<option value="REQUEUE_FOR_ME" selected>' in text and 'id="maximum_annotations" name="maximum_annotations" type="number"' in text
    save(project, "annotation", {**ANNOTATION, "label_stream_task_distribution": "assigned_only"})
    assert project.read()["assignment_settings"]["label_stream_task_distribution"] == "assigned_only"


@pytest.mark.parametrize("name, value", [("maximum_annotations", "0"), ("maximum_annotations", "1001"), ("maximum_annotations", "many"),
                                         ("overlap_cohort_percentage", "101"), ("overlap_cohort_percentage", ""), ("sampling", "By lot"),
                                         ("skip_queue", "x")])
def test_annotation_is_refused_beside_the_field(project, name, value):
    before = project.read()
    assert error_of(save(project, "annotation", {**ANNOTATION, name: value}, 400), name)
    assert project.read() == before


# ---- who changed what ----


def last_changed(project, name):
    found = re.search(r'Last changed <time datetime="[^"]+">[^<]+</time>(?: by ([^<]+))?</span>', page(project, name))
    return found and found.group(1)


def test_each_page_says_who_changed_it_last(project):
    manager = member("MA")
    first = last_changed(project, "general")
    assert first and first == last_changed(project, "annotation")
    save(project, "general", GENERAL, role="MA")
    manager.patch(project.path + "/", {"sampling": "Uniform sampling"})
    assert (last_changed(project, "general"), last_changed(project, "annotation")) == (manager.address, manager.address)
    assert last_changed(project, "instructions") == last_changed(project, "labeling") == first
    hook = owner().post("/api/webhooks/", {"project": project.id, "url": "https://hooks.example.com/" + uuid.uuid4().hex})["id"]
    manager.call("DELETE", f"/api/webhooks/{hook}/", 204)
    assert last_changed(project, "webhooks") == manager.address
    save(project, "annotation", {**ANNOTATION, "sampling": "x"}, 400)
    assert last_changed(project, "annotation") == manager.address


# ---- the danger zone ----


def test_the_project_is_counted_anew(project):
    project.texts(1)
    sql(f"DELETE FROM project_summary_count WHERE project_id = {project.id}")
    save(project, "danger-zone", {"action": "reset_cache"})
    assert owner().get(project.path + "/summary/")["all_data_columns"] == {"text": 1}


def test_tabs_are_dropped(project):
    owner().post("/api/dm/views/", {"project": project.id, "data": {"title": "Mine"}})
    save(project, "danger-zone", {"action": "drop_tabs"})
    assert owner().get(f"/api/dm/views/?project={project.id}") == []


def test_all_tasks_are_deleted_by_typing_the_name(project):
    project.texts(2)
    said = error_of(save(project, "danger-zone", {"action": "delete_tasks", "confirm_tasks": "wrong"}, 400), "confirm_tasks")
    assert said == "This is not the name of the project. Nothing was deleted."
    assert project.read()["task_number"] == 2
    save(project, "danger-zone", {"action": "delete_tasks", "confirm_tasks": project.read()["title"]})
    assert project.read()["task_number"] == 0


# ---- who may ----

TABS = ["general", "labeling", "instructions", "annotation", "webhooks", "danger-zone"]


@pytest.mark.parametrize("name", TABS)
def test_settings_are_for_managers_and_above(project, name):
    assert tab("MA").get(address(project, name)).status_code == 200
    for role in ("RE", "AN", "VO"):
        assert tab(role).get(address(project, name)).status_code == 403
        assert tab(role).form(address(project, name), {"action": "save", "title": "Taken over"}).status_code == 403
    assert tab("OW").get(f"/projects/2147483647/settings/{name}").status_code == 404


def test_the_list_of_settings_leads_everywhere(project):
    links = re.findall(r'<a[^>]*href="([^"]+)"', page(project, "general").split('aria-label="Settings"')[1].split("</nav>")[0])
    assert len(links) >= len(TABS)
    for link in links:
        assert tab("MA").get(link).status_code == 200, link
