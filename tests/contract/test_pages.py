"""Pages and their forms as any client sees them, without a browser."""

import functools
import pathlib
import re
import uuid

import pytest

from people import Browser, browser_of, member, text_of
from work import ours

pytestmark = ours


@functools.cache
def tab(role):
    return browser_of(role)


def project(title=None):
    return member("OW").post("/api/projects/", {"title": title or uuid.uuid4().hex, "is_published": True})["id"]


def cards(text):
    return re.findall(r'<article.*?<h2[^>]*><a[^>]*>(.*?)</a>', text, re.S)


# ---- the guide ----

TEMPLATES = pathlib.Path(__file__).parents[2] / "templates"
LINK = re.compile(r'href="(?:\{\{base\}\})?(/docs/[^"]*)"')


@functools.cache
def anchors(path):
    answer = tab("OW").get(path)
    assert answer.status_code == 200, path
    found = re.findall(r' id="([^"{]+)"', answer.text)
    assert len(found) == len(set(found)), f"{path}: an id stands twice"
    return set(found)


def check_link(where, href):
    path, _, anchor = href.partition("#")
    assert not anchor or anchor in anchors(path), f"{where} links to {href}, which is not there"
    assert anchors(path), where


def test_every_link_into_the_guide_arrives():
    links = [(file, href) for file in TEMPLATES.rglob("*.html") for href in LINK.findall(file.read_text())]
    assert len(links) > 20
    for file, href in links:
        check_link(file.name, href)


def test_the_help_of_a_page_leads_to_its_paragraph():
    made = project()
    of = f"/projects/{made}"
    for path, anchor in [("/projects/", True), ("/projects/new", True), (f"{of}/data", True), (f"{of}/import", True), (f"{of}/export", True),
                         (f"{of}/settings/", True), (f"{of}/settings/labeling", True), (f"{of}/settings/danger-zone", True), ("/organization/", True),
                         ("/user/account/tokens", True), ("/docs/", False), ("/projects/999999999/data", False)]:
        href, = re.findall(r'href="([^"]*)"[^>]*aria-label="Help for this page"', tab("OW").get(path).text)
        assert ("#" in href) == anchor, path
        check_link(path, href)


def test_the_building_blocks_show_every_icon_and_need_no_account():
    text = Browser().get("/docs/ui/").text
    names = re.findall(r'<symbol id="([^"]+)"', (TEMPLATES / "static" / "icons.svg").read_text())
    assert [name for name in names if f"icons.svg#{name}\"></use></svg><code>{name}</code>" not in text] == []


@pytest.mark.parametrize("path, status, title", [("/projects/999999999/data", 404, "There is no such page"), ("/nothing/here", 404, "There is no such page"),
                                                 ("/projects/?page=", 200, "Projects")])
def test_error_pages_carry_the_id_of_their_request(path, status, title):
    answer = tab("OW").get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, text_of(answer)) == (status, title)
    if status != 200:
        assert re.search(r"Request <code>[0-9a-f]{8}-[0-9a-f-]{27}</code>", answer.text)


def test_what_a_role_may_not_see_says_whom_to_ask():
    answer = tab("AN").get("/projects/new")
    assert (answer.status_code, text_of(answer)) == (403, "You may not do this")
    assert "ask an administrator" in answer.text


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
