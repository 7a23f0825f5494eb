"""The Data Manager's filters, orders and selections: cases observed on the reference server, and labeld's own decisions (marked)."""

import pytest

from dm import Found, five, item, query
from people import browser_of
from work import Project, annotate, anonymous, choice, ours, owner, person, stranger


@pytest.fixture(scope="module")
def tasks():
    return five()


ALL = [1, 2, 3, 4, 5]
OBSERVED = [
    ("annotations_results", "contains", "String", '"A"', [1, 3]),
    ("annotations_results", "not_contains", "String", '"A"', [2, 4, 5]),
    ("annotations_results", "contains", "String", '"a"', []),
    ("annotations_results", "equal", "String", "[]", [2, 3]),
    ("annotations_results", "not_equal", "String", "[]", [1, 4, 5]),
    ("annotations_results", "equal", "String", "x", []),
    ("annotations_results", "not_equal", "String", "x", []),
    ("annotations_results", "empty", "Boolean", True, [2, 3, 4, 5]),
    ("annotations_results", "empty", "Boolean", False, [1]),
    ("annotations_results", "regex", "String", "A|B", [1, 3]),
    ("predictions_results", "contains", "String", '"B"', [2]),
    ("predictions_results", "not_contains", "String", '"B"', [1, 3, 4, 5]),
    ("annotators", "empty", "Boolean", True, [4, 5]),
    ("annotators", "empty", "Boolean", False, [1, 2, 3]),
    ("annotations_ids", "empty", "Boolean", True, [4, 5]),
    ("annotations_ids", "empty", "Boolean", "false", [1, 2, 3]),
    ("annotations_ids", "equal", "String", "x", []),
    ("predictions_model_versions", "contains", "List", ["v1"], [2, 3]),
    ("predictions_model_versions", "not_contains", "List", ["v1"], [1, 4, 5]),
    ("predictions_model_versions", "contains", "List", ["v1", "w"], [2, 3, 4]),
    ("predictions_model_versions", "contains", "List", "v1", [2, 3]),
    ("predictions_model_versions", "empty", "Boolean", True, [1, 5]),
    ("predictions_model_versions", "empty", "Boolean", False, [2, 3, 4]),
    ("predictions_model_versions", "contains", "List", [], ALL),
    ("predictions_model_versions", "not_contains", "List", [], ALL),
    ("predictions_score", "greater", "Number", 0.3, []),      # the project shows version w, which has no scores
    ("predictions_score", "empty", "Boolean", True, ALL),
    ("predictions_score", "not_equal", "Number", 0.5, []),
    ("avg_lead_time", "empty", "Boolean", True, [2, 3, 4, 5]),
    ("avg_lead_time", "greater", "Number", "1", [1]),
    ("total_annotations", "empty", "Boolean", True, [4, 5]),
    ("total_annotations", "empty", "Boolean", False, [1, 2, 3]),
    ("total_annotations", "greater_or_equal", "Number", 2, [3]),
    ("total_predictions", "in", "Number", {"min": 1, "max": 1}, [2, 4]),
    ("cancelled_annotations", "equal", "Number", "0", ALL),
    ("data.text", "contains", "String", "É", [3]),
    ("data.text", "contains", "String", "é", [3]),
    ("data.text", "contains", "String", "STRASSE", []),
    ("data.text", "contains", "String", "STRAßE", [3]),
    ("data.text", "contains", "String", "İX", [3]),
    ("data.text", "contains", "String", "%", [4]),
    ("data.text", "contains", "String", "_", [4]),
    ("data.text", "not_contains", "String", "A", [4]),
    ("data.text", "regex", "String", "^[a-z]", [1, 5]),
    ("data.n", "equal", "String", "5", []),
    ("data.n", "equal", "String", 5, [1]),
    ("data.n", "greater", "String", "1", [1, 2, 3, 5]),
    ("data.n", "greater", "String", 1, [1, 5]),
    ("data.n", "less", "String", 1, [2, 3]),
    ("data.n", "contains", "String", "5", [1, 5]),
    ("data.n", "in", "String", {"min": 0, "max": 60}, [1, 5]),
    ("data.n", "not_in", "String", {"min": 0, "max": 60}, [2, 3]),
    ("data.n", "in_list", "String", [5, "7"], [1, 2]),
    ("data.n", "not_in_list", "String", [5, "7"], [3, 5]),
    ("data.n", "equal", "Number", "7", [2]),
    ("data.n", "greater", "Number", 4.5, [1, 2, 5]),
    ("data.k", "equal", "String", "z", [2]),
    ("data.k", "not_equal", "String", "z", [1, 3]),
    ("data.k", "contains", "String", "z", [2]),
    ("data.k", "not_contains", "String", "z", [3]),
    ("data.k", "greater", "String", "", [2]),
    ("data.k", "less", "String", "y", [1, 3]),
    ("data.b", "equal", "Boolean", True, [3]),
    ("data.b", "equal", "Boolean", False, [5]),
    ("data.b", "equal", "Boolean", "true", [3]),
    ("data.b", "not_equal", "Boolean", "true", [5]),
    ("data.b", "equal", "String", "true", []),
    ("data.b", "empty", "Boolean", True, [1, 2, 4]),
    ("data.o", "contains", "String", "k", [1, 2]),
    ("data.o", "empty", "Boolean", False, [1, 2]),
    ("data.l", "contains", "String", "2", [2]),
    ("draft_exists", "equal", "Boolean", False, ALL),
    ("is_labeled", "equal", "Boolean", "true", [1, 2, 3]),
    ("is_labeled", "equal", "Boolean", "yes", [1, 2, 3]),
    ("is_labeled", "not_equal", "Boolean", True, [4, 5]),
    ("is_labeled", "empty", "Boolean", True, []),
    ("created_at", "greater", "Datetime", "2020-01-01T00:00:00.000Z", ALL),
    ("created_at", "less", "Datetime", "2020-01-01T00:00:00.000Z", []),
    ("created_at", "in", "Datetime", {"min": "2020-01-01T00:00:00.000Z", "max": "2090-01-01T00:00:00.000Z"}, ALL),
    ("completed_at", "empty", "Boolean", True, [4, 5]),
    ("completed_at", "less", "Datetime", "2090-01-01T00:00:00.000Z", [1, 2, 3]),
    ("completed_at", "not_in", "Datetime", {"min": "2080-01-01T00:00:00.000Z", "max": "2090-01-01T00:00:00.000Z"}, [1, 2, 3]),
    ("updated_by", "empty", "Boolean", True, ALL),
    ("file_upload", "empty", "Boolean", True, ALL),
    ("file_upload", "contains", "String", ".json", []),
    ("file_upload", "not_contains", "String", "x", []),
    ("id", "empty", "Boolean", True, []),
    ("inner_id", "greater", "Number", 2.5, [3, 4, 5]),
    ("inner_id", "not_in_list", "Number", [1, "2"], [3, 4, 5]),
    ("inner_id", "less_or_equal", "Number", 2, [1, 2]),
    ("meta", "contains", "Unknown", "x", []),
    ("data", "contains", "Unknown", "ZETA", [5]),
    ("overlap", "equal", "Number", 1, ALL),
    ("comment_count", "equal", "Number", 0, ALL),
]


