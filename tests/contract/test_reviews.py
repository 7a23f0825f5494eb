"""Reviews of annotations: decisions and what they do to annotations, history, tasks and streams; who may review what."""

import pytest

from people import Person, member
from work import Project, annotate, choice, counted, eventually, ours, owner, sql

pytestmark = ours


@pytest.fixture(scope="module")
def ann():
    return Person("AN")


@pytest.fixture(scope="module")
def bo():
    return Person("AN")


@pytest.fixture(scope="module")
def reviewer():
    return Person("RE")


def keep_queue(project):
    """What the job does in big projects: from now on what waits for a review is found in a queue."""
    sql(f"INSERT INTO project_counter AS c (project_id, slot, queues_reviews) SELECT {project.id}, s, true FROM generate_series(0, 15) s "
        f"ON CONFLICT (project_id, slot) DO UPDATE SET queues_reviews = true; "
        f"SELECT review_queue_set(array_agg(id)) FROM task WHERE project_id = {project.id}; "
        f"UPDATE project SET has_review_queue = true WHERE id = {project.id}")


def published(n=1, settings=None, queue=True, **fields):
    if settings is not None:
        fields["review_settings"] = settings
    project = Project(is_published=True, **fields)
    if queue:
        keep_queue(project)
    return project, project.texts(n)


def review(api, annotation, accepted=True, status=201, **fields):
    return api.post("/api/annotation-reviews/", {"annotation": annotation, "accepted": accepted, **fields}, status)


def figures(task, api=None):
    read = (api or owner()).get(f"/api/tasks/{task}/")
    return read["reviewed"], read["reviews_accepted"], read["reviews_rejected"]


def actions(annotation):
    return [h["action"] for h in owner().get("/api/annotation-history/", annotation=annotation)]


def stored(annotation):
    return owner().get(f"/api/annotations/{annotation}/")


# ---- decisions ----


def test_accept(ann, reviewer):
    project, (task,) = published()
    made = annotate(ann, task)["id"]
    assert "reviewed" not in owner().get(f"/api/tasks/{task}/") and "reviews_accepted" not in project.list(fields="all")["tasks"][0]
    one = review(reviewer, made, started_at="2026-01-01T00:00:00Z", comment="fine")
    assert list(one) == ["id", "annotation", "accepted", "created_by", "created_at", "started_at", "result", "comment", "remove_from_queue",
                         "last_annotation_history", "previous_annotation_history", "fixed_annotation_history", "state"]
    assert (one["annotation"], one["accepted"], one["created_by"], one["result"], one["remove_from_queue"]) == (made, True, reviewer.number, None, False)
    assert figures(task) == (True, 1, 0) and actions(made) == ["submitted", "accepted"]
    assert (stored(made)["last_action"], stored(made)["last_created_by"]) == ("accepted", reviewer.number)
    read = owner().get(f"/api/tasks/{task}/")
    assert read["reviewers"] == [{"user_id": reviewer.number}] and read["review_time"] > 0
    history = owner().get("/api/annotation-history/", annotation=made)
    assert history[0]["id"] == one["last_annotation_history"] and history[1]["review_id"] == one["id"] and history[1]["comment"] == "fine"
    assert history[0]["result"] == history[1]["result"] == choice()
    assert reviewer.get(f"/api/annotation-reviews/{one['id']}/") == one == ann.get(f"/api/annotation-reviews/{one['id']}/")
    counted(project)


def test_criteria(ann, bo, reviewer):
    project, (task,) = published(settings={"review_criteria": "all"}, maximum_annotations=2)
    a, b = annotate(ann, task)["id"], annotate(bo, task)["id"]
    review(reviewer, a)
    assert figures(task) == (False, 1, 0)
    review(reviewer, b, False)
    assert figures(task) == (True, 1, 1)
    project.change(review_settings={"review_criteria": "one"})
    assert figures(task) == (True, 1, 1)
    review(reviewer, a, False)
    assert figures(task) == (False, 0, 2)
    assert len(reviewer.get("/api/annotation-reviews/", annotation=a)) == 2


