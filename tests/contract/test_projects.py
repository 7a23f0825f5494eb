"""Projects: defaults, rules of each field, lists, label configurations, deletion."""


import pytest

from work import CHOICES, IMAGE, Project, anonymous, annotate, counted, eventually, ours, owner, person, stranger

COUNTERS = [
    "task_number", "finished_task_number", "total_annotations_number", "total_predictions_number", "num_tasks_with_annotations",
    "useful_annotation_number", "ground_truth_number", "skipped_annotations_number",
]
DEFAULTS = {
    "title": "", "description": "", "label_config": "<View></View>", "expert_instruction": "", "show_instruction": False,
    "show_skip_button": True, "enable_empty_annotation": True, "show_annotation_history": False, "color": "#FFFFFF",
    "maximum_annotations": 1, "is_published": False, "model_version": "", "is_draft": False, "min_annotations_to_start_training": 0,
    "start_training_on_annotation_update": False, "show_collab_predictions": True, "sampling": "Sequential sampling",
    "show_ground_truth_first": False, "annotator_evaluation_enabled": False, "show_overlap_first": False,
    "overlap_cohort_percentage": 100, "task_data_login": None, "control_weights": {}, "parsed_label_config": {},
    "evaluate_predictions_automatically": False, "config_has_control_tags": False, "skip_queue": "REQUEUE_FOR_OTHERS",
    "reveal_preannotations_interactively": False, "pinned_at": None, "queue_total": 0, "queue_done": 0,
    "config_suitable_for_bulk_annotation": True, "state": None,
}


def errors(answer):
    assert answer["status_code"] == 400 and answer["detail"] == "Validation error"
    return answer["validation_errors"]


def refused(fields):
    return errors(owner().post("/api/projects/", fields, status=400))


# ---- create ----


def test_an_empty_body_makes_a_project_with_the_defaults():
    made = owner().post("/api/projects/", {})
    assert {key: made[key] for key in DEFAULTS} == DEFAULTS
    assert {key: made[key] for key in COUNTERS} == dict.fromkeys(COUNTERS)
    assert made["created_by"]["id"] == owner().id and made["created_by"]["email"] == owner().email
    again = owner().get(f"/api/projects/{made['id']}/")
    assert {key: again[key] for key in COUNTERS} == dict.fromkeys(COUNTERS, 0)


def test_two_projects_may_have_the_same_title():
    assert Project(title="Same").id != Project(title="Same").id


@pytest.mark.parametrize("title, problem", [
    ("ab", "Ensure this field has at least 3 characters."),
    ("x" * 51, "Ensure this field has no more than 50 characters."),
    ("   ab   ", "Ensure this field has at least 3 characters."),
])
def test_titles_that_are_too_short_or_long(title, problem):
    assert refused({"title": title}) == {"title": [problem]}


def test_an_empty_title():
    made = Project(title="")
    assert made.created["title"] == "" and made.change(title="Named")["title"] == "Named" and made.change(title="")["title"] == ""


def test_title_lengths_count_characters():
    assert Project(title="é" * 50).created["title"] == "é" * 50
    assert Project(title="  日本語  ").created["title"] == "日本語"


@pytest.mark.parametrize("field, value, problem", [
    ("color", "red", 'Color must be in "#RRGGBB" format'),
    ("sampling", "Best", '"Best" is not a valid choice.'),
    ("skip_queue", "NEVER", '"NEVER" is not a valid choice.'),
    ("maximum_annotations", "two", "A valid integer is required."),
    ("maximum_annotations", 2.5, "A valid integer is required."),
    ("show_skip_button", "maybe", "Must be a valid boolean."),
    ("show_skip_button", None, "This field may not be null."),
    ("description", ["a"], "Not a valid string."),
    ("description", "a\u0000b", "Null characters are not allowed."),
])
def test_fields_that_do_not_fit(field, value, problem):
    assert refused({field: value}) == {field: [problem]}


