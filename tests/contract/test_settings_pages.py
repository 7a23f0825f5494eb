"""The pages of a project's settings as plain form posts: what a browser without JavaScript sends."""

import functools
import os
import re
import shutil
import uuid

import pytest

from model_double import ModelDouble
from people import Person, browser_of, member
from server import shared_server
from work import Project, eventually, ours, owner, sql

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


def test_annotation_forgets_the_version_only_when_predictions_are_turned_off(project):
    predict(project, project.texts(1)[0], "v1")
    without = {name: value for name, value in ANNOTATION.items() if name != "show_collab_predictions"}
    project.change(show_collab_predictions=False, model_version="v1")
    save(project, "annotation", without)
    assert project.read()["model_version"] == "v1"
    save(project, "annotation", ANNOTATION)
    assert (project.read()["show_collab_predictions"], project.read()["model_version"]) == (True, "v1")
    save(project, "annotation", without)
    assert (project.read()["show_collab_predictions"], project.read()["model_version"]) == (False, "")


@pytest.mark.parametrize("name, value", [("maximum_annotations", "0"), ("maximum_annotations", "1001"), ("maximum_annotations", "many"),
                                         ("overlap_cohort_percentage", "101"), ("overlap_cohort_percentage", ""), ("sampling", "By lot"),
                                         ("skip_queue", "x")])
def test_annotation_is_refused_beside_the_field(project, name, value):
    before = project.read()
    assert error_of(save(project, "annotation", {**ANNOTATION, name: value}, 400), name)
    assert project.read() == before


REVIEW = {"review_criteria": "one", "sampling": "random", "review_task_limit_percent": "33.5", "only_finished_tasks": "true",
          "requeue_rejected_tasks_mode": "flexible", "require_comment_on_reject": "true", "show_data_manager_to_reviewers": "true",
          "instruction": "Look <b>twice</b><script>x</script>"}


def test_review(project):
    project.change(review_settings={"annotator_batch_percent": "20.00", "show_agreement_to_reviewers": False})
    save(project, "review", REVIEW)
    read = project.read()["review_settings"]
    assert {name: read[name] for name in ("review_criteria", "sampling", "review_task_limit_percent", "annotator_batch_percent", "only_finished_tasks",
                                          "show_data_manager_to_reviewers", "show_agreement_to_reviewers", "instruction")} == {
        "review_criteria": "one", "sampling": "random", "review_task_limit_percent": "33.50", "annotator_batch_percent": "20.00",
        "only_finished_tasks": True, "show_data_manager_to_reviewers": True, "show_agreement_to_reviewers": False, "instruction": "<p>Look <b>twice</b></p>"}
    assert 'value="33.50"' in page(project, "review")
    for name, value in (("review_task_limit_percent", "half"), ("sampling", "x")):
        assert error_of(save(project, "review", {**REVIEW, name: value}, 400), name)


def test_reviewers_who_see_no_table_come_to_their_reviews(project):
    of = f"/projects/{project.id}/data"
    assert tab("RE").get(of).status_code == 200
    save(project, "review", {name: value for name, value in REVIEW.items() if name != "show_data_manager_to_reviewers"})
    answer = tab("RE").get(of)
    assert answer.status_code == 302 and answer.headers["Location"].endswith(of + "?labeling=1&mode=review")
    assert tab("RE").get(of + "?labeling=1&mode=review").status_code == tab("MA").get(of).status_code == 200


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
    assert last_changed(project, "danger-zone") == first
    manager.delete("/api/dm/views/reset/", params={"project": project.id})
    assert last_changed(project, "danger-zone") == manager.address
    owner().delete(project.path + "/tasks/")
    assert last_changed(project, "danger-zone") == first


# ---- labels in use that leave the configuration ----

BOXES = """<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image">%s</RectangleLabels>
<Choices name="kind" toName="image" choice="multiple">%s</Choices></View>"""


def boxes(labels, choices):
    return BOXES % ("".join(f'<Label value="{label}"/>' for label in labels), "".join(f'<Choice value="{label}"/>' for label in choices))


def box(number, *labels):
    value = {"x": 1, "y": 1, "width": 5, "height": 5, "rotation": 0, "rectanglelabels": list(labels)}
    return {"id": number, "from_name": "box", "to_name": "image", "type": "rectanglelabels", "value": value}


