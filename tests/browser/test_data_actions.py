"""Picking tasks in the Data Manager and doing something to them, in a real browser against a real server.

Needs EDITOR_DIR (a folder made by contrib/install-editor) and LABELD_BUILD; see tests/server.py."""

import unittest

from driver import Keys
from site_steps import Site

SUBMIT = "[data-testid=bottombar-submit-button]"
BOXES = "#dm-tasks tbody .pick input"


class Actions(Site):
    """At the root of the host."""

    def big(self, title, tasks=230):
        return self.project(title, tasks)

    def picked(self, text):
        self.browser.wait(lambda: self.browser.texts("[data-picked-count]") == [text], f"{text!r} as the number of picked tasks")

    def ticked(self):
        return self.browser.run("return [...document.querySelectorAll(arguments[0])].filter((b) => b.checked).length", BOXES)

    def shift_click(self, element):
        """Without a mouse that has to travel: the modifier is what matters."""
        self.browser.web.execute_script(
            "arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, shiftKey: true}))", element)

    def boxes(self):
        self.browser.wait_selector(BOXES)
        return self.browser.all(BOXES)

    def act(self, text):
        self.browser.click("#dm-actions-menu summary")
        self.browser.click_text(text + "…")
        self.browser.wait_selector("dialog[open] #dm-confirm")

    def meets(self):
        return dict(zip(self.browser.texts("dialog #dm-confirm dt"), self.browser.texts("dialog #dm-confirm dd")))

    def test_what_is_picked_is_kept_through_the_pages(self):
        project = self.big("Picked")
        self.open(f"/projects/{project}/data")
        boxes = self.boxes()
        self.assertFalse(self.browser.find("[data-picked-plain]"))
        boxes[1].click()
        self.shift_click(boxes[4])
        self.picked("4 selected")
        self.browser.click("nav.pager [rel=next]")
        self.browser.wait_url("page=2")
        self.browser.wait_text("101–200", "nav.pager")
        self.assertEqual(0, self.ticked())
        self.picked("4 selected")
        self.browser.press("a")
        self.picked("104 selected")
        self.open(f"/projects/{project}/data?ordering=-id&type=grid")      # the same tasks, shown otherwise
        self.picked("104 selected")
        self.open(f"/projects/{project}/data?f1=id&o1=greater&v1=1")      # others: nothing is picked of them
        self.boxes()
        self.picked("")
        self.open(f"/projects/{project}/data")
        self.browser.wait(lambda: self.ticked() == 4, "four ticked boxes")
        self.browser.click("[data-pick-all]")
        self.picked("230 selected")
        self.boxes()[0].click()
        self.picked("229 selected")
        self.shot("picked")
        self.act("Delete tasks")
        self.assertEqual({"Tasks": "229", "Annotations": "0", "Predictions": "0", "Drafts": "0"}, self.meets())
        self.shot("dialog")
        self.browser.click_text("Cancel", "dialog a")
        self.browser.wait_gone("dialog[open]")
        self.picked("229 selected")
        self.browser.press(Keys.DELETE)
        self.browser.wait_selector("dialog[open] #dm-confirm")
        self.browser.click("dialog .danger")
        self.toast("Deleted 229 tasks.")
        self.boxes()
        self.picked("")
        self.browser.click(".toast .link")
        self.toast("229 tasks brought back.")
        self.assertEqual(230, len(self.tasks(project)))
        self.browser.assert_clean()

    def test_all_without_scripts(self):
        project = self.big("Plain", 5)
        self.browser.javascript(False)
        self.open(f"/projects/{project}/data")
        self.browser.element("[data-picked-plain] input").click()
        self.browser.element("#dm-actions-menu summary").click()
        self.browser.element("button[value=add_data_field]").click()
        self.browser.wait_text("Set a data field", "h2")
        self.browser.element("#dm-value_name").send_keys("kind")
        self.browser.element("#dm-value").send_keys("plain")
        self.browser.element("#dm-confirm .primary").click()
        self.toast("Changed 5 tasks.")
        self.assertEqual({"plain"}, {t["data"]["kind"] for t in self.tasks(project)})

    def test_people_are_assigned(self):
        project = self.big("Given out", 3)
        self.open(f"/projects/{project}/data")
        self.browser.press_for("a", "!!document.querySelector('[data-dm] tbody input:checked')", "picked tasks")
        self.picked("3 selected")
        self.act("Assign people")
        self.assertFalse(self.browser.find("#percent"))
        self.browser.click("label[for=how-sample]")
        self.browser.wait_selector("#percent")
        self.shot("assign")
        self.browser.click("label[for=how-add]")
        self.browser.wait_gone("#percent")
        self.browser.click("dialog .primary")        # nobody is chosen: the page says so, and keeps what was filled in
        self.browser.wait_selector(".error-text")
        self.browser.click(".pick-list label")
        self.browser.click("#dm-confirm .primary")
        self.toast("Made 3 assignments.")
        self.assertEqual(1, len(self.call("GET", f"/api/tasks/{self.tasks(project)[0]['id']}/assignees").json()))
        self.browser.assert_clean(ignore=["400 (Bad Request)"])

    def test_what_cannot_be_undone_is_typed(self):
        project = self.big("Typed", 2)
        for task in self.tasks(project):
            self.call("POST", "/api/predictions/", 201, json={"task": task["id"], "result": [], "model_version": "v"})
        self.open(f"/projects/{project}/data")
        self.browser.press_for("a", "!!document.querySelector('[data-dm] tbody input:checked')", "picked tasks")
        self.picked("2 selected")
        self.act("Delete predictions")
        self.assertEqual({"Tasks": "2", "Predictions": "2"}, self.meets())
        self.assertFalse(self.browser.element("dialog .danger").is_enabled())
        self.browser.type("dialog #typed", "delete")
        self.browser.click("dialog .danger")
        self.toast("Deleted 2 predictions.")
        self.browser.assert_clean()

    # labelling what is shown, and what was picked

    def label_all(self, sentences):
        for sentence in sentences:
            self.browser.wait_text(sentence, "#label-studio")
            self.browser.wait_run("Boolean(window.Htx && Htx.annotationStore.selected && !Htx.isSubmitting)")
            self.browser.press("1")
            self.browser.wait_run("Htx.annotationStore.selected.serializeAnnotation().length === 1")
            self.browser.click(SUBMIT)
        self.browser.wait_text("Of the tasks that were chosen in the table none is left for you.")

    def test_what_was_picked_is_labelled(self):
        project = self.big("Labelled", 6)
        self.open(f"/projects/{project}/data?ordering=-id")
        boxes = self.boxes()
        for place in (0, 2, 5):
            boxes[place].click()
        self.picked("3 selected")
        self.browser.click_text("Label selected")
        self.browser.wait_text("3 selected tasks", "#labelling-progress")
        self.label_all(["Sentence 6", "Sentence 4", "Sentence 1"])
        self.browser.click_text("Back to the table")
        self.browser.wait_url("ordering=-id")
        self.picked("3 selected")
        self.open(f"/projects/{project}/data?state=todo")
        self.browser.click("[data-label-these]")
        self.label_all(["Sentence 2", "Sentence 3", "Sentence 5"])
        self.browser.assert_clean(ignore=["404 (Not Found)"])

    # beside the table

    def in_frame(self, sentence):
        self.browser.wait_run("(document.querySelector('.quick iframe')?.contentDocument?.querySelector('#label-studio')?.innerText ?? '')"
                              f".includes({sentence!r})", f"{sentence!r} in the quick view")

    def test_the_task_beside_the_table(self):
        project = self.big("Quick", 104)
        first, second, third, *_ = [t["id"] for t in self.tasks(project)]
        self.open(f"/projects/{project}/data")
        self.boxes()
        self.browser.press("v")
        self.in_frame("Sentence 1")
        self.assertIn(f"quick={first}", self.browser.url)
        self.browser.run("document.querySelector('.quick iframe').contentWindow.sameFrame = true")
        self.shot("quick")
        self.browser.press(Keys.ALT, Keys.PAGE_DOWN)
        self.in_frame("Sentence 2")
        self.browser.wait_url(f"quick={second}")
        self.browser.click("[data-quick-step='1']")
        self.in_frame("Sentence 3")
        self.assertTrue(self.browser.run("return document.querySelector('.quick iframe').contentWindow.sameFrame"))
        self.browser.run("document.querySelector('.quick iframe').focus()")
        self.browser.web.switch_to.frame(self.browser.element(".quick iframe"))
        self.browser.wait_run("Boolean(Htx.annotationStore.selected && !Htx.isSubmitting)")
        self.browser.press("2")
        self.browser.wait_run("Htx.annotationStore.selected.serializeAnnotation().length === 1")
        self.browser.click(SUBMIT)
        self.browser.web.switch_to.default_content()
        self.browser.wait_text("Labelled", "#dm-tasks tr[aria-current]")
        self.assertIn(f"quick={third}", self.browser.url)
        self.browser.click("#dm-tasks tbody tr:nth-child(99) td:last-child")
        self.in_frame("Sentence 99")
        self.browser.click("[data-quick-step='1']")
        self.in_frame("Sentence 100")
        self.browser.click("[data-quick-step='1']")
        self.in_frame("Sentence 101")
        self.browser.wait_url("page=2")
        self.browser.open(self.browser.url)              # the address is enough
        self.in_frame("Sentence 101")
        self.browser.click("[data-quick-close]")
        self.browser.wait_gone(".quick")
        self.assertNotIn("quick=", self.browser.url)
        self.browser.assert_clean()


if __name__ == "__main__":
    unittest.main()
