"""Writing a label configuration in a real browser: colours, completion, errors at their line, lists of labels, the preview with one's
own task, and every template of the gallery drawn by the editor. Steps: site_steps.py."""

import unittest

from driver import Keys
from site_steps import REFUSED, SHOTS, Site

AREA = "#label_config"
NOTE = "[data-preview-note]"


class Root(Site):
    """At the root of the host."""

    def tearDown(self):
        self.open("/docs/")  # leaving unsaved text is said in the log of the page that comes next

    def text(self):
        return self.browser.run("return document.querySelector('#label_config').value")

    def write(self, text, caret=None):
        """Put text into the field as pasting does, the caret at the mark |."""
        at = text.index("|") if caret is None and "|" in text else caret
        text = text.replace("|", "", 1) if at is not None and caret is None else text
        self.browser.run("const a = document.querySelector('#label_config'); a.focus(); a.value = arguments[0];"
                         "a.setSelectionRange(arguments[1], arguments[1]); a.dispatchEvent(new Event('input', {bubbles: true}));",
                         text, len(text) if at is None else at)

    def keys(self, text):
        for key in text:
            self.browser.press(key)

    def frame_run(self, expression):
        return self.browser.run(f"const f = document.querySelector('.preview-frame').contentWindow; return {expression}")

    def wait_drawn(self, seconds=30):
        self.browser.wait_run("document.querySelector('[data-preview]').dataset.drawn === 'yes'", "a drawn preview", seconds)

    def redrawn(self, act):
        self.browser.run("delete document.querySelector('[data-preview]').dataset.drawn")
        act()
        self.wait_drawn()

    def labeling(self, title, tasks=0, **more):
        project = self.project(title, tasks, **more)
        self.open(f"/projects/{project}/settings/labeling")
        self.browser.wait_selector(".xml-editor")   # what is typed before is only text
        return project

    def test_completion_of_tags_attributes_names_and_fields(self):
        self.labeling("Completion")
        self.write('<View>\n  <Text name="words" value="$text"/>\n  |\n</View>')
        self.keys("<Choices")
        self.browser.wait_text("Choices", ".xml-offers")
        self.browser.press(Keys.ENTER)
        self.assertIn('<Choices name="" toName=""></Choices>', self.text())
        self.write('<View>\n  <Text name="words" value="$text"/>\n  <Choices name="k" toName="|"></Choices>\n</View>')
        self.browser.press(Keys.CONTROL, " ")
        self.browser.wait_text("words", ".xml-offers")
        self.browser.press(Keys.TAB)
        self.assertIn('toName="words"', self.text())
        self.write('<View>\n  <Choices name="k" toName="words" |></Choices>\n</View>')
        self.browser.press(Keys.CONTROL, " ")
        self.browser.wait_text("choice", ".xml-offers")
        self.assertNotIn("toName", self.browser.text(".xml-offers"))
        self.browser.press(Keys.ESCAPE)
        self.write('<View>\n  <Text name="words" value="|"/>\n</View>')
        self.browser.press(Keys.CONTROL, " ")
        self.browser.wait_text("$text", ".xml-offers")
        self.browser.press(Keys.ENTER)
        self.assertIn('value="$text"', self.text())
        self.browser.press(Keys.CONTROL, "z")
        self.assertNotIn('value="$text"', self.text())
        self.browser.assert_clean(ignore=[REFUSED])

    def test_an_error_is_marked_at_its_line(self):
        self.labeling("Error line")
        self.write('<View>\n  <Text name="t" value="$text">\n</View>\n')
        self.browser.wait_text("line 3", "[data-config-status]")
        self.browser.wait_selector(".xml-editor .x-bad", visible=False)
        self.shot("config-error")
        self.write('<View>\n  <Text name="t" value="$text"/>\n</View>\n')
        self.browser.wait_text("The configuration is valid.", "[data-config-status]")
        self.assertEqual([], self.browser.all(".xml-editor .x-bad"))
        self.browser.assert_clean(ignore=[REFUSED])

    def test_labels_are_edited_as_a_list(self):
        project = self.labeling("Label list", 1)
        self.browser.type("[data-adder='0'] input", "Neutral, Mixed & more")
        self.browser.press(Keys.ENTER)
        self.assertIn('    <Choice value="Neutral"/>\n    <Choice value="Mixed &amp; more"/>\n  </Choices>', self.text())
        self.browser.type("[data-row='0-0'] input[type=text]", "Fine", clear=True)
        self.browser.press(Keys.TAB)
        # The next field has the focus, also after the list was drawn anew.
        self.browser.wait_selector("[data-row='0-0'] button[aria-label='Remove Fine']")
        self.browser.press("f")
        self.browser.press(Keys.TAB)
        self.browser.wait(lambda: '<Choice value="Fine" hotkey="f"/>' in self.text(), "the label and its key")
        self.browser.click("[data-row='0-0'] button[aria-label='Move Fine down']")
        self.assertLess(self.text().index("Bad"), self.text().index("Fine"))
        self.browser.click("[data-row='0-0'] button[aria-label='Remove Bad']")
        self.assertNotIn("Bad", self.text())
        self.browser.click_text("Save labelling interface", "button")
        self.toast("Labelling interface saved.")
        choices = self.call("GET", f"/api/projects/{project}/").json()["parsed_label_config"]["mood"]
        self.assertEqual(["Fine", "Neutral", "Mixed & more"], choices["labels"])
        self.browser.assert_clean()

    def test_the_preview_shows_the_first_task_and_follows_changes(self):
        self.labeling("Preview", 3)
        self.wait_drawn()
        self.browser.wait_text("Drawn with your first task.", NOTE)
        self.assertIn("Sentence 1", self.frame_run("f.document.body.innerText"))
        text = self.text().replace("Good", "Splendid")
        self.redrawn(lambda: self.write(text))
        self.assertIn("Splendid", self.frame_run("f.document.body.innerText"))
        self.shot("config-preview")
        self.browser.assert_clean()

    def test_a_new_project_previews_what_was_pasted(self):
        self.open("/projects/new")
        self.browser.click("a[href='#step-data']")
        self.fill("textarea[name=paste]", '[{"text": "Pasted words", "n": 1}, {"text": "more"}]')
        self.browser.click("a[href='#step-setup']")
        self.browser.click("label[for=template-named-entities]")
        self.wait_drawn()
        self.browser.wait_text("Drawn with your first task.", NOTE)
        self.assertIn("Pasted words", self.frame_run("f.document.body.innerText"))
        self.shot("new-preview")
        self.browser.assert_clean()

    def test_every_template_is_drawn(self):
        templates = self.call("GET", "/api/templates/").json()["templates"]
        self.labeling("Gallery")
        self.wait_drawn()
        for template in templates:
            with self.subTest(template["title"]):
                self.redrawn(lambda config=template["config"]: self.write(config, 0))
                if SHOTS:
                    self.shot("gallery-" + template["image"].partition("#")[2])
        self.browser.assert_clean()


class SubPath(Root):
    """The same below a sub-path; the gallery was drawn once."""

    prefix = "/label"
    test_every_template_is_drawn = None


if __name__ == "__main__":
    unittest.main()
