"""The calls that the guide "Update scripts and API calls" tells people to make, paragraph by paragraph, as their scripts send them.
labeld only: workspaces, roles and members are of another edition of the reference."""

import re
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest

from people import Browser, Person, head_of_new_organization
from work import CHOICES, Project, annotate, choice, ours, owner

pytestmark = ours


@pytest.fixture(scope="module")
def boss():
    return head_of_new_organization("Scripts of old")


@pytest.fixture
def project():
    return Project()


# ---- import data ----


def test_bulk_import_still_works(project):
    answer = owner().post(f"/api/projects/{project.id}/tasks/bulk", [{"data": {"text": "a"}}, {"text": "b"}])
    assert answer["task_count"] == 2
    assert [t["data"] for t in project.tasks()] == [{"text": "a"}, {"text": "b"}]


def test_annotations_in_place_of_completions(project):
    """Pre-annotations are under `annotations`; the answer counts them in annotation_count."""
    answer = owner().post(project.path + "/import", [{"data": {"text": "a"}, "annotations": [{"result": choice()}]}])
    assert answer["annotation_count"] == 1 and "completion_count" not in answer
    owner().post(project.path + "/import", [{"data": {"text": "b"}, "completions": [{"result": choice()}]}])
    assert [t["total_annotations"] for t in project.tasks()] == [1, 0]


def test_tasks_without_a_configuration_have_the_key_undefined():
    project = Project(label_config=None)
    owner().call("POST", project.path + "/import", 201, files={"file": ("a.txt", b"one\ntwo\n")})
    assert [t["data"] for t in project.tasks()] == [{"$undefined$": "one"}, {"$undefined$": "two"}]
    task = project.tasks()[0]["id"]
    assert owner().patch(f"/api/tasks/{task}/", {"data": {"$undefined$": "s3://example.png"}})["data"] == {"$undefined$": "s3://example.png"}
    project.change(label_config=CHOICES)
    assert [t["data"] for t in project.tasks()] == [{"text": "s3://example.png"}, {"text": "two"}], "shown under the key of the configuration"


# ---- export data ----


@pytest.mark.parametrize("name", ["results", "completions"])
def test_old_export_addresses_fail(project, name):
    for path in (f"/api/projects/{project.id}/{name}", f"/api/projects/{project.id}/{name}/"):
        owner().get(path, 404)


@pytest.mark.parametrize("old", [{"aggregator_type": "majority_vote"}, {"finished": "0"}, {"return_task": "1"}, {"return_predictions": "0"},
                                 {"return_ground_truths": "0"}])
def test_old_export_parameters_change_nothing(project, old):
    one, two = project.texts(2)
    annotate(owner(), one, ground_truth=True)
    made = owner().post("/api/predictions/", {"task": one, "result": choice()})["id"]
    plain = owner().get(project.path + "/export", exportType="JSON")
    assert owner().get(project.path + "/export", exportType="JSON", **old) == plain
    task, = plain
    assert task["data"] == {"text": "text 0"} and task["predictions"] == [made] and task["annotations"][0]["ground_truth"] is True
    assert [t["id"] for t in owner().get(project.path + "/export", exportType="JSON", download_all_tasks="true")] == [one, two]


def test_the_annotations_of_an_export(project):
    task = project.texts(1)[0]
    made = annotate(owner(), task, lead_time=6.026)["id"]
    item, = project.export()
    assert "completions" not in item
    annotation, = item["annotations"]
    assert not {"aggregated", "aggregated_completed_by", "aggregated_ids"} & set(annotation)
    assert annotation["result"] == choice(), "one list, not a list in a list"
    assert annotation["completed_by"] == owner().id, "people, not experts"
    assert {k: annotation[k] for k in ("id", "was_cancelled", "ground_truth", "lead_time", "prediction", "result_count", "task")} == {
        "id": made, "was_cancelled": False, "ground_truth": False, "lead_time": 6.026, "prediction": {}, "result_count": 1, "task": task}
    assert annotation["created_at"].endswith("Z") and annotation["updated_at"].endswith("Z")


def test_people_in_a_snapshot_are_objects_when_asked_for(project):
    annotate(owner(), project.texts(1)[0])
    body = {"serialization_options": {"annotations__completed_by": {"only_id": False}}}
    made = owner().post(project.path + "/exports/", body)["id"]
    item, = owner().get(f"{project.path}/exports/{made}/download")
    assert {k: item["annotations"][0]["completed_by"][k] for k in ("id", "email")} == {"id": owner().id, "email": owner().email}


# ---- invite people ----


def test_tokens_of_invitations_are_reset(boss):
    before = boss.get("/api/invite")
    after = boss.post("/api/invite/reset-token")
    assert after["token"] != before["token"] == parse_qs(urlsplit(before["invite_url"]).query)["token"][0]
    assert Browser().get(before["invite_url"]).status_code == 403, "the old link is dead"


