"""Pages and their forms as any client sees them, without a browser."""

import functools
import re
import uuid

import pytest

from people import browser_of, member
from work import ours

pytestmark = ours


@functools.cache
def tab(role):
    return browser_of(role)


def project(title=None):
    return member("OW").post("/api/projects/", {"title": title or uuid.uuid4().hex, "is_published": True})["id"]


def cards(text):
    return re.findall(r'<article.*?<h2[^>]*><a[^>]*>(.*?)</a>', text, re.S)


# ---- projects ----


def test_a_pinned_project_comes_first_until_it_is_unpinned():
    word = uuid.uuid4().hex[:8]
    old, _ = project(f"old {word}"), project(f"new {word}")
    query = f"?search={word}&ordering=&filter="
    answer = tab("OW").form(f"/projects/{query}", {"action": "pin", "project": old})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/projects/?search={word}")
    assert member("OW").get(f"/api/projects/{old}/")["pinned_at"]
    assert cards(tab("OW").get(f"/projects/{query}").text) == [f"old {word}", f"new {word}"]
    assert cards(tab("OW").get(f"/projects/?search={word}&filter=pinned_only").text) == [f"old {word}"]
    assert cards(tab("OW").get(f"/projects/?search={word}&filter=exclude_pinned").text) == [f"new {word}"]
    tab("OW").form("/projects/", {"action": "unpin", "project": old})
    assert member("OW").get(f"/api/projects/{old}/")["pinned_at"] is None
    assert cards(tab("OW").get(f"/projects/{query}").text) == [f"new {word}", f"old {word}"]


@pytest.mark.parametrize("fields, status", [({"action": "pin"}, 400), ({"action": "pin", "project": "x"}, 400), ({"action": "burn", "project": "1"}, 400),
                                            ({"project": "1"}, 400), ({"action": "pin", "project": "2000000000"}, 404)])
def test_pins_that_make_no_sense(fields, status):
    assert tab("OW").form("/projects/", fields).status_code == status


def test_annotators_pin_nothing():
    pinned = project()
    assert tab("AN").form("/projects/", {"action": "pin", "project": pinned}).status_code == 403
    assert 'value="pin"' not in tab("AN").get("/projects/").text


def test_the_list_is_searched_by_name_and_description():
    word = uuid.uuid4().hex
    member("OW").post("/api/projects/", {"title": "By its description", "description": f"about {word}"})
    assert cards(tab("OW").get(f"/projects/?search={word}").text) == ["By its description"]
    assert f"No project has “{word}x”" in tab("OW").get(f"/projects/?search={word}x").text
