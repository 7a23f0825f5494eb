"""Class masks: one PNG file for all labels of a picture, as tools write them with the names of their classes. What our export makes of the
regions is compared with the masks pixel for pixel, by PIL and numpy; what cannot be used is told by file and value."""

import io
import json
import random
import re
import struct
import zipfile
import zlib

import numpy
import PIL.Image
import pytest
from pycocotools import mask as coco_mask

from test_export_formats import png
from test_import_foreign import BOXES, FREE, box, coco, one, packed, refused, results, runs, send, tasks, voc
from work import Project, counted, ours, owner

pytestmark = ours
WIDTH, HEIGHT = 40, 20
VOC = ["background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat"]
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def voc_colour(n):
    bits = [[n >> (3 * i + c) & 1 for i in range(8)] for c in range(3)]
    return tuple(sum(bit << (7 - i) for i, bit in enumerate(channel)) for channel in bits)


def drawn(*blobs, size=(WIDTH, HEIGHT)):
    """Numbers of classes: (number, left, top, right, bottom), the later ones above."""
    out = numpy.zeros((size[1], size[0]), dtype=numpy.int64)
    for n, left, top, right, bottom in blobs:
        out[top:bottom, left:right] = n
    return out


def written(samples, kind, depth=8, interlaced=False, palette=(), clear=b""):
    """A PNG file of any kind: samples[row][column] or, with channels, samples[row][column][channel]."""
    samples = numpy.asarray(samples).reshape(len(samples), len(samples[0]), -1)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    def row(line):
        flat = line.reshape(-1)
        if depth == 16:
            return b"\0" + flat.astype(">u2").tobytes()
        bits = ((flat[:, None] >> numpy.arange(depth - 1, -1, -1)) & 1).astype(numpy.uint8)
        return b"\0" + numpy.packbits(bits.reshape(-1)).tobytes()
    parts = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7] if interlaced else [samples]
    data = b"".join(row(line) for part in parts if part.shape[1] for line in part)
    height, width = samples.shape[:2]
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced))
    out += chunk(b"PLTE", bytes(v for colour in palette for v in colour)) if palette else b""
    return out + (chunk(b"tRNS", clear) if clear else b"") + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def greys(classes, **how):
    return written(classes, 0, **how)


def indexed(classes, palette=None, **how):
    return written(classes, 3, palette=palette or [voc_colour(n) for n in range(256)], **how)


def coloured(classes, colours, **how):
    return written(numpy.array([[colours[n] for n in line] for line in classes]), 2, **how)


def loaded(project, contents, **query):
    answer = send(project, {"m.zip": packed(contents)}, take_config="true", **query)
    counted(project)
    return answer


def masks(project):
    """Of each task label and mask of each region, as our export gives them."""
    data = owner().send("GET", project.path + "/export", params={"exportType": "BRUSH_TO_PNG"}).content
    if data.startswith(b"\x89PNG"):  # a single one has no archive
        (label,), = [[r[1] for r in task if r[0] == "brushlabels"] for task in results(project) if task]
        return [[(label, numpy.array(PIL.Image.open(io.BytesIO(data))) > 0)]]
    out = {}
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        for name in z.namelist():
            task, label, number = re.fullmatch(r"task-(\d+)-.*-([^-]+)-(\d+)\.png", name).groups()
            out.setdefault(int(task), []).append((label, int(number), numpy.array(PIL.Image.open(io.BytesIO(z.read(name)))) > 0))
    return [[(label, mask) for label, _, mask in sorted(out[task], key=lambda m: m[:2])] for task in sorted(out)]


def same(found, wanted):
    """wanted: [(label, mask)], in order of their labels."""
    assert [label for label, _ in found] == [label for label, _ in wanted]
    assert all((a == b).all() for (_, a), (_, b) in zip(found, wanted))


CLASSES = drawn((1, 2, 2, 12, 9), (2, 8, 5, 20, 15), (1, 30, 10, 40, 20), (2, 39, 0, 40, 1))
WANTED = [("cat", CLASSES == 1), ("dog", CLASSES == 2)]
PHOTO = png(WIDTH, HEIGHT)
COLOURS = [(0, 0, 0), (10, 200, 30), (250, 0, 128)]
LABELMAP = b"# label:color_rgb:parts:actions\nbackground:0,0,0::\ncat:10,200,30:head,leg:\ndog:250,0,128::\n"


