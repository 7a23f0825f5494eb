"""--table FILE: which test proves which method of the legacy client, and how it ended."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE), os.path.dirname(os.path.dirname(HERE))]
import methods  # noqa: E402

found = {}


def pytest_addoption(parser):
    parser.addoption("--table", metavar="FILE", help="write the table of methods, tests and results as Markdown")


def pytest_configure(config):
    config.addinivalue_line("markers", "method(*names): methods of the legacy client that the test proves")


def pytest_runtest_makereport(item, call):
    if call.when != "call":
        return
    result = "failed" if call.excinfo else "passed"
    for mark in item.iter_markers("method"):
        for name in mark.args:
            found.setdefault(name, []).append((item.nodeid.rpartition("/")[2], result))


def pytest_sessionfinish(session):
    if session.config.getoption("--table"):
        methods.write(session.config.getoption("--table"), found)
