"""The main job as a new user does it, in a real browser against a real server behind nginx: sign up, create a project, import,
label with mouse and keys, export, and look into the exported file. Once at the root of the host and once below a sub-path.

Needs EDITOR_DIR (a folder made by contrib/install-editor) and LABELD_BUILD; see tests/server.py."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from driver import Browser, Keys
from fake_api import png, wav

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from server import Server  # noqa: E402  # pylint: disable=wrong-import-position

SHOTS = os.environ.get("SCREENSHOT_DIR", "")
PASSWORD = "correct horse battery"

TEXT = """<View>
  <Labels name="label" toName="text"><Label value="Person"/><Label value="Place"/></Labels>
  <Text name="text" value="$text"/>
  <Choices name="mood" toName="text"><Choice value="Calm"/><Choice value="Lively"/></Choices>
</View>"""
IMAGE = """<View>
  <Image name="image" value="$image"/>
  <RectangleLabels name="box" toName="image"><Label value="Cat"/><Label value="Dog"/></RectangleLabels>
</View>"""
AUDIO = """<View>
  <Labels name="part" toName="audio"><Label value="Speech"/><Label value="Noise"/></Labels>
  <Audio name="audio" value="$audio"/>
</View>"""
PICTURE = (960, 600)  # larger than its place, as most are
SENTENCES = ("Ada lived in London for many years.", "Grace was born in New York City.", "Alan ran to Cambridge.")

SUBMIT = "[data-testid=bottombar-submit-button]"
UPDATE = "[data-testid=bottombar-update-button]"
SKIP = "[data-testid=bottombar-skip-button]"
PREVIOUS = "[data-testid=prev-task]"
NEXT = "[data-testid=next-task]"
SELECTED = "Htx.annotationStore.selected"
STREAM_END = "/next/"  # the 404 that ends the stream, which the browser logs


def spans(annotation):
    return {(r["value"]["text"], *r["value"]["labels"]) for r in annotation["result"] if r["type"] == "labels"}


class Site(unittest.TestCase):
    """A server of its own, one browser, and the steps that the jobs have in common."""

    prefix = None
    server = browser = None

    @classmethod
    def setUpClass(cls):
        cls.server = Server(prefix=cls.prefix, workers=2)
        cls.addClassCleanup(cls.server.close)
        cls.files = tempfile.TemporaryDirectory(prefix="labeld-media-")
        cls.addClassCleanup(cls.files.cleanup)

    def setUp(self):
        self.browser = Browser()
        self.addCleanup(lambda: self.browser.close())  # the one of then, which may be another
        self.email = f"{self.id().rsplit('.', 1)[-1].replace('_', '-')}@example.com"

    def shot(self, name):
        if SHOTS:
            where = "sub" if self.prefix else "root"
            self.browser.screenshot(os.path.join(SHOTS, f"job-{where}-{name}.png"))

    def shot_all(self, name):
        """Also narrow and dark."""
        if not SHOTS:
            return
        self.shot(name)
        self.browser.resize(768, 800)
        self.shot(name + "-768")
        self.browser.resize(1280, 800)
        self.browser.color_scheme("dark")
        time.sleep(0.4)  # colours change slowly
        self.shot(name + "-dark")
        self.browser.color_scheme("light")

    def file(self, name, data):
        path = os.path.join(self.files.name, name)
        with open(path, "wb") as out:
            out.write(data)
        return path

    def api(self, path):
        """What the server knows, read past the browser by the owner."""
        request = urllib.request.Request(self.server.url + path, headers={"Authorization": f"Token {self.server.token}"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return json.load(answer)

    # accounts

    def sign_up(self):
        browser = self.browser
        browser.open(self.server.url + "/")
        browser.wait_text("Log in", "h1")
        self.shot_all("login")
        browser.click_text("Sign up")
        browser.wait_text("Sign up", "h1")
        browser.type("#email", self.email)
        browser.type("#password", PASSWORD)
        browser.type("#first_name", "Ann")
        browser.type("#last_name", "Example")
        self.shot_all("signup")
        browser.press(Keys.ENTER)
        browser.wait_url("/projects/")
        browser.wait_text("Projects", "h1")

    def log_in(self):
        self.browser.type("#email", self.email)
        self.browser.type("#password", PASSWORD)
        self.browser.click_text("Log in", "button")

    def log_out(self):
        self.browser.open(self.server.url + "/projects/")
        self.browser.click(".menu summary")
        self.browser.wait_text("Log out", ".menu a")
        self.shot("account-menu")
        self.browser.click_text("Log out", ".menu a")
        self.browser.wait_url("/user/login")
        self.browser.open(self.server.url + "/projects/")
        self.browser.wait_url("/user/login")

    # projects

    def new_project(self, title, config, files=()):
        """The three steps of the new-project page; gives the project's id."""
        browser = self.browser
        browser.open(self.server.url + "/projects/")
        browser.wait_text("Projects", "h1")
        self.shot_all("projects-before")
        browser.click_text("New project")
        browser.wait_text("New project", "h1")
        browser.type("#title", title)
        self.shot_all("new-1-name")
        browser.press(Keys.ENTER)
        browser.wait_selector("#files")
        if files:
            browser.element("#files").send_keys("\n".join(files))
            browser.wait_text(os.path.basename(files[0]), "[data-files]")
        self.shot_all("new-2-data")
        browser.click_text("Next: labelling set-up")
        browser.wait_selector("#label_config")
        self.shot_all("new-3-setup")
        # As a paste does: typing would take a key event for each character.
        browser.click("#label_config")
        browser.cdp("Input.insertText", text=config)
        browser.wait_text("The configuration is valid.", "[data-config-status]")
        self.shot("new-3-config")
        browser.click_text("Create project")
        browser.wait_url("/data")
        browser.wait_text(title, "h1")
        return int(browser.url.split("/projects/")[1].split("/")[0])

    def import_file(self, path, expected):
        browser = self.browser
        browser.click_text("Import", ".tabs a")
        browser.wait_text("Import tasks", "h2")
        self.shot_all("import")
        browser.element("#files").send_keys(path)
        browser.wait_text(os.path.basename(path), "[data-files]")
        browser.click_text("Import", "button")
        browser.wait_text(expected, ".toast")
        self.shot_all("tasks")

    def check_media(self, address, kind):
        """What a browser is told about an uploaded file: no guessing, no scripts, nobody else's page."""
        status, *headers = self.browser.run("""
            const answer = await fetch(arguments[0]);
            return [answer.status, ...["Content-Type", "X-Content-Type-Options", "Content-Security-Policy",
                                       "Cross-Origin-Resource-Policy"].map((name) => answer.headers.get(name))];""", address)
        self.assertEqual((200, kind, "nosniff"), (status, *headers[:2]))
        self.assertIn("default-src 'none'", headers[2])
        self.assertIn("sandbox", headers[2])
        self.assertEqual("same-origin", headers[3])

    # labelling

    def wait_editor(self):
        self.browser.wait_run("Boolean(window.Htx && Htx.initialized && Htx.annotationStore.selected)", "open task")
        self.browser.wait_selector(".lsf-main-view__annotation")

    def start_labelling(self):
        self.browser.click_text("Label all tasks")
        self.browser.wait_url("labeling=1")
        self.wait_editor()

    def mark(self, word, key):
        self.browser.press(key)
        self.browser.select_text(".lsf-htx-richtext, .lsf-richtext", word)
        self.browser.wait_run(f"{SELECTED}.regions.some((r) => r.text === {word!r})", f"region {word!r}")

    def choose(self, text, key=None):
        """By key, or by mouse."""
        if key:
            self.browser.press(key)
        else:
            self.browser.click(self.browser.wait_text(text, ".lsf-choice__item label, label"))
        self.browser.wait_run(f"JSON.stringify({SELECTED}.serializeAnnotation()).includes('\"{text}\"')", f"choice {text!r}")

    def wait_data(self, part):
        """Waits for the task whose data hold `part`."""
        self.browser.wait_run(f"Htx.task.data.includes({part!r}) && !Htx.isSubmitting && Boolean({SELECTED})", f"task with {part!r}")
        self.browser.wait_selector(".lsf-main-view__annotation")

    def status(self, text, seconds=20):
        self.browser.wait_text(text, "#labelling-status", seconds)

    def progress(self, text):
        self.assertEqual(text, self.browser.text("#labelling-progress").split(" · ")[0])

    def finished(self, done):
        self.browser.wait_text("Nothing left to label here")
        self.browser.wait_text(done)
        self.shot_all("finished")
        self.browser.assert_clean(ignore=[STREAM_END])
        self.browser.click_text("Back to the project")
        self.browser.wait_selector(".tabs")

    # what came of it

    def export(self):
        self.browser.click_text("Export", ".tabs a")
        self.browser.wait_text("Download now", "h2")
        self.shot_all("export")
        self.browser.click_text("Download")
        with open(self.browser.downloaded(), encoding="utf-8") as exported:
            return json.load(exported)

    def check_annotation(self, annotation):
        self.assertGreater(annotation["lead_time"], 0)
        self.assertLess(annotation["lead_time"], 120)
        self.assertEqual(self.email, self.api(f"/api/users/{annotation['completed_by']}/")["email"])

    def check_box(self, task, label, expected):
        (annotation,) = task["annotations"]
        self.check_annotation(annotation)
        (item,) = annotation["result"]
        self.assertEqual("rectanglelabels", item["type"])
        self.assertEqual([label], item["value"]["rectanglelabels"])
        self.assertEqual(PICTURE, (item["original_width"], item["original_height"]))
        for key, value in zip(("x", "y", "width", "height"), expected):
            self.assertAlmostEqual(value, item["value"][key], delta=1, msg=key)

    def check_counters(self, project, **expected):
        project = self.api(f"/api/projects/{project}/")
        self.assertEqual(expected, {name: project[name] for name in expected})
        subprocess.run([os.path.join(os.environ["LABELD_BUILD"], "labeld-admin"), "verify-counters"], check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, **self.admin_env()})

    def admin_env(self):
        parts = dict(part.split("=", 1) for part in self.server.db.split())
        return {"LABELD_DB_HOST": parts["host"], "LABELD_DB_PORT": parts["port"], "LABELD_DB_NAME": parts["dbname"],
                "LABELD_DB_USER": parts["user"]}

    # the jobs

    def text_job(self):
        tasks = json.dumps([{"text": sentence} for sentence in SENTENCES]).encode()
        self.sign_up()
        project = self.new_project("Names in sentences", TEXT)
        self.shot_all("empty")
        self.import_file(self.file("sentences.json", tasks), "3 tasks imported.")
        self.browser.assert_clean()
        self.start_labelling()
        self.shot_all("label-text-new")
        self.mark("Ada", "1")
        self.mark("London", "2")
        self.choose("Calm")
        self.shot_all("label-text")
        self.browser.press(Keys.CONTROL, Keys.ENTER)
        self.wait_data("Grace")
        self.status("Submitted at")
        self.browser.assert_clean()
        return project

    def box(self, key, start, end):
        canvas = self.browser.wait_selector(".konvajs-content canvas")
        self.browser.wait_run("document.querySelector('.lsf-image img, img')?.naturalWidth > 0", "picture")
        self.browser.press(key)
        self.browser.drag(canvas, start, end)
        self.browser.wait_run(f"{SELECTED}.regions.length === 1", "box")

    def image_job(self):
        pictures = [self.file(f"picture-{number}.png", png(*PICTURE)) for number in (1, 2)]
        project = self.new_project("Cats and dogs", IMAGE, pictures)
        self.browser.wait_text("Project created with 2 tasks.", ".toast")
        self.browser.wait_run("[...document.querySelectorAll('table img')].length === 2")
        self.browser.run("for (const i of document.querySelectorAll('table img')) i.loading = 'eager';")
        self.browser.wait_run("[...document.querySelectorAll('table img')].every((i) => i.naturalWidth === 960)", "thumbnails")
        self.shot_all("tasks-image")
        self.check_media(self.browser.run("return document.querySelector('table img').src"), "image/png")
        self.start_labelling()
        self.box("2", (0.2, 0.25), (0.6, 0.75))
        self.shot_all("label-image")
        self.browser.click(SUBMIT)
        self.wait_data("picture-2")
        self.box("1", (0.5, 0.1), (0.9, 0.4))
        self.browser.click(SUBMIT)
        self.finished("You have done 2 of 2 tasks")
        exported = self.export()
        self.assertEqual(2, len(exported))
        first, second = sorted(exported, key=lambda task: task["inner_id"])
        self.assertRegex(first["data"]["image"], rf"^/data/upload/{project}/[0-9a-f]{{8}}-picture-1\.png$")
        self.check_box(first, "Dog", (20, 25, 40, 50))
        self.check_box(second, "Cat", (50, 10, 40, 30))
        self.check_counters(project, task_number=2, finished_task_number=2, total_annotations_number=2, skipped_annotations_number=0)
        self.browser.assert_clean()


