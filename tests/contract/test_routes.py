"""Nothing is missing: every method and path that the reference's OpenAPI document, its observed behaviour and the public SDKs name
(reference_routes.txt) is in the route table. labeld only: the table comes from the program."""

import os
import re

from test_permissions import ROUTES, table
from work import anonymous, ours

pytestmark = ours

# Parts of the reference that are not there yet, and why. Nothing else may be missing; a part counts as not there while it has no route at
# all: as soon as one of its routes is there, all must be.
LATER = {
    "agreement and statistics": r"/api/projects/\{\}/metricparam(/|$)",
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


def there():
    return {(r["method"], plain(r["pattern"])) for r in table()}


def comes_later(path):
    known = there()
    return any(re.match(part, path) and not any(re.match(part, one) for _, one in known) for part in LATER.values())


def missing():
    known = there()
    return [(method, one) for method, path in facts() for one in spellings(path) if (method, one) not in known]


def test_no_route_of_the_reference_is_missing():
    assert [m for m in missing() if not comes_later(m[1])] == []


def test_a_documented_path_is_served_with_and_without_a_slash():
    """Neither form is redirected, which would turn a POST into a GET."""
    for route in ROUTES:
        if "page" in route["flags"] or "{" in route["pattern"]:
            continue
        for path in {route["pattern"].rstrip("/"), route["pattern"].rstrip("/") + "/"}:
            answer = anonymous().send(route["method"], path)
            assert answer.status_code in ({200, 204, 400, 503} if "public" in route["flags"] else {401}), f"{route['method']} {path}: {answer.status_code}"