@pytest.mark.parametrize("column, operator, kind, value, places", OBSERVED)
def test_observed(tasks, column, operator, kind, value, places):
    assert tasks.places(query(item(column, operator, kind, value))) == places


DECISIONS = [
    ("data.text", "contains", "String", "i̇x", [3]),                 # lower case of İ, as Unicode has it
    ("data.text", "greater", "String", "b", [2, 3, 5]),              # the order of a dictionary, not of bytes
    ("data.text", "less", "String", "C", [1, 2, 4]),
    ("data.k", "empty", "Boolean", True, [1, 3, 4, 5]),               # "" is empty, whatever the first task holds
    ("data.k", "empty", "Boolean", False, [2]),
    ("data.o.k", "equal", "Number", 1, [1]),
    ("data.o__k", "equal", "Number", 1, [1]),
    ("data.a.b", "equal", "Number", 1, [1]),
    ("data.text", "greater", "Number", 0, []),                        # no number, no match, no error
    ("data.n", "regex", "Number", "^5", [1, 5]),
    ("predictions_results", "empty", "Boolean", True, [1, 3, 4, 5]),  # of predictions, not of annotations
    ("predictions_results", "empty", "Boolean", False, [2]),
    ("predictions_model_versions", "contains", "List", "1v", []),     # one version, not its letters
    ("ground_truth", "equal", "Boolean", True, []),
    ("created_at", "greater", "Datetime", "2020-01-01", ALL),
    ("created_at", "less", "Datetime", "2090-01-01T12:00+02:00", ALL),
]


