"""The project summary: data columns, controls and labels in use, and the checks of a configuration that rest on it."""

import os

import pytest

from work import CHOICES, Project, admin, ours, owner, sql, stranger

KEYS = ["project", "created_at", "all_data_columns", "common_data_columns", "created_annotations", "created_labels", "created_labels_drafts"]
MANY = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text"><Choice value="A"/><Choice value="B"/><Choice value="C"/>'
    '</Choices><TextArea name="note" toName="text"/></View>'
)


def region(value, name="label", to="text", kind="choices", **more):
    return {"id": "r", "from_name": name, "to_name": to, "type": kind, "value": {kind: value}, **more}


def submit(task, *regions, **fields):
    return owner().post(f"/api/tasks/{task}/annotations/", {"result": list(regions), **fields})["id"]


def draft(task, *regions):
    return owner().post(f"/api/tasks/{task}/drafts", {"result": list(regions)})["id"]


def summary(project):
    return owner().get(project.path + "/summary/")


def columns(project):
    shown = summary(project)
    return shown["all_data_columns"], shown["common_data_columns"]


def used(project):
    shown = summary(project)
    return shown["created_annotations"], shown["created_labels"]


def reset(project):
    answer = owner().send("POST", project.path + "/summary/reset/")
    assert (answer.status_code, answer.content, answer.headers.get("Content-Type")) == (200, b"", None)


@pytest.fixture
def project():
    made = Project(label_config=MANY)
    made.ids = made.texts(2)
    yield made
    counted()


def counted():
    if not os.environ.get("LABELD_URL"):
        admin("verify-counters")


# ---- shape ----


def test_an_empty_project_has_an_empty_summary():
    shown = summary(Project())
    assert list(shown) == KEYS
    assert (shown["all_data_columns"], shown["common_data_columns"]) == ({}, [])
    assert (shown["created_annotations"], shown["created_labels"], shown["created_labels_drafts"]) == ({}, {}, {})


def test_absent_projects_and_other_methods():
    assert owner().get("/api/projects/2000000000/summary/", 404)["detail"] == "No ProjectSummary matches the given query."
    assert owner().post("/api/projects/2000000000/summary/reset/", status=404)["detail"] == "No Project matches the given query."
    path = Project().path + "/summary/"
    assert owner().post(path, status=405)["detail"] == 'Method "POST" not allowed.'
    assert owner().get(path + "reset/", 405)["detail"] == 'Method "GET" not allowed.'


@ours
def test_another_organization_has_no_summary(project):
    stranger().get(project.path + "/summary/", 404)
    stranger().post(project.path + "/summary/reset/", status=404)


# ---- data columns ----


def test_columns_of_an_import():
    project = Project()
    project.load([{"text": "a", "z": None, "é": [1]}, {"text": "b", "z": 2}, {"text": "c", "A": {}}])
    assert columns(project) == ({"text": 3, "z": 2, "é": 1, "A": 1}, ["text"])
    project.load([{"text": "d"}])
    assert columns(project) == ({"text": 4, "z": 2, "é": 1, "A": 1}, ["text"])


def test_common_columns_come_in_the_order_of_their_characters():
    project = Project()
    project.load([{"text": "a", "b": 1, "Z": 1, "ä": 1, "a b": 1}])
    assert columns(project)[1] == ["Z", "a b", "b", "text", "ä"]


@ours
def test_columns_follow_single_tasks(project):
    made = owner().post("/api/tasks/", {"project": project.id, "data": {"text": "c", "more": 1}})
    assert columns(project) == ({"text": 3, "more": 1}, ["text"])
    owner().patch(f"/api/tasks/{project.ids[0]}/", {"data": {"text": "changed", "new": 1}})
    assert columns(project)[0] == {"text": 3, "more": 1, "new": 1}
    owner().patch(f"/api/tasks/{project.ids[0]}/", {"meta": {"a": 1}})
    owner().delete(f"/api/tasks/{made['id']}/")
    assert columns(project)[0] == {"text": 2, "new": 1}
    owner().delete(f"/api/tasks/{project.ids[1]}/")
    assert columns(project) == ({"text": 1, "new": 1}, ["new", "text"])
    owner().delete(project.path + "/tasks/")
    assert columns(project) == ({}, [])


