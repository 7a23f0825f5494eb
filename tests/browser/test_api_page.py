"""The page of the API (/docs/api/): the viewer draws the document, a call is tried with the session, nothing breaks the strict policy of
pages. Needs EDITOR_DIR with the viewer in it, as contrib/install-editor makes it."""

import unittest

from site_steps import Site

BLOCK = "#operations-Projects-api_projects_list"


class ApiPage(Site):
    def test_reading_and_trying(self):
        self.open("/docs/api/")
        self.browser.wait_selector("#api-viewer .opblock-tag")
        tags = self.browser.run("return [...document.querySelectorAll('.opblock-tag')].map((e) => e.dataset.tag)")
        self.assertLess({"Projects", "Tasks", "Annotations", "Storage: S3"}, set(tags))
        self.browser.click("#operations-tag-Projects button")
        self.browser.click(f"{BLOCK} .opblock-summary-control")
        self.browser.wait_text("Page of the list, from 1.", BLOCK)
        self.shot("api")
        self.browser.click(f"{BLOCK} .try-out__btn")
        self.browser.click(f"{BLOCK} .execute")
        self.browser.wait_text('"results"', f"{BLOCK} .live-responses-table .response-col_description")
        self.assertEqual("200", self.browser.text(f"{BLOCK} .live-responses-table tbody .response-col_status").strip().split()[0])
        self.browser.assert_clean()

    def test_the_guide_leads_to_it(self):
        self.open("/docs/calls")
        self.browser.click_text("Every call", "nav.side a")
        self.browser.wait_selector("#api-viewer .opblock-tag")
        self.assertIn("OpenAPI document", self.browser.text("main"))
        self.browser.assert_clean()


class ApiPageBelowAPath(ApiPage):
    prefix = "/label"


if __name__ == "__main__":
    unittest.main()