def test_fix_and_accept(ann, reviewer):
    _, (task,) = published()
    made = annotate(ann, task)["id"]
    one = review(reviewer, made, result=choice("B"), comment="B it is")
    assert one["result"] == choice("B") and stored(made)["result"] == choice("B")
    assert (stored(made)["last_action"], stored(made)["completed_by"], stored(made)["updated_by"]) == ("fixed_and_accepted", ann.number, reviewer.number)
    before, after = owner().get("/api/annotation-history/", annotation=made)
    assert (before["result"], after["result"]) == (choice("A"), choice("B")) and after["action"] == "fixed_and_accepted"
    assert (one["previous_annotation_history"], one["fixed_annotation_history"]) == (before["id"], after["id"])
    assert figures(task) == (True, 1, 0)
    assert review(reviewer, made, result=choice("B"))["result"] is None      # nothing new

    _, (task,) = published()
    made = annotate(ann, task)["id"]
    fixed = review(reviewer, made, result=choice("B"))
    reviewer.delete(f"/api/annotation-reviews/{fixed['id']}/")
    assert stored(made)["result"] == choice("A") and stored(made)["last_action"] == "deleted_review" and figures(task) == (False, 0, 0)
    assert [h["result"] for h in owner().get("/api/annotation-history/", annotation=made)] == [choice("A"), choice("B"), choice("A")]


def test_reject_and_back_to_its_author(ann, bo, reviewer):
    project, tasks = published(4)
    made = annotate(ann, tasks[0])["id"]
    annotate(bo, tasks[1])
    assert project.next(ann)["id"] == tasks[2]
    one = review(reviewer, made, False, comment="look again")
    assert not one["remove_from_queue"] and not stored(made)["was_cancelled"]
    for _ in range(2):
        given = project.next(ann)
        assert (given["id"], given["queue"]) == (tasks[0], "Rejected queue")
    (mine,) = given["annotations"]
    assert mine["id"] == made and mine["last_action"] == "rejected" and mine["reviews"][0]["comment"] == "look again"
    assert project.next(bo)["id"] == tasks[3]

    ann.patch(f"/api/annotations/{made}/", {"result": choice("B")})
    assert figures(tasks[0]) == (False, 0, 0) and project.next(ann)["id"] == tasks[2]
    assert owner().get(f"/api/annotation-reviews/{one['id']}/")["accepted"] is False      # it stays, but counts no more
    review(reviewer, made)
    assert figures(tasks[0]) == (True, 1, 0)
    assert actions(made) == ["submitted", "rejected", "updated", "accepted"]
    counted(project)


def test_a_rejection_takes_back_what_its_reviewer_made_of_it(ann, reviewer):
    project, (task,) = published()
    made = annotate(ann, task)["id"]
    fixed = review(reviewer, made, result=choice("B"))
    path = f"/api/annotation-reviews/{fixed['id']}/"
    assert stored(made)["result"] == choice("B") and figures(task) == (True, 1, 0)
    changed = reviewer.patch(path, {"accepted": False, "comment": "neither"})
    assert (changed["result"], changed["previous_annotation_history"], changed["fixed_annotation_history"]) == (None, None, None)
    assert stored(made)["result"] == choice("A") and figures(task)[1:] == (0, 1)
    assert actions(made) == ["submitted", "fixed_and_accepted", "rejected"]
    assert [h["result"] for h in owner().get("/api/annotation-history/", annotation=made)] == [choice("A"), choice("B"), choice("A")]
    again = reviewer.patch(path, {"accepted": True, "result": choice("B")})
    assert again["result"] == choice("B") and again["fixed_annotation_history"] and stored(made)["result"] == choice("B")
    reviewer.delete(path)
    assert stored(made)["result"] == choice("A") and figures(task) == (False, 0, 0)
    counted(project)


def test_what_came_back_can_be_postponed(ann, reviewer):
    project, tasks = published(2)
    made = annotate(ann, tasks[0])["id"]
    review(reviewer, made, False)
    assert project.next(ann)["id"] == tasks[0]
    kept = ann.post(f"/api/tasks/{tasks[0]}/annotations/{made}/drafts", {"result": choice("B"), "was_postponed": True})["id"]
    assert project.next(ann)["id"] == tasks[1]
    annotate(ann, tasks[1])
    for _ in range(2):
        given = project.next(ann)
        assert (given["id"], given["queue"]) == (tasks[0], "Postponed draft queue")
    ann.patch(f"/api/drafts/{kept}/", {"was_postponed": False})
    assert project.next(ann)["queue"] == "Rejected queue"
    ann.patch(f"/api/annotations/{made}/", {"result": choice("B")})
    project.next(ann, 404)


