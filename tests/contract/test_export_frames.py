"""Exports of tracked boxes with every frame (interpolate_key_frames), and the switches of exports."""

import json

import pytest

from work import Project, annotate, choice, ours, owner

VIDEO = '<View><Video name="video" value="$text"/><VideoRectangle name="box" toName="video"/><Labels name="label" toName="video"><Label value="A"/></Labels></View>'
FIRST = {"x": 10, "y": 20, "time": 0.04, "frame": 1, "width": 30, "height": 40, "enabled": True, "rotation": 0}


def key(frame, **changes):
    return {**FIRST, "frame": frame, "time": round(frame / 25, 2), **changes}


def box(sequence, region="r1", **value):
    return {"id": region, "type": "videorectangle", "from_name": "box", "to_name": "video",
            "value": {"sequence": sequence, "framesCount": 12, "duration": 0.48, "labels": ["A"], **value}}


def exported(result, config=VIDEO, text="https://example.com/a.mp4", **query):
    project = Project(label_config=config)
    project.load([{"data": {"text": text}, "annotations": [{"result": result}]}])
    task, = project.export(**query)
    return task["annotations"][0]["result"]


def filled(sequence, **value):
    region, = exported([box(sequence, **value)], interpolate_key_frames="true")
    return region["value"]["sequence"]


def test_off_by_default():
    sequence = [key(1), key(5)]
    for query in ({}, {"interpolate_key_frames": "false"}):
        assert exported([box(sequence)], **query)[0]["value"]["sequence"] == sequence


def test_between_two_keyframes():
    frames = filled([key(1), key(5, x=20, width=34, rotation=20, enabled=False)])
    assert [f["frame"] for f in frames] == [1, 2, 3, 4, 5]
    assert frames[0] == key(1) and frames[4] == key(5, x=20, width=34, rotation=20, enabled=False)
    assert frames[1] == {"x": 12.5, "y": 20, "time": 0.08, "frame": 2, "width": 31.0, "height": 40, "enabled": True, "rotation": 5.0, "auto": True}
    assert [type(frames[1][k]) for k in ("y", "height", "width")] == [int, int, float]
    assert [f["x"] for f in frames] == [10, 12.5, 15.0, 17.5, 20]


def test_after_the_last_one():
    frames = filled([key(9, x=33)], duration=0)
    assert [f["frame"] for f in frames] == [9, 10, 11, 12]
    assert all(f["auto"] and f["x"] == 33 for f in frames[1:])
    assert filled([key(9, enabled=False)]) == [key(9, enabled=False)]
    assert filled([key(12)]) == [key(12)] and filled([key(40)]) == [key(40)]


@pytest.mark.parametrize("duration", [0, -1])
def test_time_has_two_digits_where_it_stands_still(duration):
    assert [f["time"] for f in filled([key(10, time=7 / 6)], duration=duration)] == [7 / 6, 1.17, 1.17]
    assert [f["time"] for f in filled([key(3, time=7 / 6), key(5, time=7 / 6), key(12)], duration=duration)][:3] == [7 / 6, 1.17, 7 / 6]
    times = [f["time"] for f in filled([key(10, time=2)], duration=duration)]
    assert times == [2, 2, 2] and all(type(t) is int for t in times)


def test_time_goes_on_to_the_end_of_the_video():
    frames = filled([key(9, time=0.36)])      # of 0.48 s
    assert [f["time"] for f in frames] == [0.36, 0.4, 0.44, 0.48]


def test_disabled_keyframes_leave_a_gap():
    frames = filled([key(1, enabled=False), key(4), key(6, enabled=False)])
    assert [f["frame"] for f in frames] == [1, 4, 5, 6]


def test_keyframes_are_sorted():
    frames = filled([key(5, x=20, enabled=False), key(3)])
    assert [(f["frame"], f["x"]) for f in frames] == [(3, 10), (4, 15.0), (5, 20)]


def test_an_empty_sequence_removes_the_region():
    other = {"id": "o", "type": "labels", "from_name": "label", "to_name": "video", "value": {"labels": ["A"]}}
    assert exported([box([]), other, box([key(12)], region="r2")], interpolate_key_frames="true") == [other, box([key(12)], region="r2")]
    assert exported([box([])], interpolate_key_frames="true") == []
    assert exported([box([])]) == [box([])]


@ours
def test_what_is_written_stays_as_it_is_spelt():
    project = Project(label_config=VIDEO)
    sequence = '[{"x": 0.10000000000000000555, "frame": 1, "enabled": true}, {"x": 0.10000000000000000555, "frame": 3, "enabled": false}]'
    body = '[{"data": {"text": "a"}, "annotations": [{"result": [{"type": "videorectangle", "from_name": "box", "to_name": "video", "value": {"sequence": %s}}]}]}]'
    owner().call("POST", project.path + "/import", 201, data=body % sequence, headers={"Content-Type": "application/json"})
    text = owner().send("GET", project.path + "/export", params={"interpolate_key_frames": "true"}).text
    assert text.count("0.10000000000000000555") == 3


@ours
def test_too_many_frames_end_somewhere():
    frames = filled([key(1)], framesCount=2 ** 60, duration=None)
    assert len(frames) == 1
    frames = filled([key(1)], framesCount=2000000)
    assert len(frames) == 1000001 and frames[-1]["frame"] == 1000001


@ours
@pytest.mark.parametrize("odd", [[1, "a", None], [{"frame": "x"}], [{}, {}], [{"frame": 1e300, "x": 1}], {"a": 1}, "text", None])
def test_odd_sequences(odd):
    """Results come from anywhere; an export never fails because of one."""
    region, = exported([box(odd)], interpolate_key_frames="true")
    assert region["type"] == "videorectangle"


def test_other_configurations_have_no_frames():
    result = [{**box([key(1), key(5)]), "from_name": "choice"}]
    config = '<View><Text name="text" value="$text"/><Choices name="choice" toName="text"><Choice value="A"/></Choices></View>'
    assert exported(result, config=config, text="a", interpolate_key_frames="true") == result


def test_flat_formats_have_them_too():
    project = Project(label_config=VIDEO)
    project.load([{"data": {"text": "a"}, "annotations": [{"result": [box([key(1), key(3, enabled=False)])]}]}])
    item, = owner().get(project.path + "/export", exportType="JSON_MIN", interpolate_key_frames="true")
    assert [f["frame"] for f in item["box"][0]["sequence"]] == [1, 2, 3]


# ---- switches ----

@pytest.mark.parametrize("name", ["download_all_tasks", "interpolate_key_frames", "download_resources"])
@pytest.mark.parametrize("value", ["perhaps", "2", "yess"])
def test_switches_are_true_or_false(name, value):
    project = Project()
    problem = owner().get(project.path + "/export", 400, **{name: value})
    assert problem["validation_errors"] == {name: ["Must be a valid boolean."]}


@pytest.mark.parametrize("name", ["interpolate_key_frames", "download_resources"])
@pytest.mark.parametrize("value", ["true", "false", "1", "0", "True"])
def test_switches_without_effect_on_text(name, value):
    project = Project()
    annotate(owner(), project.texts(1)[0])
    task, = project.export(**{name: value})
    assert task["annotations"][0]["result"] == choice()


def test_parameters_that_nobody_knows():
    project = Project()
    annotate(owner(), project.texts(1)[0])
    assert len(project.export(no_such_parameter="1")) == 1
    assert json.loads(owner().send("GET", project.path + "/export", params={"exportType": "JSON", "export_type": "CSV"}).text)
