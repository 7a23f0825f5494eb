"""Formats for pictures, text and speech: when they are offered, what their archives hold, and files that tasks name."""

import io
import json
import struct
import wave
import zipfile
import zlib
import xml.etree.ElementTree as tree

import pytest

from converter import unpacked
from random_results import BOXES, BRUSH, KEYPOINTS, RECTANGLES, SPEECH, TEXT, box, brush, generator, region
from work import CHOICES, Project, owner, ours, stranger

GENERAL = ["JSON", "JSON_MIN", "CSV", "TSV"]
COCO, YOLO, OBB = ["COCO", "COCO_WITH_IMAGES"], ["YOLO", "YOLO_WITH_IMAGES"], ["YOLO_OBB", "YOLO_OBB_WITH_IMAGES"]
MASKS = ["BRUSH_TO_NUMPY", "BRUSH_TO_PNG", "BRUSH_TO_COCO"]
ORDER = [*GENERAL, "CONLL2003", *COCO, "VOC", *YOLO, *OBB, *MASKS[:2], "ASR_MANIFEST", MASKS[2], "DOCLANG"]


def image(control, source='value="$image"'):
    return f'<View><Image name="i" {source}/>{control}</View>'


def control(tag, name="c", label="<Label value='L'/>"):
    return f'<{tag} name="{name}" toName="i">{label}</{tag}>'


OFFERED = [
    (CHOICES, []), (TEXT, ["CONLL2003"]), (TEXT.replace('value="$text"', 'value="$text" valueType="url"'), []),
    (BOXES, [*COCO, "VOC", *YOLO, *OBB]), (RECTANGLES, [*COCO, "VOC", *YOLO, *OBB]), (KEYPOINTS, [*COCO, "VOC", *YOLO, *OBB]),
    (image(control("PolygonLabels")), [*COCO, *YOLO, *OBB]), (image(control("KeyPointLabels")), OBB),
    (image(control("PolygonLabels") + control("KeyPointLabels", "k")), OBB), (image(control("EllipseLabels")), []),
    (image(control("Rectangle", "r", "") + control("Labels")), [*COCO, "VOC", *YOLO, *OBB]), (image(control("Polygon", "p", "") + control("Labels")), []),
    (image(control("RectangleLabels"), 'valueList="$images"'), []), (image(control("Brush", "b", "") + control("Labels")), MASKS),
    (BRUSH, [*COCO, "VOC", *YOLO, *OBB, *MASKS]), (SPEECH, ["ASR_MANIFEST", "DOCLANG"]),
    ('<View><Image name="i" value="$a"/><Image name="j" value="$b"/>' + control("RectangleLabels") + '<Choices name="d" toName="j"><Choice value="x"/></Choices></View>', []),
    ("<View></View>", []),
]


@pytest.mark.parametrize("config, names", OFFERED)
def test_offered(config, names):
    formats = [f for f in owner().get(Project(label_config=config).path + "/export/formats") if f["name"] in ORDER]
    offered = [f["name"] for f in formats if "disabled" not in f]
    assert offered == [name for name in ORDER if name in GENERAL + names]
    assert [f["name"] for f in formats if f.get("disabled")] == [name for name in ORDER if name not in offered]


def test_what_a_format_is_about_is_said_and_where_to_read_on():
    formats = {f["name"]: f for f in owner().get(Project().path + "/export/formats")}
    assert formats["CONLL2003"]["tags"] == ["sequence labeling", "text tagging", "named entity recognition"]
    assert formats["BRUSH_TO_PNG"]["tags"] == ["image segmentation"] and "tags" not in formats["JSON"]


@ours
def test_the_link_of_a_format_leads_to_its_place_in_the_guide():
    formats = owner().get(Project().path + "/export/formats")
    guide = owner().send("GET", "/docs/export/").text
    assert [f["name"] for f in formats if f["link"] != f"/docs/export/#{f['name']}" or f'id="{f["name"]}"' not in guide] == []


def got(project, kind, status=200, **query):
    answer = owner().send("GET", project.path + "/export", params={"exportType": kind, **query})
    assert answer.status_code == status, answer.text
    return answer


def files(project, kind, **query):
    return unpacked(got(project, kind, **query))


