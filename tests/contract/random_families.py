"""A random project for every family of tags: its label configuration and tasks with annotations and predictions, as editors and scripts
write them. Those of pictures and texts that converted formats are made of come from random_results.py."""

import uuid

from random_results import BOXES, BRUSH, KEYPOINTS, SIZE, SPEECH, TEXT, WORDS, boxes, brush, keypoints, mask, number, rle, sentence, spans

AFTERWARDS = ["", "a", "naïve café 日本語 \U0001f600", "line\nbreak\ttab", '"quoted" \\ / <b>&amp;</b>', "=1+1", "null", "007", "  blanks  ", "\u2028\u0085\x7f"]

SIMPLE = """<View><Text name="text" value="$text"/><Choices name="mood" toName="text"><Choice value="Sunny"/><Choice value="Tea &amp; cake"/></Choices>
<Choices name="many" toName="text" choice="multiple"><Choice value="a"/><Choice value="b" alias="beta"/></Choices><TextArea name="words" toName="text"/>
<Rating name="stars" toName="text"/><Number name="n" toName="text"/><DateTime name="when" toName="text"/></View>"""
TREE = """<View><Text name="text" value="$text"/><Taxonomy name="tree" toName="text"><Choice value="Bird"><Choice value="Duck"/></Choice><Choice value="Fish"/></Taxonomy></View>"""
PAGES = """<View><HyperText name="page" value="$page"/><HyperTextLabels name="part" toName="page"><Label value="Title"/><Label value="Body"/></HyperTextLabels></View>"""
TALKS = """<View><Paragraphs name="talk" value="$talk" nameKey="who" textKey="said"/><ParagraphLabels name="act" toName="talk"><Label value="Ask"/><Label value="Tell"/></ParagraphLabels></View>"""
SHAPES = """<View><Image name="image" value="$image"/><EllipseLabels name="round" toName="image"><Label value="Sun"/></EllipseLabels>
<VectorLabels name="path" toName="image"><Label value="River"/></VectorLabels><BitmaskLabels name="bits" toName="image"><Label value="Lake"/></BitmaskLabels>
<Rectangle name="bare" toName="image"/><Labels name="kind" toName="image"><Label value="House"/></Labels></View>"""
SOUNDS = """<View><Audio name="audio" value="$audio"/><Labels name="who" toName="audio"><Label value="Ann"/><Label value="Bo"/></Labels>
<TextArea name="words" toName="audio" perRegion="true"/><Rating name="clear" toName="audio" perRegion="true"/></View>"""
FILMS = """<View><Video name="video" value="$video"/><VideoRectangle name="box" toName="video"/><Labels name="what" toName="video"><Label value="Car"/></Labels></View>"""
SCENES = """<View><Video name="video" value="$video"/><TimelineLabels name="scene" toName="video"><Label value="Run"/><Label value="Rest"/></TimelineLabels></View>"""
CURVES = """<View><TimeSeries name="ts" value="$curve" valueType="json" timeColumn="t"><Channel column="v"/></TimeSeries>
<TimeSeriesLabels name="phase" toName="ts"><Label value="Up"/><Label value="Down"/></TimeSeriesLabels></View>"""
PAIRS = """<View><Pairwise name="better" toName="a,b"/><Text name="a" value="$a"/><Text name="b" value="$b"/></View>"""
RANKS = """<View><List name="hits" value="$hits" title="Hits"/><Ranker name="order" toName="hits"><Bucket name="best"/><Bucket name="rest"/></Ranker></View>"""
CHATS = """<View><Chat name="chat" value="$chat"/><Choices name="fine" toName="chat"><Choice value="yes"/><Choice value="no"/></Choices></View>"""
REPEATED = """<View><Repeater on="$items" indexFlag="{{i}}"><Text name="t_{{i}}" value="$items[{{i}}].text"/>
<Choices name="act_{{i}}" toName="t_{{i}}"><Choice value="keep"/><Choice value="drop"/></Choices></Repeater></View>"""


