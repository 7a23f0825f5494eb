"""The task stream: which task whom, locks, overlap, skips, drafts, history; and many annotators at once."""

import functools
import threading
import uuid

import pytest

from work import Api, Project, annotate, choice, counted, ours, owner, person, skip, sql

SHOWN = {"id", "predictions", "annotations", "drafts", "updated_by", "unique_lock_id", "data", "meta", "created_at", "updated_at", "is_labeled",
         "overlap", "inner_id", "total_annotations", "cancelled_annotations", "total_predictions", "comment_count", "unresolved_comment_count",
         "last_comment_updated_at", "project", "file_upload", "comment_authors", "queue"}
U, V, W, X = (lambda: person("uma")), (lambda: person("vic")), (lambda: person("wes")), (lambda: person("xia"))


def stream(project, api):
    """Number of the task that comes next, with the queue it came from; None at the end."""
    answer = api.send("GET", project.path + "/next/")
    if answer.status_code == 404:
        assert answer.json()["detail"] == f"There are no tasks for {api.email}"
        return None
    assert answer.status_code == 200, answer.text
    return project.ids.index(answer.json()["id"]) + 1, answer.json()["queue"]


def made(n, **fields):
    project = Project(**fields)
    project.ids = project.texts(n)
    return project


def drain(project, api):
    """Everything the stream gives to somebody who submits all of it."""
    seen = []
    while (got := stream(project, api)) is not None:
        seen.append(got[0])
        annotate(api, project.ids[got[0] - 1])
        assert len(seen) <= len(project.ids)
    return seen


# ---- one after the other ----


def test_the_shape_of_the_answer():
    project = made(1)
    draft = U().post(f"/api/tasks/{project.ids[0]}/drafts", {"result": choice()})
    V().post(f"/api/tasks/{project.ids[0]}/drafts", {"result": choice()})
    task = project.next(U())
    assert set(task) == SHOWN
    assert uuid.UUID(task["unique_lock_id"]) and task["annotations"] == [] and task["updated_by"] == []
    assert [d["id"] for d in task["drafts"]] == [draft["id"]]
    assert task["data"] == {"text": "text 0"} and task["queue"] == "Sequence queue"


def test_the_observed_sequence():
    project = made(4)
    assert stream(project, U()) == (1, "Sequence queue")
    assert stream(project, U()) == (1, "Task lock")
    assert stream(project, V()) == (2, "Sequence queue")
    assert stream(project, W()) == (3, "Sequence queue")
    annotate(U(), project.ids[0])
    assert stream(project, U()) == (4, "Sequence queue")
    skip(U(), project.ids[3])
    assert stream(project, U()) is None
    annotate(V(), project.ids[1])
    assert stream(project, V()) == (4, "Sequence queue")
    counted(project, U(), V(), W())


def test_a_lock_is_stable_and_ends_with_the_submission():
    project = made(2)
    first = project.next(U())
    assert project.next(U())["unique_lock_id"] == first["unique_lock_id"]
    annotate(U(), first["id"])
    owner().delete(f"/api/annotations/{owner().get('/api/tasks/%d/annotations/' % first['id'])[0]['id']}/")
    again = project.next(U())
    assert again["id"] == first["id"] and again["unique_lock_id"] != first["unique_lock_id"]


def test_a_lock_does_not_keep_others_from_annotating():
    project = made(2)
    project.next(U())
    annotate(V(), project.ids[0])
    assert stream(project, U()) == (2, "Sequence queue")
    counted(project, U(), V())


@ours
def test_an_expired_lock_is_nobodys():
    project = made(2)
    before = project.next(U())
    sql(f"UPDATE task_lock SET expires_at = now() - interval '1 s' WHERE task_id = {before['id']}")
    assert stream(project, V()) == (1, "Sequence queue")
    assert stream(project, U()) == (2, "Sequence queue")
    sql(f"UPDATE task_lock SET expires_at = now() - interval '1 s' WHERE task_id IN ({project.ids[0]}, {project.ids[1]})")
    again = project.next(U())
    assert again["id"] == before["id"] and again["unique_lock_id"] != before["unique_lock_id"]


def test_an_empty_project():
    project = Project()
    assert project.next(status=404)["detail"] == f"There are no tasks for {owner().email}"
    owner().get("/api/projects/2000000000/next/", 404)