def test_text_before_any_configuration_keeps_its_key():
    project = Project(label_config="<View></View>")
    project.load([{"data": {"$undefined$": "x"}}])
    assert columns(project) == ({"$undefined$": 1}, ["$undefined$"])
    project.change(label_config=CHOICES)
    assert columns(project) == ({"$undefined$": 1}, ["$undefined$"])


@ours
def test_data_that_is_a_list_has_no_columns(project):
    sql(f"UPDATE task SET data = '[1]' WHERE id = {project.ids[0]}")
    assert columns(project) == ({"text": 1}, [])


# ---- controls and labels ----


@pytest.mark.parametrize("made, annotations, labels", [
    ([region(["A"]), region(["B", "C"], name="other")],
     {"label|text|choices": 1, "other|text|choices": 1}, {"label": {"A": 1}, "other": {"B": 1, "C": 1}}),
    ([region([])], {"label|text|choices": 1}, {"label": {}}),
    ([region("A")], {"label|text|choices": 1}, {"label": {}}),
    ([region([""])], {"label|text|choices": 1}, {"label": {"": 1}}),
    ([region(["A"], to=["t1", "t2"])], {"label|t1,t2|choices": 1}, {"label": {"A": 1}}),
    ([region(["A"], kind="Choices")], {"label|text|choices": 1}, {"label": {"A": 1}}),
    ([region(["日本", "a|b", "it's"], name="fé|x")], {"fé|x|text|choices": 1}, {"fé|x": {"日本": 1, "a|b": 1, "it's": 1}}),
    ([{"from_name": "note", "to_name": "text", "type": "textarea", "value": {"text": ["hello"]}}], {"note|text|textarea": 1}, {"note": {}}),
    ([region(["hello"], kind="text")], {"label|text|text": 1}, {"label": {}}),
    ([region(4, name="n", kind="number")], {"n|text|number": 1}, {"n": {}}),
    ([region([["a", "b"], ["c", "b"], "d"], kind="taxonomy")], {"label|text|taxonomy": 1}, {"label": {"a": 1, "b": 2, "c": 1, "d": 1}}),
    ([region([["a", ["b"]]], kind="taxonomy")], {"label|text|taxonomy": 1}, {"label": {"a": 1, "['b']": 1}}),
    ([region([["a", "b"], ["it's"], [1]])], {"label|text|choices": 1}, {"label": {"['a', 'b']": 1, "[\"it's\"]": 1, "[1]": 1}}),
    ([region([1, True, None, 1.0, {"a": 1}])], {"label|text|choices": 1}, {"label": {"1": 1, "True": 1, "None": 1, "1.0": 1, "{'a': 1}": 1}}),
    ([{"from_name": "v", "to_name": "text", "type": "videorectangle", "value": {"labels": ["L"]}}],
     {"v|text|videorectangle": 1}, {"v": {"L": 1}}),
    ([{"type": "relation", "from_id": "1", "to_id": "2"}], {}, {}),
    ([{"type": "relation", "from_name": "x", "to_name": "y", "value": {"relation": ["z"]}}], {}, {}),
    ([region("left", kind="pairwise")], {}, {}),
    ([{"from_name": "label", "to_name": "text", "value": {"choices": ["A"]}}], {}, {}),
    ([{"from_name": "label", "to_name": "text", "type": None, "value": {"choices": ["A"]}}], {}, {}),
    ([{"to_name": "text", "type": "choices", "value": {"choices": ["A"]}}], {}, {}),
    ([{"from_name": "label", "type": "choices", "value": {"choices": ["A"]}}], {}, {}),
])
def test_what_a_region_counts_as(project, made, annotations, labels):
    number = submit(project.ids[0], *made)
    assert used(project) == (annotations, labels)
    owner().delete(f"/api/annotations/{number}/")
    assert used(project) == ({}, {})


@ours
def test_a_label_counts_in_every_region(project):
    submit(project.ids[0], region(["A"]), region(["A", "B"]), region(["A"], name="other"))
    assert used(project) == ({"label|text|choices": 2, "other|text|choices": 1}, {"label": {"A": 2, "B": 1}, "other": {"A": 1}})


