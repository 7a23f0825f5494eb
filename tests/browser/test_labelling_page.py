"""The labelling page in a real browser against a stand-in server: labels by mouse and keys, and what happens to the work
when the server is away, refuses, or answers too late. Needs EDITOR_DIR, a folder made by contrib/install-editor."""

import os
import unittest

from driver import Browser, Keys
from fake_api import NOW
from label_steps import AUDIO, CHOICES, IMAGE, SELECTED, SKIP, SUBMIT, TEXT, UPDATE, LabellingSteps, texts

HERE = os.path.dirname(os.path.abspath(__file__))


class LabellingPage(LabellingSteps):
    """Each kind of data, the stream, and what goes wrong."""

    # the kinds of data

    def test_text_labels_through_the_stream_to_its_end(self):
        fake = self.fake(TEXT, texts(2))
        self.start(fake)
        self.label("Ada", "1")
        self.label("London", "2")
        self.shot("text-labelled")
        self.browser.click(SUBMIT)
        self.wait_task(2)
        self.browser.wait_run(r"/Submitted at \d\d:\d\d:\d\d$/.test(document.querySelector('#labelling-status').textContent)")
        self.assertEqual("1 of 2 done · 1 today", self.browser.text("#labelling-progress"))
        self.label("Grace")
        self.browser.press(Keys.CONTROL, Keys.ENTER)
        self.browser.wait_text("Nothing left to label here")
        self.browser.wait_text("You have done 2 of 2 tasks")
        self.shot("stream-finished")
        first, second = fake.annotations.values()
        self.assertEqual([("Ada", ["Person"]), ("London", ["Place"])],
                         [(r["value"]["text"], r["value"]["labels"]) for r in first["result"]])
        self.assertEqual([("Grace", ["Person"])],
                         [(r["value"]["text"], r["value"]["labels"]) for r in second["result"]])
        self.assertGreater(first["lead_time"], 0)
        self.assertLess(first["lead_time"], 60)
        self.browser.assert_clean(ignore=["/next/"])  # the 404 that ends the stream

    def test_image_boxes(self):
        fake = self.fake(IMAGE, [{"image": "/data/upload/picture.png"}])
        self.start(fake)
        canvas = self.browser.wait_selector(".konvajs-content canvas")
        self.browser.wait_run("document.querySelector('.lsf-image img, img')?.naturalWidth > 0", "picture")
        self.browser.wait_run(f"{SELECTED}.objects[0].zoomScale === 1", "picture that fills its place and no more")
        self.browser.press("2")
        self.browser.drag(canvas, (0.2, 0.25), (0.6, 0.75))
        self.browser.wait_run(f"{SELECTED}.regions.length === 1", "box")
        self.shot("image-box")
        self.browser.click(SUBMIT)
        self.browser.wait_text("Nothing left to label here")
        (annotation,) = fake.annotations.values()
        (item,) = annotation["result"]
        self.assertEqual(["Dog"], item["value"]["rectanglelabels"])
        self.assertEqual((320, 200), (item["original_width"], item["original_height"]))
        for key, expected in (("x", 20), ("y", 25), ("width", 40), ("height", 50)):
            self.assertAlmostEqual(expected, item["value"][key], delta=1)
        self.browser.assert_clean(ignore=["/next/"])

    def test_audio_region(self):
        fake = self.fake(AUDIO, [{"audio": "/data/upload/tone.wav"}])
        self.start(fake)
        self.browser.wait_run(f"{SELECTED}.objects[0]._ws?.duration > 0", "decoded sound")
        wave = self.browser.wait_selector("#waveform-layer-main")
        self.browser.press("1")
        self.browser.drag(wave, (0.25, 0.5), (0.75, 0.5))
        self.browser.wait_run(f"{SELECTED}.regions.length === 1", "audio region")
        self.shot("audio-region")
        self.browser.click(SUBMIT)
        self.browser.wait_text("Nothing left to label here")
        (annotation,) = fake.annotations.values()
        (item,) = annotation["result"]
        self.assertEqual(["Speech"], item["value"]["labels"])
        self.assertAlmostEqual(0.75, item["value"]["start"], delta=0.15)
        self.assertAlmostEqual(2.25, item["value"]["end"], delta=0.15)
        self.assertAlmostEqual(3, item["original_length"], delta=0.05)
        self.browser.assert_clean(ignore=["/next/"])

    # moving through the stream

    def test_skip_previous_cancel_skip_and_update(self):
        fake = self.fake(TEXT, texts(3))
        self.start(fake)
        self.browser.click(SKIP)
        self.wait_task(2)
        self.assertEqual([True], [body["was_cancelled"] for body in fake.sent("POST", "/tasks/1/annotations/")])
        self.browser.click("[data-testid=prev-task]")
        self.wait_task(1)
        self.browser.click("[data-testid=bottombar-unskip-button]")
        self.browser.wait_run(f"{SELECTED} && !{SELECTED}.pk", "draft of the skipped annotation")
        self.label("Ada")
        self.browser.click(SUBMIT)
        self.wait_task(2)
        self.browser.click("[data-testid=prev-task]")
        self.wait_task(1)
        self.label("London", "2")
        self.browser.click(UPDATE)
        self.status("Updated at")
        self.browser.wait_run(f"{SELECTED}.pk && !{SELECTED}.history.canUndo", "the updated annotation")
        self.browser.click("[data-testid=next-task]")
        self.wait_task(2)
        (annotation,) = fake.annotations.values()
        self.assertFalse(annotation["was_cancelled"])
        self.assertEqual({"Ada", "London"}, {r["value"]["text"] for r in annotation["result"]})
        self.browser.assert_clean()

    def test_a_skip_takes_a_comment(self):
        fake = self.fake(TEXT, texts(3))
        self.start(fake)
        self.browser.click(SKIP)
        self.wait_task(2)
        self.browser.click_text("Say why")
        self.browser.type("dialog textarea", "Too dark 1")
        self.browser.press(Keys.CONTROL, Keys.ENTER)
        self.status("Comment added at")
        self.assertEqual(["Too dark 1"], list(fake.comments.values()))
        fake.project["require_comment_on_skip"] = True
        self.start(fake)
        self.wait_task(2)
        self.browser.press(Keys.CONTROL, Keys.SPACE)
        self.browser.wait_text("Why do you skip this task?", "dialog")
        self.browser.click_text("Skip the task")  # not without
        self.shot("skip-comment")
        self.browser.press(Keys.ESCAPE)
        self.browser.wait_gone("dialog")
        self.assertEqual(1, len(fake.annotations))
        self.browser.wait_run("!Htx.isSubmitting", "buttons")
        self.browser.click(SKIP)
        self.browser.type("dialog textarea", "No names here")
        self.browser.click_text("Skip the task")
        self.wait_task(3)
        self.assertEqual("No names here", fake.sent("POST", "/tasks/2/annotations/")[0]["comment"])
        self.browser.assert_clean()

    def test_undo_redo_and_a_relation(self):
        fake = self.fake(TEXT, texts(2))
        self.start(fake)
        self.label("Ada")
        self.label("London", "2")
        count = f"{SELECTED}.regions.length"
        self.browser.press(Keys.CONTROL, "z")
        self.browser.wait_run(f"{count} === 1", "one region less")
        self.browser.press(Keys.CONTROL, Keys.SHIFT, "z")
        self.browser.wait_run(f"{count} === 2", "the region again")
        self.browser.click(self.browser.all(".lsf-outliner-item")[0])
        self.browser.wait_run(f"{SELECTED}.selectedRegions.length === 1", "selected region")
        self.browser.press(Keys.ALT, "r")
        self.browser.click(self.browser.all(".lsf-outliner-item")[1])
        self.browser.wait_run(f"{SELECTED}.relationStore.relations.length === 1", "relation")
        self.browser.click(SUBMIT)
        self.wait_task(2)
        (annotation,) = fake.annotations.values()
        self.assertEqual(["labels", "labels", "relation"], sorted(r["type"] for r in annotation["result"]))

    def test_postpone_keeps_the_work(self):
        fake = self.fake(TEXT, texts(2))
        self.start(fake)
        self.label("Ada")
        self.browser.click("[data-testid=next-task]")
        self.wait_task(2)
        (draft,) = fake.drafts.values()
        self.assertTrue(draft["was_postponed"])
        self.assertEqual("Ada", draft["result"][0]["value"]["text"])
        self.browser.click("[data-testid=prev-task]")
        self.wait_task(1)
        self.browser.wait_run(f"{SELECTED}.regions.length === 1", "restored region")
        self.browser.assert_clean()

    def test_prediction_is_the_start_of_the_annotation(self):
        fake = self.fake(TEXT, texts(1), project={"model_version": "v1"})
        item = {"id": "p1", "from_name": "label", "to_name": "text", "type": "labels",
                "value": {"start": 0, "end": 3, "text": "Ada", "labels": ["Person"]}}
        fake.tasks[1]["predictions"] = [{"id": 31, "model_version": "v1", "score": 0.8, "result": [item]}]
        self.start(fake)
        self.browser.wait_run(f"{SELECTED}.regions.length === 1", "copied region")
        self.browser.click(SUBMIT)
        self.browser.wait_text("Nothing left to label here")
        (body,) = fake.sent("POST", "/tasks/1/annotations/")
        self.assertEqual(31, body["parent_prediction"])
        self.assertEqual("prediction", body["result"][0]["origin"])

    # drafts

    def test_draft_is_saved_and_restored_after_the_browser_was_killed(self):
        fake = self.fake(TEXT, texts(1))
        self.start(fake)
        self.label("Ada")
        self.status("Draft saved at")
        (draft,) = fake.drafts.values()
        self.assertEqual("Ada", draft["result"][0]["value"]["text"])
        self.browser.kill()
        type(self).browser = Browser()
        self.start(fake)
        self.status("Draft restored as saved at")
        self.browser.wait_run(f"{SELECTED}.regions.length === 1", "restored region")
        self.label("London", "2")
        self.draft_now()
        self.browser.wait(lambda: fake.sent("PATCH", f"/drafts/{draft['id']}/"), "second draft in the same place", 15)
        self.browser.click(SUBMIT)
        self.browser.wait_text("Nothing left to label here")
        self.assertEqual(draft["id"], fake.sent("POST", "/tasks/1/annotations/")[0]["draft_id"])
        self.assertEqual(1, len(fake.sent("POST", "/drafts")))
        self.browser.assert_clean(ignore=["/next/"])

    def test_drafts_go_on_after_a_required_field_held_the_submit_back(self):
        fake = self.fake(CHOICES, texts(1))
        self.start(fake)
        self.browser.click(SUBMIT)
        self.browser.wait_text("Choose one")
        self.close_modal()
        self.browser.press("1")
        self.browser.wait_run(f"{SELECTED}.results.length === 1", "choice")
        self.browser.wait(lambda: fake.drafts, "draft", 15)
        self.assertEqual([], fake.sent("POST", "/tasks/1/annotations/"))

    def test_leaving_by_a_link_saves_first(self):
        fake = self.fake(TEXT, texts(1))
        self.start(fake)
        self.label("Ada")
        self.browser.click("#back")
        self.browser.wait_text("Project page")
        (draft,) = fake.drafts.values()
        self.assertEqual("Ada", draft["result"][0]["value"]["text"])

    def test_closing_asks_only_while_something_is_unsaved(self):
        asks = "const e = new Event('beforeunload', {cancelable: true}); window.dispatchEvent(e); return e.defaultPrevented"
        fake = self.fake(TEXT, texts(1))
        self.start(fake)
        self.assertFalse(self.browser.run(asks))
        self.label("Ada")
        self.assertTrue(self.browser.run(asks))
        self.status("Draft saved at")  # the question itself stored it
        self.assertFalse(self.browser.run(asks))

    def test_submit_and_exit_leaves_the_stream(self):
        fake = self.fake(TEXT, texts(2))
        self.start(fake)
        self.label("Ada")
        self.browser.click("[data-testid=bottombar-submit-dropdown]")
        self.browser.click("[data-testid=bottombar-submit-and-exit-button]")
        self.browser.wait_text("Project page")
        self.assertEqual(1, len(fake.annotations))

    # when the server is not there

    def test_submit_survives_an_outage(self):
        fake = self.fake(TEXT, texts(2))
        self.start(fake)
        self.label("Ada")
        fake.fail("POST", "/annotations/", "drop")
        fake.fail("POST", "/annotations/", 503, times=3)
        self.browser.click(SUBMIT)
        self.status("Not saved yet.")
        self.shot("outage")
        self.assertFalse(self.browser.run(f"return {SELECTED}.editable"))
        self.browser.wait(lambda: not fake.faults, "attempts by itself")
        self.browser.click_text("Try now")
        self.wait_task(2)
        self.assertEqual(1, len(fake.annotations))
        self.assertEqual(1, len({body["unique_id"] for body in fake.sent("POST", "/annotations/")}))

    def test_an_answer_that_got_lost_does_not_double_the_annotation(self):
        fake = self.fake(TEXT, texts(2))
        self.start(fake)
        self.label("Ada")
        fake.fail("POST", "/annotations/", "mute")
        self.browser.click(SUBMIT)
        self.wait_task(2)
        self.assertEqual(2, len(fake.sent("POST", "/annotations/")))
        self.assertEqual(1, len(fake.annotations))

    def test_a_submit_that_could_not_go_out_is_sent_on_the_next_visit(self):
        fake = self.fake(TEXT, texts(2))
        self.start(fake)
        self.label("Ada")
        fake.fail("POST", "/annotations/", 503, times=3)
        self.browser.click(SUBMIT)
        self.status("Not saved yet.")
        fake.faults.clear()
        fake.fail("POST", "/annotations/", 503)  # should the old page try once more before it goes
        self.browser.open("about:blank")
        fake.faults.clear()
        self.start(fake)
        self.wait_task(2)
        (annotation,) = fake.annotations.values()
        self.assertEqual("Ada", annotation["result"][0]["value"]["text"])

    def restart_after_kill(self):
        """The browser dies as in a power cut and comes back with what it had on the disk."""
        type(self).browser = Browser(profile=self.browser.kill(keep_profile=True))

    def test_what_was_submitted_into_an_outage_survives_the_death_of_the_browser(self):
        fake = self.fake(TEXT, texts(2), page={"mode": "task", "task_id": 1})
        self.start(fake, "task=1")
        self.label("Ada")
        fake.fail("POST", "/annotations/", 503, times=50)
        self.browser.click(SUBMIT)
        self.status("Not saved yet.")
        self.restart_after_kill()
        fake.faults.clear()
        self.start(fake, "task=1")
        self.status("1 annotation kept from an earlier visit stored")
        (annotation,) = fake.annotations.values()
        self.assertEqual("Ada", annotation["result"][0]["value"]["text"])
        self.assertEqual(1, len({body["unique_id"] for body in fake.sent("POST", "/annotations/")}))
        # the same with a change of it
        self.browser.wait_run(f"{SELECTED}.pk === '{annotation['id']}'", "the stored annotation")
        self.label("London", "2")
        fake.fail("PATCH", "/annotations/", 503, times=50)
        self.browser.click(UPDATE)
        self.status("Not saved yet.")
        self.restart_after_kill()
        fake.faults.clear()
        self.start(fake, "task=1")
        self.status("1 annotation kept from an earlier visit stored")
        self.assertEqual(2, len(annotation["result"]))

    def test_a_change_kept_in_the_browser_does_not_overwrite_a_later_one(self):
        fake = self.single()
        self.start(fake, "task=1")
        self.label("London", "2")
        fake.fail("PATCH", "/annotations/", 503, times=50)
        self.browser.click(UPDATE)
        self.status("Not saved yet.")
        self.browser.open("about:blank")
        fake.faults.clear()
        (number,) = fake.annotations
        fake.change_annotation(number, {"result": []})
        self.start(fake, "task=1")
        self.browser.wait_text("was not stored: somebody has changed it meanwhile.")
        self.shot("kept-change")
        self.assertEqual([], fake.annotations[number]["result"])
        self.browser.click_text("Store it all the same")
        self.browser.wait_run(f"{SELECTED}.regions.length === 2", "the annotation as it was kept")
        self.assertEqual(2, len(fake.annotations[number]["result"]))

    def test_a_draft_that_could_not_go_out_survives_the_death_of_the_browser(self):
        fake = self.fake(TEXT, texts(2))
        self.start(fake)
        fake.fail("POST", "/drafts", 503, times=50)
        self.label("Ada")
        self.draft_now()
        self.status("This browser keeps the work.")
        self.restart_after_kill()
        fake.faults.clear()
        self.start(fake)
        self.status("Work restored as this browser kept it")
        self.browser.wait_run(f"{SELECTED}.regions.length === 1", "restored region")
        self.browser.wait(lambda: fake.drafts, "draft on the server", 15)
        self.browser.click(SUBMIT)
        self.wait_task(2)
        self.start(fake, "labeling=1")
        self.assertEqual(0, self.browser.run(f"return {SELECTED}.regions.length"))

    def test_offline_browser_keeps_the_work_and_sends_when_back(self):
        fake = self.fake(TEXT, texts(2))
        self.start(fake)
        self.label("Ada")
        self.browser.offline()
        self.browser.wait_text("The network is away.", ".labelling-notice")
        self.browser.click(SUBMIT)
        self.status("The server cannot be reached.")
        self.shot("offline")
        self.browser.offline(False)
        self.wait_task(2)
        self.assertEqual(1, len(fake.annotations))

    def test_refusal_is_told_and_the_work_can_be_changed(self):
        fake = self.fake(TEXT, texts(2))
        self.start(fake)
        self.label("Ada")
        fake.fail("POST", "/annotations/", 400)
        self.browser.click(SUBMIT)
        self.status("made to fail with 400")
        self.status("Nothing is lost")
        self.shot("refused")
        self.close_modal()
        self.browser.wait_run(f"{SELECTED}.editable && !Htx.isSubmitting", "editable annotation")
        self.label("London", "2")
        self.browser.click(SUBMIT)
        self.wait_task(2)
        (annotation,) = fake.annotations.values()
        self.assertEqual(2, len(annotation["result"]))

    def test_deleted_task_and_lost_session_are_told(self):
        fake = self.fake(TEXT, texts(2))
        self.start(fake)
        self.label("Ada")
        for fault, text in ((401, "You are logged out."), (403, "You may not do this here."), (404, "was deleted")):
            fake.fail("POST", "/annotations/", fault)
            self.browser.press(Keys.CONTROL, Keys.ENTER)
            self.status(text)
            self.close_modal()
            self.browser.wait_run(f"{SELECTED}.editable && !Htx.isSubmitting", "editable annotation")
        self.browser.press(Keys.CONTROL, Keys.ENTER)
        self.wait_task(2)

    def test_a_task_that_was_deleted_or_finished_by_others_is_told_at_once(self):
        fake = self.fake(TEXT, texts(3))
        self.start(fake)
        with fake.lock:
            fake.tasks[1]["is_labeled"] = True
            fake.annotations[9] = {"id": 9, "task": 1, "result": [], "completed_by": 2, "was_cancelled": False, "created_at": NOW,
                                   "updated_at": NOW, "lead_time": 1}
        self.browser.wait_text("Somebody else has finished this task meanwhile.", ".labelling-notice")
        self.shot("finished-by-others")
        self.browser.click_text("Next task")
        self.wait_task(2)
        self.label("Grace")
        with fake.lock:
            del fake.tasks[2]
        self.browser.wait_text("This task was deleted meanwhile", ".labelling-notice")
        self.browser.click_text("Next task")
        self.wait_task(3)
        self.assertEqual([], self.browser.all(".labelling-notice"))

    # one task

    def single(self, can=None, annotations=1):
        rights = {"annotate": True, "delete": True, "ground_truth": True, "review": False, **(can or {})}
        fake = self.fake(TEXT, texts(1), page={"mode": "task", "task_id": 1, "can": rights})
        item = {"id": "r1", "from_name": "label", "to_name": "text", "type": "labels",
                "value": {"start": 0, "end": 3, "text": "Ada", "labels": ["Person"]}}
        for _ in range(annotations):
            fake.add_annotation(1, {"result": [item], "lead_time": 4.0})
        return fake

    def test_single_task_update_ground_truth_and_delete(self):
        fake = self.single()
        self.start(fake, "task=1")
        self.shot("single-task")
        self.label("London", "2")
        self.browser.press(Keys.CONTROL, Keys.ENTER)
        self.status("Updated at")
        (number,) = fake.annotations
        self.assertEqual(2, len(fake.annotations[number]["result"]))
        self.assertGreater(fake.annotations[number]["lead_time"], 4)
        self.browser.wait_run(f"{SELECTED}.regions.length === 2 && !Htx.isSubmitting", "reloaded task")
        self.browser.click("[data-testid=bottombar-ground-truth-button]")
        self.status("Marked as ground truth")
        self.assertTrue(fake.annotations[number]["ground_truth"])
        self.browser.run("Htx.annotationStore.deleteAnnotation(Htx.annotationStore.selected)")
        self.status("Deleted at")
        self.assertEqual({}, fake.annotations)
        self.browser.wait_selector(SUBMIT)
        self.browser.assert_clean()

    def test_several_annotations_and_a_copy_of_a_prediction(self):
        fake = self.single()
        item = next(iter(fake.annotations.values()))["result"][0]
        fake.tasks[1]["predictions"] = [{"id": 31, "model_version": "v1", "score": 0.8, "result": [dict(item, id="p1")]}]
        self.start(fake, "task=1")
        self.browser.click("[aria-label='Create an annotation']")
        self.browser.wait_run(f"!{SELECTED}.pk", "new annotation")
        self.label("London", "2")
        self.browser.click(SUBMIT)
        self.status("Submitted at")
        self.browser.wait_run("Htx.annotationStore.annotations.length === 2 && !Htx.isSubmitting", "both")
        prediction = ".lsf-annotation-button:has(.lsf-annotation-button__userpic_prediction)"  # the order of tabs goes by time
        self.browser.click(prediction)
        self.browser.wait_run(f"{SELECTED}.type === 'prediction'", "the prediction")
        self.browser.click(prediction + " .lsf-annotation-button__trigger")
        self.browser.click_text("Duplicate Annotation", "*")
        self.browser.wait_run(f"{SELECTED}.type === 'annotation' && {SELECTED}.regions.length === 1 && !{SELECTED}.pk", "its copy")
        self.shot("several")
        self.browser.wait_run("!Htx.isSubmitting", "buttons")
        self.browser.click(SUBMIT)
        self.browser.wait(lambda: len(fake.annotations) == 3, "third annotation")
        self.assertEqual(31, fake.sent("POST", "/tasks/1/annotations/")[-1]["parent_prediction"])

    def draft_now(self):
        """What the editor does by itself seconds after a change."""
        self.browser.run(f"{SELECTED}.saveDraftImmediately()")

    def test_draft_of_a_stored_annotation_comes_back(self):
        fake = self.single()
        self.start(fake, "task=1")
        self.label("London", "2")
        self.draft_now()
        self.status("Draft saved at")
        (draft,) = fake.drafts.values()
        self.assertEqual(next(iter(fake.annotations)), draft["annotation"])
        self.start(fake, "task=1")
        self.browser.wait_run(f"{SELECTED}.regions.length === 2", "restored regions")
        self.browser.click(UPDATE)
        self.status("Updated at")
        self.assertEqual({}, fake.drafts)

    def test_view_only(self):
        fake = self.single(can={"annotate": False, "delete": False, "ground_truth": False})
        self.start(fake, "task=1")
        self.browser.press("1")
        self.browser.select_text(".lsf-htx-richtext, .lsf-richtext", "London")
        self.assertEqual(1, self.browser.run(f"return {SELECTED}.regions.length"))
        self.assertEqual([], self.browser.all(f"{SUBMIT}, {UPDATE}, {SKIP}"))
        self.assertEqual([], [m for m, _, _ in fake.requests if m != "GET"])
        self.shot("view-only")

    # the user's settings and the project's

    def close_instruction(self):
        self.browser.wait_run("document.getAnimations().every((a) => a.playState !== 'running' || a.effect?.getTiming().iterations === Infinity)", "calm")
        self.browser.click(".ant-modal-close, .lsf-modal-close")
        self.browser.wait_gone(".ant-modal-wrap, .lsf-modal-wrap")

    def test_reviewers_read_an_instruction_of_their_own_and_no_names(self):
        settings = {"instruction": "Compare <b>every</b> name.", "show_instruction": True, "anonymize_annotations": True}
        rights = {"annotate": True, "delete": False, "ground_truth": False, "review": True, "review_own": False, "comment": True}
        fake = self.fake(TEXT, texts(1), page={"mode": "task", "task_id": 1, "reviewing": True, "can": rights},
                         project={"expert_instruction": "Mark every name.", "review_settings": settings})
        for number in (8, 9):
            _, made = fake.add_annotation(1, {"result": [], "lead_time": 4.0, "unique_id": number})
            made.update({"completed_by": number, "created_username": f" ann{number}@example.com, {number}"})
        self.start(fake, "task=1")
        self.browser.wait_text("Compare every name.")
        self.close_instruction()
        names = self.browser.run("return Htx.annotationStore.annotations.map((annotation) => annotation.createdBy).sort()")
        self.assertEqual(["Annotator 1", "Annotator 2"], names)
        self.assertNotIn("@example.com", self.browser.text("#label-studio"))
        self.shot("reviewing-without-names")
        fake.project["review_settings"]["anonymize_annotations"] = False
        self.start(fake, "task=1")
        self.assertEqual([], self.browser.all(".ant-modal-wrap, .lsf-modal-wrap"))
        self.assertIn("ann8@example.com", "".join(self.browser.run(
            "return Htx.annotationStore.annotations.map((annotation) => annotation.createdBy)")))

    def test_own_keys_and_instruction(self):
        fake = self.fake(TEXT, texts(2), project={"expert_instruction": "Mark <b>every</b> name.", "show_instruction": True})
        fake.user["custom_hotkeys"] = {"annotation:submit": {"key": "alt+k"}, "annotation:skip": {"key": "x", "active": False}}
        self.start(fake)
        self.browser.wait_text("Mark every name.")
        self.shot("instruction")
        self.close_instruction()
        self.start(fake)  # once per text
        self.assertEqual([], self.browser.all(".ant-modal-wrap, .lsf-modal-wrap"))
        self.browser.click("#labelling-instruction")
        self.browser.wait_text("Mark every name.")
        self.close_instruction()
        self.browser.press("?")
        self.browser.wait_text("alt+k\nSubmit", "dialog")
        self.assertNotIn("Skip the task", self.browser.text("dialog"))  # switched off
        self.assertNotIn("Video", self.browser.text("dialog"))
        self.shot("keys")
        self.browser.press(Keys.ESCAPE)
        self.browser.wait_gone("dialog")
        self.label("Ada")
        self.browser.press(Keys.CONTROL, Keys.ENTER)
        self.browser.press(Keys.CONTROL, Keys.SPACE)
        self.assertEqual([], fake.sent("POST", "/annotations/"))
        self.browser.press(Keys.ALT, "k")
        self.wait_task(2)
        self.assertEqual(1, len(fake.annotations))

    def test_dark(self):
        fake = self.fake(TEXT, texts(1))
        self.browser.color_scheme("dark")
        self.addCleanup(self.browser.color_scheme, "light")
        self.start(fake)
        self.label("Ada")
        self.assertEqual("dark", self.browser.run("return document.documentElement.dataset.colorScheme"))
        self.shot("dark")

    def test_unexpected_editor_files_are_told(self):
        fake = self.fake(TEXT, texts(1))
        fake.editor = HERE
        self.browser.open(fake.labelling_url())
        self.browser.wait_text("The annotation editor could not be loaded")
        self.shot("no-editor")


class SubPath(LabellingPage):
    """The same below a sub-path."""

    base = "/label"


if __name__ == "__main__":
    unittest.main()