def test_ordinary_drafts_keep_the_task_postponed_ones_put_it_last():
    project = made(3)
    draft = U().post(f"/api/tasks/{project.ids[0]}/drafts", {"result": []})
    assert stream(project, U())[0] == 1
    U().patch(f"/api/drafts/{draft['id']}/", {"was_postponed": True})
    assert stream(project, U()) == (2, "Sequence queue")
    U().post(f"/api/tasks/{project.ids[1]}/drafts", {"result": [], "was_postponed": True})
    assert stream(project, U()) == (3, "Sequence queue")
    annotate(U(), project.ids[2])
    assert stream(project, U()) == (1, "Postponed draft queue")
    U().patch(f"/api/drafts/{draft['id']}/", {"result": [{"id": "x"}]})
    assert stream(project, U()) == (2, "Postponed draft queue")
    annotate(U(), project.ids[1])
    annotate(U(), project.ids[0])
    assert stream(project, U()) is None


# ---- skips ----


def test_skipped_tasks_go_to_others():
    project = made(2, skip_queue="REQUEUE_FOR_OTHERS")
    skip(U(), project.ids[0])
    assert drain(project, U()) == [2]
    assert stream(project, V()) == (1, "Sequence queue")
    counted(project, U(), V())


def test_skipped_tasks_come_back_to_the_same_person():
    project = made(3, skip_queue="REQUEUE_FOR_ME")
    for number in (1, 0):
        skip(U(), project.ids[number])
    assert stream(project, V())[0] == 3, "the places of the skipped tasks are taken"
    annotate(V(), project.ids[2])
    assert stream(project, V()) is None
    assert stream(project, U()) == (2, "Skipped queue")
    annotate(U(), project.ids[1])
    assert stream(project, U()) == (1, "Skipped queue")
    assert project.read(U())["queue_done"] == 1
    annotate(U(), project.ids[0])
    assert stream(project, U()) is None
    assert all(t["is_labeled"] for t in project.tasks())
    counted(project, U(), V())


def test_ignored_skips_finish_the_task():
    project = made(2, skip_queue="IGNORE_SKIPPED")
    skip(U(), project.ids[0])
    assert stream(project, U())[0] == 2
    skip(V(), project.ids[1])
    assert stream(project, U()) is None and stream(project, V()) is None and stream(project, W()) is None
    counted(project, U(), V())


GONE = "never again"
SKIPS = [
    # mode, overlap, number of people who skip; then what the first of them gets, what somebody else gets, is the task finished
    ("REQUEUE_FOR_OTHERS", 1, 1, GONE, "Sequence queue", False),
    ("REQUEUE_FOR_ME", 1, 1, "Skipped queue", GONE, False),
    ("IGNORE_SKIPPED", 1, 1, GONE, GONE, True),
    ("REQUEUE_FOR_OTHERS", 2, 1, GONE, "Breadth first queue", False),
    ("REQUEUE_FOR_ME", 2, 1, "Skipped queue", "Breadth first queue", False),
    ("IGNORE_SKIPPED", 2, 1, GONE, "Breadth first queue", False),
    ("REQUEUE_FOR_OTHERS", 2, 2, GONE, "Breadth first queue", False),
    ("REQUEUE_FOR_ME", 2, 2, "Skipped queue", GONE, False),
    ("IGNORE_SKIPPED", 2, 2, GONE, GONE, True),
]


@pytest.mark.parametrize("mode, overlap, skipping, again, others, finished", SKIPS)
def test_what_becomes_of_a_skipped_task(mode, overlap, skipping, again, others, finished):
    project = made(1, skip_queue=mode, maximum_annotations=overlap)
    for api in (U(), V())[:skipping]:
        skip(api, project.ids[0])
    assert project.tasks()[0]["is_labeled"] is finished
    assert stream(project, W()) == (None if others is GONE else (1, others))
    assert stream(project, U()) == (None if again is GONE else (1, again))
    counted(project, U(), V())


def test_a_member_who_leaves_gives_up_locks():
    project, leaving = made(2), person(f"leaving-{uuid.uuid4().hex[:6]}")
    assert stream(project, leaving)[0] == 1
    assert stream(project, V())[0] == 2
    organization = owner().get(project.path + "/")["organization"]
    owner().delete(f"/api/organizations/{organization}/memberships/{leaving.id}/")
    assert stream(project, W()) == (1, "Sequence queue")