def test_each_annotation_is_exported_with_its_own_reviews(ann, bo, reviewer):
    project, tasks = published(3, maximum_annotations=2)
    made = [annotate(person, task)["id"] for task in reversed(tasks) for person in (bo, ann)]
    given = {a: [review(reviewer, a, accepted)["id"] for accepted in (False, True)] for a in made[1:]}
    exported = {a["id"]: [r["id"] for r in a["reviews"]] for t in project.export() for a in t["annotations"]}
    assert exported == {made[0]: [], **given}


def test_reject_and_remove(ann, bo, reviewer):
    project, (task,) = published(settings={"requeue_rejected_tasks_mode": "flexible"}, skip_queue="REQUEUE_FOR_ME")
    made = annotate(ann, task)["id"]
    assert owner().get(f"/api/tasks/{task}/")["is_labeled"]
    one = review(reviewer, made, False, remove_from_queue=True)
    assert one["remove_from_queue"] and stored(made)["was_cancelled"]
    read = owner().get(f"/api/tasks/{task}/")
    assert not read["is_labeled"] and (read["total_annotations"], read["cancelled_annotations"]) == (0, 1)
    assert figures(task) == (False, 0, 1)
    project.next(ann, 404)
    path = f"/api/annotation-reviews/{one['id']}/"
    changed = reviewer.patch(path, {"accepted": True})
    assert changed["accepted"] and not changed["remove_from_queue"] and not stored(made)["was_cancelled"] and figures(task) == (True, 1, 0)
    reviewer.patch(path, {"accepted": False, "reject_action": "remove"})
    assert stored(made)["was_cancelled"]
    reviewer.delete(path)
    assert not stored(made)["was_cancelled"] and figures(task) == (False, 0, 0)
    reviewer.get(path, 404)
    project.change(review_settings={"requeue_rejected_tasks_mode": "remove"})
    assert review(reviewer, made, False)["remove_from_queue"]
    counted(project)


def test_a_comment_is_wanted(ann, reviewer):
    _, (task,) = published(settings={"require_comment_on_reject": True})
    made = annotate(ann, task)["id"]
    told = review(reviewer, made, False, 400)["validation_errors"]
    assert told == {"comment": ["Please leave a comment before you reject an annotation."]}
    said = reviewer.post("/api/comments/", {"annotation": made, "text": "blurred"})["id"]
    review(reviewer, made, False)
    last = owner().get("/api/annotation-history/", annotation=made)[-1]
    assert (last["action"], last["comment"], last["comment_id"]) == ("rejected", "blurred", said)
    review(reviewer, made, False, 400)      # said before that review
    review(reviewer, made, False, comment="still")


# ---- who ----


def test_who_may_review(ann, reviewer):
    project, (task, second) = published(2)
    made, own = annotate(ann, task)["id"], annotate(reviewer, second)["id"]
    review(ann, made, status=403)
    review(member("VO"), made, status=403)
    review(reviewer, own, status=403)
    told = review(Person("AN"), made, status=400)["validation_errors"]
    assert told == {"annotation": [f'Invalid pk "{made}" - object does not exist.']}      # they do not see it
    managers = annotate(owner(), task)["id"]
    review(owner(), managers)
    one = review(owner(), made)["id"]
    other = Person("RE")
    other.patch(f"/api/annotation-reviews/{one}/", {"accepted": False}, 403)
    other.call("DELETE", f"/api/annotation-reviews/{one}/", 403)
    owner().patch(f"/api/annotation-reviews/{one}/", {"accepted": False})
    assert owner().put(f"/api/annotation-reviews/{one}/", {"annotation": made, "accepted": False})["accepted"] is False
    review(reviewer, 2000000000, status=400)
    reviewer.post("/api/annotation-reviews/", {"annotation": made}, 400)
    skipped = ann.post(f"/api/tasks/{second}/annotations/", {"result": [], "was_cancelled": True})["id"]
    review(reviewer, skipped, status=400)


