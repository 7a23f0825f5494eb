"""Data sets as other tools pack them: folders, names and notes of each, with small pictures of their own sizes. Every picture must come in once, with
the labels that are its own, or the import says which file, row and field are wrong."""

import json
import os

import pytest

from test_export_formats import png
from test_import_foreign import ALL, FREE, MARKED, box, one, packed, refused, results, send, tasks
from server import shared_server
from work import CHOICES, Project, counted, ours, owner, sql

pytestmark = ours

A, B, C, D = png(40, 20), png(41, 20), png(42, 20), png(43, 20)
CATEGORIES = [{"id": 0, "name": "animals", "supercategory": "none"}, {"id": 1, "name": "Cat", "supercategory": "animals"},
              {"id": 2, "name": "Dog", "supercategory": "animals"}]
CAT, DOG = b"0 0.5 0.5 0.25 0.25\n", b"1 0.5 0.5 0.25 0.25\n"


def document(*pictures, categories=None, **more):
    """COCO: pictures are (file_name, category ids …)."""
    images = [{"id": i, "file_name": name, "width": 40, "height": 20} for i, (name, *_) in enumerate(pictures, 1)]
    found = [{"id": 10 * i + k, "image_id": i, "category_id": c, "bbox": [4, 5, 10, 10], "area": 100, "iscrowd": 0}
             for i, (_, *ids) in enumerate(pictures, 1) for k, c in enumerate(ids)]
    return json.dumps({"info": {}, "licenses": [], "images": images, "annotations": found, "categories": categories or CATEGORIES, **more}).encode()


def xml(filename, *labels, **more):
    more = "".join(f"<{k}>{v}</{k}>" for k, v in more.items())
    objects = "".join(f"<object><name>{n}</name><bndbox><xmin>4</xmin><ymin>5</ymin><xmax>14</xmax><ymax>15</ymax></bndbox></object>" for n in labels)
    return (f"<annotation>{more}<filename>{filename}</filename><size><width>40</width><height>20</height><depth>3</depth></size>{objects}</annotation>").encode()


ROBOFLOW_YAML = b"train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 2\nnames: ['Cat', 'Dog']\n\nroboflow:\n  workspace: w\n  url: https://example.com/\n"
ULTRALYTICS_YAML = b"# a comment\npath: ../datasets/pets  # root\ntrain: images/train\nval: images/val\ntest:\n\n# Classes\nnames:\n  0: Cat\n  1: Dog  # barks\n"