def kind(*labels):
    return {"id": "k", "from_name": "kind", "to_name": "image", "type": "choices", "value": {"choices": list(labels)}}


@pytest.fixture
def drawn():
    project = Project(label_config=boxes(["Car", "Van", "Bus"], ["Day", "Night"]))
    one, two = project.load([{"image": "/a.png"}, {"image": "/b.png"}])
    relation = {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"}
    first = owner().post(f"/api/tasks/{one}/annotations/", {"result": [box("a", "Car", "Van"), box("b", "Van"), box("c", "Bus"), kind("Day", "Night"), relation]})
    owner().post(f"/api/tasks/{two}/drafts", {"result": [box("d", "Car")]})
    project.first, project.two = first["id"], two
    return project


def answers(text, **chosen):
    """The form's hidden names with an answer for each label."""
    found = re.findall(r'name="control_of_(\d+)" value="([^"]*)">\s*<input type="hidden" name="label_of_\d+" value="([^"]*)"', text)
    fields = {}
    for number, control, label in found:
        fields |= {f"control_of_{number}": control, f"label_of_{number}": label, f"map_of_{number}": chosen.get(label, "")}
    return fields


def used(text):
    return {label: count for label, count in re.findall(r'<th scope="row">(\w+)</th>\s*<td><span class="mono">\w+</span></td>\s*<td class="num">([^<]*)</td>', text)}


def test_labels_that_go_are_asked_for_with_counts(drawn):
    config = {"action": "save", "label_config": boxes(["Vehicle", "Bus"], ["Night"])}
    text = save(drawn, "labeling", config, 400)
    assert used(text) == {"Car": "1 annotated region, 1 region of drafts", "Van": "2 annotated regions", "Day": "1 annotated region"}
    assert '<option value="to:Vehicle">' in text and '<option value="remove">' in text
    partly = save(drawn, "labeling", {**config, **answers(text, Car="to:Vehicle", Van="to:Absent", Day="remove")}, 400)
    assert '<option value="to:Vehicle" selected>' in partly
    assert "Vehicle" not in drawn.read()["label_config"]


def test_labels_are_renamed_merged_and_removed(drawn):
    config = {"action": "save", "label_config": boxes(["Vehicle", "Bus"], ["Night"])}
    text = save(drawn, "labeling", config, 400)
    save(drawn, "labeling", {**config, **answers(text, Car="to:Vehicle", Van="to:Vehicle", Day="remove")})
    result = owner().get(f"/api/annotations/{drawn.first}/")["result"]
    assert [part.get("value", {}).get("rectanglelabels") or part.get("value", {}).get("choices") for part in result] == [
        ["Vehicle"], ["Vehicle"], ["Bus"], ["Night"], None]
    draft, = owner().get(f"/api/tasks/{drawn.two}/drafts")
    assert draft["result"][0]["value"]["rectanglelabels"] == ["Vehicle"]
    summary = owner().get(drawn.path + "/summary/")
    assert summary["created_labels"] == {"box": {"Vehicle": 2, "Bus": 1}, "kind": {"Night": 1}}
    assert summary["created_labels_drafts"] == {"box": {"Vehicle": 1}}
    assert "Vehicle" in drawn.read()["label_config"] and last_changed(drawn, "labeling")
    assert [row["action"] for row in owner().get("/api/annotation-history/", annotation=drawn.first)] in (["submitted", "updated"], ["updated", "submitted"])


def test_regions_without_a_label_go_with_what_hangs_on_them(drawn):
    config = {"action": "save", "label_config": boxes(["Bus"], ["Day", "Night"])}
    text = save(drawn, "labeling", config, 400)
    save(drawn, "labeling", {**config, **answers(text, Car="remove", Van="remove")})
    result = owner().get(f"/api/annotations/{drawn.first}/")["result"]
    assert [part["id"] for part in result] == ["c", "k"]
    assert owner().get(f"/api/tasks/{drawn.two}/drafts")[0]["result"] == []


def test_annotations_may_stay_as_they_are(drawn):
    config = {"action": "save", "label_config": boxes(["Car", "Van", "Bus"], ["Night"])}
    text = save(drawn, "labeling", config, 400)
    save(drawn, "labeling", {**config, **answers(text, Day="keep")})
    assert kind("Day", "Night") in owner().get(f"/api/annotations/{drawn.first}/")["result"]


def test_tags_in_use_cannot_go_and_nothing_is_asked(drawn):
    text = save(drawn, "labeling", {"action": "save", "label_config": boxes(["Car"], ["Day"]).replace('name="kind"', 'name="sort"')}, 400)
    assert "config-error" in text and "What becomes of labels" not in text


@pytest.mark.parametrize("body", [{}, {"map": []}, {"map": [1]}, {"map": [{"control": "box", "was": "Car"}]}, {"map": [{"control": "box", "is": "x"}]},
                                  {"map": [{"control": "box", "was": "Car", "is": 1}]}])
def test_maps_of_labels_that_are_none(drawn, body):
    owner().post("/api/dm/actions/", body, 400, project=drawn.id, id="relabel")


# ---- predictions ----


def predict(project, task, version):
    value = {"id": "a", "from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["A"]}}
    owner().post("/api/predictions/", {"task": task, "result": [value], "model_version": version})


def test_versions_of_predictions(project):
    one, two = project.texts(2)
    for task, version in ((one, "v1"), (two, "v1"), (one, "v<2>")):
        predict(project, task, version)
    text = page(project, "predictions")
    assert "3 predictions" in text and "v&lt;2&gt;" in text and "Annotators see none" in text
    save(project, "predictions", {"action": "show", "version": "v1"})
    assert project.read()["model_version"] == "v1" and "Annotators see those of <strong>v1</strong>" in page(project, "predictions")
    assert "Model version doesn" in save(project, "predictions", {"action": "show", "version": "absent"}, 400)
    save(project, "predictions", {"action": "hide"})
    assert not project.read()["model_version"]
    save(project, "predictions", {"action": "delete"}, 400)
    asked = page(project, "predictions", query="?delete=v1")
    assert "Removes <strong>v1</strong>: 2 predictions." in asked and "Removes" not in page(project, "predictions", query="?delete=absent")
    for typed in ("", "v2"):
        assert error_of(save(project, "predictions", {"action": "delete", "version": "v1", "confirm": typed}, 400), "confirm")
    assert project.read()["total_predictions_number"] == 3
    save(project, "predictions", {"action": "delete", "version": "v1", "confirm": " v1 "}, role="MA")
    assert project.read()["total_predictions_number"] == 1
    assert last_changed(project, "predictions") == member("MA").address


# ---- machine learning ----

BACKEND = {"action": "connect", "title": "My model", "url": "", "description": "", "is_interactive": "true", "timeout": "5", "auth_method": "NONE",
           "basic_auth_user": "", "basic_auth_pass": "", "extra_params": '{"a": 1.0}'}


@pytest.fixture
def model():
    double = ModelDouble()
    yield double
    double.close()


def models(project):
    return owner().get("/api/ml/", project=project.id)


def test_a_model_is_connected_checked_changed_and_disconnected(project, model):
    project.texts(1)
    save(project, "ml", {**BACKEND, "url": model.url}, role="MA")
    made, = models(project)
    assert (made["title"], made["is_interactive"], made["timeout"], made["auto_update"]) == ("My model", True, 5.0, False)
    assert last_changed(project, "ml") == member("MA").address
    text = page(project, "ml", query=f"?backend={made['id']}")
    assert "Connected" in text and "m-1" in text and 'value="My model"' in text and "Change My model" in text
    chosen = {"backend": str(made["id"])}
    save(project, "ml", {**BACKEND, **chosen, "url": model.url, "title": "Renamed", "auto_update": "true"})
    assert models(project)[0]["title"] == project.read()["model_version"] == "Renamed"
    for action in ("check", "train", "predict"):
        save(project, "ml", {**chosen, "action": action})
    assert "/train" in [where for _, where, _, _ in model.asked] or "/webhook" in [where for _, where, _, _ in model.asked]
    save(project, "ml", {**chosen, "action": "delete"})
    assert models(project) == []


@pytest.mark.parametrize("change, field", [({"url": "http://127.0.0.1:9"}, None), ({"url": "no address"}, None), ({"extra_params": "{"}, "extra_params"),
                                           ({"timeout": "long"}, "timeout"), ({"auth_method": "x"}, "auth_method")])
def test_a_model_that_cannot_be_connected(project, model, change, field):
    text = save(project, "ml", {**BACKEND, "url": model.url, **change}, 400)
    assert 'value="My model"' in text
    assert error_of(text, field) if field else "data-step-error" in text or error_of(text, "url")
    assert models(project) == []


def test_models_of_other_projects_are_not_there(project, model):
    other = Project()
    save(other, "ml", {**BACKEND, "url": model.url})
    theirs = str(models(other)[0]["id"])
    for action in ("connect", "check", "train", "predict", "delete"):
        assert tab("OW").form(address(project, "ml"), {**BACKEND, "action": action, "backend": theirs}).status_code == 404
    assert len(models(other)) == 1


def test_when_models_are_asked(project):
    form = {"action": "save", "evaluate_predictions_automatically": "true", "min_annotations_to_start_training": "10", "task_data_login": "reader",
            "task_data_password": ""}
    save(project, "ml", form)
    read = project.read()
    assert (read["evaluate_predictions_automatically"], read["min_annotations_to_start_training"], read["task_data_login"]) == (True, 10, "reader")
    assert error_of(save(project, "ml", {**form, "min_annotations_to_start_training": "x"}, 400), "min_annotations_to_start_training")


# ---- storages ----


@pytest.fixture
def folder():
    path = os.path.join(shared_server().dir, "media", uuid.uuid4().hex)
    os.mkdir(path)
    os.chmod(path, 0o777)
    yield path
    shutil.rmtree(path)


def storages(project, direction=""):
    return owner().get(f"/api/storages/{direction}", project=project.id)


def test_a_source_is_added_synchronized_changed_and_removed(project, folder):
    with open(os.path.join(folder, "a.txt"), "w", encoding="utf-8") as file:
        file.write("x")
    form = {"action": "save", "direction": "import", "type": "localfiles", "title": "Pictures", "path": folder, "regex_filter": "", "use_blob_urls": "true"}
    assert 'name="path"' in page(project, "storage", query="?direction=import&type=localfiles")
    save(project, "storage", form, role="MA")
    made, = storages(project)
    assert (made["title"], made["path"], made["use_blob_urls"], made["recursive_scan"]) == ("Pictures", folder, True, False)
    assert last_changed(project, "storage") == member("MA").address
    chosen = {"direction": "import", "type": "localfiles", "storage": str(made["id"])}
    assert f'value="{folder}"' in page(project, "storage", query=f"?direction=import&storage={made['id']}")
    save(project, "storage", {**form, **chosen, "title": "Renamed", "recursive_scan": "true"})
    assert (storages(project)[0]["title"], storages(project)[0]["recursive_scan"]) == ("Renamed", True)
    save(project, "storage", {**chosen, "action": "sync"})
    eventually(lambda: storages(project)[0]["status"], lambda status: status == "completed")
    assert project.read()["task_number"] == 1
    job, = owner().get(project.path + "/jobs/", ended="true")
    assert (job["kind"], job["done"], job["total"], job["result"]) == ("storage_sync", 1, None, {"detail": "1 objects looked at"})
    assert "Synchronized" in page(project, "storage") and "1 object" in page(project, "storage")
    save(project, "storage", {**chosen, "action": "delete"})
    assert storages(project) == [] and project.read()["task_number"] == 1


def test_secrets_are_kept_and_never_shown(project):
    form = {"action": "save", "direction": "import", "type": "s3", "title": "Bucket", "bucket": "pictures", "prefix": "", "region_name": "",
            "s3_endpoint": "", "aws_sse_kms_key_id": "", "aws_access_key_id": "AKIA", "aws_secret_access_key": "hush-hush", "aws_session_token": "",
            "regex_filter": ".*", "presign_ttl": "30", "presign": "true"}
    save(project, "storage", form)
    made, = storages(project)
    kept = f"SELECT secrets ->> 'aws_secret_access_key' FROM storage WHERE id = {made['id']}"
    assert sql(kept) == "hush-hush"
    text = page(project, "storage", query=f"?direction=import&storage={made['id']}")
    assert "hush-hush" not in text and 'type="password"' in text and "AWS secret access key" in text and 'value="30"' in text
    save(project, "storage", {**form, "storage": str(made["id"]), "aws_secret_access_key": "", "bucket": "others"})
    assert sql(kept) == "hush-hush" and storages(project)[0]["bucket"] == "others"
    changed = {**form, "storage": str(made["id"]), "aws_secret_access_key": "", "remove_aws_secret_access_key": "true", "aws_access_key_id": ""}
    assert 'name="remove_aws_secret_access_key"' in text and "remove_" not in page(project, "storage", query="?direction=import&type=s3")
    save(project, "storage", changed)
    assert sql(kept) == "" and sql(kept.replace("secret_access_key", "access_key_id")) == "AKIA"


def test_a_target(project, folder):
    save(project, "storage", {"action": "save", "direction": "export", "type": "localfiles", "title": "Out", "path": folder, "can_delete_objects": "true"})
    made, = storages(project, "export")
    assert made["can_delete_objects"] is True and "Out" in page(project, "storage")


def test_storages_that_are_refused(project, folder):
    form = {"action": "save", "direction": "import", "type": "localfiles", "title": "kept", "path": "/nonexistent"}
    text = save(project, "storage", form, 400)
    assert "does not exist" in text and 'value="kept"' in text
    save(project, "storage", {**form, "type": "tape"}, 400)
    other = Project()
    save(other, "storage", {**form, "path": folder})
    theirs = {"direction": "import", "type": "localfiles", "storage": str(storages(other)[0]["id"])}
    for action in ("save", "sync", "delete"):
        assert tab("OW").form(address(project, "storage"), {**form, **theirs, "action": action}).status_code == 404
    assert storages(project) == [] and storages(other)[0]["title"] == "kept"


# ---- webhooks ----

HOOK = {"url": "https://hooks.example.com/in", "secret": "", "send_payload": "true", "all_actions": "true"}


def hooks(project):
    return owner().get("/api/webhooks/", project=project.id)


def test_webhooks_of_other_projects_are_not_there(project):
    other = Project()
    save(other, "webhooks", {**HOOK, "action": "add"})
    theirs = str(hooks(other)[0]["id"])
    assert tab("OW").get(address(project, "webhooks") + "?hook=" + theirs).status_code == 404
    for action in ("save", "pause", "resume", "test", "redeliver", "delete"):
        assert tab("OW").form(address(project, "webhooks"), {**HOOK, "action": action, "hook": theirs, "delivery": "1"}).status_code == 404
    assert hooks(other)[0]["is_active"] is True and hooks(project) == []


def test_a_webhook_is_changed(project):
    save(project, "webhooks", {**HOOK, "action": "add", "secret": "hush"})
    made, = hooks(project)
    chosen = {"hook": str(made["id"]), "action": "save"}
    text = page(project, "webhooks", query="?hook=" + chosen["hook"])
    assert 'value="https://hooks.example.com/in"' in text and 'value="save"' in text and "hush" not in text and "remove_secret" in text
    some = {"url": "https://hooks.example.com/other", "secret": "", "TASKS_CREATED": "true"}
    save(project, "webhooks", {**some, **chosen})
    now, = hooks(project)
    assert (now["url"], now["send_payload"], now["send_for_all_actions"], now["actions"], now["has_secret"]) == (
        some["url"], False, False, ["TASKS_CREATED"], True)
    text = page(project, "webhooks", query="?hook=" + chosen["hook"])
    assert re.search(r'name="TASKS_CREATED" value="true" checked', text) and text.count(" checked") == 1
    refused = save(project, "webhooks", {**some, **chosen, "url": "no address"}, 400)
    assert error_of(refused, "url") and 'value="no address"' in refused and 'value="save"' in refused
    assert 'value="http://127.0.0.1/"' in save(project, "webhooks", {**HOOK, "action": "add", "url": "http://127.0.0.1/"}, 400)
    save(project, "webhooks", {**some, **chosen, "remove_secret": "true"})
    assert hooks(project)[0]["has_secret"] is False


# ---- members ----


def row_of(text, address):
    return next((row for row in re.findall(r"<tr>.*?</tr>", text, re.S) if address in row), "")


def test_members_come_and_go(project):
    workspace = owner().post("/api/workspaces/", {"title": "Closed " + uuid.uuid4().hex})
    project.change(workspace=workspace["id"])
    person = Person("AN")
    assert not row_of(page(project, "members"), person.address)
    save(project, "members", {"action": "add", "email": person.address.upper(), "role": "RE"})
    row = row_of(page(project, "members"), person.address)
    assert "Added here" in row and re.search(r'<option value="RE" selected>', row)
    assert person.get(project.path + "/")["id"] == project.id
    save(project, "members", {"action": "role", "user": str(person.number), "role": ""})
    assert re.search(r'<option value="" selected>', row_of(page(project, "members"), person.address))
    save(project, "members", {"action": "remove", "user": str(person.number)})
    person.get(project.path + "/", 404)
    assert error_of(save(project, "members", {"action": "add", "email": "nobody@example.com"}, 400), "email")
    assert error_of(save(project, "members", {"action": "add", "email": ""}, 400), "email")
    save(project, "members", {"action": "role", "user": str(person.number), "role": "OW"}, 400)


def test_a_member_is_found_though_many_addresses_have_theirs_as_a_part(project):
    workspace = owner().post("/api/workspaces/", {"title": "Closed " + uuid.uuid4().hex})
    project.change(workspace=workspace["id"])
    person, part = Person("AN"), uuid.uuid4().hex
    sql(f"UPDATE user_account SET email = '{part}@example.com' WHERE id = {person.number}")
    sql(f"WITH u AS (INSERT INTO user_account (email, username, first_name, password_hash) SELECT n || '{part}@example.com', n || '{part}', '0', '' "
        "FROM generate_series(1, 120) n RETURNING id) INSERT INTO membership (organization_id, user_id, role) SELECT 1, id, 'DI' FROM u")
    try:
        save(project, "members", {"action": "add", "email": part + "@example.com"})
        assert row_of(page(project, "members"), part + "@example.com")
    finally:
        sql(f"WITH u AS (SELECT id FROM user_account WHERE email ~ '^[0-9]+{part}@'), m AS (DELETE FROM membership USING u WHERE user_id = u.id) "
            "DELETE FROM user_account USING u WHERE user_account.id = u.id")


def test_members_are_paused_and_resumed(project):
    person = Person("AN")
    project.texts(1)
    save(project, "members", {"action": "pause", "user": str(person.number), "reason": "Ask <me> first"})
    text = page(project, "members", query="?search=" + person.address)
    assert "Organization" in row_of(text, person.address) and "Ask &lt;me&gt; first" in row_of(text, person.address)
    person.get(project.path + "/next/", 403)
    pause = re.search(r'name="pause" value="(\d+)"', row_of(text, person.address)).group(1)
    save(project, "members", {"action": "resume", "user": str(person.number), "pause": pause})
    person.get(project.path + "/next/", 200)
    implicit = save(project, "members", {"action": "remove", "user": str(person.number)}, 400)
    assert "can be removed only there" in implicit


# ---- the danger zone ----


def test_the_project_is_counted_anew(project):
    project.texts(1)
    sql(f"DELETE FROM project_summary_count WHERE project_id = {project.id}")
    save(project, "danger-zone", {"action": "reset_cache"})
    assert owner().get(project.path + "/summary/")["all_data_columns"] == {"text": 1}


def test_tabs_are_dropped(project):
    owner().post("/api/dm/views/", {"project": project.id, "data": {"title": "Mine"}})
    assert error_of(save(project, "danger-zone", {"action": "drop_tabs", "confirm_tabs": "wrong"}, 400), "confirm_tabs")
    assert len(owner().get(f"/api/dm/views/?project={project.id}")) == 1
    save(project, "danger-zone", {"action": "drop_tabs", "confirm_tabs": project.read()["title"]})
    assert owner().get(f"/api/dm/views/?project={project.id}") == []


def test_all_tasks_are_deleted_by_typing_the_name(project):
    project.texts(2)
    said = error_of(save(project, "danger-zone", {"action": "delete_tasks", "confirm_tasks": "wrong"}, 400), "confirm_tasks")
    assert said == "This is not the name of the project. Nothing was deleted."
    assert project.read()["task_number"] == 2
    save(project, "danger-zone", {"action": "delete_tasks", "confirm_tasks": project.read()["title"]})
    assert project.read()["task_number"] == 0


# ---- who may ----

TABS = ["general", "labeling", "instructions", "annotation", "review", "ml", "predictions", "storage", "members", "webhooks", "danger-zone"]


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