def test_another_role_in_one_project(ann, bo):
    project, (task,) = published()
    elsewhere, (foreign,) = published()
    owner().post("/api/projects/roles/", {"project": project.id, "user": bo.number, "role": "RE"})
    made, other = annotate(ann, task)["id"], annotate(ann, foreign)["id"]
    one = review(bo, made)
    review(bo, other, status=400)
    assert bo.get(f"/api/annotation-reviews/{one['id']}/")["id"] == one["id"]
    assert bo.get(f"{project.path}/next/", 404, mode="review")["detail"].startswith("There are no tasks")


def test_members_only(ann, reviewer):
    project, (task,) = published()
    made = annotate(ann, task)["id"]
    space = sql("INSERT INTO workspace (organization_id, title) VALUES (1, 'Reviewed') RETURNING id")
    sql(f"UPDATE project SET workspace_id = {space} WHERE id = {project.id}")
    review(reviewer, made, status=400)
    sql(f"INSERT INTO project_member (project_id, user_id) VALUES ({project.id}, {reviewer.number})")
    review(reviewer, made)


# ---- lists, deletion in bulk ----


def test_lists_and_the_action(ann, bo, reviewer):
    project, tasks = published(2)
    a, b = annotate(ann, tasks[0])["id"], annotate(bo, tasks[1])["id"]
    first, second, third = review(reviewer, a)["id"], review(owner(), b, False)["id"], review(reviewer, b, False, remove_from_queue=True)["id"]

    def found(api=owner(), **query):
        return [r["id"] for r in api.get("/api/annotation-reviews/", **query)]

    assert found(annotation__task__project=project.id) == [first, second, third]
    assert found(annotation__task__project=project.id, ordering="-id") == [third, second, first]
    assert found(annotation=b) == [second, third] and found(ann, annotation=b) == [] and found(ann, annotation=a) == [first]
    assert found(ann, annotation__task__project=project.id) == [first]

    path = f"/api/dm/actions/?project={project.id}&id=delete_tasks_reviews"
    everything = {"selectedItems": {"all": True, "excluded": []}}
    answer = owner().post(path, {**everything, "reviewer": owner().id}, 200)
    assert answer == {"processed_items": 1, "detail": "Deleted 1 reviews"} and found(annotation=b) == [third]
    assert owner().post(path, everything, 200)["detail"] == "Deleted 2 reviews"
    assert figures(tasks[0]) == (False, 0, 0) == figures(tasks[1]) and not stored(b)["was_cancelled"] and found(annotation__task__project=project.id) == []
    reviewer.post(path, everything, 403)
    counted(project)


def test_the_trash(ann, reviewer):
    project, (task,) = published()
    made = annotate(ann, task)["id"]
    one = review(reviewer, made)["id"]
    ann.delete(f"/api/annotations/{made}/")
    assert figures(task) == (False, 0, 0)
    owner().get(f"/api/annotation-reviews/{one}/", 404)
    owner().post(project.path + "/trash/restore/", {"annotations": [made]}, 200)
    assert figures(task) == (True, 1, 0) and owner().get(f"/api/annotation-reviews/{one}/")["accepted"]
    copy = owner().post(f"{project.path}/duplicate/", {"mode": "settings", "title": "Copy"}, 201)["id"]
    assert sql(f"SELECT has_reviews FROM project WHERE id = {copy}") == "f"


# ---- the settings ----