def test_every_bad_field_is_named():
    assert set(refused({"title": "x", "color": "blue", "maximum_annotations": []})) == {"title", "color", "maximum_annotations"}


def test_unknown_and_read_only_fields_are_ignored():
    made = owner().post("/api/projects/", {"id": 1, "nonsense": {"a": 1}, "task_number": 9, "created_at": "yesterday"})
    assert made["id"] != 1 and made["task_number"] is None


def test_a_body_that_is_no_object():
    assert "non_field_errors" in errors(owner().post("/api/projects/", [1], status=400))


def test_instructions_lose_what_could_run():
    made = Project(expert_instruction='<b>Read</b><img src="x" onerror="steal()"><script>steal()</script>').created
    assert "<b>Read</b>" in made["expert_instruction"]
    assert "onerror" not in made["expert_instruction"]


@ours
def test_comments_on_skips_may_be_asked_for():
    assert Project().created["require_comment_on_skip"] is False
    project = Project(require_comment_on_skip=True)
    assert project.created["require_comment_on_skip"] is True
    assert owner().patch(project.path + "/", {"require_comment_on_skip": False})["require_comment_on_skip"] is False
    assert refused({"require_comment_on_skip": "perhaps"}) == {"require_comment_on_skip": ["Must be a valid boolean."]}


@ours
def test_instructions_lose_scripts():
    assert "script" not in Project(expert_instruction="<p>a</p><script>steal()</script>").created["expert_instruction"]


def test_a_published_project_is_no_draft():
    made = owner().post("/api/projects/", {"is_published": True, "is_draft": True})
    assert made["is_published"] is True and made["is_draft"] is False


def test_training_switch_and_number_are_one():
    made = owner().post("/api/projects/", {"start_training_on_annotation_update": True})
    assert made["start_training_on_annotation_update"] is True and made["min_annotations_to_start_training"] == 1


def test_what_is_derived_from_the_label_configuration():
    made = Project().created
    assert made["config_has_control_tags"] is True
    assert made["parsed_label_config"]["label"]["type"] == "Choices"
    assert made["parsed_label_config"]["label"]["labels"] == ["A", "B"]
    assert made["control_weights"] == {"label": {"overall": 1.0, "type": "Choices", "labels": {"A": 1.0, "B": 1.0}}}


def test_no_weights_are_those_of_the_configuration():
    usual = Project().created["control_weights"]
    project = Project(control_weights={})
    assert project.created["control_weights"] == usual
    assert project.change(control_weights={"label": {"overall": 0.5}})["control_weights"] == {"label": {"overall": 0.5}}
    assert project.change(control_weights={})["control_weights"] == usual


@pytest.mark.parametrize("config", ["", None, "<View>", "<View><Choices name='a' toName='b'><Choice value='x'/></Choices></View>"])
def test_label_configurations_that_do_not_work(config):
    assert list(refused({"label_config": config})) == ["label_config"]


def test_a_form_leaves_unchecked_boxes_out():
    made = owner().call("POST", "/api/projects/", 201, data={"title": "By form", "show_instruction": "on"})
    assert made["show_instruction"] is True and made["show_skip_button"] is False and made["title"] == "By form"


@pytest.mark.parametrize("spelling, meant", [("true", True), ("Yes", True), ("1", True), (1, True), ("off", False), ("F", False), (0, False)])
def test_spellings_of_booleans(spelling, meant):
    assert owner().post("/api/projects/", {"show_instruction": spelling})["show_instruction"] is meant


def test_numbers_as_texts_and_texts_as_numbers():
    made = owner().post("/api/projects/", {"title": 12345, "maximum_annotations": "2"})
    assert made["title"] == "12345" and made["maximum_annotations"] == 2


# ---- read and list ----


def test_an_absent_project_is_404():
    assert owner().get("/api/projects/2000000000/", 404)["detail"] == "No Project matches the given query."
    assert owner().get("/api/projects/99999999999999999999/", 404)["status_code"] == 404


