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
from schemathesis.specs.openapi.checks import (content_type_conformance, negative_data_rejection, response_schema_conformance,
                                               status_code_conformance)

from document import document, pointed
from server import shared_server
from test_permissions import API, another_organization
from work import ours

pytestmark = ours

EXAMPLES = int(os.environ.get("LABELD_EXAMPLES", 1))
# What any request may be told; everything else is named where it is answered.
TOLD_TO_ANY = {412, 415, 429, 503}
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


def status_named(ctx, response, case):
    """Not only by `default`."""
    named = str(response.status_code) in case.operation.definition.raw["responses"] or response.status_code in TOLD_TO_ANY
    assert named, f"{case.operation.label} answers {response.status_code}, which the document does not name"


def has_bad_body(case):
    """send() makes parameters of the path good again; those of queries that say nothing are passed over, as by the reference server."""
    if case.media_type != "application/json" or not isinstance(case.body, (dict, list, str, int, float, type(None))):
        return False
    place = ("paths", case.operation.path, case.operation.method.lower(), "requestBody", "content", "application/json", "schema")
    return not pointed(*place).is_valid(case.body)


def checks(operation, case):
    """Files are whatever they are."""
    made = [not_a_server_error, status_code_conformance, content_type_conformance, status_named]
    if '"binary"' not in json.dumps(operation.definition.raw["responses"]):
        made.append(response_schema_conformance)
    if has_bad_body(case):
        made.append(negative_data_rejection)
    return made


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
            case.validate_response(send(world, route, case), checks=checks(operation, case))

        try:
            check()
        except Unsatisfiable:
            assert mode == GenerationMode.NEGATIVE and not operation.body      # nothing can be wrong in it