def test_settings():
    project = Project()
    plain = project.read()["review_settings"]
    assert plain["project"] == project.id and plain["review_criteria"] == "all" and plain["requeue_rejected_tasks_mode"] == "requeue"
    assert plain["requeue_rejected_tasks_to_annotator"] is True and plain["review_task_limit_percent"] is None
    changed = project.change(review_settings={"review_criteria": "one", "review_task_limit_percent": "12.5", "instruction": "<b onclick='x()'>look</b>",
                                              "requeue_rejected_tasks_mode": "remove", "unknown": 1})["review_settings"]
    assert changed["review_criteria"] == "one" and changed["review_task_limit_percent"] == "12.50" and changed["instruction"] == "<b>look</b>"
    assert changed["requeue_rejected_tasks_to_annotator"] is False and "unknown" not in changed
    assert project.change(review_settings={"only_finished_tasks": True})["review_settings"] == {**changed, "only_finished_tasks": True}
    assert project.change(title="Other title")["review_settings"]["review_criteria"] == "one"

    def errors(**settings):
        return owner().patch(project.path + "/", {"review_settings": settings}, 400)["validation_errors"]["review_settings"]

    assert "review_criteria" in errors(review_criteria="both") and "sampling" in errors(sampling=1)
    assert "show_instruction" in errors(show_instruction="perhaps") and "review_task_limit_percent" in errors(review_task_limit_percent="x")
    owner().patch(project.path + "/", {"review_settings": []}, 400)


def test_settings_of_templates():
    body = {"name": "Reviewed", "project_settings": {"label_config": "<View></View>"}, "review_settings": {"review_criteria": "one"}}
    template = owner().post("/api/project-templates/", body)["id"]
    made = owner().post(f"/api/project-templates/{template}/create-project", {"title": "From a template"})
    assert owner().get(f"/api/projects/{made['id']}/")["review_settings"]["review_criteria"] == "one"


# ---- the stream of reviews ----


@pytest.fixture(params=["looked through", "from the queue"])
def queue(request):
    """How the stream finds tasks."""
    return request.param == "from the queue"


def given(project, api, status=200, **query):
    return api.get(f"{project.path}/next/", status, mode="review", **query)


def test_the_stream(ann, bo, reviewer, queue):
    project, tasks = published(4, queue=queue, maximum_annotations=2)
    a = [annotate(ann, task)["id"] for task in tasks[:3]]
    b = annotate(bo, tasks[0])["id"]
    annotate(reviewer, tasks[3])
    first = given(project, reviewer)
    assert (first["id"], first["queue"], first["unique_lock_id"]) == (tasks[0], "Review queue", None)
    assert [x["id"] for x in first["annotations"]] == [a[0], b] and given(project, reviewer)["id"] == tasks[0]
    other = Person("RE")
    assert given(project, other)["id"] == tasks[1]      # the first is in hand
    review(reviewer, a[0])
    assert given(project, reviewer)["id"] == tasks[0]
    assert given(project, reviewer)["annotations"][0]["reviews"][0]["accepted"]
    review(reviewer, b, False)
    assert given(project, reviewer)["id"] == tasks[2]
    review(reviewer, a[2])
    review(other, a[1])
    given(project, reviewer, 404)      # the last one is their own
    assert given(project, other)["id"] == tasks[3]
    bo.patch(f"/api/annotations/{b}/", {"result": choice("B")})
    assert given(project, reviewer)["id"] == tasks[0]      # back again, behind what was reviewed last
    given(project, ann, 403)
    counted(project)


def test_finished_assigned_and_enough(ann, bo, reviewer, queue):
    project, tasks = published(3, settings={"only_finished_tasks": True}, queue=queue, maximum_annotations=2)
    first = annotate(ann, tasks[0])["id"]
    for one in (ann, bo):
        annotate(one, tasks[1])
    assert given(project, reviewer)["id"] == tasks[1]
    project.change(review_settings={"only_finished_tasks": False, "review_only_manual_assignments": True})
    given(project, reviewer, 404)
    review(reviewer, first, status=403)
    owner().post(f"{project.path}/tasks/{tasks[0]}/assignees", {"type": "RE", "users": [reviewer.number]})
    assert given(project, reviewer)["id"] == tasks[0]
    project.change(review_settings={"review_only_manual_assignments": False, "review_criteria": "one"})
    review(reviewer, given(project, reviewer)["annotations"][0]["id"])
    left = given(project, reviewer)
    assert left["id"] == tasks[1]
    review(reviewer, left["annotations"][0]["id"])
    given(project, reviewer, 404)      # of two annotations one is accepted: enough
    counted(project)