ALBUM = """<View><Image name="pages" valueList="$pages"/><RectangleLabels name="box" toName="pages"><Label value="Cat"/></RectangleLabels>
<PolygonLabels name="poly" toName="pages"><Label value="Road"/></PolygonLabels><BrushLabels name="mask" toName="pages"><Label value="Leaf"/></BrushLabels>
<TextArea name="note" toName="pages" perRegion="true"/><Rating name="sure" toName="pages" perRegion="true"/><Choices name="page" toName="pages" perItem="true"><Choice value="full"/></Choices>
<Relations><Relation value="of"/></Relations></View>"""
BARE = """<View><Image name="image" value="$image"/><Polygon name="poly" toName="image"/><Ellipse name="round" toName="image"/><KeyPoint name="point" toName="image"/>
<Brush name="mask" toName="image"/><MagicWand name="wand" toName="image"/><Vector name="path" toName="image"/><Bitmask name="bits" toName="image"/>
<Labels name="kind" toName="image"><Label value="House"/></Labels></View>"""
POINTS = """<View><Image name="image" value="$image"/><KeyPointLabels name="kp" toName="image"><Label value="nose" model_index="0"/><Label value="ear" model_index="1"/></KeyPointLabels></View>"""
PAPERS = """<View><Pdf name="paper" value="$paper"/><OcrLabels name="field" toName="paper"><Label value="Total"/></OcrLabels><TextArea name="sum" toName="paper"/>
<Choices name="type" toName="paper"><Choice value="bill"/></Choices></View>"""
TRACKS = """<View><Video name="video" value="$video"/><VideoVectorLabels name="path" toName="video"><Label value="Hand"/></VideoVectorLabels>
<VideoRectangle name="box" toName="video"/><TimelineLabels name="scene" toName="video"><Label value="Run"/></TimelineLabels></View>"""
TABLES = """<View><Table name="row" value="$row"/><Header name="head" value="$head"/><Taxonomy name="tree" toName="row" apiUrl="x"/><Choices name="ok" toName="row"><Choice value="yes"/></Choices>
<DateTime name="when" toName="row"/><Number name="n" toName="row"/></View>"""
OWN_PAGES = """<View><Text name="text" value="$text"/><ReactCode name="form" toName="text" data="$text"/></View>"""
CHOSEN = """<View><HyperText name="page" value="$page" valueType="url"/><Labels name="part" toName="page" value="$parts"/><Choices name="topic" toName="page" value="$topics" allowNested="true"/></View>"""


def one(kind, name, to, value, r, **more):
    """A result, with what only some editors and scripts put into it."""
    out = {"id": uuid.UUID(int=r.getrandbits(128)).hex[:10], "from_name": name, "to_name": to, "type": kind, "value": value, **more}
    if r.random() < 0.3:
        out.update(r.choice([{"origin": "manual"}, {"meta": {"text": ["a note"]}}, {"score": r.random()}, {"readonly": False, "hidden": True}, {"x": {"y": [None, 1e-7, 1.0, 10 ** 20]}}]))
    return out


def some(r, *makers, most=4):
    return [r.choice(makers)() for _ in range(r.randint(0, most))]


def sized(r):
    return {"original_width": r.choice([64, 640]), "original_height": r.choice([48, 481]), "image_rotation": r.choice([0, 90])}


def simple(r):
    made = [one("choices", "mood", "text", {"choices": ["Tea & cake"]}, r), one("choices", "many", "text", {"choices": r.choice([["a"], ["a", "beta"]])}, r),
            one("textarea", "words", "text", {"text": r.sample(AFTERWARDS, r.randint(1, 3))}, r), one("rating", "stars", "text", {"rating": r.randint(0, 5)}, r),
            one("number", "n", "text", {"number": number(r, 1000)}, r), one("datetime", "when", "text", {"datetime": "2026-02-28T10:00"}, r)]
    return r.sample(made, r.randint(0, len(made)))


def tree(r):
    return some(r, lambda: one("taxonomy", "tree", "text", {"taxonomy": r.choice([[["Bird"]], [["Bird", "Duck"], ["Fish"]]])}, r), most=1)


def marked(r, text):
    """Spans, some of them joined by relations."""
    made = spans(r, text)
    if len(made) > 1 and r.random() < 0.5:
        made.append({"type": "relation", "from_id": made[0]["id"], "to_id": made[1]["id"], "direction": r.choice(["right", "bi"]), "labels": ["of"]})
    return made


def pages(r):
    place = {"start": "/p[1]/text()[1]", "end": "/p[1]/text()[1]", "startOffset": 0, "endOffset": r.randint(1, 4), "globalOffsets": {"start": 0, "end": 4}, "text": "Zoë"}
    return some(r, lambda: one("hypertextlabels", "part", "page", {**place, "hypertextlabels": [r.choice(["Title", "Body"])]}, r))


