"""The OpenAPI document of the server, and whether answers are as it says: every successful JSON answer that a test gets through work.Api is held
against it. With LABELD_DOCUMENT=closed what the document does not name may not be there either."""

import functools
import os
import re
from urllib.parse import parse_qsl, quote, urlsplit

import requests

from server import shared_server

try:
    import jsonschema_rs
except ImportError:      # the environment of the legacy client
    jsonschema_rs = None

# Only the fields that the caller names are answered: none is required then.
FIELDS_CHOSEN = {"include"}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
HERE, CHOSEN = "urn:labeld:api", "urn:labeld:api:chosen"
CLOSED = os.environ.get("LABELD_DOCUMENT") == "closed"


@functools.cache
def document():
    return requests.get(shared_server().url + "/docs/api/schema/", timeout=60).json()


def as_schema(schema, chosen=False):
    """The schema as JSON Schema has it; when closed, with objects that hold nothing but what it names; chosen: with any part of it."""
    if isinstance(schema, list):
        return [as_schema(s, chosen) for s in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: as_schema(value, chosen) for key, value in schema.items()}
    if chosen and isinstance(made.get("required"), list):
        del made["required"]
    if CLOSED and isinstance(made.get("properties"), dict) and "type" in made:
        made.setdefault("additionalProperties", False)
    if made.pop("nullable", False):
        made = {"anyOf": [made, {"type": "null"}]}
    return made


@functools.cache
def registry():
    return jsonschema_rs.Registry([(HERE, as_schema(document())), (CHOSEN, as_schema(document(), chosen=True))], draft=jsonschema_rs.Draft202012)


def pattern(path):
    """What a path of the document matches; of several the more literal one is meant."""
    return re.compile("^" + re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path.rstrip("/"))) + "/?$")


@functools.cache
def operations():
    paths = [(pattern(path), path, item) for path, item in document()["paths"].items()]
    return sorted(paths, key=lambda p: p[1].count("{"))


@functools.cache
def operation(method, path):
    for match, name, item in operations():
        if method.lower() in item and match.match(path):
            return name, item[method.lower()]
    return None, None


@functools.cache
def pointed(*place, base=HERE):
    """A validator of the schema in this place."""
    pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in place)
    return jsonschema_rs.validator_for({"$ref": f"{base}#/{quote(pointer, safe='/~')}"}, registry=registry())


@functools.cache
def validator(method, name, status, base=HERE):
    content = document()["paths"][name][method.lower()]["responses"].get(str(status), {}).get("content", {})
    if "application/json" not in content:
        return None
    return pointed("paths", name, method.lower(), "responses", str(status), "content", "application/json", "schema", base=base)


def check(method, url, answer):
    """An assertion for each answer; only of labeld, which has the document."""
    parts = urlsplit(url)
    if os.environ.get("LABELD_URL") or jsonschema_rs is None or not 200 <= answer.status_code < 300 or method not in METHODS:
        return
    path = parts.path[len(urlsplit(shared_server().url).path):]
    name, found = operation(method, path)
    if not name:
        return
    assert str(answer.status_code) in found["responses"], f"{method} {name}: the document does not know {answer.status_code}"
    schema = validator(method, name, answer.status_code, CHOSEN if FIELDS_CHOSEN & dict(parse_qsl(parts.query)).keys() else HERE)
    if schema is None:
        return
    assert answer.content, f"{method} {name}: the document promises a body"
    wrong = next(schema.iter_errors(answer.json()), None)
    assert wrong is None, f"{method} {name}: not as the document says: {str(wrong)[:2000]}"