class AtTheRoot(Site):
    def test_text(self):
        project = self.text_job()
        browser = self.browser

        # Skipped, then taken back and labelled.
        browser.click(SKIP)
        self.wait_data("Alan")
        browser.click(PREVIOUS)
        self.wait_data("Grace")
        self.progress("2 of 3 done")
        self.shot("label-skipped")
        browser.click("[data-testid=bottombar-unskip-button]")
        browser.wait_run(f"{SELECTED} && !{SELECTED}.pk", "draft of the skipped annotation")
        self.progress("1 of 3 done")
        self.mark("New York City", "2")
        browser.click(SUBMIT)
        self.wait_data("Alan")

        self.progress("2 of 3 done")

        # Back to the first one, updated.
        browser.click(PREVIOUS)
        self.wait_data("Grace")
        browser.click(PREVIOUS)
        self.wait_data("Ada")
        self.choose("Lively", "4")
        self.shot("label-update")
        browser.click(UPDATE)
        self.status("Updated at")
        browser.wait_run(f"{SELECTED}.pk && !{SELECTED}.history.canUndo", "the updated annotation")

        # Begun, and the browser dies.
        browser.click(NEXT)
        self.wait_data("Grace")
        browser.click(NEXT)
        self.wait_data("Alan")
        self.mark("Alan", "1")
        self.status("Draft saved at")
        browser.assert_clean(ignore=[STREAM_END])
        address = browser.url
        browser.kill()
        self.browser = browser = Browser()
        browser.open(address)
        browser.wait_text("Log in", "h1")
        self.log_in()
        self.wait_editor()
        browser.wait_run(f"{SELECTED}.regions.length === 1", "restored region")
        self.status("Draft restored as saved at")
        self.progress("2 of 3 done")
        self.shot("label-restored")
        browser.click(SKIP)
        self.finished("You have done 3 of 3 tasks")

        exported = {task["inner_id"]: task for task in self.export()}
        self.assertEqual([1, 2, 3], sorted(exported))
        for task in exported.values():
            self.assertEqual({"text": SENTENCES[task["inner_id"] - 1]}, task["data"])
            (annotation,) = task["annotations"]
            self.check_annotation(annotation)
        first, second, third = (exported[number]["annotations"][0] for number in (1, 2, 3))
        self.assertEqual({("Ada", "Person"), ("London", "Place")}, spans(first))
        (london,) = [r["value"] for r in first["result"] if r["value"].get("text") == "London"]
        self.assertEqual((13, 19), (london["start"], london["end"]))
        self.assertEqual([["Lively"]], [r["value"]["choices"] for r in first["result"] if r["type"] == "choices"])
        self.assertEqual({("New York City", "Place")}, spans(second))
        self.assertEqual([False, False, True], [a["was_cancelled"] for a in (first, second, third)])
        self.check_counters(project, task_number=3, total_annotations_number=2, skipped_annotations_number=1)
        browser.assert_clean()
        self.shot("tasks-done")
        self.log_out()
        browser.assert_clean()

    def test_image_boxes(self):
        self.sign_up()
        self.image_job()
        self.log_out()
        self.browser.assert_clean()

    def test_audio_regions(self):
        self.sign_up()
        project = self.new_project("Speech and noise", AUDIO, [self.file("tone.wav", wav())])
        self.browser.wait_text("Project created with 1 task.", ".toast")
        self.start_labelling()
        self.browser.wait_run(f"{SELECTED}.objects[0]._ws?.duration > 0", "decoded sound")
        wave = self.browser.wait_selector("#waveform-layer-main")
        for count, (key, start, end) in enumerate((("1", 0.1, 0.4), ("2", 0.55, 0.9)), 1):
            self.browser.press(key)
            self.browser.drag(wave, (start, 0.5), (end, 0.5))
            self.browser.wait_run(f"{SELECTED}.regions.length === {count}", "audio region")
            self.browser.press("u")
        self.shot_all("label-audio")
        self.check_media(self.browser.run(f"return {SELECTED}.objects[0]._value"), "audio/wav")
        self.browser.click(SUBMIT)
        self.finished("You have done 1 of 1 task")
        (task,) = self.export()
        self.assertRegex(task["data"]["audio"], rf"^/data/upload/{project}/[0-9a-f]{{8}}-tone\.wav$")
        (annotation,) = task["annotations"]
        self.check_annotation(annotation)
        first, second = sorted(annotation["result"], key=lambda r: r["value"]["start"])
        self.assertEqual((["Speech"], ["Noise"]), (first["value"]["labels"], second["value"]["labels"]))
        for item, start, end in ((first, 0.3, 1.2), (second, 1.65, 2.7)):
            self.assertAlmostEqual(start, item["value"]["start"], delta=0.1)
            self.assertAlmostEqual(end, item["value"]["end"], delta=0.1)
            self.assertAlmostEqual(3, item["original_length"], delta=0.05)
        self.check_counters(project, finished_task_number=1, total_annotations_number=1)
        self.log_out()
        self.browser.assert_clean()


class BelowASubPath(Site):
    prefix = "/label"

    def test_text_and_images(self):
        project = self.text_job()
        self.assertEqual(1, self.api(f"/api/projects/{project}/")["total_annotations_number"])
        self.image_job()
        self.log_out()
        self.browser.assert_clean()


if __name__ == "__main__":
    unittest.main()
