"""What every page owes: no finding of axe-core in light and dark, nothing that moves while it loads, little to load, nothing inline.
A page without a line in `pages` fails here. AXE_JS names axe.min.js (npm ci in this folder, or contrib/check browser)."""

import os
import re
import time
import unittest

from site_steps import NOT_FOUND, Site

HERE = os.path.dirname(os.path.abspath(__file__))
ROUTES = os.path.join(HERE, "..", "..", "src", "page", "routes.def")
AXE_JS = os.environ.get("AXE_JS", os.path.join(HERE, "node_modules", "axe-core", "axe.min.js"))
WEIGHT_MOST = 120_000  # bytes as they travel, the editor not counted
STYLE_MOST = 40_000  # each; what a page loads of them counts with its weight
SHIFT_MOST = 0.01  # layout-shift score: a hundredth; a page that comes slowly may draw its bar before the whole of it is there
REDIRECTS = ("/", "/logout/", "/projects/{id:int}/", "/organization/activity.csv")  # no page of their own
PUBLIC = ("/user/login/", "/user/signup/")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# What axe finds, each with the element; the editor's inside is not ours.
AXE_RUN = """
const rules = arguments[1] ? {runOnly: {type: 'rule', values: ['color-contrast']}} : {runOnly: arguments[0]};
const found = await axe.run({exclude: [['#label-studio'], ['iframe']]}, rules);
return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')} ${n.html.slice(0, 120)}`));"""
# Counting begins before the page does.
SHIFTS = """window.__shifts = [];
new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) __shifts.push(
    [e.value, ...e.sources.map((s) => (s.node?.outerHTML ?? s.node?.textContent ?? '').slice(0, 100))]);
}).observe({type: 'layout-shift', buffered: true});"""
LOADED = """return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .filter((e) => !/editor-/.test(e.name)).map((e) => [e.transferSize, e.name]);"""
# As it came: what scripts did to it meanwhile does not count.
INLINE = """const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
return [...page.querySelectorAll('style, [style], [onclick], script:not([src]):not([type="application/json"])')]
    .map((e) => e.outerHTML.slice(0, 120));"""


