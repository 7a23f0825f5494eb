"""Files of other tools: each format as annotations and as predictions, into configurations that are there and into proposed ones, with their
pictures or addresses; what cannot be used, by file, row and field; archives that mean harm; what our own exports write, read back."""

import io
import json
import os
import re
import time
import zipfile

import numpy
import PIL.Image
import pytest
from pycocotools import mask as coco_mask

from people import Browser, member
from test_export_formats import files, png
from server import shared_server
from work import CHOICES, IMAGE, Project, counted, ours, owner, sql

pytestmark = ours
FREE = "<View></View>"
BOXES = ('<View><Image name="img" value="$photo"/><RectangleLabels name="b" toName="img"><Label value="Cat"/><Label value="Dog"/></RectangleLabels></View>')
ALL = ('<View><Image name="image" value="$image"/>' + "".join(
    f'<{tag} name="{tag[:4]}" toName="image"><Label value="Cat"/><Label value="Dog"/></{tag}>' for tag in ("RectangleLabels", "PolygonLabels", "BrushLabels"))
    + "</View>")
MARKED = '<View><Text name="t" value="$words"/><Labels name="who" toName="t"><Label value="Person"/><Label value="Place"/></Labels></View>'


def packed(contents):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in contents.items():
            z.writestr(name, content)
    return out.getvalue()


def send(project, contents, status=201, kind="auto", api=None, **query):
    """contents: {name: bytes} as files of one request."""
    parts = [(f"f{i}", (name, content)) for i, (name, content) in enumerate(contents.items())]
    answer = (api or owner()).send("POST", project.path + "/import", params={"import_format": kind, **query}, files=parts)
    assert answer.status_code == status, answer.text
    return answer.json()


def refused(project, contents, **query):
    answer = send(project, contents, 400, **query)
    assert project.read()["task_number"] == 0
    return answer["validation_errors"]["non_field_errors"]


def tasks(project):
    return sorted(project.tasks(), key=lambda t: t["id"])


def results(project, key="annotations"):
    return [[(r["type"], *r["value"][r["type"]], r["value"]) for c in t[key] for r in c["result"]] for t in tasks(project)]


def box(result):
    value = result[2]
    return [round(value[k], 6) for k in ("x", "y", "width", "height")]


def coco(annotations, images=None, **more):
    images = images or [{"id": 1, "file_name": "a.png", "width": 40, "height": 20}]
    return json.dumps({"images": images, "annotations": annotations, "categories": [{"id": 3, "name": "Cat"}, {"id": 9, "name": "Dog"}], **more}).encode()


def one(**fields):
    return {"id": 1, "image_id": 1, "category_id": 3, "bbox": [4, 5, 10, 10], **fields}


# ---- COCO ----


def test_coco_boxes_into_a_configuration():
    project = Project(label_config=BOXES)
    images = [{"id": i, "file_name": f"{i}.png", "width": 40, "height": 20} for i in (7, 2, 5)]
    answer = send(project, {"x.json": coco([one(image_id=7), one(image_id=2, category_id=9), one(image_id=7, category_id=9, bbox=[0, 0, 40, 20])], images)},
                  image_prefix="https://example.com/p/")
    assert (answer["task_count"], answer["annotation_count"], answer["prediction_count"]) == (3, 2, 0)
    told = answer["recognised"]
    assert told["format"] == "coco" and told["items"] == 3 and told["regions"] == 3 and sorted(told["labels"]) == ["Cat", "Dog"] and told["label_config"] is None
    assert [t["data"] for t in tasks(project)] == [{"photo": f"https://example.com/p/{i}.png"} for i in (2, 5, 7)]
    two, five, seven = results(project)
    assert two[0][:2] == ("rectanglelabels", "Dog") and box(two[0]) == [10, 25, 25, 50] and five == [] and [r[1] for r in seven] == ["Cat", "Dog"]
    first = tasks(project)[0]["annotations"][0]
    assert (first["result"][0]["from_name"], first["result"][0]["to_name"], first["result"][0]["original_width"]) == ("b", "img", 40)
    assert first["ground_truth"] is False
    counted(project)


def test_coco_shapes_propose_a_configuration():
    project = Project(label_config=FREE)
    mask = numpy.zeros((20, 40), dtype=numpy.uint8, order="F")
    mask[3:9, 5:30] = 1
    packed_mask = coco_mask.encode(mask)
    plain = {"size": [20, 40], "counts": [int(n) for n in runs(mask)]}
    rle = {"size": packed_mask["size"], "counts": packed_mask["counts"].decode()}
    content = coco([one(), one(segmentation=[[0, 0, 20, 0, 20, 10]], category_id=9), one(segmentation=rle, iscrowd=1), one(segmentation=plain, iscrowd=1)])
    look = send(project, {"x.json": content, "a.png": png(40, 20)}, commit_to_project="false")
    assert look["task_count"] == 1 and project.read()["task_number"] == 0 and not look["recognised"]["label_config_taken"]
    answer = send(project, {"x.json": content, "a.png": png(40, 20)}, take_config="true")
    assert answer["recognised"]["label_config_taken"] and answer["recognised"]["pictures"] == 1
    assert project.read()["label_config"] == answer["recognised"]["label_config"] == look["recognised"]["label_config"]
    square, polygon, first, second = results(project)[0]
    assert square[:2] == ("rectanglelabels", "Cat") and polygon[:2] == ("polygonlabels", "Dog") and first[:2] == ("brushlabels", "Cat")
    assert polygon[2]["points"] == [[0, 0], [50, 0], [50, 50]] and first[2]["rle"] == second[2]["rle"]
    # what our export makes of the mask is what went in
    data = owner().send("GET", project.path + "/export", params={"exportType": "BRUSH_TO_NUMPY"})
    with zipfile.ZipFile(io.BytesIO(data.content)) as z:
        back = [numpy.load(io.BytesIO(z.read(n))) for n in sorted(z.namelist())]
    assert len(back) == 2 and all(((b > 0) == (mask > 0)).all() for b in back)
    image = tasks(project)[0]["data"]["image"]
    assert owner().send("GET", image).content == png(40, 20)
    counted(project)