@ours
@pytest.mark.parametrize("column, operator, kind, value, places", DECISIONS)
def test_decisions(tasks, column, operator, kind, value, places):
    if column == "ground_truth":
        value = False
        places = ALL if not any(a["ground_truth"] for t in tasks.project.tasks() for a in t["annotations"]) else [4, 5]
    assert tasks.places(query(item(column, operator, kind, value))) == places


def test_people(tasks):
    me, other = owner().id, person("ann").id
    for value in (me, str(me)):
        assert tasks.places(query(item("annotators", "contains", "List", value))) == [1, 2, 3]
        assert tasks.places(query(item("annotators", "not_contains", "List", value))) == [4, 5]
    assert tasks.places(query(item("annotators", "contains", "List", other))) == []
    assert tasks.places(query(item("updated_by", "contains", "List", other))) == []
    assert "Not supported filter type" in str(tasks.refused(query(item("annotators", "equal", "List", me))))


def test_ids(tasks):
    first, second, third, *_ = tasks.ids
    assert tasks.places(query(item("id", "equal", "Number", str(first)))) == [1]
    assert tasks.places(query(item("id", "in", "Number", {"min": second, "max": third}))) == [2, 3]
    assert tasks.places(query(item("id", "not_in", "Number", {"min": second, "max": third}))) == [1, 4, 5]
    assert tasks.places(query(item("id", "greater", "Number", first + 0.5))) == [2, 3, 4, 5]
    annotations = [[a["id"] for a in t["annotations"]] for t in tasks.project.tasks()]
    two = f"{annotations[0][0]}, {annotations[2][1]};0"
    assert tasks.places(query(item("annotations_ids", "contains", "String", two))) == [1, 3]
    assert tasks.places(query(item("annotations_ids", "not_contains", "String", two))) == [2, 4, 5]
    assert tasks.places(query(item("annotations_ids", "equal", "String", str(annotations[1][0])))) == [2]
    assert tasks.places(query(item("annotations_ids", "not_equal", "String", str(annotations[1][0])))) == [1, 3, 4, 5]


def test_and_or_and_children(tasks):
    me, third = owner().id, tasks.ids[2]
    a, beta, zeta = (item("data.text", "contains", "String", text) for text in ("a", "beta", "zeta"))
    assert tasks.places(query(a, beta)) == [2]
    assert tasks.places(query(beta, zeta, any=True)) == [2, 5]
    after = item("id", "greater", "Number", tasks.ids[1])
    assert tasks.places(query(item("data.text", "contains", "String", "a", after))) == [3, 5]
    before = item("id", "less", "Number", third)
    assert tasks.places(query(zeta, item("data.text", "contains", "String", "a", before), any=True)) == [1, 2, 5]
    mine = item("annotators", "contains", "List", me)
    assert tasks.places(query(item("annotators", "not_contains", "List", me, mine))) == []
    assert tasks.places(query(item("annotations_results", "contains", "String", '"A"', mine))) == [1, 3]


def test_a_child_speaks_of_the_same_annotation():
    project = Project(maximum_annotations=3)
    task, = project.texts(1)
    annotate(owner(), task)
    annotate(person("ann"), task)
    found, me, ann = Found(project, [task]), owner().id, person("ann").id
    both = item("annotators", "contains", "List", me), item("annotators", "contains", "List", ann)
    assert found.places(query(*both)) == [1]
    assert found.places(query(item("annotators", "contains", "List", me, both[1]))) == []


