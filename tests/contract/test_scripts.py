"""Scripts of projects: the switch, who reads and writes them, versions, the resource that pages run, faults. labeld only."""

import concurrent.futures
import contextlib
import re

import pytest

from people import Person, browser_of, member
from work import Project, ours, owner, sql, stranger

pytestmark = ours

SCRIPT = "LSI.on('entityCreate', () => {});\nconst closing = '</script>'; // ends here"


@contextlib.contextmanager
def scripts(on=True, hosts=""):
    sql(f"UPDATE organization SET custom_scripts_enabled = {on}, custom_script_hosts = '{hosts}' WHERE id = 1")
    try:
        yield
    finally:
        sql("UPDATE organization SET custom_scripts_enabled = false, custom_script_hosts = ''")


@pytest.fixture(autouse=True, scope="module")
def nobody_of_elsewhere():
    """Members who are in another organization too keep the switch off; tests before these leave some."""
    sql("""DELETE FROM membership m WHERE m.organization_id <> 1
           AND EXISTS (SELECT FROM membership h WHERE h.organization_id = 1 AND h.user_id = m.user_id AND h.deleted_at IS NULL)""")


@pytest.fixture
def project():
    made = Project(is_published=True)
    made.task, = made.texts(1)
    return made


def source(project, role="OW", **query):
    return browser_of(role).get(f"/projects/{project.id}/custom-script.js", params=query)


def label_page(project, role="OW", more=""):
    return browser_of(role).get(f"/projects/{project.id}/data?labeling=1{more}")


def versions(project):
    return int(sql(f"SELECT count(*) FROM custom_script WHERE project_id = {project.id}"))


def test_nothing_of_scripts_shows_while_they_are_off(project):
    assert "custom_script" not in owner().get(project.path + "/")
    assert "custom_script" not in owner().patch(project.path + "/", {"custom_script": SCRIPT})
    with scripts():
        owner().patch(project.path + "/", {"custom_script": SCRIPT})
    assert "custom_script" not in owner().get(project.path + "/")
    assert source(project).status_code == 404
    assert '"script": null' in label_page(project).text or '"script":null' in label_page(project).text
    owner().post(project.path + "/custom-script/errors/", {"version": 1, "message": "x"}, 404)
    assert versions(project) == 1   # it comes back with the switch


def test_a_script_is_read_by_who_labels_and_run_as_a_resource(project):
    with scripts(hosts="https://cdn.example.org"):
        assert owner().get(project.path + "/")["custom_script"] == ""
        assert owner().patch(project.path + "/", {"custom_script": SCRIPT})["custom_script"] == SCRIPT
        assert Project(custom_script="x = 1").created["custom_script"] == "x = 1"
        assert member("AN").get(project.path + "/")["custom_script"] == SCRIPT
        answer = source(project, "AN")
        assert answer.text == "labeldScript(async function (LSI) {\n" + SCRIPT + "\n});\n"
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = label_page(project, "AN").headers["Content-Security-Policy"]
        assert "script-src 'self' 'wasm-unsafe-eval' https://cdn.example.org;" in policy and "eval'" not in policy.replace("wasm-unsafe-eval'", "")
        assert "custom-script.js" in label_page(project, "AN", "&no_script=1").text
        assert "custom-script.js" not in label_page(project, "OW", "&no_script=1").text
        assert "cdn.example.org" not in label_page(project, "OW", "&no_script=1").headers["Content-Security-Policy"]
        owner().patch(project.path + "/", {"custom_script": None})
        assert owner().get(project.path + "/")["custom_script"] == "" and source(project).status_code == 404


def test_only_managers_write_it(project):
    other = stranger()
    with scripts():
        for role in ("AN", "RE"):
            member(role).call("PATCH", project.path + "/", 403, json={"custom_script": "x"})
            assert browser_of(role).get(f"/projects/{project.id}/settings/custom-script").status_code == 403
        member("MA").patch(project.path + "/", {"custom_script": "y"})
        member("MA").patch(project.path + "/", {"custom_script": "y"})
        assert versions(project) == 1   # the same text is no new version
        owner().patch(project.path + "/", {"custom_script": ["x"]}, 400)
        owner().patch(project.path + "/", {"custom_script": "x" * (256 * 1024 + 1)}, 400)
        other.get(project.path + "/", 404)
        other.post(project.path + "/custom-script/errors/", {"version": 1, "message": "x"}, 404)


