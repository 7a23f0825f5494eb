"""Pages and their forms as any client sees them, without a browser."""

import contextlib
import functools
import pathlib
import re
import uuid

import pytest

from people import Browser, browser_of, member, text_of
from work import ours, sql

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
    links = [(file, href) for file in TEMPLATES.rglob("*.html") for href in LINK.findall(file.read_text()) if href != "/docs/api/schema/"]
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


@contextlib.contextmanager
def failing(code):
    """New workspaces fail in the database."""
    sql(f"""CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'secret of the database' USING ERRCODE = '{code}'; END $$;
            CREATE TRIGGER fail BEFORE INSERT ON workspace FOR EACH ROW EXECUTE FUNCTION fail()""")
    try:
        yield
    finally:
        sql("DROP TRIGGER fail ON workspace; DROP FUNCTION fail()")


@pytest.mark.parametrize("code, status, title", [("XX000", 500, "Something went wrong on the server"), ("57014", 503, "The server is busy or being restarted"),
                                                 ("53100", 503, "The server is busy or being restarted")])
def test_failures_of_the_server_are_pages_for_people_and_json_for_programs(code, status, title):
    with failing(code):
        page = tab("OW").form("/workspaces/", {"title": "Fails", "action": "create"})
        answer = member("OW").send("POST", "/api/workspaces/", json={"title": "Fails"})
    assert (page.status_code, text_of(page)) == (status, title) and "text/html" in page.headers["Content-Type"]
    number = re.search(r"Request <code>([0-9a-f]{8}-[0-9a-f-]{27})</code>", page.text).group(1)
    assert answer.status_code == status == answer.json()["status_code"] and answer.json()["id"] not in ("", number)
    assert "secret" not in page.text + answer.text


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


# ---- workspaces ----


def workspace(**fields):
    made = tab("OW").form("/workspaces/", {"title": "W " + uuid.uuid4().hex, "description": "", "color": "#aa3355", "action": "create", **fields})
    assert made.status_code == 303, made.text
    return int(made.headers["Location"].rsplit("/", 1)[1])


def done(answer):
    """Where a form led, and what is said there."""
    assert answer.status_code == 303, answer.text
    page = tab("OW").get(answer.headers["Location"].partition("#")[0]).text
    return re.search(r'<div class="toast \w+">\s*<span class="grow">(.*?)</span>', page).group(1)


def test_a_workspace_is_made_renamed_archived_and_deleted():
    made = workspace(description="Scans of the clinic")
    of = f"/workspaces/{made}"
    page = tab("OW").get(of).text
    assert 'fill="#aa3355"' in page and "Scans of the clinic" in page and "No projects yet." in page
    name = "R " + uuid.uuid4().hex
    assert done(tab("OW").form(of, {"title": name, "description": "", "color": "#aa3355", "action": "save"})) == "Workspace saved."
    assert name in tab("OW").get("/workspaces/").text
    inside = project()
    member("OW").patch(f"/api/projects/{inside}/", {"workspace": made})
    title = member("OW").get(f"/api/projects/{inside}/")["title"]
    assert title in cards(tab("OW").get("/projects/").text)
    done(tab("OW").form(of, {"action": "archive"}))
    assert title not in cards(tab("OW").get("/projects/").text)
    assert cards(tab("OW").get(f"/projects/?workspace={made}").text) == [title] == cards(tab("OW").get(f"/projects/?search={title}").text)
    done(tab("OW").form(of, {"action": "unarchive"}))
    assert title in cards(tab("OW").get("/projects/").text)
    assert "still has projects" in tab("OW").form(of, {"action": "delete"}).text
    member("OW").patch(f"/api/projects/{inside}/", {"workspace": None})
    assert done(tab("OW").form(of, {"action": "delete"})) == "Workspace deleted."
    assert tab("OW").get(of).status_code == 404


def test_people_and_projects_go_in_and_out():
    made = workspace()
    of, person, inside = f"/workspaces/{made}", member("AN"), project()
    assert f'value="{person.number}"' in tab("OW").get(f"{of}?find_people={person.address}").text
    added = tab("OW").form(of, {"action": "add_people", "ids": str(person.number), "find_people": "an"})
    assert added.headers["Location"].endswith(f"{of}?find_people=an#people")
    assert done(added) == "1 person is in the workspace."
    assert f'aria-label="Select {person.address}"' in tab("OW").get(of).text
    assert done(tab("OW").form(of, {"action": "add_projects", "ids": str(inside)})) == "1 project is in the workspace."
    assert f'href="/projects/{inside}/data"' in tab("OW").get(of).text
    assert member("OW").get(f"/api/projects/{inside}/")["workspace"] == made
    assert done(tab("OW").form(of, {"action": "remove_projects", "ids": str(inside)})) == "1 project is out of the workspace."
    assert member("OW").get(f"/api/projects/{inside}/")["workspace"] is None
    assert done(tab("OW").form(of, {"action": "remove_people", "ids": str(person.number)})) == "1 person is out of the workspace."
    assert done(tab("OW").form(of, {"action": "add_people"})) == "Nobody was selected."


