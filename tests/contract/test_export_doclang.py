"""DocLang documents: what counts as one, and the archives that they become, beside those of the reference converter."""

import io
import os
import zipfile

import pytest

from converter import converted
from test_export_formats import drawn, png, upload
from work import Project, owner, ours, shared_server

pytestmark = ours
NAMESPACE = "https://www.doclang.ai/ns/v0"
WORDS = '<View><Text name="text" value="$text"/><TextArea name="words" toName="text"/></View>'
PAGE = '<View><Image name="image" value="$image"/><TextArea name="words" toName="image"/></View>'
PAGES = '<View><Image name="image" valueList="$image"/><TextArea name="words" toName="image"/></View>'


def result(value, kind="textarea", name="words"):
    return {"id": "a", "from_name": name, "to_name": "text", "type": kind, "value": value}


def said(text):
    return [result({"text": [text]})]


def opened(answer):
    """The packages of a download by name, each its files by name."""
    with zipfile.ZipFile(io.BytesIO(answer.content)) as z:
        if answer.headers["Content-Type"].endswith("dclx"):
            return {"alone": package(answer.content)}
        return {name: package(z.read(name)) for name in z.namelist()}


def package(content):
    with zipfile.ZipFile(io.BytesIO(content)) as z:
        assert z.testzip() is None and len(set(z.namelist())) == len(z.namelist())
        return {name: z.read(name) for name in z.namelist()}


def export(project, **query):
    answer = owner().send("GET", project.path + "/export", params={"exportType": "DOCLANG", **query})
    assert answer.status_code == 200, answer.text
    return answer


def theirs(project, fetch=False):
    rows, config = project.export(), project.read()["parsed_label_config"]
    files = converted(config, rows, "DOCLANG", os.path.join(shared_server().dir, "files", "upload"), fetch)
    return {name: package(content) for name, content in files.items()}


@pytest.mark.parametrize("tag, offered", [("TextArea", True), ("ReactCode", True), ("CustomInterface", True), ("Rating", False), ("Number", False)])
def test_offered(tag, offered):
    config = f'<View><Text name="a" value="$a"/><Text name="b" value="$b"/><{tag} name="c" toName="a"/><Choices name="d" toName="b"><Choice value="x"/></Choices></View>'
    doclang, = [f for f in owner().get(Project(label_config=config).path + "/export/formats") if f["name"] == "DOCLANG"]
    assert doclang.get("disabled", False) is not offered and doclang["title"] == "DocLang (.dclx)"


TEXTS = [
    f'<doclang xmlns="{NAMESPACE}" version="0.6"><text>hi</text></doclang>', f'<d:doclang xmlns:d="{NAMESPACE}"><d:text>hi</d:text></d:doclang>', "<doclang/>",
    ' \n<doclang >é 汉 \U0001f600</doclang>\n ', '<?xml version="1.0"?><!-- c -->\n<?x y?><doclang\n></doclang>', "\ufeff<doclang/>", "<doclang>\r\n</doclang>",
    '<doclang xmlns="https://www.doclang.ai/ns/v12"/>', '<?xml version="1.0" encoding="ISO-8859-1"?><doclang>é</doclang>', "<doclang><![CDATA[<]]></doclang>",
    "words", "words <doclang/>", "<doclang/> words", '<doclang xmlns="urn:x"/>', f'<doclang xmlns="{NAMESPACE}/"/>', "<DocLang/>", "<doclang>", "<doclangs/>", "<a><doclang/></a>",
    "<!DOCTYPE doclang><doclang/>", '<!DOCTYPE doclang [<!ENTITY a "b">]><doclang>&a;</doclang>', "<doclang>&a;</doclang>", "<d:doclang/>", '<doclang a:b="1"/>',
    '<?xml version="1.0" encoding="UTF-16"?><doclang/>', ' <?xml version="1.0"?><doclang/>', "&lt;doclang/&gt;", "<doclang>a & b</doclang>", "<doclang>\x01</doclang>", "",
]
VALUES = [
    [result({"text": D}) for D in ("<a/>", "<doclang>2</doclang>", "<doclang>3</doclang>")], [result({"text": ["x", {"deep": [1, "<doclang/>"]}]})],
    [result({"doclang": "<doclang/>"})], [result({"reactcode": {"b": [None, "<doclang/>"]}}, "reactcode")], [result({"text": "<doclang/>"}, "reactcode")],
    [result({"any": {"where": ["<doclang/>"]}}, "custominterface", "nobody")], [result("<doclang/>", "")], [result({"text": ["<doclang/>"]}, "choices")],
    [result({"text": ["<doclang/>"]}, "chatmessage")], [{"type": "relation", "from_id": "a", "to_id": "b"}, result({"x": "<doclang/>"}, "mine")],
    [result({"b": "<doclang>b</doclang>", "a": "<doclang>a</doclang>"}, "mine")], [],
]


