"""Duplicates of projects, and templates: project → template → project."""


import pytest

from label_studio_sdk import LabelStudio
from people import Person
from server import shared_server
from work import Project, admin, annotate, counted, eventually, ours, owner, sql, stranger

pytestmark = ours

KEPT = ["label_config", "maximum_annotations", "sampling", "skip_queue", "show_skip_button", "expert_instruction", "color", "control_weights",
        "parsed_label_config", "enable_empty_annotation", "overlap_cohort_percentage", "assignment_settings"]


def client():
    return LabelStudio(base_url=shared_server().url, api_key=owner().session.headers["Authorization"].split()[1])


def like(number):
    project = Project.__new__(Project)
    project.api, project.id, project.path = owner(), number, f"/api/projects/{number}"
    return project


def duplicate(project, mode="settings", **fields):
    made = like(owner().post(project.path + "/duplicate/", {"mode": mode, "title": "Duplicate", **fields})["id"])
    eventually(lambda: made.read()["duplication_done"])
    return made


@pytest.fixture(scope="module")
def original():
    project = Project(maximum_annotations=2, sampling="Uniform sampling", skip_queue="REQUEUE_FOR_ME", show_skip_button=False, color="#123456",
                      expert_instruction="<b>Do it</b>", description="First", is_published=True,
                      assignment_settings={"label_stream_task_distribution": "assigned_only"})
    tasks = project.load([{"data": {"text": f"text {i}"}, "meta": {"n": i}} for i in range(5)])
    owner().delete(f"/api/tasks/{tasks[1]}/")
    annotate(owner(), tasks[0])
    return project


def settings(project):
    read = project.read()
    read["assignment_settings"] = read["assignment_settings"]["label_stream_task_distribution"]
    return {key: read[key] for key in KEPT}


def test_settings_alone(original):
    made = duplicate(original)
    read = made.read()
    assert settings(made) == settings(original)
    assert (read["title"], read["description"], read["task_number"]) == ("Duplicate", "First", 0)
    assert not read["is_published"] and read["duplication_status"] == "completed" and read["created_by"]["id"] == owner().id
    assert len(made.texts(2)) == 2
    admin("verify-counters")


def test_settings_and_tasks(original):
    made = duplicate(original, "settings,data", description="Second")
    old, new = original.tasks(), made.tasks()
    assert [(t["data"], t["meta"], t["overlap"]) for t in new] == [(t["data"], t["meta"], t["overlap"]) for t in old]
    assert [t["inner_id"] for t in new] == [1, 2, 3, 4] and not any(t["annotations"] for t in new)
    assert made.read()["description"] == "Second" and made.read()["task_number"] == 4
    admin("verify-counters")
    assert sorted(made.texts(1)) > [t["id"] for t in new]


def test_a_big_one_goes_on_where_its_runner_stopped():
    project = Project()
    project.texts(2500)
    made = duplicate(project, "settings,data")
    assert [t["inner_id"] for t in made.tasks()] == list(range(1, 2501))
    counted(made)


def test_uploaded_files_come_along():
    project = Project(label_config='<View><Image name="image" value="$image"/></View>')
    project.api.call("POST", project.path + "/import", 201, files={"file": ("a.png", b"\x89PNG\r\n\x1a\n not really")})
    made = duplicate(project, "settings,data")
    task, = made.tasks()
    assert task["data"]["image"].startswith(f"/data/upload/{made.id}/")
    owner().delete(project.path + "/")
    answer = owner().send("GET", task["data"]["image"])
    assert answer.status_code == 200 and answer.content.endswith(b"not really")
    kept, = owner().get(made.path + "/file-uploads", all="true")
    assert kept["id"] == task["file_upload"] or task["file_upload"]