# ---- what tools write ----


def test_pascal_voc_boxes_and_objects_of_one_picture():
    classes = drawn((8, 2, 2, 12, 9), (8, 14, 2, 20, 9), (1, 30, 5, 40, 20), (255, 2, 2, 12, 3))
    objects = drawn((1, 2, 2, 12, 9), (2, 14, 2, 20, 9), (3, 30, 5, 35, 20), (255, 2, 2, 12, 3))
    project = Project(label_config=FREE)
    answer = loaded(project, {"VOC/Annotations/a.xml": voc(name="a.jpg"), "VOC/JPEGImages/a.jpg": PHOTO, "VOC/JPEGImages/b.jpg": PHOTO, "VOC/JPEGImages/c.jpg": PHOTO,
                              "VOC/SegmentationClass/a.png": indexed(classes), "VOC/SegmentationObject/a.png": indexed(objects),
                              "VOC/SegmentationClass/b.png": indexed(drawn((8, 0, 0, 1, 1), (7, 5, 5, 6, 6))), "VOC/ImageSets/Segmentation/train.txt": "a\nb\n"})
    assert answer["recognised"]["format"] == "voc" and answer["task_count"] == 3 and answer["recognised"]["pictures"] == 3
    assert answer["recognised"]["labels"] == ["Cat", "aeroplane", "cat", "car"] and "<BrushLabels" in project.read()["label_config"]
    first, second, third = results(project)
    assert [r[:2] for r in first] == [("rectanglelabels", "Cat")] + [("brushlabels", label) for label in ("aeroplane", "aeroplane", "cat", "cat")]
    boxes = Project(label_config=BOXES)  # which has no masks: those beside boxes are left out
    assert loaded(boxes, {"a.xml": voc(name="a.jpg"), "a.jpg": PHOTO, "SegmentationClass/a.png": indexed(classes)})["task_count"] == 1
    assert [r[:2] for r in results(boxes)[0]] == [("rectanglelabels", "Cat")]
    assert box(first[0]) == [10, 25, 25, 50] and [r[1] for r in second] == ["car", "cat"] and not third
    same(masks(project)[0], [("aeroplane", (classes == 1) & (objects == 0)), ("aeroplane", (classes == 1) & (objects == 3)),
                             ("cat", (classes == 8) & (objects == 1)), ("cat", (classes == 8) & (objects == 2))])


LAYOUTS = {
    "CVAT": {"JPEGImages/a.jpg": PHOTO, "SegmentationClass/a.png": coloured(CLASSES, COLOURS), "labelmap.txt": LABELMAP, "ImageSets/Segmentation/default.txt": b"a\n"},
    "CVAT, greys are lines": {"JPEGImages/a.jpg": PHOTO, "SegmentationClass/a.png": greys(CLASSES), "labelmap.txt": LABELMAP},
    "CVAT, a palette": {"JPEGImages/a.jpg": PHOTO, "SegmentationClass/a.png": indexed(2 - CLASSES, COLOURS[::-1], depth=2), "labelmap.txt": LABELMAP},
    "CVAT, no colours": {"JPEGImages/a.jpg": PHOTO, "SegmentationClass/a.png": indexed(CLASSES), "labelmap.txt": b"background:::\ncat:::\r\ndog:::\r\n"},
    "labelme": {"JPEGImages/a.jpg": PHOTO, "SegmentationClassPNG/a.png": indexed(CLASSES), "SegmentationClassVisualization/a.jpg": PHOTO,
                "class_names.txt": b"_background_\ncat\ndog\n"},
    "Roboflow": {"train/a_jpg.rf.12.jpg": PHOTO, "train/a_jpg.rf.12_mask.png": greys(CLASSES), "train/_classes.csv": b"Pixel Value, Class\n0, background\n1, cat\n2, dog\n",
                 "README.roboflow.txt": b"x"},
    "Cityscapes": {"leftImg8bit/train/ulm/ulm_1_leftImg8bit.png": PHOTO, "gtFine/train/ulm/ulm_1_gtFine_labelIds.png": greys(CLASSES),
                   "gtFine/train/ulm/ulm_1_gtFine_labelTrainIds.png": greys(CLASSES * 0), "gtFine/train/ulm/ulm_1_gtFine_color.png": PHOTO,
                   "gtFine/train/ulm/ulm_1_gtFine_instanceIds.png": greys(CLASSES * 1000, depth=16), "classes.txt": b"unlabeled\ncat\ndog"},
    "Cityscapes in colours": {"leftImg8bit/val/u_leftImg8bit.png": PHOTO, "gtFine/val/u_gtFine_labelIds.png": greys(CLASSES * 9), "label_colors.txt":
                              b"# color (RGB) label\n0 0 0 Void\n10 200 30 cat\n250 0 128\tdog\n", "gtFine/val/u_gtFine_color.png": coloured(CLASSES, COLOURS)},
    "ADE20K": {"images/training/a.jpg": PHOTO, "annotations/training/a.png": greys(CLASSES), "objectInfo150.txt": b"Idx\tRatio\tTrain\tVal\tStuff\tName\n1\t0.1\t9\t9\t1\tcat\n2\t0.1\t9\t9\t0\tdog\n"},
    "CamVid": {"images/a.png": PHOTO, "labels/a_L.png": coloured(CLASSES, COLOURS), "class_dict.csv": b"name,r,g,b\ncat,10,200,30\ndog,250,0,128\nVoid,0,0,0\n"},
    "Supervisely": {"ds/img/a.png": PHOTO, "ds/masks_machine/a.png": greys(CLASSES), "ds/masks_human/a.png": PHOTO,
                    "obj_class_to_machine_color.json": b'{"cat": [1, 1, 1], "dog": [2, 2, 2]}'},
    "numbers in front": {"images/train/a.jpg": PHOTO, "masks/train/a.png": greys(CLASSES * 300, depth=16), "classes.txt": b"\xef\xbb\xbf300: cat\n600: dog\n"},
    "grey in three channels": {"a.jpg": PHOTO, "masks/a.png": coloured(CLASSES, [(n, n, n) for n in range(3)]), "labels.txt": b"background\ncat\ndog\n"},
}