def talks(r):
    place = {"start": "0", "end": "1", "startOffset": r.randint(0, 3), "endOffset": r.randint(3, 9), "text": "hello"}
    return some(r, lambda: one("paragraphlabels", "act", "talk", {**place, "paragraphlabels": [r.choice(["Ask", "Tell"])]}, r))


def shapes(r):
    def kinded():
        same = one("rectangle", "bare", "image", {"x": number(r, 90), "y": 1, "width": 3, "height": 4, "rotation": 0}, r, **sized(r))
        return {**same, "from_name": "kind", "type": "labels", "value": {**same["value"], "labels": ["House"]}}
    return some(r, kinded,
                lambda: one("ellipselabels", "round", "image", {"x": number(r, 90), "y": 6, "radiusX": 3.25, "radiusY": 2, "rotation": 12.5, "ellipselabels": ["Sun"]}, r, **sized(r)),
                lambda: one("vectorlabels", "path", "image", {"closed": False, "vertices": [{"id": "a", "x": number(r, 9), "y": 2, "prevPointId": None, "isBezier": False}], "vectorlabels": ["River"]},
                            r, **sized(r)),
                lambda: one("bitmasklabels", "bits", "image", {"imageDataURL": "data:image/png;base64,iVBORw0KGgo=", "bitmasklabels": ["Lake"]}, r, **sized(r)))


def sounds(r):
    made = []
    for _ in range(r.randint(0, 3)):
        place = {"start": number(r, 60), "end": 60 + number(r, 9), "channel": 0}
        made.append(one("labels", "who", "audio", {**place, "labels": [r.choice(["Ann", "Bo"])]}, r, original_length=75.5))
        made += [{**made[-1], **more, "value": {**place, **value}} for more, value in [({"from_name": "words", "type": "textarea"}, {"text": [r.choice(AFTERWARDS)]}),
                                                                                   ({"from_name": "clear", "type": "rating"}, {"rating": 4})] if r.random() < 0.5]
    return made


def films(r):
    frames = sorted(r.sample(range(1, 40), r.randint(0, 4)))
    path = [{"frame": f, "enabled": r.random() < 0.8, "rotation": 0, "x": number(r, 90), "y": 2, "width": 3, "height": 4, "time": f / 24} for f in frames]
    return some(r, lambda: one("videorectangle", "box", "video", {"framesCount": 40, "duration": 1.6666, "sequence": path, "labels": ["Car"]}, r), most=2)


def scenes(r):
    return some(r, lambda: one("timelinelabels", "scene", "video", {"ranges": [{"start": 1, "end": r.randint(2, 90)}], "timelinelabels": ["Run"]}, r))


def curves(r):
    return some(r, lambda: one("timeserieslabels", "phase", "ts", {"start": number(r, 5), "end": 7, "instant": False, "timeserieslabels": ["Up"]}, r))


def album(r):
    """Regions of several pictures, with what is said of a region under its id, and relations between them."""
    made = []
    for _ in range(r.randint(0, 3)):
        where = {**sized(r), "item_index": r.randint(0, 2)}
        kind, name, value = r.choice([("rectanglelabels", "box", {"x": number(r, 90), "y": 1, "width": 3, "height": 4, "rotation": 0, "rectanglelabels": ["Cat"]}),
                                      ("polygonlabels", "poly", {"points": [[1, 2], [3.5, 4], [number(r, 90), 6]], "closed": True, "polygonlabels": ["Road"]}),
                                      ("brushlabels", "mask", {"format": "rle", "rle": rle(mask(r)), "brushlabels": ["Leaf"]})])
        made.append(one(kind, name, "pages", value, r, **where))
        made += [{**made[-1], "from_name": n, "type": t, "value": {**value, **said}} for n, t, said in [("note", "textarea", {"text": [r.choice(AFTERWARDS)]}), ("sure", "rating", {"rating": 3})]
                 if r.random() < 0.4]
    ids = sorted({region["id"] for region in made})
    if len(ids) > 1:
        made.append({"type": "relation", "from_id": ids[0], "to_id": ids[1], "direction": r.choice(["left", "right", "bi"]), **r.choice([{}, {"labels": ["of"]}])})
    return made + some(r, lambda: one("choices", "page", "pages", {"choices": ["full"]}, r, item_index=r.randint(0, 2)), most=2)