def test_include_limits_the_keys():
    project = Project()
    assert owner().get(project.path + "/", include="id,title") == {"id": project.id, "title": "Contract test"}
    listed = owner().get("/api/projects/", ids=project.id, include="id")["results"]
    assert listed == [{"id": project.id}]


def test_the_newest_project_comes_first_and_pinned_ones_before_it():
    first, second, third = Project(), Project(), Project()
    ids = f"{first.id},{second.id},{third.id}"

    def order(**query):
        return [p["id"] for p in owner().get("/api/projects/", ids=ids, **query)["results"]]

    assert order() == [third.id, second.id, first.id]
    first.change(pinned_at="2026-01-01T00:00:00Z")
    second.change(pinned_at="2026-01-02T00:00:00Z")
    assert order() == [second.id, first.id, third.id]
    assert order(filter="pinned_only") == [second.id, first.id]
    assert order(filter="exclude_pinned") == [third.id]
    assert order(ordering="id") == [first.id, second.id, third.id]
    assert order(ordering="-id") == [third.id, second.id, first.id]
    second.change(pinned_at=None)
    assert order() == [first.id, third.id, second.id]


def test_titles_are_found_by_a_part_in_any_case():
    project = Project(title="Größe 100%_x")
    for part in ("Größe", "gR", "100%_"):
        assert [p["id"] for p in owner().get("/api/projects/", title=part, ids=project.id)["results"]] == [project.id]
    assert owner().get("/api/projects/", title="100a", ids=project.id)["results"] == []


@ours
def test_ids_that_are_no_numbers():
    assert owner().get("/api/projects/", 400, ids="a")["status_code"] == 400


def test_pages_of_projects():
    ids = ",".join(str(Project().id) for _ in range(3))
    page = owner().get("/api/projects/", ids=ids, page_size=2)
    assert page["count"] == 3 and len(page["results"]) == 2 and page["previous"] is None
    assert page["next"] == f"{owner().url}/api/projects/?ids={ids.replace(',', '%2C')}&page=2&page_size=2"
    page = owner().get("/api/projects", ids=ids, page_size=2, page=2)
    assert len(page["results"]) == 1 and page["next"] is None
    assert page["previous"] == f"{owner().url}/api/projects/?ids={ids.replace(',', '%2C')}&page_size=2"
    assert owner().get("/api/projects/", ids=ids, page_size=2, page="last")["results"] == page["results"]
    for number in ("3", "0", "-1", "x"):
        assert owner().get("/api/projects/", 404, ids=ids, page_size=2, page=number)["detail"] == "Invalid page."
    for size in ("0", "-1", "x"):
        assert len(owner().get("/api/projects/", ids=ids, page_size=size)["results"]) == 3


@ours
def test_the_page_size_of_the_legacy_client_gives_all():
    project = Project()
    page = owner().get("/api/projects", page_size=10000000, include="id")
    assert page["next"] is None and len(page["results"]) == page["count"]
    assert {"id": project.id} in page["results"]


def test_counts_are_the_counters_and_the_id():
    project = Project()
    project.texts(2)
    listed = owner().get("/api/projects/counts/", ids=project.id)
    assert listed["count"] == 1
    assert listed["results"] == [{"id": project.id, **{k: project.read()[k] for k in COUNTERS}}]
    assert listed["results"][0]["task_number"] == 2


# ---- change ----


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_changes_keep_what_is_not_named(method):
    project = Project(description="before", show_instruction=True)
    answer = owner().call(method, project.path + "/", 200, json={"title": "After"})
    assert answer["title"] == "After" and answer["show_instruction"] is True and answer["label_config"] == CHOICES
    assert (method == "PUT" or answer["created_by"]["id"] == owner().id)
    assert project.read()["title"] == "After"


@ours
def test_the_creator_stays():
    assert owner().put(Project().path + "/", {"title": "After"})["created_by"]["id"] == owner().id