# what is in the archive, and what must come of it: the picture, its labels, the part of the data set
LAYOUTS = {
    "roboflow coco": ({
        "README.roboflow.txt": b"pets - v1\n====\n", "train/_annotations.coco.json": document(("a.jpg", 1, 2), ("b.jpg",)), "train/a.jpg": A, "train/b.jpg": B,
        "valid/_annotations.coco.json": document(("a.jpg", 2)), "valid/a.jpg": C, "test/_annotations.coco.json": document(("d.jpg", 1)), "test/d.jpg": D},
        [(A, ["Cat", "Dog"], "train"), (B, [], "train"), (C, ["Dog"], "valid"), (D, ["Cat"], "test")]),
    "roboflow yolo": ({
        "README.roboflow.txt": b"\npets - v1\n", "README.dataset.txt": b"# pets\n", "data.yaml": ROBOFLOW_YAML, "train/images/a.jpg": A, "train/labels/a.txt": CAT + DOG,
        "train/images/b.jpg": B, "train/labels/b.txt": b"", "valid/images/a.jpg": C, "valid/labels/a.txt": DOG, "test/images/d.jpg": D, "test/labels/d.txt": CAT},
        [(A, ["Cat", "Dog"], "train"), (B, [], "train"), (C, ["Dog"], "valid"), (D, ["Cat"], "test")]),
    "ultralytics": ({
        "pets/pets.yaml": ULTRALYTICS_YAML, "pets/LICENSE": b"x", "pets/README.md": b"# x", "pets/images/train/a.jpg": A, "pets/labels/train/a.txt": CAT,
        "pets/images/val/a.jpg": B, "pets/labels/val/a.txt": DOG, "pets/labels/train.cache": b"\0\1", "pets/train.txt": b"./images/train/a.jpg\n",
        "pets/autosplit_train.txt": b"./images/train/a.jpg\n"},
        [(A, ["Cat"], "train"), (B, ["Dog"], "val")]),
    "cvat coco": ({
        "annotations/instances_Train.json": document(("a.jpg", 1)), "annotations/instances_Validation.json": document(("a.jpg", 2), ("sub/b.jpg", 1)),
        "images/Train/a.jpg": A, "images/Validation/a.jpg": B, "images/Validation/sub/b.jpg": C},
        [(A, ["Cat"], "Train"), (B, ["Dog"], "Validation"), (C, ["Cat"], "Validation")]),
    "cvat coco of one part": ({"annotations/instances_default.json": document(("a.jpg", 1), ("b.jpg", 2)), "images/a.jpg": A, "images/b.jpg": B},
                              [(A, ["Cat"], None), (B, ["Dog"], None)]),
    "cvat yolo": ({
        "obj.data": b"classes = 2\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n", "obj.names": b"Cat\nDog\n",
        "train.txt": b"data/obj_train_data/a.jpg\ndata/obj_train_data/sub/b.jpg\n", "obj_train_data/a.jpg": A, "obj_train_data/a.txt": CAT,
        "obj_train_data/sub/b.jpg": B, "obj_train_data/sub/b.txt": b"", "valid.txt": b"data/obj_valid_data/a.jpg\n", "obj_valid_data/a.jpg": C, "obj_valid_data/a.txt": DOG},
        [(A, ["Cat"], "train"), (B, [], "train"), (C, ["Dog"], "valid")]),
    "cvat voc": ({
        "Annotations/a.xml": xml("a.jpg", "Cat"), "Annotations/sub/a.xml": xml("sub/a.jpg", "Dog"), "ImageSets/Main/default.txt": b"a\nsub/a\n",
        "JPEGImages/a.jpg": A, "JPEGImages/sub/a.jpg": B, "labelmap.txt": b"# label:color_rgb:parts:actions\nCat:1,2,3::\n"},
        [(A, ["Cat"], None), (B, ["Dog"], None)]),
    "labelimg voc": ({
        "a.xml": xml("a.jpg", "Cat", folder="pics", path="C:\\Users\\ann\\pics\\a.jpg"), "a.jpg": A, "b.xml": xml("b", "Dog", path="/mnt/pictures/b.jpg"), "b.jpg": B,
        "c.xml": xml("C:\\pics\\c.jpg", "Cat"), "c.jpg": C, "d.xml": xml("old name.bmp", "Dog"), "d.png": D},
        [(A, ["Cat"], None), (B, ["Dog"], None), (C, ["Cat"], None), (D, ["Dog"], None)]),
    "labelimg yolo": ({"classes.txt": b"\xef\xbb\xbfCat\r\nDog\r\n", "a.txt": CAT.replace(b"\n", b"\r\n"), "a.jpg": A, "b.txt": DOG, "b.JPG": B},
                      [(A, ["Cat"], None), (B, ["Dog"], None)]),
    "sets with classes of their own": ({
        "one/classes.txt": b"Cat\nDog\n", "one/a.txt": CAT, "one/a.jpg": A, "two/data.yaml": b"names: [Dog, Cat]\n", "two/labels/a.txt": CAT, "two/images/a.jpg": B,
        "two/labels/b.txt": DOG, "two/images/b.jpg": C}, [(A, ["Cat"], None), (B, ["Dog"], None), (C, ["Cat"], None)]),
    "backslashes": ({"pets\\data.yaml": b"names: [Cat, Dog]", "pets\\labels\\a.txt": CAT, "pets\\images\\a.jpg": A}, [(A, ["Cat"], None)]),
    "backslashes in coco": ({"result.json": document(("images\\1\\a.jpg", 1), ("images\\2\\a.jpg", 2)), "images/1/a.jpg": A, "images/2/a.jpg": B},
                            [(A, ["Cat"], None), (B, ["Dog"], None)]),
    "what a mac adds": ({
        "pets/result.json": document(("a.jpg", 1)), "pets/a.jpg": A, "__MACOSX/pets/._a.jpg": b"x", "__MACOSX/pets/._result.json": b"x", "pets/.DS_Store": b"x", "pets/._a.jpg": b"x"},
        [(A, ["Cat"], None)]),
    "names": ({
        "x.json": document(("two words.jpg", 1), ("k\u00e4tzchen%20\u732b.jpg", 2), ("B.jpg", 1), ("100%.jpg", 2)), "two words.jpg": A, "k\u00e4tzchen \u732b.jpg": B, "B.JPG": C, "100%.jpg": D},
        [(A, ["Cat"], None), (B, ["Dog"], None), (C, ["Cat"], None), (D, ["Dog"], None)]),
    "upper case": ({"DATA.YAML": b"names: [Cat, Dog]", "A.TXT": CAT, "A.JPG": A}, [(A, ["Cat"], None)]),
    "pictures that no list has": ({"x.json": document(("a.jpg", 1)), "a.jpg": A, "b.jpg": B}, [(A, ["Cat"], None), (B, [], None)]),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    contents, expected = LAYOUTS[layout]
    project = Project(label_config=FREE)
    answer = send(project, {"set.zip": packed(contents)}, take_config="true")
    found = [(owner().send("GET", t["data"]["image"]).content, sorted(r["value"][r["type"]][0] for c in t["annotations"] for r in c["result"]), t["data"].get("split"))
             for t in tasks(project)]
    assert sorted(found) == sorted(expected) and answer["recognised"]["pictures"] == len(expected)
    assert sorted(answer["recognised"]["labels"]) == sorted({label for _, labels, _ in expected for label in labels})
    assert len(owner().get(project.path + "/file-uploads", all="true")) == len(expected)
    counted(project)


@pytest.mark.parametrize("contents, places", [
    # the picture of another part is not taken for it
    ({"data.yaml": ROBOFLOW_YAML, "train/labels/a.txt": CAT, "valid/images/a.jpg": A, "valid/labels/a.txt": CAT},
     ["train/labels/a.txt: the picture a.jpg is not among the files; send it too, or give image_prefix"]),
    ({"train/_annotations.coco.json": document(("a.jpg", 1)), "valid/a.jpg": A},
     ["train/_annotations.coco.json, row 1, images.file_name: the picture a.jpg is not among the files; send it too, or give image_prefix"]),
    ({"obj.names": b"Cat\n", "obj_train_data/a.txt": CAT + DOG, "obj_train_data/a.jpg": A}, ["obj_train_data/a.txt, row 2, class: 1 has no name"]),
    ({"one/classes.txt": b"Cat\nDog\n", "one/a.txt": DOG, "one/a.jpg": A, "two/classes.txt": b"Cat\n", "two/b.txt": DOG, "two/b.jpg": B},
     ["two/b.txt, row 1, class: 1 has no name"]),
    ({"data.yaml": b"names: [Cat]", "notes.txt": b"made in May\n", "a.txt": CAT, "a.jpg": A}, [
        "notes.txt, row 1: is not a class and numbers", "notes.txt: the picture notes.jpg is not among the files; send it too, or give image_prefix"]),
    ({"annotations/instances_val2017.json": document(("a.jpg", 1)), "annotations/captions_val2017.json":
        document(("b.jpg",), annotations=[{"id": 1, "image_id": 1, "caption": "x"}]), "a.jpg": A, "b.jpg": B},
     ["annotations/captions_val2017.json, row 1, images.id: another image has the same id"]),
    ({"instances_val.json": document(("a.jpg", 1)), "captions_val.json": document(("a.jpg",), annotations=[{"id": 1, "image_id": 1, "caption": 3},
                                                                                                          {"id": 2, "image_id": 7, "caption": "x"}]), "a.jpg": A},
     ["captions_val.json, row 1, annotations.caption: is not a text", "captions_val.json, row 2, annotations.image_id: no image has this id"]),
    ({"panoptic_val.json": document(("a.jpg",), annotations=[{"image_id": 1, "file_name": "a.png", "segments_info": []}]), "a.jpg": A},
     ["panoptic_val.json, row 1, annotations.category_id: is missing"]),
    ({"instances_val.json": document(("a.jpg", 1)), "person_keypoints_val.json": document(("a.jpg", 7)), "a.jpg": A},
     ["person_keypoints_val.json, row 1, annotations.category_id: 7 is not among the categories"]),
    ({"Annotations/a.xml": xml("a.jpg", "Cat", "Cat").replace(b"<xmax>14</xmax>", b"<xmax>1</xmax>", 1), "JPEGImages/a.jpg": A}, ["Annotations/a.xml, row 1, xmax: is smaller than the minimum"]),
])
def test_errors_of_layouts_name_the_place(contents, places):
    project = Project(label_config=ALL)
    assert refused(project, {"set.zip": packed(contents)}) == places
    skipped = send(project, {"set.zip": packed({**contents, "zz.jpg": D})}, on_error="skip")["skipped"]
    told = [", ".join([r["file"]] + ([f"row {r['row']}"] if r["row"] else []) + ([r["field"]] if r.get("field") else [])) for r in skipped["rows"]]
    assert told == [p.split(":")[0] if ", images.file_name" not in p else p.split(": ")[0] for p in places] and skipped["count"] == len(places)


# ---- COCO's own set: instances, points and captions of the same pictures ----


def coco_original(pictures):
    person = {"id": 1, "name": "person", "supercategory": "person"}
    images = [{"id": i, "file_name": f"{i:012}.jpg", "width": 40, "height": 20, "coco_url": f"http://images.example.com/{i:012}.jpg",
               "flickr_url": "http://flickr.example.com/x.jpg", "license": 1} for i in (9, 25, 30)]
    outline = one(id=77, image_id=9, category_id=1, segmentation=[[4, 5, 14, 5, 14, 15]])
    points = {**outline, "keypoints": [10, 10, 2, 0, 0, 0], "num_keypoints": 1}
    lone = one(id=78, image_id=25, category_id=1, keypoints=[20, 10, 1, 0, 0, 0])
    captions = [{"id": 1, "image_id": 9, "caption": "A person.\n"}, {"id": 2, "image_id": 30, "caption": "Nobody."}, {"id": 3, "image_id": 9, "caption": "Somebody"}]

    def part(annotations, categories):
        return json.dumps({"info": {}, "images": images, "licenses": [], "annotations": annotations, **categories}).encode()
    return {"annotations/captions_train2017.json": part(captions, {}),
            "annotations/instances_train2017.json": part([outline, one(id=79, image_id=30, category_id=2)], {"categories": [person, {"id": 2, "name": "cat"}]}),
            "annotations/person_keypoints_train2017.json": part([points, lone], {"categories": [{**person, "keypoints": ["nose", "eye"], "skeleton": [[1, 2]]}]}),
            "annotations/instances_val2017.json": document(("x.jpg", 1)), "val2017/x.jpg": D, **pictures}


@pytest.mark.parametrize("pictures", [{f"train2017/{i:012}.jpg": content for i, content in ((9, A), (25, B), (30, C))}, {}])
def test_documents_that_tell_of_the_same_pictures(pictures):
    project = Project(label_config=FREE)
    answer = send(project, {"coco.zip": packed(coco_original(pictures))}, take_config="true")
    assert (answer["task_count"], answer["recognised"]["pictures"], answer["recognised"]["regions"]) == (4, 1 + len(pictures), 6)
    nine, lone, thirty, other = tasks(project)
    assert nine["data"]["captions"] == ["A person.\n", "Somebody"] and thirty["data"]["captions"] == ["Nobody."] and "captions" not in lone["data"]
    assert [t["data"]["split"] for t in (nine, lone, thirty, other)] == ["train2017"] * 3 + ["val2017"]
    if not pictures:
        assert nine["data"]["image"] == "http://images.example.com/000000000009.jpg"
    outline, nose = nine["annotations"][0]["result"]
    assert (outline["type"], nose["type"], nose["parentID"]) == ("polygonlabels", "keypointlabels", outline["id"])
    assert [r["type"] for r in lone["annotations"][0]["result"]] == ["rectanglelabels", "keypointlabels"]
    counted(project)


def test_data_that_the_configuration_reads_is_left_alone():
    """A configuration that shows `split` gets the picture there."""
    project = Project(label_config=ALL.replace("$image", "$split"))
    send(project, {"x.zip": packed(LAYOUTS["roboflow yolo"][0])})
    assert all(t["data"]["split"].startswith("/data/upload/") for t in tasks(project))


# ---- names of classes ----


@pytest.mark.parametrize("names", [
    "names: ['Cat, small', 'it''s', \"ca\\xF1 \\u732B\"]", "names:\n- Cat, small\n- 'it''s'\n- \"ca\\xF1 \\u732B\"\nnc: 3\n", "\ufeffnames: {0: 'Cat, small', 1: it's, 2: \"ca\\xF1 \\u732B\"}",
    "names:\n  '0': Cat, small\n  \"1\": it's\n  2: ca\u00f1 \u732b\n", "names: [\n  'Cat, small', # one\n  \"it's\",\n  ca\u00f1 \u732b\n]\n"])
def test_names_of_classes_as_they_are_written(names):
    project = Project(label_config=FREE)
    send(project, {"data.yaml": names.encode(), "a.txt": b"0 0.5 0.5 0.1 0.1\n1 0.5 0.5 0.1 0.1\n2 0.5 0.5 0.1 0.1\n", "a.png": A}, take_config="true")
    assert [r[1] for r in results(project)[0]] == ["Cat, small", "it's", "ca\u00f1 \u732b"]


# ---- texts ----

SENTENCES = {
    "two columns and tabs": "Ann\tB-Person\nLee\tI-Person\nleft\tO\nUlm\tB-Place\n\nBob\tB-Person\n",
    "three columns": "Ann NNP B-Person\nLee NNP I-Person\nleft VBD O\nUlm NNP B-Place\n\nBob NNP B-Person\n",
    "four columns of 2003": "-DOCSTART- -X- -X- O\n\nAnn NNP I-NP I-Person\nLee NNP I-NP I-Person\nleft VBD I-VP O\nUlm NNP I-NP I-Place\n\nBob NNP I-NP I-Person\n",
    "five columns and CRLF": "Ann a b c B-Person\r\nLee a b c I-Person\r\nleft a b c O\r\nUlm a b c B-Place\r\n\r\nBob a b c B-Person\r\n",
    "numbers and comments": "# source 1\n1\tAnn\tB-Person\n2\tLee\tI-Person\n3\tleft\tO\n4\tUlm\tB-Place\n\n# source 2\n1\tBob\tB-Person\n",
    "BIOES and ids": "\ufeff# id 1b2c domain=en\nAnn _ _ B-Person\nLee _ _ E-Person\nleft _ _ O\nUlm _ _ S-Place\n\n\n# id 3\nBob _ _ S-Person",
    "BILOU": "Ann B-Person\nLee L-Person\nleft O\nUlm U-Place\n\nBob U-Person\n",
}


@pytest.mark.parametrize("kind", SENTENCES)
def test_conll_as_it_is_written(kind):
    project = Project(label_config=MARKED)
    answer = send(project, {"x.conll": SENTENCES[kind].encode()})
    assert answer["task_count"] == 2 and [t["data"] for t in tasks(project)] == [{"words": "Ann Lee left Ulm"}, {"words": "Bob"}]
    assert [[(r[1], r[2]["text"]) for r in found] for found in results(project)] == [[("Person", "Ann Lee"), ("Place", "Ulm")], [("Person", "Bob")]]


def test_conll_words_that_look_like_something_else():
    """A hash that has a tag is a word; numbers that do not count the words are words; neighbours of the first scheme are parted by B-."""
    project = Project(label_config=MARKED)
    send(project, {"x.conll": b"# O\n1 B-Person\n\n1 I-Place\n2 B-Place\n"})
    assert [t["data"]["words"] for t in tasks(project)] == ["# 1", "1 2"] and [[r[2]["text"] for r in found] for found in results(project)] == [["1"], ["1", "2"]]
    parts = Project(label_config=MARKED)
    send(parts, {"ner.zip": packed({"ner/train.txt": SENTENCES["four columns of 2003"].encode(), "ner/valid.txt": b"-DOCSTART- O\n\nUlm I-Place\n", "ner/README.txt": b"hello\n",
                                    "ner/eng.testa": b"-DOCSTART- O\n\nBob I-Person\n"})}, kind="conll2003")
    assert [t["data"]["words"] for t in tasks(parts)] == ["Ann Lee left Ulm", "Bob", "Ulm", "Bob"]


def test_lines_of_other_tools_are_data():
    project = Project(label_config=CHOICES)
    doccano = {"id": 7, "text": "Ann left", "label": [[0, 3, "PER"]], "Comments": []}
    prodigy = {"text": "Bob", "_input_hash": 1, "meta": {"source": "x"}, "tokens": [], "spans": [{"start": 0, "end": 3, "label": "PER"}], "answer": "accept"}
    answer = send(project, {"all.jsonl": "\r\n".join(json.dumps(d) for d in (doccano, prodigy)).encode()})
    assert (answer["task_count"], answer["annotation_count"]) == (2, 0) and [t["data"] for t in tasks(project)] == [doccano, prodigy]


# ---- other ways of packing ----


def test_archives_of_other_systems():
    """Names that are not UTF-8 are those of the first PCs; nothing leaves its folder by backslashes."""
    old = packed({"x.json": document(("K\u00e4tzchen.jpg", 1)), "K~tzchen.jpg": A}).replace(b"K~tzchen.jpg", b"K\x84tzchen.jpg")
    project = Project(label_config=FREE)
    assert send(project, {"set.zip": old}, take_config="true")["recognised"]["pictures"] == 1
    assert "K%C3%A4tzchen" in tasks(project)[0]["data"]["image"] or "K\u00e4tzchen" in tasks(project)[0]["data"]["image"]
    assert refused(Project(label_config=ALL), {"set.zip": packed({"a\\..\\..\\x.json": b"{}"})}) == ["set.zip: the name of a file in it leaves its folder"]


def test_a_set_with_its_pictures_beside_it():
    """Files of one request instead of an archive."""
    project = Project(label_config=FREE)
    send(project, {"_annotations.coco.json": document(("a.jpg", 1), ("b.jpg", 2)), "a.jpg": A, "b.jpg": B}, take_config="true")
    assert [box(r[0]) for r in results(project)] == [[10, 25, 25, 50], [10, 25, 25, 50]] and [r[0][1] for r in results(project)] == ["Cat", "Dog"]


# ---- many pictures ----


def test_more_pictures_than_go_together():
    """Each task has the row of its own picture, and each row its bytes."""
    n, project = 700, Project(label_config=ALL)
    contents = {"classes.txt": b"Cat\n", **{f"{kind}/{i:04}.{end}": content for i in range(n) for kind, end, content in (("labels", "txt", CAT), ("images", "png", png(1 + i % 7, 2)))}}
    answer = send(project, {"set.zip": packed(contents)})
    assert (answer["task_count"], answer["annotation_count"], answer["recognised"]["pictures"]) == (n, n, n)
    wrong = sql(f"SELECT count(*) FROM task t LEFT JOIN file_upload f ON f.id = t.file_upload_id WHERE t.project_id = {project.id} AND t.data ->> 'image' <> coalesce('/data/' || f.file, '')")
    assert wrong == "0" and sql(f"SELECT count(DISTINCT file) || ' ' || sum(size_bytes) FROM file_upload WHERE project_id = {project.id}") == f"{n} {sum(len(c) for f, c in contents.items() if f[:6] == 'images')}"
    last = sql(f"SELECT data ->> 'image' FROM task WHERE project_id = {project.id} ORDER BY id DESC LIMIT 1")
    assert owner().send("GET", last).content == contents[f"images/{n - 1:04}.png"]
    counted(project)


@pytest.mark.parametrize("n", [5, 600])
def test_pictures_of_a_refused_import_are_gone(n):
    """What is wrong comes last, after all pictures were kept."""
    project, folder = Project(label_config=ALL), os.path.join(shared_server().dir, "files", "upload")
    contents = {"classes.txt": b"Cat\n", **{f"{i:04}.png": png(2, 2) for i in range(n)}, **{f"{i:04}.txt": CAT if i < n - 1 else DOG for i in range(n)}}
    assert refused(project, {"set.zip": packed(contents)}) == [f"{n - 1:04}.txt, row 1, class: 1 has no name"]
    assert sql(f"SELECT count(*) FROM file_upload WHERE project_id = {project.id}") == "0"
    assert not os.path.isdir(f"{folder}/{project.id}") or os.listdir(f"{folder}/{project.id}") == []
    assert send(project, {"set.zip": packed(contents)}, on_error="skip")["task_count"] == n
    assert len(os.listdir(f"{folder}/{project.id}")) == n