def test_a_random_share(ann, reviewer, queue):
    project, tasks = published(10, settings={"sampling": "random", "review_task_limit_percent": "60"}, queue=queue)
    for task in tasks:
        annotate(ann, task)
    served = set()
    while len(served) <= 10:
        answer = reviewer.send("GET", f"{project.path}/next/?mode=review")
        if answer.status_code == 404:
            break
        served.add(answer.json()["id"])
        review(reviewer, answer.json()["annotations"][0]["id"])
    assert len(served) == 6


def test_by_annotator(ann, bo, reviewer, queue):
    project, tasks = published(4, settings={"sampling": "by_annotator"}, queue=queue)
    for one, task in zip((ann, bo, ann, bo), tasks):
        annotate(one, task)
    order = []
    for _ in tasks:
        task = given(project, reviewer)
        order.append(task["id"])
        review(reviewer, task["annotations"][0]["id"])
    assert order == [tasks[0], tasks[2], tasks[1], tasks[3]]


def test_of_a_selection(ann, reviewer, queue):
    project, tasks = published(4, settings={"sampling": "random", "review_task_limit_percent": "1"}, queue=queue)
    for task in tasks[:3]:
        annotate(ann, task)
    given(project, reviewer, 404)
    chosen = {"selectedItems": {"all": False, "included": tasks[1:]}, "ordering": ["-tasks:id"]}
    path = f"/api/dm/actions/?project={project.id}&id=next_task"
    assert reviewer.post(path + "&mode=review", chosen, 200)["id"] == tasks[2]
    task = reviewer.post(path, {**chosen, "mode": "review"}, 200)
    review(reviewer, task["annotations"][0]["id"])
    assert reviewer.post(path + "&mode=review", chosen, 200)["id"] == tasks[1]
    ann.post(path + "&mode=review", chosen, 403)


def waiting(project):
    """What the queue holds."""
    return sql(f"SELECT coalesce(string_agg(inner_id || ':' || author || ':' || state, ' ' ORDER BY inner_id, author), '') "
               f"FROM review_queue WHERE project_id = {project.id}")


def test_the_queue_follows_every_change(ann, bo, reviewer):
    project, tasks = published(4, maximum_annotations=2)
    a = [annotate(ann, task)["id"] for task in tasks]
    b = annotate(bo, tasks[0])["id"]
    one, other = ann.number, bo.number
    assert waiting(project) == f"1:{one}:1 1:{other}:1 2:{one}:0 3:{one}:0 4:{one}:0"
    made = review(reviewer, a[0])["id"]
    assert waiting(project) == f"1:{other}:3 2:{one}:0 3:{one}:0 4:{one}:0"
    reviewer.delete(f"/api/annotation-reviews/{made}/")
    review(reviewer, a[1], False)
    owner().delete(f"/api/annotations/{a[2]}/")
    assert waiting(project) == f"1:{one}:1 1:{other}:1 4:{one}:0"
    ann.patch(f"/api/annotations/{a[1]}/", {"result": choice("B")})
    owner().patch(f"/api/annotations/{b}/", {"completed_by": one})
    owner().delete(f"/api/tasks/{tasks[3]}/")
    assert waiting(project) == f"1:{one}:0 2:{one}:0"
    owner().post(f"{project.path}/trash/restore/", {"tasks": [tasks[3]]}, 200)
    assert waiting(project) == f"1:{one}:0 2:{one}:0 4:{one}:0"
    project.change(maximum_annotations=1)
    assert waiting(project) == f"1:{one}:1 2:{one}:1 4:{one}:1"
    counted(project)


def test_what_is_assigned_follows_too(ann, reviewer):
    project, tasks = published(3, settings={"review_only_manual_assignments": True})
    for task, who in zip(tasks, (reviewer, ann, ann)):
        annotate(who, task)
        owner().post(f"{project.path}/tasks/{task}/assignees", {"type": "RE", "users": [reviewer.number]})
    states = f"SELECT string_agg(coalesce(review_state::text, '-'), '' ORDER BY inner_id) FROM task_assignment WHERE project_id = {project.id}"
    assert sql(states) == "-11"      # the first is the reviewer's own
    first = given(project, reviewer)
    assert first["id"] == tasks[1]
    review(reviewer, first["annotations"][0]["id"])
    assert sql(states) == "--1" and given(project, reviewer)["id"] == tasks[2]
    owner().send("DELETE", f"/api/projects/{project.id}/tasks/{tasks[2]}/assignees?type=RE")
    given(project, reviewer, 404)
    counted(project)


