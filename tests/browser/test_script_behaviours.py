"""What scripts of projects do and must not do, one behaviour after the other on one page where that is possible: what LSI and the editor's
objects give, vetoes, runs, waits that outlast their task. Steps: script_steps.py. Needs EDITOR_DIR."""

import base64
import hashlib
import unittest

from driver import Keys
from label_steps import SELECTED, SKIP, SUBMIT, TEXT, UPDATE, texts
from script_steps import BOX, ScriptSteps, library, script_of

RICH = """<View><Labels name="label" toName="text" choice="multiple"><Label value="A" background="#112233"/><Label value="B"/></Labels>
<Labels name="other" toName="text"><Label value="X"/></Labels><Text name="text" value="$text"/>
<TextArea name="note" toName="text" perRegion="true" editable="true"/><Choices name="kind" toName="text"><Choice value="good"/></Choices></View>"""
RESULTS = """[{ id: 'r1', from_name: 'label', to_name: 'text', type: 'labels', value: { start: 0, end: 3, text: 'Ada', labels: ['A', 'B'] } },
    { id: 'r1', from_name: 'other', to_name: 'text', type: 'labels', value: { start: 0, end: 3, text: 'Ada', labels: ['X'] } },
    { id: 'r1', from_name: 'note', to_name: 'text', type: 'textarea', value: { start: 0, end: 3, text: ['a note'] } },
    { id: 'c1', from_name: 'kind', to_name: 'text', type: 'choices', value: { choices: ['good'] } }]"""
LOADED = "window.draw = (values, place) => { place.textContent = `drawn ${values.join()}`; };"


def digest(text):
    return "sha384-" + base64.b64encode(hashlib.sha384(text.encode()).digest()).decode()