def test_versions_are_shown_and_restored(project):
    with scripts():
        for text in ("one", "two", "three"):
            owner().patch(project.path + "/", {"custom_script": text})
        page, path = browser_of("MA"), f"/projects/{project.id}/settings/custom-script"
        first = sql(f"SELECT min(id) FROM custom_script WHERE project_id = {project.id}")
        assert "\none</textarea>" in page.get(f"{path}?version={first}").text
        assert page.get(f"{path}?version=999999999").status_code == 404
        assert page.form(path, {"action": "restore", "version": first}).status_code == 303
        assert owner().get(project.path + "/")["custom_script"] == "one"
        assert page.form(path, {"action": "save", "custom_script": "a\r\nb"}).status_code == 303
        assert owner().get(project.path + "/")["custom_script"] == "a\nb"
        assert versions(project) == 5


def test_many_versions_come_in_pages(project):
    with scripts():
        sql(f"INSERT INTO custom_script (project_id, text, created_by) SELECT {project.id}, 'n' || n, 1 FROM generate_series(1, 120) n ORDER BY n")
        page, query, seen = browser_of("MA"), "", []
        while query is not None:
            text = page.get(f"/projects/{project.id}/settings/custom-script{query}").text
            seen += re.findall(r'aria-label="Compare from version (\d+)"', text)
            assert "Version " + seen[0] + " runs for everybody" in text and (query == "") == ("Newest versions" not in text)
            found = re.search(r"\?older=(\d+)", text)
            query = f"?older={found.group(1)}" if found else None
        assert seen == sql(f"SELECT string_agg(id::text, ' ' ORDER BY id DESC) FROM custom_script WHERE project_id = {project.id}").split()
        assert text.count(">Changes</a>") == 19


def test_any_two_versions_are_compared(project):
    with scripts():
        for text in ("a\nb\nc\n", "a\nx <b>\nc\n", "\n".join(str(i) for i in range(30))):
            owner().patch(project.path + "/", {"custom_script": text})
        page, path = browser_of("MA"), f"/projects/{project.id}/settings/custom-script"
        one, two, three = sql(f"SELECT string_agg(id::text, ',' ORDER BY id) FROM custom_script WHERE project_id = {project.id}").split(",")
        text = page.get(f"{path}?from={one}&to={two}").text
        assert f"From version {one} to {two}" in text and "1 line came, 1 line went." in text
        assert '<tr class="removed"><td>2</td><td></td><td>-</td><td>b</td></tr>' in text
        assert '<tr class="added"><td></td><td>2</td><td>+</td><td>x &lt;b&gt;</td></tr>' in text
        assert "30 lines came, 3 lines went." in page.get(f"{path}?from={two}&to={three}").text
        assert "The same text." in page.get(f"{path}?from={one}&to={one}").text
        owner().patch(project.path + "/", {"custom_script": "\n".join(str(i) for i in range(30)) + "\nend"})
        newest = sql(f"SELECT max(id) FROM custom_script WHERE project_id = {project.id}")
        assert "27 lines unchanged" in page.get(f"{path}?from={three}&to={newest}").text
        with_other = Project(custom_script="of another project")
        foreign = sql(f"SELECT max(id) FROM custom_script WHERE project_id = {with_other.id}")
        assert page.get(f"{path}?from={one}&to={foreign}").status_code == 404
        assert page.get(f"{path}?from=x&to=1").status_code == 200


def test_who_saves_second_is_told(project):
    with scripts():
        owner().patch(project.path + "/", {"custom_script": "one"})
        page, path = browser_of("MA"), f"/projects/{project.id}/settings/custom-script"
        base = sql(f"SELECT max(id) FROM custom_script WHERE project_id = {project.id}")
        owner().patch(project.path + "/", {"custom_script": "two"})
        newest = sql(f"SELECT max(id) FROM custom_script WHERE project_id = {project.id}")
        answer = page.form(path, {"action": "save", "custom_script": "mine", "base_version": base})
        assert answer.status_code == 400 and f"Version {newest} was saved meanwhile" in answer.text and "\nmine</textarea>" in answer.text
        assert f'name="base_version" value="{newest}"' in answer.text
        assert owner().get(project.path + "/")["custom_script"] == "two"
        assert page.form(path, {"action": "save", "custom_script": "mine", "base_version": newest}).status_code == 303
        assert owner().get(project.path + "/")["custom_script"] == "mine"


