"""Formats that the reference server has not: lines of JSON, rows of regions, subtitles, data sets, outlines and masks of every shape."""

import csv
import importlib
import io
import json

import numpy
import pytest
from PIL import Image

from random_results import BOXES, BRUSH, SPEECH, TEXT, SIZE, generator, mask, region, rle, text_tasks
from test_export_formats import drawn, files, got, png, upload, wav
from work import CHOICES, Project, choice, ours, owner

pytestmark = ours
SUBTITLES = '<View><Audio name="audio" value="$audio"/><Labels name="who" toName="audio"><Label value="Ann"/></Labels><TextArea name="words" toName="audio" perRegion="true"/></View>'
TIMELINE = '<View><Video name="video" value="$video"/><TimelineLabels name="when" toName="video"><Label value="Run"/></TimelineLabels></View>'


def lines(answer):
    return [json.loads(line) for line in answer.text.splitlines()]


def test_json_lines():
    project = Project()
    project.load([{"data": {"text": f"t{i}\n"}, "annotations": [{"result": choice("A")}]} for i in range(1203)])
    answer = got(project, "JSONL")
    assert answer.headers["filename"].endswith(".jsonl") and answer.text.count("\n") == 1203
    assert lines(answer) == project.export()
    snapshot = owner().post(project.path + "/exports/", {})
    path = f"{project.path}/exports/{snapshot['id']}/download"
    assert lines(owner().send("GET", path, params={"exportType": "JSONL"})) == owner().send("GET", path).json()


def test_rows_of_regions():
    project, r = Project(label_config=BOXES), generator(11)
    made = region("rectanglelabels", "box", {"x": 1.5, "y": 2, "width": 3, "height": 4, "rotation": 0, "rectanglelabels": ["Cat", "=Van"]}, r)
    task, = project.load([drawn("=cmd()", [made, region("choices", "light", {"choices": ["night"]}, r, size=False)])])
    rows = list(csv.DictReader(io.StringIO(got(project, "CSV_REGIONS").content.decode(), newline="")))
    assert [(row["task"], row["from_name"], row["type"], row["labels"]) for row in rows] == [
        (str(task), "box", "RectangleLabels", "Cat\n=Van"), (str(task), "light", "Choices", "night")]
    assert [rows[0][k] for k in ("x", "y", "width", "height", "original_width", "region", "annotator")] == ["1.5", "2.0", "3.0", "4.0", "64.0", made["id"], str(owner().id)]
    assert json.loads(rows[0]["value"]) == made["value"] and json.loads(rows[0]["data"]) == {"image": "=cmd()"} and rows[1]["x"] == ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "plain"])
def test_formulas(text):
    """A spreadsheet runs what begins like that; the reference server writes it as it is."""
    project = Project()
    project.load([{"data": {"text": text}, "annotations": [{"result": choice("A")}]}])
    cells = [next(csv.DictReader(io.StringIO(got(project, "CSV", corrected=c).text, newline="")))["text"] for c in ("false", "true")]
    assert cells == [text, text if text == "plain" else "'" + text]
    row = next(csv.DictReader(io.StringIO(got(project, "CSV_REGIONS").text, newline="")))
    assert row["labels"] == "A" and json.loads(row["data"]) == {"text": text}


def spoken(start, end, text=None, labels=("Ann",)):
    r = generator(f"{start}{end}{text}")
    first = region("labels", "who", {"start": start, "end": end, "channel": 0, "labels": list(labels)}, r, "audio", False)
    return [first] + ([{**first, "from_name": "words", "type": "textarea", "value": {"start": start, "end": end, "text": [text]}}] if text else [])


def test_subtitles():
    project = Project(label_config=SUBTITLES)
    task, = project.load([{"data": {"audio": "/data/upload/1/a.wav"}, "annotations": [{"result": spoken(61.5, 3723.0006) + spoken(0, 1.25, "a < b\n\n& c")}]}])
    (name, text), = files(project, "WEBVTT").items()
    assert name.startswith(f"task-{task}-annotation-") and name.endswith(".vtt")
    assert text.decode() == "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.250\na &lt; b\n&amp; c\n\n2\n00:01:01.500 --> 01:02:03.001\nAnn\n\n"
    (name, text), = files(project, "SRT").items()
    assert name.endswith(".srt") and text.decode().startswith("1\n00:00:00,000 --> 00:00:01,250\na < b\n& c\n\n2\n")


def test_subtitles_of_a_timeline():
    project = Project(label_config=TIMELINE)
    result = [region("timelinelabels", "when", {"ranges": [{"start": 26, "end": 50}], "timelinelabels": ["Run"]}, generator(12), "video", False)]
    project.load([{"data": {"video": "http://a.example/v.mp4"}, "annotations": [{"result": result}]}])
    text, = files(project, "WEBVTT").values()
    assert text.decode() == "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nRun\n\n"


def picture(content):
    return numpy.array(Image.open(io.BytesIO(content)))


