"""Requests made up from the OpenAPI document, good ones and bad ones, to every route: no 5xx, no status, type or answer that the document does
not know, and no bad body taken. LABELD_EXAMPLES says how many of both kinds each route gets (contrib/check --full: more)."""

import json
import os
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from document import document
from server import shared_server
from test_permissions import API, another_organization
from work import ours

pytestmark = ours

EXAMPLES = int(os.environ.get("LABELD_EXAMPLES", 1))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Closing the caller's own door would end the test.
DEPARTS = {"current_user_reset_token_create", "users_destroy", "organizations_memberships_destroy", "jwt_settings_create"}
# 501 without random=true, as the reference server answers.
SAYS_501 = {"/api/ml/{id:int}/predict/test"}
ORDER = ["GET", "POST", "PATCH", "PUT", "DELETE"]
# What is inside an object goes before the object.
ROUTES = sorted((r for r in API if r["operation"] not in DEPARTS and r["pattern"] not in SAYS_501),
                key=lambda r: (ORDER.index(r["method"]), -len(r["pattern"])))
# Answers only the fields that it names; which ones a request made up hardly ever hits.
LEFT_OUT = {"include"}


@pytest.fixture(scope="module")
def world():
    return another_organization()


@pytest.fixture(scope="module")
def schema():
    return schemathesis.openapi.from_dict(document())


def place(route):
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", route["pattern"])


def values(world, route):
    """Path parameters of an object that is there."""
    names = re.findall(r"\{(\w+):", route["pattern"])
    match = re.match(re.sub(r"\\\{(\w+):\w+\\\}", r"(?P<\1>[^/?]+)", re.escape(route["pattern"]).replace(r"\:", ":")), world.path(route))
    return {name: match.group(name) for name in names}


def checks(operation):
    """Files are whatever they are."""
    return CHECKS[:-1] if '"binary"' in json.dumps(operation.definition.raw["responses"]) else CHECKS


def send(world, route, case):
    case.path_parameters = values(world, route)
    for name in LEFT_OUT:
        (case.query or {}).pop(name, None)
    return case.call(base_url=shared_server().url, session=world.project.api.session, timeout=60)


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{r['method']}-{r['pattern']}")
def test_route(world, schema, route):
    operation = schema[place(route)][route["method"]]
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case):
            case.validate_response(send(world, route, case), checks=checks(operation))

        try:
            check()
        except Unsatisfiable:
            assert mode == GenerationMode.NEGATIVE and not operation.body      # nothing can be wrong in it
