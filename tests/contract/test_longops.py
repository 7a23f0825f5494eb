"""Changes of big projects: done by the runner in steps, while the request waits a while and annotators go on.

They need a server of their own: one that gives up a silent runner soon, and whose runner is stopped and killed."""

import contextlib
import os
import random
import signal
import subprocess
import threading
import time

import pytest
from server import Server
from work import Api, Project, choice, eventually, ours

pytestmark = ours

BIG = 6000            # above what a request does itself
PATIENT_S, HASTY_S = 50, 1       # how long a request waits for its job: longer than any takes, and too short
USUAL_S = 10                     # unless set otherwise


class Big:
    """The server with its own owner and runner."""

    def __init__(self, wait_s=PATIENT_S):
        # Requests that wait for their jobs leave workers to the others.
        # None: as long as they do where nobody set it.
        wait = {} if wait_s is None else {"LABELD_JOB_WAIT_MS": str(wait_s * 1000)}
        self.server = Server(workers=8, env={"LABELD_JOB_HEARTBEAT_S": "2", **wait})
        self.owner = self.api(self.server.token)

    def api(self, token):
        api = Api(token)
        api.url = self.server.url
        return api

    def sql(self, statement):
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.server.db, "-c", "SET search_path = labeld; " + statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def person(self, name):
        user = self.owner.post("/api/users/", {"email": f"{name}@example.com", "username": name, "first_name": name, "last_name": "x"})["id"]
        self.sql(f"INSERT INTO legacy_token (user_id, token) VALUES ({user}, md5('{name}') || '00000000')"
                 f" ON CONFLICT (user_id) DO UPDATE SET token = excluded.token")
        return self.api(self.sql(f"SELECT token FROM legacy_token WHERE user_id = {user}"))

    def project(self, tasks=BIG, **fields):
        project = Project(self.owner, **fields)
        self.add(project, tasks)
        return project

    def add(self, project, tasks):
        return project.load([{"text": f"text {i}"} for i in range(tasks)])

    def overlaps(self, project):
        rows = self.sql(f"SELECT overlap, count(*) FROM task WHERE project_id = {project.id} AND deleted_at IS NULL GROUP BY 1")
        return {int(overlap): int(n) for overlap, n in (row.split("|") for row in rows.splitlines())}

    def jobs(self):
        """Jobs that are not over, without the periodic ones and the second look at skips."""
        return int(self.sql("SELECT count(*) FROM job WHERE state IN ('waiting', 'running') AND key IS DISTINCT FROM 'periodic' AND NOT payload ? 'fence'"))

    def settle(self):
        eventually(lambda: not self.jobs())
        assert self.sql("SELECT count(*) FROM job WHERE state = 'failed'") == "0"
        assert self.sql("SELECT (SELECT count(*) FROM overlap_change) + (SELECT count(*) FROM overlap_draw)") == "0"

    def check(self):
        place = dict(part.split("=", 1) for part in self.server.db.split())
        env = {**os.environ, "LABELD_DB_HOST": place["host"], "LABELD_DB_PORT": place["port"], "LABELD_DB_NAME": place["dbname"],
               "LABELD_DB_USER": place["user"]}
        done = subprocess.run([os.path.join(os.environ["LABELD_BUILD"], "labeld-admin"), "verify-counters"], capture_output=True, text=True, env=env)
        assert done.returncode == 0, done.stdout + done.stderr

    # ---- the runner ----

    def runners(self):
        """The processes that work; their parent is left out."""
        with open(os.path.join(self.server.dir, "run", "jobs.pid")) as file:
            parent = int(file.read().split()[0])
        with open(f"/proc/{parent}/task/{parent}/children") as file:
            return [int(pid) for pid in file.read().split()]

    def signal(self, number):
        for pid in self.runners():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    @contextlib.contextmanager
    def runner_stopped(self):
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)


@pytest.fixture(scope="module")
def big():
    big = Big()
    yield big
    big.server.close()


@pytest.fixture(scope="module")
def hasty():
    big = Big(HASTY_S)
    yield big
    big.server.close()


