"""What the filter's form finds before it is applied, and who is asked nothing."""

import functools
import html
import re
import uuid

import pytest

from people import browser_of
from work import Project, ours, owner

pytestmark = ours


@functools.cache
def tab(role):
    return browser_of(role)


@pytest.fixture(scope="module")
def project():
    project = Project(owner(), title=uuid.uuid4().hex[:20], is_published=True)
    project.load([{"text": f"Sentence {i}", "n": i} for i in range(12)])
    return project


def part(project, name, query, status=200, role="OW"):
    answer = tab(role).get(f"/projects/{project.id}/data/{name}?{query}")
    assert answer.status_code == status, answer.text
    return answer


def count(project, query, role="OW"):
    return part(project, "count", query, role=role).json()


def errors(project, query):
    return [html.unescape(text) for text in re.findall(r'class="error-text"[^>]*>([^<]*)<', part(project, "filter", query).text)]


@pytest.mark.parametrize("query, text", [
    ("", "12 tasks match"), ("f1=data.n&o1=Number.less&v1=1", "1 task matches"), ("f1=data.n&o1=less&t1=Number&v1=5&f2=id&o2=empty", "0 tasks match"),
    ("f1=data.n&o1=in&t1=Number&v1=3&w1=5", "3 tasks match"), ("f1=data.n&o1=in_list&t1=Number&v1=3%0A4%0A99", "2 tasks match"),
    ("match=or&f1=data.text&o1=equal&v1=Sentence+3&f2=data.text&o2=equal&v2=Sentence+4", "2 tasks match"),
    ("f1=data.text&o1=contains&v1=sentence&f2=data.n&o2=greater&t2=Number&v2=9&p2=1", "2 tasks match"),
    ("f1=data.n&o1=equal&j1=7", "1 task matches"), ("f1=data.n&o1=equal&v1=7", "0 tasks match"),
    ("f1=data.n&o1=equal&j1=7&drop=1", "12 tasks match"), ("f1=data.n&o1=&v1=7&f2=&v2=1", "12 tasks match"),
])
def test_counts(project, query, text):
    assert count(project, query) == {"text": text, "wrong": False}


@pytest.mark.parametrize("query, error", [
    ("f1=id&o1=equal&v1=many", "Expected a number."), ("f1=data.text&o1=regex&v1=(a", "Not a pattern: parentheses () not balanced."),
    ("f1=gone&o1=equal&v1=1", "There is no such column any more."), ("k1=3", "There is no such column any more."),
    ("f1=created_at&o1=less&v1=yesterday", "Expected a time such as \"2026-01-31T12:00:00.000Z\"."),
    ("f1=data.text&o1=equal&j1={", "Every filter needs a \"value\"."), ("f1=annotators&o1=contains&v1=nobody@example.com", "No member has this e-mail."),
])
def test_what_is_wrong_is_counted_as_nothing(project, query, error):
    found = count(project, query)
    assert found["wrong"] is True and found["text"]
    assert errors(project, query) == [error]


def test_annotators_count_their_own_tasks(project):
    assert count(project, "", "AN") == {"text": "0 tasks match", "wrong": False}


def test_more_than_a_query_takes(project):
    assert count(project, "&".join(f"f{n}=id&o{n}=equal&v{n}=1" for n in range(1, 140)))["wrong"] is True


def test_reviewers_who_are_not_to_know(project):
    query = "f1=data.text&o1=contains&v1=a"
    assert 'value="annotators"' in part(project, "filter", query, role="RE").text
    project.change(review_settings={"anonymize_annotations": True})
    shown = part(project, "filter", query, role="RE").text
    assert 'value="annotators"' not in shown and 'value="total_annotations"' in shown
    assert 'value="annotators"' in part(project, "filter", query, role="MA").text
    project.change(review_settings={"show_data_manager_to_reviewers": False})
    for name in ("filter", "count"):
        part(project, name, query, 403, "RE")