ORDERS = [
    ("tasks:id", [1, 2, 3, 4, 5]), ("-tasks:id", [5, 4, 3, 2, 1]), ("tasks:-id", [5, 4, 3, 2, 1]), ("id", [1, 2, 3, 4, 5]),
    ("tasks:data.n", [3, 1, 5, 2, 4]), ("tasks:annotators", [1, 2, 3, 4, 5]), ("-tasks:annotators", [4, 5, 1, 2, 3]),
    ("tasks:annotations_results", [2, 3, 1, 4, 5]), ("tasks:predictions_model_versions", [2, 3, 4, 1, 5]),
    ("-tasks:predictions_model_versions", [1, 5, 4, 3, 2]), ("tasks:annotations_ids", [1, 2, 3, 4, 5]),
    ("-tasks:annotations_ids", [4, 5, 3, 2, 1]), ("tasks:is_labeled", [4, 5, 1, 2, 3]), ("tasks:data.k", [3, 2, 1, 4, 5]),
    ("-tasks:data.k", [2, 3, 1, 4, 5]), ("-tasks:total_predictions", [3, 2, 4, 1, 5]), ("tasks:avg_lead_time", [1, 2, 3, 4, 5]),
    ("tasks:file_upload", [1, 2, 3, 4, 5]), ("tasks:draft_exists", [1, 2, 3, 4, 5]), ("tasks:predictions_score", [1, 2, 3, 4, 5]),
]


@pytest.mark.parametrize("name, places", ORDERS)
def test_order(tasks, name, places):
    assert tasks.places(query(ordering=[name, "tasks:nothing"])) == places


@ours
@pytest.mark.parametrize("name, places", [("tasks:data.text", [4, 1, 2, 3, 5]), ("-tasks:data.text", [5, 3, 2, 1, 4]),
                                          ("tasks:data.o.k", [1, 2, 3, 4, 5]), ("-tasks:data.o.k", [2, 1, 3, 4, 5])])
def test_order_of_people(tasks, name, places):
    assert tasks.places(query(ordering=[name])) == places


def test_order_of_numbers(tasks):
    shown = {"tasks:data.n": "Number"}
    assert tasks.places(query(ordering=["tasks:data.n"], columnsDisplayType=shown)) == [3, 1, 2, 5, 4]
    assert tasks.places(query(ordering=["-tasks:data.n"], columnsDisplayType=shown)) == [5, 2, 1, 3, 4]


@ours
def test_order_of_letters():
    words = ["zebra", "Ägypten", "apfel", "Straße", "strasse", "éclair", "Eclair", "İstanbul", "istanbul", "ıspanak", "Zürich"]
    project = Project()
    ids = project.load([{"text": w} for w in words])
    found = Found(project, ids)
    places = found.places(query(ordering=["tasks:data.text"]))
    assert [words[p - 1] for p in places] == ["Ägypten", "apfel", "Eclair", "éclair", "istanbul", "İstanbul", "ıspanak", "strasse", "Straße",
                                              "zebra", "Zürich"]


def test_selection(tasks):
    first, second = tasks.ids[:2]
    for selected, places in (
        ({"all": False}, ALL), ({"all": True}, ALL), ({"all": False, "included": []}, ALL), ({"all": True, "included": [first]}, ALL),
        ({"all": False, "included": [first]}, [1]), ({"all": False, "included": [str(first)]}, [1]),
        ({"all": "false", "included": [first]}, [1]), ({"all": True, "excluded": [first]}, [2, 3, 4, 5]),
        ('{"all":false,"included":[%d]}' % second, [2]),
    ):
        assert tasks.places(query(selectedItems=selected)) == places
    assert tasks.places(query(item("data.text", "contains", "String", "e"), selectedItems={"all": False, "included": [first, second]})) == [2]


