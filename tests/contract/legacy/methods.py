"""Which method of the legacy client a test proves, and the table of all of them.

    pytest contract/legacy --table FILE        # Markdown: method, test, result

A method is what a class of the client defines itself, public, and not told by its own words to be unfinished."""

import inspect

import pytest
from label_studio_sdk import Client
from label_studio_sdk.project import ExportSnapshotStatus, Project
from label_studio_sdk.users import User
from label_studio_sdk.workspaces import Workspace

CLASSES = [Project, ExportSnapshotStatus, Client, User, Workspace]
# They only hold a sentence about what they will do one day, and ask the server for nothing.
EMPTY = {"Project.get_predictions_conflict", "Project.get_predictions_precision"}
# Not calls of their own: every other one goes through them.
INSIDE = {"Client.get_url", "Client.log_response_error"}


def proves(*names):
    return pytest.mark.method(*names)


def own(cls):
    for name, value in vars(cls).items():
        if name.startswith("_") or not (inspect.isfunction(value) or isinstance(value, (classmethod, property))):
            continue
        if "Config" not in name:
            yield f"{cls.__name__}.{name}"


def every():
    return [name for cls in CLASSES for name in own(cls) if name not in INSIDE]


def write(path, tests):
    """tests: method → [(test, result)]."""
    with open(path, "w") as file:
        file.write("| method | test | result |\n| --- | --- | --- |\n")
        for name in every():
            rows = tests.get(name) or [("the client has no call in it" if name in EMPTY else "none", "–")]
            for test, result in rows:
                file.write(f"| `{name}` | {test} | {result} |\n")
