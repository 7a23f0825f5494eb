"""The pages around the editor in a real browser against a real server: accounts, a new project with and without scripts, import,
the task table, settings, export. Once at the root of the host and once below a sub-path.

Needs EDITOR_DIR (a folder made by contrib/install-editor) and LABELD_BUILD; see tests/server.py."""

import json
import subprocess
import unittest

from driver import Browser, Keys
from site_steps import CHOICES, NOT_FOUND, REFUSED, Site

SUBMIT = "[data-testid=bottombar-submit-button]"
STREAM_END = "/next/"  # the 404 that ends the stream, which the browser logs


class Root(Site):
    """At the root of the host."""

    # accounts

    def test_sign_up_log_out_and_log_in(self):
        email = "ann@example.com"
        with Browser() as browser:
            browser.open(self.url("/projects/"))
            browser.wait_url("/user/login/?next=")
            browser.click("a[href*='/user/signup/']")
            browser.type("[name=email]", email)
            browser.type("[name=password]", "short")
            browser.web.execute_script("document.querySelector('[name=password]').removeAttribute('minlength')")
            browser.press(Keys.ENTER)
            browser.wait_selector("#password-error")
            self.assertEqual(email, browser.element("[name=email]").get_attribute("value"))
            browser.type("[name=password]", "a long password")
            browser.press(Keys.ENTER)
            browser.wait_text("Projects", "h1")
            browser.click("details.menu summary")
            browser.click_text("Log out")
            browser.wait_url("/user/login/")
            browser.open(self.url("/projects/new"))
            browser.wait_url("/user/login/?next=")
            browser.type("[name=email]", email)
            browser.type("[name=password]", "a long password")
            browser.press(Keys.ENTER)
            browser.wait_text("New project", "h1")
            browser.assert_clean(ignore=[REFUSED])

    # workspaces

    def test_a_workspace_from_the_menu_to_its_projects(self):
        moved = self.project("To be moved")
        self.open("/projects/")
        self.browser.click("details.menu summary")
        self.browser.click_text("Workspaces", "a")
        self.browser.type("#title", "Clinic")
        self.browser.press(Keys.ENTER)
        self.toast("Workspace made.")
        place = int(self.browser.url.split("/workspaces/")[1])
        self.browser.click_text("Move projects here", "summary")
        self.browser.type("[name=find_projects]", "to be MOVED")
        self.browser.press(Keys.ENTER)
        self.browser.click(f"label[for=project-{moved}]")
        self.browser.click_text("Move selected here")
        self.toast("1 project is in the workspace.")
        self.shot("workspace")
        self.browser.click(".facts a")
        self.browser.wait_text("Clinic", "h1")
        self.assertEqual(["To be moved"], self.browser.texts("article h2"))
        self.browser.type("#site-search [name=search]", "nothing")  # stays in the workspace
        self.browser.wait_text("No project has “nothing” in its name")
        self.assertIn(f"workspace={place}", self.browser.url)
        self.shot("workspace-projects")
        self.browser.click_text("New project")
        self.browser.wait_selector("#title")
        self.assertEqual(str(place), self.browser.run("return document.querySelector('#workspace').value"))
        self.browser.javascript(False)
        self.open(f"/workspaces/{place}")
        self.browser.element("#projects tbody input").click()
        self.browser.element("button[value=remove_projects]").click()
        self.toast("1 project is out of the workspace.")
        self.browser.element(".toast .link").click()
        self.toast("1 project is in the workspace.")
        self.assertEqual(place, self.call("GET", f"/api/projects/{moved}/").json()["workspace"])
        self.call("DELETE", f"/api/projects/{moved}/", 204)
        self.open(f"/workspaces/{place}")
        self.browser.element("button[value=delete]").click()
        self.toast("Workspace deleted.")
        self.browser.assert_clean()

    # work in the background

    def sql(self, statement):
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.server.db, "-c", "SET search_path = labeld; " + statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def test_work_in_the_background_is_followed(self):
        project = self.project("Background", 3)
        payload = json.dumps({"project": project, "action": "delete_tasks", "upto": 4})
        job = self.sql("INSERT INTO job (kind, payload, state, started_at, heartbeat_at, progress) VALUES"
                       f" ('action', '{payload}', 'running', now(), 'infinity', '{{\"done\": 1, \"total\": 4}}') RETURNING id")
        self.open(f"/projects/{project}/data")
        self.browser.wait_text("1 of 4", "[data-job]")
        self.sql(f"UPDATE job SET progress = '{{\"done\": 3, \"total\": 4}}' WHERE id = {job}")
        self.browser.wait_text("3 of 4", "[data-job]")
        self.sql(f"UPDATE job SET state = 'done', progress = '{{\"result\": {{\"detail\": \"Deleted 4 tasks\"}}}}' WHERE id = {job}")
        self.toast("Delete Tasks: Deleted 4 tasks.")
        self.browser.click_text("Show the page as it is now")
        self.browser.wait_selector("[data-table]")
        self.assertEqual([], self.browser.all("[data-job]"))
        self.browser.assert_clean()

    # a new project

    def new_project(self):
        """The form as nobody has seen it: what another test wrote comes back in the same browser."""
        self.open("/docs/")
        self.browser.run("sessionStorage.clear()")
        self.open("/projects/new")

    def test_new_project_in_three_steps(self):
        self.new_project()
        self.browser.type("#title", "Three steps")
        self.browser.click_text("Next: data")
        self.choose(self.file("old.csv", b"text\ncaf\xe9\n"))
        self.browser.click_text("Next: labelling set-up")
        self.browser.click_text("Create project")
        self.browser.wait_text("Could not read old.csv: its text is not UTF-8.", "[data-form-errors]")
        self.assertEqual("step-data", self.browser.run("return document.querySelector('[data-step]:not([hidden])').id"))
        self.browser.run("document.querySelector('[data-drop] input').value = ''")
        self.choose(self.file("tasks.json", json.dumps([{"text": f"From a file {i}"} for i in range(3)])))
        self.browser.wait_text("tasks.json", "[data-files]")
        self.fill("#paste", '{"text": "Pasted"}')
        self.browser.click_text("Next: labelling set-up")
        self.fill("#label_config", "<View>\n<Text name='text' value='$text'>\n</View>")
        self.browser.wait_text("line 3", "[data-config-status]")
        self.browser.click_text("Create project")
        self.browser.wait_text("Line 3: mismatched tag", "[data-form-errors]")
        self.fill("#label_config", CHOICES)
        self.browser.click_text("Create project")
        self.toast("Project created with 4 tasks.")
        self.shot("tasks")
        self.assertEqual(["From a file 0", "From a file 1", "From a file 2", "Pasted"],
                         [t["data"]["text"] for t in self.tasks(self.new_id())])
        self.browser.assert_clean(ignore=[REFUSED])

    def test_nothing_is_lost_by_going_back(self):
        self.new_project()
        self.browser.type("#title", "Kept")
        self.browser.click_text("Next: data")
        self.browser.type("#paste", "[1]")
        self.browser.web.back()  # to the first step
        self.browser.wait_selector("#title")
        self.browser.click_text("Next: data")
        self.browser.click_text("Next: labelling set-up")
        self.open("/docs/")
        self.open("/projects/new")
        self.toast("What you wrote before is here again.")
        self.assertEqual("Kept", self.browser.element("#title").get_attribute("value"))
        self.assertEqual("[1]", self.browser.run("return document.querySelector('#paste').value"))
        self.browser.click_text("Undo", ".toast .link")
        self.browser.wait_run("document.querySelector('#title').value === ''")
        self.browser.click("[data-steps-nav] li:nth-child(2) a")
        self.browser.click("button[value=sample]")
        self.toast("Project created with 5 tasks.")
        self.open("/projects/new")
        self.assertEqual(0, len(self.browser.all(".toast .link")))
        self.browser.assert_clean()

    def test_new_project_without_scripts(self):
        self.browser.javascript(False)
        self.open("/projects/new")
        self.fill("#title", "No scripts")
        self.fill("#paste", '[{"text": "one"}, {"txt": "two"}]')
        self.fill("#label_config", CHOICES)
        self.browser.element("button[value=create]").click()
        self.browser.wait_text("1 item does not fit", "[data-form-errors]")
        self.browser.wait_text("Item 2:", ".notice.warn")
        self.shot("refused")
        self.assertEqual("No scripts", self.browser.element("#title").get_attribute("value"))
        self.assertIn("Bad", self.browser.element("#label_config").get_attribute("value"))
        self.assertNotIn("No scripts", self.titles())  # nothing half-made
        self.fill("#paste", '[{"text": "one"}, {"text": "two"}]')
        self.browser.element("button[value=create]").click()
        self.toast("Project created with 2 tasks.")
        self.assertEqual(2, len(self.tasks(self.new_id())))

    def test_the_template_counts_when_no_configuration_is_given(self):
        self.browser.javascript(False)
        self.open("/projects/new")
        self.fill("#title", "From a template")
        self.browser.element("#template-named-entities").click()
        self.browser.element("button[value=create]").click()
        self.toast("Project created.")
        made = self.call("GET", f"/api/projects/{self.new_id()}/").json()
        self.assertIn("<Labels", made["label_config"])
        self.browser.wait_text("No tasks yet")

    def test_a_short_name_is_told_at_its_field(self):
        self.new_project()
        self.browser.type("#title", "ab")
        self.browser.click("[data-steps-nav] li:nth-child(3) a")
        self.browser.click_text("Create project")
        self.browser.wait_selector("#title-error")
        self.assertIn("at least 3 characters", self.error_under("title"))
        self.fill("#title", "Long enough")
        self.browser.click("[data-steps-nav] li:nth-child(3) a")
        self.fill("#label_config", "<View>")
        self.browser.click_text("Create project")
        self.browser.wait_run("document.activeElement.id === 'label_config' && document.querySelector('#config-error')"
                              " && document.querySelector('#config-error').getBoundingClientRect().bottom <= innerHeight", "the wrong field under the cursor")
        self.browser.assert_clean(ignore=[REFUSED])

    def test_a_sample_project_can_be_labelled_at_once(self):
        with Browser() as browser:
            browser.open(self.url("/user/signup/"))
            browser.type("[name=email]", "sam@example.com")
            browser.type("[name=password]", "a long password")
            browser.press(Keys.ENTER)
            browser.wait_url("/projects/")
            answer = browser.run("""
                const body = new FormData();
                body.set('csrfmiddlewaretoken', document.cookie.match(/csrftoken=([^;]+)/)[1]);
                body.set('action', 'sample');
                const answer = await fetch(arguments[0], {method: 'POST', body});
                return [answer.status, answer.url];""", self.url("/projects/new"))
            self.assertEqual(200, answer[0])
            browser.open(answer[1])
            browser.wait_text("5 tasks")
            browser.click_text("Label all tasks")
            browser.wait_selector(SUBMIT)
            browser.assert_clean()

    # import

    def test_import_of_a_file_and_of_one_that_is_broken(self):
        project = self.project("Import")
        self.open(f"/projects/{project}/import")
        self.choose(self.file("broken.json", '[{"text": 1}'))
        self.browser.click_text("Import", "form button")
        self.browser.wait_text("Could not read broken.json: Expecting", "[data-form-errors]")
        self.assertEqual([], self.tasks(project))
        self.open(f"/projects/{project}/import")
        self.choose(self.file("tasks.json", '[{"data": {"text": "Zoë"}}]'))
        self.browser.click_text("Import", "form button")
        self.toast("1 task imported.")
        self.browser.wait_text("Zoë", "td")
        self.open(f"/projects/{project}/import")
        self.browser.click_text("Import", "form button")
        self.browser.wait_selector("#files-error")
        self.browser.assert_clean(ignore=[REFUSED])

    def test_labels_of_other_tools(self):
        project = self.project("Labels of other tools", config="<View></View>")
        box = {"image_id": 1, "category_id": 1, "bbox": [4, 5, 10, 10]}
        coco = {"images": [{"id": 1, "file_name": "/static/favicon.svg", "width": 40, "height": 20}], "categories": [{"id": 1, "name": "Cat"}],
                "annotations": [box]}
        self.open(f"/projects/{project}/import")
        self.choose(self.file("coco.json", json.dumps(coco)))
        self.browser.wait_text("Recognised: COCO, 1 task, 1 region, 1 label.", "[data-look]")
        self.assertEqual([], self.tasks(project))
        self.browser.click_text("Labels of other tools: COCO, YOLO, Pascal VOC, CoNLL, JSON Lines, masks", "summary")
        self.shot("import-recognised")
        self.browser.click_text("Import", "form button")
        self.toast("1 task imported: COCO, 1 label. The label configuration was made from them.")
        self.assertIn("RectangleLabels", self.call("GET", f"/api/projects/{project}/").json()["label_config"])
        coco["annotations"] += [{**box, "category_id": 7}, {**box, "bbox": []}]
        self.open(f"/projects/{project}/import")
        self.choose(self.file("coco.json", json.dumps(coco)))
        self.browser.wait_text("2 rows cannot be used. coco.json, row 2, annotations.category_id: 7 is not among the categories", "[data-look]")
        self.browser.click_text("Import", "form button")
        self.browser.wait_text("Nothing was imported: 2 rows cannot be used. coco.json, row 2, annotations.category_id: 7 is not among the categories", "[data-form-errors]")
        self.assertEqual(1, len(self.tasks(project)))
        self.browser.click("#on_error")
        self.browser.click_text("Import", "form button")
        self.browser.wait_text("1 task imported: COCO, 1 label. 2 rows were left out.", "[data-left-out]")
        self.browser.wait_text("coco.json, row 3, annotations.bbox: must be [x, y, width, height]", "[data-left-out] li")
        self.shot("import-left-out")
        self.assertEqual(2, len(self.tasks(project)))
        self.browser.assert_clean(ignore=[REFUSED])

    def test_many_files_go_in_several_requests(self):
        project = self.project("Many files")
        files = [self.file(f"{i}.json", f'[{{"text": "From file {i}"}}]') for i in range(5)] + [self.file("5.json", "[1")]
        self.open(f"/projects/{project}/import")
        self.browser.run("document.querySelector('[data-drop]').dataset.mostFiles = 2")
        self.browser.all("input[type=file]")[0].send_keys("\n".join(files))
        self.browser.click_text("Import", "form button")
        self.browser.wait_text("4 of 6 files were imported, the rest is still chosen. Could not read 5.json", "[data-form-errors]")
        self.assertEqual(["4.json", "5.json"], self.browser.run("return [...document.querySelector('#files').files].map((f) => f.name)"))
        self.assertEqual([f"From file {i}" for i in range(4)], [t["data"]["text"] for t in self.tasks(project)])
        self.open(f"/projects/{project}/import")
        self.browser.run("document.querySelector('[data-drop]').dataset.mostFiles = 2")
        self.browser.all("input[type=file]")[0].send_keys("\n".join(files[:5]))
        self.browser.click_text("Import", "form button")
        self.toast("5 tasks imported.")
        self.open(f"/projects/{project}/import")
        self.browser.run("const place = document.querySelector('[data-drop]').dataset; place.mostBytes = 10; place.piecesBytes = 20")
        self.choose(files[0])
        self.browser.click_text("Import", "form button")
        self.browser.wait_text("“0.json” has 25 B, the server takes 20 B at most.", "[data-form-errors]")
        self.assertEqual(9, len(self.tasks(project)))
        self.browser.assert_clean(ignore=[REFUSED])

    # Of the pieces of a file: what becomes of the n-th one.
    PIECES = """document.querySelector('[data-drop]').dataset.mostBytes = 1000;
        const send = XMLHttpRequest.prototype.send, lost = arguments[0], held = arguments[1];
        window.pieces = 0;
        XMLHttpRequest.prototype.send = function (body) {
            if (!(body instanceof ArrayBuffer)) return send.call(this, body);
            sessionStorage.pieces = window.pieces += 1;
            if (window.pieces === lost) return this.dispatchEvent(new ProgressEvent("error"));
            if (window.pieces !== held) send.call(this, body);
        };"""

    def test_a_large_file_goes_in_pieces_and_goes_on_where_it_was(self):
        project = self.project("Pieces")
        bytes_sent = bytes(range(256)) * 80_000  # three pieces
        file = self.file("long talk.mp3", "")
        with open(file, "wb") as f:
            f.write(bytes_sent)
        self.open(f"/projects/{project}/import")
        self.browser.run(self.PIECES, 0, 2)
        self.choose(file)
        self.browser.click_text("Import", "form button")
        self.browser.wait_run("window.pieces === 2")
        self.browser.click("[data-cancel]")
        self.browser.wait_text("Cancelled. The server keeps for a day what it has of the file", "[data-form-errors]")
        self.open(f"/projects/{project}/import")
        self.browser.wait_text("“long talk.mp3” is not whole yet: 8.4 MB of 20 MB are here.", "[data-unfinished]")
        self.shot("import-unfinished")
        self.browser.run(self.PIECES, 1, 0)
        self.choose(file)
        self.browser.click_text("Import", "form button")
        self.toast("1 task imported.")
        self.assertEqual("3", self.browser.run("return sessionStorage.pieces"))  # the lost one again, and the last
        task, = self.tasks(project)
        self.assertEqual(bytes_sent, self.call("GET", task["data"]["text"]).content)
        # One that nobody wants any more.
        self.call("POST", f"/api/projects/{project}/uploads", 201, json={"name": "old.csv", "size": 5000})
        self.open(f"/projects/{project}/import")
        self.browser.wait_text("old.csv", "[data-unfinished]")
        self.browser.click("[data-unfinished] button")
        self.browser.wait_run("document.querySelector('[data-unfinished]').hidden")
        self.assertEqual([], self.call("GET", f"/api/projects/{project}/uploads").json())
        self.browser.assert_clean()

    def test_a_new_project_with_a_large_file(self):
        self.new_project()
        self.browser.type("#title", "Large file")
        self.browser.click_text("Next: data")
        self.browser.run("document.querySelector('[data-drop]').dataset.mostBytes = 1000")
        self.choose(self.file("large.json", json.dumps([{"text": f"Row {i}"} for i in range(100)])))
        self.browser.click_text("Next: labelling set-up")
        self.fill("#label_config", "<View>\n<Text name='text' value='$text'/>\n</View>")
        self.browser.click_text("Create project")
        self.toast("100 tasks imported.")
        self.browser.wait_text("Row 0", "td")
        self.browser.assert_clean()

    def test_import_from_an_address_that_is_refused(self):
        project = self.project("Address")
        for scripts in (True, False):
            self.browser.javascript(scripts)
            self.open(f"/projects/{project}/import")
            self.fill("#url", "http://127.0.0.1:1/tasks.json")
            self.browser.element("form button[type=submit].primary").click()
            self.browser.wait_text("URL resolves to a reserved network address", "#url-error, [data-form-errors]")
            self.assertEqual("http://127.0.0.1:1/tasks.json", self.browser.element("#url").get_attribute("value"))
        self.browser.assert_clean(ignore=[REFUSED])

    # the task table

    def test_pages_of_the_table_and_tasks_by_state(self):
        project = self.project("Many", 205)
        done = self.tasks(project)[3]["id"]
        self.call("POST", f"/api/tasks/{done}/annotations/", 201, json={"result": []})
        self.open(f"/projects/{project}/data?page=2")
        self.browser.wait_text("101–200 of 205")
        self.browser.click("a[rel=next]")
        self.browser.wait_text("201–205 of 205")
        self.open(f"/projects/{project}/data?state=todo")
        self.browser.click("a[rel=next]")
        self.browser.wait_text("101–200 of 204")
        self.browser.click("a[rel=next]")
        self.browser.wait_text("201–204 of 204")
        self.browser.click("a[rel=prev]")
        self.browser.wait_text("101–200 of 204")
        self.browser.javascript(False)
        self.open(f"/projects/{project}/data?page=2")
        self.browser.element("a[rel=next]").click()
        self.browser.wait_text("201–205 of 205")
        self.browser.javascript(True)
        self.browser.click(".facts a")
        self.browser.wait_text("State: labelled")
        self.assertEqual([str(done)], self.browser.texts("tbody th"))
        self.browser.assert_clean()

    def test_the_table_is_sorted_by_any_column(self):
        project = self.project("Sorted")
        self.call("POST", f"/api/projects/{project}/import", 201, json=[{"text": text, "n": n} for text, n in
                  (("b", 10), ("ä", 9), ("c", 100))] + [{"text": "z", "n": 1000 + n} for n in range(100)])
        shown = lambda: self.browser.texts("tbody td.c-text")[:3]
        self.open(f"/projects/{project}/data?state=todo")
        self.browser.click("th a[href*='data.text']")
        self.browser.wait_selector("th[aria-sort=ascending] a[href*='-data.text']")
        self.assertEqual(["ä", "b", "c"], shown())
        self.browser.click("a[rel=next]")
        self.browser.wait_text("101–103 of 103")
        self.open(f"/projects/{project}/data?ordering=data.n&as=number")
        self.browser.wait_selector("th[aria-sort=ascending] a[href*='-data.n']")
        self.assertEqual(["ä", "b", "c"], shown())  # as numbers
        self.browser.click("th a[href*='-data.n']")
        self.browser.wait_selector("th[aria-sort=descending]")
        self.assertEqual(["z", "z", "z"], shown())
        self.open(f"/projects/{project}/data?ordering=nothing")
        self.browser.wait_text('Unknown column "nothing".')
        self.browser.assert_clean()

    def delete_and_undo(self, project):
        ids = [t["id"] for t in self.tasks(project)]
        self.open(f"/projects/{project}/data")
        for box in self.browser.all("tbody .pick input")[:2]:
            box.click()
        self.browser.element("#dm-actions-menu summary").click()
        self.browser.click_text("Delete tasks…")
        self.browser.wait_text("2", "#dm-confirm dd")
        self.shot("delete")
        self.browser.element("#dm-confirm button.danger").click()
        self.toast("Deleted 2 tasks.")
        self.assertEqual(ids[2:], [t["id"] for t in self.tasks(project)])
        self.shot("deleted")
        self.browser.element(".toast .link").click()
        self.toast("2 tasks brought back.")
        self.assertEqual(ids, [t["id"] for t in self.tasks(project)])

    def test_delete_with_undo(self):
        self.delete_and_undo(self.project("Undo", 4))
        self.browser.assert_clean()

    def test_delete_with_undo_without_scripts(self):
        self.browser.javascript(False)
        self.delete_and_undo(self.project("Undo", 4))

    def test_the_table_by_keyboard(self):
        project = self.project("Keys", 3)
        self.open(f"/projects/{project}/data")
        self.browser.wait_selector("table")
        for key in "jjx":
            self.browser.press(key)
        self.browser.wait_text("1 selected")
        self.browser.press(Keys.DELETE)
        self.browser.wait_selector("dialog[open] .danger:focus")
        self.browser.press(Keys.ENTER)
        self.toast("Deleted 1 task.")
        self.assertEqual(["Sentence 1", "Sentence 3"], [t["data"]["text"] for t in self.tasks(project)])
        self.browser.assert_clean()

    # labelling

    def test_text_is_labelled_to_the_end_of_the_stream(self):
        project = self.project("Label", 2)
        self.open(f"/projects/{project}/data")
        self.browser.press("l")
        for key, sentence in (("1", "Sentence 1"), ("2", "Sentence 2")):
            self.browser.wait_text(sentence, "#label-studio")
            self.browser.press(key)
            self.browser.wait_run("Htx.annotationStore.selected.serializeAnnotation().length === 1")
            self.browser.click(SUBMIT)
        self.browser.wait_text("Nothing left to label here")
        self.shot("end")
        self.assertEqual("2 of 2 done · 2 today", self.browser.text("#labelling-progress"))
        self.browser.click("header a[title='Back to the tasks']")
        self.browser.wait_text("2 of 2 labelled", ".facts")
        self.assertEqual(0, len(self.browser.all(".page-head .btn.primary")))  # nothing waits any more
        chosen = [self.call("GET", f"/api/tasks/{t['id']}/").json()["annotations"][0]["result"][0]["value"]["choices"]
                  for t in self.tasks(project)]
        self.assertEqual([["Good"], ["Bad"]], chosen)
        self.browser.assert_clean(ignore=[STREAM_END])

    def test_work_is_reviewed_and_commented_on(self):
        project = self.project("Review", 2)
        for task in self.tasks(project):
            result = [{"id": "r", "from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["Good"]}}]
            self.call("POST", f"/api/tasks/{task['id']}/annotations/", 201, json={"result": result})
        self.open(f"/projects/{project}/data")
        self.browser.click("a[href$='mode=review']")
        self.browser.wait_text("Sentence 1", "#label-studio")
        self.browser.click("[data-testid='bottombar-accept-button']")
        self.browser.wait_text("Sentence 2", "#label-studio")
        self.browser.run("Htx.commentStore.addComment('Look again')")
        self.browser.wait_run("Htx.commentStore.comments.length === 1 && Htx.commentStore.comments[0].id > 0")
        self.browser.click("[aria-label='reject-annotation']")
        self.browser.wait_text("Review finished")
        tasks = [self.call("GET", f"/api/tasks/{t['id']}/").json() for t in self.tasks(project)]
        self.assertEqual([(1, 0, 0), (0, 1, 1)], [(t["reviews_accepted"], t["reviews_rejected"], t["comment_count"]) for t in tasks])
        self.open(f"/projects/{project}/data?labeling=1")
        self.browser.wait_text("A reviewer gave this back to you: “Look again”", ".labelling-notice")
        next(tab for tab in self.browser.all("#label-studio [class*='tab']") if tab.text == "Comments").click()
        self.browser.wait_text("Look again", "#label-studio")
        self.browser.assert_clean(ignore=[STREAM_END])

    def test_one_task_opens_from_the_table(self):
        project = self.project("One", 2)
        task = self.tasks(project)[1]["id"]
        self.open(f"/projects/{project}/data")
        self.browser.click(f"tbody a[href$='task={task}']")
        self.browser.wait_text("Sentence 2", "#label-studio")
        self.browser.assert_clean()

    def test_a_task_of_another_project_is_not_there(self):
        one, other = self.project("One", 1), self.project("Other", 1)
        self.open(f"/projects/{one}/data?task={self.tasks(other)[0]['id']}")
        self.browser.wait_text("404")
        self.browser.assert_clean(ignore=[NOT_FOUND])

    # settings

    def test_general_settings_are_changed_and_refused(self):
        project = self.project("Settings", 1)
        self.open(f"/projects/{project}/settings/")
        self.fill("#title", "Other name")
        self.browser.click_text("Save settings")
        self.toast("Settings saved.")
        self.browser.wait_text("Other name", "h1")
        self.open(f"/projects/{project}/settings/annotation")
        self.fill("#maximum_annotations", "3")
        self.browser.click("#show_skip_button")
        self.browser.click_text("Save settings")
        self.toast("Settings saved.")
        stored = self.call("GET", f"/api/projects/{project}/").json()
        self.assertEqual(("Other name", 3, False, True), (stored["title"], stored["maximum_annotations"],
                         stored["show_skip_button"], stored["enable_empty_annotation"]))
        self.browser.javascript(False)
        self.open(f"/projects/{project}/settings/general")
        self.browser.run("document.querySelector('#title').removeAttribute('minlength')")
        self.fill("#title", "x")
        self.fill("#description", "kept")
        self.browser.element("button[value=save]").click()
        self.browser.wait_selector("#title-error")
        self.assertIn("at least 3 characters", self.error_under("title"))
        self.assertEqual("kept", self.browser.element("#description").get_attribute("value"))
        self.assertEqual("Other name", self.call("GET", f"/api/projects/{project}/").json()["title"])

    def test_instructions_are_written_with_buttons_or_as_html(self):
        project = self.project("Instructions", 1)
        self.open(f"/projects/{project}/settings/instructions")
        self.browser.type(".rich-area", "Read twice")
        self.browser.run("getSelection().selectAllChildren(document.querySelector('.rich-area'))")
        self.browser.click_text("Heading")
        self.browser.wait_selector(".rich-area h3")
        self.assertTrue(self.browser.run("return document.querySelector('[data-guard-note]').hidden === false"))
        self.browser.click_text("Save instructions")
        self.toast("Instructions saved.")
        self.assertEqual("<h3>Read twice</h3>", self.call("GET", f"/api/projects/{project}/").json()["expert_instruction"])
        self.browser.click_text("HTML")
        self.fill("#expert_instruction", "<p>one <img src=x onerror=alert(1)><b>two</b></p>")
        self.browser.click_text("HTML")
        self.assertEqual("one two", self.browser.run("return document.querySelector('.rich-area').innerText").strip())
        self.browser.click_text("Save instructions")
        self.toast("Instructions saved.")
        self.browser.wait_text("one two", ".prose:not(.rich-area)")
        self.assertNotIn("onerror", self.call("GET", f"/api/projects/{project}/").json()["expert_instruction"])

    def test_an_instruction_that_is_emptied_is_none_and_its_pictures_are_seen(self):
        project = self.project("Empty", 1)
        picture = "/data/upload/1/none.png"
        self.call("PATCH", f"/api/projects/{project}/", json={"expert_instruction": f'<p>H<sub>2</sub>O <img src="{picture}"></p>'})
        self.open(f"/projects/{project}/settings/instructions")
        shown = self.browser.run("return document.querySelector('.rich-area img').getAttribute('src')")
        self.assertTrue(shown.endswith(picture) and shown == self.browser.run("return document.documentElement.dataset.base") + picture)
        self.assertTrue(self.browser.run("return document.querySelector('.rich-area sub') !== null"))
        self.browser.type(".rich-area", "x")
        self.assertIn(f'src="{picture}"', self.browser.run("return document.querySelector('#expert_instruction').value"))
        self.browser.run("const area = document.querySelector('.rich-area'); area.innerHTML = '<p><br></p>'; "
                         "area.dispatchEvent(new Event('input', { bubbles: true }))")
        self.browser.click_text("Save instructions")
        self.toast("Instructions saved.")
        self.assertEqual("", self.call("GET", f"/api/projects/{project}/").json()["expert_instruction"])

    def test_what_a_label_configuration_would_break_is_refused(self):
        project = self.project("Configuration", 1)
        region = {"id": "a", "from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["Bad"]}}
        self.call("POST", f"/api/tasks/{self.tasks(project)[0]['id']}/annotations/", 201, json={"result": [region]})
        self.open(f"/projects/{project}/settings/labeling")
        self.browser.wait_text("1 annotation was made with this configuration")
        self.fill("#label_config", CHOICES.replace('"Bad"', '"Poor"'))
        self.browser.wait_text("These labels still exist", "[data-config-status]")
        self.browser.click_text("Save labelling interface")
        self.browser.wait_text("These labels still exist in annotations or drafts:\nBad (1 annotation)", "#config-error")
        self.assertIn("Poor", self.browser.element("#label_config").get_attribute("value"))
        self.shot("breaks")
        self.fill("#label_config", CHOICES.replace("<Choice value=\"Good\"/>", "<Choice value=\"Good\">"))
        self.browser.wait_text("mismatched tag", "[data-config-status]")
        self.browser.click_text("Save labelling interface")
        self.browser.wait_selector("#config-error li.bad")
        self.fill("#label_config", CHOICES.replace('"Good"', '"Fine"'))
        self.browser.wait_text("The configuration is valid.", "[data-config-status]")
        self.browser.click_text("Save labelling interface")
        self.toast("Labelling interface saved.")
        self.browser.wait_text("Fine, Bad", "td")
        self.fill("#label_config", CHOICES.replace('"Bad"', '"Poor"'))
        self.browser.click_text("Save labelling interface")
        self.browser.wait_text("1 annotated region", "#breaks td")
        self.shot("breaks-asked")
        self.browser.element("#breaks option[value='to:Poor']").click()
        self.browser.click_text("Save labelling interface")
        self.toast("Labelling interface saved, and 1 annotation was changed.")
        self.browser.assert_clean(ignore=[REFUSED])

    def test_a_project_is_deleted_by_typing_its_name(self):
        project = self.project("To be deleted", 1)
        self.open(f"/projects/{project}/settings/danger-zone")
        self.assertFalse(self.browser.element("button[value=delete]").is_enabled())
        self.browser.type("#confirm", "To be deleted")
        self.browser.click("button[value=delete]")
        self.toast("The project “To be deleted” was deleted.")
        self.call("GET", f"/api/projects/{project}/", 404)
        self.browser.assert_clean()

    def test_webhooks_are_added_paused_and_deleted(self):
        project = self.project("Webhooks", 1)
        self.browser.javascript(False)
        self.open(f"/projects/{project}/settings/webhooks")
        self.browser.wait_text("None yet.")
        self.fill("#url", "http://127.0.0.1/")
        self.browser.element("button[value=add]").click()
        self.assertIn("reserved network address", self.error_under("url"))
        self.fill("#url", "https://hooks.example.com/in")
        self.browser.element("button[value=add]").click()
        self.toast("The webhook was added.")
        self.browser.wait_text("Everything", "td")
        self.shot("webhooks")
        hook, = self.call("GET", f"/api/webhooks/?project={project}").json()
        self.assertTrue(hook["is_active"] and hook["send_payload"] and hook["send_for_all_actions"])
        self.browser.element("button[value=pause]").click()
        self.toast("The webhook is paused.")
        self.browser.wait_text("Paused", ".badge")
        self.browser.element("main table a").click()
        self.browser.wait_text("What was sent", "h2")
        self.browser.element("button[value=delete]").click()
        self.toast("The webhook was deleted.")
        self.browser.wait_text("None yet.")

    # export and lists

    def test_the_export_form_gives_the_file(self):
        project = self.project("Export", 2)
        self.open(f"/projects/{project}/export")
        self.browser.click("#download_all_tasks")
        text, disposition = self.browser.run("""
            const form = document.querySelector('main form[method=get]');
            const answer = await fetch(form.action + '?' + new URLSearchParams(new FormData(form)));
            return [await answer.text(), answer.headers.get('Content-Disposition')];""")
        self.assertEqual(["Sentence 1", "Sentence 2"], sorted(t["data"]["text"] for t in json.loads(text)))
        self.assertIn(f"project-{project}-at-", disposition)
        self.browser.assert_clean()

    def snapshot_rows(self):
        return self.browser.all("[data-snapshots] tbody tr")

    def test_a_snapshot_is_made_downloaded_and_deleted(self):
        project = self.project("Snapshots", 2)
        self.open(f"/projects/{project}/export")
        self.browser.type("#snapshot-title", "Before the change")
        self.browser.click("#people")
        self.browser.click("#snapshot-form button[value=make]")
        self.toast("The snapshot is being made.")
        self.browser.wait_text("Ready", ".badge")
        self.shot("snapshots")
        text, disposition = self.browser.run("""
            const form = document.querySelector('[data-snapshots] form[method=get]');
            form.elements.exportType.value = 'CSV';
            const answer = await fetch(form.action + '?' + new URLSearchParams(new FormData(form)));
            return [await answer.text(), answer.headers.get('Content-Disposition')];""")
        self.assertEqual(3, len(text.splitlines()))
        self.assertRegex(disposition, rf'filename="project-{project}-at-.*[.]csv"')
        made, = self.call("GET", f"/api/projects/{project}/exports/").json()
        self.assertEqual("Before the change", made["title"])
        self.browser.click("[data-snapshots] button[value=delete]")
        self.toast("The snapshot was deleted.")
        self.browser.wait_text("None yet.")
        self.browser.assert_clean()

    def test_a_snapshot_without_scripts(self):
        project = self.project("Without scripts", 1)
        self.browser.javascript(False)
        self.open(f"/projects/{project}/export")
        self.browser.element("#tasks option[value=unfinished]").click()
        self.browser.element("#snapshot-form button[value=make]").click()
        self.toast("The snapshot is being made.")
        for _ in range(100):
            if self.browser.all("[data-snapshots] .badge.good"):
                break
            self.open(f"/projects/{project}/export")
        self.assertEqual(1, len(self.snapshot_rows()))
        self.assertIn("Without-scripts-at-", self.snapshot_rows()[0].text)
        self.browser.element("[data-snapshots] button[value=delete]").click()
        self.toast("The snapshot was deleted.")
        self.assertEqual(0, len(self.snapshot_rows()))

    def test_projects_are_found_by_name(self):
        self.project("A needle here")
        self.open("/projects/?search=NEEDLE")
        self.browser.wait_text("A needle here", "article")
        self.assertEqual(1, len(self.browser.all("article")))
        self.open("/projects/?search=nothing+like+this")
        self.browser.wait_text("No project has “nothing like this” in its name or description")
        self.browser.assert_clean()

    def pin_and_unpin(self):
        project = self.project("A pin here")
        self.open("/projects/?search=A+pin+here")
        self.browser.element("button[value=pin]").click()
        self.browser.wait_selector("button[value=unpin]")
        self.assertTrue(self.call("GET", f"/api/projects/{project}/").json()["pinned_at"])
        self.browser.element("button[value=unpin]").click()
        self.browser.wait_selector("button[value=pin]")
        self.assertIn("search=A+pin+here", self.browser.url.replace("%20", "+"))
        self.call("DELETE", f"/api/projects/{project}/", 204)

    def test_a_project_is_pinned(self):
        self.pin_and_unpin()
        self.browser.javascript(False)
        self.pin_and_unpin()

    def test_what_is_not_there_says_so(self):
        self.open("/projects/999999/data")
        self.browser.wait_text("404")
        self.browser.click("main a")
        self.browser.wait_text("Projects", "h1")
        self.browser.assert_clean(ignore=[NOT_FOUND])


class SubPath(Root):
    """The same below a sub-path."""

    prefix = "/label"


if __name__ == "__main__":
    unittest.main()