@ours
@pytest.mark.parametrize("made", [
    {"from_name": "label", "to_name": "text", "type": "choices"},
    {"from_name": "label", "to_name": "text", "type": "choices", "value": None},
    {"from_name": "label", "to_name": "text", "type": "choices", "value": ["A"]},
])
def test_regions_without_a_value_have_no_labels(project, made):
    submit(project.ids[0], made)
    assert used(project) == ({"label|text|choices": 1}, {"label": {}})


@ours
def test_labels_of_any_length(project):
    long, longer = "é" * 5000, "é" * 5000 + "x"
    submit(project.ids[0], region([long, longer, long], name="n" * 4000))
    assert used(project)[1] == {"n" * 4000: {long: 2, longer: 1}}


def test_skipped_annotations_count_too(project):
    submit(project.ids[0], region(["A"]))
    submit(project.ids[1], region(["B"]), was_cancelled=True)
    assert used(project) == ({"label|text|choices": 2}, {"label": {"A": 1, "B": 1}})


@ours
def test_counts_follow_changes_and_deletions(project):
    first, second = submit(project.ids[0], region(["A"]), region(["A", "B"])), submit(project.ids[1], region(["B"]))
    owner().patch(f"/api/annotations/{first}/", {"result": [region(["B"])]})
    assert used(project) == ({"label|text|choices": 2}, {"label": {"B": 2}})
    owner().patch(f"/api/annotations/{first}/", {"lead_time": 3})
    owner().patch(f"/api/annotations/{first}/", {"ground_truth": True})
    assert used(project) == ({"label|text|choices": 2}, {"label": {"B": 2}})
    owner().delete(f"/api/annotations/{first}/")
    assert used(project) == ({"label|text|choices": 1}, {"label": {"B": 1}})
    owner().delete(f"/api/annotations/{second}/")
    assert used(project) == ({}, {})


@ours
def test_work_leaves_with_its_task_and_comes_back(project):
    submit(project.ids[0], region(["A"]))
    submit(project.ids[1], region(["B"]))
    draft(project.ids[0], region(["C"]))
    owner().delete(f"/api/tasks/{project.ids[0]}/")
    shown = summary(project)
    assert (shown["all_data_columns"], shown["created_labels"], shown["created_labels_drafts"]) == ({"text": 1}, {"label": {"B": 1}}, {})
    sql(f"UPDATE task SET deleted_at = NULL WHERE id = {project.ids[0]}")
    shown = summary(project)
    assert (shown["all_data_columns"], shown["created_labels"]) == ({"text": 2}, {"label": {"A": 1, "B": 1}})
    assert shown["created_labels_drafts"] == {"label": {"C": 1}}
    owner().delete(project.path + "/tasks/")
    assert [summary(project)[key] for key in KEYS[2:]] == [{}, [], {}, {}, {}]


def test_drafts_have_labels_of_their_own(project):
    number = draft(project.ids[0], region(["A"]), region([], name="note", kind="textarea"))
    assert summary(project)["created_labels_drafts"] == {"label": {"A": 1}, "note": {}}
    assert used(project) == ({}, {})
    submit(project.ids[0], region(["A"]), draft_id=number)
    assert summary(project)["created_labels_drafts"] == {}
    assert used(project) == ({"label|text|choices": 1}, {"label": {"A": 1}})


@ours
def test_drafts_are_counted_as_they_are_now(project):
    number = draft(project.ids[0], region(["A"]))
    owner().patch(f"/api/drafts/{number}/", {"result": [region(["B"]), region(["B"])]})
    assert summary(project)["created_labels_drafts"] == {"label": {"B": 2}}
    annotation = submit(project.ids[1], region(["C"]))
    owner().post(f"/api/annotations/{annotation}/convert-to-draft")
    assert summary(project)["created_labels_drafts"] == {"label": {"B": 2, "C": 1}} and used(project) == ({}, {})
    owner().delete(f"/api/drafts/{number}/")
    assert summary(project)["created_labels_drafts"] == {"label": {"C": 1}}


# ---- imported annotations ----


def imported(*values):
    project = Project(label_config=MANY)
    project.ids = project.load([{"data": {"text": "a"}, "annotations": [{"result": [region([value])]}]} for value in values])
    project.annotations = [owner().get(f"/api/tasks/{task}/")["annotations"][0]["id"] for task in project.ids]
    return project


