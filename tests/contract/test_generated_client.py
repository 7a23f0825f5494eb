"""A client that openapi-python-client makes from the document works: what it sends is understood, what it gets fits its classes."""

import importlib
import json
import subprocess
import sys

import pytest

from document import document
from server import shared_server
from work import ours

pytestmark = ours

CHOICES = '<View><Text name="text" value="$text"/><Choices name="mood" toName="text"><Choice value="Good"/></Choices></View>'
RESULT = [{"from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["Good"]}}]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The package that was made; a module by name."""
    place = tmp_path_factory.mktemp("client")
    (place / "document.json").write_text(json.dumps(document()))
    subprocess.run([sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--path", place / "document.json",
                    "--output-path", place / "labeld_client"], check=True, capture_output=True)
    sys.path.insert(0, str(place))
    yield lambda name: importlib.import_module("labeld_client" + name)
    sys.path.remove(str(place))


@pytest.fixture(scope="module")
def call(made):
    server = shared_server()
    client = made("").AuthenticatedClient(base_url=server.url, token=server.token, prefix="Token")

    def send(name, status, *path, **more):
        answer = made(".api." + name).sync_detailed(*path, client=client, **more)
        assert answer.status_code == status, answer.content
        return answer.parsed
    return send


def test_a_made_client_labels_a_task(made, call):
    models = made(".models")
    title = "Made from the document"
    project = call("projects.api_projects_create", 201, body=models.ProjectRequest(title=title, label_config=CHOICES))
    assert project.parsed_label_config["mood"].labels == ["Good"]
    task = call("tasks.api_tasks_create", 201, body=models.TaskRequest(project=project.id, data={"text": "One line"}))
    assert (task.project, task.is_labeled) == (project.id, False)
    annotation = call("annotations.api_tasks_annotations_create", 201, task.id, body=models.AnnotationRequest(result=RESULT, lead_time=1.5))
    assert (annotation.task, annotation.lead_time) == (task.id, 1.5)
    assert call("tasks.api_tasks_retrieve", 200, task.id).is_labeled is True
    listed = call("projects.api_projects_list", 200, title=title)
    assert [(p.id, p.finished_task_number) for p in listed.results] == [(project.id, 1)]
    call("projects.api_projects_destroy", 204, project.id)
    assert call("projects.api_projects_list", 200, title=title).results == []