def runs(mask):
    """Uncompressed counts down the columns."""
    value, n = 0, 0
    for pixel in mask.flatten(order="F"):
        if pixel != value:
            yield n
            value, n = pixel, 0
        n += 1
    yield n


def test_coco_points():
    project = Project(label_config=FREE)
    person_ = {"id": 3, "name": "person", "keypoints": ["nose", "eye"]}
    content = json.dumps({"images": [{"id": "a", "file_name": "a.png", "width": 100, "height": 50}], "categories": [person_],
                          "annotations": [{"image_id": "a", "category_id": 3, "bbox": [0, 0, 50, 50], "keypoints": [10, 10, 2, 0, 0, 0]}]}).encode()
    answer = send(project, {"x.json": content}, image_prefix="/data/", take_config="1")
    assert sorted(answer["recognised"]["labels"]) == ["nose", "person"]
    assert [(r[0], r[1]) for r in results(project)[0]] == [("rectanglelabels", "person"), ("keypointlabels", "nose")]
    assert results(project)[0][1][2]["x"] == 10 and results(project)[0][1][2]["y"] == 20
    assert points_with_parents(project) == [("nose", 10, 20, "person")] and 'value="eye" model_index="1"' in project.read()["label_config"]


@pytest.mark.parametrize("bad, place", [
    (one(category_id=4), "x.json, row 1, annotations.category_id: 4 is not among the categories"),
    (one(bbox=[1, 2]), "x.json, row 1, annotations.bbox: must be [x, y, width, height]"),
    (one(bbox=[0, 0, -1, 5]), "x.json, row 1, annotations.bbox: must be [x, y, width, height]"),
    (one(image_id=2), "x.json, row 1, annotations.image_id: no image has this id"),
    ({"id": 1}, "x.json, row 1, annotations.image_id: is missing"),
    (one(segmentation=[[1, 2, 3]]), "x.json, row 1, annotations.segmentation: a polygon must be a list of at least three pairs of numbers"),
    (one(segmentation={"size": [20, 40], "counts": [5]}), "x.json, row 1, annotations.segmentation.counts: the runs do not fill the mask"),
    (one(segmentation={"size": [20, 40], "counts": "zz"}), "x.json, row 1, annotations.segmentation.counts: the runs do not fill the mask"),
    (one(segmentation={"size": [99999, 99999], "counts": [1]}), "x.json, row 1, annotations.segmentation.size: must be [height, width] of at most 67,108,864 pixels"),
])
def test_coco_errors_name_the_place(bad, place):
    assert refused(Project(label_config=ALL), {"x.json": coco([bad])}, image_prefix="/") == [place]
    assert refused(Project(label_config="<View/>"), {"x.json": coco([bad])}, image_prefix="/") == [place]
    project = Project(label_config=ALL)
    answer = send(project, {"x.json": coco([bad, one()])}, image_prefix="/", on_error="skip")
    assert answer["task_count"] == 1 and len(results(project)[0]) == 1
    skipped = answer["skipped"]
    assert skipped["count"] == 1 and ", ".join([skipped["rows"][0]["file"], f"row {skipped['rows'][0]['row']}", skipped["rows"][0]["field"]]) == place.split(":")[0]


@pytest.mark.parametrize("value", ["1e400", '"\\u0000"', '"\\ud800"'])
def test_coco_that_cannot_be_kept(value):
    bad = [coco([one(note="HERE"), one()]), coco([one()], [{"id": 1, "file_name": "a.png", "width": 4, "height": 4, "note": "HERE"}])]
    for text, place in zip((document.replace(b'"HERE"', value.encode()) for document in bad), ("annotations", "images")):
        assert refused(Project(label_config=BOXES), {"x.json": text}, image_prefix="/") == [f"x.json, row 1, {place}: is not JSON that can be stored"]
    project = Project(label_config=BOXES)
    answer = send(project, {"x.json": bad[0].replace(b'"HERE"', value.encode())}, image_prefix="/", on_error="skip")
    assert answer["skipped"]["count"] == 1 and len(results(project)[0]) == 1