class Call(threading.Thread):
    """A call that goes on while the test does something else."""

    def __init__(self, call, *arguments, **fields):
        super().__init__(daemon=True)
        self.call, self.problem, self.answer = (call, arguments, fields), None, None
        self.start()

    def run(self):
        call, arguments, fields = self.call
        try:
            self.answer = call(*arguments, **fields)
        except BaseException as problem:
            self.problem = problem

    def result(self, seconds=120):
        self.join(seconds)
        assert not self.is_alive()
        if self.problem:
            raise self.problem
        return self.answer


def test_a_change_is_done_when_it_is_answered(big):
    project = big.project()
    for change, overlaps in (({"maximum_annotations": 2}, {2: BIG}), ({"overlap_cohort_percentage": 30}, {2: 1800, 1: 4200}),
                             ({"maximum_annotations": 3}, {3: 1800, 1: 4200}), ({"maximum_annotations": 1}, {1: BIG})):
        project.change(**change)
        assert big.overlaps(project) == overlaps
    project.api.delete(project.path + "/tasks/")
    assert project.read()["task_number"] == 0
    big.settle()
    big.check()


def test_a_request_does_not_wait_for_ever(hasty):
    """Its job cannot even begin, and the answer comes."""
    project = hasty.project()
    with hasty.runner_stopped():
        started = time.monotonic()
        project.change(maximum_annotations=2)
        assert time.monotonic() - started > HASTY_S / 2
        assert hasty.overlaps(project) == {1: BIG}
    hasty.settle()
    assert hasty.overlaps(project) == {2: BIG}