def test_members_and_workspace():
    person, workspace = Person("AN"), owner().post("/api/workspaces/", {"title": "W"})["id"]
    project = Project()
    owner().post(project.path + "/members/", {"user": person.number})
    owner().post("/api/projects/roles/", {"project": project.id, "user": person.number, "role": "RE"})
    without = duplicate(project, workspace=workspace)
    assert owner().get(without.path + "/members/paginated/", implicit="false")["count"] == 0
    made = duplicate(project, workspace=workspace, include_members=True)
    assert made.read()["workspace"] == workspace
    row, = owner().get(made.path + "/members/paginated/", implicit="false")["results"]
    assert (row["id"], row["project_role"]) == (person.number, "RE")


def test_what_cannot_be_duplicated(original):
    path, good = original.path + "/duplicate/", {"mode": "settings", "title": "Duplicate"}
    for wrong in ({"mode": "everything"}, {"title": "x"}, {"title": None}, {"workspace": 2147483647}):
        owner().post(path, {**good, **wrong}, 400)
    owner().post(path, {}, 400)
    Person("AN").send("POST", path, json=good).status_code == 403
    stranger().post(path, good, 404)
    hidden = owner().post("/api/workspaces/", {"title": "W"})["id"]
    Person("MA").post(path, {**good, "workspace": hidden}, 403)


# ---- templates ----


def test_project_template_project(original):
    template = owner().post("/api/project-templates/", {"name": "T", "project_id": original.id, "tags": ["a"]})
    path = f"/api/project-templates/{template['id']}"
    assert template["project_settings"]["maximum_annotations"] == 2 and "task_data_password" not in template["project_settings"]
    made = owner().post(path + "/create-project", {"title": "Of a template", "description": "Mine"})
    assert settings(like(made["id"])) == settings(original)
    assert (made["title"], made["description"], made["is_published"]) == ("Of a template", "Mine", False)
    assert owner().patch(path, {"name": "Other"})["tags"] == ["a"]
    assert template["id"] in [t["id"] for t in owner().get("/api/project-templates/")]
    owner().delete(path)
    owner().get(path, 404)


def test_a_template_from_fields():
    fields = {"name": "T", "project_settings": {"maximum_annotations": 3, "label_config": "<View></View>"}, "require_comment_on_skip": True,
              "assignment_settings": {"label_stream_task_distribution": "assigned_only"}}
    path = f"/api/project-templates/{owner().post('/api/project-templates/', fields)['id']}/create-project"
    made = like(owner().post(path, {"title": "Of fields"})["id"]).read()
    assert made["maximum_annotations"] == 3 and made["assignment_settings"]["label_stream_task_distribution"] == "assigned_only"
    assert made["require_comment_on_skip"]
    for wrong in ({}, {"title": "x"}, {"title": "Of fields", "workspace_id": 2147483647}):
        owner().post(path, wrong, 400)
    stranger().post(path, {"title": "Theirs"}, 404)
    for wrong in ({}, {"name": ""}, {"name": "T", "project_id": 2147483647}, {"name": "T", "project_settings": []}):
        owner().post("/api/project-templates/", wrong, 400)
    broken = owner().post("/api/project-templates/", {"name": "T", "project_settings": {"label_config": "<View>"}})["id"]
    owner().post(f"/api/project-templates/{broken}/create-project", {"title": "Broken"}, 400)


def test_by_the_generated_client(original):
    ls = client()
    assert ls.projects.get(ls.projects.duplicate(original.id, mode="settings", title="By client", workspace=None).id).title == "By client"
    template = ls.project_templates.create(name="T", project_id=original.id)
    assert ls.project_templates.get(template.id).name == "T"
    assert ls.project_templates.update(template.id, name="U").name == "U"
    assert ls.project_templates.create_project_from_template(template.id, title="From it", workspace_id=None)
    ls.project_templates.delete(template.id)
    assert template.id not in [t.id for t in ls.project_templates.list()]
    assert sql("SELECT count(*) FROM job WHERE kind = 'project_duplicate' AND state = 'failed'") == "0"
