"""Exports beside those of the reference converter (label_studio_sdk.converter): the same tasks through both, and what differs in the files.
What is known to differ: file names of pictures that are not there, since the converter says where it looked for them; colours and dates."""

import io
import json
import logging
import math
import os
import tempfile
import warnings
import zipfile

warnings.filterwarnings("ignore")


def stored(value):
    """Keys in the order in which the database keeps them: short ones first."""
    if isinstance(value, dict):
        return {key: stored(value[key]) for key in sorted(value, key=lambda k: (len(k.encode()), k.encode()))}
    return [stored(v) for v in value] if isinstance(value, list) else value


def converted(config, tasks, kind, uploads, fetch=False):
    """Files by name, of the reference converter. config: parsed; uploads: the directory below which media lie; fetch: bring them."""
    from label_studio_sdk.converter import Converter

    logging.disable(logging.CRITICAL)
    try:
        with tempfile.TemporaryDirectory() as place:
            source, out = os.path.join(place, "in.json"), os.path.join(place, "out")
            with open(source, "w", encoding="utf-8") as f:
                json.dump(tasks, f)
            os.mkdir(out)
            Converter(config=stored(config), project_dir=place, upload_dir=uploads, download_resources=fetch).convert(source, out, kind, is_dir=False)
            return dict(files_below(out))
    finally:
        logging.disable(logging.NOTSET)


def files_below(top):
    for place, _, names in os.walk(top):
        for name in names:
            path = os.path.join(place, name)
            yield os.path.relpath(path, top), open(path, "rb").read()


def unpacked(answer):
    """Files by name, of a download."""
    if not answer.headers["Content-Type"].endswith("zip"):
        return {"result" + answer.headers["Content-Type"].split("/")[1]: answer.content}
    with zipfile.ZipFile(io.BytesIO(answer.content)) as z:
        assert z.testzip() is None
        return {name: z.read(name) for name in z.namelist() if not name.endswith("/")}


def same(x, y, where=""):
    """Where two documents differ; numbers within 1e-6 are equal."""
    if isinstance(x, bool) or isinstance(y, bool) or not isinstance(x, (int, float)) or not isinstance(y, (int, float)):
        if isinstance(x, dict) and isinstance(y, dict):
            return [d for key in sorted(set(x) | set(y)) for d in same(x.get(key), y.get(key), f"{where}.{key}")]
        if isinstance(x, list) and isinstance(y, list) and len(x) == len(y):
            return [d for i, (a, b) in enumerate(zip(x, y)) for d in same(a, b, f"{where}[{i}]")]
        return [] if x == y else [f"{where}: {x!r} is not {y!r}"]
    return [] if math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-9) else [f"{where}: {x!r} is not {y!r}"]


def shown(name, content):
    """A file as what is compared."""
    if name.endswith(".json") and name != "manifest.json":
        document = json.loads(content)
        if isinstance(document, dict):
            document.get("info", {}).pop("date_created", None)
            for image in document.get("images", []):
                image["file_name"] = os.path.basename(image["file_name"])
            for category in document.get("categories", []):
                category.pop("color", None)
        return document
    if name.startswith("labels/"):
        return [[float(v) for v in line.split()] for line in content.decode().split("\n")]
    if name.endswith((".npy", ".png")):
        return pixels(name, content)
    return content.decode()


def pixels(name, content):
    import numpy
    from PIL import Image

    return (numpy.load(io.BytesIO(content)) if name.endswith(".npy") else numpy.array(Image.open(io.BytesIO(content)))).tolist()


def said(kind, files):
    """How many regions the files tell of: two archives that say nothing are equal, but prove nothing."""
    texts = [c.decode() for n, c in files.items() if n.startswith(("labels/", "Annotations/")) or n.endswith(".conll")]
    if kind.startswith("YOLO"):
        return sum(len(text.split("\n")) for text in texts if text)
    if kind == "VOC":
        return sum(text.count("<object>") for text in texts)
    if kind == "CONLL2003":
        return sum(text.count(" B-") for text in texts)
    if "COCO" in kind:
        return sum(len(json.loads(c)["annotations"]) for n, c in files.items() if n.endswith(".json"))
    return sum(any(any(row) for row in pixels(n, c)) for n, c in files.items())


def differences(ours, theirs):
    found = [f"only in one: {name}" for name in sorted(set(ours) ^ set(theirs))]
    for name in sorted(set(ours) & set(theirs)):
        found += same(shown(name, ours[name]), shown(name, theirs[name]), name)
    return found
