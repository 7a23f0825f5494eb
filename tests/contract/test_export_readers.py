"""Exports read back by tools of others: globox (COCO, YOLO, Pascal VOC), pandas (CSV, TSV, JSON Lines) and NLTK (CoNLL). Those of masks and
pycocotools are with the formats' own tests."""

import io
import os

import globox
import nltk
import pandas
import pytest
from nltk.corpus.reader.conll import ConllCorpusReader

from random_results import RECTANGLES, SIZE, TEXT, generator, region
from test_export_formats import drawn, files, got, png, upload
from work import Project, ours

pytestmark = ours


def whole(r, most):
    """Percent that fall on whole pixels of the picture, so that VOC cuts nothing off."""
    return [100 * n / side for n, side in zip((r.randrange(most[0]), r.randrange(most[1])), SIZE)]


@pytest.fixture(scope="module")
def boxes(tmp_path_factory):
    """Uploaded pictures with boxes upright; {name: [(label, left, top, right, bottom)]} in pixels."""
    project, r, expected = Project(label_config=RECTANGLES), generator("boxes to be read"), {}
    tasks = []
    for n in range(4):
        path = upload(project, f"picture{n}.png", png(*SIZE))
        made = []
        for label in r.choices(["Cat", "<b> & co"], k=n):
            (x, y), (width, height) = whole(r, (30, 20)), [v + 100 / side for v, side in zip(whole(r, (30, 20)), SIZE)]
            made.append(region("rectanglelabels", "box", {"x": x, "y": y, "width": width, "height": height, "rotation": 0, "rectanglelabels": [label]}, r))
            sides = [v * side / 100 for v, side in zip((x, y, x + width, y + height), SIZE * 2)]
            expected.setdefault(os.path.basename(path), []).append((label, *sides))
        tasks.append(drawn(path, made))
    project.load(tasks)
    return project, expected


def unpack(project, kind, place):
    for name, content in files(project, kind).items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def read(annotations, names=str):
    return {os.path.basename(one.image_id): sorted((names(b.label), *b.ltrb) for b in one.boxes) for one in annotations if len(one.boxes)}


def same(found, expected, within):
    assert set(found) == set(expected)
    for name, several in expected.items():
        assert [b[0] for b in found[name]] == [b[0] for b in sorted(several)]
        assert [v for b in found[name] for v in b[1:]] == pytest.approx([v for b in sorted(several) for v in b[1:]], abs=within)


def test_coco(boxes, tmp_path):
    same(read(globox.AnnotationSet.from_coco(unpack(boxes[0], "COCO_WITH_IMAGES", tmp_path) / "result.json")), boxes[1], 1e-6)


def test_voc(boxes, tmp_path):
    found = globox.AnnotationSet.from_pascal_voc(unpack(boxes[0], "VOC", tmp_path) / "Annotations")
    assert {one.image_size for one in found} == {SIZE}
    same(read(found), boxes[1], 2)     # each number is cut to a whole one, and right and bottom are sums of two


def test_yolo(boxes, tmp_path):
    place = unpack(boxes[0], "YOLO_WITH_IMAGES", tmp_path)
    classes = (place / "classes.txt").read_text().splitlines()
    found = globox.AnnotationSet.from_yolo_v5(place / "labels", image_folder=place / "images", image_extension=".png")
    same(read(found, lambda number: classes[int(number)]), boxes[1], 1e-3)


TEXTS = ["Mira can't visit St. Ives, she said.", 'naïve "café" = 日本語\nsecond line', "=1+1", "007", ""]


@pytest.fixture(scope="module")
def texts():
    project, r = Project(label_config=TEXT), generator("texts to be read")
    spans = [region("labels", "ner", {"start": s, "end": e, "text": TEXTS[0][s:e], "labels": [label]}, r, "text", False) for s, e, label in ((0, 4, "Person"), (17, 25, "Place"))]
    mood = region("choices", "mood", {"choices": ["Sunny"]}, r, "text", False)
    project.load([{"data": {"text": text, "n": i}, "annotations": [{"result": spans if i == 0 else [mood], "lead_time": i + 0.25}]} for i, text in enumerate(TEXTS)])
    return project


@pytest.mark.parametrize("kind", ["CSV", "TSV"])
def test_tables(texts, kind):
    table = pandas.read_csv(io.BytesIO(got(texts, kind).content), sep="\t" if kind == "TSV" else ",", keep_default_na=False, dtype={"text": str})
    assert table["text"].tolist() == TEXTS and table["n"].tolist() == list(range(len(TEXTS)))
    assert table["mood"].tolist() == [""] + ["Sunny"] * 4 and table["lead_time"].tolist() == [i + 0.25 for i in range(len(TEXTS))]
    assert pandas.to_datetime(table["created_at"]).notna().all()


def test_rows_of_regions(texts):
    table = pandas.read_csv(io.BytesIO(got(texts, "CSV_REGIONS").content), keep_default_na=False)
    assert table["from_name"].tolist() == ["ner"] * 2 + ["mood"] * 4
    assert table["labels"].tolist() == ["Person", "Place"] + ["Sunny"] * 4 and table["text"].tolist()[:2] == ["Mira", "St. Ives"]


def test_lines_of_json(texts):
    table = pandas.read_json(io.BytesIO(got(texts, "JSONL").content), lines=True)
    assert [d["text"] for d in table["data"]] == TEXTS and [len(a) for a in table["annotations"]] == [1] * len(TEXTS)


def test_conll(texts, tmp_path, monkeypatch):
    monkeypatch.setattr(nltk.data, "path", [*nltk.data.path, str(tmp_path)])      # it reads from known places only
    (tmp_path / "result.conll").write_bytes(got(texts, "CONLL2003").content)
    reader = ConllCorpusReader(str(tmp_path), ["result.conll"], ("words", "pos", "ignore", "chunk"), encoding="utf-8")
    sentences = [[(word, tag) for word, _, tag in sentence] for sentence in reader.iob_sents()]
    assert sentences[0] == [("Mira", "B-Person"), ("ca", "O"), ("n't", "O"), ("visit", "O"), ("St.", "B-Place"), ("Ives", "I-Place"), (",", "O"), ("she", "O"), ("said", "O"), (".", "O")]
    assert len(sentences) == len([t for t in TEXTS if t]) and {tag for s in sentences[1:] for _, tag in s} == {"O"}