class Behaviours(ScriptSteps):
    """Most share one page each."""

    maxDiff = None

    def submit(self):
        self.browser.wait_run("!Htx.isSubmitting", "buttons")
        self.browser.click(SUBMIT)

    def submitted(self, number):
        self.browser.wait(lambda: len(self.server.annotations) == number, f"annotation {number}")
        self.browser.wait_run("!Htx.isSubmitting && Htx.initialized", "next task")

    def test_objects_of_the_editor_as_the_guide_names_them(self):
        self.page(RICH, texts(1))
        self.again(f"LSI.annotation.deserializeResults({RESULTS}); LSI.annotation.updateObjects();")
        self.browser.wait_run(f"{SELECTED}.results.length === 4", "all results")
        self.assertEqual({
            "areas": [True, 2], "regions": [True, 2], "regionStore": [True, 1], "results": ["labels", "labels", "textarea", "choices"],
            "mainValue": [["A", "B"], ["X"], ["a note"], ["good"]], "sameValue": True, "labelings": [["A", "B"], ["X"]], "labeling": True,
            "labels": ["A", "B"], "labelName": "A", "selectedLabels": ["A", "B"], "background": "#112233", "string": "A B", "joined": "A+B",
            "text": "1: A B: a note", "comma": "1: A,B: a note",
            "lsi": [True, True, True, True], "task": [1, texts(1)[0]["text"]],
        }, self.browser.run("""
            const a = Htx.annotationStore.selected, region = a.regionStore.regions[0], { labeling } = region;
            return {
                areas: [a.areas.get(region.id) === region, a.areas.size], regions: [Array.isArray(a.regions), a.regions.length],
                regionStore: [a.regionStore.regions.includes(region), a.regionStore.regions.length],
                results: a.results.map((r) => r.type), mainValue: a.results.map((r) => [...r.mainValue]),
                sameValue: a.results.every((r) => r.mainValue === r.value[r.from_name.valueType]),
                labelings: region.labelings.map((l) => [...l.mainValue]), labeling: labeling === region.labelings[0],
                labels: [...region.labels], labelName: region.labelName, selectedLabels: labeling.selectedLabels.map((l) => l.value),
                background: labeling.selectedLabels[0].background, string: labeling.getSelectedString(), joined: labeling.getSelectedString('+'),
                text: region.getLabelText(), comma: region.getLabelText(','),
                lsi: [lsi.annotation === a, lsi.regions.every((r, i) => r === a.regions[i]), lsi.dataObj === lsi.task.data, typeof lsi.then === 'undefined'],
                task: [lsi.task.id, lsi.dataObj.text],
            };"""))
        self.browser.assert_clean()

    def test_runs_and_handlers_are_counted(self):
        self.page(TEXT, texts(3))
        self.use("window.calls = window.calls ?? []; LSI.on('entityCreate', () => calls.push(begun));")
        self.new_annotation()
        self.ran(2)
        self.browser.run("const s = Htx.annotationStore; s.selectAnnotation(s.annotations.find((a) => !a.selected).id)")  # back to the first
        self.ran(3)
        self.label("Ada")
        self.browser.wait_run("calls.length")
        self.submit()
        self.wait_task(2)
        self.ran(4)
        self.label("Grace")
        self.browser.run("const s = Htx.annotationStore; s.selectHistory(s.addHistory({ pk: '1', createdDate: new Date().toISOString() }))")
        self.ran(5)  # an earlier version
        self.browser.run("Htx.annotationStore.selectHistory(null)")
        self.ran(6)
        self.assertEqual([3, 4], self.browser.run("return calls"))
        self.browser.click("[data-testid=prev-task]")
        self.wait_task(1)
        self.ran(7)

    def test_a_key_acts_once_after_many_switches(self):
        example = library()["label-by-key"]
        self.page(example["config"], [example["data"]])
        self.again(script_of("label-by-key"))
        self.label("pilot")
        for number in range(10):
            self.browser.run("const s = Htx.annotationStore; s.selectAnnotation(s.annotations.find((a) => !a.selected).id)")
            self.ran(number + 2)
        self.browser.click(".lsf-outliner-item")
        self.browser.wait_run(f"{SELECTED}.selectedRegions.length === 1 && {SELECTED}.names.get('label').selectedLabels.length === 1", "region")
        self.browser.press(Keys.ALT, "u")
        self.browser.wait_run(f"{SELECTED}.regions[0].labels.join() === 'Person,Unclear'", "the label once")

    def test_answers_of_the_hook(self):
        self.page(TEXT, texts(3) * 3)
        self.again("LSI.on('beforeSaveAnnotation', () => new Promise((resolve) => setTimeout(() => resolve(false), 1000)));")
        self.label("Ada")
        self.submit()
        self.browser.wait_run("Htx.isSubmitting", "a button that waits")
        self.browser.wait_run("!Htx.isSubmitting", "a button that can be used again")
        self.assertEqual({}, self.server.annotations)
        self.browser.run(f"{SELECTED}.saveDraftImmediately()")
        self.browser.wait(lambda: self.server.drafts, "the draft")
        for number, answer in enumerate(("undefined", "true", "0", "''", "Promise.resolve(true)"), 1):
            self.again(f"LSI.on('beforeSaveAnnotation', () => ({answer}));")
            self.submit()
            self.submitted(number)
        self.assertEqual([], self.boxes())

    def test_updates_ask_and_skips_do_not(self):
        self.page(TEXT, texts(2), query="task=1", page={"mode": "task", "task_id": 1})
        self.use("LSI.on('beforeSaveAnnotation', (store, annotation, { event }) => { window.asked = [...(window.asked ?? []), event]; });"
                 "LSI.on('updateAnnotation', (...args) => { window.updated = args.length; });")
        self.new_annotation()
        self.ran(2)
        self.submit()
        self.status("Submitted at")
        self.browser.wait_run("ran === 3", "run for the stored one")
        self.label("Ada")
        self.browser.click(UPDATE)
        self.status("Updated at")
        self.assertEqual([["submitAnnotation", "updateAnnotation"], 3], self.browser.run("return [asked, updated]"))

    def test_a_late_answer_does_not_reach_the_next_task(self):
        self.page(TEXT, texts(3))
        self.server.files = {"/lib/hints.js": "hint"}
        self.server.slow = 0.8
        script = """const { id } = LSI.task;
            fetch(`/lib/hints.js?task=${id}`).then(() => {
                window.answers = [...(window.answers ?? []), id];
                if (LSI.task.id === id) document.querySelector('.lsf-main-view__annotation').append(`hint for ${id}`);
            });"""
        self.again(script)
        self.submit()
        self.wait_task(2)
        self.browser.wait_run("window.answers?.length === 2", "both answers")
        shown = self.browser.text(".lsf-main-view__annotation")
        self.assertNotIn("hint for 1", shown)
        self.assertIn("hint for 2", shown)

    def test_a_file_with_its_digest_draws_into_the_view_and_another_does_not(self):
        self.page(TEXT, texts(3))
        self.server.files = {"/lib/chart.js": LOADED, "/lib/other.js": LOADED}
        config = """<View><View idAttr="chart"/><Text name="text" value="$text"/><Choices name="k" toName="text"><Choice value="a"/></Choices></View>"""
        self.switch(f"await LSI.import('{self.server.url}/lib/chart.js', '{digest(LOADED)}'); draw(LSI.task.data.series, document.getElementById('chart'));",
                    config, {"text": "Levels", "series": [1, 2, 3]})
        self.assertEqual("drawn 1,2,3", self.browser.text("#chart"))
        for url, integrity in (("other.js", digest("x")), ("missing.js", "")):
            self.use(f"await LSI.import('{self.server.url}/lib/{url}', '{integrity}');")
            self.new_annotation()
            self.browser.wait_text(f"could not load {self.server.url}/lib/{url}", BOX)
            self.assertEqual(1, len(self.boxes()))
        self.submit()
        self.submitted(1)

    def test_two_projects_in_two_tabs_do_not_mix(self):
        self.page(TEXT, texts(2))
        self.again("window.mine = 'one'; LSI.on('entityCreate', () => { window.created = (window.created ?? 0) + 1; });")
        first, web = self.server, self.browser.web
        one = web.current_window_handle
        web.switch_to.new_window("tab")
        try:
            self.page(TEXT, texts(2), project={"id": 8, "title": "Second"})
            self.again("LSI.on('entityCreate', () => { window.created = (window.created ?? 0) + 10; }); setTimeout(() => { throw new Error('of the second'); });")
            self.label("Ada")
            self.browser.wait_run("window.created === 10", "the second's handler")
            self.assertIsNone(self.browser.run("return window.mine ?? null"))
            web.close()
        finally:
            web.switch_to.window(one)
        self.assertEqual([], self.boxes())
        self.label("Ada")
        self.browser.wait_run("window.created === 1", "the first's handler")
        self.assertEqual([], first.sent("POST", "/custom-script/errors/"))

    def test_work_goes_on_whatever_fails(self):
        self.page(TEXT, texts(3) * 2)
        self.browser.wait_run("!Htx.isSubmitting", "buttons")
        failing = ("throw new Error('at the top');", "LSI.on('entityCreate', () => { throw new Error('in a handler'); });",
                   "LSI.on('entityCreate', async () => { throw new Error('in an async handler'); });",
                   f"LSI.import('{self.server.url}/lib/none.js');", "await new Promise(() => {});")
        for number, script in enumerate(failing, 1):
            self.use(f"window.beganWith = {number}; {script}")
            self.new_annotation()
            self.browser.wait_run(f"window.beganWith === {number}", "the failing script")
            word = self.browser.run("return Htx.task.dataObj.text.split(' ')[0]")
            self.label(word)
            self.browser.click(SKIP if number == 2 else SUBMIT)
            self.submitted(number)
        self.assertEqual(4, len(self.server.sent("POST", "/custom-script/errors/")))


if __name__ == "__main__":
    unittest.main()