class Quality(Site):
    """At the root of the host; the pages are the same below a path."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not os.path.exists(AXE_JS):
            raise unittest.SkipTest("axe-core is not installed: npm ci in tests/browser")
        with open(AXE_JS, encoding="utf-8") as file:
            cls.axe = file.read()
        cls.browser.cdp("Network.enable")
        cls.browser.cdp("Network.setCacheDisabled", cacheDisabled=True)
        shifts = cls.browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=SHIFTS)["identifier"]
        cls.addClassCleanup(cls.browser.cdp, "Network.setCacheDisabled", cacheDisabled=False)
        cls.addClassCleanup(cls.browser.cdp, "Page.removeScriptToEvaluateOnNewDocument", identifier=shifts)

    def setUp(self):
        super().setUp()
        self.addCleanup(self.browser.color_scheme, "light")

    def tab(self, project):
        return self.call("POST", "/api/dm/views/", 201, json={"project": project, "data": {"title": "A tab"}}).json()["id"]

    def pages(self):
        """Every page: address of the route → addresses to look at."""
        full, empty = self.project("A project with tasks", 30), self.project("An empty project")
        self.call("PATCH", "/api/organizations/1/", json={"custom_scripts_enabled": True})
        self.addCleanup(self.call, "PATCH", "/api/organizations/1/", json={"custom_scripts_enabled": False})
        for script in ("one", "two"):
            self.call("PATCH", f"/api/projects/{empty}/", json={"custom_script": script})
        task = self.tasks(full)[0]["id"]
        hook = self.call("POST", "/api/webhooks/", 201, json={"project": full, "url": "https://hooks.example.com/in", "secret": "x"}).json()["id"]
        value = {"id": "a", "from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["Good"]}}
        self.call("POST", "/api/predictions/", 201, json={"task": task, "result": [value], "model_version": "v1"})
        self.call("POST", "/api/organizations/1/member-tags", 201, json={"label": "Night shift"})
        of = "/projects/{id:int}"
        return {
            "/organization/": ["/organization/", "/organization/?search=nobody"], "/people/": ["/people/"],
            "/organization/settings": ["/organization/settings"], "/organization/permissions": ["/organization/permissions"],
            "/organization/tags": ["/organization/tags"], "/organization/activity": ["/organization/activity"],
            "/user/account/": ["/user/account/"], "/user/account/{tab:str}": ["/user/account/" + tab for tab in ("password", "hotkeys", "tokens")],
            "/projects/": ["/projects/", "/projects/?search=nothing+like+this", f"/projects/?workspace={self.workspace(full)}"], "/projects/new": ["/projects/new"],
            f"{of}/custom-script.js": [f"/projects/{empty}/settings/custom-script", "/docs/scripts"],  # a tab and a page that go with it
            f"{of}/custom-script/bench": [],  # a frame of that tab: the editor and nothing else
            "/preview": [],  # a frame of the configuration pages: the editor and nothing else
            f"{of}/data": [f"/projects/{full}/data", f"/projects/{empty}/data", f"/projects/{full}/data?state=done",
                           f"/projects/{full}/data?task={task}", f"/projects/{full}/data?quick={task}",
                           f"/projects/{full}/data?type=grid&q=Sentence", f"/projects/{full}/data?tab={self.tab(full)}&ordering=-id",
                           f"/projects/{full}/data?f1=data.text&o1=contains&v1=1&f2=id&o2=in&v2=x&w2=9&f3=created_at&o3=less&v3=2026-01-31T12:00:00Z&edit=add-1"],
            f"{of}/data/filter": [], f"{of}/data/count": [], f"{of}/data/figures": [],  # parts of that page
            "/workspaces/": ["/workspaces/"], "/workspaces/{id:int}": [f"/workspaces/{self.workspace(full)}?find_people=&find_projects="],
            "/trash": ["/trash"], f"{of}/trash": [f"/projects/{full}/trash"],
            f"{of}/import": [f"/projects/{full}/import"], f"{of}/export": [f"/projects/{full}/export", f"/projects/{full}/export?q=1"],
            f"{of}/settings/": [f"/projects/{full}/settings/"], f"{of}/jobs": [f"/projects/{full}/jobs"],
            f"{of}/settings/{{tab:str}}": [f"/projects/{full}/settings/{tab}" for tab in ("labeling", "instructions", "annotation", "review", "ml", "predictions", "storage", "indexes",
                                            "storage?direction=import&type=s3", "members", f"webhooks?hook={hook}", "predictions?delete=v1",
                                            "danger-zone")],
            "/docs/": ["/docs/"], "/docs/api/": ["/docs/api/"], "/docs/ui/": ["/docs/ui/"],
            "/docs/{page:str}": ["/docs/" + name for name in ("install", "import", "label", "export", "calls", "operate")],
            "nothing there": ["/projects/999999/data"],
        }

    def scheme(self, name):
        """At once: colours on their way from one to the other have no contrast yet."""
        self.browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name},
                                                                 {"name": "prefers-reduced-motion", "value": "reduce"}])

    def dark_findings(self):
        """What stays: the editor's style lets colours fade over, which takes a moment while it is still loading."""
        for _ in range(40):
            found = self.browser.run(AXE_RUN, RULES, True)
            if not found:
                break
            time.sleep(0.3)
        return found

    def check(self, path):
        found = []
        self.open(path)
        self.browser.wait_run("document.readyState === 'complete'")
        self.browser.web.execute_script(self.axe)
        found += self.browser.run(AXE_RUN, RULES, False)
        self.scheme("dark")
        found += ["dark " + text for text in self.dark_findings()]
        self.scheme("light")
        found += [f"moved: {shift}" for shift in self.browser.run("return __shifts") if shift[0] > SHIFT_MOST and "task=" not in path]
        loaded = self.browser.run(LOADED)
        if sum(size for size, _ in loaded) > WEIGHT_MOST:
            found.append(f"too heavy: {sorted(loaded, reverse=True)}")
        found += ["inline: " + text for text in self.browser.run(INLINE)]
        return [f"{path}: {text}" for text in found]

    def check_all(self, paths):
        found = [text for path in paths for text in self.check(path)]
        self.browser.assert_clean(ignore=[NOT_FOUND])
        self.assertEqual([], found, "\n".join(found))

    def test_every_page(self):
        with open(ROUTES, encoding="utf-8") as file:
            routes = re.findall(r'PAGE\(GET, +"([^"]+)"', file.read())
        pages = self.pages()
        self.assertEqual(set(), set(routes) - set(pages) - set(REDIRECTS) - set(PUBLIC), "pages that nobody looks at")
        self.check_all(path for paths in pages.values() for path in paths)

    def test_dialogs_of_the_task_table(self):
        project, found = self.project("Asked before", 3), []
        self.open(f"/projects/{project}/data")
        self.browser.press("a")      # stays so from one to the other
        for action in ("delete_tasks_predictions", "assign", "add_data_field"):
            self.open(f"/projects/{project}/data")
            self.browser.wait_text("3 selected", "[data-picked-count]")
            self.browser.click("#dm-actions-menu summary")
            self.browser.click(f"#dm-actions-menu button[value={action}]")
            self.browser.wait_selector("dialog[open] #dm-confirm")
            self.browser.web.execute_script(self.axe)
            found += [f"{action}: {text}" for text in self.browser.run(AXE_RUN, RULES, False)]
            self.scheme("dark")
            found += [f"{action} dark: {text}" for text in self.dark_findings()]
            self.scheme("light")
        self.browser.assert_clean()
        self.assertEqual([], found, "\n".join(found))

    def test_pages_before_log_in(self):
        cookies = self.browser.web.get_cookies()
        self.browser.web.delete_all_cookies()
        try:
            self.check_all([*PUBLIC, "/docs/"])
        finally:
            for cookie in cookies:
                self.browser.web.add_cookie(cookie)

    def test_the_stylesheets_are_small(self):
        folder = os.path.join(HERE, "..", "..", "templates", "static", "css")
        sizes = {name: os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder)}
        self.assertLess(max(sizes.values()), STYLE_MOST, sizes)


if __name__ == "__main__":
    unittest.main()