def test_unknown_labels_are_named_once():
    project = Project(label_config=IMAGE)
    message, = refused(project, {"x.json": coco([one(category_id=9)] * 300)}, image_prefix="/")
    assert message == 'x.json, row 1, label: the label configuration does not know "Dog"; RectangleLabels "box" has Cat'
    answer = send(project, {"x.json": coco([one(category_id=9)] * 1200 + [one()])}, image_prefix="/", on_error="skip")
    assert answer["skipped"]["count"] == 1200 and len(answer["skipped"]["rows"]) == 1000 and len(results(project)[0]) == 1
    assert refused(Project(label_config=MARKED), {"x.json": coco([one()])}, image_prefix="/") == [
        "the label configuration of this project has no Image that labels could be put on"]


def test_outlines_become_boxes_where_nothing_else_is_known():
    project = Project(label_config=BOXES)
    send(project, {"x.json": coco([one(segmentation=[[4, 5, 14, 5, 14, 15]])])}, image_prefix="/")
    assert box(results(project)[0][0]) == [10, 25, 25, 50]


def test_a_picture_must_be_somewhere():
    project = Project(label_config=BOXES)
    assert refused(project, {"x.json": coco([one()])}) == [
        "x.json, row 1, images.file_name: the picture a.png is not among the files; send it too, or give image_prefix"]
    send(project, {"x.json": coco([one()], [{"id": 1, "file_name": "a.png", "width": 4, "height": 4, "coco_url": "https://example.com/a.png"}])})
    assert tasks(project)[0]["data"] == {"photo": "https://example.com/a.png"}


@pytest.mark.parametrize("broken", ['{"images": [{"id": 1}', '{"images": [{]}, "annotations": []}', '{"images": [], "annotations": [{"image_id": 1,}], "categories": []}'])
def test_broken_coco(broken):
    assert refused(Project(label_config=BOXES), {"x.json": broken.encode()}, kind="coco")


def test_a_large_coco_file_in_no_order():
    project, n = Project(label_config=BOXES), 3000
    images = [{"id": i, "file_name": f"{i}.png", "width": 100, "height": 100} for i in range(n)]
    annotations = [one(image_id=(i * 7919) % n, bbox=[i % 50, 1, 2, 3]) for i in range(n * 30)]
    answer = send(project, {"x.json": coco(annotations, images)}, image_prefix="/")
    assert (answer["task_count"], answer["annotation_count"], answer["recognised"]["regions"]) == (n, n, n * 30)
    assert sql(f"SELECT min(jsonb_array_length(result)) || ' ' || max(jsonb_array_length(result)) FROM annotation WHERE project_id = {project.id}") == "30 30"


# ---- YOLO ----

YOLO = {"classes.txt": b"Cat\nDog\n", "labels/a.txt": b"1 0.5 0.5 0.2 0.4\n0 0.1 0.2 0.1 0.1\n", "images/a.png": png(40, 20), "images/b.png": png(10, 10)}


def test_yolo_with_its_pictures():
    project = Project(label_config=BOXES)
    answer = send(project, {"set.zip": packed(YOLO)})
    assert answer["task_count"] == 2 and answer["recognised"]["format"] == "yolo" and answer["recognised"]["pictures"] == 2
    first, second = results(project)
    assert [r[1] for r in first] == ["Dog", "Cat"] and box(first[0]) == [40, 30, 20, 40] and second == []
    assert [t["data"]["photo"][-6:] for t in tasks(project)] == ["-a.png", "-b.png"]
    assert all(t["file_upload"] for t in tasks(project))
    assert owner().send("GET", tasks(project)[0]["data"]["photo"]).content == png(40, 20)
    counted(project)


def test_yolo_as_predictions():
    project = Project(label_config=BOXES)
    lines = {**YOLO, "labels/a.txt": b"1 0.5 0.5 0.2 0.4 0.75\n0 0.1 0.2 0.1 0.1 0.25\n"}
    answer = send(project, {"set.zip": packed(lines)}, import_as="predictions", model_version="detector 3")
    assert (answer["annotation_count"], answer["prediction_count"]) == (0, 1)
    prediction = tasks(project)[0]["predictions"][0]
    assert prediction["model_version"] == "detector 3" and prediction["score"] == 0.5 and prediction["result"][0]["score"] == 0.75
    counted(project)


@pytest.mark.parametrize("names", ["names: [Cat, 'Dog']", "names:\n  0: Cat\n  1: Dog\n", "names:\n- Cat\n- \"Dog\"  # two\nnc: 2\n", "nc: 2\nnames: {0: Cat, 1: Dog}\n"])
def test_yolo_names(names):
    project = Project(label_config=BOXES)
    send(project, {"data.yaml": names.encode(), "a.txt": YOLO["labels/a.txt"]}, image_prefix="https://example.com/", image_extension="webp")
    assert [r[1] for r in results(project)[0]] == ["Dog", "Cat"] and tasks(project)[0]["data"] == {"photo": "https://example.com/a.webp"}