@pytest.mark.parametrize("tool", LAYOUTS)
def test_layouts(tool):
    project = Project(label_config=FREE)
    answer = loaded(project, LAYOUTS[tool])
    found = answer["recognised"]
    assert (answer["task_count"], found["pictures"], found["regions"], found["labels"]) == (1, 1, 2, ["cat", "dog"]), answer
    assert found["format"] == ("voc" if any("SegmentationClass" in name for name in LAYOUTS[tool]) else "masks")
    same(masks(project)[0], WANTED)
    assert re.search(r"/data/upload/\d+/\w+-" + next(n.rsplit("/", 1)[-1] for n, c in LAYOUTS[tool].items() if c is PHOTO) + "$", tasks(project)[0]["data"]["image"])


def test_pictures_of_one_name_in_two_folders():
    contents = {}
    for part, n in ("train", 1), ("valid", 2):
        contents |= {f"{part}/a.jpg": png(WIDTH, HEIGHT, 0 if n == 1 else 2), f"{part}/a_mask.png": greys(drawn((n, 0, 0, 4, 4))),
                     f"{part}/_classes.csv": f"Pixel Value,Class\n{n},{part}\n"}
    project = Project(label_config=FREE)
    assert loaded(project, contents)["task_count"] == 2
    assert [[r[1] for r in task] for task in results(project)] == [["train"], ["valid"]]
    assert [owner().send("GET", t["data"]["image"]).content for t in tasks(project)] == [contents["train/a.jpg"], contents["valid/a.jpg"]]


# ---- kinds of PNG files ----

RGBA = numpy.array([[COLOURS[n] + (255 if n else 0,) for n in line] for line in CLASSES])
RGBA[0, 0] = (1, 2, 3, 0)
KINDS = {
    "2 bit": greys(CLASSES, depth=2), "4 bit, interlaced": greys(CLASSES, depth=4, interlaced=True), "16 bit": greys(CLASSES, depth=16),
    "16 bit, interlaced": greys(CLASSES, depth=16, interlaced=True), "palette of greys": indexed(CLASSES, [(n, n, n) for n in range(256)]),
    "palette of other colours": indexed(CLASSES, [(9, 9, 200 + n) for n in range(3)], depth=4), "first entry transparent": indexed(CLASSES, clear=b"\0"),
    "grey and alpha": written(numpy.stack([CLASSES, CLASSES * 0 + 255], axis=2), 4), "grey, 0 transparent": greys(CLASSES, clear=b"\0\0"),
    "colours": coloured(CLASSES, COLOURS), "colours, interlaced": coloured(CLASSES, COLOURS, interlaced=True), "colours and alpha": written(RGBA, 6),
    "colours of 16 bit": coloured(CLASSES, [tuple(v * 257 for v in c) for c in COLOURS], depth=16), "colours and alpha of 16 bit": written(RGBA * 257, 6, depth=16),
}


