"""Many scripts on one labelling page: the project's script calls the function that a test puts into `window.current`, and a test may change
configuration and task without loading the page and its editor anew, which takes seconds."""

import json
import os

from label_steps import HERE, SELECTED, LabellingSteps

FOLDER = os.path.join(HERE, "..", "..", "templates", "scripts")
BOX = ".labelling-notice"
MODAL = ".ant-modal-confirm, .lsf-modal-confirm"
DISPATCHER = "window.begun = (window.begun ?? 0) + 1; window.lsi = LSI; await window.current?.(LSI); window.ran = window.begun;"
SWITCH = """const [config, task] = arguments, list = () => Htx.annotationStore;
for (const a of list().annotations) a.pauseAutosave();
Htx.resetState(); Htx.assignConfig(config); Htx.assignTask(task); Htx.initializeStore({annotations: [], predictions: []});
window.begun = window.ran = 0;
list().selectAnnotation(list().createAnnotation().id);"""


def library():
    """The examples by name, without their scripts."""
    with open(os.path.join(FOLDER, "index.json"), encoding="utf-8") as file:
        return {example["name"]: example for example in json.load(file)}


def script_of(name):
    with open(os.path.join(FOLDER, name + ".js"), encoding="utf-8") as file:
        return file.read()


class ScriptSteps(LabellingSteps):
    """Steps; the classes that inherit them load the page once, in `page`."""

    def page(self, config, tasks, query="labeling=1", **options):
        self.server = self.fake(config, tasks, **options)
        self.server.script = DISPATCHER
        self.start(self.server, query)
        self.ran(1)

    def ran(self, number):
        self.browser.wait_run(f"window.ran === {number}", f"end of run {number}")

    def use(self, script):
        self.browser.run(f"window.current = async function (LSI) {{\n{script}\n}};")

    def switch(self, script, config, data, task=1):
        """Another script on another configuration and task."""
        self.use(script)
        self.browser.run(SWITCH, config, {"id": task, "data": data})
        self.ran(1)
        self.browser.wait_selector(".lsf-main-view__annotation")

    def new_annotation(self):
        self.browser.run("const s = Htx.annotationStore; s.selectAnnotation(s.createAnnotation().id)")

    def again(self, script):
        """Another script in a new annotation of the task on screen."""
        self.use(script)
        self.browser.run("window.begun = window.ran = 0")
        self.new_annotation()
        self.ran(1)

    def boxes(self):
        return [e.text for e in self.browser.all(BOX)]

    def modal(self, text):
        """The editor's, with this text; closed again."""
        self.browser.wait_text(text, MODAL)
        self.close_modal()
        self.browser.wait_run("!Htx.isSubmitting", "buttons")

    def results(self):
        return self.browser.run(f"return {SELECTED}.results.map((r) => [r.from_name.name, [r.mainValue].flat()])")