# ---- overlap ----


def test_overlap_two():
    project = made(3, maximum_annotations=2)
    assert stream(project, U()) == (1, "Sequence queue")
    assert stream(project, V()) == (1, "Sequence queue")
    assert stream(project, W()) == (2, "Sequence queue"), "both places of the first are taken by locks"
    annotate(U(), project.ids[0])
    assert project.tasks()[0]["is_labeled"] is False
    annotate(W(), project.ids[1])
    assert stream(project, U()) == (2, "Breadth first queue"), "tasks with work of others first"
    annotate(V(), project.ids[0])
    assert project.tasks()[0]["is_labeled"] is True
    annotate(U(), project.ids[1])
    assert stream(project, V()) == (3, "Sequence queue")
    assert stream(project, W()) == (3, "Sequence queue")
    assert stream(project, U()) is None
    annotate(V(), project.ids[2])
    annotate(W(), project.ids[2])
    assert [stream(project, one) for one in (U(), V(), W())] == [None] * 3
    assert all(t["is_labeled"] and t["total_annotations"] == 2 for t in project.tasks())
    counted(project, U(), V(), W())


def test_ground_truths_take_no_place():
    project = made(1)
    annotate(U(), project.ids[0], ground_truth=True)
    owner().patch(f"/api/tasks/{project.ids[0]}/", {"overlap": 2})
    annotate(V(), project.ids[0])
    counted(project, U(), V())


def set_overlap(project, number, overlap):
    owner().patch(f"/api/tasks/{project.ids[number - 1]}/", {"overlap": overlap})


def test_skips_by_others_count_as_depth_whatever_the_overlap():
    project = made(4, maximum_annotations=2)
    set_overlap(project, 3, 1)
    skip(U(), project.ids[2])
    assert stream(project, V()) == (3, "Breadth first queue")


def test_only_the_deepest_tasks_come_first():
    """While all of them are taken, the next is in order, not of the second depth."""
    project = made(4, maximum_annotations=3)
    for api, number in ((U(), 3), (V(), 3), (U(), 2)):
        annotate(api, project.ids[number - 1])
    assert stream(project, W()) == (3, "Breadth first queue")
    assert stream(project, X()) == (1, "Sequence queue")


def test_higher_overlap_first():
    project = made(4)
    set_overlap(project, 3, 2)
    assert stream(project, U()) == (1, "Sequence queue")
    project.change(show_overlap_first=True)
    assert stream(project, U()) == (3, "Sequence queue"), "the lock on the first task is outside of the set"
    assert stream(project, V()) == (3, "Sequence queue")
    assert stream(project, W()) is None, "taken, but not done: the others wait"
    annotate(U(), project.ids[2])
    assert stream(project, U()) == (1, "Task lock")
    annotate(V(), project.ids[2])
    assert stream(project, W()) == (2, "Sequence queue")
    assert stream(project, V()) == (4, "Sequence queue")


def test_postponed_drafts_come_from_outside_of_the_set():
    project = made(3)
    set_overlap(project, 3, 2)
    W().post(f"/api/tasks/{project.ids[0]}/drafts", {"result": [], "was_postponed": True})
    project.change(show_overlap_first=True)
    assert stream(project, U())[0] == stream(project, V())[0] == 3
    assert stream(project, W()) == (1, "Postponed draft queue")


@pytest.mark.parametrize("sampling", ["Uniform sampling", "Uncertainty sampling"])
def test_higher_overlap_first_at_random(sampling):
    project = made(30, sampling=sampling, show_overlap_first=True)
    for number in range(5, 31, 5):
        set_overlap(project, number, 2)
    seen = drain(project, U())
    assert sorted(seen[:6]) == list(range(5, 31, 5)) and sorted(seen) == list(range(1, 31))


# ---- evaluation: tasks with a ground truth first ----


def evaluated(n, truths, **fields):
    """Made in the given order by the owner, then the evaluation begins."""
    project = made(n, **fields)
    for number in truths:
        annotate(owner(), project.ids[number - 1], ground_truth=True)
    project.change(annotator_evaluation_enabled=True)
    return project


