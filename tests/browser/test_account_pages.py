"""Account and organization pages in a real browser: keys, timezone, tokens, members; with scripts and without.

Needs EDITOR_DIR (a folder made by contrib/install-editor) and LABELD_BUILD; see tests/server.py."""

import unittest

from driver import Keys
from site_steps import REFUSED, Site

SUBMIT = "[data-testid=bottombar-submit-button]"
HOTKEYS = "/api/current-user/hotkeys/"


class AccountPages(Site):
    """At the root of the host."""

    def field(self, name):
        return self.browser.web.find_element("id", name)

    def set_field(self, name, text):
        element = self.field(name)
        element.clear()
        element.send_keys(text)

    def save(self, value="save"):
        """As the Enter key or a click does; without scripts selenium clicks by itself."""
        button = [b for b in self.browser.all(f"main button[value='{value}']") if b.is_displayed()][-1]
        self.browser.web.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def hotkeys(self):
        return self.call("GET", HOTKEYS).json()["custom_hotkeys"]

    # keys

    def test_keys_are_pressed_saved_used_and_reset(self):
        self.call("PATCH", HOTKEYS, json={"custom_hotkeys": {"other:program": {"key": "x"}}})
        self.open("/user/account/hotkeys")
        row = self.browser.all("[data-hotkey]")[0]
        self.browser.click(row.find_element("css selector", "[data-record]"))
        self.browser.press(Keys.ALT, "k")
        self.assertEqual("alt+k", self.field("annotation:submit").get_attribute("value"))
        self.set_field("region:lock", "Shift+Ctrl+L")
        self.set_field("annotation:skip", "")
        self.set_field("region:cycle", "alt+k")
        self.browser.wait_text("Also: Submit or update the annotation")
        self.set_field("region:cycle", "alt+n")
        self.assertNotIn("Also:", self.browser.text())
        self.browser.run("scrollTo(0, 0)")
        self.shot("keys")
        self.save()
        self.toast("Keys saved.")
        self.assertEqual({"annotation:submit": {"key": "alt+k", "active": True}, "annotation:skip": {"key": "ctrl+space", "active": False},
                          "region:lock": {"key": "ctrl+shift+l", "active": True}, "region:cycle": {"key": "alt+n", "active": True},
                          "other:program": {"key": "x"}}, self.hotkeys())
        project = self.project("Keys", 2)
        self.open(f"/projects/{project}/data?labeling=1")
        self.browser.wait_text("Sentence 1", "#label-studio")
        self.browser.press("?")
        self.browser.wait_text("alt+k\nSubmit or update the annotation", "dialog")
        self.shot("labelling-keys")
        self.browser.press(Keys.ESCAPE)
        self.browser.wait_gone("dialog")
        self.browser.press_for("1", "Htx.annotationStore.selected.results.length === 1", "choice")
        self.browser.press(Keys.ALT, "k")
        self.browser.wait_text("Sentence 2", "#label-studio")
        self.assertEqual("1 of 2 done · 1 today", self.browser.text("#labelling-progress"))
        self.browser.assert_clean()

    def test_keys_without_scripts(self):
        self.call("PATCH", HOTKEYS, json={"custom_hotkeys": {}})
        self.browser.javascript(False)
        self.open("/user/account/hotkeys")
        self.set_field("annotation:submit", "ctrl+w")
        self.set_field("annotation:undo", "alt+u")
        self.save()
        self.browser.wait_text("reserved by the system", ".error-text")
        self.assertEqual("alt+u", self.field("annotation:undo").get_attribute("value"))
        self.assertEqual({}, self.hotkeys())
        self.set_field("annotation:submit", "alt+u")
        self.save()
        self.toast("Keys saved.")
        self.browser.wait_text("Also: Undo", ".badge")
        self.save("annotation:undo")
        self.toast("Keys saved.")
        self.assertEqual(["annotation:submit"], list(self.hotkeys()))
        self.save("all")
        self.toast("Keys saved.")
        self.assertEqual({}, self.hotkeys())

    # profile and times

    def test_times_are_read_in_the_timezone_of_the_account(self):
        self.open("/user/account/tokens")
        utc = self.browser.element("main time").get_attribute("datetime")
        self.open("/user/account/profile")
        self.set_field("timezone", "Mars/Olympus")
        self.save()
        self.browser.wait_text("There is no timezone of this name.", "#timezone-error")
        self.set_field("timezone", "Asia/Kathmandu")
        self.save()
        self.toast("Profile saved.")
        for scripts in (True, False):
            self.browser.javascript(scripts)
            self.open("/user/account/tokens")
            hour, minute = int(utc[11:13]), int(utc[14:16])
            ahead = (hour * 60 + minute + 5 * 60 + 45) % 1440
            self.assertEqual(f"{ahead // 60:02}:{ahead % 60:02}", self.browser.text("main time")[11:])
        self.browser.javascript(True)
        self.open("/user/account/profile")
        self.browser.click("[data-timezone-here]")
        self.assertNotEqual("Asia/Kathmandu", self.field("timezone").get_attribute("value"))
        self.set_field("timezone", "")
        self.save()
        self.toast("Profile saved.")
        self.browser.assert_clean(ignore=[REFUSED])

    # tokens

    def test_a_token_is_shown_once_and_revoked(self):
        self.open("/user/account/tokens")
        self.save("pat_create")
        token = self.browser.element("#new-token").get_attribute("value")
        access = self.call("POST", "/api/token/refresh/", json={"refresh": token}).json()["access"]
        whoami = self.api.get(self.url("/api/current-user/whoami"), headers={"Authorization": f"Bearer {access}"})
        self.assertEqual(self.server.email, whoami.json()["email"])
        self.shot("token")
        self.open("/user/account/tokens")
        self.assertNotIn(token, self.browser.web.page_source)
        self.save("pat_revoke")
        self.toast("Token revoked.")
        self.call("POST", "/api/token/refresh/", 401, json={"refresh": token})
        self.browser.assert_clean()

    # members

    def test_members_are_found_given_roles_and_removed(self):
        for name in ("Ann", "Bob", "Zoë"):
            self.call("POST", "/api/users/", 201, json={"username": name, "email": f"{name[:2].lower()}@example.com", "first_name": name})
        self.browser.javascript(False)
        self.open("/organization/")
        self.browser.type("main [name=search]", "ZOË")
        self.browser.press(Keys.ENTER)
        self.browser.wait_text("1 member found")
        self.assertEqual(["zo@example.com"], self.browser.texts("tbody td:nth-child(2)"))
        self.browser.element("select[name=role] option[value=AN]").click()
        self.save("set_role")
        self.toast("Role set.")
        self.open("/organization/?search=zo%C3%AB")
        self.assertEqual("AN", self.browser.element("select[name=role]").get_attribute("value"))
        self.shot("found")
        self.save("remove")
        self.toast("Member removed.")
        self.open("/organization/?search=zo%C3%AB")
        self.browser.wait_text("Nobody here is called “zoë”.")
        self.open("/organization/")
        link = self.browser.element("#invite-url").get_attribute("value")
        self.save("reset_invite")
        self.toast("New invitation link made.")
        self.assertNotEqual(link, self.browser.element("#invite-url").get_attribute("value"))

    # scripts of projects

    def test_a_script_from_the_switch_to_the_labelling_page(self):
        project = self.project("Scripted", 2)
        path = f"/projects/{project}/settings/custom-script"
        self.open(path)
        self.browser.click_text("Turn them on")
        self.browser.click("#custom_scripts_enabled")
        self.browser.element("main button[value=scripts]").click()
        self.browser.wait_text("Confirm that you have read", "#scripts-error")
        self.browser.click("#understood")
        self.shot("scripts-switch")
        self.browser.element("main button[value=scripts]").click()
        self.toast("Saved.")
        self.open(path)
        self.write_script("window.seen = LSI.task.data.text;\nLSI.on('entityCreate', () => {});\nthrow new Error('on purpose');")
        self.save()
        self.toast("Script saved.")
        self.open(f"/projects/{project}/data?labeling=1")
        self.browser.wait_run("window.seen === 'Sentence 1'", "what the script did")
        self.browser.wait_text("Custom script problem (line 3): on purpose", ".labelling-notice")
        self.shot("script-problem")
        self.browser.press("1")
        self.browser.click(SUBMIT)
        self.browser.wait_run("window.seen === 'Sentence 2'", "the next task")
        self.open(f"/projects/{project}/data?labeling=1&no_script=1")
        self.browser.wait_text("Sentence 2", "#label-studio")
        self.assertIsNone(self.browser.run("return window.seen ?? null"))
        self.browser.javascript(False)
        self.open(path)
        self.browser.wait_text("on purpose", "td, th")
        self.fill("#custom_script", "// nothing")
        self.save()
        self.toast("Script saved.")
        self.save("restore")
        self.toast("Earlier version restored.")
        self.assertIn("on purpose", self.browser.element("#custom_script").get_attribute("value"))
        self.shot("script-settings")
        self.browser.assert_clean(ignore=[REFUSED, "on purpose"])


class SubPath(AccountPages):
    """The same below a sub-path."""

    prefix = "/label"


if __name__ == "__main__":
    unittest.main()