def bare(r):
    """Shapes with the label beside them, under the same id."""
    made = some(r, lambda: one("polygon", "poly", "image", {"points": [[1, 2], [number(r, 90), 4], [5, 6]], "closed": False}, r, **sized(r)),
                lambda: one("ellipse", "round", "image", {"x": 5, "y": number(r, 90), "radiusX": 1, "radiusY": 2.5, "rotation": 0}, r, **sized(r)),
                lambda: one("keypoint", "point", "image", {"x": number(r, 90), "y": 2, "width": 0.5}, r, **sized(r)),
                lambda: one("brush", r.choice(["mask", "wand"]), "image", {"format": "rle", "rle": rle(mask(r))}, r, original_width=SIZE[0], original_height=SIZE[1]),
                lambda: one("vector", "path", "image", {"closed": True, "vertices": [{"id": "a", "x": 1, "y": 2}, {"id": "b", "x": number(r, 90), "y": 4, "prevPointId": "a", "isBezier": True}]},
                            r, **sized(r)),
                lambda: one("bitmask", "bits", "image", {"imageDataURL": "data:image/png;base64,iVBORw0KGgo="}, r, **sized(r)))
    return [region for shape in made for region in [shape, {**shape, "from_name": "kind", "type": "labels", "value": {**shape["value"], "labels": ["House"]}}][:r.randint(1, 2)]]


def papers(r):
    place = {"x": number(r, 90), "y": 2, "width": 3, "height": 4, "rotation": 0, "pageIndex": r.randint(0, 9), "ocrtext": r.choice(AFTERWARDS)}
    return some(r, lambda: one("ocrlabels", "field", "paper", {**place, "ocrlabels": ["Total"]}, r, item_index=place["pageIndex"]),
                lambda: one("textarea", "sum", "paper", {"text": ["short"]}, r), lambda: one("choices", "type", "paper", {"choices": ["bill"]}, r))


def tracks(r):
    frames = [{"frame": f, "enabled": f < 9, "closed": False, "time": f / 24, "vertices": [{"id": "a", "x": number(r, 90), "y": 2}]} for f in r.sample(range(1, 12), 2)]
    return some(r, lambda: one("videovectorlabels", "path", "video", {"framesCount": 12, "duration": 0.5, "sequence": frames, "videovectorlabels": ["Hand"]}, r),
                lambda: one("videorectangle", "box", "video", {"framesCount": 12, "duration": 0.5, "sequence": []}, r),
                lambda: one("timelinelabels", "scene", "video", {"ranges": [{"start": 1, "end": 2}, {"start": 5, "end": 9}], "timelinelabels": ["Run"]}, r))


def tables(r):
    return some(r, lambda: one("taxonomy", "tree", "row", {"taxonomy": [["a", "b", "c"], ["d"]]}, r), lambda: one("choices", "ok", "row", {"choices": ["yes"]}, r),
                lambda: one("datetime", "when", "row", {"datetime": "2026-12-31"}, r), lambda: one("number", "n", "row", {"number": number(r, 1e6)}, r))


def chosen(r):
    place = {"start": "/div[1]/p[2]/text()[1]", "end": "/div[1]/p[3]/b[1]/text()[1]", "startOffset": 3, "endOffset": r.randint(0, 9), "globalOffsets": {"start": 3, "end": 40}}
    return some(r, lambda: one("labels", "part", "page", {**place, "labels": [r.choice(["Fresh", "é"])]}, r),
                lambda: one("choices", "topic", "page", {"choices": r.choice([["x"], [["x", "y"], ["z"]]])}, r), most=3)


def text_data(r):
    return {"text": r.choice([sentence(r), r.choice(AFTERWARDS)]), "other": r.choice([None, True, 1, 1.0, 0.1, -1e-7, 12345678901234567890, [], {"k": ["v", {}]}, "x"])}


def media(key, ending):
    return lambda r: {key: f"http://files.example/{r.randint(0, 9)}/a%20b.{ending}", "width": 1}