@pytest.mark.parametrize("change", [{"lead_time": 3}, {"result": [region(["A"])]}])
def test_imported_annotations_count_once_they_were_saved(change):
    project = imported("A", "B")
    assert used(project) == ({}, {})
    owner().patch(f"/api/annotations/{project.annotations[0]}/", change)
    assert used(project) == ({"label|text|choices": 1}, {"label": {"A": 1}})
    owner().patch(f"/api/annotations/{project.annotations[0]}/", change)
    assert used(project) == ({"label|text|choices": 1}, {"label": {"A": 1}})


def test_a_reset_counts_imported_annotations():
    project = imported("A", "B", "B")
    reset(project)
    assert used(project)[0] == {"label|text|choices": 3}
    assert summary(project)["all_data_columns"] == {"text": 3}


@ours
def test_a_reset_counts_every_label():
    project = imported("A", "B", "B")
    reset(project)
    assert used(project) == ({"label|text|choices": 3}, {"label": {"A": 1, "B": 2}})
    owner().delete(f"/api/annotations/{project.annotations[1]}/")
    assert used(project) == ({"label|text|choices": 2}, {"label": {"A": 1, "B": 1}})
    reset(project)
    assert used(project) == ({"label|text|choices": 2}, {"label": {"A": 1, "B": 1}})
    counted()


@ours
def test_what_was_not_counted_is_not_subtracted():
    project = imported("A", "B")
    task = project.texts(1)[0]
    submit(task, region(["A"]))
    owner().delete(f"/api/annotations/{project.annotations[0]}/")
    owner().delete(f"/api/tasks/{project.ids[1]}/")
    assert used(project) == ({"label|text|choices": 1}, {"label": {"A": 1}})
    counted()


@ours
def test_a_reset_mends_wrong_counts(project):
    submit(project.ids[0], region(["A"]))
    sql(f"UPDATE project_summary_count SET n = n + 5 WHERE project_id = {project.id}")
    sql(f"INSERT INTO project_summary_count SELECT {project.id}, 3, summary_key('label', 'x', 'y'), 'label', 'x', 'y', 1")
    assert used(project) == ({"label|text|choices": 6}, {"label": {"A": 6}})
    reset(project)
    assert used(project) == ({"label|text|choices": 1}, {"label": {"A": 1}})


# ---- what rests on it ----


def judged(project, config, status=400):
    answer = owner().post(project.path + "/validate/", {"label_config": config}, status)
    return answer["validation_errors"]["non_field_errors"] if status == 400 else answer


def test_labels_in_use_are_named_with_their_numbers(project):
    submit(project.ids[0], region(["A"]), region(["B"]))
    submit(project.ids[1], region(["B"]))
    draft(project.ids[0], region(["B"]))
    draft(project.ids[1], region(["C"]))
    without = MANY.replace('<Choice value="B"/>', "").replace('<Choice value="C"/>', "")
    problem, = judged(project, without)
    first, *labels, last = problem.split("\n")
    assert first == "These labels still exist in annotations or drafts:" and last == 'Please add labels to tag with name="label".'
    assert sorted(labels) == ["B (2 annotations, 1 draft)", "C (1 draft)"]
    assert project.change(label_config=without)["label_config"] == without


def test_controls_in_use_are_named_with_their_numbers(project):
    submit(project.ids[0], region(["A"]), region(["B"]))
    renamed = MANY.replace('name="label"', 'name="other"')
    problem = ["Created annotations are incompatible with provided labeling schema, we found:\n2 with from_name=label, to_name=text, type=choices"]
    assert judged(project, renamed) == problem
    assert owner().patch(project.path + "/", {"label_config": renamed}, 400)["validation_errors"]["label_config"] == problem


def test_imported_annotations_hold_no_configuration():
    project = imported("A")
    renamed = MANY.replace('name="label"', 'name="other"')
    judged(project, renamed, 200)
    assert project.change(label_config=renamed)["label_config"] == renamed


@ours
def test_after_a_reset_they_do():
    project = imported("A")
    reset(project)
    assert judged(project, MANY.replace('name="label"', 'name="other"'))
    owner().delete(project.path + "/tasks/")
    judged(project, MANY.replace('name="label"', 'name="other"'), 200)