def test_the_last_of_two_changes_wins(big):
    project = big.project()
    with big.runner_stopped():
        calls = []
        for change in ({"maximum_annotations": 2}, {"overlap_cohort_percentage": 50}, {"maximum_annotations": 1}, {"maximum_annotations": 4}):
            calls.append(Call(project.change, **change))
            eventually(lambda: project.read()[list(change)[0]] == list(change.values())[0])
    for call in calls:
        call.result()
    big.settle()
    assert big.overlaps(project) == {4: BIG // 2, 1: BIG // 2}


def test_tasks_that_come_after_a_deletion_stay(big):
    project = big.project()
    with big.runner_stopped():
        deletion = Call(project.api.delete, project.path + "/tasks/")
        eventually(big.jobs)
        ids = big.add(project, 3)
    deletion.result()
    big.settle()
    assert sorted(t["id"] for t in project.tasks()) == ids
    big.check()


SLOTS = 16


def open_session(db, taken):
    """psql on a connection whose process id is not one of these, modulo the number of slots."""
    for _ in range(200):
        session = subprocess.Popen(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", db], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        session.stdin.write("SELECT pg_backend_pid();\n")
        session.stdin.flush()
        if int(session.stdout.readline()) % SLOTS not in taken:
            return session
        session.communicate()
    raise AssertionError("every slot is taken")


def test_an_import_on_its_way_gets_the_new_overlap(big):
    """Its tasks are not to be seen yet, and it read the setting of before."""
    project = big.project(tasks=10)
    # It takes no counter slot that a worker or the runner has: who shares one waits for the other's transaction.
    taken = {int(pid) % SLOTS for pid in big.sql("SELECT pid FROM pg_stat_activity WHERE usename = current_user").split()}
    importer = open_session(big.server.db, taken)
    importer.stdin.write(
        f"SET search_path = labeld; BEGIN; UPDATE project_sequence SET next_inner_id = next_inner_id + 5 WHERE project_id = {project.id};"
        f"INSERT INTO task (project_id, inner_id, data) SELECT {project.id}, 10 + i, '{{\"text\": \"late\"}}' FROM generate_series(1, 5) i;\n")
    importer.stdin.flush()
    eventually(lambda: big.sql("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'") != "0")
    project.change(maximum_annotations=2)
    assert big.overlaps(project) == {2: 10}
    importer.communicate("COMMIT;\n")
    assert importer.returncode == 0
    big.settle()
    assert big.overlaps(project) == {2: 15}


def label(api, project, over, submitted):
    """Works like an annotator until there is nothing left or it is over."""
    while not over.is_set():
        answer = api.send("GET", project.path + "/next/")
        if answer.status_code == 404:
            return
        assert answer.status_code == 200, answer.text
        task = answer.json()["id"]
        answer = api.send("POST", f"/api/tasks/{task}/annotations/", json={"result": choice()})
        if answer.status_code == 404:
            continue            # deleted meanwhile
        assert answer.status_code == 201, answer.text
        submitted.append((task, api.id))


def begin_work(big, project, people):
    """People with most of the work done already, so that the rest is soon at its end."""
    one, two = people[0].id, people[1].id
    big.sql(f"INSERT INTO annotation (task_id, project_id, result, completed_by) SELECT id, project_id, '[]', CASE inner_id % 2 WHEN 0 THEN {one}"
            f" ELSE {two} END FROM task WHERE project_id = {project.id} AND inner_id > 150;"
            f"SELECT task_recount(array_agg(id), NULL) FROM task WHERE project_id = {project.id}")


def test_annotators_go_on_while_runners_are_killed(big):
    people = [big.person(f"annotator-{i}") for i in range(3)]
    project = big.project()
    begin_work(big, project, people)
    over, submitted = threading.Event(), []
    workers = [Call(label, api, project, over, submitted) for api in people]
    killers = random.Random(7)
    for change in ({"maximum_annotations": 2}, {"overlap_cohort_percentage": 5}, {"skip_queue": "IGNORE_SKIPPED"}, {"maximum_annotations": 3},
                   {"overlap_cohort_percentage": 3}):
        call = Call(project.change, **change)
        for _ in range(3):
            time.sleep(killers.random() * 0.3)
            big.signal(signal.SIGKILL)
        call.result()
    big.settle()
    eventually(lambda: len(submitted) > 20)
    over.set()
    for worker in workers:
        worker.result()
    # Tasks that have all three annotations when the cohort is drawn stay in it, even beyond its share.
    finished = int(big.sql(f"SELECT count(*) FROM task WHERE project_id = {project.id} AND useful_annotations >= 3"))
    overlaps = big.overlaps(project)
    assert set(overlaps) == {1, 3} and sum(overlaps.values()) == BIG
    assert 180 <= overlaps[3] <= max(180, finished)
    assert len(submitted) == len(set(submitted))
    big.check()
    drain(big, project, people)


def drain(big, project, people):
    """Nothing that the changes reopened is lost for the stream: everybody gets what is left."""
    over, submitted = threading.Event(), []
    for worker in [Call(label, api, project, over, submitted) for api in people]:
        worker.result()
    assert big.sql(f"SELECT count(*) FROM task WHERE project_id = {project.id} AND NOT is_labeled AND deleted_at IS NULL") == "0"
    big.check()


def test_a_deletion_survives_kills_and_annotators(big):
    people = [big.person(f"deleted-{i}") for i in range(3)]
    project = big.project(tasks=3 * BIG)
    over, submitted = threading.Event(), []
    workers = [Call(label, api, project, over, submitted) for api in people]
    eventually(lambda: len(submitted) > 5)
    call = Call(project.api.delete, project.path + "/tasks/")
    for _ in range(4):
        time.sleep(0.15)
        big.signal(signal.SIGKILL)
    call.result()
    big.settle()
    for worker in workers:
        worker.result()
    assert project.read()["task_number"] == 0
    assert big.sql("SELECT count(*) FROM task_lock l JOIN task t ON t.id = l.task_id WHERE t.deleted_at IS NOT NULL") == "0"
    # One thing that somebody did: one group in the trash, brought back as one.
    assert big.sql(f"SELECT count(DISTINCT deleted_at) FROM task WHERE project_id = {project.id}") == "1"
    big.check()


# ---- actions of the Data Manager ----


def act(project, action, status=200, **body):
    """The answer, or the job that goes on."""
    return project.api.post("/api/dm/actions", body, status, project=project.id, id=action)


@contextlib.contextmanager
def last_task_held(big, project):
    """Whoever wants to change the project's last task waits."""
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", big.server.db]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        holder.stdin.write("SET search_path = labeld; BEGIN;"
                           f"SELECT id FROM task WHERE project_id = {project.id} ORDER BY inner_id DESC LIMIT 1 FOR UPDATE;\n")
        holder.stdin.flush()
        assert holder.stdout.readline().strip()
        yield
        holder.communicate("COMMIT;\n")
    assert holder.returncode == 0


def killed(big, project, action, **body):
    """The outcome of an action whose runner was killed on the way. It cannot be over before: it waits for the last task."""
    begun = f"SELECT count(*) FROM job WHERE project_id = {project.id} AND kind = 'action' AND state = 'running' AND checkpoint IS NOT NULL"
    with last_task_held(big, project):
        call = Call(lambda: project.api.send("POST", "/api/dm/actions", params={"project": project.id, "id": action}, json=body))
        eventually(lambda: big.sql(begun) == "1", every=0.02)
        big.signal(signal.SIGKILL)
    assert call.result().status_code in (200, 202)
    big.settle()
    job = project.api.get(project.path + "/jobs/", ended="true")[-1]
    assert int(big.sql(f"SELECT attempts FROM job WHERE id = {job['id']}")) > 1
    return job["result"]


def test_actions_survive_kills_and_annotators(big):
    people, n = [big.person(f"acting-{i}") for i in range(2)], 2 * BIG
    project = Project(big.owner, maximum_annotations=4)
    project.load([{"data": {"text": f"text {i}"}, "predictions": [{"result": choice(), "score": 0.5, "model_version": "v"}]} for i in range(n)])
    over, submitted = threading.Event(), []
    workers = [Call(label, api, project, over, submitted) for api in people]
    eventually(lambda: len(submitted) > 5)
    assert killed(big, project, "add_data_field", value_name="n", value_type="Expression", value="range(1)") == {"detail": f"Updated {n} tasks"}
    assert big.sql(f"SELECT count(DISTINCT data -> 'n'), max((data -> 'n')::int) FROM task WHERE project_id = {project.id}") == f"{n}|{n}"
    assert killed(big, project, "predictions_to_annotations") == {"detail": f"Created {n} annotations"}
    assert big.sql(f"SELECT count(*), count(DISTINCT parent_prediction) FROM annotation WHERE project_id = {project.id} AND parent_prediction IS NOT NULL") == (
        f"{n}|{n}")
    assert act(project, "delete_tasks_annotations", annotator=big.owner.id)["processed_items"] == n
    over.set()
    for worker in workers:
        worker.result()
    assert big.sql(f"SELECT count(*) FROM annotation WHERE project_id = {project.id} AND deleted_at IS NULL") == str(len(submitted)) > "0"
    big.check()


def test_an_action_goes_on_after_the_answer(hasty):
    project = hasty.project()
    with hasty.runner_stopped():
        answer = act(project, "delete_tasks", 202)
        path = f"{project.path}/jobs/{answer['job']}/"
        assert answer["async"] is True and project.api.get(path)["state"] in ("waiting", "running")
        assert project.read()["task_number"] == BIG
    hasty.settle()
    job = project.api.get(path)
    assert (job["state"], job["result"]["processed_items"], project.read()["task_number"]) == ("done", BIG, 0)


def test_an_action_can_be_stopped(big):
    project = big.project()
    with big.runner_stopped():
        call = Call(act, project, "delete_tasks", 409)
        job, = eventually(lambda: project.api.get(project.path + "/jobs/"))
        assert project.api.post(f"{project.path}/jobs/{job['id']}/cancel/", None, 200)["state"] == "cancelled"
        assert "was stopped" in call.result()["detail"]
    assert project.read()["task_number"] == BIG


# ---- the trash ----


def thrown_away(big, n):
    """A project with that many tasks, all in the trash."""
    project = big.project(tasks=n)
    big.sql(f"UPDATE task SET deleted_at = now(), updated_by = {big.owner.id} WHERE project_id = {project.id}")
    assert project.read()["task_number"] == 0
    return project


def take_out(big, project, what):
    """The outcome of one that a request leaves to a runner which is killed on the way: it cannot be over before, since it waits for the last task."""
    begun = (f"SELECT count(*) FROM job WHERE project_id = {project.id} AND kind = 'trash_{what}' AND state = 'running' AND checkpoint IS NOT NULL"
             " AND payload ? 'until'")
    with last_task_held(big, project):
        call = Call(lambda: project.api.send("POST", f"{project.path}/trash/{what}/", json={"all": True}))
        eventually(lambda: big.sql(begun) == "1", every=0.02)
        big.signal(signal.SIGKILL)
    assert call.result().status_code in (200, 202)
    big.settle()
    job, = [j for j in project.api.get(project.path + "/jobs/", ended="true") if j["kind"] == f"trash_{what}" and j["result"]]
    assert int(big.sql(f"SELECT attempts FROM job WHERE id = {job['id']}")) > 1
    assert job["done"] == job["total"] == 2 * BIG
    return job["result"]


def test_a_large_undo_survives_kills(big):
    project = thrown_away(big, 2 * BIG)
    assert take_out(big, project, "restore") == {"tasks": 2 * BIG, "annotations": 0}
    assert project.read()["task_number"] == 2 * BIG
    big.check()


def test_emptying_a_large_trash_survives_kills(big):
    project = thrown_away(big, 2 * BIG)
    kept = big.add(project, 3)
    assert take_out(big, project, "purge") == {"tasks": 2 * BIG, "annotations": 0}
    assert big.sql(f"SELECT array_agg(id ORDER BY id) FROM task WHERE project_id = {project.id}") == "{%s}" % ",".join(map(str, kept))
    big.check()


def test_a_large_undo_goes_on_after_the_answer_and_can_be_stopped(hasty):
    project = thrown_away(hasty, 2 * BIG)
    with hasty.runner_stopped():
        answer = project.api.post(project.path + "/trash/restore/", {"all": True}, 202)
        job = f"{project.path}/jobs/{answer['job']}/"
        assert answer["async"] is True and project.api.get(job)["can_cancel"] is True
        come = project.read()["task_number"]
        assert 0 < come < 2 * BIG
        assert project.api.post(job + "cancel/", None, 200)["state"] == "cancelled"
    hasty.settle()
    assert project.read()["task_number"] == come
    # What is deleted after somebody asked stays deleted.
    with hasty.runner_stopped():
        answer = project.api.post(project.path + "/trash/restore/", {"all": True}, 202)
        first = hasty.sql(f"SELECT min(id) FROM task WHERE project_id = {project.id} AND deleted_at IS NULL")
        project.api.delete(f"/api/tasks/{first}/")
    hasty.settle()
    assert project.api.get(f"{project.path}/jobs/{answer['job']}/")["result"]["tasks"] == 2 * BIG - come
    assert project.read()["task_number"] == 2 * BIG - 1
    hasty.check()


# ---- where nobody set how long requests wait ----


@pytest.fixture
def usual(monkeypatch):
    monkeypatch.delenv("LABELD_JOB_WAIT_MS", raising=False)
    big = Big(None)
    yield big
    big.server.close()


def test_the_usual_wait(usual):
    """Whoever expects that a large action is done with the answer finds it done, unless the answer says that it goes on; which it says in time."""
    project = usual.project()
    answer = project.api.send("POST", "/api/dm/actions", params={"project": project.id, "id": "add_data_field"},
                              json={"value_name": "n", "value_type": "Number", "value": "7"})
    changed = int(usual.sql(f"SELECT count(*) FROM task WHERE project_id = {project.id} AND data ? 'n'"))
    if answer.status_code == 200:
        assert changed == BIG and answer.json() == {"detail": f"Updated {BIG} tasks"}
    else:
        assert answer.status_code == 202 and answer.json()["job"]
    usual.settle()
    with usual.runner_stopped():
        started = time.monotonic()
        job = act(project, "delete_tasks", 202)["job"]
        assert time.monotonic() - started > USUAL_S / 2
        assert project.api.get(f"{project.path}/jobs/{job}/")["state"] in ("waiting", "running")
        assert project.read()["task_number"] == BIG
    usual.settle()
    assert project.api.get(f"{project.path}/jobs/{job}/")["state"] == "done" and project.read()["task_number"] == 0