@pytest.fixture(scope="module")
def every():
    project = Project(label_config=WORDS)
    project.load([{"data": {"text": "x"}, "annotations": [{"result": r}]} for r in [*map(said, TEXTS), *VALUES]]
                 + [{"data": {"text": "x"}, "annotations": [{"result": said("<doclang>1</doclang>")}, {"result": said("<doclang>2</doclang>")},
                                                            {"result": said("<doclang/>"), "was_cancelled": True}, {"result": said("<doclang/>"), "ground_truth": True}]}])
    return project


def test_what_counts(every):
    here, there = opened(export(every)), theirs(every)
    assert len(there) == 10 + 7 + 3
    assert here == there


def test_one_comes_alone_and_none_as_an_empty_zip():
    project = Project(label_config=WORDS)
    project.load([{"data": {"text": "x"}, "annotations": [{"result": said("<doclang/>")}, {"result": said("no")}]}])
    answer = export(project)
    assert answer.headers["Content-Type"] == "application/.dclx" and answer.headers["filename"].endswith(".dclx")
    assert [opened(answer)["alone"]] == list(theirs(project).values())
    empty = export(project, **{"ids[]": 0})
    assert empty.headers["Content-Type"] == "application/zip" and zipfile.ZipFile(io.BytesIO(empty.content)).namelist() == []


def test_predictions_of_a_snapshot():
    """Only where they are written in full."""
    project = Project(label_config=WORDS)
    project.load([{"data": {"text": "x"}, "predictions": [{"result": said("<doclang>p</doclang>"), "model_version": "m"}], "annotations": [{"result": said("<doclang>a</doclang>")}]}])
    row, = project.export()
    names = [f"task-{row['id']}-annotation-{row['annotations'][0]['id']}.dclx", f"task-{row['id']}-prediction-{row['predictions'][0]}.dclx"]
    for only_id, found in ((True, ["alone"]), (False, names)):
        snapshot = owner().post(project.path + "/exports/", {"serialization_options": {"predictions": {"only_id": only_id}}})
        answer = owner().send("GET", f"{project.path}/exports/{snapshot['id']}/download", params={"exportType": "DOCLANG"})
        assert answer.status_code == 200 and list(opened(answer)) == found
        assert answer.headers["Content-Type"] == ("application/dclx" if only_id else "application/zip")
        owner().post(f"{project.path}/exports/{snapshot['id']}/convert", {"export_type": "DOCLANG"}, 200)


def source(address):
    return f'<picture><src uri="{address}"/></picture>'


@pytest.fixture(scope="module")
def bound():
    """Pages, and pictures that documents name."""
    project = Project(label_config=PAGE)
    a, b, gif = upload(project, "a.png", png(4, 3)), upload(project, "b.JPG", png(5, 4)), upload(project, "c.gif", png(6, 5))
    project.load([drawn(a, said("<doclang/>")), drawn(b, said(f"<!-- gone --><doclang >{source(a)}<![CDATA[<]]>{source(b)}<x></x></doclang>\n")), drawn(gif, said("<doclang/>")),
                  drawn("/none.png", said(f"<doclang>{source(a)}{source(a)}{source(gif)}<!-- stays --></doclang>")), drawn([a, b], said("<doclang/>")),
                  drawn("/data/upload/999999/none.png", said(f'<doclang xmlns="{NAMESPACE}">{source("/data/upload/999999/none.png")}{source(a)}</doclang>')),
                  drawn("data:image/jpeg;base64,aGVsbG8=", said(f"<doclang>{source('/etc/hostname')}{source('file:///etc/hostname')}{source('data:image/png;base64,aGk=')}</doclang>"))])
    return project


def test_pages_and_what_documents_name(bound):
    here, there = opened(export(bound)), theirs(bound, True)
    assert sum(name.startswith("pages/") for files in there.values() for name in files) == 4
    assert sum(name.startswith("assets/") for files in there.values() for name in files) == 5
    assert here == there
    assert opened(export(bound, download_resources="false")) == theirs(bound)


def test_a_list_of_pages():
    project = Project(label_config=PAGES)
    a, b = upload(project, "a.png", png(4, 3)), upload(project, "b.webp", png(5, 4))
    for pages in ([a, "/data/upload/999999/none.png", b], [b, 3, None, {"url": a}], a, []):
        project.load([drawn(pages, said("<doclang/>"))])
    assert opened(export(project)) == theirs(project, True)
    assert [sorted(n for n in files if n.startswith("pages/")) for files in opened(export(project)).values()] == [
        ["pages/1.png", "pages/3.webp"], ["pages/1.webp", "pages/2.png"], ["pages/1.png"], []]


def test_the_last_picture_of_the_configuration():
    """As it is stored: controls with short names first."""
    for order in ("one two", "two one"):
        x, y = order.split()
        config = (f'<View><Image name="x" value="$x"/><Image name="y" value="$y"/><TextArea name="{x}" toName="x"/>'
                  f'<RectangleLabels name="b{y}" toName="y"><Label value="L"/></RectangleLabels></View>')
        project, other = Project(label_config=config), Project(label_config=PAGE)
        a, b = upload(other, "a.png", png(4, 3)), upload(other, "b.png", png(5, 4))
        project.load([{"data": {"x": a, "y": b}, "annotations": [{"result": said("<doclang/>")}]}])
        assert [opened(export(project))["alone"]] == list(theirs(project, True).values())