def png(width, height, colour=2):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    row = b"\0" + b"\x80" * width * {0: 1, 2: 3, 6: 4}[colour]
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b""))


def wav(seconds, rate=8000):
    out = io.BytesIO()
    with wave.open(out, "wb") as w:
        w.setparams((1, 2, rate, 0, "NONE", ""))
        w.writeframes(b"\0\0" * int(seconds * rate))
    return out.getvalue()


def upload(project, name, content):
    answer = owner().send("POST", project.path + "/import?commit_to_project=false", files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    uploaded = owner().get(project.path + "/file-uploads", ids=json.dumps(answer.json()["file_upload_ids"]))[0]["file"]
    return "/data/" + uploaded


def drawn(value, *results):
    return {"data": {"image": value}, "annotations": [{"result": result} for result in results]}


@pytest.fixture(scope="module")
def pictures():
    """One uploaded picture, one of another server, one that is not there."""
    project, r = Project(label_config=RECTANGLES), generator(1)
    here = upload(project, "here.png", png(40, 30, 6))
    first = region("rectanglelabels", "box", {"x": 10, "y": 20, "width": 50, "height": 25, "rotation": 0, "rectanglelabels": ["Cat"]}, r)
    project.load([drawn(here, [first]), drawn("http://127.0.0.1:9/far.png", [first]), drawn("/data/upload/999999/none.png", [first]), drawn("gone.png", [first])])
    return project, here.split("/")[-1]


def test_zip_headers(pictures):
    answer = got(pictures[0], "COCO")
    assert answer.headers["Content-Type"] == "application/zip" and answer.headers["filename"].endswith(".zip")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{answer.headers["filename"]}"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as z:
        assert sorted(z.namelist()) == ["images/", "result.json"]


def test_uploaded_pictures(pictures):
    project, name = pictures
    plain = json.loads(files(project, "COCO")["result.json"])
    assert [(i["width"], i["height"], i["file_name"].split("/")[-1]) for i in plain["images"]] == [
        (40, 30, name), (64, 48, plain["images"][1]["file_name"][7:]), (64, 48, "none.png"), (64, 48, "080663ae__gone.png")]
    assert plain["images"][1]["file_name"].endswith("__far.png")
    inside = files(project, "COCO_WITH_IMAGES")
    assert [n for n in inside if n.startswith("images/")] == ["images/" + name] and inside["images/" + name] == png(40, 30, 6)
    # what could not be fetched goes by its own name
    assert json.loads(inside["result.json"])["images"][1]["file_name"] == "http://127.0.0.1:9/far.png"
    # own files are in all the same
    assert [n for n in files(project, "COCO_WITH_IMAGES", download_resources="false") if n.startswith("images/")] == ["images/" + name]


NAMES = [("http://127.0.0.1:9/d/a%20b.png?x=1", "images/338e2579__a%20b.png", "338e2579__a%20b", "a%20b", "a%20b.png?x=1"), ("a.png", "images/32d3ca5e__a.png", "32d3ca5e__a", "a", "a.png"),
         ("/abs/p.png", "images/5854264c__p.png", "5854264c__p", "p", "p.png"), ("ftp://h/k.png", "images/bc57b138__k.png", "bc57b138__k", "k", "k.png"),
         ("dir/c.png?x=1", "images/7e7b6eed__c.png", "7e7b6eed__c", "c", "c.png?x=1"), ("s3://b/k.png", "s3://b/k.png", "k", "k", "k.png"), ("upload/1/q.png", "upload/1/q.png", "q", "q", "q.png"),
         ("/data/upload/1/zz.png", "/data/upload/1/zz.png", "zz", "zz", "zz.png")]


@pytest.mark.parametrize("value, coco, stem, missing, voc", NAMES)
def test_names_of_pictures(value, coco, stem, missing, voc):
    """That of a picture nobody asked for has digits of its address before it; that of one that could not be had has not. As the reference server's."""
    project = Project(label_config=RECTANGLES)
    project.load([{"data": {"image": value}, "annotations": [{"result": [box(r=generator(1), labels=["Cat"])]}]}])
    for query in ({}, {"download_resources": "false"}):
        assert json.loads(files(project, "COCO", **query)["result.json"])["images"][0]["file_name"] == coco
        assert json.loads(files(project, "COCO_WITH_IMAGES", **query)["result.json"])["images"][0]["file_name"] == value
        for kind, expected in (("YOLO", stem), ("YOLO_WITH_IMAGES", missing)):
            assert [n for n in files(project, kind, **query) if n.startswith("labels/")] == [f"labels/{expected}.txt"]
    root = tree.fromstring(files(project, "VOC")[f"Annotations/{missing}.xml"])
    assert root.find("filename").text == voc
    assert f"Annotations/{stem}.xml" in files(project, "VOC", download_resources="false")


@pytest.mark.parametrize("kind", ["YOLO_WITH_IMAGES", "YOLO_OBB_WITH_IMAGES", "VOC"])
def test_pictures_beside_what_is_said_of_them(pictures, kind):
    project, name = pictures
    inside, stem = files(project, kind), name.rsplit(".", 1)[0]
    assert "images/" + name in inside
    assert (f"Annotations/{stem}.xml" if kind == "VOC" else f"labels/{stem}.txt") in inside


def test_voc_is_read(pictures):
    project, name = pictures
    root = tree.fromstring(files(project, "VOC")[f"Annotations/{name[:-4]}.xml"])
    assert [int(root.find(f"size/{k}").text) for k in ("width", "height", "depth")] == [64, 48, 4]
    box = root.find("object/bndbox")
    assert root.find("object/name").text == "Cat" and [int(box.find(k).text) for k in ("xmin", "ymin", "xmax", "ymax")] == [6, 9, 38, 21]


def test_a_foreign_upload_stays_where_it_is():
    """A task may name any path; only files of projects that the caller sees are read."""
    other = Project(label_config=RECTANGLES)
    path = upload(other, "secret.png", png(3, 3))
    project, r = Project(label_config=RECTANGLES), generator(2)
    project.load([drawn(p, [box(r, ["Cat"])]) for p in (path, path.replace("/data/upload/", "/data/upload/../upload/"), f"/data/upload/{other.id}/../{other.id}/x.png",
                                                         f"/data/upload/{project.id}/..%2f{other.id}%2f{path.split('/')[-1]}", "/data/local-files/?d=../../etc/passwd")])
    inside = [n for n in files(project, "COCO_WITH_IMAGES") if n.startswith("images/")]
    assert inside == ["images/" + path.split("/")[-1]]      # the owner sees both projects
    answer = owner().send("GET", project.path + "/export", params={"exportType": "YOLO_WITH_IMAGES"})
    assert b"root:" not in answer.content


@ours
def test_another_organization_keeps_its_files():
    path = upload(Project(label_config=RECTANGLES), "secret.png", png(3, 3))
    project, r = Project(stranger(), label_config=RECTANGLES), generator(2)
    project.load([drawn(path, [box(r, ["Cat"])])])
    answer = stranger().send("GET", project.path + "/export", params={"exportType": "COCO_WITH_IMAGES"})
    assert list(unpacked(answer)) == ["result.json"]
    image, = json.loads(unpacked(answer)["result.json"])["images"]
    assert image["width"] == 64 and image["file_name"] == path


def test_coco_is_read(pictures, tmp_path):
    from pycocotools.coco import COCO as Reader

    path = tmp_path / "result.json"
    path.write_bytes(files(pictures[0], "COCO")["result.json"])
    coco = Reader(str(path))
    cat, = coco.getCatIds(catNms=["Cat"])
    assert len(coco.getImgIds()) == 4 and len(coco.getAnnIds(catIds=[cat])) == 4
    assert coco.loadAnns(coco.getAnnIds(imgIds=[0]))[0]["bbox"] == pytest.approx([6.4, 9.6, 32, 12])
    assert coco.annToMask({"segmentation": [[6.4, 9.6, 38.4, 9.6, 38.4, 21.6, 6.4, 21.6]], "image_id": 0}).sum() > 0


# ---- masks ----


def masks(n):
    project, r = Project(label_config=BRUSH), generator(3)
    results = [b for _ in range(99) for b in brush(r) if b["type"] == "brushlabels"][:n]
    project.load([drawn("http://pictures.example/a.png", results)])
    return project


def test_a_single_mask_comes_alone():
    answer = got(masks(1), "BRUSH_TO_PNG")
    assert answer.headers["Content-Type"] == "application/.png" and answer.content.startswith(b"\x89PNG")
    answer = got(masks(1), "BRUSH_TO_NUMPY")
    assert answer.headers["filename"].endswith(".npy") and answer.content.startswith(b"\x93NUMPY\x01\0") and len(answer.content) == 128 + 64 * 48


def test_no_mask_is_an_empty_zip():
    answer = got(masks(0), "BRUSH_TO_PNG")
    assert answer.headers["filename"].endswith(".zip") and zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == []


def test_masks_of_a_snapshot():
    """The extension is known when the file is."""
    for n, extension in ((1, "npy"), (2, "zip")):
        project = masks(n)
        snapshot = owner().post(project.path + "/exports/", {})
        owner().post(f"{project.path}/exports/{snapshot['id']}/convert", {"export_type": "BRUSH_TO_NUMPY"}, 200)
        kept = owner().send("GET", f"{project.path}/exports/{snapshot['id']}/download", params={"exportType": "BRUSH_TO_NUMPY"})
        now = owner().send("GET", f"{project.path}/exports/{snapshot['id']}/download", params={"exportType": "BRUSH_TO_PNG"})
        assert kept.headers["filename"].endswith("." + extension) and kept.headers["Content-Type"] == "application/" + extension
        assert now.headers["filename"].endswith(extension.replace("npy", "png")) and now.status_code == 200


@ours
def test_broken_masks_are_left_out():
    """The reference server fails on them."""
    project, r = Project(label_config=BRUSH), generator(4)
    good = next(b for _ in range(9) for b in brush(r) if b["type"] == "brushlabels")
    broken = [{**good, "value": {**good["value"], "rle": rle}} for rle in ([], [1, 2], good["value"]["rle"][:20], ["a"], [300, -1], "text", good["value"]["rle"] + [[1]])]
    project.load([drawn("http://pictures.example/a.png", [good, *broken, {**good, "original_width": 3}, {**good, "original_height": 1e9}])])
    assert got(project, "BRUSH_TO_PNG").content.startswith(b"\x89PNG")
    assert len(json.loads(files(project, "BRUSH_TO_COCO")["result_coco.json"])["images"]) == 1


# ---- speech ----


def test_speech():
    project, r = Project(label_config=SPEECH), generator(5)
    path = upload(project, "hello.wav", wav(0.25))
    say = [{**region("textarea", "words", {"text": ["hellö / hen"]}, r, "audio", False)}]
    project.load([{"data": {"audio": path}, "annotations": [{"result": say}]}, {"data": {"audio": "http://127.0.0.1:9/far.wav"}, "annotations": [{"result": say}]},
                  {"data": {"audio": path}, "annotations": [{"result": []}]}])
    inside, name = files(project, "ASR_MANIFEST"), path.split("/")[-1]
    line = f'{{"audio_filepath": "audio/{name}", "duration": 0.25, "text": "hell\\u00f6 / hen", "annotator": "{owner().id}"}}\n'
    assert inside["manifest.json"].decode() == line and inside["audio/" + name] == wav(0.25)


# ---- seen on the reference server ----


def test_a_turned_box():
    project, r = Project(label_config=RECTANGLES), generator(7)
    turned = region("rectanglelabels", "box", {"x": 50, "y": 50, "width": 20, "height": 10, "rotation": 30, "rectanglelabels": ["Cat"]}, r)
    project.load([drawn("http://a.example/x.png", [{**turned, "original_width": 640, "original_height": 480}])])
    annotation, = json.loads(files(project, "COCO")["result.json"])["annotations"]
    assert annotation["bbox"] == pytest.approx([288.0, 240.0, 142.85125168440817, 89.56921938165304]) and annotation["area"] == pytest.approx(12795.075101064489)
    text, = [c.decode() for n, c in files(project, "YOLO_OBB").items() if n.startswith("labels/")]
    assert [float(v) for v in text.split()[1:]] == pytest.approx([0.5, 0.5, 0.6732050807568878, 0.6333333333333333, 0.6357050807568878, 0.7199358737117773, 0.4625,
                                                                  0.5866025403784438])


def test_marked_text():
    text, r = "Mira can't visit St. Ives, she said.", generator(8)
    project = Project(label_config=TEXT)
    spans = [region("labels", "ner", {"start": s, "end": e, "text": text[s:e], "labels": [label]}, r, "text", False) for s, e, label in ((17, 25, "Place"), (0, 4, "Person"))]
    project.load([{"data": {"text": text}, "annotations": [{"result": spans}]}, {"data": {"text": ""}, "annotations": [{"result": []}]}])
    answer = got(project, "CONLL2003")
    assert answer.headers["Content-Type"] == "application/.conll"
    words = [("Mira", "B-Person"), ("ca", "O"), ("n't", "O"), ("visit", "O"), ("St.", "B-Place"), ("Ives", "I-Place"), (",", "O"), ("she", "O"), ("said", "O"), (".", "O")]
    assert answer.text == "-DOCSTART- -X- O\n" + "".join(f"{word} -X- _ {tag}\n" for word, tag in words) + "\n\n"


def test_categories():
    labels = [("Car", ' category="7"'), ("Bus", ' category="2"'), ("Van", ""), ("x", ' alias="two-wheeler"'), ("Road", "")]
    config = image(control("RectangleLabels", "c", "".join(f'<Label value="{v}"{more}/>' for v, more in labels))
                   + '<Choices name="d" toName="i"><Choice value="night"/><Choice value="day"/></Choices>')
    project, r = Project(label_config=config), generator(9)
    project.load([drawn("http://a.example/x.png", [{**box(r, ["Unlisted"], "c"), "to_name": "i"}])])
    inside = files(project, "YOLO")
    assert [(c["name"], c["id"]) for c in json.loads(inside["notes.json"])["categories"]] == [
        ("Bus", 2), ("Car", 7), ("Road", 0), ("Van", 1), ("day", 3), ("night", 4), ("two-wheeler", 5), ("Unlisted", 7)]
    assert inside["classes.txt"].decode().split() == ["Bus", "Car", "Road", "Van", "day", "night", "two-wheeler", "Unlisted"]


# ---- without the reference's defects ----


@ours
def test_corrected():
    project, r = Project(label_config=BOXES), generator(6)
    turned = region("rectanglelabels", "box", {"x": 50, "y": 50, "width": 20, "height": 10, "rotation": 90, "rectanglelabels": ["Unlisted"]}, r)
    tasks = project.load([drawn("http://a.example/x.png", [turned]), drawn("/data/upload/5/x.png", [turned], [turned])])
    coco = json.loads(files(project, "COCO", corrected="true")["result.json"])
    ids = [c["id"] for c in coco["categories"]]
    assert len(set(ids)) == len(ids) and len(coco["images"]) == 2 and len({i["file_name"] for i in coco["images"]}) == 2
    # turned by a right angle about its first corner, in pixels: 64 by 48
    assert coco["annotations"][0]["bbox"] == pytest.approx([32 - 4.8, 24, 4.8, 12.8])
    yolo = files(project, "YOLO", corrected="true")
    assert [c["id"] for c in json.loads(yolo["notes.json"])["categories"]] == list(range(len(yolo["classes.txt"].splitlines())))
    lines = {n: c.decode().split() for n, c in yolo.items() if n.startswith("labels/")}
    assert len(lines) == 2 and f"labels/{tasks[1]}-x.txt" in lines
    assert [float(v) for v in lines[f"labels/{tasks[1]}-x.txt"][1:]] == pytest.approx([(32 - 2.4) / 64, (24 + 6.4) / 48, 4.8 / 64, 12.8 / 48])
    snapshot = owner().post(project.path + "/exports/", {})
    owner().post(f"{project.path}/exports/{snapshot['id']}/convert", {"export_type": "YOLO", "corrected": True, "download_resources": False}, 200)
    answer = owner().send("GET", f"{project.path}/exports/{snapshot['id']}/download", params={"exportType": "YOLO"})
    assert unpacked(answer)["classes.txt"] == yolo["classes.txt"] and f"labels/{tasks[1]}-x.txt" in unpacked(answer)


@pytest.mark.parametrize("kind", [*ORDER[4:], "NOPE"])
def test_any_configuration(kind):
    """Formats that do not fit say nothing, but they do not fail."""
    project = Project(label_config="<View></View>")
    project.load([{"text": "x"}])
    got(project, kind, 400 if kind == "NOPE" else 200, download_all_tasks="true")
