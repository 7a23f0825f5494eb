"""What the tests of the labelling page share: a stand-in server, one browser, configurations, and what an annotator does."""

import os
import unittest

from driver import Browser, Keys
from fake_api import FakeApi

HERE = os.path.dirname(os.path.abspath(__file__))
STATIC = os.path.join(HERE, "..", "..", "templates", "static")
EDITOR = os.environ.get("EDITOR_DIR", "")
SHOTS = os.environ.get("SCREENSHOT_DIR", "")

TEXT = """<View><Labels name="label" toName="text"><Label value="Person"/><Label value="Place"/></Labels>
<Text name="text" value="$text"/></View>"""
CHOICES = """<View><Text name="text" value="$text"/><Choices name="kind" toName="text" required="true"
requiredMessage="Choose one"><Choice value="good"/><Choice value="bad"/></Choices></View>"""
IMAGE = """<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image">
<Label value="Cat"/><Label value="Dog"/></RectangleLabels></View>"""
AUDIO = """<View><Labels name="part" toName="audio"><Label value="Speech"/><Label value="Noise"/></Labels>
<Audio name="audio" value="$audio"/></View>"""
SENTENCES = ["Ada lived in London for many years.", "Grace was born in New York City.", "Alan ran to Cambridge."]
SUBMIT = "[data-testid=bottombar-submit-button]"
UPDATE = "[data-testid=bottombar-update-button]"
SKIP = "[data-testid=bottombar-skip-button]"
SELECTED = "Htx.annotationStore.selected"


def texts(count=3):
    return [{"text": sentence} for sentence in SENTENCES[:count]]


class LabellingSteps(unittest.TestCase):
    """One browser for all tests of a class; the stand-in serves below `base`."""

    base = ""
    browser = None

    @classmethod
    def setUpClass(cls):
        assert os.path.isfile(os.path.join(EDITOR, "runtime.js")), "set EDITOR_DIR to an installed editor"
        cls.browser = Browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def setUp(self):
        self.browser.forget_faults()

    def fake(self, config, tasks, **options):
        fake = FakeApi(config, tasks, os.path.normpath(STATIC), os.path.normpath(EDITOR), base=self.base, **options)
        self.addCleanup(fake.__exit__)
        return fake

    def shot(self, name):
        if SHOTS:
            self.browser.screenshot(os.path.join(SHOTS, name + ".png"))

    def start(self, fake, query="labeling=1"):
        self.browser.open(fake.labelling_url(query))
        self.browser.wait_run("Boolean(window.Htx && Htx.initialized && Htx.annotationStore.selected)", "open task")
        self.browser.wait_selector(".lsf-main-view__annotation")

    def label(self, word, key="1"):
        self.browser.press(key)
        self.browser.select_text(".lsf-htx-richtext, .lsf-richtext", word)
        self.browser.wait_run(f"{SELECTED}.regions.some((r) => r.text === {word!r})", f"region {word!r}")

    def wait_task(self, number):
        self.browser.wait_run(f"Htx.task.id === {number} && !Htx.isSubmitting", f"task {number}")

    def close_modal(self):
        """The editor's; it comes a moment after the status line has told."""
        modal = ".ant-modal-confirm, .lsf-modal-confirm"
        self.browser.wait_selector(modal)
        self.browser.press(Keys.ESCAPE)
        self.browser.wait_gone(modal)

    def status(self, text, seconds=20):
        self.browser.wait_text(text, "#labelling-status", seconds)