def test_masks_of_shapes():
    project, r = Project(label_config=BOXES), generator(13)
    shapes = [region("rectanglelabels", "box", {"x": 25, "y": 25, "width": 50, "height": 50, "rotation": 0, "rectanglelabels": ["Cat"]}, r),
              region("rectanglelabels", "box", {"x": 50, "y": 0, "width": 25, "height": 10, "rotation": 90, "rectanglelabels": ["Cat"]}, r),
              region("polygonlabels", "poly", {"points": [[0, 0], [100, 0], [0, 100]], "closed": True, "polygonlabels": ["Road"]}, r),
              region("ellipselabels", "round", {"x": 50, "y": 50, "radiusX": 25, "radiusY": 50, "rotation": 0, "ellipselabels": ["Sun"]}, r),
              region("choices", "light", {"choices": ["night"]}, r, size=False)]
    project.load([drawn("http://a.example/x.png", shapes)])
    made = {name.split("-by-")[1]: picture(content) for name, content in files(project, "MASKS_TO_PNG").items()}
    me = owner().id
    assert sorted(made) == [f"{me}-box-Cat-0.png", f"{me}-box-Cat-1.png", f"{me}-poly-Road-0.png", f"{me}-round-Sun-0.png"]
    square = numpy.zeros((48, 64), numpy.uint8)
    square[12:36, 16:48] = 255
    assert (made[f"{me}-box-Cat-0.png"] == square).all()
    turned = numpy.argwhere(made[f"{me}-box-Cat-1.png"])
    assert turned.min(0).tolist() == [0, 27] and turned.max(0).tolist() == [15, 31]
    assert abs((made[f"{me}-poly-Road-0.png"] > 0).sum() - 64 * 48 / 2) < 60
    assert abs((made[f"{me}-round-Sun-0.png"] > 0).sum() - 3.14159 * 16 * 24) < 30


