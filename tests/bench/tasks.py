"""What is imported: tasks of text, with and without an annotation of three regions."""

import json
import random

WORDS = "the label server keeps tasks and work of many people in one table and answers before they look up".split()


def region(i):
    return {"id": f"region{i}", "from_name": "label", "to_name": "text", "type": "labels",
            "value": {"start": i, "end": i + 7, "text": "a word", "labels": ["Person"]}}


RESULT = [region(i) for i in range(3)]


def plain_task(i, chance=random.Random(7)):
    return {"data": {"text": f"{i} " + " ".join(chance.choices(WORDS, k=25)), "source": i}}


def labelled_task(i):
    return {**plain_task(i), "annotations": [{"result": RESULT, "lead_time": 4.5}]}


def body(make, n):
    """The JSON text of n tasks; a list of a million objects would take gigabytes."""
    return "[" + ",".join(json.dumps(make(i)) for i in range(n)) + "]"
