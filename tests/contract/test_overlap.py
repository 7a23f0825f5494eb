"""Overlaps follow maximum_annotations, overlap_cohort_percentage and skip_queue. Facts about any server that speaks the API, unless marked."""

import pytest
from work import Project, annotate, counted, owner, ours, person, skip


def overlaps(project):
    return [t["overlap"] for t in sorted(project.tasks(), key=lambda t: t["id"])]


def raised(project, overlap):
    return overlaps(project).count(overlap)


def finished(project):
    return [t["is_labeled"] for t in sorted(project.tasks(), key=lambda t: t["id"])]


def test_all_tasks_follow_when_none_is_above_one():
    project = Project()
    project.texts(4)
    for overlap in (3, 1, 2, 0, 2):
        project.change(maximum_annotations=overlap)
        assert overlaps(project) == [overlap] * 4
    counted(project)


def test_only_tasks_above_one_follow_when_there_are_some():
    project = Project()
    ids = project.texts(3)
    owner().patch(f"/api/tasks/{ids[1]}/", {"overlap": 5})
    project.change(maximum_annotations=3)
    assert overlaps(project) == [1, 3, 1]
    project.change(maximum_annotations=1)
    assert overlaps(project) == [1, 1, 1]


def test_a_change_finishes_and_reopens_tasks():
    project = Project()
    ids = project.texts(3)
    annotate(owner(), ids[0])
    assert finished(project) == [True, False, False]
    project.change(maximum_annotations=2)
    assert finished(project) == [False, False, False]
    annotate(person("second"), ids[0])
    annotate(person("second"), ids[1])
    assert finished(project) == [True, False, False]
    project.change(maximum_annotations=1)
    assert finished(project) == [True, True, False]
    counted(project, owner(), person("second"))


@pytest.mark.parametrize("percentage, raised_tasks", [(0, 0), (10, 1), (30, 2), (50, 3), (70, 4), (100, 5), (150, 5), (-10, 0)])
def test_part_of_the_tasks(percentage, raised_tasks):
    project = Project(maximum_annotations=2)
    project.texts(5)
    project.change(overlap_cohort_percentage=percentage)
    assert sorted(overlaps(project)) == [1] * (5 - raised_tasks) + [2] * raised_tasks
    counted(project)


def test_percentage_and_maximum_together():
    project = Project()
    project.texts(10)
    project.change(overlap_cohort_percentage=70)
    assert raised(project, 1) == 10                 # with a maximum of one the percentage does nothing
    project.change(maximum_annotations=3)
    assert raised(project, 3) == 7
    project.change(maximum_annotations=2, overlap_cohort_percentage=50)
    assert (raised(project, 2), raised(project, 1)) == (5, 5)
    before = overlaps(project)
    project.change(maximum_annotations=4)
    assert overlaps(project) == [4 if n == 2 else 1 for n in before]
    project.change(maximum_annotations=1, overlap_cohort_percentage=20)
    assert raised(project, 1) == 10
    project.change(maximum_annotations=2)
    assert raised(project, 2) == 2
    project.change(overlap_cohort_percentage=100)
    assert raised(project, 2) == 10


def test_what_changes_nothing_draws_nothing():
    project = Project(maximum_annotations=2, overlap_cohort_percentage=50)
    project.texts(20)
    before = overlaps(project)
    assert before.count(2) == 10
    project.change(title="Another title", maximum_annotations=2, overlap_cohort_percentage=50)
    assert overlaps(project) == before


def test_tasks_with_work_are_chosen_first():
    project = Project(maximum_annotations=2)
    ids = project.texts(8)
    skip(owner(), ids[3])
    annotate(owner(), ids[6])
    annotate(owner(), ids[6])
    annotate(owner(), ids[5], ground_truth=True)
    for percentage, chosen in ((13, {6}), (38, {6, 5, 3}), (12, {6})):
        project.change(overlap_cohort_percentage=percentage)
        assert {i for i, n in enumerate(overlaps(project)) if n == 2} == chosen
    counted(project)


def test_finished_tasks_stay_beyond_the_target():
    project = Project(maximum_annotations=2)
    ids = project.texts(4)
    for task in ids[:3]:
        annotate(owner(), task)
        annotate(owner(), task)
    for percentage in (25, 0):
        project.change(overlap_cohort_percentage=percentage)
        assert overlaps(project) == [2, 2, 2, 1]
    project.change(overlap_cohort_percentage=100)
    assert overlaps(project) == [2, 2, 2, 2]


def test_skips_and_truths_do_not_finish():
    project = Project(maximum_annotations=2)
    ids = project.texts(2)
    skip(owner(), ids[0])
    skip(owner(), ids[0])
    annotate(owner(), ids[1], ground_truth=True)
    project.change(overlap_cohort_percentage=0)
    assert overlaps(project) == [1, 1]


def test_drawn_again_when_tasks_come_and_go():
    project = Project(maximum_annotations=2, overlap_cohort_percentage=50)
    ids = project.texts(4)
    assert raised(project, 2) == 2
    ids += project.texts(6)
    assert raised(project, 2) == 5
    owner().delete(f"/api/tasks/{ids[0]}/")
    owner().delete(f"/api/tasks/{ids[1]}/")
    assert sorted(overlaps(project)) == [1] * 4 + [2] * 4
    owner().post("/api/tasks/", {"project": project.id, "data": {"text": "single"}})
    assert sorted(overlaps(project)) == [1] * 5 + [2] * 4      # a single task is not
    owner().delete(project.path + "/tasks/")
    project.texts(3)
    assert raised(project, 2) == 2
    counted(project)


def test_skipped_tasks_follow_the_skip_queue():
    project = Project()
    ids = project.texts(3)
    skip(owner(), ids[0])
    annotate(owner(), ids[1])
    assert finished(project) == [False, True, False]
    project.change(skip_queue="IGNORE_SKIPPED")
    assert finished(project) == [True, True, False]
    counted(project)
    project.change(skip_queue="REQUEUE_FOR_ME")
    assert finished(project) == [False, True, False]
    counted(project)


@ours
def test_chosen_tasks_stay_chosen():
    project = Project(maximum_annotations=2, overlap_cohort_percentage=30)
    project.texts(20)
    before = overlaps(project)
    project.change(overlap_cohort_percentage=60)
    after = overlaps(project)
    assert after.count(2) == 12 and all(b <= a for b, a in zip(before, after))
    project.texts(10)
    assert raised(project, 2) == 18
    assert all(b <= a for b, a in zip(after, overlaps(project)))


@ours
def test_raised_tasks_with_work_come_first():
    """A task that got its skip while one annotation was enough is filled up first when the overlap rises."""
    project = Project(skip_queue="REQUEUE_FOR_OTHERS")
    ids = project.texts(3)
    skip(owner(), ids[1])
    project.change(maximum_annotations=2)
    task = project.next(person("second"))
    assert (task["id"], task["queue"]) == (ids[1], "Breadth first queue")
