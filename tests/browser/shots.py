#!/usr/bin/env python3
"""Pictures of every page, to be looked at: at 1280 and 768 px, light and dark, with nothing, one thing and 10,000; beside them sheets that
show many at once.

    LABELD_BUILD=… EDITOR_DIR=… tests/browser/shots.py DIR [--only PART] [--widths 1280,768] [--schemes light,dark] [--tasks 10000]"""

import argparse
import base64
import html
import os
import re

from driver import Browser
from site_steps import Site
from test_quality import Quality

HEIGHT, TALLEST = 800, 1600
LONG = "A project whose name is as long as names may be: W"
SHEET_COLUMNS, SHEET_ROWS = 4, 3


class Shots(Site):
    """What Quality looks at, and what only people can judge."""

    def __init__(self, arguments):
        super().__init__()
        self.arguments = arguments
        self.made = []  # (name, file)

    def size(self, width, height=HEIGHT):
        self.browser.resize(width, height)

    def picture(self, name):
        """The whole page, as far as it is not endless."""
        height = self.browser.run("return document.documentElement.scrollHeight")
        shot = self.browser.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip={
            "x": 0, "y": 0, "width": self.browser.run("return innerWidth"), "height": min(max(height, HEIGHT), TALLEST), "scale": 1})
        path = os.path.join(self.arguments.folder, name + ".png")
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))
        self.made.append((name, path))

    def looks(self, name, path):
        """One page in every width and scheme."""
        if self.arguments.only and self.arguments.only not in path:
            return
        self.open(path)
        if "task=" in path or "labeling" in path:
            self.browser.wait_run("window.Htx?.annotationStore?.selected || document.querySelector('.config-panes')", "task", 60)
        for scheme in self.arguments.schemes.split(","):
            self.browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme},
                                                                     {"name": "prefers-reduced-motion", "value": "reduce"}])
            for width in map(int, self.arguments.widths.split(",")):
                self.size(width)
                wide = self.browser.run("return document.documentElement.scrollWidth - innerWidth")
                if wide > 0:
                    print(f"{path}: {wide} px wider than {width}")
                self.picture(f"{name}-{width}-{scheme}")
        self.size(1280)

    def sheets(self, browser):
        """Many at once, drawn by the browser: a page of pictures each."""
        each = SHEET_COLUMNS * SHEET_ROWS
        for first in range(0, len(self.made), each):
            page = os.path.join(self.arguments.folder, "sheet.html")
            figures = "".join(f"<figure><img src='{os.path.basename(path)}'><figcaption>{html.escape(name)}</figcaption></figure>"
                              for name, path in self.made[first:first + each])
            with open(page, "w", encoding="utf-8") as out:
                out.write(f"<!doctype html><meta charset=utf-8><style>body {{ display: grid; grid-template-columns: repeat({SHEET_COLUMNS}, 1fr); gap: 8px; "
                          "margin: 8px; font: 14px sans-serif } figure { margin: 0 } img { width: 100%; height: 520px; object-fit: contain; object-position: left top; "
                          f"border: 1px solid gray }}</style>{figures}")
            browser.resize(1960, 1660)
            browser.web.get("file://" + os.path.abspath(page))
            browser.screenshot(os.path.join(self.arguments.folder, f"sheet-{first // each + 1:02}.png"))
        os.unlink(page)

    def all(self):
        self.looks("00-nothing-projects", "/projects/")
        self.looks("00-nothing-trash", "/trash")
        many = self.project(LONG)
        for first in range(0, self.arguments.tasks, 5000):
            self.call("POST", f"/api/projects/{many}/import", 201, json=[
                {"text": f"Sentence {i} of many, long enough to be cut where the column ends. " * (1 + i % 3), "score": i / 7}
                for i in range(first, min(first + 5000, self.arguments.tasks))])
        for task in self.tasks(many)[:40]:
            self.call("POST", f"/api/tasks/{task['id']}/annotations/", 201, json={"result": []})
        self.call("POST", f"/api/projects/{many}/exports/", 201, json={"title": "Before the change"})
        one = self.project("One task", 1)
        for name in ("data", "data?labeling=1", "import", "export", "settings/", "settings/labeling", "trash"):
            self.looks(f"10-many-{slug(name)}", f"/projects/{many}/{name}")
        self.looks("11-one-data", f"/projects/{one}/data")
        self.looks("12-filtered", f"/projects/{many}/data?state=done")
        number = 20
        for paths in self.every_page().values():
            for path in paths:
                self.looks(f"{number}-{slug(path)}", path)
                number += 1

    tab, every_page = Quality.tab, Quality.pages


def slug(path):
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "root"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--only", help="pages with this in their address")
    parser.add_argument("--widths", default="1280,768")
    parser.add_argument("--schemes", default="light,dark")
    parser.add_argument("--tasks", type=int, default=10_000)
    arguments = parser.parse_args()
    os.makedirs(arguments.folder, exist_ok=True)
    Shots.setUpClass()
    shots = Shots(arguments)
    shots.all()
    with Browser() as browser:
        shots.sheets(browser)
    print(f"{len(shots.made)} pictures in {arguments.folder}")


main()
