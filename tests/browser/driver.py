"""A headless Chromium for tests, driven by real mouse and keyboard events. Collects what the page did wrong (console
errors, CSP violations, uncaught exceptions, requests to other hosts) so that a test can assert there was none."""

import json
import os
import shutil
import signal
import tempfile
import time
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import JavascriptException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

__all__ = ["Browser", "Keys", "BrowserTimeout"]

CHROMIUM_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
)
WAIT_SECONDS = 60
POLL_SECONDS = 0.05
FOLLOW_SECONDS = 2
KEY_SECONDS = 10

# Runs before the page's own scripts; the browser's log alone misses violations raised in workers' parents and
# rejections that somebody catches late.
WATCH_SCRIPT = """
window.__faults = [];
addEventListener('securitypolicyviolation', (e) =>
    window.__faults.push(`CSP ${e.violatedDirective}: ${e.blockedURI} (${e.sourceFile}:${e.lineNumber})`));
addEventListener('error', (e) => { if (e.message) window.__faults.push(`uncaught: ${e.message}`); });
addEventListener('unhandledrejection', (e) => window.__faults.push(`rejection: ${e.reason && e.reason.stack || e.reason}`));
"""

# Elements of a selector that can be seen, with `text` in them (part) or as all their text (exact). One script for each look: asking for
# every element by itself is what tests of pages would spend their time with.
FIND_SCRIPT = """
const [selector, visible, part, exact] = arguments;
const sized = (e) => { const box = e.getBoundingClientRect(); return (box.width > 0 && box.height > 0) || [...e.children].some(sized); };
const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true, checkOpacity: true, checkVisibilityCSS: true }) && sized(e);
const text = (e) => (e.innerText ?? e.textContent).replace(/\\n+/g, "\\n").replaceAll("\\u00a0", " ");
const fits = (e) => (part === null || text(e).includes(part)) && (exact === null || text(e).trim() === exact);
return [...document.querySelectorAll(selector)].filter((e) => fits(e) && (!visible || shown(e.closest("option") ? e.closest("select") : e)));"""


class BrowserTimeout(AssertionError):
    """Something awaited did not come; the message says what the page showed instead."""