def test_kinds_of_png_files():
    """All in one import, each with labels by number or by colour."""
    contents = {}
    for i, (kind, content) in enumerate(KINDS.items()):
        names = {"labelmap.txt": LABELMAP} if "colours" in kind and "palette" not in kind else {"classes.txt": b"background\ncat\ndog\n"}
        contents |= {f"{i:02}/{i:02}.jpg": PHOTO, f"{i:02}/masks/{i:02}.png": content} | {f"{i:02}/{name}": text for name, text in names.items()}
        contents |= {f"{i:02}/labelled/{i:02}p.jpg": PHOTO, f"{i:02}/labelled/masks/any/{i:02}p.png": content}
    project = Project(label_config=FREE)
    assert loaded(project, contents)["task_count"] == 2 * len(KINDS)
    names = [re.search(r"(\d\dp?)\.jpg$", t["data"]["image"]).group(1) for t in tasks(project)]
    for name, found in zip(names, masks(project), strict=True):
        kind = list(KINDS)[int(name[:2])]
        if name[2:]:
            everything = kind == "palette of other colours"  # none of them is black
            same(found, [("any", (CLASSES > 0) | everything)])
        else:
            same(found, WANTED)


def test_any_masks_come_back():
    """Class maps of noise and of blobs as all kinds of files; and the same for objects."""
    pick = random.Random(5)
    numbers = numpy.random.default_rng(5)
    contents, wanted = {"labelmap.txt": "background:0,0,0::\n" + "".join(f"c{n:02}:{n},{n * 7 % 256},{255 - n}::\n" for n in range(1, 60))}, {}
    colours = [(0, 0, 0)] + [(n, n * 7 % 256, 255 - n) for n in range(1, 60)]
    for i in range(24):
        size = pick.randint(1, 90), pick.randint(1, 40)
        classes = numbers.integers(0, 60, size[::-1]) if i % 3 == 0 else drawn(*((pick.randint(0, 59), pick.randint(0, size[0]), pick.randint(0, size[1]), pick.randint(0, size[0]),
                                                                                    pick.randint(0, size[1])) for _ in range(9)), size=size)
        objects = drawn(*((n, pick.randint(0, size[0]), 0, pick.randint(0, size[0]), size[1]) for n in range(1, 4)), size=size)
        interlaced = pick.random() < 0.4
        contents[f"SegmentationClass/{i:02}.png"] = (coloured(classes, colours, interlaced=interlaced), greys(classes, interlaced=interlaced), indexed(classes, colours))[i % 3 - 1]
        contents[f"JPEGImages/{i:02}.jpg"] = png(*size)
        keys = classes * 4
        if i % 2:
            contents[f"SegmentationObject/{i:02}.png"] = coloured(objects, [voc_colour(n) for n in range(4)], interlaced=not interlaced)
            keys = classes * 4 + objects * (classes > 0)
        ranks = sorted(range(4), key=voc_colour)  # the order of objects is that of their colours
        wanted[i] = [(f"c{n:02}", found) for n in range(1, 60) for found in (keys == n * 4 + k for k in ranks) if found.any()]
    project = Project(label_config=FREE)
    assert loaded(project, contents)["task_count"] == 24
    painted = [i for i in range(24) if wanted[i]]
    found = masks(project)
    assert len(found) == len(painted) > 20
    for i, masks_of_one in zip(painted, found):
        same(masks_of_one, wanted[i])


