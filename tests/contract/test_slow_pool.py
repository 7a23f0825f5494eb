"""One caller's imports and exports leave a worker of the slow pool to the others; four workers, as a fresh installation has."""

import concurrent.futures

import requests

from people import Person
from work import Project, eventually, locked, ours, owner, sql

pytestmark = ours
WORKERS = 4


def start_import(project, person):
    return requests.post(f"{person.url}/api/projects/{project}/import", json=[{"data": {"text": "a"}}], headers=dict(person.session.headers), timeout=300)


def waiting():
    return int(sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'labeld-slow'"))


def test_one_caller_does_not_take_them_all():
    projects = [Project().id for _ in range(WORKERS + 1)]
    other = Person("AD")
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        with locked("task"):
            mine = [pool.submit(start_import, project, owner()) for project in projects[: WORKERS - 1]]
            eventually(lambda: waiting() == WORKERS - 1)
            refused = start_import(projects[WORKERS - 1], owner())
            theirs = pool.submit(start_import, projects[WORKERS], other)
            eventually(lambda: waiting() == WORKERS)
        assert refused.status_code == 429
        assert refused.json()["detail"] == "Too many large requests at the same time, please try again."
        assert [answer.result().status_code for answer in [*mine, theirs]] == [201] * WORKERS
    assert start_import(projects[0], owner()).status_code == 201
