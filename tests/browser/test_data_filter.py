"""The filter and the order of the Data Manager page, and its indexes, in a real browser against a real server.

Needs EDITOR_DIR (a folder made by contrib/install-editor) and LABELD_BUILD; see tests/server.py."""

import functools
import json
import subprocess
import urllib.parse

from selenium.webdriver.support.ui import Select

from site_steps import Site

CONFIG = """<View>
  <Text name="text" value="$text"/>
  <Labels name="label" toName="text"><Label value="Car"/><Label value="Person"/></Labels>
</View>"""
COLUMNS = "return [...document.querySelectorAll('[data-line] select.column')].map((s) => s.value)"


class Filter(Site):
    """At the root of the host."""

    @functools.cached_property
    def filled(self):
        """Ten tasks with texts and prices; the first was annotated."""
        made = self.project("Filtered", config=CONFIG)
        self.call("POST", f"/api/projects/{made}/import", 201,
                  json=[{"text": f"Sentence {i}", "price": i, "kind": "odd" if i % 2 else "even"} for i in range(1, 11)])
        first = self.tasks(made)[0]["id"]
        result = [{"from_name": "label", "to_name": "text", "type": "labels", "value": {"start": 0, "end": 3, "text": "Sen", "labels": ["Car"]}}]
        self.call("POST", f"/api/tasks/{first}/annotations/", 201, json={"result": result})
        return made

    # steps

    def show(self, query="", project=None):
        self.open(f"/projects/{project or self.filled}/data{query and '?' + query}")

    def matched(self, n):
        self.browser.wait_text(f"{n} task", "[data-dm-matched]")

    def choose_from(self, selector, text):
        Select(self.browser.element(selector)).select_by_visible_text(text)

    def options(self, selector):
        return [option.text for option in Select(self.browser.element(selector)).options]

    def chips(self):
        """The open form hides them."""
        texts = self.browser.run("return [...document.querySelectorAll('.chip > a:first-child')].map((a) => a.textContent)")
        return [" ".join(text.split()) for text in texts]

    def rows(self):
        return self.browser.texts("[data-table] tbody th + td")

    def sql(self, statement):
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.server.db, "-c", "SET search_path = labeld; " + statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def view(self, project, *items, conjunction="and"):
        """A tab as an API client stores it."""
        data = {"title": "From outside", "filters": {"conjunction": conjunction, "items": list(items)}}
        return self.call("POST", "/api/dm/views/", 201, json={"project": project, "data": data}).json()["id"]

    @staticmethod
    def item(column, operator, kind, value, **more):
        return {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value, **more}

    # building one

    def test_a_filter_is_built_counted_applied_and_changed(self):
        self.show()
        self.matched(10)
        self.assertFalse(self.browser.run("return document.querySelector('#filter select')"))
        self.browser.click("#filter > summary")
        self.browser.wait_run("document.activeElement.id === 'f1'")
        self.choose_from("#f1", "price")
        self.browser.wait_selector("#o1")
        self.choose_from("#o1", "is more than")
        self.browser.type("#v1", "7")
        self.browser.wait_text("3 tasks match", "[data-filter-count]")
        self.browser.type("#v1", "9", clear=True)
        self.browser.wait_text("1 task matches", "[data-filter-count]")
        self.browser.type("#v1", "7", clear=True)
        self.browser.click_text("Add a line")
        self.choose_from("#f2", "kind")
        self.browser.type("#v2", "odd")
        self.browser.wait_text("1 task matches", "[data-filter-count]")
        self.shot("filter-form")
        self.browser.click_text("Apply")
        self.matched(1)
        self.assertEqual(["price is more than 7", "kind contains odd"], self.chips())
        self.browser.wait_gone("#filter-form")
        self.browser.click(".chip > a:first-child")
        self.browser.wait_selector("#v1")
        self.assertEqual("7", self.browser.element("#v1").get_attribute("value"))
        self.choose_from("#filter-match", "one line holds")
        self.browser.wait_text("7 tasks match", "[data-filter-count]")
        self.browser.click_text("Apply")
        self.matched(7)
        self.browser.click("[title='Remove this filter']")
        self.matched(5)
        self.assertEqual(["kind contains odd"], self.chips())
        self.browser.click_text("Clear")
        self.matched(10)
        self.assertEqual([], self.chips())
        self.browser.assert_clean()

    def test_lines_come_and_go_without_a_load(self):
        self.show("f1=id&o1=greater&v1=0")
        self.browser.run("window.kept = true")
        self.browser.click("#filter > summary")
        self.browser.click("[value=add-1]")
        self.browser.wait_selector("[name=p2]", visible=False)
        self.choose_from("#f2", "kind")
        self.browser.type("#v2", "odd")
        self.browser.wait_text("5 tasks match", "[data-filter-count]")
        self.browser.click("#filter-2 [name=drop]")
        self.browser.wait_gone("#filter-2")
        self.browser.wait_text("10 tasks match", "[data-filter-count]")
        self.browser.click("#filter-1 [name=drop]")
        self.browser.wait_text("No filter: all tasks are shown.")
        self.assertTrue(self.browser.run("return window.kept"))
        self.browser.assert_clean()

    def refresh(self):
        """As the quick view does when a task was stored."""
        self.browser.run("document.querySelector('#dm').firstElementChild.old = true;"
                         " await (await import(document.querySelector('script[src*=dm-page]').src)).refresh();")
        self.assertFalse(self.browser.run("return document.querySelector('#dm').firstElementChild.old"))

    def test_what_is_being_written_survives_a_refresh(self):
        self.show("f1=created_at&o1=greater&v1=2026-01-31T12:00:00.000Z")
        self.browser.click("#filter > summary")
        self.browser.wait_selector("#v1")
        self.browser.run("const v = document.querySelector('#v1'); v.value = '2020-02-03T04:05'; v.dispatchEvent(new Event('change', {bubbles: true}))")
        self.refresh()
        self.assertEqual("2020-02-03T04:05", self.browser.element("#v1").get_attribute("value"))
        self.browser.click("#dm-tab-new summary")
        self.browser.type("#dm-new-title", "Half a na")
        self.refresh()
        for key in "me":
            self.browser.press(key)
        self.assertEqual("Half a name", self.browser.element("#dm-new-title").get_attribute("value"))
        self.browser.click("#dm-tab-new summary")
        self.browser.type("#dm-find", "Sente")
        self.refresh()
        self.assertEqual("Sente", self.browser.element("#dm-find").get_attribute("value"))
        self.browser.click_text("Apply")
        self.browser.wait_url("v1=2020-02-03")
        self.browser.wait_gone("#v1")
        self.browser.assert_clean()

    def test_each_kind_of_column_has_its_input(self):
        kinds = {"total_annotations": ("in", "input[type=number]"), "created_at": ("greater", "input[type=datetime-local]"),
                 "annotators": ("contains", "select"), "annotations_results": ("label", "select"), "draft_exists": ("equal", "select"),
                 "data.text": ("regex", "input[type=text]"), "data.kind": ("in_list", "textarea"), "data.price": ("Number.less", "input[type=number]"),
                 "predictions_model_versions": ("contains", "select"), "data.n": ("empty", None)}
        self.show("&".join(f"f{n}={column}&o{n}={kind[0]}" for n, (column, kind) in enumerate(kinds.items(), 1)) + "&edit=1")
        for n, (_, tag) in enumerate(kinds.values(), 1):
            self.assertEqual(int(tag is not None), len(self.browser.all(f"{tag or 'input'}#v{n}")), n)
        self.assertEqual(1, len(self.browser.all("#w1")))
        self.assertIn("is between", self.options("#o1"))
        self.assertEqual(["Choose", "Car", "Person"], self.options("#v4"))
        self.assertEqual(["Choose", "yes", "no"], self.options("#v5"))
        self.assertEqual("Choose", self.options("#v3")[0])
        self.assertIn("test", self.options("#v3"))
        self.shot("filter-kinds")
        self.browser.assert_clean()

    def test_labels_and_people(self):
        me = self.call("GET", "/api/current-user/whoami").json()
        self.show(f"f1=annotators&o1=contains&v1={me['id']}&f2=annotations_results&o2=label&v2=Car&p2=1")
        self.matched(1)
        self.assertEqual([f"Annotated by includes {me['username']} with Annotation results has the label Car"], self.chips())
        self.show("f1=annotations_results&o1=not_label&v1=Car")
        self.matched(9)

    def test_of_many_people_one_is_named_by_email(self):
        self.sql("WITH u AS (INSERT INTO user_account (email, username) SELECT 'n' || n || '@example.com', 'n' || n FROM generate_series(1, 310) n RETURNING id)"
                 " INSERT INTO membership (organization_id, user_id, role) SELECT 1, id, 'AN' FROM u")
        self.addCleanup(self.sql, "UPDATE membership SET deleted_at = now() FROM user_account u WHERE u.id = user_id AND u.email LIKE 'n%@example.com'")
        self.show("f1=annotators&o1=contains&edit=1")
        self.browser.type("input[type=email]#v1", "nobody@example.com")
        self.browser.click_text("Apply")
        self.browser.wait_text("No member has this e-mail.", "#e1")
        self.browser.type("#v1", "test@example.com", clear=True)
        self.browser.wait_text("1 task matches", "[data-filter-count]")
        self.browser.click_text("Apply")
        self.matched(1)
        self.assertEqual(["Annotated by includes test"], self.chips())
        self.show("f1=annotators&o1=contains&v1=1&edit=1")
        self.assertEqual("test@example.com", self.browser.element("#v1").get_attribute("value"))
        self.browser.assert_clean()

    # what is wrong

    def test_errors_stand_at_their_line_and_nothing_is_lost(self):
        self.show("f1=id&o1=greater&v1=many&f2=data.text&o2=regex&v2=(open&f3=gone&o3=equal&v3=1&f4=data.kind&o4=equal&v4=")
        self.assertEqual(["Expected a number.", "There is no such column any more.", "Give a value."],
                         [text for text in self.browser.texts(".filter-line .error-text") if "pattern" not in text])
        self.browser.wait_text("Not a pattern: parentheses () not balanced.", "#e2")
        self.assertEqual(["many", "(open"], [self.browser.element(f"#v{n}").get_attribute("value") for n in (1, 2)])
        self.assertEqual([], self.rows())
        self.shot("filter-errors")
        self.browser.click("#filter-3 [name=drop]")
        self.browser.wait_gone("#filter-3")
        self.browser.type("#v1", "0", clear=True)
        self.browser.type("#v2", "[79]$", clear=True)
        self.browser.type("#v4", "odd", clear=True)
        self.browser.wait_text("2 tasks match", "[data-filter-count]")
        self.browser.click_text("Apply")
        self.matched(2)
        self.assertEqual([], self.browser.texts(".error-text"))
        self.browser.assert_clean()

    # without scripts

    def test_it_works_without_javascript(self):
        self.browser.javascript(False)
        self.show()
        self.browser.element("#filter > summary").click()
        self.browser.element("[data-filter-later]").click()
        self.choose_from("#f1", "kind")
        self.browser.element("[value=add]").click()
        self.browser.wait_selector("#o1")
        self.browser.element("#v1").send_keys("odd")
        self.choose_from("#f2", "Annotations")
        self.browser.element("[value=add-1]").click()
        self.browser.wait_selector("#filter-3")
        self.browser.element("#filter-3 [name=drop]").click()
        self.browser.wait_gone("#filter-3")
        self.choose_from("#o2", "is less than")
        self.browser.element("#v2").send_keys("1")
        self.browser.click_text("Apply")
        self.matched(4)
        self.assertEqual(["kind contains odd", "Annotations is less than 1"], self.chips())
        self.choose_from("#order-by", "price (as a number)")
        self.choose_from("#order-direction", "descending")
        self.browser.click_text("Order")
        self.browser.wait_url("direction=down")
        self.assertEqual(["9", "7", "5", "3"], [text.split()[-1] for text in self.texts_of_rows()])
        self.browser.element(".chip-x").click()
        self.matched(9)

    def texts_of_rows(self):
        return [row for row in self.browser.texts("[data-table] tbody td") if row.startswith("Sentence")]

    # order

    def test_an_order_by_any_column(self):
        self.show("f1=data.kind&o1=equal&v1=even")
        self.choose_from("#order-by", "text")
        self.browser.wait_url("ordering=data.text")
        self.browser.wait(lambda: [t.split()[-1] for t in self.texts_of_rows()] == ["10", "2", "4", "6", "8"], "order by text")
        self.choose_from("#order-direction", "descending")
        self.browser.wait(lambda: [t.split()[-1] for t in self.texts_of_rows()] == ["8", "6", "4", "2", "10"], "the other way")
        self.assertEqual(["kind is even"], self.chips())
        self.browser.assert_clean()

    # tabs of API clients

    def test_what_clients_stored_is_shown_and_kept(self):
        odd = self.item("data.kind", "equal", "Unknown", "odd", child_filter=self.item("data.price", "greater", "Number", 2))
        tab = self.view(self.filled, odd, self.item("data.price", "not_equal", "String", 5), self.item("id", "in_list", "Number", list(range(1, 5000))))
        self.show(f"tab={tab}&edit=1")
        self.matched(3)
        self.assertEqual(["kind is odd with price is more than 2", "price not_equal 5"], self.chips()[:2])
        self.assertEqual(["data.kind", "data.price"], self.browser.run(COLUMNS))
        self.browser.wait_text("not_equal 5", ".kept")
        self.browser.type("#v2", "7", clear=True)
        self.browser.wait_text("1 task matches", "[data-filter-count]")
        self.browser.click("#filter-4 [name=drop]")
        self.browser.wait_gone("#filter-4")
        self.browser.click_text("Apply")
        self.matched(1)
        self.assertEqual(["kind is odd with price is more than 7", "price not_equal 5"], self.chips())
        self.assertEqual("5", urllib.parse.parse_qs(urllib.parse.urlsplit(self.browser.url).query)["j3"][0])
        self.browser.click_text("Clear")
        self.matched(10)
        self.assertIn("filter=none", self.browser.url)
        self.browser.assert_clean()

    # times

    def test_times_are_on_the_readers_clock(self):
        self.browser.cdp("Emulation.setTimezoneOverride", timezoneId="Asia/Tokyo")
        self.addCleanup(self.browser.cdp, "Emulation.setTimezoneOverride", timezoneId="")
        self.show("f1=created_at&o1=greater&v1=2026-01-31T12:00:00.000Z&edit=1")
        self.browser.wait_run("document.querySelector('#v1').value === '2026-01-31T21:00'")
        self.browser.click_text("Apply")
        self.browser.wait_url("v1=2026-01-31T12%3A00%3A00.000Z")
        self.browser.wait(lambda: self.chips() == ["Created at is after 2026-01-31 21:00"], "the chip in that zone")
        self.sql("UPDATE user_account SET timezone = 'America/New_York'")
        self.addCleanup(self.sql, "UPDATE user_account SET timezone = ''")
        self.browser.javascript(False)
        self.show("f1=created_at&o1=greater&v1=2026-01-31T12:00:00.000Z&edit=1")
        self.assertEqual("2026-01-31T07:00", self.browser.element("#v1").get_attribute("value"))
        self.browser.click_text("Apply")
        self.browser.wait_url("v1=2026-01-31T07%3A00")
        self.assertEqual(["Created at is after 2026-01-31 07:00"], self.chips())

    # indexes

    def test_indexes_are_asked_for_seen_and_removed(self):
        big = self.project("Indexes", 2)
        self.sql(f"UPDATE project_counter SET task_number = 30000 WHERE project_id = {big} AND slot = (SELECT max(slot) FROM project_counter WHERE project_id = {big})")
        self.show("f1=data.text&o1=contains&v1=Sentence&edit=1", big)
        self.browser.wait_text("An index would make it quick", "#filter-1")
        self.browser.javascript(False)
        self.browser.element("#filter-1 .help a").click()
        self.browser.wait_selector("#ask")
        self.assertEqual("text", self.browser.element("#key").get_attribute("value"))
        self.browser.element("#ask [value=ask]").click()
        self.toast("The index is made in the background")
        self.browser.wait_text("Filter by a part of the text", "tbody")
        self.shot("indexes")
        self.browser.wait(lambda: self.ready(big), "an index that is ready")
        self.browser.element("tbody [value=remove]").click()
        self.toast("The index is removed.")
        self.browser.wait_text("Off", "tbody .badge")
        self.browser.element("tbody [value=remove]").click()
        self.browser.wait_text("None yet.")

    def ready(self, project):
        return self.call("GET", f"/api/projects/{project}/data-indexes/").json()["indexes"][0]["state"] == "ready"
