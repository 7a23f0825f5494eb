"""Scripts of a project on the labelling page, against the stand-in server: when they run, what LSI gives them, what their faults
leave alone. Needs EDITOR_DIR, a folder made by contrib/install-editor."""

import base64
import hashlib
import unittest

from driver import Keys
from label_steps import SELECTED, SKIP, SUBMIT, TEXT, UPDATE, LabellingSteps, texts

SUMMARY = """<View><Text name="text" value="$text"/><TextArea name="summary" toName="text" rows="3"/></View>"""
BOX = ".labelling-notice"
OTHER = ".lsf-annotation-button:not(.lsf-annotation-button_selected)"
RUNS = "window.runs = (window.runs ?? 0) + 1;"


class CustomScripts(LabellingSteps):
    """Runs, LSI, vetoes, faults."""

    def begin(self, script, config=TEXT, tasks=3, query="labeling=1", **options):
        fake = self.fake(config, texts(tasks), **options)
        fake.script = RUNS + script
        self.start(fake, query)
        return fake

    def runs(self, number):
        self.browser.wait_run(f"window.runs === {number}", f"run {number}")

    def boxes(self):
        return [e.text for e in self.browser.all(BOX)]

    def noted(self, fake):
        return fake.sent("POST", "/custom-script/errors/")

    # when it runs

    def test_it_runs_once_each_time_an_annotation_is_displayed(self):
        fake = self.begin("""
            window.calls = window.calls ?? [];
            LSI.on('entityCreate', (region) => calls.push([runs, region.labels[0]]));
        """, query="task=1", page={"mode": "task", "task_id": 1})
        item = {"id": "p1", "from_name": "label", "to_name": "text", "type": "labels",
                "value": {"start": 0, "end": 3, "text": "Ada", "labels": ["Person"]}}
        self.runs(1)
        self.browser.click("[aria-label='Create an annotation']")
        self.runs(2)
        self.browser.click(OTHER)
        self.runs(3)
        for number in (4, 5, 6):
            self.browser.click(OTHER)
            self.runs(number)
        self.label("London", "2")
        self.browser.wait_run("calls.length")
        self.assertEqual([[self.browser.run("return runs"), "Place"]], self.browser.run("return calls"))  # handlers are never doubled
        with fake.lock:
            fake.tasks[1]["predictions"] = [{"id": 31, "model_version": "v1", "score": 0.8, "result": [item]}]
        self.start(fake, "task=1")
        self.runs(1)
        self.browser.run("Htx.annotationStore.addAnnotationFromPrediction(Htx.annotationStore.predictions[0])")
        self.runs(2)
        self.browser.assert_clean()

    def test_it_runs_for_the_next_task_and_sees_its_data(self):
        self.begin("window.seen = [...(window.seen ?? []), [LSI.task.id, LSI.task.data.text, LSI.dataObj === LSI.task.data]];")
        self.runs(1)
        self.browser.click(SUBMIT)
        self.wait_task(2)
        self.runs(2)
        self.browser.click("[data-testid=prev-task]")
        self.wait_task(1)
        self.runs(3)
        self.assertEqual([[1, texts()[0]["text"], True], [2, texts()[1]["text"], True], [1, texts()[0]["text"], True]],
                         self.browser.run("return seen"))

    def test_what_an_earlier_run_still_does_stays_without_effect(self):
        self.begin("""
            const id = LSI.task.id, annotation = LSI.annotation;
            window.order = window.order ?? [];
            await new Promise((resolve) => { window.goOn = [...(window.goOn ?? []), resolve]; });
            LSI.on('entityCreate', () => order.push(id));
            order.push(`late ${id} ${annotation === LSI.annotation}`);
        """)
        self.runs(1)
        self.browser.click(SUBMIT)
        self.wait_task(2)
        self.runs(2)
        self.browser.run("goOn.forEach((f) => f())")
        self.browser.wait_run("order.length === 2")
        self.label("Grace")
        self.browser.wait_run("order.length >= 3")
        self.assertEqual(["late 1 false", "late 2 true", 2], self.browser.run("return order"))

    # what it can reach

    def test_events_arrive_with_what_they_are_about(self):
        names = ["entityCreate", "entityDelete", "submitDraft", "beforeSaveAnnotation", "submitAnnotation", "updateAnnotation", "skipTask",
                 "unskipTask", "nextTask", "prevTask", "groundTruth", "deleteAnnotation", "selectAnnotation"]
        self.begin(f"""
            window.events = window.events ?? [];
            for (const name of {names}) LSI.on(name, (...args) => {{ events.push([name, args.length]); }});
        """, query="task=1", page={"mode": "task", "task_id": 1})
        self.runs(1)
        self.label("Ada")
        self.browser.click(".lsf-outliner-item")
        self.browser.press(Keys.BACKSPACE)
        self.browser.wait_run(f"{SELECTED}.regions.length === 0", "deleted region")
        self.label("London", "2")
        self.browser.run(f"{SELECTED}.saveDraftImmediately()")
        self.status("Draft saved at")
        self.browser.click(SUBMIT)
        self.status("Submitted at")
        self.runs(2)
        self.label("Ada")
        self.browser.click(UPDATE)
        self.status("Updated at")
        self.runs(3)
        self.browser.run("Htx.annotationStore.selected.setGroundTruth(true)")
        self.status("Marked as ground truth")
        self.browser.run("Htx.annotationStore.deleteAnnotation(Htx.annotationStore.selected)")
        self.status("Deleted at")
        seen = {name: count for name, count in self.browser.run("return events")}
        self.assertEqual({"entityCreate": 1, "entityDelete": 1, "submitDraft": 3, "beforeSaveAnnotation": 3, "submitAnnotation": 2,
                          "updateAnnotation": 3, "groundTruth": 3, "deleteAnnotation": 2, "selectAnnotation": 3},
                         seen)

    def test_import_loads_once_and_checks_the_digest(self):
        good = "window.loads = (window.loads ?? 0) + 1;"
        digest = "sha384-" + base64.b64encode(hashlib.sha384(good.encode()).digest()).decode()
        fake = self.fake(TEXT, texts(2))
        fake.files = {"/lib/good.js": good, "/lib/bad.js": "window.evil = true;"}
        fake.script = RUNS + f"""
            await LSI.import('{fake.url}/lib/good.js', '{digest}');
            await LSI.import('{fake.url}/lib/good.js', '{digest}');
            window.ready = window.loads;
            await LSI.import('{fake.url}/lib/bad.js', '{digest}');
        """
        self.start(fake)
        self.browser.wait_text("could not load", BOX)
        self.assertEqual([1, None], self.browser.run("return [window.ready, window.evil ?? null]"))
        self.label("Ada")
        self.browser.click(SUBMIT)
        self.wait_task(2)
        self.assertEqual(1, len(fake.annotations))

    # the veto

    def test_a_rule_stops_the_submit_until_it_is_kept(self):
        fake = self.begin("""
            LSI.on('beforeSaveAnnotation', (store, annotation, { event }) => {
                window.saves = [...(window.saves ?? []), event];
                const words = annotation.results.flatMap((r) => [...r.mainValue]).join(' ').split(/\\s+/).filter(Boolean).length;
                if (words > 3) { Htx.showModal(`${words} words, at most 3`, 'warning'); return false; }
            });
        """, config=SUMMARY, tasks=2)
        self.runs(1)
        area = "textarea[name=summary], .lsf-textarea-tag textarea, textarea"
        self.browser.type(area, "one two three four")
        self.browser.press(Keys.SHIFT, Keys.ENTER)
        self.browser.wait_run(f"{SELECTED}.results.length === 1", "text")
        self.browser.click(SUBMIT)
        self.browser.wait_text("4 words, at most 3")
        self.shot("script-veto")
        self.assertEqual({}, fake.annotations)
        self.browser.press(Keys.ESCAPE)
        self.browser.wait_gone(".ant-modal-confirm, .lsf-modal-confirm, .ant-modal-wrap")
        self.browser.run(f"{SELECTED}.results[0].setValue(['one two'])")
        self.browser.wait_run("!Htx.isSubmitting", "buttons")
        self.browser.click(SUBMIT)
        self.wait_task(2)
        self.assertEqual(1, len(fake.annotations))
        self.assertEqual(["submitAnnotation", "submitAnnotation"], self.browser.run("return saves"))

    def test_a_skip_is_not_asked_about(self):
        fake = self.begin("LSI.on('beforeSaveAnnotation', () => false);")
        self.runs(1)
        self.browser.click(SKIP)
        self.wait_task(2)
        self.assertEqual(1, len(fake.annotations))

    # faults

    def test_faults_leave_the_work_alone_and_are_told_once(self):
        fake = self.begin("""
            LSI.on('entityCreate', () => { throw new Error('in a handler'); });
            LSI.on('beforeSaveAnnotation', async () => { throw new Error('in an async one'); });
            setTimeout(() => { throw new Error('in a timer'); });
            throw new Error('at the top');
        """)
        self.browser.wait(lambda: len(self.noted(fake)) >= 2, "two faults noted")
        self.label("Ada")
        self.browser.wait_text("Custom script problem (in entityCreate, line 2): in a handler", BOX)
        self.shot("script-fault")
        self.browser.click(SUBMIT)
        self.wait_task(2)
        self.browser.click(SKIP)
        self.wait_task(3)
        self.assertEqual(2, len(fake.annotations))
        self.assertEqual({("", "at the top", 5), ("", "Error: in a timer", 4), ("entityCreate", "in a handler", 2),
                          ("beforeSaveAnnotation", "in an async one", 3)},
                         {(n["event"], n["message"], n["line"]) for n in self.noted(fake)})
        self.assertEqual(4, len(self.noted(fake)))  # each once, over three tasks
        self.browser.click_text("Close")
        self.assertEqual([], self.boxes())

    def test_text_that_does_not_parse_and_never_ending_waits(self):
        fake = self.begin("\nconst = 1;", tasks=2)
        self.browser.wait_text("line 2", BOX)
        self.assertEqual(2, self.noted(fake)[0]["line"])
        self.label("Ada")
        self.browser.click(SUBMIT)
        self.wait_task(2)
        fake.script = RUNS + "LSI.on('submitAnnotation', () => new Promise(() => {})); await new Promise(() => {});"
        self.start(fake)
        self.runs(1)
        self.browser.click(SUBMIT)
        self.browser.wait_text("Nothing left to label here")

    def test_any_text_runs_unchanged(self):
        self.begin("\r\nundeclared = '</script> \U0001f600';\r\nwindow.sloppy = this === undefined; // the last line is a comment")
        self.browser.wait_run("window.undeclared === '</script> \\u{1f600}'")
        self.assertEqual([], self.boxes())

    def test_markup_in_tasks_runs_nothing(self):
        config = """<View><HyperText name="text" value="$text" inline="true"/><Choices name="k" toName="text"><Choice value="a"/></Choices></View>"""
        fake = self.fake(config, [{"text": "<p>Hello</p><img src=x onerror='window.evil = 1'><script>window.evil = 2</script>"}])
        fake.script = RUNS
        self.start(fake)
        self.runs(1)
        self.browser.wait_text("Hello")
        self.assertIsNone(self.browser.run("return window.evil ?? null"))


class SubPath(CustomScripts):
    """The same below a sub-path."""

    base = "/label"


if __name__ == "__main__":
    unittest.main()
