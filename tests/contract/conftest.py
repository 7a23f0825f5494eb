"""Fixtures of the contract tests: the shared server, and callers with a token or with a browser's session.

--all-routes, for runs of the whole folder: fail when a route of the program was never reached by a test of its own (hits.py)."""

import os
import shutil
import sys
import tempfile

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
import hits  # noqa: E402
from server import shared_server  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--pooled", action="store_true", help="PgBouncer between labeld and its database, as with LABELD_POOLED=1")
    parser.addoption("--all-routes", action="store_true", help="every route of the program must be reached by a test of its own")


# What is asked for is done at the answer, also where its job takes long because the machine is busy. nginx waits for a minute.
os.environ.setdefault("LABELD_JOB_WAIT_MS", "50000")


def pytest_configure(config):
    if config.getoption("--pooled"):
        os.environ["LABELD_POOLED"] = "1"
    if config.getoption("--all-routes"):
        if not hasattr(config, "workerinput"):      # processes that xdist starts find the folder of the first one
            os.environ[hits.FOLDER] = tempfile.mkdtemp(prefix="labeld-hits.")
        hits.listen()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if not session.config.getoption("--all-routes"):
        return
    hits.keep()
    if not hasattr(session.config, "workerinput"):
        session.config.never_hit = hits.never_hit()
        shutil.rmtree(os.environ[hits.FOLDER])
        if session.config.never_hit and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    if config.getoption("--all-routes"):
        terminalreporter.section("routes never hit")
        terminalreporter.write_line(f"{len(config.never_hit)}: {', '.join(config.never_hit)}")


@pytest.fixture(scope="session")
def server():
    return shared_server()