def test_a_big_project_gets_a_queue(ann, reviewer):
    project, tasks = published(2000, queue=False)
    annotate(ann, tasks[7])
    assert given(project, reviewer)["id"] == tasks[7]
    eventually(lambda: sql(f"SELECT has_review_queue FROM project WHERE id = {project.id}") == "t")
    annotate(ann, tasks[3])
    assert waiting(project) == f"4:{ann.number}:1 8:{ann.number}:1"
    given(project, reviewer)
    assert sql(f"SELECT count(*) FROM job WHERE project_id = {project.id} AND kind = 'review_queue'") == "1"


# ---- who is told ----


def test_webhooks(ann, reviewer):
    project, (task,) = published()
    hook = owner().post("/api/webhooks/", {"url": "https://hooks.example.com/", "project": project.id,
                                           "send_for_all_actions": False, "actions": ["REVIEW_CREATED", "REVIEW_UPDATED", "REVIEWS_DELETED"]})
    made = annotate(ann, task)["id"]
    one = review(reviewer, made, result=choice("B"))["id"]
    reviewer.patch(f"/api/annotation-reviews/{one}/", {"accepted": False})
    reviewer.delete(f"/api/annotation-reviews/{one}/")
    told = sql(f"SELECT string_agg(e.action || ' ' || coalesce(e.object -> 'review' ->> 'id', e.object -> 'reviews' -> 0 ->> 'id'), ',' ORDER BY e.id) "
               f"FROM webhook_event e JOIN webhook_delivery d ON d.event_id = e.id WHERE d.webhook_id = {hook['id']}")
    assert told == f"REVIEW_CREATED {one},REVIEW_UPDATED {one},REVIEWS_DELETED {one}"
    owner().delete(f"/api/webhooks/{hook['id']}/")


# ---- lists and exports ----


def found(project, column, operator, value, kind="Number"):
    items = [{"filter": "filter:tasks:" + column, "operator": operator, "type": kind, "value": value}]
    query = {"filters": {"conjunction": "and", "items": items}}
    return [t["id"] for t in owner().call("GET", "/api/tasks/", 200, params={"project": project.id}, json=query)["tasks"]]


def columns(project):
    return [c["id"] for c in owner().get("/api/dm/columns", project=project.id)["columns"]]


def test_columns(ann, reviewer):
    project, (first, second, third) = published(3)
    assert not {"reviewed", "comments", "reviewers"} & set(columns(project))
    made = annotate(ann, first)["id"]
    owner().post("/api/comments/", {"annotation": made, "text": "not Sure"})
    assert {"comments", "comment_authors", "comment_count"} <= set(columns(project)) and "reviewed" not in columns(project)
    review(reviewer, made)
    review(reviewer, annotate(ann, second)["id"], False)
    assert columns(project)[-11:-1] == ["reviewers", "reviewed", "reviews_accepted", "reviews_rejected", "review_time", "ground_truth", "comments",
                                        "comment_authors", "comment_count", "unresolved_comment_count"]
    owner().post(f"{project.path}/tasks/{third}/assignees", {"type": "RE", "users": [reviewer.number]})
    assert found(project, "reviewed", "equal", True, "Boolean") == [first, second]
    assert found(project, "reviews_rejected", "greater", 0) == [second] and found(project, "reviews_accepted", "equal", 1) == [first]
    assert found(project, "reviewers", "contains", reviewer.number, "List") == [first, second, third]
    assert found(project, "comments", "contains", "sure", "String") == [first] == found(project, "unresolved_comment_count", "equal", 1)
    assert found(project, "comment_authors", "contains", owner().id, "List") == [first]
    project.change(review_settings={"review_criteria": "one"})
    assert found(project, "reviewed", "equal", True, "Boolean") == [first]
    shown = owner().get("/api/tasks/", project=project.id, query='{"hiddenColumns": {"explore": [], "labeling": []}}')["tasks"][0]
    assert (shown["reviewed"], shown["comments"], shown["reviewers"]) == (True, "not Sure", [{"user_id": reviewer.number}])
    assert "reviewed" not in project.list()["tasks"][0]