def test_outlines():
    project, r = Project(label_config=BRUSH), generator(14)
    rows = [[255 if 8 <= x < 24 and 6 <= y < 18 else 0 for x in range(SIZE[0])] for y in range(SIZE[1])]
    results = [region("brushlabels", "mask", {"format": "rle", "rle": rle(rows), "brushlabels": ["Leaf"]}, r),
               region("rectanglelabels", "box", {"x": 50, "y": 50, "width": 25, "height": 25, "rotation": 0, "rectanglelabels": ["Pot"]}, r),
               region("polygonlabels", "poly", {"points": [[1, 2], [3, 4], [5, 6.5]], "closed": True, "polygonlabels": ["Bed"]}, r)]
    project.load([drawn("http://a.example/x.png", results)])
    inside = files(project, "YOLO_SEGMENTATION", download_resources="false")
    assert inside["classes.txt"].decode().split() == ["Bed", "Leaf", "Pot", "Stem/root"]
    text, = [content for name, content in inside.items() if name.startswith("labels/")]
    found = [[float(v) for v in line.split()] for line in text.decode().splitlines()]
    assert found[0] == pytest.approx([1, 8.5 / 64, 6.5 / 48, 8.5 / 64, 17.5 / 48, 23.5 / 64, 17.5 / 48, 23.5 / 64, 6.5 / 48])
    assert found[1:] == [pytest.approx([2, .5, .5, .75, .5, .75, .75, .5, .75]), pytest.approx([0, .01, .02, .03, .04, .05, .065])]


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    """Rows as the library itself reads them from a directory; it asks nobody and writes below it only."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("HF_HUB_OFFLINE", "1"), ("HF_HUB_DISABLE_TELEMETRY", "1"), ("HF_HOME", str(tmp_path_factory.mktemp("library")))):
            patch.setenv(name, value)
        datasets = importlib.import_module("datasets")
        yield lambda place: datasets.load_dataset(str(place), split="train", cache_dir=str(place / "cache"))


def unpack(inside, place):
    for name, content in inside.items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_bytes(content)
    return place


def test_data_set(load, tmp_path):
    project = Project(label_config=TEXT)
    tasks = text_tasks(generator(15), 30)
    for i, task in enumerate(tasks):
        task["data"].update({"n": i, "list": ["a", None]} if i > 20 else {})
    ids = project.load(tasks)
    inside = files(project, "HUGGINGFACE", download_all_tasks="true")
    rows = [json.loads(line) for line in inside["data/train.jsonl"].decode().splitlines()]
    kept = [(i, t) for i, t in zip(ids, tasks) if not all(a.get("was_cancelled") for a in t["annotations"])]
    assert [row["id"] for row in rows] == [i for i, _ in kept]
    assert [row["data.text"] for row in rows] == [t["data"]["text"] for _, t in kept] and rows[-1]["data.n"] == str(kept[-1][1]["data"]["n"])
    regions = [[r["labels"] for r in a["regions"]] for a in rows[0]["annotations"]]
    assert sorted(map(len, regions)) == sorted(len(a["result"]) for a in kept[0][1]["annotations"] if not a.get("was_cancelled"))
    readme = inside["README.md"].decode()
    assert all(f'- name: "{name}"\n    dtype: string' in readme for name in ("data.text", "data.n", "data.list"))
    read = load(unpack(inside, tmp_path))
    assert read.to_list() == [{name: row.get(name) for name in read.column_names} for row in rows]
    assert {name for row in rows for name in row} == set(read.column_names)


def test_files_of_a_data_set(load, tmp_path):
    project = Project(label_config=SPEECH)
    path = upload(project, "say.wav", wav(0.1))
    project.load([{"data": {"audio": path}}, {"data": {"audio": "http://127.0.0.1:9/x.wav"}}])
    inside = files(project, "HUGGINGFACE", download_all_tasks="true")
    names = [json.loads(line)["file_name"] for line in inside["data/train.jsonl"].splitlines()]
    assert names == ["images/" + path.split("/")[-1], None] and inside[names[0]] == wav(0.1)
    read = load(unpack(inside, tmp_path))
    assert read["file_name"][:] == names and (tmp_path / read[0]["file_name"]).read_bytes() == wav(0.1) and read["annotations"][:] == [[], []]


def test_texts_are_no_files():
    """What looks like a path in a text is not opened."""
    project = Project(label_config=CHOICES)
    path = upload(project, "in.png", png(2, 2))
    project.load([{"text": path}])
    assert sorted(files(project, "HUGGINGFACE", download_all_tasks="true")) == ["README.md", "data/train.jsonl"]


HOSTILE = """<View><Image name="image" value="$image"/><BrushLabels name="brush" toName="image"><Label value="Cat"/></BrushLabels>
<RectangleLabels name="box" toName="image"><Label value="Cat"/></RectangleLabels><PolygonLabels name="outline" toName="image"><Label value="Cat"/></PolygonLabels></View>"""
SIDES = [(1e-12, 2.0 ** 63), (0.5, 5e8), (2e6, 3), (1e300, 1e-300), (0, 7), (65536, 65536), (64, 32)]


@pytest.mark.parametrize("kind", ["COCO", "VOC", "YOLO", "YOLO_OBB", "YOLO_SEGMENTATION", "BRUSH_TO_NUMPY", "BRUSH_TO_PNG", "BRUSH_TO_COCO", "MASKS_TO_PNG", "CSV_REGIONS"])
def test_sizes_and_places_that_no_picture_has(kind):
    """Regions are what clients send. What cannot be drawn is left out, and the rest comes."""
    project = Project(label_config=HOSTILE)
    regions = []
    for width, height in SIDES:
        size = {"to_name": "image", "original_width": width, "original_height": height, "image_rotation": 0}
        regions += [size | {"from_name": "brush", "type": "brushlabels", "value": {"format": "rle", "rle": [0] * 7, "brushlabels": ["Cat"]}},
                    size | {"from_name": "outline", "type": "polygonlabels", "value": {"points": [[0, 0], [1.7e308, 0], [5, 1e20]], "polygonlabels": ["Cat"]}},
                    size | {"from_name": "box", "type": "rectanglelabels",
                            "value": {"x": 1.7e308, "y": 1, "width": 1.7e308, "height": 1e308, "rotation": 1e300, "rectanglelabels": ["Cat"]}}]
    honest = {"to_name": "image", "original_width": 64, "original_height": 32, "image_rotation": 0, "from_name": "box", "type": "rectanglelabels",
              "value": {"x": 10, "y": 10, "width": 50, "height": 50, "rotation": 0, "rectanglelabels": ["Cat"]}}
    project.load([drawn("..\\..\\x.png", regions + [honest])])
    answer = got(project, kind, download_resources="false")
    assert answer.content
    if answer.content[:2] == b"PK":
        names = list(files(project, kind, download_resources="false"))
        assert not any("\\" in name or ".." in name.split("/") for name in names), names
    if kind in ("YOLO", "YOLO_OBB"):
        text, = (body for name, body in files(project, kind).items() if name.startswith("labels/"))
        *_, last = text.splitlines()
        assert last == (b"0 0.35 0.35 0.5 0.5" if kind == "YOLO" else b"0 0.1 0.1 0.6 0.1 0.6 0.6 0.1 0.6") and b"e" not in text and b"n" not in text


def test_masks_of_plain_labels():
    """The reference converter leaves them out of BRUSH_TO_COCO, and names their labels all the same."""
    config = """<View><Image name="image" value="$image"/><Brush name="mask" toName="image"/><Labels name="kind" toName="image"><Label value="House"/></Labels></View>"""
    square = [[255 if 3 <= x < 9 and 2 <= y < 8 else 0 for x in range(SIZE[0])] for y in range(SIZE[1])]
    result = [region("labels", "kind", {"format": "rle", "rle": rle(square), "labels": ["House"]}, generator(1))]
    project = Project(label_config=config)
    project.load([{"data": {"image": "http://files.example/a.png"}, "annotations": [{"result": result}]}])
    plain, corrected = (json.loads(files(project, "BRUSH_TO_COCO", **query)["result_coco.json"]) for query in ({}, {"corrected": "true"}))
    assert plain["images"] == plain["annotations"] == [] and [c["name"] for c in plain["categories"]] == ["House"]
    assert [(a["segmentation"], a["area"]) for a in corrected["annotations"]] == [([[3, 2, 3, 7, 8, 7, 8, 2]], 25)]
