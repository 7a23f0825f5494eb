"""The OpenAPI document is valid, names what the reference's document names, and knows every parameter that the handlers read."""

import glob
import json
import os
import re

import pytest
from openapi_spec_validator import validate

from document import document
from work import anonymous, ours, owner

pytestmark = ours
SOURCES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "src", "api")
# What the gate reads for every address, and what is no query: headers, files, parts of the address.
ELSEWHERE = {"enforce_csrf_checks"}
READS = re.compile(r'(?:rq_query\w*|idlist_query|given|time_query|time_read|id_query|id_read|query_flag|query_or|choice_read|text|moment)\((?:run->)?rq, "([^"]+)"')
METHODS = {"get", "post", "put", "patch", "delete"}


def operations():
    return [(method, path, o) for path, item in document()["paths"].items() for method, o in item.items()]


def test_valid():
    validate(document())
    assert all(method in METHODS for method, _, _ in operations())


def test_everybody_may_read_it():
    answer = anonymous().send("GET", "/docs/api/schema/")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/vnd.oai.openapi+json"
    assert answer.headers["Content-Encoding"] == "gzip"


def test_names_are_unique():
    names = [o["operationId"] for _, _, o in operations()]
    assert len(names) == len(set(names)) > 350


def test_parameters_that_handlers_read_are_described():
    read = {name for path in glob.glob(os.path.join(SOURCES, "*.c")) for name in READS.findall(open(path, encoding="utf-8").read())}
    known = {p["name"] for _, _, o in operations() for p in o.get("parameters", []) if p["in"] == "query"}
    assert len(read) > 60 and read - known - ELSEWHERE == set()
    with open(os.path.join(SOURCES, "answers.def"), encoding="utf-8") as f:
        listed = set(re.findall(r'^PARAM\("([^"]+)"', f.read(), re.M))
    assert listed == known


def test_every_operation_says_what_it_needs():
    for method, path, o in operations():
        named = {p["name"] for p in o.get("parameters", []) if p["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path)), path
        assert o["tags"] and o["summary"] and "default" in o["responses"]
        assert o.get("security") == [] or "401" in o["responses"], path
        assert any(status < "4" for status in o["responses"])


NAMES = {
    ("get", "/api/projects/"): ("api_projects_list", "Projects", "PaginatedProjectList"),
    ("post", "/api/projects/"): ("api_projects_create", "Projects", "Project"),
    ("get", "/api/tasks/{id}/"): ("api_tasks_retrieve", "Tasks", "data_manager_task_serializer"),
    ("post", "/api/tasks/{id}/annotations/"): ("api_tasks_annotations_create", "Annotations", "Annotation"),
    ("post", "/api/predictions/"): ("api_predictions_create", "Predictions", "Prediction"),
    ("get", "/api/current-user/whoami"): ("api_current_user_whoami_retrieve", "Users", "BaseWhoAmIUser"),
    ("post", "/api/storages/azure/"): ("api_storages_azure_create", "Storage: Azure", "AzureBlobImportStorage"),
    ("post", "/api/storages/export/localfiles"): ("api_storages_export_localfiles_create", "Storage: Local", "LocalFilesExportStorage"),
    ("post", "/api/ml/"): ("api_ml_create", "Machine Learning", "MLBackend"),
}


@pytest.mark.parametrize("place", list(NAMES), ids=" ".join)
def test_names_of_the_reference(place):
    method, path = place
    o = document()["paths"][path][method]
    content = next(o["responses"][s] for s in o["responses"] if s < "3")["content"]
    assert (o["operationId"], o["tags"][0], content["application/json"]["schema"]["$ref"].split("/")[-1]) == NAMES[place]


def test_bodies_are_what_the_server_checks():
    schema = document()["components"]["schemas"]["ProjectRequest"]
    assert schema["properties"]["title"]["minLength"] == 3 and schema["properties"]["color"]["nullable"]
    assert "required" not in document()["components"]["schemas"]["PatchedTaskRequest"]
    assert document()["components"]["schemas"]["TaskRequest"]["required"] == ["data"]
    refused = owner().post("/api/tasks/", {}, 400)["validation_errors"]
    assert "data" in refused


def test_no_schema_is_left_over():
    text = json.dumps(document())
    for name in document()["components"]["schemas"]:
        assert f'#/components/schemas/{name}"' in text, name