def test_annotators_search_their_own(ann, bo, reviewer):
    project, (task,) = published(maximum_annotations=2)
    annotate(ann, task)
    theirs = annotate(bo, task)["id"]
    owner().post("/api/comments/", {"annotation": theirs, "text": "secret"})
    items = [{"filter": "filter:tasks:comments", "operator": "contains", "type": "String", "value": "secret"}]
    query = {"filters": {"conjunction": "and", "items": items}}

    def total(api):
        return api.call("GET", "/api/tasks/", 200, params={"project": project.id}, json=query)["total"]

    assert (total(ann), total(bo), total(reviewer)) == (0, 1, 1)


def test_the_list_of_what_waits(ann, reviewer):
    project, tasks = published(3)
    made = [annotate(ann, task)["id"] for task in tasks[:2]]
    review(reviewer, made[0])

    def listed(api, **query):
        return api.get("/api/tasks/", project=project.id, fields="all", **query)["tasks"]

    (waiting,) = listed(reviewer, review="true")
    assert waiting["id"] == tasks[1] and waiting["annotators"] == [ann.number] and "annotations" not in waiting
    assert [t["id"] for t in listed(owner(), review="true")] == tasks and "annotations" in listed(owner(), review="false")[0]


def test_exports(ann, reviewer):
    project, tasks = published(2)
    made = annotate(ann, tasks[0])["id"]
    assert "reviews" not in project.export()[0]["annotations"][0]
    one = review(reviewer, made, comment="fine")
    reviewer.post("/api/comments/", {"annotation": made, "text": "x"})
    (task,) = project.export()
    assert [r["id"] for r in task["annotations"][0]["reviews"]] == [one["id"]] and task["comment_authors"] == [reviewer.number]
    assert task["comment_count"] == 1 and task["annotations"][0]["last_action"] == "accepted"
    annotate(ann, tasks[1])
    for reviewed, left in (("only", [tasks[0]]), ("exclude", [tasks[1]])):
        snapshot = owner().post(project.path + "/exports/", {"task_filter_options": {"reviewed": reviewed}})["id"]
        assert [t["id"] for t in owner().get(f"{project.path}/exports/{snapshot}/download", exportType="JSON")] == left


# ---- what else changes an annotation ----


@pytest.mark.parametrize("action, body", [
    ("rename_labels", {"control_tag": "label", "old_label_name": "A", "new_label_name": "B"}),
    ("relabel", {"map": [{"control": "label", "was": "A", "is": None}]})])
def test_other_labels_are_another_version(ann, reviewer, action, body):
    project, (task,) = published()
    made = annotate(ann, task)["id"]
    review(reviewer, made)
    assert figures(task) == (True, 1, 0)
    owner().post("/api/dm/actions/", {"selectedItems": {"all": True, "excluded": []}, **body}, 200, id=action, project=project.id)
    assert figures(task) == (False, 0, 0)
    left = stored(made)["result"]
    assert left == (choice("B") if action == "rename_labels" else [])
    assert sql(f"SELECT result_count FROM annotation WHERE id = {made}") == str(len(left))


def test_undoing_a_fix_that_was_fixed_again(ann, reviewer):
    _, (task,) = published()
    made = annotate(ann, task, "A")["id"]
    one = review(reviewer, made, result=choice("B"))["id"]
    reviewer.patch(f"/api/annotation-reviews/{one}/", {"accepted": True, "result": []})
    reviewer.delete(f"/api/annotation-reviews/{one}/")
    assert stored(made)["result"] == choice("A")


def test_who_gets_anothers_annotation_gets_it_unreviewed(ann, bo, reviewer):
    _, (task,) = published()
    made = annotate(ann, task)["id"]
    review(reviewer, made, False)
    owner().patch(f"/api/annotations/{made}/", {"completed_by": bo.number})
    assert figures(task) == (False, 0, 0)