def test_yolo_polygons_and_turned_boxes():
    corners, outline = b"0 0.5 0.5 0.75 0.5 0.75 1 0.5 1\n", b"0 0.5 0.5 0.75 0.5 0.75 1\n"
    turned = Project(label_config=ALL)
    send(turned, {"classes.txt": b"Cat", "a.txt": corners, "a.png": png(40, 20)})
    assert results(turned)[0][0][0] == "rectanglelabels" and box(results(turned)[0][0]) == [50, 50, 25, 50]
    polygons = Project(label_config=ALL)
    send(polygons, {"classes.txt": b"Cat", "a.txt": corners + outline, "a.png": png(40, 20)})
    assert [(r[0], r[2]["points"]) for r in results(polygons)[0]] == [
        ("polygonlabels", [[50, 50], [75, 50], [75, 100], [50, 100]]), ("polygonlabels", [[50, 50], [75, 50], [75, 100]])]
    assert refused(Project(label_config=ALL), {"classes.txt": b"Cat", "a.txt": corners}, image_prefix="/") == [
        "a.txt, row 1: the size of the picture must be known for a turned box: send the picture too, or import as yolo_seg"]
    send(Project(label_config=ALL), {"classes.txt": b"Cat", "a.txt": corners}, image_prefix="/", kind="yolo_seg")


POSE = b"names: [person, dog]\nkpt_shape: [2, 3]\nkpt_names:\n  0:\n    - nose\n    - tail\n"


def points_with_parents(project):
    found = [r for t in tasks(project) for c in t["annotations"] for r in c["result"]]
    boxes = {r["id"]: r["value"]["rectanglelabels"][0] for r in found if r["type"] == "rectanglelabels"}
    return [(r["value"]["keypointlabels"][0], r["value"]["x"], r["value"]["y"], boxes[r["parentID"]]) for r in found if r["type"] == "keypointlabels"]


def test_yolo_points_belong_to_their_box():
    """Points that are not there are left out; the configuration has them all the same, and those without a name too."""
    lines = b"0 0.5 0.5 0.2 0.4 0.5 0.25 2 0 0 0\n1 0.5 0.5 0.1 0.1 0.25 0.5 1 0.75 0.5 2\n0 0.1 0.1 0.1 0.1\n"
    project = Project(label_config=FREE)
    answer = send(project, {"set.zip": packed({"data.yaml": POSE, "labels/a.txt": lines, "images/a.png": png(40, 20)})}, take_config="true")
    assert (answer["recognised"]["format"], answer["recognised"]["regions"]) == ("yolo", 6)
    assert points_with_parents(project) == [("nose", 50, 25, "person"), ("dog 1", 25, 50, "dog"), ("dog 2", 75, 50, "dog")]
    config = project.read()["label_config"]
    assert [re.search(f'value="{name}" model_index="(.)"', config)[1] for name in ("nose", "tail", "dog 1", "dog 2")] == ["0", "1", "0", "1"]
    counted(project)


@pytest.mark.parametrize("names, line, row", [
    (POSE, "0 0.5 0.5 0.1 0.1 0.5 0.5 2", "a.txt, row 1: needs a box alone or one with 2 points of 3 numbers: 10 in all"),
    (POSE, "0 0.5 0.5 -1 0.1 0.5 0.5 2 0 0 0", "a.txt, row 1, width: is negative"),
    (b"names: [person]\nkpt_shape: [2]", "0 0.5 0.5 0.1 0.1", "data.yaml, kpt_shape: up to 1000 points of 2 or 3 numbers each can follow a box")])
def test_yolo_points_that_cannot_be(names, line, row):
    assert refused(Project(label_config=BOXES.replace("Cat", "person")), {"data.yaml": names, "a.txt": line.encode()}, image_prefix="/") == [row]


def test_yolo_points_of_our_export():
    """What an export of boxes with points writes comes back as it was."""
    project, again = Project(label_config=FREE), Project(label_config=FREE)
    send(project, {"data.yaml": POSE, "a.txt": b"0 0.5 0.5 0.25 0.5 0 0 0 0.5 0.25 2\n", "a.png": png(40, 20)}, take_config="true")
    first = files(project, "YOLO_WITH_IMAGES")
    labels, = (text for name, text in first.items() if name.startswith("labels/"))
    send(again, {"set.zip": packed(first)}, take_config="true")
    assert points_with_parents(again) == points_with_parents(project) == [("tail", 50, 25, "person")]
    assert [text for name, text in files(again, "YOLO").items() if name.startswith("labels/")] == [labels]
    assert [float(v) for v in labels.split()] == [0, 0.5, 0.5, 0.25, 0.5, 0, 0, 0, 0.5, 0.25, 2]


@pytest.mark.parametrize("line, place", [("5 0.1 0.1 0.1 0.1", "a.txt, row 2, class: 5 has no name"), ("0 0.1", "a.txt, row 2: needs four numbers"),
                                         ("0 a b c d", "a.txt, row 2: is not a class and numbers"), ("0 0.1 0.1 -1 0.1", "a.txt, row 2, width: is negative"),
                                         ("0 nan 0.1 1 0.1", "a.txt, row 2: is not a class and numbers")])
def test_yolo_errors_name_the_line(line, place):
    message, = refused(Project(label_config=BOXES), {"classes.txt": b"Cat", "a.txt": b"0 0.5 0.5 0.1 0.1\r\n" + line.encode() + b"\n"}, image_prefix="/")
    assert message.startswith(place)


# ---- VOC ----


