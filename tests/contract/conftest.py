"""Fixtures of the contract tests: the shared server, and callers with a token or with a browser's session."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from server import shared_server  # noqa: E402


@pytest.fixture(scope="session")
def server():
    return shared_server()
