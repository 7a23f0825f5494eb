"""Writing a project's script in a real browser: the code editor, the test bench, versions; and what scripts find on the labelling page of
a real server. Steps: site_steps.py."""

import time
import unittest

from driver import Keys
from site_steps import Site

HOST = ".code-editor"
LINES = """LSI.on('entityCreate', () => {});
console.log('begins', LSI.task.data.text, { a: [1] });
setTimeout(() => { missing.thing; });
"""


class Root(Site):
    """At the root of the host."""

    def setUp(self):
        super().setUp()
        self.call("PATCH", "/api/organizations/1/", json={"custom_scripts_enabled": True})
        self.addCleanup(self.call, "PATCH", "/api/organizations/1/", json={"custom_scripts_enabled": False})

    def tearDown(self):
        self.browser.javascript(True)
        self.open("/docs/")  # leaving unsaved text is said in the log of the page that comes next

    def written(self, project):
        return self.call("GET", f"/api/projects/{project}/").json()["custom_script"]

    def settings(self, title, tasks=0, script=None, query=""):
        project = self.project(title, tasks)
        if script is not None:
            self.call("PATCH", f"/api/projects/{project}/", json={"custom_script": script})
        self.open(f"/projects/{project}/settings/custom-script{query}")
        return project

    def editor(self, selector):
        """Elements of the code editor, which stands in a shadow root."""
        self.browser.wait_selector(HOST + "[data-ready]")
        return self.browser.run("return [...document.querySelector('.code-editor').shadowRoot.querySelectorAll(arguments[0])]", selector)

    def wait_editor(self, selector, what):
        return self.browser.wait(lambda: self.editor(selector), what)

    def console(self):
        return [item.text for item in self.browser.all("[data-bench-console] p")]

    def test_the_code_editor(self):
        project = self.settings("Code editor", 1, "const a = 'x'; // why\nLSI.task;\n")
        self.assertLess(2, len({e.value_of_css_property("color") for e in self.editor(".cm-line span")}))  # colours: the styles are let through
        self.assertFalse(self.browser.element("body").find_element("id", "custom_script").is_displayed())
        self.browser.click(self.editor(".cm-content")[0])
        self.browser.press(Keys.CONTROL, Keys.END)
        self.browser.press("if (a {")
        self.wait_editor(".cm-lint-marker-error", "mark of an error")
        self.shot("script-editor-error")
        for _ in "if (a {":
            self.browser.press(Keys.BACKSPACE)
        self.browser.press("LSI.import('https://cdn.example.org/a.js');")
        self.wait_editor(".cm-lint-marker-info", "mark of a file without integrity")
        self.browser.press(Keys.SHIFT, Keys.HOME)
        self.browser.press("LSI.ta")
        self.wait_editor(".cm-tooltip-autocomplete", "completion")
        self.browser.wait(lambda: [e.text for e in self.editor(".cm-completionLabel")][:1] == ["task"], "the task offered")
        # Keys that come within 75 ms of its opening are not for the list: people mean the text then.
        time.sleep(0.2)
        self.browser.press(Keys.ENTER)
        self.browser.press(Keys.CONTROL, "f")
        self.wait_editor(".cm-search input", "search")
        self.browser.press("LSI")
        self.browser.wait(lambda: len(self.editor(".cm-searchMatch")) == 2, "two matches")
        self.browser.press(Keys.ESCAPE)
        self.browser.click_text("Save script")
        self.toast("Script saved.")
        self.assertEqual("const a = 'x'; // why\nLSI.task;\nLSI.task", self.written(project))
        self.browser.assert_clean()

    def test_a_text_that_is_no_script(self):
        project = self.settings("No script", 0, "LSI.task;")
        self.wait_editor(".cm-content", "code editor")
        self.write_script("LSI.task;\nif (a {\n")
        self.browser.click_text("Save script")
        self.browser.wait_text("Not saved: this cannot run as a script. Line 2: Unexpected token.", "[data-script-wrong]")
        self.shot("script-unreadable")
        self.assertEqual("LSI.task;", self.written(project))
        self.browser.click_text("Save script")
        self.toast("Saved, but it cannot run")
        self.assertEqual("LSI.task;\nif (a {\n", self.written(project))
        self.open(f"/projects/{project}/settings/custom-script")
        self.wait_editor(".cm-content", "code editor")
        self.write_script("LSI.task;\nif (a) {}\n")
        self.browser.click_text("Save script")
        self.toast("Script saved.")
        self.assertEqual("LSI.task;\nif (a) {}\n", self.written(project))
        self.browser.assert_clean()

    def test_without_script_of_its_own_the_page_is_a_form(self):
        self.browser.javascript(False)
        project = self.settings("Plain", 0, "one")
        self.fill("#custom_script", "two")
        self.browser.click_text("Save script")
        self.browser.wait_text("Script saved.")
        self.assertEqual("two", self.written(project))
        self.browser.click_text("Changes")
        self.browser.wait_text("1 line came, 1 line went.")
        self.assertEqual(["one", "two"], [e.text for e in self.browser.all(".diff td:last-child")])

    def test_the_test_bench(self):
        project = self.settings("Test bench", 1)
        self.wait_editor(".cm-content", "code editor")
        self.write_script(LINES)
        self.browser.click("[data-bench-run]")
        self.browser.wait(lambda: len(self.console()) >= 3, "three lines in the console")
        self.assertEqual(["Page An annotation is displayed: run 1.", 'begins Sentence 1 {"a":[1]} line 2',
                          "Error ReferenceError: missing is not defined line 3"], [line.replace("Uncaught ", "") for line in self.console()])
        frame = "document.querySelector('[data-bench-frame]').contentWindow"
        self.browser.run(f"const s = {frame}.Htx.annotationStore; s.selectAnnotation(s.createAnnotation().id)")
        self.browser.wait(lambda: "Page An annotation is displayed: run 2." in self.console(), "second run")
        self.browser.run(f"{frame}.document.querySelector('[data-testid=bottombar-submit-button]').click()")
        self.browser.wait(lambda: any("Submitted: 0 results. Nothing is stored here." in line for line in self.console()), "what was submitted")
        self.shot("script-bench")
        self.browser.click(self.browser.all("[data-bench-console] button")[0])
        self.browser.wait(lambda: "2" in [e.text for e in self.editor(".cm-activeLineGutter")], "caret at the line")
        self.assertEqual(0, self.call("GET", f"/api/projects/{project}/").json()["total_annotations_number"])
        self.assertEqual("", self.written(project))
        self.browser.collect_faults()
        self.browser.faults = [fault for fault in self.browser.faults if "missing" not in fault]
        self.browser.assert_clean()

    def test_an_example_on_its_own_task(self):
        self.settings("Example", 0, query="?example=line-chart")
        self.browser.click("[data-bench-run]")
        frame = "document.querySelector('[data-bench-frame]').contentDocument"
        self.browser.wait_run(f"Boolean({frame}?.querySelector('#chart svg'))", "the chart")
        self.shot("script-example")
        self.browser.assert_clean()

    def test_what_scripts_find_on_the_page(self):
        script = """
            const json = async (path, more) => { const a = await fetch(path, more); return [a.status, await a.json()]; };
            const me = await json('/api/current-user/whoami');
            const body = JSON.stringify({ reason: 'CUSTOM_SCRIPT' });
            const pause = await json(`/api/projects/${DM.project.id}/members/${me[1].id}/pauses/`,
                { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
            window.found = { whoami: me[0], role: me[1].org_membership[0].role, id: me[1].id === Htx.user.id, pause: pause[0],
                project: location.pathname.split('/')[2] === String(DM.project.id), task: Number(new URLSearchParams(location.search).get('task')) === LSI.task.id,
                labels: DM.project.parsed_label_config.mood.labels, same: window.LSI === LSI, thenable: typeof LSI.then, stored: typeof localStorage,
                modal: typeof Htx.showModal, data: Htx.task.dataObj.text, sloppy: this === window };
            boom();"""
        project = self.project("Globals", 1)
        self.call("PATCH", f"/api/projects/{project}/", json={"custom_script": script})
        task = self.tasks(project)[0]["id"]
        self.open(f"/projects/{project}/data?task={task}")
        self.browser.wait_run("window.found")
        self.assertEqual({"whoami": 200, "role": "OW", "id": True, "pause": 201, "project": True, "task": True, "labels": ["Good", "Bad"], "same": True,
                          "thenable": "undefined", "stored": "object", "modal": "function", "data": "Sentence 1", "sloppy": True},
                         self.browser.run("return found"))
        self.browser.wait_text("Custom script problem (line 11): boom is not defined", ".labelling-notice")
        self.browser.click_text("Open without the script")
        self.browser.wait_url("no_script=1")
        self.browser.wait_run("Boolean(window.Htx && Htx.annotationStore?.selected)", "open task")
        self.assertEqual([True, 0], self.browser.run("return [window.found === undefined, document.querySelectorAll('.labelling-notice').length]"))
        self.open(f"/projects/{project}/settings/custom-script")
        self.browser.wait_text("boom is not defined", "table")
        self.wait_editor(".cm-lint-marker-warning", "mark at the line of the fault")
        self.shot("script-faults")
        self.call("PATCH", "/api/organizations/1/", json={"custom_scripts_enabled": False})
        self.open(f"/projects/{project}/data?task={task}")
        self.browser.wait_run("Boolean(window.Htx && Htx.annotationStore?.selected)", "open task")
        self.assertEqual([True, 0], self.browser.run("return [window.found === undefined, document.querySelectorAll('script[src*=custom-script]').length]"))


class SubPath(Root):
    """The same below a sub-path; what does not depend on addresses was tried once."""

    prefix = "/label"
    test_the_code_editor = test_a_text_that_is_no_script = test_without_script_of_its_own_the_page_is_a_form = test_what_scripts_find_on_the_page = None


if __name__ == "__main__":
    unittest.main()