def voc(name="a.png", inside="<bndbox><xmin>4</xmin><ymin>5</ymin><xmax>14</xmax><ymax>15</ymax></bndbox>", size="<size><width>40</width><height>20</height></size>"):
    return f"<?xml version='1.0'?><annotation><filename>{name}</filename>{size}<object><name>Cat</name>{inside}</object></annotation>".encode()


def test_voc_with_declarations():
    bomb = b"<!DOCTYPE annotation [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
    content = voc().replace(b"<annotation>", bomb + b"<annotation>").replace(b"<name>Cat</name>", b"<name>&b;</name>")
    assert refused(Project(label_config=BOXES), {"a.xml": content, "a.png": png(40, 20)}) == ["a.xml: has a document type declaration, which is not taken"]


def test_voc():
    project = Project(label_config=BOXES)
    answer = send(project, {"voc.zip": packed({"Annotations/a.xml": voc(), "JPEGImages/a.png": png(40, 20), "JPEGImages/rest.png": png(4, 4),
                                               "SegmentationClass/a.png": painted((0, 0, 0, 0)), "SegmentationObject/rest.png": png(4, 4)})})
    assert answer["recognised"]["format"] == "voc" and answer["task_count"] == 2 and box(results(project)[0][0]) == [10, 25, 25, 50]


@pytest.mark.parametrize("content, place", [
    (voc(inside=""), "a.xml, row 1, bndbox: is missing"),
    (voc(inside="<bndbox><xmin>x</xmin></bndbox>"), "a.xml, row 1, xmin: is not a number"),
    (voc(inside="<bndbox><xmin>9</xmin><ymin>5</ymin><xmax>4</xmax><ymax>15</ymax></bndbox>"), "a.xml, row 1, xmax: is smaller than the minimum"),
    (voc(name=""), "a.xml, filename: is missing"), (voc(size=""), "a.xml, size: is missing, and the picture is not among the files"),
    (b"<annotation><filename>", "a.xml: is not well-formed XML with an annotation"),
    (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><annotation><filename>&e;</filename></annotation>',
     "a.xml: has a document type declaration, which is not taken"),
])
def test_voc_errors_name_the_object(content, place):
    assert refused(Project(label_config=BOXES), {"a.xml": content}, kind="voc", image_prefix="/") == [place]


# ---- CoNLL ----

CONLL = "-DOCSTART- -X- O\n\nAnn -X- _ B-Person\nLée -X- _ I-Person\nwent -X- _ O\nto -X- _ O\nUlm -X- _ B-Place\n\nBob -X- _ I-Person\nUlm -X- _ B-Person\n"


def test_conll():
    project = Project(label_config=MARKED)
    answer = send(project, {"x.conll": CONLL.encode()})
    assert answer["task_count"] == 2 and answer["recognised"]["format"] == "conll2003"
    assert [t["data"] for t in tasks(project)] == [{"words": "Ann Lée went to Ulm"}, {"words": "Bob Ulm"}]
    assert [[(r[1], r[2]["start"], r[2]["end"], r[2]["text"]) for r in one] for one in results(project)] == [
        [("Person", 0, 7, "Ann Lée"), ("Place", 16, 19, "Ulm")], [("Person", 0, 3, "Bob"), ("Person", 4, 7, "Ulm")]]
    assert refused(Project(label_config=MARKED), {"x.conll": b"Ann\n"}) == ["x.conll, row 1: needs a word and, in the last column, a tag"]
    assert refused(Project(label_config=MARKED), {"x.conll": b"Ann B-Thing\n"})[0].startswith('x.conll, row 1, label: the label configuration does not know "Thing"')


# ---- JSON lines ----


def test_json_lines():
    project = Project(label_config=CHOICES)
    lines = ['{"text": "one\u2028two"}', "", json.dumps({"data": {"text": "b"}, "meta": {"k": 1}, "annotations": [{"result": []}], "predictions": [{"result": []}]})]
    answer = send(project, {"x.jsonl": "\n".join(lines).encode()})
    assert (answer["task_count"], answer["annotation_count"], answer["prediction_count"]) == (2, 1, 1)
    assert [t["data"]["text"] for t in tasks(project)] == ["one\u2028two", "b"]
    bad = b'{"text": "a"}\n{"text": \n[1]\n{"other": 1}\n'
    first, second, third = refused(Project(label_config=CHOICES), {"x.jsonl": bad})
    assert first.startswith("x.jsonl, row 2: JSON parse error") and second == "x.jsonl, row 3: is not a JSON object that can be stored"
    assert third.startswith('x.jsonl, row 4: "text" key is expected in task data')
    skipped = send(project, {"x.jsonl": bad}, on_error="skip")
    assert skipped["task_count"] == 1 and [r["row"] for r in skipped["skipped"]["rows"]] == [2, 3, 4]
    counted(project)


def test_other_imports_skip_too():
    project = Project(label_config=CHOICES)
    answer = send(project, {"x.csv": b"text,n\na,1\n", "y.json": b'[{"text": "b"}, {"no": 1}]'}, kind=None, on_error="skip")
    assert answer["task_count"] == 2 and answer["skipped"]["count"] == 1
    row, = answer["skipped"]["rows"]
    assert row["file"].endswith("-y.json") and row["row"] == 2 and row["reason"].startswith('"text" key is expected')


