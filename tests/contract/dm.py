"""What the tests of the Data Manager share: how filters are written, and asking for the tasks that a query finds."""

import json

from work import Project, choice, owner

PREFIX = "filter:tasks:"


def item(column, operator, kind, value, child=None):
    """One filter, as clients send it."""
    made = {"filter": PREFIX + column, "operator": operator, "type": kind, "value": value}
    return {**made, "child_filter": child} if child else made


def query(*items, any=False, ordering=None, **rest):
    made = dict(rest)
    if items:
        made["filters"] = {"conjunction": "or" if any else "and", "items": list(items)}
    if ordering is not None:
        made["ordering"] = ordering
    return made


class Found:
    """A project and the places of its tasks, so that expectations read 1, 2, 3."""

    def __init__(self, project, ids, api=None):
        self.project, self.ids, self.api = project, ids, api or project.api

    def list(self, asked, status=200, **more):
        return self.api.get("/api/tasks/", status, project=self.project.id, query=json.dumps(asked), **more)

    def places(self, asked, **more):
        return [self.ids.index(t["id"]) + 1 for t in self.list(asked, **more)["tasks"]]

    def refused(self, asked, status=400):
        return self.list(asked, status)


def five():
    """Five tasks with data of many kinds, results, skips and predictions; everything by the owner."""
    me = owner().id
    tasks = [
        {"data": {"text": "alpha", "k": None, "n": 5, "o": {"k": 1}, "a.b": 1},
         "annotations": [{"result": choice("A", "r"), "completed_by": me, "lead_time": 2.0}]},
        {"data": {"text": "Beta", "k": "z", "n": "7", "o": {"k": 2}, "l": [1, 2]},
         "annotations": [{"result": [], "completed_by": me}],
         "predictions": [{"result": choice("B", "r"), "score": 0.5, "model_version": "v1"}]},
        {"data": {"text": "Émile straße İx", "k": "", "n": -3, "b": True},
         "annotations": [{"result": choice("A", "r"), "completed_by": me}, {"result": [], "completed_by": me}],
         "predictions": [{"result": [], "score": 0.25, "model_version": "v2"}, {"result": choice("A", "r"), "score": 0.75, "model_version": "v1"}]},
        {"data": {"text": "50% of_x"}, "predictions": [{"result": [], "model_version": "w"}]},
        {"data": {"text": "zeta", "n": 50, "b": False}},
    ]
    project = Project()
    return Found(project, project.load(tasks))