def test_tasks_with_a_ground_truth_come_first_and_to_everybody():
    project = evaluated(5, (4, 2), maximum_annotations=2)
    queue = "Onboarding ground truth queue"
    locks = []
    for api in (U(), V(), W(), X()):
        task = project.next(api)
        assert (project.ids.index(task["id"]) + 1, task["queue"]) == (2, queue)
        locks.append(task["unique_lock_id"])
    assert locks[0] and locks[1] and locks[2:] == [None, None], "as many locks as the overlap"
    assert stream(project, U()) == (2, "Task lock")
    assert stream(project, W()) == (2, queue)
    annotate(U(), project.ids[1])
    assert project.tasks()[1]["is_labeled"] is True
    for api in (U(), V(), W()):
        assert stream(project, api) == (4, queue)
    annotate(V(), project.ids[3])
    assert stream(project, U()) == (1, "Sequence queue")
    counted(project, U(), V())


def test_ground_truths_first_alone_changes_nothing():
    project = made(3, maximum_annotations=2, show_ground_truth_first=True)
    annotate(owner(), project.ids[2], ground_truth=True)
    assert stream(project, U()) == (3, "Breadth first queue")


def test_ground_truths_at_random():
    project = evaluated(24, range(3, 23), maximum_annotations=2, sampling="Uniform sampling")
    seen = []
    for _ in range(20):  # so many that chance never brings them in order: the task after a random place is drawn
        number, queue = stream(project, U())
        assert queue == "Onboarding ground truth queue"
        annotate(U(), project.ids[number - 1])
        seen.append(number)
    assert sorted(seen) == list(range(3, 23)) and seen != sorted(seen)
    assert stream(project, U())[1] == "Uniform random queue"


def test_ground_truths_and_higher_overlap_first():
    project = evaluated(4, (4,), maximum_annotations=2)
    set_overlap(project, 1, 1)
    project.change(show_overlap_first=True)
    assert stream(project, U()) == (4, "Onboarding ground truth queue")
    annotate(U(), project.ids[3])
    assert stream(project, U()) == (2, "Sequence queue")


# ---- sampling ----


def predicted(project, number, score, cluster=None, version="m1"):
    owner().post("/api/predictions/", {"task": project.ids[number - 1], "result": choice(), "score": score, "cluster": cluster, "model_version": version})


def uncertain(scores, **fields):
    """One task per (score, cluster), or per None: no prediction."""
    project = made(len(scores), sampling="Uncertainty sampling", **fields)
    for number, pair in enumerate(scores, 1):
        if pair:
            predicted(project, number, *pair)
    project.change(model_version="m1")
    return project


def test_uncertain_tasks_come_first():
    project = uncertain([(0.9, None), (0.2, None), None, (0.5, None), None])
    assert stream(project, U()) == (2, "Active learning or random queue")
    assert stream(project, V()) == (4, "Active learning or random queue")
    annotate(V(), project.ids[3])
    seen = drain(project, U())
    assert seen[:2] == [2, 1] and sorted(seen[2:]) == [3, 5], "without a prediction: random, at the end"
    counted(project, U(), V())


@ours
def test_nobody_is_sent_away_while_others_hold_all_that_is_uncertain():
    """The reference answers that there is nothing, as long as all tasks with a prediction are taken."""
    project = uncertain([(0.9, None), None])
    assert stream(project, U()) == (1, "Active learning or random queue")
    assert stream(project, V()) == (2, "Active learning or random queue")


def test_clusters_that_the_annotator_knows_least_come_first():
    project = uncertain([(0.1, 1), (0.2, 1), (0.3, 1), (0.4, 2), (0.5, 2), (0.6, None), (0.7, None), (0.8, 3)])
    assert drain(project, U()) == [1, 4, 6, 8, 2, 5, 7, 3]


def test_skips_count_in_a_cluster_work_of_others_does_not():
    project = uncertain([(0.1, 1), (0.2, 1), (0.3, 1), (0.4, 2), (0.5, 2)])
    annotate(V(), project.ids[0])
    assert stream(project, U())[0] == 2
    annotate(U(), project.ids[1])
    assert stream(project, U())[0] == 4
    skip(U(), project.ids[3])
    assert stream(project, U())[0] == 3