@ours
def test_umlauts_have_cases_too():
    project = Project(title="GRÖSSE")
    assert [p["id"] for p in owner().get("/api/projects/", title="grösse", ids=project.id)["results"]] == [project.id]


def test_title_and_description_may_become_null():
    answer = Project(description="text").change(title=None, description=None)
    assert answer["title"] is None and answer["description"] is None


def test_switching_predictions_off_forgets_the_version():
    project = Project()
    task = project.texts(1)[0]
    owner().post("/api/predictions/", {"task": task, "result": [], "model_version": "v1"})
    assert project.change(model_version="v1")["model_version"] == "v1"
    assert project.change(show_collab_predictions=False)["model_version"] == ""
    assert project.change(show_collab_predictions=True)["model_version"] == ""


def test_a_model_version_must_exist():
    project = Project()
    assert "model_version" in errors(owner().patch(project.path + "/", {"model_version": "nobody"}, 400))
    assert project.change(model_version="")["model_version"] == ""


@ours
def test_the_organization_stays():
    project = Project()
    assert project.change(organization=12345)["organization"] == project.created["organization"]


def test_controls_in_use_may_not_go_labels_may():
    project = Project()
    annotate(owner(), project.texts(1)[0])
    renamed = CHOICES.replace('name="label"', 'name="other"')
    assert "label_config" in errors(owner().patch(project.path + "/", {"label_config": renamed}, 400))
    assert project.read()["label_config"] == CHOICES
    larger = CHOICES.replace('<Choice value="A"/>', '<Choice value="A"/><Choice value="C"/>')
    assert project.change(label_config=larger)["parsed_label_config"]["label"]["labels"] == ["A", "C", "B"]
    smaller = CHOICES.replace('<Choice value="A"/>', "")
    assert owner().post(project.path + "/validate/", {"label_config": smaller}, 400)["validation_errors"]
    assert project.change(label_config=smaller)["label_config"] == smaller


def test_a_change_that_fails_changes_nothing():
    project = Project(title="Before")
    owner().patch(project.path + "/", {"title": "After", "maximum_annotations": 3, "label_config": "<View>"}, 400)
    assert (project.read()["title"], project.read()["maximum_annotations"]) == ("Before", 1)


def test_overlap_of_the_tasks_follows_the_project():
    project = Project()
    ids = project.texts(3)
    annotate(owner(), ids[0])
    assert [t["is_labeled"] for t in project.tasks()] == [True, False, False]
    project.change(maximum_annotations=2)
    assert [(t["overlap"], t["is_labeled"]) for t in project.tasks()] == [(2, False)] * 3
    counted(project)
    project.change(maximum_annotations=1)
    assert [(t["overlap"], t["is_labeled"]) for t in project.tasks()] == [(1, True), (1, False), (1, False)]
    counted(project)


def test_overlap_grows_only_where_it_is_above_one_already():
    project = Project(maximum_annotations=2)
    ids = project.texts(3)
    owner().patch(f"/api/tasks/{ids[0]}/", {"overlap": 1})
    project.change(maximum_annotations=4)
    assert [t["overlap"] for t in project.tasks()] == [1, 4, 4]
    counted(project)


@ours
@pytest.mark.parametrize("overlap", [0, -1])
def test_an_overlap_below_one_means_one(overlap):
    project = Project(maximum_annotations=overlap)
    ids = project.texts(2)
    assert project.next()["id"] == ids[0]
    annotate(owner(), ids[0])
    assert [t["is_labeled"] for t in project.tasks()] == [True, False]
    counted(project)


# ---- label configuration ----


