"""Random annotations for each family of tags: what an editor writes, and now and then what only scripts send."""

import math
import random
import uuid

WORDS = ('Mira can\'t visit St. Ives , "we\'ll go" (they said) -- gonna\'see more\'n 3:15 or 1,000 a/b e.g. naïve café 日本語 \'tis done... '
         "what?! 'quoted' ''double'' it's cannot wanna d'ye #tag @me 50% & [x] {y} <z> end; \U0001f600 smile \"a\" U.S. ok.").split(" ")

BOXES = """<View><Image name="image" value="$image"/>
<RectangleLabels name="box" toName="image"><Label value="Cat"/><Label value="Döner" category="7"/><Label value="Van"/><Label value="x" alias="two-wheeler"/></RectangleLabels>
<PolygonLabels name="poly" toName="image"><Label value="Road" category="2"/><Label value="Cat"/></PolygonLabels>
<EllipseLabels name="round" toName="image"><Label value="Sun"/></EllipseLabels><Rectangle name="bare" toName="image"/>
<Choices name="light" toName="image"><Choice value="night"/><Choice value="day"/></Choices></View>"""
RECTANGLES = """<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image"><Label value="Cat"/><Label value="&lt;b&gt; &amp; co"/>
</RectangleLabels></View>"""
KEYPOINTS = """<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image"><Label value="Cow"/><Label value="Ant"/></RectangleLabels>
<KeyPointLabels name="kp" toName="image"><Label value="nose" model_index="1"/><Label value="ear" model_index="0"/><Label value="tail" model_index="2"/></KeyPointLabels></View>"""
BRUSH = """<View><Image name="image" value="$image"/><BrushLabels name="mask" toName="image"><Label value="Stem/root"/><Label value="Leaf"/></BrushLabels>
<RectangleLabels name="box" toName="image"><Label value="Pot"/></RectangleLabels><PolygonLabels name="poly" toName="image"><Label value="Bed"/></PolygonLabels></View>"""
POINTS = """<View><Image name="image" value="$image"/><KeyPointLabels name="kp" toName="image"><Label value="nose" model_index="1"/><Label value="ear" model_index="0"/>
</KeyPointLabels></View>"""
BARE = """<View><Image name="image" value="$image"/><Rectangle name="box" toName="image"/><Polygon name="poly" toName="image"/><Brush name="mask" toName="image"/>
<Labels name="kind" toName="image"><Label value="Cat"/><Label value="Road"/></Labels></View>"""
TEXT = """<View><Text name="text" value="$text"/><Labels name="ner" toName="text"><Label value="Person"/><Label value="Place"/></Labels>
<Choices name="mood" toName="text"><Choice value="Sunny"/></Choices></View>"""
SPEECH = """<View><Audio name="audio" value="$audio"/><TextArea name="words" toName="audio"/></View>"""


def number(r, most):
    return r.choice([r.randint(0, int(most)), round(r.uniform(0, most), 2), r.uniform(0, most)])


def region(kind, name, value, r, to="image", size=True, **more):
    out = {"id": uuid.UUID(int=r.getrandbits(128)).hex[:8], "from_name": name, "to_name": to, "type": kind, "value": value, **more}
    return {**out, "original_width": SIZE[0], "original_height": SIZE[1], "image_rotation": 0} if size else out


SIZE = (64, 48)


def box(r, labels, name="box", **more):
    value = {"x": number(r, 80), "y": number(r, 80), "width": number(r, 29) + 1, "height": number(r, 29) + 1, "rotation": r.choice([0, 0, 0, 30, 90, -45.5, 271]),
             "rectanglelabels": labels}
    return region("rectanglelabels", name, value, r, **more)


def polygon(r, labels, name="poly"):
    points = [[number(r, 100), number(r, 100)] for _ in range(r.randint(3, 9))]
    return region("polygonlabels", name, {"points": points, "closed": True, "polygonlabels": labels}, r)


def boxes(r):
    made = [r.choice([lambda: box(r, r.choice([["Cat"], ["Döner"], ["Van", "Cat"], ["two-wheeler"], ["Unlisted"]])), lambda: polygon(r, r.choice([["Road"], ["Cat", "Road"]])),
                      lambda: region("ellipselabels", "round", {"x": 5, "y": 6, "radiusX": 3, "radiusY": 2, "rotation": 0, "ellipselabels": ["Sun"]}, r),
                      lambda: region("rectangle", "bare", {"x": 5, "y": 6, "width": 3, "height": 2, "rotation": 0}, r),
                      lambda: region("choices", "light", {"choices": ["day"]}, r, size=False)])() for _ in range(r.randint(0, 6))]
    return made


def rectangles(r):
    return [box(r, r.choice([["Cat"], ["<b> & co"], ["Cat", "<b> & co"]])) for _ in range(r.randint(0, 4))]


def keypoints(r):
    out = []
    for _ in range(r.randint(0, 3)):
        out.append(box(r, [r.choice(["Cow", "Ant"])]))
        for label in r.sample(["nose", "ear", "tail"], r.randint(0, 3)):
            point = region("keypointlabels", "kp", {"x": number(r, 100), "y": number(r, 100), "width": 0.5, "keypointlabels": [label]}, r)
            out.append({**point, "parentID": out[-1]["id"]} if r.random() < 0.9 and out[-1]["type"] == "rectanglelabels" else point)
    return out