# ---- masks ----


def painted(inside, size=(40, 20)):
    image = PIL.Image.new("L", size)
    image.paste(255, inside)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_masks_by_folder():
    project = Project(label_config=ALL)
    answer = send(project, {"m.zip": packed({"images/a.png": png(40, 20), "images/b.png": png(40, 20), "masks/Cat/a.png": painted((0, 0, 10, 10)),
                                             "masks/Dog/a.png": painted((5, 5, 9, 9)), "masks/Cat/b.png": painted((1, 1, 2, 2))})})
    assert answer["recognised"]["format"] == "masks" and answer["task_count"] == 2 and answer["recognised"]["pictures"] == 2
    assert [[r[:2] for r in one] for one in results(project)] == [[("brushlabels", "Cat"), ("brushlabels", "Dog")], [("brushlabels", "Cat")]]
    back = {name.rsplit("-", 2)[1] + name.split("-")[1]: content for name, content in files(project, "BRUSH_TO_PNG").items()}
    first = tasks(project)[0]["id"]
    assert (numpy.array(PIL.Image.open(io.BytesIO(back[f"Dog{first}"]))) == numpy.array(PIL.Image.open(io.BytesIO(painted((5, 5, 9, 9)))))).all()
    wrong = refused(Project(label_config=ALL), {"m.zip": packed({"images/a.png": png(4, 4), "masks/Cat/a.png": painted((0, 0, 1, 1))})})
    assert wrong == ["masks/Cat/a.png: has 40x20 pixels, the picture 4x4"]
    assert refused(Project(label_config=ALL), {"m.zip": packed({"masks/Cat/a.png": b"no"})}, image_prefix="/")[0].startswith("masks/Cat/a.png: is not a PNG file")


# ---- archives ----


@pytest.mark.parametrize("name, why", [("../../evil.json", "leaves its folder"), ("/etc/passwd", "is not a path inside the archive"), ("a/../../b", "leaves its folder")])
def test_names_that_leave_the_archive(name, why):
    message, = refused(Project(label_config=BOXES), {"x.zip": packed({"x.json": coco([one()]), name: b"x"})}, image_prefix="/")
    assert message == f"x.zip: the name of a file in it {why}"


def test_archives_that_are_none():
    assert refused(Project(label_config=BOXES), {"x.zip": b"PK\x03\x04nothing"})[0].startswith("x.zip: ")
    assert refused(Project(label_config=BOXES), {"x.zip": packed({"a.bin": b"x"})}) == ["No known format was recognised in x.zip. Name it with import_format."]
    link = zipfile.ZipInfo("link.json")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr(link, "/etc/passwd")
    assert refused(Project(label_config=BOXES), {"x.zip": out.getvalue()}) == ["x.zip: link.json is not a file"]


# ---- limits ----


def test_masks_have_a_budget_of_pixels():
    """Fifty million pixels each, from a hundred bytes: no mask is made while labels are only looked at, and they are counted first."""
    size, n = {"size": [7071, 7071], "counts": [7071 * 7071]}, 1620
    images = [{"id": 1, "file_name": "a.png", "width": 7071, "height": 7071}]
    content = coco([one(segmentation=size, iscrowd=1)] * n, images)
    message, = refused(Project(label_config=FREE), {"x.json": content}, image_prefix="/")
    assert message.startswith("x.json, row 1601: the masks up to here have more than 10000000000 pixels together")
    assert send(Project(label_config=FREE), {"x.json": coco([one(segmentation=size, iscrowd=1)] * 100, images)}, commit_to_project="false",
                image_prefix="/")["recognised"]["regions"] == 100


LONG = 34 << 20