@ours
@pytest.mark.parametrize("asked", [
    query(item("id", "equal", "Number", "x")), query(item("id", "equal", "Number", [1])), query(item("id", "in", "Number", {"min": 1})),
    query(item("id", "starts_with", "Number", 1)), query(item("id", "contains", "Number", 1)), query(item("id", "regex", "Number", "1")),
    query(item("nothing", "equal", "Number", 1)), query(item("total__annotations", "equal", "Number", 1)),
    query(item("created_at", "less", "Datetime", "yesterday")), query(item("created_at", "less", "Datetime", "2026-02-30T00:00:00.0Z")),
    query(item("data.text", "regex", "String", "[")), query(item("data.text", "equal", "String", None)),
    query(item("data.l", "equal", "String", [1, 2])), query(item("annotators", "contains", "List", [1])),
    query(item("annotators", "in_list", "List", [1])), query(item("is_labeled", "equal", "Boolean", "maybe")),
    {"filters": {"conjunction": "xor", "items": [item("id", "equal", "Number", 1)]}}, {"filters": {"items": [item("id", "equal", "Number", 1)]}},
    {"filters": {"conjunction": "and", "items": [{"filter": "tasks:id", "operator": "equal", "type": "Number", "value": 1}]}},
    {"filters": {"conjunction": "and", "items": ["x"]}}, {"filters": []}, {"filters": "x"}, {"filters": {"conjunction": "and", "items": {}}},
    {"ordering": ["--tasks:id"]}, {"ordering": ["tasks:nothing"]}, {"ordering": "id"}, {"ordering": [1]}, {"ordering": ["tasks:total__x"]},
    {"selectedItems": {"included": [1]}}, {"selectedItems": []}, {"selectedItems": "x"}, {"selectedItems": {"all": False, "included": "x"}},
    {"selectedItems": {"all": False, "included": ["x"]}},
])
def test_what_cannot_be_asked_is_said_so(tasks, asked):
    answer = tasks.refused(asked)
    assert answer["detail"] == "Validation error" and answer["validation_errors"]


@ours
def test_numbers_of_any_size(tasks):
    project = Project(label_config=None)
    huge = 10 ** 400
    ids = project.api.raw("POST", project.path + "/import?return_task_ids=1",
                          '[{"n": %d}, {"n": 1e300}, {"n": "-1e300"}, {"n": 0.1}, {"n": "1e9999"}, {"n": [1]}]' % huge, status=201).json()["task_ids"]
    found = Found(project, ids)
    assert found.places(query(item("data.n", "greater", "Number", 1e299))) == [1, 2]
    assert found.places(query(item("data.n", "equal", "Number", 0.1))) == [4]
    assert found.places(query(item("data.n", "less", "Number", "-1e299"))) == [3]
    assert found.places(query(ordering=["-tasks:data.n"], columnsDisplayType={"tasks:data.n": "Number"})) == [1, 2, 4, 3, 5, 6]


@ours
def test_a_text_anywhere_in_the_values_of_the_data():
    """The signs that lower case, or JSON, writes in another way; names of fields are not searched."""
    project = Project(label_config=None)
    ids = project.load([{"a": "300\u212a hot", "b": None}, {"a": "line one\nnext line", "b": 5}, {"a": "\u0130stanbul", "l": ['x"y', {"deep": "Falcon"}]},
                        {"back": "C:\\new\\Path", "q": 'say "hi"'}, {"falcon": None}, {"a": "ÉCOLE Straße", "n": 1234.5}])
    found = Found(project, ids)
    for text, places in (("300k", [1]), ("300K HOT", [1]), ("K", [1]), ("NEXT", [2]), ("nnext", []), ("one\nnext", [2]), ("i", [2, 3, 4]), ("stanBUL", [3]),
                         ("falcon", [3]), ('x\\"y', [3]), ("\\new", [4]), ("new", [4]), ('Say "h', [4]), ("hi", [4]), ("école", [6]), ("STRAßE", [6]),
                         ("234.5", [6]), ("null", []), ("%", []), ("_", []), ("deep", [3])):
        assert found.places(query(item("search", "contains", "String", text))) == places, text
    assert found.places(query(item("search", "not_contains", "String", "falcon"))) == [1, 2, 4, 6]
    assert found.places(query(item("data.a", "contains", "String", "0k"))) == [1]
    assert found.places(query(item("data.a", "not_contains", "String", "0k"))) == [2, 3, 6]
    assert found.places(query(item("data.a", "contains", "String", "I"))) == [2, 3]
    assert found.places(query(item("data", "contains", "Unknown", "FALCON"))) == [3, 5]


