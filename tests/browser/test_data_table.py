"""The Data Manager page in Chromium: table, cards, columns, tabs, search, keys."""

import unittest

from driver import Keys
from site_steps import Site

MEDIA = """<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image"><Label value="Car"/></RectangleLabels></View>"""


class Table(Site):
    def setUp(self):
        super().setUp()
        self.browser.resize(1280, 800)

    def columns(self):
        return self.browser.run("return [...document.querySelectorAll('th[data-column]')].map((th) => th.dataset.column)")

    def wait_columns(self, *names):
        self.browser.wait(lambda: self.columns() == list(names), f"columns {names}")

    # columns

    def test_columns_are_chosen_moved_and_remembered(self):
        project = self.project("Columns", 3)
        self.open(f"/projects/{project}/data?columns=data.text,is_labeled,total_annotations")
        self.wait_columns("id", "data.text", "is_labeled", "total_annotations")
        self.open(f"/projects/{project}/data")
        self.browser.press_for("c", "!!document.querySelector('[data-columns]')", "the list of columns")
        for title in ("Annotation results", "Annotated by", "Updated at", "Predictions"):
            before = self.columns()
            self.browser.click_text(title, "[data-columns] label")
            self.browser.wait(lambda: len(self.columns()) == len(before) - 1, f"the table without {title}")
            self.browser.wait_selector("[data-columns]")  # the list stays open
        self.browser.click("[data-columns] button[value='down:data.text']")
        self.wait_columns("id", "is_labeled", "data.text", "total_annotations")
        self.shot("columns")
        self.open(f"/projects/{project}/data")
        self.wait_columns("id", "is_labeled", "data.text", "total_annotations")
        self.browser.assert_clean()

    def test_the_edge_of_a_column_is_dragged(self):
        project = self.project("Widths", 2)
        self.open(f"/projects/{project}/data")
        width = "return document.querySelector('th[data-column=\"data.text\"]').offsetWidth"
        self.browser.wait_selector("th .grip", visible=False)
        self.browser.run("""
            const grip = document.querySelector('th[data-column="data.text"] .grip'), at = grip.getBoundingClientRect();
            const send = (name, x) => grip.dispatchEvent(new PointerEvent(name, { pointerId: 1, clientX: x, clientY: at.y + 4, bubbles: true }));
            grip.setPointerCapture = () => {};
            send("pointerdown", at.x); send("pointermove", at.x + 120); send("lostpointercapture", at.x + 120);""")
        self.assertEqual(400, self.browser.run(width))
        self.browser.wait(lambda: self.kept_width(project) == 400, "the width on the next load")
        self.browser.assert_clean()

    def drop(self, dragged, over):
        """One element on another of its list, by the events of a drag: the pointer of a headless browser starts none."""
        self.browser.run("""
            const [item, target] = [arguments[0], arguments[1]].map((selector) => document.querySelector(selector));
            const data = new DataTransfer();
            const send = (to, name) => to.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data }));
            if (!item.draggable) throw new Error("not draggable");
            send(item, "dragstart");
            if (send(target, "dragover")) throw new Error("may not be dropped here");
            send(target, "drop");
            send(item, "dragend");""", dragged, over)

    def test_columns_are_dragged(self):
        project = self.project("Dragged columns", 2)
        self.call("POST", f"/api/projects/{project}/import", 201, json=[{"text": "a", "price": 1}])
        line = "[data-line]:has(input[value='{}'])".format
        self.open(f"/projects/{project}/data")
        self.browser.press_for("c", "!!document.querySelector('[data-columns]')", "the list of columns")
        shown = self.columns()
        at = shown.index("data.text")
        self.browser.wait_run("document.querySelector('[data-line]').draggable")
        self.drop(line("data.text"), line(shown[at + 2]))
        moved = [*shown[:at], *shown[at + 1:at + 3], "data.text", *shown[at + 3:]]
        self.wait_columns(*moved)
        self.browser.wait_selector("[data-columns]")  # the list stays open
        self.drop(line("data.text"), line(shown[at + 1]))
        self.wait_columns(*shown)
        self.open(f"/projects/{project}/data")
        self.wait_columns(*shown)
        self.browser.assert_clean()

    def test_tabs_are_dragged(self):
        project = self.project("Dragged tabs", 2)
        ids = [self.call("POST", "/api/dm/views/", 201, json={"project": project, "data": {"title": title}}).json()["id"] for title in ("One", "Two", "Three")]
        tab = "[data-view='{}']".format
        self.open(f"/projects/{project}/data?tab={ids[1]}")
        self.browser.wait_run("document.querySelector('[data-view]').draggable")
        self.drop(tab(ids[0]), tab(ids[2]))
        self.browser.wait(lambda: self.order_of_views(project) == [ids[1], ids[2], ids[0]], "the first tab at the end")
        self.browser.wait_run("!document.querySelector('[data-dm]').hasAttribute('aria-busy')")
        self.browser.wait_text("Two", "[data-views] [aria-current]")
        self.open(f"/projects/{project}/data?tab={ids[1]}")
        self.browser.wait(lambda: self.browser.texts("[data-view]") == ["Two", "Three", "One"], "the order on the next load")
        self.browser.wait_run("document.querySelector('[data-view]').draggable")
        self.drop(tab(ids[0]), tab(ids[1]))
        self.browser.wait(lambda: self.order_of_views(project) == [ids[0], ids[1], ids[2]], "the last tab in front")
        self.browser.assert_clean()

    def order_of_views(self, project):
        return [view["id"] for view in self.call("GET", f"/api/dm/views/?project={project}").json()]

    def kept_width(self, project):
        self.open(f"/projects/{project}/data")
        self.browser.wait_selector("[data-table]")
        return self.browser.run("return document.querySelector('th[data-column=\"data.text\"]').offsetWidth")

    # rows

    def test_pictures_people_and_results_stand_in_cells_and_cards(self):
        project = self.project("Pictures", config=MEDIA)
        self.call("POST", f"/api/projects/{project}/import", 201, json=[{"image": "/static/samples/street-1.png", "sound": "/data/upload/1/a.mp3"}] * 2)
        task = self.tasks(project)[0]["id"]
        box = {"from_name": "box", "to_name": "image", "type": "rectanglelabels",
               "value": {"x": 1, "y": 1, "width": 9, "height": 9, "rotation": 0, "rectanglelabels": ["Car"]}}
        self.call("POST", f"/api/tasks/{task}/annotations/", 201, json={"result": [box, box]})
        self.open(f"/projects/{project}/data")
        self.browser.wait_run("document.querySelector('td img.thumb').naturalWidth > 0")
        self.assertEqual(["2 Car", ""], self.browser.texts("td.c-words"))
        self.assertIn(self.server.email.split("@")[0], self.browser.text("td.c-people"))
        self.shot("pictures")
        self.browser.click("button[value=grid]")
        self.browser.wait_run("document.querySelector('.cover img')?.naturalWidth > 0")
        self.browser.click("button[value=l]")
        self.browser.wait_selector(".large-cards")
        self.shot("cards")
        for key in "jj":
            self.browser.press(key)
        self.browser.wait_selector(".task-card:nth-child(2).at")
        self.open(f"/projects/{project}/data")
        self.browser.wait_selector(".large-cards")  # remembered
        self.browser.assert_clean()

    # the address

    def test_every_state_is_an_address_and_back_leads_back(self):
        project = self.project("States", 105)
        self.open(f"/projects/{project}/data")
        self.browser.press_for("s", "document.activeElement.id === 'dm-find'", "the search box")
        self.browser.type("#dm-find", "sentence 10")
        self.browser.press(Keys.ENTER)
        self.browser.wait_text("7 tasks", "[data-dm-matched]")
        self.assertTrue(self.browser.url.endswith("?q=sentence+10"), self.browser.url)
        self.assertEqual("dm-find", self.browser.run("return document.activeElement.id"))
        self.browser.wait_run("document.querySelector('[data-dm-live]').textContent === '7 tasks'")
        self.browser.click("th[data-column=id] a")
        self.browser.wait_selector("th[aria-sort=descending]")
        self.assertEqual("Sentence 105", self.browser.texts("td.c-text")[0])
        self.browser.run("history.back()")
        self.browser.wait_selector("th[data-column=id][aria-sort=ascending]")
        self.browser.run("history.back()")
        self.browser.wait_text("105 tasks", "[data-dm-matched]")
        self.browser.click("a[rel=next]")
        self.browser.wait_text("101–105 of 105")
        self.browser.assert_clean()

    # tabs

    def test_what_many_tasks_match_is_counted_behind_the_table(self):
        project = self.project("Many", 20100)
        self.open(f"/projects/{project}/data?f1=data.text&o1=contains&v1=sentence")
        self.browser.wait_text("20,100 tasks", "[data-dm-matched]")
        self.browser.wait_text("1–100 of 20,100")
        self.browser.click("thead .pick input")
        self.browser.wait_run("document.querySelector('[data-pick-all]').innerText === 'All 20,100 that match'")
        self.browser.click("[data-pick-all]")
        self.browser.wait_text("20,100 selected", "[data-picked-count]")
        self.assertTrue(self.browser.url.endswith("v1=sentence"), self.browser.url)
        self.browser.assert_clean()

    def test_tabs_are_made_changed_moved_and_deleted(self):
        project = self.project("Tabs", 4)
        self.open(f"/projects/{project}/data?ordering=-id")
        for title in ("One", "Two"):
            self.browser.click("#dm-tab-new summary")
            self.browser.type("#dm-new-title", title)
            self.browser.press(Keys.ENTER)
            self.browser.wait_text(title, "[data-views] [aria-current]")
        self.assertEqual(["4", "3", "2", "1"], [str(n) for n in self.order(project)])
        self.browser.click("th[data-column=id] a")
        self.browser.wait_text("Changed", ".changed")
        self.shot("changed")
        self.browser.click(".changed button[value=save]")
        self.toast("The tab is saved.")
        self.browser.wait_gone(".changed")
        self.browser.click("#dm-tab-menu summary")
        self.browser.click("#dm-tab-menu button[value=left]")
        self.browser.wait(lambda: self.browser.texts("[data-view]") == ["Two", "One"], "the tab to the left")
        self.browser.click("#dm-tab-menu summary")
        self.browser.type("#dm-tab-title", "Deux", clear=True)
        self.browser.press(Keys.ENTER)
        self.browser.wait_text("Deux", "[data-views] [aria-current]")
        self.browser.click("#dm-tab-menu summary")
        self.shot("tab-menu")
        self.browser.click("#dm-tab-menu button[value=delete]")
        self.browser.wait(lambda: self.browser.texts("[data-view]") == ["One"], "one tab")
        self.browser.click(".toast form .link")
        self.browser.wait(lambda: self.browser.texts("[data-view]") == ["Deux", "One"], "both tabs")
        self.browser.assert_clean()

    def order(self, project):
        first = self.tasks(project)[0]["id"]
        return [int(text) - first + 1 for text in self.browser.texts("tbody th")]

    def test_it_works_without_scripts(self):
        project = self.project("Plain", 3)
        self.browser.javascript(False)
        self.open(f"/projects/{project}/data")
        self.browser.element("#dm-columns summary").click()
        self.browser.element("[data-columns] button[value='down:data.text']").click()
        self.browser.wait_selector("th[data-column=is_labeled] + th[data-column='data.text']")
        self.browser.element("#dm-tab-new summary").click()
        self.browser.type("#dm-new-title", "Plain tab")
        self.browser.element("#dm-tab-new button").click()
        self.browser.wait_text("Plain tab", "[data-views] [aria-current]")
        self.browser.type("#dm-find", "sentence 2")
        self.browser.press(Keys.ENTER)
        self.browser.wait_text("1 task", "[data-dm-matched]")
        self.assertIn("tab=", self.browser.url)

    # figures

    def test_figures_follow_the_work_of_others(self):
        project = self.project("Figures", 3)
        self.open(f"/projects/{project}/data")
        self.browser.wait_text("0 of 3 labelled", ".facts")
        self.browser.wait_run("performance.getEntriesByType('resource').some((r) => r.name.endsWith('/figures') && r.responseEnd > 0)")
        self.call("POST", f"/api/tasks/{self.tasks(project)[0]['id']}/annotations/", 201, json={"result": []})
        self.browser.wait(self.looks_again, "the button that says so")
        self.browser.wait_text("1 of 3 labelled", ".facts")
        self.browser.click("[data-dm-refresh]")
        self.browser.wait_text("Labelled", "tbody tr:first-child")
        self.browser.assert_clean()

    def looks_again(self):
        self.browser.run("document.dispatchEvent(new Event('visibilitychange'))")
        return self.browser.run("return document.querySelector('[data-dm-refresh]').hidden === false")


if __name__ == "__main__":
    unittest.main()
