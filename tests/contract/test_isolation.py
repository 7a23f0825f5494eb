"""What one person's requests may never do to what others have: locks, ground truths, predictions and drafts."""

import pytest

from people import Browser, PASSWORD, member
from work import Project, admin, annotate, anonymous, choice, ours, owner, sql, stranger

pytestmark = ours


@pytest.fixture
def shown():
    """A published project with one task that the annotator holds."""
    project = Project(is_published=True)
    project.texts(1)
    return project, project.next(member("AN"))["id"]


def stranger_in_browser():
    address = stranger().email
    admin("reset-password", "--email", address, "--password", PASSWORD)
    return Browser(address)


def test_a_foreign_organization_cannot_end_locks(shown):
    _, task = shown
    theirs = stranger().post("/api/projects/", {"title": "Theirs"})
    browser = stranger_in_browser()
    for action in ("delete_tasks", "delete_tasks_annotations"):
        answer = browser.form(f"/projects/{theirs['id']}/data", {"action": action, "confirmed": "1", "ids": str(task)})
        assert answer.status_code == 303
    assert sql(f"SELECT count(*) FROM task_lock WHERE task_id = {task}") == "1"
    assert owner().get(f"/api/tasks/{task}/")["id"] == task


def test_deleting_a_task_ends_its_locks(shown):
    _, task = shown
    owner().delete(f"/api/tasks/{task}/")
    assert sql(f"SELECT count(*) FROM task_lock WHERE task_id = {task}") == "0"


def test_annotators_do_not_decide_what_the_truth_is(shown):
    _, task = shown
    truth = annotate(owner(), task, ground_truth=True)
    own = annotate(member("AN"), task, ground_truth=True)
    assert own["ground_truth"] is False
    path = f"/api/annotations/{own['id']}/"
    assert member("AN").patch(path, {"ground_truth": True})["ground_truth"] is False
    assert owner().get(f"/api/annotations/{truth['id']}/")["ground_truth"] is True
    assert member("RE").patch(path, {"ground_truth": True})["ground_truth"] is True
    assert owner().get(f"/api/annotations/{truth['id']}/")["ground_truth"] is False
    assert member("AN").patch(path, {"ground_truth": False, "result": choice("B")})["ground_truth"] is True


def test_annotators_see_predictions_where_the_project_shows_them(shown):
    project, task = shown
    owner().post("/api/predictions/", {"task": task, "result": choice(), "model_version": "m"})
    path = f"/api/tasks/{task}/"
    assert len(member("AN").get(path)["predictions"]) == 1
    project.change(show_collab_predictions=False)
    assert member("AN").get(path)["predictions"] == []
    assert len(member("RE").get(path)["predictions"]) == 1


def test_annotators_are_not_told_who_else_works(shown):
    project, task = shown
    annotate(owner(), task), annotate(member("AN"), task)
    path = project.path + "/annotators/"
    assert [u["id"] for u in member("AN").get(path)] == [member("AN").id]
    assert {u["id"] for u in member("RE").get(path)} == {owner().id, member("AN").id}


def test_annotators_draft_on_their_own_annotations_only(shown):
    _, task = shown
    other, own = annotate(owner(), task), annotate(member("AN"), task)
    draft = {"result": choice("B")}
    member("AN").post(f"/api/tasks/{task}/annotations/{other['id']}/drafts", draft, status=404)
    member("AN").post(f"/api/tasks/{task}/annotations/{own['id']}/drafts", draft)
    member("RE").post(f"/api/tasks/{task}/annotations/{other['id']}/drafts", draft)


def test_strangers_cannot_send_large_bodies():
    browser, long_text = Browser(), "x" * (2 << 20)
    assert browser.form("/user/login/", {"email": "a@example.com", "password": long_text}).status_code == 413
    assert anonymous().send("POST", "/api/token/refresh/", json={"refresh": long_text}).status_code == 413


def test_a_long_instruction_is_kept():
    text = f"<b>{'x' * 900000}</b>"
    assert text in Project().change(expert_instruction=text)["expert_instruction"]


def test_slow_readers_of_exports_hold_up_nobody_elses_media():
    project = Project()
    project.load([{"text": "x" * 20000} for _ in range(1500)])
    sent = owner().send("POST", project.path + "/import", files={"a": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100))})
    assert sent.status_code == 201
    file = owner().get(project.path + "/file-uploads", all="true")[0]["file"]
    exports = [owner().send("GET", project.path + "/export?download_all_tasks=1", headers={"Accept-Encoding": "identity"}, stream=True)
               for _ in range(2)]
    readers = [export.iter_content(1000) for export in exports]
    assert all(next(reader).startswith(b"[") for reader in readers)
    assert owner().send("GET", "/data/" + file, timeout=10).content.startswith(b"\x89PNG")
    for export in exports:
        export.close()