def test_the_invitation_link(boss):
    link = boss.get("/api/invite")
    assert link["invite_url"] == f"/user/signup/?token={link['token']}"
    address, visitor = f"{uuid.uuid4().hex[:10]}@example.com", Browser()
    assert visitor.form(link["invite_url"], {"email": address, "password": "a-long-password-21"}).status_code == 302
    assert address in [u["email"] for u in boss.get("/api/users/")]


def test_members_of_a_project(boss):
    """Three steps in place of a link to the project: the link of the organization, the role, the membership."""
    address, visitor = f"{uuid.uuid4().hex[:10]}@example.com", Browser()
    visitor.form(boss.get("/api/invite")["invite_url"], {"email": address, "password": "a-long-password-21"})
    user = next(u["id"] for u in boss.get("/api/users") if u["email"] == address)
    assert boss.patch(f"/api/organizations/{boss.organization}/memberships", {"user_id": user, "role": "AN"})["role"] == "AN"
    workspace = boss.post("/api/workspaces/", {"title": uuid.uuid4().hex})["id"]
    project = Project(boss, workspace=workspace, is_published=True)
    assert visitor.get(project.path.replace("/api", "") + "/data").status_code == 404, "not theirs to see yet"
    assert boss.post(f"/api/projects/{project.id}/members", {"user": user})["user"] == user
    assert visitor.get(project.path.replace("/api", "") + "/data").status_code == 200


# ---- storages ----


def test_storages_have_a_type_in_their_address(project):
    made = owner().post("/api/storages/s3", {"project": project.id, "bucket": "b", "regex_filter": ".*jpg", "title": "T"})
    assert (made["bucket"], made["regex_filter"]) == ("b", ".*jpg")
    assert not {"path", "regex", "data_key"} & set(made)
    assert owner().get("/api/storages/s3", project=project.id) == [made]
    assert owner().get(f"/api/storages/s3/{made['id']}") == made
    for old in (f"/api/storages/{made['id']}/", f"/api/storages/{made['id']}/sync/"):
        owner().get(old, 404)
    owner().post(f"/api/storages/s3/{made['id']}/sync", status=400)


# ---- projects in workspaces ----


def test_workspaces_in_place_of_teams(boss):
    body = {"title": "A workspace", "description": "string", "color": "#123456", "is_personal": False}
    made = boss.post("/api/workspaces/", body)
    assert {k: made[k] for k in body} == body
    assert made["id"] in [w["id"] for w in boss.get("/api/workspaces/")]


FULL = {"title": "string", "description": "string", "label_config": CHOICES, "expert_instruction": "string", "show_instruction": True,
        "show_skip_button": True, "enable_empty_annotation": True, "show_annotation_history": True, "organization": 0, "color": "#FFFFFF",
        "maximum_annotations": 2, "is_published": True, "model_version": "string", "is_draft": True,
        "created_by": {"id": 1, "first_name": "", "last_name": "", "email": "somebody@example.com"}, "min_annotations_to_start_training": 10,
        "show_collab_predictions": True, "sampling": "Sequential sampling", "show_ground_truth_first": True, "show_overlap_first": True,
        "overlap_cohort_percentage": 50, "task_data_login": "string", "task_data_password": "string", "control_weights": {},
        "evaluate_predictions_automatically": True}


def test_the_full_body_of_a_project(boss):
    workspace = boss.post("/api/workspaces/", {"title": "For the project"})["id"]
    made = boss.post("/api/projects/", {**FULL, "workspace": workspace})
    # Not for a script to decide: where it is and whose; a published project is no draft; weights come from the configuration.
    own = {"organization": boss.organization, "is_draft": False}
    derived = {"created_by", "control_weights", "task_data_password", *own}
    read = boss.get(f"/api/projects/{made['id']}/")
    for answer in (made, read):
        assert {k: answer[k] for k in FULL if k not in derived} == {k: v for k, v in FULL.items() if k not in derived}
        assert {k: answer[k] for k in own} == own and answer["workspace"] == workspace
        assert answer["created_by"]["id"] == boss.number and list(answer["control_weights"]) == ["label"]


def test_every_field_of_a_project_is_optional(boss):
    made = boss.post("/api/projects/", {})
    assert (made["title"], made["label_config"], made["maximum_annotations"]) == ("", "<View></View>", 1)
    made = boss.post("/api/projects/", {"title": "With a team", "team_id": 17})
    assert "team_id" not in made, "passed over"


def test_members_of_a_workspace(boss):
    person = Person("AN", boss.organization)
    workspace = boss.post("/api/workspaces/", {"title": uuid.uuid4().hex})["id"]
    assert person.number in [u["id"] for u in boss.get("/api/users/")]
    boss.post(f"/api/workspaces/{workspace}/memberships/", {"user": person.number, "workspace": workspace})
    assert person.number in [m["user"]["id"] for m in boss.get(f"/api/workspaces/{workspace}/memberships/")]


def test_users_of_the_organization(boss):
    users = boss.get("/api/users/")
    assert boss.number in [u["id"] for u in users]
    assert {"id", "first_name", "last_name", "username", "email", "last_activity", "initials", "phone"} <= set(users[0])
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", u["last_activity"]) for u in users)