@pytest.mark.parametrize("fields, status", [({"action": "dance"}, 400), ({"action": "add_people", "ids": "x"}, 400), ({"action": "save", "title": ""}, 400)])
def test_what_makes_no_sense_to_a_workspace(fields, status):
    assert tab("OW").form(f"/workspaces/{workspace()}", fields).status_code == status


def test_a_colour_that_no_field_holds_stays_until_another_is_chosen():
    made = member("OW").post("/api/workspaces/", {"title": "W " + uuid.uuid4().hex, "color": "teal"})["id"]

    def saved(color):
        assert tab("OW").form(f"/workspaces/{made}", {"action": "save", "title": "W", "description": "", "color": color}).status_code == 303
        return member("OW").get(f"/api/workspaces/{made}")["color"]

    shown = re.search(r'type="color" value="([^"]*)"', tab("OW").get(f"/workspaces/{made}").text).group(1)
    assert (saved(shown), saved("#aa3355")) == ("teal", "#aa3355")


def test_of_very_many_workspaces_the_archived_are_kept_out_and_the_chosen_is_there():
    made, titled = workspace(), "Put away " + uuid.uuid4().hex
    member("OW").post("/api/projects/", {"title": titled, "workspace": made})
    try:
        sql("INSERT INTO workspace (organization_id, title, created_by) SELECT 1, 'Many ' || n, 1 FROM generate_series(1, 101) n")
        assert titled in tab("OW").get("/projects/?ordering=-created_at").text
        assert tab("OW").form(f"/workspaces/{made}", {"action": "archive"}).status_code == 303
        assert titled not in tab("OW").get("/projects/?ordering=-created_at").text
        assert titled in tab("OW").get("/projects/?search=" + titled).text
        text = tab("OW").get(f"/projects/?workspace={made}").text
        assert titled in text and re.search(rf'href="[^"]*workspace={made}" aria-current="page"', text)
    finally:
        sql("DELETE FROM workspace WHERE title LIKE 'Many %'")


def test_workspaces_are_the_managers():
    assert [tab(role).get("/workspaces/").status_code for role in ("MA", "RE", "AN")] == [200, 403, 403]
    assert tab("MA").get(f"/workspaces/{workspace()}").status_code == 404  # not in it
    assert tab("MA").form(f"/workspaces/{workspace()}", {"action": "delete"}).status_code == 404


def test_a_new_project_goes_where_the_page_was_opened():
    made = workspace()
    assert f'<option value="{made}" selected>' in tab("OW").get(f"/projects/new?workspace={made}").text
    answer = tab("OW").form("/projects/new", {"title": "In a workspace", "workspace": str(made), "action": "create"})
    number = int(answer.headers["Location"].split("/projects/")[1].split("/")[0])
    assert member("OW").get(f"/api/projects/{number}/")["workspace"] == made
    assert "Invalid pk" in tab("OW").form("/projects/new", {"title": "Nowhere", "workspace": "999999999", "action": "create"}).text


# ---- the picture of an account ----

PICTURE = (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdac\xfc\xff\x9f\xa1\x1e\0\7\x82\2\x7f\x3d\xc8H\xef\0\0\0\0"
           b"IEND\xaeB`\x82")


def test_a_picture_is_sent_shown_and_removed():
    page = "/user/account/profile"
    refused = tab("MA").form(page, {"action": "avatar"}, files={"avatar": ("a.png", b"no picture")})
    assert refused.status_code == 400 and "Can&#39;t read image" in refused.text and "Picture" in refused.text
    assert "No file was submitted" in tab("MA").form(page, {"action": "avatar"}).text
    assert tab("MA").form(page, {"action": "avatar"}, files={"avatar": ("a.png", PICTURE)}).status_code == 303
    src, = re.findall(r'<img class="avatar big" src="([^"]+)"', tab("MA").get(page).text)
    assert tab("MA").get(src).content == PICTURE
    assert tab("MA").form(page, {"action": "avatar_remove"}).status_code == 303
    assert "avatar big\" src" not in tab("MA").get(page).text and tab("MA").get(src).status_code == 404
