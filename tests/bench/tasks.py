"""What is imported: tasks of text, with and without an annotation of three regions; of pictures and sounds, for the formats of theirs."""

import json
import random
import struct

WORDS = "the label server keeps tasks and work of many people in one table and answers before they look up".split()


def region(i):
    return {"id": f"region{i}", "from_name": "label", "to_name": "text", "type": "labels",
            "value": {"start": i, "end": i + 7, "text": "a word", "labels": ["Person"]}}


RESULT = [region(i) for i in range(3)]


def plain_task(i, chance=random.Random(7)):
    return {"data": {"text": f"{i} " + " ".join(chance.choices(WORDS, k=25)), "source": i}}


def labelled_task(i):
    return {**plain_task(i), "annotations": [{"result": RESULT, "lead_time": 4.5}]}


def sized(name, kind, i, **value):
    return {"id": f"region{i}", "from_name": name, "to_name": "image", "type": kind, "original_width": 640, "original_height": 480, "image_rotation": 0, "value": value}


SHAPES = [sized("box", "rectanglelabels", i, x=5 + i, y=7.25, width=20, height=10, rotation=15 * i, rectanglelabels=["Cat"]) for i in range(2)]
SHAPES.append(sized("outline", "polygonlabels", 2, points=[[1, 2], [30, 4.5], [20, 60]], closed=True, polygonlabels=["Road"]))
CUES = [{"id": "cue", "from_name": name, "to_name": "audio", "type": kind, "value": {"start": 0.25, "end": 0.75, "channel": 0, **value}}
        for name, kind, value in (("who", "labels", {"labels": ["Ann"]}), ("words", "textarea", {"text": ["the label server keeps tasks"]}))]
PICTURES = """<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image"><Label value="Cat"/></RectangleLabels>
<PolygonLabels name="outline" toName="image"><Label value="Road"/></PolygonLabels></View>"""
SOUNDS = """<View><Audio name="audio" value="$audio"/><Labels name="who" toName="audio"><Label value="Ann"/></Labels>
<TextArea name="words" toName="audio" perRegion="true"/></View>"""
# A second of silence.
WAV = b"RIFF" + struct.pack("<I", 8036) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + struct.pack("<I", 8000) + bytes(8000)


def picture_task(upload, i):
    return {"data": {"image": f"http://pictures.example/{i}.jpeg", "source": i}, "annotations": [{"result": SHAPES, "lead_time": 4.5}]}


def sound_task(upload, i):
    return {"data": {"audio": upload, "source": i}, "annotations": [{"result": CUES, "lead_time": 4.5}]}


# Configuration, tasks (given an uploaded sound) and formats.
FAMILIES = {"pictures": (PICTURES, picture_task, ["COCO", "VOC", "YOLO", "YOLO_OBB", "YOLO_SEGMENTATION", "HUGGINGFACE"]),
            "sounds": (SOUNDS, sound_task, ["ASR_MANIFEST", "WEBVTT", "SRT"])}


def body(make, n):
    """The JSON text of n tasks; a list of a million objects would take gigabytes."""
    return "[" + ",".join(json.dumps(make(i)) for i in range(n)) + "]"