class Browser:
    """One browser with a profile of its own, removed by close(), or with one that kill() left. Use it as a context manager."""

    def __init__(self, width=1280, height=800, dark=False, profile=None):
        self.profile = profile or tempfile.mkdtemp(prefix="labeld-browser-")
        self.downloads = os.path.join(self.profile, "downloads")
        self.hosts = set()
        self.faults = []
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
        for flag in CHROMIUM_FLAGS:
            options.add_argument(flag)
        options.add_argument(f"--user-data-dir={self.profile}")
        options.add_argument(f"--window-size={width},{height}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.set_capability("unhandledPromptBehavior", "ignore")
        for name in ("NO_PROXY", "no_proxy"):  # the driver's own loopback traffic must not go through a proxy
            os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"]))
        service = Service(shutil.which("chromedriver") or "/usr/bin/chromedriver")
        try:
            self.web = webdriver.Chrome(service=service, options=options)
        except Exception:
            shutil.rmtree(self.profile, ignore_errors=True)
            raise
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=WATCH_SCRIPT)
        self.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=self.downloads)
        self.resize(width, height)
        if dark:
            self.color_scheme("dark")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            self.web.quit()
        finally:
            shutil.rmtree(self.profile, ignore_errors=True)

    def kill(self, keep_profile=False):
        """Ends the browser as a power cut would: it gets no chance to save anything. Gives the profile, for another browser, if asked."""
        os.kill(self.web.capabilities["goog:processID"], signal.SIGKILL)
        try:
            self.web.service.stop()
        finally:
            if not keep_profile:
                shutil.rmtree(self.profile, ignore_errors=True)
        return self.profile

    # the browser itself

    def cdp(self, method, **params):
        """One command of the DevTools protocol."""
        return self.web.execute_cdp_cmd(method, params)

    def resize(self, width, height):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def color_scheme(self, name):
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def javascript(self, enabled):
        self.cdp("Emulation.setScriptExecutionDisabled", value=not enabled)

    def offline(self, offline=True):
        self.cdp("Network.enable")
        self.cdp("Network.emulateNetworkConditions", offline=offline, latency=0,
                 downloadThroughput=-1, uploadThroughput=-1)

    def open(self, url):
        self.hosts.add(urlsplit(url).netloc)
        self.collect_faults()
        self.web.get(url)

    @property
    def url(self):
        return self.web.current_url

    def run(self, script, *args):
        """Runs a function body in the page and gives its value; a promise is awaited."""
        done = "const done = arguments[arguments.length - 1];"
        wrapped = (f"{done} Promise.resolve((async function () {{ {script} }}).apply(null, arguments))"
                   ".then((value) => done({value}), (error) => done({error: String(error && error.stack || error)}));")
        answer = self.web.execute_async_script(wrapped, *args)
        if "error" in answer:
            raise JavascriptException(answer["error"])
        return answer.get("value")

    def screenshot(self, path):
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        self.web.save_screenshot(path)
        return path

    def downloaded(self, seconds=WAIT_SECONDS):
        """Waits for the one file that was downloaded, gives its path."""
        def finished():
            names = os.listdir(self.downloads) if os.path.isdir(self.downloads) else []
            return names[0] if len(names) == 1 and not names[0].endswith(".crdownload") else None
        return os.path.join(self.downloads, self.wait(finished, "downloaded file", seconds))

    # waiting

    def wait(self, condition, what, seconds=WAIT_SECONDS):
        """Waits until `condition()` is true and gives its value."""
        end = time.monotonic() + seconds
        while True:
            try:
                value = condition()
            except StaleElementReferenceException:
                value = None
            if value:
                return value
            if time.monotonic() > end:
                raise BrowserTimeout(f"no {what} within {seconds} s at {self.url}; {self._state()}")
            time.sleep(POLL_SECONDS)

    def _state(self):
        text = self.web.find_element(By.TAG_NAME, "body").text
        return f"page shows {text[:600]!r}, faults: {self.collect_faults()}"

    def find(self, selector, visible=True, part=None, exact=None):
        """Elements as FIND_SCRIPT says, in the order of the page."""
        return self.web.execute_script(FIND_SCRIPT, selector, visible, part, exact)

    def wait_selector(self, selector, seconds=WAIT_SECONDS, visible=True):
        return self.wait(lambda: self.find(selector, visible), f"element {selector!r}", seconds)[0]

    def wait_gone(self, selector, seconds=WAIT_SECONDS):
        self.wait(lambda: not self.find(selector), f"disappearing of {selector!r}", seconds)

    def wait_text(self, text, selector="body", seconds=WAIT_SECONDS):
        return self.wait(lambda: self.find(selector, part=text), f"text {text!r} in {selector!r}", seconds)[0]

    def wait_url(self, part, seconds=WAIT_SECONDS):
        self.wait(lambda: part in self.url, f"address with {part!r}", seconds)

    def wait_run(self, expression, what=None, seconds=WAIT_SECONDS):
        """Waits until a JavaScript expression is true and gives its value."""
        return self.wait(lambda: self.run(f"return {expression}"), what or expression, seconds)

    # mouse and keyboard; `target` is a selector or an element

    def element(self, target):
        return self.wait_selector(target) if isinstance(target, str) else target

    def all(self, selector):
        return self.web.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        """Of every element, in one look."""
        return self.web.execute_script("return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText.trim())", selector)

    def text(self, target="body"):
        return self.element(target).text

    def click(self, target):
        """Clicks when the element can be: a person waits for a button that is still grey from the last click, and follows one that
        moves because the page above it grows. What never comes under the mouse, since something lies above it, is clicked all the same."""
        patience = time.monotonic() + FOLLOW_SECONDS

        def clicked():
            element = self.element(target)
            if not element.is_enabled():
                return None
            self.web.execute_script("arguments[0].scrollIntoView({block: 'nearest'})", element)
            # A page that draws anew just now makes this stale, which is tried again: nothing was clicked then.
            ActionChains(self.web, duration=20).move_to_element(element).perform()
            if time.monotonic() < patience and not self.web.execute_script("return arguments[0].matches(':hover')", element):
                return None
            ActionChains(self.web, duration=20).click().perform()
            return element
        return self.wait(clicked, f"{target!r} ready for a click")

    def click_text(self, text, selector="button, a, label, [role=button]"):
        """Clicks the smallest visible element whose text is exactly `text`."""
        return self.click(self.wait(lambda: self.find(selector, exact=text), f"{text!r} to click")[-1])

    def type(self, target, text, clear=False):
        element = self.click(target)
        if clear:
            self.press(Keys.CONTROL, "a")
            self.press(Keys.DELETE)
        ActionChains(self.web).send_keys(text).perform()
        return element

    def press(self, *keys):
        """Presses keys together, for example press(Keys.CONTROL, Keys.ENTER)."""
        chain = ActionChains(self.web)
        for key in keys[:-1]:
            chain.key_down(key)
        chain.send_keys(keys[-1])
        for key in reversed(keys[:-1]):
            chain.key_up(key)
        chain.perform()

    def press_for(self, key, expression, what):
        """Presses a key until the expression is true: what comes while a page still binds its keys is lost, and people press again."""
        for _ in range(3):
            self.press(key)
            try:
                return self.wait_run(expression, what, KEY_SECONDS)
            except BrowserTimeout:
                pass
        return self.wait_run(expression, what)

    def point(self, target, x, y):
        """Page coordinates of a place in an element, given as fractions of its width and height."""
        box = self.web.execute_script(
            "const b = arguments[0].getBoundingClientRect(); return [b.left, b.top, b.width, b.height]",
            self.element(target))
        return round(box[0] + box[2] * x), round(box[1] + box[3] * y)

    def drag_points(self, start, end, steps=8):
        """Drags from one point of the window to another, in steps as a hand would."""
        builder = ActionBuilder(self.web, duration=15)
        mouse = builder.pointer_action
        mouse.move_to_location(*start).pointer_down()
        for step in range(1, steps + 1):
            mouse.move_to_location(round(start[0] + (end[0] - start[0]) * step / steps),
                                   round(start[1] + (end[1] - start[1]) * step / steps))
        mouse.pointer_up()
        builder.perform()

    def drag(self, target, start, end, steps=8):
        """Drags inside an element; start and end are fractions (x, y) of its size."""
        element = self.element(target)
        self.drag_points(self.point(element, *start), self.point(element, *end), steps)

    def select_text(self, target, text):
        """Marks a piece of text with the mouse, as an annotator does."""
        ends = self.web.execute_script("""
            const walker = document.createTreeWalker(arguments[0], NodeFilter.SHOW_TEXT);
            for (let node; (node = walker.nextNode());) {
                const at = node.data.indexOf(arguments[1]);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + arguments[1].length);
                const boxes = [...range.getClientRects()];
                const first = boxes[0], last = boxes[boxes.length - 1];
                return [[first.left + 1, first.top + first.height / 2], [last.right - 1, last.top + last.height / 2]];
            }
            return null;""", self.element(target), text)
        assert ends, f"no text {text!r} to mark"
        (x1, y1), (x2, y2) = ends
        self.drag_points((round(x1), round(y1)), (round(x2), round(y2)))

    # what went wrong

    def collect_faults(self):
        """Adds what the browser noticed since the last call to `faults` and gives them all."""
        try:
            self.faults += self.web.execute_script("const f = window.__faults || []; window.__faults = []; return f")
        except Exception as error:  # pylint: disable=broad-except
            if "script" not in str(error).lower():
                raise
        for entry in self.web.get_log("browser"):
            if entry["level"] == "SEVERE":
                self.faults.append(entry["message"])
        for address in self._foreign_requests():
            self.faults.append(f"request to another host: {address}")
        return self.faults

    def forget_faults(self):
        """For the beginning of a test that shares its browser with others."""
        self.collect_faults()
        self.faults = []

    def _foreign_requests(self):
        for entry in self.web.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] != "Network.requestWillBeSent":
                continue
            address = message["params"]["request"]["url"]
            parts = urlsplit(address)
            if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc not in self.hosts:
                yield address

    def assert_clean(self, ignore=()):
        """No console error, CSP violation, uncaught error or request to another host; `ignore` lists texts that are
        expected, for example the address of a request that the test made fail."""
        bad = [fault for fault in self.collect_faults() if not any(text in fault for text in ignore)]
        self.faults = []
        assert not bad, "the page did wrong:\n" + "\n".join(bad)