def rle(mask):
    """The stream that the editor writes for an array of 0 and 255."""
    from label_studio_sdk.converter.brush import encode_rle
    import numpy

    return encode_rle(numpy.repeat(numpy.array(mask, dtype=numpy.uint8).reshape(-1), 4).tolist())


def mask(r):
    wide, high = SIZE
    rows = [[0] * wide for _ in range(high)]
    for _ in range(r.randint(1, 4)):
        x, y, radius, hollow = r.randrange(wide), r.randrange(high), r.uniform(0.5, 15), r.choice([0, 0, 0.6])
        for j in range(high):
            for i in range(wide):
                if hollow * radius <= math.hypot(i - x, j - y) <= radius and (r.random() < 0.97 or radius < 5):
                    rows[j][i] = 255
    return rows


def brush(r):
    made = []
    for _ in range(r.randint(0, 3)):
        labels = r.choice([["Leaf"], ["Stem/root"], ["Leaf", "Stem/root"]])
        made.append(region("brushlabels", "mask", {"format": "rle", "rle": rle(mask(r)), "brushlabels": labels}, r))
    if r.random() < 0.3:
        made.append(r.choice([box(r, ["Pot"]), polygon(r, ["Bed"])]))
    return made


def points(r):
    return [region("keypointlabels", "kp", {"x": number(r, 100), "y": number(r, 100), "width": 0.5, "keypointlabels": [label]}, r)
            for label in r.sample(["nose", "ear"], r.randint(0, 2))]


def labelled(r, made, labels):
    """A shape of one control and its labels of another, as the editor writes them: two results with one id."""
    kind = made["type"].removesuffix("labels")
    value = {k: v for k, v in made["value"].items() if k != made["type"]}
    return [{**made, "type": kind, "value": value}, {**made, "from_name": "kind", "type": "labels", "value": {**value, "labels": labels}}]


def bare_boxes(r):
    return [x for _ in range(r.randint(0, 4)) for x in labelled(r, box(r, []), r.choice([["Cat"], ["Road"], ["Road", "Cat"]]))]


def bare_masks(r):
    return [x for b in brush(r) if b["type"] == "brushlabels" for x in labelled(r, b, [r.choice(["Cat", "Road"])])]


def bare_polygons(r):
    return [x for _ in range(r.randint(0, 3)) for x in labelled(r, polygon(r, []), ["Road"])] + bare_boxes(r)


def sentence(r):
    return " ".join(r.choice(WORDS) for _ in range(r.randint(0, 14)))


def spans(r, text):
    made = []
    for _ in range(r.randint(0, 4)):
        start = r.randint(0, max(len(text) - 1, 0))
        end = min(len(text), start + r.randint(1, 12))
        labels = r.choice([["Person"], ["Place"], ["Place", "Person"]])
        made.append(region("labels", "ner", {"start": start, "end": end, "text": text[start:end], "labels": labels}, r, "text", False))
    if r.random() < 0.2:
        made.insert(0, region("choices", "mood", {"choices": ["Sunny"]}, r, "text", False))
    return made


def annotations(r, make):
    out = [{"result": make()} for _ in range(r.choice([1, 1, 1, 2, 3]))]
    if r.random() < 0.1:
        out[0]["was_cancelled"] = True
    return out


def picture_tasks(r, make, n, query="?v="):
    return [{"data": {"image": f"http://pictures.example/{i % 7}/a%20{r.choice([i, i, 1])}.{r.choice(['png', 'jpeg'])}{query and query + str(i)}", "other": i},
             "annotations": annotations(r, lambda: make(r))} for i in range(n)]


def text_tasks(r, n):
    tasks = [{"data": {"text": sentence(r)}} for _ in range(n)]
    for task in tasks:
        task["annotations"] = annotations(r, lambda: spans(r, task["data"]["text"]))
    return tasks


FAMILIES = {
    "boxes": (BOXES, lambda r, n: picture_tasks(r, boxes, n), ["COCO", "COCO_WITH_IMAGES", "YOLO", "YOLO_WITH_IMAGES", "YOLO_OBB"]),
    "rectangles": (RECTANGLES, lambda r, n: picture_tasks(r, rectangles, n), ["VOC", "COCO", "YOLO", "YOLO_OBB"]),
    "keypoints": (KEYPOINTS, lambda r, n: picture_tasks(r, keypoints, n), ["COCO", "YOLO", "YOLO_OBB"]),
    "brush": (BRUSH, lambda r, n: picture_tasks(r, brush, n, ""), ["BRUSH_TO_NUMPY", "BRUSH_TO_PNG", "BRUSH_TO_COCO"]),
    "points alone": (POINTS, lambda r, n: picture_tasks(r, points, n), ["COCO"]),
    "bare boxes": (BARE, lambda r, n: picture_tasks(r, bare_boxes, n), ["COCO", "YOLO", "YOLO_OBB", "VOC"]),
    "bare masks": (BARE, lambda r, n: picture_tasks(r, bare_masks, n, ""), ["BRUSH_TO_NUMPY", "BRUSH_TO_PNG"]),
    "bare polygons": (BARE, lambda r, n: picture_tasks(r, bare_polygons, n), ["COCO", "YOLO"]),
    "text": (TEXT, text_tasks, ["CONLL2003"]),
}
PAIRS = [(family, kind) for family, (_, _, kinds) in FAMILIES.items() for kind in kinds]


def generator(seed):
    return random.Random(seed)