def test_any_coco_masks_come_back():
    """Holes, many parts, touching edges; both kinds of run lengths."""
    numbers = numpy.random.default_rng(6)
    images, annotations, wanted = [], [], []
    for i in range(30):
        width, height = (int(n) for n in numbers.integers(1, 140, 2))
        mask = (numbers.random((height, width)) < (0.5, 0.02, 0.98)[i % 3]).astype(numpy.uint8, order="F")
        if i % 5 == 0:
            mask[:] = numpy.pad(numpy.zeros((max(height - 2, 0), max(width - 2, 0)), numpy.uint8), 1, constant_values=1)[:height, :width]
        mask[height // 2, width // 2] = 1
        packed_mask = coco_mask.encode(numpy.asfortranarray(mask))
        counts = packed_mask["counts"].decode() if i % 2 else [int(n) for n in runs(mask)]
        images.append({"id": i, "file_name": f"{i}.png", "width": width, "height": height})
        annotations.append(one(id=i, image_id=i, segmentation={"size": [height, width], "counts": counts}, iscrowd=i % 2))
        wanted.append(mask > 0)
    project = Project(label_config=FREE)
    send(project, {"x.json": coco(annotations, images)}, take_config="true", image_prefix="/")
    found = [mask for (_, mask), in masks(project)]
    assert len(found) == 30 and all((a == b).all() for a, b in zip(found, wanted))


# ---- what cannot be used ----

NAMES = {"classes.txt": b"background\ncat\ndog\n"}
BAD = {
    "a value without a name": ({"masks/a.png": greys(CLASSES * 7), **NAMES}, ["masks/a.png: the value 14 has no name in classes.txt", "masks/a.png: the value 7 has no name in classes.txt"]),
    "a colour without a name": ({"masks/a.png": coloured(CLASSES, [(0, 0, 0), (10, 200, 30), (1, 2, 3)]), "labelmap.txt": LABELMAP}, ["masks/a.png: the colour 1,2,3 has no name in labelmap.txt"]),
    "colours where numbers have names": ({"masks/a.png": coloured(drawn((1, 0, 0, 2, 2)), COLOURS), **NAMES}, ["masks/a.png: the colour 10,200,30 has no name in classes.txt"]),
    "no class of VOC": ({"SegmentationClass/a.png": indexed(drawn((21, 0, 0, 2, 2)))}, ["SegmentationClass/a.png: the colour " + "%d,%d,%d" % voc_colour(21) + " has no name in the classes of Pascal VOC"]),
    "no names": ({"masks/a.png": greys(CLASSES)}, ["masks/a.png: no file says what its values are called: labelmap.txt, _classes.csv or classes.txt"]),
    "a JPEG file": ({"masks/a.jpg": b"\xff\xd8\xff\xe0", **NAMES}, ["masks/a.jpg: is a JPEG file, which does not keep the values of pixels; masks are PNG files"]),
    "a JPEG file of one label": ({"masks/Cat/a.jpg": b"\xff\xd8\xff\xe0"}, ["masks/Cat/a.jpg: is a JPEG file, which does not keep the values of pixels; masks are PNG files"]),
    "no PNG file": ({"masks/a.png": b"GIF89a" * 3, **NAMES}, ["masks/a.png: is not a PNG file: Not a PNG file"]),
    "half a PNG file": ({"masks/a.png": greys(CLASSES)[:60], **NAMES}, ["masks/a.png: it is damaged: it ends too early"]),
    "another size": ({"images/a.png": png(4, 4), "masks/a.png": greys(CLASSES), **NAMES}, ["masks/a.png: has 40x20 pixels, the picture 4x4"]),
    "objects of another size": ({"SegmentationClass/a.png": greys(CLASSES), "SegmentationObject/a.png": png(4, 4), **NAMES}, ["SegmentationObject/a.png: has 4x4 pixels, the picture 40x20"]),
    "half of the objects": ({"SegmentationClass/a.png": greys(CLASSES), "SegmentationObject/a.png": PHOTO[:50], **NAMES},
                            ["SegmentationClass/a.png: the picture of its objects is damaged: it ends too early"]),
    "too many pixels": ({"masks/a.png": PHOTO[:16] + struct.pack(">II", 9000, 9000) + PHOTO[24:29] + struct.pack(">I", zlib.crc32(PHOTO[12:16] + struct.pack(">II", 9000, 9000) + PHOTO[24:29]))
                         + PHOTO[33:], **NAMES}, ["masks/a.png: has more than 67,108,864 pixels"]),
    "a line of labelmap.txt": ({"masks/a.png": greys(CLASSES), "labelmap.txt": b"background:0,0,0::\ncat:1,1\ncat:300,0,0::\n"},
                               ["labelmap.txt, row 2: is not name:red,green,blue:parts:actions", "labelmap.txt, row 3: is not name:red,green,blue:parts:actions"]),
    "a line of label_colors.txt": ({"masks/a.png": greys(CLASSES), "label_colors.txt": b"0 0 0 x\ncat 1 1 1\n"}, "label_colors.txt, row 2: is not red, green, blue and a name"),
    "a table": ({"masks/a.png": greys(CLASSES), "_classes.csv": b"a,b\n1,cat\n"}, "_classes.csv, row 1: is not a line with the columns Pixel Value and Class, or name, r, g and b"),
    "a line of a table": ({"masks/a.png": greys(CLASSES), "_classes.csv": b"Pixel Value, Class\n1, cat\nx, dog\n2,\n"},
                          ["_classes.csv, row 3: is not a number up to 65535 and a name", "_classes.csv, row 4: has no name"]),
    "two classes of a value": ({"masks/a.png": greys(CLASSES), "classes.txt": b"1 cat\n2 dog\n2 fox\n"}, 'classes.txt: "dog" and "fox" have the same value'),
    "a name that is no text": ({"masks/a.png": greys(CLASSES), "classes.txt": b"a\n\xff\n\0\n"}, ["classes.txt, row 2: is not UTF-8", "classes.txt, row 3: is not a line of text"]),
    "a broken list of colours": ({"masks/a.png": greys(CLASSES), "obj_class_to_machine_color.json": b"["}, "obj_class_to_machine_color.json: is not a JSON object"),
    "a colour that is none": ({"masks/a.png": greys(CLASSES), "obj_class_to_machine_color.json": b'{"cat": [1, 1, 300]}'},
                              "obj_class_to_machine_color.json, row 1: is not a list of three numbers up to 255"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used(case):
    contents, wanted = BAD[case]
    project = Project(label_config='<View><Image name="i" value="$image"/><BrushLabels name="m" toName="i"><Label value="cat"/><Label value="dog"/></BrushLabels></View>')
    found = refused(project, {"m.zip": packed(contents)}, image_prefix="/")
    assert wanted in found if isinstance(wanted, str) else found[:len(wanted)] == wanted


def test_the_rest_is_taken():
    """A value without a name is left out, with a line that tells it; the other labels of the picture are in."""
    project = Project(label_config=FREE)
    contents = {"images/a.jpg": PHOTO, "masks/a.png": greys(CLASSES + (CLASSES == 2) * 5), "images/b.jpg": PHOTO, "masks/b.png": b"x", **NAMES}
    answer = loaded(project, contents, on_error="skip")
    assert answer["task_count"] == 2 and sorted((row["file"], row["reason"]) for row in answer["skipped"]["rows"]) == [
        ("masks/a.png", "the value 7 has no name in classes.txt"), ("masks/b.png", "is not a PNG file: it ends too early")]
    same(masks(project)[0], WANTED[:1])
    assert [len(r) for r in results(project)] == [1, 0]
    photo = written(numpy.arange(60 * 60).reshape(60, 60, 1) * [1, 2, 3] % 256, 2)
    told = loaded(Project(label_config=FREE), {"SegmentationClass/a.png": indexed(CLASSES), "masks/b.png": photo, "labelmap.txt": LABELMAP + b"x:128,0,0::\ny:0,128,0::\n"},
                  on_error="skip", image_prefix="/", kind="masks")["skipped"]
    assert told["count"] == 101 and told["rows"][100]["reason"] == "more than 100 values have no name in labelmap.txt"


def test_labels_of_yolo_are_no_masks():
    """A list of names and pictures in a folder that masks might have; and class masks as boxes where there is nothing else."""
    project = Project(label_config=FREE)
    answer = loaded(project, {"classes.txt": "Cat\n", "labels/a.txt": "0 0.5 0.5 0.1 0.1\n", "labels/a.png": PHOTO, "labels/b_mask.png": PHOTO})
    assert answer["recognised"]["format"] == "yolo" and answer["task_count"] == 2
    boxes = Project(label_config='<View><Image name="i" value="$image"/><RectangleLabels name="b" toName="i"><Label value="cat"/><Label value="dog"/></RectangleLabels></View>')
    loaded(boxes, {"images/a.jpg": PHOTO, "masks/a.png": greys(drawn((1, 4, 5, 14, 15))), **NAMES})
    assert box(results(boxes)[0][0]) == [10, 25, 25, 50]