def test_uncertain_by_the_active_version():
    project = uncertain([(0.5, None), (0.4, None), (0.45, None)])
    predicted(project, 2, 0.95)
    predicted(project, 3, 0.01, version="m2")
    assert [stream(project, api)[0] for api in (U(), V(), W())] == [2, 3, 1]
    empty = made(5, sampling="Uncertainty sampling", model_version="")
    predicted(empty, 5, 0.5, version="")
    assert stream(empty, U()) == (5, "Active learning or random queue")


def test_uncertainty_follows_what_becomes_of_a_task():
    """Finished tasks leave the order, reopened ones come back, new predictions take effect at once."""
    project = uncertain([(0.1, None), (0.2, None), (0.3, None), (0.4, None)])
    first = annotate(U(), project.ids[0])["id"]
    annotate(U(), project.ids[1])
    assert stream(project, V())[0] == 3
    owner().delete(f"/api/annotations/{first}/")
    assert stream(project, W())[0] == 1
    predicted(project, 4, 0.01)
    predicted(project, 2, 0.001)
    assert stream(project, U())[0] == 4


@ours
def test_uncertainty_looks_further_than_one_request_can():
    """600 own open tasks at the front: more than the look-ahead, which goes on where it stopped."""
    project = Project(sampling="Uncertainty sampling")
    project.ids = project.load([{"data": {"text": f"t{i}"}, "predictions": [{"result": choice(), "score": i / 3000, "model_version": "m1"}]}
                                for i in range(603)])
    project.change(model_version="m1")
    sql(f"UPDATE task SET overlap = 2 WHERE project_id = {project.id};"
        f"INSERT INTO annotation (task_id, project_id, result, completed_by) SELECT id, project_id, '[]', {U().id} FROM task "
        f"WHERE project_id = {project.id} AND inner_id <= 600; SELECT task_recount(array_agg(id), NULL) FROM task WHERE project_id = {project.id}")
    first = stream(project, U())[0]
    assert first > 600
    annotate(U(), project.ids[first - 1])
    assert stream(project, U())[0] == min({601, 602, 603} - {first})



def test_uniform_sampling_gives_every_task():
    project = made(30, sampling="Uniform sampling")
    assert stream(project, U())[1] == "Uniform random queue"
    seen = drain(project, U())
    assert sorted(seen) == list(range(1, 31)) and seen != sorted(seen)
    assert stream(project, V()) is None
    counted(project, U())


def test_uniform_sampling_with_overlap_gives_every_task_to_both():
    project = made(12, sampling="Uniform sampling", maximum_annotations=2)
    assert sorted(drain(project, U())) == sorted(drain(project, V())) == list(range(1, 13))
    assert stream(project, W()) is None
    counted(project, U(), V())


# ---- history ----


def history(project, api):
    return [(project.ids.index(h["taskId"]) + 1, h["annotationId"]) for h in api.get(project.path + "/label-stream-history/")]


def test_history():
    project = made(4)
    assert history(project, U()) == []
    stream(project, U())
    stream(project, U())
    assert history(project, U()) == [(1, None)]
    first = annotate(U(), project.ids[0])["id"]
    stream(project, U())
    second = skip(U(), project.ids[1])["id"]
    stream(project, U())
    assert history(project, U()) == [(1, first), (2, second), (3, None)]
    assert history(project, V()) == []
    owner().delete(f"/api/annotations/{first}/")
    assert history(project, U()) == [(1, None), (2, second), (3, None)]
    owner().delete(f"/api/tasks/{project.ids[1]}/")
    assert history(project, U()) == [(1, None), (3, None)]


@ours
def test_history_is_limited():
    project = made(120)
    for number in project.ids[:105]:
        assert project.next(U())["id"] == number
        annotate(U(), number)
    shown = history(project, U())
    assert len(shown) == 100 and [n for n, _ in shown] == list(range(6, 106))


# ---- far into a project: the stream's cursor ----