@pytest.mark.parametrize("name, content, place", [
    ("x.jsonl", b'{"photo": "/a.png"}\n{"photo": "' + b"x" * LONG + b'"}\n', "x.jsonl, row 2: has more than 33554432 bytes"),
    ("x.json", coco([one(note="x" * LONG)]), "x.json, row 1, annotations: has more than 33554432 bytes"),
    ("x.json", coco([one()], [{"id": 1, "file_name": "x" * LONG, "width": 1, "height": 1}]), "x.json, row 1, images: has more than 33554432 bytes"),
    ("x.json", coco([one()], info={}, categories=[{"id": 3, "name": "x" * LONG}]), "x.json: the categories have more than 33554432 bytes"),
    ("a.txt", b"0 0.1 0.1 0.1 0.1\n" * (LONG // 18), "a.txt: has more than 33554432 bytes"),
], ids=["a line of JSON", "an annotation", "an image", "categories", "a file of lines"])
def test_one_element_has_an_end(name, content, place):
    with_names = {"classes.txt": b"Cat"} if name == "a.txt" else {}
    assert place in refused(Project(label_config=BOXES), {name: content, **with_names}, image_prefix="/")


def test_problems_without_end_are_counted():
    project = Project(label_config=MARKED)
    content = b"\n".join(b"word" for _ in range(100000)) + b"\n\nAnn X X B-Person\n"
    answer = send(project, {"x.conll": content}, on_error="skip")
    assert answer["skipped"]["count"] == 100000 and len(answer["skipped"]["rows"]) == 1000 and answer["task_count"] == 1
    message = refused(Project(label_config=BOXES), {"x.json": coco([one(category_id="y" * 100000)])}, image_prefix="/")[0]
    assert message.startswith("x.json, row 1, annotations.category_id: \"yyy") and len(message) < 2200


def test_more_labels_than_a_configuration_has():
    categories = [{"id": i, "name": "a label with a long name " * 110 + str(i)} for i in range(2000)]
    content = coco([one(category_id=i) for i in range(2000)], categories=categories)
    assert refused(Project(label_config=FREE), {"x.json": content}, image_prefix="/") == [
        "There are more labels in these files than a label configuration can have."]


def test_a_refused_import_keeps_no_pictures():
    project, folder = Project(label_config=BOXES), os.path.join(shared_server().dir, "files", "upload")
    contents = {"classes.txt": b"Cat", "labels/a.txt": b"7 0 0 1 1", **{f"images/{i}.png": png(4, 4) for i in range(3)}, "images/a.png": png(4, 4)}
    refused(project, {"x.zip": packed(contents)})
    assert not os.path.isdir(f"{folder}/{project.id}") or os.listdir(f"{folder}/{project.id}") == []


# ---- the rest ----


def test_without_the_parameter_nothing_is_recognised():
    project = Project(label_config=FREE)
    answer = send(project, {"x.json": coco([one()])}, kind=None)
    assert answer["task_count"] == 1 and "recognised" not in answer and "skipped" not in answer
    assert "categories" in tasks(project)[0]["data"]
    assert send(project, {"x.zip": packed(YOLO)}, 400, kind=None)["validation_errors"]["non_field_errors"] == [".zip extension is not supported"]
    # what is no other tool's file comes as it always does
    assert send(project, {"x.csv": b"a\n1\n"})["task_count"] == 1


@pytest.mark.parametrize("query", [{"kind": "nope"}, {"import_as": "x"}, {"on_error": "x"}, {"take_config": "maybe"}])
def test_bad_parameters(query):
    send(Project(label_config=BOXES), {"x.json": coco([one()])}, 400, **query)


def test_a_body_and_a_job():
    project = Project(label_config=BOXES)
    answer = owner().raw("POST", project.path + "/import?import_format=coco&image_prefix=/", coco([one()]), status=201)
    assert answer.json()["task_count"] == 1
    number = send(project, {"set.zip": packed(YOLO)}, **{"async": "1", "import_as": "predictions", "on_error": "skip"})["import"]
    for _ in range(1200):
        done = owner().get(f"{project.path}/imports/{number}/")
        if done["status"] not in ("created", "in_progress"):
            break
        time.sleep(0.05)
    assert done["status"] == "completed" and done["prediction_count"] == 1 and done["recognised"]["format"] == "yolo" and done["skipped"]["count"] == 0
    counted(project)


def test_who_only_looks_leaves_nothing_behind():
    project = Project(label_config=BOXES)
    answer = send(project, {"x.csv": b"a\n1\n"}, commit_to_project="false", on_error="skip")
    assert answer["task_count"] == 0 and "recognised" not in answer and "skipped" not in answer
    assert send(project, {"set.zip": packed(YOLO)}, commit_to_project="false")["recognised"]["items"] == 2
    assert owner().get(project.path + "/file-uploads", all="true") == [] and project.read()["task_number"] == 0


def test_an_archive_in_pieces():
    project, content = Project(label_config=BOXES), packed(YOLO)
    upload = owner().post(project.path + "/uploads", {"name": "set.zip", "size": len(content)})
    half = len(content) // 2
    for offset, piece in ((0, content[:half]), (half, content[half:])):
        owner().raw("PATCH", f"{project.path}/uploads/{upload['id']}?offset={offset}", piece, "application/octet-stream", 200)
    answer = owner().call("POST", project.path + "/import", 201, params={"upload": upload["id"], "import_format": "auto"})
    assert answer["task_count"] == 2 and answer["recognised"]["format"] == "yolo"


# ---- the page, without scripts ----


def submitted(browser, path, contents, **fields):
    parts = [("files", (name, content)) for name, content in contents.items()]
    form = {"csrfmiddlewaretoken": browser.csrf, "import_format": "auto", "import_as": "annotations", **fields}
    return browser.session.post(browser.url + path, data=form, files=parts, headers={"Referer": browser.url + path}, allow_redirects=False, timeout=60)


def test_the_import_page():
    somebody = member("MA")
    project, browser = Project(api=somebody, label_config=FREE), Browser(somebody.address)
    page = f"/projects/{project.id}/import"
    assert submitted(browser, page, {"set.zip": packed(YOLO)}, take_config="true").status_code == 303
    assert project.read()["task_number"] == 2 and "Dog" in project.read()["label_config"]
    bad = {**YOLO, "labels/a.txt": YOLO["labels/a.txt"] + b"x <i>y\n7 0 0 1 1\n"}
    answer = submitted(browser, page, {"set.zip": packed(bad)})
    assert answer.status_code == 400 and "Nothing was imported: 2 rows cannot be used." in answer.text
    assert "labels/a.txt, row 4, class: 7 has no name" in answer.text and project.read()["task_number"] == 2
    answer = submitted(browser, page, {"set.zip": packed(bad)}, on_error="skip", import_as="predictions")
    assert answer.status_code == 200 and "2 tasks imported: YOLO, 2 labels. 2 rows were left out." in answer.text
    assert project.read()["total_predictions_number"] == 1
    # plain tasks only
    answer = submitted(browser, page, {"set.zip": packed(YOLO)}, import_format="")
    assert answer.status_code == 400 and ".zip extension is not supported" in answer.text
    counted(project)


def test_a_new_project_with_its_labels():
    somebody = member("MA")
    browser = Browser(somebody.address)
    answer = submitted(browser, "/projects/new", {"set.zip": packed(YOLO)}, title="From a YOLO set", take_config="true")
    assert answer.status_code == 303, answer.text
    number = int(answer.headers["Location"].split("/projects/")[1].split("/")[0])
    made = somebody.get(f"/api/projects/{number}/")
    assert made["task_number"] == 2 and 'value="Cat"' in made["label_config"]


# ---- our own exports ----


def drawn(label, tag, **value):
    return {"id": tag[:3], "from_name": tag, "to_name": "image", "type": tag.lower(), "original_width": 400, "original_height": 200, "image_rotation": 0,
            "value": {**value, tag.lower(): [label]}}


def geometry(project):
    def numbers(value):
        if "points" in value:
            return [round(n, 1) for p in value["points"] for n in p]
        return [round(value[k], 1) for k in ("x", "y", "width", "height")]
    return [sorted((r[0], r[1], numbers(r[2])) for r in one) for one in results(project)]


@pytest.mark.parametrize("kind", ["COCO", "YOLO", "YOLO_OBB", "VOC"])
def test_our_exports_come_back(kind):
    tags = ["RectangleLabels"] + ["PolygonLabels"] * (kind in ("COCO", "YOLO"))
    config = '<View><Image name="image" value="$image"/>' + "".join(
        f'<{t} name="{t}" toName="image"><Label value="Cat"/><Label value="Two words"/></{t}>' for t in tags) + "</View>"
    source, items = Project(label_config=config), []
    for i in range(8):
        result = [drawn("Cat", tags[0], x=i, y=2.5 * i, width=10 + i, height=12.5, rotation=0), drawn("Two words", tags[0], x=50, y=50, width=25, height=25, rotation=0)]
        if "PolygonLabels" in tags:
            result.append(drawn("Two words", tags[1], points=[[10, 10], [20, 10.5], [20, 30 + i], [15, 35]], closed=True))
        items.append({"data": {"image": f"https://example.com/p/{i}.png"}, "annotations": [{"result": result}]})
    source.load(items)
    target = Project(label_config=config)
    archive = owner().send("GET", source.path + "/export", params={"exportType": kind, "download_resources": "false"}).content
    contents = {"export.zip": archive}
    if kind == "YOLO_OBB":
        with zipfile.ZipFile(io.BytesIO(archive)) as z:
            contents = {"export.zip": packed({**{n: z.read(n) for n in z.namelist() if not n.endswith("/")},
                                              **{n.replace("labels/", "images/").replace(".txt", ".png"): png(400, 200) for n in z.namelist() if n.endswith(".txt") and "/" in n}})}
    send(target, contents, image_prefix="https://example.com/")
    there, back = geometry(source), geometry(target)
    assert len(back) == 8
    if kind == "VOC":       # whole pixels of 400 x 200
        assert [[(r[0], r[1], [round(n, 0) for n in r[2][:1]]) for r in one] for one in sorted(back)] == [
            [(r[0], r[1], [round(n, 0) for n in r[2][:1]]) for r in one] for one in sorted(there)]
    else:
        assert sorted(back) == sorted(there)


def test_our_marked_texts_come_back():
    source = Project(label_config=MARKED)
    span = {"id": "s", "from_name": "who", "to_name": "t", "type": "labels", "value": {"start": 0, "end": 7, "text": "Ann Lée", "labels": ["Person"]}}
    source.load([{"data": {"words": "Ann Lée went home"}, "annotations": [{"result": [span]}]}, {"data": {"words": "Nobody there"}, "annotations": [{"result": []}]}])
    content = owner().send("GET", source.path + "/export", params={"exportType": "CONLL2003"}).content
    target = Project(label_config=MARKED)
    send(target, {"x.conll": content})
    assert [t["data"] for t in tasks(target)] == [t["data"] for t in tasks(source)]
    assert [r[2] for r in results(target)[0]] == [r[2] for r in results(source)[0]]


def test_our_json_lines_come_back():
    source = Project(label_config=CHOICES)
    source.load([{"data": {"text": f"t{i}"}, "annotations": [{"result": [{"id": "r", "from_name": "label", "to_name": "text", "type": "choices",
                                                                          "value": {"choices": ["A"]}}]}]} for i in range(5)])
    target = Project(label_config=CHOICES)
    send(target, {"x.jsonl": owner().send("GET", source.path + "/export", params={"exportType": "JSONL"}).content})
    assert results(target) == results(source) and [t["data"] for t in tasks(target)] == [t["data"] for t in tasks(source)]