@ours
def test_data_that_came_before_its_key():
    """Texts of a project without configuration are stored under $undefined$, which its first data key stands for later."""
    project = Project(label_config=None)
    files = {"file": ("a.txt", b"alpha\nbeta\ngamma\n")}
    project.api.call("POST", project.path + "/import", 201, files=files)
    assert [c["id"] for c in project.api.get("/api/dm/columns/", project=project.id)["columns"]][0] == "$undefined$"
    project.change(label_config='<View><Text name="t" value="$words"/><Choices name="label" toName="t"><Choice value="A"/></Choices></View>')
    ids = [t["id"] for t in project.list()["tasks"]] + project.load([{"words": "delta"}])
    found = Found(project, ids)
    assert found.places(query(item("data.words", "contains", "String", "ALPHA"))) == [1]
    assert found.places(query(item("data.words", "contains", "String", "l"), ordering=["-tasks:data.words"])) == [4, 1]
    assert found.places(query(ordering=["-tasks:data.words"])) == [3, 4, 2, 1]
    assert found.places(query(item("data.words", "empty", "Boolean", True))) == []
    columns = [c["id"] for c in project.api.get("/api/dm/columns/", project=project.id)["columns"]]
    assert columns[0] == "words" and "$undefined$" not in columns


# ---- totals, pages, shapes ----


def test_totals_and_pages(tasks):
    asked = query(item("data.text", "contains", "String", "a"), ordering=["-tasks:id"])
    answer = tasks.list(asked)
    assert (answer["total"], answer["total_annotations"], answer["total_predictions"]) == (4, 4, 3)
    seen = [tasks.places(asked, page=page, page_size=3) for page in (1, 2)]
    assert seen == [[5, 3, 2], [1]]
    assert tasks.list(asked, 404, page=3, page_size=3)["detail"] == "Invalid page."
    assert tasks.places(asked, page="last", page_size=3) == [1]
    none = tasks.list(query(item("data.text", "contains", "String", "qqq")))
    assert none == {"total_annotations": 0, "total_predictions": 0, "total": 0, "tasks": []}


COMPUTED = {"completed_at", "predictions_score", "avg_lead_time", "draft_exists"}


def test_computed_columns(tasks):
    plain = tasks.list(query(item("id", "greater", "Number", 0)))["tasks"][2]
    assert not COMPUTED & set(plain) and plain["annotators"] == [] and plain["annotations_ids"] == plain["predictions_model_versions"] == ""
    ordered = tasks.list(query(ordering=["tasks:annotators"]))["tasks"][2]
    assert ordered["annotators"] == [owner().id] and ordered["annotations_results"] == "" and not COMPUTED & set(ordered)
    filtered = tasks.list(query(item("avg_lead_time", "greater", "Number", 0)))["tasks"][0]
    assert filtered["avg_lead_time"] == 2.0 and COMPUTED & set(filtered) == {"avg_lead_time"}
    both = {"explore": ["tasks:annotators"], "labeling": ["tasks:annotators"]}
    hidden = tasks.list(query(hiddenColumns=both))["tasks"][2]
    assert COMPUTED <= set(hidden) and hidden["annotators"] == [] and hidden["annotations_ids"] and "annotations" not in hidden
    assert set(hidden["predictions_model_versions"].replace(" ", "").split(",")) == {"v1", "v2"}
    one = tasks.list(query(hiddenColumns={"explore": ["tasks:annotators"], "labeling": []}))["tasks"][2]
    assert one["annotators"] == [owner().id]


def test_fields_and_include(tasks):
    asked = query(item("data.text", "equal", "String", "Beta"))
    task, = tasks.list(asked, fields="all")["tasks"]
    assert len(task["annotations"]) == 1 and len(task["predictions"]) == 1
    assert tasks.list(asked, include="id,inner_id")["tasks"] == [{"id": tasks.ids[1], "inner_id": 2}]


