"""Fixtures of the contract tests: the shared server, and callers with a token or with a browser's session."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from server import shared_server  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--pooled", action="store_true", help="PgBouncer between labeld and its database, as with LABELD_POOLED=1")


def pytest_configure(config):
    if config.getoption("--pooled"):
        os.environ["LABELD_POOLED"] = "1"


@pytest.fixture(scope="session")
def server():
    return shared_server()