@pytest.mark.parametrize("body, shown", [
    ({"label_config": ""}, {"label_config": ["This field may not be blank."]}), ({"label_config": None}, {"label_config": ["This field may not be null."]}),
    ({}, {"label_config": ["This field is required."]}), ({"label_config": ["x"]}, {"label_config": ["Not a valid string."]}),
    ([], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
])
def test_checking_what_is_no_configuration(body, shown):
    answer = anonymous().send("POST", "/api/projects/validate/", json=body)
    assert (answer.status_code, answer.json()) == (400, shown)


def test_a_configuration_is_checked_without_an_account():
    assert anonymous().send("POST", "/api/projects/validate/", json={"label_config": CHOICES}).status_code == 204
    bad = anonymous().send("POST", "/api/projects/validate/", json={"label_config": "<View>"})
    assert bad.status_code == 400 and list(bad.json()) == ["label_config"] and isinstance(bad.json()["label_config"], list)


def test_a_configuration_is_checked_against_the_work():
    project = Project()
    annotate(owner(), project.texts(1)[0])
    path = project.path + "/validate/"
    assert owner().get(path) == {"label_config": CHOICES}
    assert owner().post(path, {"label_config": CHOICES}, 200) == {"config_essential_data_has_changed": None}
    assert owner().post(path, {"label_config": IMAGE}, 400)["validation_errors"]
    assert owner().post(path, {}, 400)["validation_errors"]


def test_a_sample_task_has_the_keys_of_the_configuration():
    path = Project().path + "/sample-task/"
    assert list(owner().post(path, {"label_config": CHOICES}, 200)["sample_task"]) == ["text"]
    full = owner().post(path, {"label_config": CHOICES, "include_annotation_and_prediction": True}, 200)["sample_task"]
    assert {"data", "annotations", "predictions"} <= set(full)


# ---- people and deletion ----


def test_annotators_are_those_with_annotations():
    project, ann = Project(), person("ann")
    ids = project.texts(2)
    assert owner().get(project.path + "/annotators/") == []
    made = annotate(ann, ids[0])
    assert [u["id"] for u in owner().get(project.path + "/annotators/")] == [ann.id]
    owner().delete(f"/api/annotations/{made['id']}/")
    assert owner().get(project.path + "/annotators/") == []


def test_a_deleted_project_is_gone_with_its_work():
    project = Project()
    task = project.texts(1)[0]
    annotation = annotate(owner(), task)["id"]
    draft = owner().post(f"/api/tasks/{task}/drafts", {"result": []})["id"]
    prediction = owner().post("/api/predictions/", {"task": task, "result": []})["id"]
    owner().delete(project.path + "/")
    for path in (project.path + "/", project.path + "/next/", project.path + "/tasks/", project.path + "/export",
                 f"/api/tasks/{task}/", f"/api/tasks/{task}/annotations/", f"/api/annotations/{annotation}/", f"/api/drafts/{draft}/",
                 f"/api/predictions/{prediction}/", f"/api/tasks/?project={project.id}"):
        owner().get(path, 404)
    owner().delete(project.path + "/", 404)
    assert owner().get("/api/projects/", ids=project.id)["count"] == 0


@ours
def test_the_runner_removes_the_rows_of_a_deleted_project():
    from work import sql

    project = Project()
    annotate(owner(), project.texts(3)[0])
    owner().delete(project.path + "/")
    owner().delete(f"/api/trash/{project.id}/")
    left = (f"SELECT (SELECT count(*) FROM project WHERE id = {project.id}) + (SELECT count(*) FROM task WHERE project_id = {project.id})"
            f" + (SELECT count(*) FROM annotation WHERE project_id = {project.id})")
    eventually(lambda: sql(left) == "0")


@ours
def test_another_organization_sees_nothing():
    project = Project()
    for method, path in (("GET", "/"), ("PATCH", "/"), ("DELETE", "/"), ("GET", "/next/"), ("GET", "/tasks/"), ("GET", "/export"),
                         ("POST", "/import"), ("GET", "/validate/"), ("GET", "/annotators/"), ("GET", "/label-stream-history/")):
        stranger().call(method, project.path + path, 404, json={})
    assert stranger().get("/api/projects/", ids=project.id)["results"] == []
