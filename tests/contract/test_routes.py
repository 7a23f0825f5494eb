"""Nothing is missing: every method and path that the reference's OpenAPI document, its observed behaviour and the public SDKs name
(reference_routes.txt) is in the route table. labeld only: the table comes from the program."""

import os
import re

from test_permissions import ROUTES, table
from work import anonymous, ours

pytestmark = ours

# Parts of the reference that are not there yet, and why. Nothing else may be missing, and what is listed here is missing indeed.
LATER = {
    "agreement and statistics": r"/api/projects/\{\}/(metricparam|stats|dimensions)(/|$)",
    "signed addresses: they come with the drivers of network storages": r"/(tasks|projects)/\{\}/(resolve|presign)$",
}
# An entity is named in the path; these are the ones that have states.
SPELLED = {"/api/fsm/entities/{}/{}/": ["/api/fsm/entities/annotation/{}/"]}


def facts():
    with open(os.path.join(os.path.dirname(__file__), "reference_routes.txt")) as file:
        return [tuple(line.split()[:2]) for line in file if not line.startswith("#")]


def plain(pattern):
    return re.sub(r"\{[^}]*\}", "{}", pattern).rstrip("/") or "/"


def spellings(path):
    for general, special in SPELLED.items():
        if path.startswith(general):
            return [path.replace(general, one) for one in special]
    return [path]


def reason(path):
    return next((why for why, pattern in LATER.items() if re.match(pattern, path)), None)


def missing():
    there = {(r["method"], plain(r["pattern"])) for r in table()}
    return [(method, one) for method, path in facts() for one in spellings(path) if (method, one) not in there]


def test_no_route_of_the_reference_is_missing():
    assert [m for m in missing() if not reason(m[1])] == []


def test_what_comes_later_is_not_there_yet():
    absent = {reason(path) for _, path in missing()}
    assert set(LATER) - absent == set(), "take what is there now from the list"


def test_a_documented_path_is_served_with_and_without_a_slash():
    """Neither form is redirected, which would turn a POST into a GET."""
    for route in ROUTES:
        if "page" in route["flags"] or "{" in route["pattern"]:
            continue
        for path in {route["pattern"].rstrip("/"), route["pattern"].rstrip("/") + "/"}:
            answer = anonymous().send(route["method"], path)
            assert answer.status_code in ({200, 204, 400, 503} if "public" in route["flags"] else {401}), f"{route['method']} {path}: {answer.status_code}"