# name: configuration, the data of a task, the result of an annotation
FAMILIES = {
    "simple": (SIMPLE, text_data, lambda r, d: simple(r)),
    "taxonomy": (TREE, text_data, lambda r, d: tree(r)),
    "spans": (TEXT, text_data, lambda r, d: marked(r, d["text"])),
    "hypertext": (PAGES, lambda r: {"page": "<p>Zoë</p><script>x()</script>"}, lambda r, d: pages(r)),
    "paragraphs": (TALKS, lambda r: {"talk": [{"who": "Ann", "said": w} for w in r.sample(WORDS, 3)]}, lambda r, d: talks(r)),
    "boxes": (BOXES, media("image", "png"), lambda r, d: boxes(r)),
    "keypoints": (KEYPOINTS, media("image", "jpeg"), lambda r, d: keypoints(r)),
    "brush": (BRUSH, media("image", "png"), lambda r, d: brush(r)),
    "shapes": (SHAPES, media("image", "png"), lambda r, d: shapes(r)),
    "sounds": (SOUNDS, media("audio", "wav"), lambda r, d: sounds(r)),
    "speech": (SPEECH, media("audio", "wav"), lambda r, d: some(r, lambda: one("textarea", "words", "audio", {"text": [r.choice(AFTERWARDS)]}, r), most=1)),
    "films": (FILMS, media("video", "mp4"), lambda r, d: films(r)),
    "scenes": (SCENES, media("video", "mp4"), lambda r, d: scenes(r)),
    "curves": (CURVES, lambda r: {"curve": {"t": [1, 2, 3], "v": [0.5, number(r, 9), 1e-7]}}, lambda r, d: curves(r)),
    "pairwise": (PAIRS, lambda r: {"a": sentence(r), "b": ""}, lambda r, d: some(r, lambda: one("pairwise", "better", "a", {"selected": r.choice(["left", "right"])}, r), most=1)),
    "ranker": (RANKS, lambda r: {"hits": [{"id": str(i), "title": "t", "body": w} for i, w in enumerate(r.sample(WORDS, 3))]},
               lambda r, d: some(r, lambda: one("ranker", "order", "hits", {"ranker": {"best": ["1"], "rest": ["0", "2"]}}, r), most=1)),
    "chat": (CHATS, lambda r: {"chat": [{"role": "user", "content": sentence(r)}]},
             lambda r, d: some(r, lambda: one("choices", "fine", "chat", {"choices": ["no"]}, r),
                               lambda: one("chatmessage", "chat", "chat", {"chatmessage": {"role": "assistant", "content": "hm"}}, r))),
    "album": (ALBUM, lambda r: {"pages": [f"http://files.example/{i}.png" for i in range(3)]}, lambda r, d: album(r)),
    "bare": (BARE, media("image", "png"), lambda r, d: bare(r)),
    "points": (POINTS, media("image", "jpg"), lambda r, d: [p for p in keypoints(r) if p["type"] == "keypointlabels" and p["value"]["keypointlabels"] != ["tail"]]),
    "papers": (PAPERS, media("paper", "pdf"), lambda r, d: papers(r)),
    "tracks": (TRACKS, media("video", "mp4"), lambda r, d: tracks(r)),
    "tables": (TABLES, lambda r: {"row": {"a": r.choice(AFTERWARDS), "b": [1, {"c": None}]}, "head": sentence(r)}, lambda r, d: tables(r)),
    "own_pages": (OWN_PAGES, text_data, lambda r, d: some(r, lambda: one("reactcode", "form", "text", {"reactcode": {"deep": [{"er": r.choice(AFTERWARDS)}, None, 1.5]}}, r))),
    "chosen": (CHOSEN, lambda r: {"page": "http://files.example/a.html", "parts": [{"value": "Fresh"}], "topics": [{"value": "x", "children": [{"value": "y"}]}]}, lambda r, d: chosen(r)),
    "repeater": (REPEATED, lambda r: {"items": [{"text": w} for w in r.sample(WORDS, 3)]},
                 lambda r, d: some(r, *[lambda i=i: one("choices", f"act_{i}", f"t_{i}", {"choices": ["keep"]}, r) for i in range(3)])),
}


def annotation(r, result):
    out = {"result": result, "ground_truth": r.random() < 0.3}
    if r.random() < 0.2:
        out["was_cancelled"] = True
    if r.random() < 0.6:
        out["lead_time"] = number(r, 500)
    return out


def tasks(family, r, n):
    _, data, result = FAMILIES[family]
    made = []
    for _ in range(n):
        task = {"data": data(r), "meta": r.choice([{}, {"k": "v", "n": [1.5]}]), "allow_skip": r.random() < 0.9}
        task["annotations"] = [annotation(r, result(r, task["data"])) for _ in range(r.choice([0, 1, 1, 2]))]
        task["predictions"] = [{"result": result(r, task["data"]), "model_version": r.choice(["v1", "v 2"]), **r.choice([{}, {"score": r.random()}])}
                               for _ in range(r.choice([0, 0, 1, 2]))]
        made.append(task)
    return made