def test_a_query_in_the_body(tasks):
    answer = owner().call("GET", "/api/tasks/", 200, json={"project": tasks.project.id, "ordering": ["-tasks:id"]})
    assert [t["id"] for t in answer["tasks"]] == tasks.ids[::-1]


@ours
def test_a_big_project():
    """Above 20,000 tasks orders are kept; clients notice nothing of it."""
    project = Project(label_config=None)
    ids = project.load([{"n": i % 7} for i in range(20050)])
    asked = query(item("data.n", "less", "Number", 5), ordering=["-tasks:data.n"])
    wanted = sorted((i for i in range(20050) if i % 7 < 5), key=lambda i: -(i % 7))
    found = Found(project, ids)
    glance = found.list(asked, page=2, page_size=10, include="id", totals="known")
    assert glance == {"total_annotations": None, "total_predictions": None, "total": None, "tasks": [{"id": ids[i]} for i in wanted[10:20]]}
    assert found.list(asked, page_size=20000, include="id")["tasks"] == [{"id": ids[i]} for i in wanted]
    assert found.list(asked, page=144, page_size=99, include="id")["tasks"] == [{"id": ids[i]} for i in wanted[143 * 99:144 * 99]]
    assert found.list(asked, page="last", page_size=100, include="id")["tasks"] == [{"id": ids[i]} for i in wanted[-(len(wanted) % 100):]]
    found.list(asked, 404, page=1000, page_size=100)
    assert found.list(asked, page_size=10, include="id", totals="known")["total"] == len(wanted)
    # The page shows the first of what many match; how many they are is there when it asks for it, or at once where that took no time.
    page = f"/projects/{project.id}/data?f1=data.n&o1=less&v1=5&t1=Number"
    shown = browser_of("OW").get(page).text
    assert f"{len(wanted):,} tasks<" in shown or ("More than 100 tasks<" in shown and "exact=1" in shown and "1–100 of more" in shown)
    assert all(f"{len(wanted):,} tasks<" in browser_of("OW").get(address).text for address in (page + "&exact=1", page + "&page=2", page))
    gone = ids[wanted[0]]
    owner().delete(f"/api/tasks/{gone}/")
    answer = found.list(asked, page_size=10, include="id")
    assert gone not in [t["id"] for t in answer["tasks"]] and answer["total"] - len(wanted) in (0, -1)


def test_drafts_of_anybody_count():
    """The filter, the order and the figure speak of anybody's drafts; the drafts themselves are the caller's own, and shown on demand."""
    ann, project = person("ann"), Project(label_config=None, is_published=True)
    found = Found(project, project.load([{"text": f"text {i}"} for i in range(3)]))
    ann.post(f"/api/tasks/{found.ids[1]}/drafts", {"result": choice("A")})
    owner().post(f"/api/tasks/{found.ids[2]}/drafts", {"result": choice("A")})
    asked = query(item("draft_exists", "equal", "Boolean", True), ordering=["tasks:id"])
    for api, own in ((owner(), [0, 1]), (ann, [1, 0])):
        found.api = api
        shown = found.list(asked)
        assert shown["total"] == 2 and [(t["id"], t["draft_exists"], t["drafts"]) for t in shown["tasks"]] == [(i, True, []) for i in found.ids[1:]]
        assert [len(t["drafts"]) for t in found.list(asked, fields="all")["tasks"]] == own
        assert [t["draft_exists"] for t in found.list(query(ordering=["tasks:id"]), fields="all")["tasks"]] == [False, True, True]
    assert found.places(query(ordering=["-tasks:draft_exists"])) == [2, 3, 1]
    assert owner().get(f"/api/tasks/{found.ids[1]}/")["drafts"] == []


# ---- who sees what ----


@ours
def test_other_peoples_projects(tasks):
    stranger().get("/api/tasks/", 404, project=tasks.project.id, query='{"ordering": ["-tasks:id"]}')
    anonymous().get("/api/tasks/", 401, project=tasks.project.id, query='{"ordering": ["-tasks:id"]}')