def test_examples_are_put_into_the_field_and_not_saved(project):
    with scripts():
        page, path = browser_of("MA"), f"/projects/{project.id}/settings/custom-script"
        text = page.get(f"{path}?example=word-limit").text
        assert "The example “At most 25 words”, not saved yet." in text and "const most = 25;" in text
        assert text.count(f'href="{path}?example=') >= 12
        assert "Label configuration of the example" in text and "name=&quot;summary&quot;" in text
        assert versions(project) == 0
        assert "not saved yet" not in page.get(f"{path}?example=../word-limit").text


def test_the_test_bench_is_for_managers_and_lets_one_inline_script_through(project):
    path = f"/projects/{project.id}/custom-script/bench"
    with scripts(hosts="https://cdn.example.org"):
        answer = browser_of("MA").get(path)
        policy = answer.headers["Content-Security-Policy"]
        nonce = answer.text.partition('"nonce":')[2].strip().partition('"')[2].partition('"')[0]
        assert len(nonce) == 32 and f"script-src 'self' 'wasm-unsafe-eval' 'nonce-{nonce}' https://cdn.example.org;" in policy
        assert "frame-ancestors 'self'" in policy and "unsafe-eval'" not in policy.replace("wasm-unsafe-eval'", "")
        assert nonce not in browser_of("MA").get(path).text
        assert "nonce-" not in label_page(project).headers["Content-Security-Policy"]
        assert browser_of("AN").get(path).status_code == 403
    assert browser_of("MA").get(path).status_code == 404


def test_faults_are_counted_per_version(project):
    with scripts():
        owner().patch(project.path + "/", {"custom_script": "boom()"})
        version = int(sql(f"SELECT max(id) FROM custom_script WHERE project_id = {project.id}"))
        path = project.path + "/custom-script/errors/"
        for _ in range(3):
            member("AN").post(path, {"version": version, "event": "", "message": "boom is not defined <b>", "line": 1}, 204)
        member("AN").post(path, {"version": version, "event": "entityCreate", "message": "other"}, 204)
        owner().post(path, {"version": version + 1, "message": "x"}, 404)
        for wrong in ({}, {"version": version}, {"version": "x", "message": "y"}, {"version": version, "message": "x" * 1001},
                      {"version": version, "message": "x", "line": "y"}):
            owner().post(path, wrong, 400)
        page = browser_of("MA").get(f"/projects/{project.id}/settings/custom-script").text
        assert "boom is not defined &lt;b&gt;" in page and ">3</td>" in page and "4 faults" in page
        owner().patch(project.path + "/", {"custom_script": "mended()"})
        path = f"/projects/{project.id}/settings/custom-script"
        assert "boom is not defined" not in browser_of("MA").get(path).text
        assert "boom is not defined" in browser_of("MA").get(f"{path}?version={version}").text


# ---- the switch ----


def test_it_is_turned_on_after_its_meaning_was_read():
    page = browser_of("OW")
    with scripts(on=False):
        form = {"action": "scripts", "custom_scripts_enabled": "true", "custom_script_hosts": "https://cdn.example.org\r\nhttps://*.example.net:8443"}
        assert "Confirm that you have read" in page.form("/organization/settings", form).text
        for host in ("cdn.example.org", "https://x; script-src *", "https://", "'unsafe-eval'", "https://a.example/path"):
            assert page.form("/organization/settings", {**form, "understood": "true", "custom_script_hosts": host}).status_code == 400
        assert page.form("/organization/settings", {**form, "understood": "true"}).status_code == 303
        assert sql("SELECT custom_script_hosts FROM organization WHERE id = 1") == "https://cdn.example.org https://*.example.net:8443"
        assert owner().get("/api/organizations/1/")["custom_scripts_enabled"]
        assert page.form("/organization/settings", {"action": "scripts", "custom_script_hosts": ""}).status_code == 303
        assert not owner().get("/api/organizations/1/")["custom_scripts_enabled"]


def test_members_of_another_organization_keep_it_off():
    person = Person("AN")
    sql(f"""INSERT INTO organization (title, token) VALUES ('Other', 'token-of-other-{person.id}');
            INSERT INTO membership (organization_id, user_id, role) SELECT max(id), {person.id}, 'AN' FROM organization""")
    try:
        wrong = owner().call("PATCH", "/api/organizations/1/", 400, json={"custom_scripts_enabled": True})
        assert person.address in str(wrong["validation_errors"])
    finally:
        sql(f"DELETE FROM membership WHERE user_id = {person.id} AND organization_id <> 1")
    with scripts(on=False):
        assert owner().patch("/api/organizations/1/", {"custom_scripts_enabled": True})["custom_scripts_enabled"]