@ours
def test_behind_the_cursor_nothing_is_lost():
    project = made(700)
    ids = project.ids
    done = {}

    def submit(api, number):
        done[number] = annotate(api, ids[number - 1])["id"]

    # U works on the first 450 by number, so that the next call moves the cursor far ahead.
    for number in range(1, 451):
        if number not in (5, 100, 300):
            submit(U(), number)
    assert stream(project, V())[0] == 5
    assert stream(project, W())[0] == 100
    assert stream(project, U())[0] == 300
    submit(U(), 300)
    assert stream(project, U()) == (451, "Sequence queue")
    assert sql(f"SELECT low_inner_id FROM stream_cursor WHERE project_id = {project.id} AND user_id = {U().id}") == "300"
    # V gives the lock of 5 up: it is behind U's cursor, and still comes.
    sql(f"DELETE FROM task_lock WHERE task_id = {ids[4]}")
    submit(U(), 451)
    assert stream(project, U()) == (5, "Sequence queue")
    submit(U(), 5)
    # Reopened by deletion of U's own annotation, and one of somebody else's.
    owner().delete(f"/api/annotations/{done[200]}/")
    assert stream(project, U()) == (200, "Sequence queue")
    submit(U(), 200)
    # A deleted task behind the cursor does not come; a deleted one ahead neither.
    owner().delete(f"/api/annotations/{done[250]}/")
    owner().delete(f"/api/tasks/{ids[249]}/")
    owner().delete(f"/api/tasks/{ids[451]}/")
    assert stream(project, U()) == (453, "Sequence queue")
    # More overlap reopens everything for the others.
    project.change(maximum_annotations=2)
    assert stream(project, V())[1] == "Breadth first queue"
    submit(U(), 453)
    project.change(maximum_annotations=1)
    assert stream(project, U()) == (454, "Sequence queue")
    assert stream(project, V())[0] == 455
    counted(project, U(), V(), W())


@ours
def test_a_reopened_task_comes_to_those_who_have_passed_it():
    project = made(450)
    for number in project.ids[:400]:
        annotate(U(), number)
    assert stream(project, V()) == (401, "Sequence queue")
    assert stream(project, W()) == (402, "Sequence queue")
    annotate(V(), project.ids[400])
    assert stream(project, V()) == (403, "Sequence queue")
    annotate(V(), project.ids[402])
    reopened = owner().get(f"/api/tasks/{project.ids[49]}/annotations/")[0]["id"]
    owner().delete(f"/api/annotations/{reopened}/")
    assert stream(project, V()) == (50, "Sequence queue")
    counted(project, U(), V())


# ---- many at once ----


def crowd(n):
    return [person(f"annotator{i}") for i in range(n)]


