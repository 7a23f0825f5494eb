"""Kinds of sound files in ASR_MANIFEST, beside the reference converter: how long each is, and which are left out."""

import json
import os
import struct

import pytest

from converter import converted, unpacked
from random_results import SPEECH, generator, region
from test_export_formats import upload
from work import Project, owner, ours, shared_server

pytestmark = ours
PCM = b"\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def form(tag=1, channels=1, rate=8000, bits=16, more=b""):
    frame = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits) + more)


def riff(*chunks, kind=b"RIFF"):
    inside = b"WAVE" + b"".join(chunks)
    return kind + struct.pack("<I", len(inside)) + inside


def data(n):
    return chunk(b"data", bytes(n))


# what, how long (None: no line)
SOUNDS = {
    "8 bit": (riff(form(bits=8), data(2001)), 2001 / 8000), "16 bit": (riff(form(), data(4000)), 0.25), "24 bit": (riff(form(channels=2, bits=24), data(6000)), 0.125),
    "12 bit": (riff(form(bits=12), data(4000)), 0.25), "three channels": (riff(form(channels=3, rate=44100), data(6000)), 1000 / 44100),
    "other chunks": (riff(chunk(b"LIST", b"INFOabc"), form(), chunk(b"fact", bytes(4)), data(4000), chunk(b"LIST", b"INFO")), 0.25),
    "data before the form": (riff(data(4000), form()), None), "two forms": (riff(form(), form(rate=16000), data(4000)), 0.125), "two data": (riff(form(), data(4000), data(4000)), 0.25),
    "truncated": (riff(form(), data(4000))[:1000], 0.25), "a part of its head": (riff(form(), data(4000))[:30], None), "half a frame": (riff(form(), data(4001)), 0.25),
    "no data": (riff(form()), None), "of no length": (riff(form(), data(0)), 0.0), "no form": (riff(data(4000)), None), "rate 0": (riff(form(rate=0), data(4000)), None),
    "no channels": (riff(form(channels=0), data(4000)), None), "a stream": (riff(form()) + b"data\xff\xff\xff\xff" + bytes(100), None),
    "big endian": (riff(form(), data(4000), kind=b"RIFX"), None), "MP3": (b"ID3\x03" + bytes(500), None), "more behind it": (riff(form(), data(4000)) + b"more", 0.25),
    "floats": (riff(form(3, bits=32), data(4000)), None), "A-law": (riff(form(6, bits=8), data(4000)), None),
}


@pytest.fixture(scope="module")
def spoken():
    project, r = Project(label_config=SPEECH), generator(5)
    paths = {what: upload(project, "s.wav", content) for what, (content, _) in SOUNDS.items()}
    project.load([{"data": {"audio": path}, "annotations": [{"result": [region("textarea", "words", {"text": [what, "more"]}, r, "audio", False)]}]} for what, path in paths.items()])
    return project


def manifest(project, **query):
    answer = owner().send("GET", project.path + "/export", params={"exportType": "ASR_MANIFEST", **query})
    assert answer.status_code == 200, answer.text
    return unpacked(answer)


def durations(files):
    return {line["text"]: line["duration"] for line in map(json.loads, files["manifest.json"].decode().splitlines())}


def test_how_long_they_are(spoken):
    assert durations(manifest(spoken)) == {what: seconds for what, (_, seconds) in SOUNDS.items() if seconds is not None}


def test_as_the_reference_has_them(spoken):
    theirs = converted(spoken.read()["parsed_label_config"], spoken.export(), "ASR_MANIFEST", os.path.join(shared_server().dir, "files", "upload"), fetch=True)
    ours = manifest(spoken)
    assert sorted(ours.pop("manifest.json").splitlines()) == sorted(theirs.pop("manifest.json").splitlines())
    assert ours == theirs and len(ours) == len(SOUNDS)


def test_corrected_has_what_is_no_pcm(spoken):
    found = durations(manifest(spoken, corrected="true"))
    assert found["floats"] == 0.125 and found["A-law"] == 0.5 and "MP3" not in found and "a stream" in found


def test_extensible():
    """Left out or not by the version of the reference server's own library."""
    project, r = Project(label_config=SPEECH), generator(6)
    path = upload(project, "x.wav", riff(form(0xFFFE, more=struct.pack("<HHI", 22, 16, 4) + PCM), data(4000)))
    project.load([{"data": {"audio": path}, "annotations": [{"result": [region("textarea", "words", {"text": ["hello"]}, r, "audio", False)]}]}])
    assert durations(manifest(project)) == {"hello": 0.25}
