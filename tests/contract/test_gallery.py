"""The label configurations that people start from: each is valid, draws on data, has a picture, and gives a sample task."""

import os
import re

from work import Project, ours, owner

SVG = os.path.join(os.path.dirname(__file__), "..", "..", "templates", "static", "gallery.svg")


def addresses(value):
    """Own addresses in task data."""
    if isinstance(value, str):
        return re.findall(r"/(?:static/)?samples/[^\s'\"]+", value)
    return [found for item in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else []) for found in addresses(item)]


@ours
def test_every_template_is_usable():
    api, project = owner(), Project()
    answer = api.get("/api/templates/")
    templates = answer["templates"]
    assert len(templates) >= 40
    assert len({t["title"] for t in templates}) == len(templates)
    assert [t["order"] for t in templates] == list(range(1, len(templates) + 1))
    assert {t["group"] for t in templates} == set(answer["groups"])
    with open(SVG, encoding="utf-8") as f:
        pictures = set(re.findall(r'<symbol id="([^"]+)"', f.read()))
    for t in templates:
        assert t["image"].partition("#")[2] in pictures
        api.post("/api/projects/validate/", {"label_config": t["config"]}, 204)
        sample = api.post(
            f"/api/projects/{project.id}/sample-task/", {"label_config": t["config"], "include_annotation_and_prediction": True}, 200)["sample_task"]
        assert sample["data"], t["title"]
        assert sample["annotations"][0]["result"], t["title"]
        for address in addresses(sample["data"]):
            assert api.send("GET", address).status_code == 200, address


def test_a_sample_before_there_is_a_project():
    config = '<View><Text name="t" value="$words"/></View>'
    assert set(owner().post("/api/templates/sample-task/", {"label_config": config}, 200)["sample_task"]) == {"words"}
    owner().post("/api/templates/sample-task/", {"label_config": "<View>"}, 400)


def test_sample_data_has_the_asked_columns():
    answer = owner().send("GET", "/samples/time-series.csv?time=tm&values=a%2Cb&sep=%3B&tf=%25Y-%25m-%25d")
    assert answer.status_code == 200
    lines = answer.text.splitlines()
    assert lines[0] == "tm;a;b"
    assert len(lines) > 10 and all(re.fullmatch(r"\d{4}-\d\d-\d\d;-?\d.*;-?\d.*", line) for line in lines[1:])
    turns = owner().send("GET", "/samples/paragraphs.json?nameKey=who&textKey=says").json()
    assert all(set(turn) == {"who", "says"} for turn in turns)