def test_who_was_deactivated_and_joined_another_does_not_come_back_while_it_is_on():
    person = Person("AN")
    sql(f"""UPDATE membership SET role = 'DI' WHERE user_id = {person.id};
            INSERT INTO organization (title, token) VALUES ('Other', 'token-of-other-{person.id}');
            INSERT INTO membership (organization_id, user_id, role) SELECT max(id), {person.id}, 'AN' FROM organization""")
    back = {"user_id": person.id, "role": "AN"}
    try:
        with scripts():
            owner().call("PATCH", "/api/organizations/1/memberships", 403, json=back)
            assert sql(f"SELECT role FROM membership WHERE organization_id = 1 AND user_id = {person.id}") == "DI"
        owner().patch("/api/organizations/1/memberships", back)
    finally:
        sql(f"DELETE FROM membership WHERE user_id = {person.id} AND organization_id <> 1")




def test_coming_in_and_turning_it_on_at_once_never_succeed_both():
    other, token = stranger(), owner().get("/api/invite")["token"]
    home = sql(f"SELECT active_organization FROM user_account WHERE id = {other.id}")
    outcomes = set()
    for turn in range(8):
        with scripts(on=False), concurrent.futures.ThreadPoolExecutor(2) as pool:
            calls = [("PATCH", owner(), "/api/organizations/1/", {"custom_scripts_enabled": True}), ("POST", other, "/api/invite/accept", {"token": token})]
            done = [pool.submit(api.send, method, path, json=body) for method, api, path, body in (calls if turn % 2 else reversed(calls))]
            outcomes.add(tuple(sorted(d.result().status_code for d in done)))
            both = sql(f"""SELECT o.custom_scripts_enabled AND EXISTS (SELECT FROM membership m WHERE m.organization_id = 1
                           AND m.user_id = {other.id} AND m.deleted_at IS NULL) FROM organization o WHERE o.id = 1""")
            sql(f"DELETE FROM membership WHERE organization_id = 1 AND user_id = {other.id};"
                f"UPDATE user_account SET active_organization = {home} WHERE id = {other.id}")
        assert both == "f"
    assert outcomes <= {(200, 400), (200, 403)}, outcomes


def race(turn, one, other):
    """Both calls at once, now one first and now the other; gives their statuses in the order given."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        calls = [one, other] if turn % 2 else [other, one]
        done = [pool.submit(api.send, method, path, json=body) for method, api, path, body in calls]
        statuses = [d.result().status_code for d in done]
    return tuple(statuses if turn % 2 else reversed(statuses))


def test_adding_an_account_of_another_organization_and_turning_it_on_at_once_never_succeed_both():
    person = Person("AN")
    sql(f"""DELETE FROM membership WHERE user_id = {person.id};
            INSERT INTO organization (title, token) VALUES ('Other', 'token-of-other-{person.id}');
            INSERT INTO membership (organization_id, user_id, role) SELECT max(id), {person.id}, 'AN' FROM organization;
            INSERT INTO membership (organization_id, user_id, role) VALUES (1, {person.id}, 'DI')""")
    outcomes = set()
    try:
        for turn in range(8):
            with scripts(on=False):
                outcomes.add(race(turn, ("PATCH", owner(), "/api/organizations/1/", {"custom_scripts_enabled": True}),
                                  ("PATCH", member("AD"), "/api/organizations/1/memberships", {"user_id": person.id, "role": "AN"})))
                both = sql(f"""SELECT o.custom_scripts_enabled AND EXISTS (SELECT FROM membership m WHERE m.organization_id = 1 AND m.role <> 'DI'
                               AND m.user_id = {person.id} AND m.deleted_at IS NULL) FROM organization o WHERE o.id = 1""")
                sql(f"UPDATE membership SET role = 'DI' WHERE organization_id = 1 AND user_id = {person.id}")
            assert both == "f"
    finally:
        sql(f"DELETE FROM membership WHERE user_id = {person.id}")
    assert outcomes <= {(200, 403), (400, 200)}, outcomes