def run_all(people, work):
    failed = []

    def guarded(api):
        try:
            work(api)
        except Exception as e:
            failed.append(e)

    threads = [threading.Thread(target=guarded, args=(api,)) for api in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if failed:
        raise failed[0]


@functools.cache
def multitude():
    """64 people; signing up each by the form would take longer than the tests."""
    mark = uuid.uuid4().hex
    sql(f"WITH u AS (INSERT INTO user_account (email, username, active_organization) SELECT 'many' || i || '-{mark}@example.com', 'many' || i, o.organization_id"
        f" FROM generate_series(1, 64) i, membership o WHERE o.user_id = {owner().id} RETURNING id, active_organization),"
        f" m AS (INSERT INTO membership (organization_id, user_id, role) SELECT active_organization, id, 'AD' FROM u)"
        f" INSERT INTO legacy_token (user_id, token) SELECT id, md5('{mark}' || id) || '00000000' FROM u")
    tokens = sql(f"SELECT string_agg(t.token, ' ') FROM legacy_token t JOIN user_account u ON u.id = t.user_id WHERE u.email LIKE '%{mark}@example.com'")
    return [Api(token) for token in tokens.split()]


def handed_out(project, people):
    """All of them label until nothing is left: who got what."""
    given, before = {n: [] for n in range(1, len(project.ids) + 1)}, threading.Lock()

    def work(api):
        while (got := stream(project, api)) is not None:
            with before:
                given[got[0]].append(api.id)
            annotate(api, project.ids[got[0] - 1])

    run_all(people, work)
    return given


MODES = ["Sequential sampling", "Uniform sampling", "Uncertainty sampling"]


def check_shares(project, given, people, overlap_of):
    for number, who in given.items():
        assert len(set(who)) == len(who), f"task {number} twice to one person"
        assert len(who) == overlap_of(number), f"task {number} went to {len(who)}"
    tasks = {project.ids.index(t["id"]) + 1: t for t in project.tasks()}
    assert all(t["is_labeled"] and t["total_annotations"] == overlap_of(n) for n, t in tasks.items())
    counted(project, *people)


@ours
@pytest.mark.parametrize("sampling", MODES)
@pytest.mark.parametrize("overlap", [1, 2, 3])
def test_sixty_four_annotators(overlap, sampling):
    """Every task goes to as many people as it wants: places are never given twice, nothing is left over."""
    project = made(100, maximum_annotations=overlap, sampling=sampling)
    if sampling == "Uncertainty sampling":
        sql("INSERT INTO prediction (task_id, project_id, result, score, model_version, cluster) SELECT id, project_id, '[]', random(), 'm1', id % 3"
            f" FROM task WHERE project_id = {project.id} AND inner_id % 2 = 0; SELECT task_recount(array_agg(id), NULL) FROM task WHERE project_id = {project.id}")
        project.change(model_version="m1")
    given = handed_out(project, multitude())
    check_shares(project, given, multitude()[:2], lambda number: overlap)


@ours
@pytest.mark.parametrize("sampling", MODES)
def test_sixty_four_annotators_and_higher_overlap_first(sampling):
    """Those who have seen all tasks of overlap two go on to the others, so nothing is left over here either, once all come back."""
    project = made(100, sampling=sampling, show_overlap_first=True)
    sql(f"UPDATE task SET overlap = 2 WHERE project_id = {project.id} AND inner_id % 3 = 0")
    wide = {int(n) for n in sql(f"SELECT string_agg(inner_id::text, ' ') FROM task WHERE project_id = {project.id} AND overlap = 2").split()}
    given = {n: [] for n in range(1, 101)}
    while any(not t["is_labeled"] for t in project.tasks()):
        for number, who in handed_out(project, multitude()).items():
            given[number] += who
    check_shares(project, given, multitude()[:2], lambda number: 2 if number in wide else 1)


@ours
def test_sixty_four_annotators_under_evaluation():
    """A task with a ground truth goes to whoever asks until it is finished, never twice to one person; the others keep to their overlap."""
    project = evaluated(60, (3, 30), maximum_annotations=2)
    given = handed_out(project, multitude())
    for number, who in given.items():
        assert len(set(who)) == len(who)
        assert number in (3, 30) or len(who) == 2
    assert all(t["is_labeled"] for t in project.tasks())
    counted(project, *multitude()[:2])


def test_sixteen_ask_at_the_same_moment():
    for _ in range(3):
        project, got, barrier = made(10), [], threading.Barrier(16)

        def work(api):
            barrier.wait()
            got.append(stream(project, api))

        run_all(crowd(16), work)
        numbers = sorted(g[0] for g in got if g)
        assert numbers == list(range(1, 11)) and got.count(None) == 6


@ours
def test_two_ask_for_the_last_place():
    for _ in range(10):
        project, got, barrier = made(1, maximum_annotations=2), [], threading.Barrier(3)

        def work(api):
            barrier.wait()
            got.append(stream(project, api))

        run_all(crowd(3), work)
        assert sorted(g is None for g in got) == [False, False, True]


@ours
def test_the_last_task_is_not_missed_while_it_is_written_to():
    """With overlap two the second annotator gets the only task also at the moment when the first submits it."""
    first, second = crowd(2)
    for _ in range(10):
        project, got, barrier = made(1, maximum_annotations=2), [], threading.Barrier(2)
        stream(project, first)

        def work(api):
            barrier.wait()
            if api is first:
                annotate(first, project.ids[0])
            else:
                got.append(stream(project, second))

        run_all([first, second], work)
        assert got[0] is not None


def test_skips_and_submissions_by_many():
    project = made(20, skip_queue="REQUEUE_FOR_OTHERS")
    people = crowd(8)

    def work(api):
        turn = api.id
        while (got := stream(project, api)) is not None:
            turn += 1
            (annotate if turn % 3 else skip)(api, project.ids[got[0] - 1])

    run_all(people, work)
    while any(not t["is_labeled"] for t in project.tasks()):
        before = project.read()["finished_task_number"]
        for api in people:
            while (got := stream(project, api)) is not None:
                annotate(api, project.ids[got[0] - 1])
        assert project.read()["finished_task_number"] > before, "left over though somebody has not seen it"
    counted(project, *people)
