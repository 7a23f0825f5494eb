"""The library of scripts that the settings offer: each on its own sample, doing what its description says. Needs EDITOR_DIR."""

import os
import unittest

from driver import Keys
from label_steps import SELECTED, SUBMIT, TEXT
from script_steps import FOLDER, ScriptSteps, library, script_of

IMAGE = "canvas"


class Examples(ScriptSteps):
    """One page for all."""

    def test_each_example_has_a_test(self):
        names = {name.replace("_", "-") for name in dir(self) if not name.startswith("_")}
        self.assertEqual(set(), {"do-" + name for name in library()} - names)
        self.assertEqual(set(library()), {name[:-3] for name in os.listdir(FOLDER) if name.endswith(".js")})

    def test_examples_do_what_they_say(self):
        self.library = library()
        union = {key: value for example in self.library.values() for key, value in example["data"].items()}
        self.page(TEXT, [union] * 40)
        for name in self.library:
            with self.subTest(name):
                self.begin(name)
                getattr(self, "do_" + name.replace("-", "_"))()
                self.assertEqual([], self.boxes())
        self.browser.assert_clean()

    def begin(self, name, change=lambda script: script):
        self.switch(change(script_of(name)), self.library[name]["config"], self.library[name]["data"])
        self.sent = len(self.server.annotations)

    def submit(self, passes):
        self.browser.wait_run("!Htx.isSubmitting", "buttons")
        self.browser.click(SUBMIT)
        if passes:
            self.browser.wait(lambda: len(self.server.annotations) == self.sent + 1, "submitted annotation")
            self.browser.wait_run("!Htx.isSubmitting && Htx.initialized", "next task")
            self.sent += 1

    def refused(self, text):
        self.submit(False)
        self.modal(text)
        self.assertEqual(self.sent, len(self.server.annotations))

    def write(self, name, text):
        self.browser.run(f"const c = {SELECTED}.names.get(arguments[0]); if (c.result) c.result.setValue([arguments[1]]);"
                         "else c.addText(arguments[1])", name, text)

    def choose(self, value):
        self.browser.click(self.browser.wait(lambda: next((e for e in self.browser.all(".lsf-choice__item") if e.text.startswith(value)), None),
                                             f"choice {value!r}"))

    def do_word_limit(self):
        self.browser.type("textarea[name=summary]", "word " * 26)
        self.browser.press(Keys.SHIFT, Keys.ENTER)
        self.refused("The summary has 26 words; 25 are allowed.")
        self.write("summary", "few words")
        self.submit(True)

    def do_reason_for_choice(self):
        self.choose("Reject")
        self.refused("Say in “reason” why you chose “Reject”.")
        self.write("reason", "open box")
        self.submit(True)

    def do_choice_per_region(self):
        self.label("heron", "2")
        self.refused("“Animal” has no certainty yet.")
        self.assertEqual("heron", self.browser.run(f"return {SELECTED}.selectedRegions[0].text"))
        self.choose("certain")
        self.submit(True)

    def do_no_double_spans(self):
        self.label("North Haven", "1")
        self.browser.run(f"""{SELECTED}.deserializeResults([{{from_name: 'label', to_name: 'text', type: 'labels',
                         value: {{start: 19, end: 24, text: 'Haven', labels: ['Place']}}}}]); {SELECTED}.updateObjects()""")
        self.refused("“North Haven” and “Haven” are both Place and overlap.")
        self.browser.press(Keys.BACKSPACE)
        self.browser.wait_run(f"{SELECTED}.regions.length === 1", "one span")
        self.submit(True)

    def do_label_every_occurrence(self):
        self.label("hammer", "1")
        self.browser.wait_run(f"{SELECTED}.regions.length === 3", "three regions")
        self.assertEqual([["hammer", "Tool"]] * 3, self.browser.run(f"return {SELECTED}.regions.map((r) => [r.text, r.labelName])"))
        result = self.browser.run(f"return {SELECTED}.serializeAnnotation()")
        self.assertEqual([2, 35, 68], sorted(r["value"]["start"] for r in result))
        for _ in range(2):
            self.browser.press(Keys.CONTROL, "z")
        self.browser.wait_run(f"{SELECTED}.regions.length === 1", "undone regions")

    def do_label_by_key(self):
        self.label("pilot", "1")
        self.browser.click(".lsf-outliner-item")
        self.browser.wait_run(f"{SELECTED}.selectedRegions.length === 1 && {SELECTED}.names.get('label').selectedLabels.length === 1", "region")
        self.browser.press(Keys.ALT, "u")
        self.browser.wait_run(f"{SELECTED}.regions[0].labels.join() === 'Person,Unclear'", "second label")
        self.browser.press(Keys.ALT, "u")
        self.browser.wait_run(f"{SELECTED}.regions[0].labels.join() === 'Person'", "label taken away")

    def do_label_tally(self):
        self.browser.wait_text("Nothing is labelled yet.", "#label-tally")
        self.label("Apples", "1")
        self.label("plums", "1")
        self.label("cake", "2")
        self.browser.wait_text("Fruit: 2 · Dish: 1", "#label-tally")

    def do_fill_from_table(self):
        self.browser.type("[name=customer]", "K-17")
        self.browser.press(Keys.TAB)
        self.browser.wait_run(f"{SELECTED}.results.length === 2", "both fields")
        self.assertEqual([["customer", ["K-17"]], ["town", ["Bergen"]]], self.results())

    def do_reading_time(self):
        self.choose("friendly")
        self.refused("seconds that this text takes to read")
        self.submit(True)

    def do_overlap_warning(self):
        self.browser.wait_selector(IMAGE)
        self.browser.wait_run(f"{SELECTED}.objects[0].imageIsLoaded ?? true", "picture")
        for start, end in (((.2, .2), (.5, .5)), ((.1, .1), (.48, .52))):
            self.browser.press("1")
            self.browser.drag(".konvajs-content, canvas", start, end)
        self.modal("This box covers “Tree” by more than half.")
        self.browser.wait_run(f"{SELECTED}.regions.length === 2", "two boxes")
        self.submit(True)

    def do_tiny_boxes(self):
        self.browser.wait_selector(IMAGE)
        self.browser.press("1")
        self.browser.drag(".konvajs-content, canvas", (.2, .2), (.5, .5))
        self.browser.wait_run(f"{SELECTED}.regions.length === 1", "a box")
        self.browser.run(f"{SELECTED}.createResult({{x: 80, y: 80, width: 1, height: 1}}, {{rectanglelabels: ['House']}},"
                         f"{SELECTED}.names.get('box'), {SELECTED}.names.get('image')).notifyDrawingFinished()")
        self.browser.wait_run(f"{SELECTED}.regions.length === 1", "the tiny box away")

    def do_sample_picture(self):
        for turn in (1, 2):
            self.browser.click(".lsf-label_clickable")
            self.browser.wait_selector("#sample-picture")
            self.assertEqual([1, True], self.browser.run(
                "const all = document.querySelectorAll('#sample-picture'); return [all.length, all[0].src.endsWith('/sample.jpg')]"))
            if turn == 1:
                self.browser.run("const s = Htx.annotationStore; s.selectAnnotation(s.createAnnotation().id)")
                self.ran(2)

    def do_line_chart(self):
        self.assertEqual(["6 values from 3.1 to 5", 6], self.browser.run(
            "const c = document.querySelector('#chart svg'); return [c.getAttribute('aria-label'), c.firstChild.getAttribute('points').split(' ').length]"))

    def do_daily_goal(self):
        self.browser.wait_text("0 of 40 today", "#daily-goal")
        self.choose("large")
        self.submit(True)
        self.browser.wait_text("1 of 40 today", "#daily-goal")

    def do_time_reminder(self):
        self.assertEqual([], self.browser.all("#time-reminder"))
        self.begin("time-reminder", lambda script: script.replace("minutes = 5", "minutes = 0.001"))
        self.browser.wait_text("on this task. If it is unclear", "#time-reminder")

    def do_hide_names(self):
        self.assertEqual(1, len(self.browser.all("#hide-names")))
        self.server.user["role"] = "AD"
        self.begin("hide-names")
        self.assertEqual([], self.browser.all("#hide-names"))


if __name__ == "__main__":
    unittest.main()
