"""Every method of the public SDK (2.x) that scripts use (sdk_methods.txt), called through the client itself. labeld only: many are of
another edition of the reference."""

import datetime
import os
import shutil
import uuid

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from model_double import ModelDouble
from people import Person, head_of_new_organization
from server import shared_server
from work import CHOICES, choice, ours

pytestmark = ours

# Their routes answer once what they are about works; test_routes.py has the reasons.
LATER = ("projects.metrics.",)
KINDS = ["s3", "gcs", "azure", "redis", "s3s", "local"]
called = set()


class Named:
    """The client, noting which methods were called and came back."""

    def __init__(self, thing, path=""):
        self.thing, self.path = thing, path

    def __getattr__(self, name):
        return Named(getattr(self.thing, name), f"{self.path}.{name}".lstrip("."))

    def __call__(self, *args, **kw):
        answer = self.thing(*args, **kw)
        if not isinstance(answer, (dict, list, str, type(None))) and hasattr(answer, "__next__"):
            answer = b"".join(answer)       # bytes in pieces
        called.add(self.path)
        return answer


def key_of(person):
    return person.session.headers["Authorization"].split()[1]


@pytest.fixture(scope="module")
def boss():
    return head_of_new_organization("New scripts")


@pytest.fixture(scope="module")
def ls(boss):
    return Named(LabelStudio(base_url=shared_server().url, api_key=key_of(boss)))


@pytest.fixture(scope="module")
def org(boss):
    return boss.organization


def start(ls, n=3, **fields):
    made = ls.projects.create(**{"title": "New scripts", "label_config": CHOICES, **fields})
    ids = ls.projects.import_tasks(made.id, request=[{"text": f"text {i}"} for i in range(n)], return_task_ids=True).task_ids if n else []
    return made.id, ids


@pytest.fixture
def project(ls):
    return start(ls)


@pytest.fixture(scope="module")
def people(org):
    return [Person("AN", org) for _ in range(2)]


def refused(status, call, *args, **kw):
    with pytest.raises(ApiError) as error:
        call(*args, **kw)
    assert error.value.status_code == status
    called.add(call.path)
    return error.value.body


def new_name():
    return uuid.uuid4().hex


# ---- projects ----


def test_projects(ls):
    number, ids = start(ls, 2)
    assert number in [p.id for p in ls.projects.list()]
    assert [c.task_number for c in ls.projects.list_counts(ids=str(number)).results] == [2]
    assert ls.projects.update(number, title="Renamed").title == ls.projects.get(number).title == "Renamed"
    ls.projects.validate_label_config(number, label_config=CHOICES)
    refused(400, ls.projects.validate_label_config, number, label_config="<View>")
    assert ls.projects.import_predictions(number, request=[{"task": ids[0], "result": choice(), "score": 0.5}]).created == 1
    ls.annotations.create(ids[0], result=choice())
    assert [u.id for u in ls.projects.list_unique_annotators(number)] == [ls.users.whoami().id]
    copied = ls.projects.duplicate(number, mode="settings,data", title="A copy", workspace=ls.workspaces.create(title=new_name()).id)
    assert ls.projects.get(copied.id).title == "A copy"
    ls.projects.delete(number)
    refused(404, ls.projects.get, number)


def test_members(ls, project, people):
    number, person = project[0], people[0].number
    assert ls.projects.members.add(number, user=person).user == person
    explicit = [m.id for m in ls.projects.members.paginated.list(number, implicit=False)]
    assert explicit == [person]
    assert people[0].address.encode() in ls.projects.members.export_csv(number)
    ls.projects.members.remove(number, user=person)
    assert [m.id for m in ls.projects.members.paginated.list(number, implicit=False)] == []
    ls.projects.members.bulk.post(number, all_=False, included=[p.number for p in people])
    assert len(list(ls.projects.members.paginated.list(number, implicit=False))) == 2
    ls.projects.members.bulk.delete(number, all_=False, included=[p.number for p in people])
    assert list(ls.projects.members.paginated.list(number, implicit=False)) == []


def test_roles(ls, project, people):
    number, person = project[0], people[0].number
    ls.projects.update(number, is_published=True)
    ls.projects.members.add(number, user=person)
    made = ls.projects.roles.add(project=number, role="RE", user=person)
    assert (made.project, made.user, made.role) == (number, person, "RE")
    assert [r.id for r in ls.projects.roles.get(number)] == [made.id]
    theirs = Named(LabelStudio(base_url=shared_server().url, api_key=key_of(people[0])))
    assert [r.role for r in theirs.projects.roles.list(ids=str(number))] == ["RE"], "one's own"
    ls.projects.roles.remove(made.id)
    assert ls.projects.roles.get(number) == []


def test_assignments(ls, project, people):
    number, ids = project
    first, second = (p.number for p in people)
    done = ls.projects.assignments.bulk_assign(number, type="AN", users=[first], selected_items={"all": False, "included": ids})
    assert done.assignments == 3
    assert [a.assignee for a in ls.projects.assignments.list(number, ids[0])] == [first]
    ls.projects.assignments.assign(number, ids[0], type="AN", users=[second])
    assert {a.assignee for a in ls.projects.assignments.list(number, ids[0])} == {first, second}
    ls.projects.assignments.update(number, ids[0], type="AN", users=[first])
    assert [a.assignee for a in ls.projects.assignments.list(number, ids[0])] == [first]
    ls.projects.assignments.delete(number, ids[0], type="AN")
    assert ls.projects.assignments.list(number, ids[0]) == []


def test_pauses(ls, project, people):
    number, person = project[0], people[0].number
    made = ls.projects.pauses.create(number, person, reason="MANUAL", verbose_reason="lunch")
    assert [p.id for p in ls.projects.pauses.list(number, person)] == [made.id]
    assert ls.projects.pauses.get(number, person, made.id).verbose_reason == "lunch"
    assert ls.projects.pauses.update(number, person, made.id, reason="MANUAL", verbose_reason="tea").verbose_reason == "tea"
    ls.projects.pauses.delete(number, person, made.id)
    assert ls.projects.pauses.list(number, person) == []


def test_exports(ls, project):
    number, ids = project
    ls.annotations.create(ids[0], result=choice())
    assert ls.projects.exports.list_formats(number)
    assert b'"annotations"' in ls.projects.exports.download_sync(number, export_type="JSON", ids=[ids[0]])
    made = ls.projects.exports.create(number, title="Snap")
    assert ls.projects.exports.get(number, made.id).status == "completed"
    assert [e.id for e in ls.projects.exports.list(number)] == [made.id]
    assert ls.projects.exports.convert(number, made.id, export_type="CSV").export_type == "CSV"
    assert b"label" in ls.projects.exports.download(number, made.id, export_type="CSV")
    ls.projects.exports.delete(number, made.id)
    refused(404, ls.projects.exports.get, number, made.id)
    assert len(ls.projects.exports.as_json(number)) == 3 and len(ls.projects.exports.as_pandas(number)) == 3


# ---- tasks and work ----


def test_tasks(ls, project):
    number, ids = project
    made = ls.tasks.create(data={"text": "one more"}, project=number)
    assert [t.id for t in ls.tasks.list(project=number)] == [*ids, made.id]
    assert ls.tasks.update(str(made.id), data={"text": "changed"}).data == ls.tasks.get(str(made.id)).data == {"text": "changed"}
    event = ls.tasks.create_event(made.id, event_key="annotation_loaded", event_time=datetime.datetime.now(datetime.timezone.utc), meta={"n": 1})
    assert (event.task, event.event_key, event.meta) == (made.id, "annotation_loaded", {"n": 1})
    ls.tasks.delete(str(made.id))
    refused(404, ls.tasks.get, str(made.id))
    refused(404, ls.tasks.create_many_status, number, 2147483647)
    ls.tasks.delete_all_tasks(number)
    assert list(ls.tasks.list(project=number)) == []


def test_annotations(ls, project):
    number, ids = project
    made = ls.annotations.create(ids[0], result=choice(), lead_time=2.0)
    assert [a.id for a in ls.annotations.list(ids[0])] == [made.id] and ls.annotations.get(made.id).lead_time == 2.0
    assert ls.annotations.update(made.id, result=choice("B")).result == choice("B")
    versions = ls.annotation_history.list(annotation=made.id)
    assert [v.action for v in versions] == ["submitted", "updated"]
    assert ls.annotation_history.retrieve(versions[0].id).annotation_id == made.id
    assert ls.annotation_history.list_for_project(number).count == 2
    assert ls.annotation_history.delete(annotation=made.id).removed == 2
    ls.annotations.delete(made.id)
    refused(404, ls.annotations.get, made.id)
    bulk = ls.annotations.create_bulk(tasks=ids, project=number, result=choice())
    assert len(bulk) == 3
    ls.annotations.delete_bulk(ids=[b.id for b in bulk], project=number)
    assert ls.annotations.list(ids[0]) == []


def test_predictions(ls, project):
    number, ids = project
    made = ls.predictions.create(task=ids[0], result=choice(), score=0.5, model_version="m1")
    assert [p.id for p in ls.predictions.list(project=number)] == [made.id] and ls.predictions.get(made.id).model_version == "m1"
    assert ls.predictions.update(made.id, score=0.25).score == 0.25
    ls.predictions.delete(made.id)
    refused(404, ls.predictions.get, made.id)


def test_views_and_actions(ls, project):
    number, ids = project
    one, two = (ls.views.create(project=number, data={"title": title}) for title in ("One", "Two"))
    ls.views.update_order(project=number, ids=[two.id, one.id])
    assert [v.id for v in ls.views.list(project=number)] == [two.id, one.id]
    assert ls.views.update(one.id, data={"title": "Three"}).data["title"] == ls.views.get(one.id).data["title"] == "Three"
    ls.views.delete(one.id)
    assert [v.id for v in ls.views.list(project=number)] == [two.id]
    ls.views.delete_all(project=number)
    assert ls.views.list(project=number) == []
    assert "delete_tasks" in [a.id for a in ls.actions.list(project=number)]
    ls.actions.create(id="delete_tasks", project=number, selected_items={"all": False, "included": ids[:1]})
    assert [t.id for t in ls.tasks.list(project=number)] == ids[1:]


# ---- files, webhooks, models ----


def test_files(ls, boss, project):
    number = project[0]
    boss.call("POST", f"/api/projects/{number}/import", 201, files={"f": ("a.json", b'[{"text": "from a file"}]')})
    kept, = ls.files.list(number, all_=True)
    assert ls.files.get(kept.id).file == kept.file
    ls.files.download(kept.file.removeprefix("upload/"))
    changed = ls.files.update(kept.id, file=("b.json", b'[{"text": "another"}]'))
    assert changed.file.endswith("b.json")
    ls.files.delete(kept.id)
    assert ls.files.list(number, all_=True) == []
    ls.files.delete_many(number)


def test_webhooks(ls, project):
    number = project[0]
    made = ls.webhooks.create(url="https://hooks.example.com/", project=number, is_active=False)
    assert [w.id for w in ls.webhooks.list(project=str(number))] == [made.id] and ls.webhooks.get(made.id).is_active is False
    assert ls.webhooks.info(organization_only=False)
    assert ls.webhooks.update(made.id, url="https://hooks.example.com/b", actions=["TASKS_CREATED"]).url == "https://hooks.example.com/b"
    ls.webhooks.delete(made.id)
    refused(404, ls.webhooks.get, made.id)


def test_models(ls, project):
    number, ids = project
    double = ModelDouble()
    try:
        made = ls.ml.create(project=number, url=double.url, title="Model", is_interactive=True)
        assert [m.id for m in ls.ml.list(project=number)] == [made.id] and ls.ml.get(made.id).title == "Model"
        assert ls.ml.update(made.id, project=number, url=double.url, title="Renamed").title == "Renamed"
        assert ls.ml.list_model_versions(made.id).versions == ["m-1", "m-0"]
        ls.ml.predict_interactive(made.id, task=ids[0], context={})
        ls.ml.predict_all_tasks(made.id)
        ls.ml.train(made.id)
        assert {where for _, where, _, _ in double.asked} >= {"/health", "/setup", "/predict"}
        ls.ml.delete(made.id)
        refused(404, ls.ml.get, made.id)
    finally:
        double.close()


# ---- people ----


def test_users(ls, org):
    address = f"{new_name()}@example.com"
    made = ls.users.create(username=address, email=address, first_name="A")
    assert made.id in [u.id for u in ls.users.list()] and ls.users.get(made.id).email == address
    assert ls.users.update(made.id, last_name="B").last_name == "B"
    ls.users.delete(made.id)
    assert ls.users.whoami().active_organization == org


def test_oneself(ls, boss):
    assert ls.users.get_current_user().id == boss.number
    assert ls.users.update_current_user(first_name="Grace").first_name == "Grace"
    ls.users.update_hotkeys(custom_hotkeys={"annotation:submit": {"key": "alt+enter"}})
    assert "annotation:submit" in ls.users.get_hotkeys().custom_hotkeys
    assert ls.users.get_token().token == key_of(boss)


def test_a_new_token(org):
    someone = Person("AN", org)
    mine = Named(LabelStudio(base_url=shared_server().url, api_key=key_of(someone)))
    fresh = mine.users.reset_token().token
    refused(401, mine.users.whoami)
    assert LabelStudio(base_url=shared_server().url, api_key=fresh).users.whoami().id == someone.number


def test_tokens(org):
    mine = Named(LabelStudio(base_url=shared_server().url, api_key=key_of(Person("AN", org))))
    made = mine.tokens.create()
    assert len(mine.tokens.list()) == 1 and mine.tokens.refresh(refresh=made.token).access
    turned = mine.tokens.rotate(refresh=made.token).refresh
    refused(401, mine.tokens.refresh, refresh=made.token)
    mine.tokens.blacklist(refresh=turned)
    refused(401, mine.tokens.refresh, refresh=turned)


def test_settings_of_tokens(ls):
    before = ls.jwt_settings.get()
    after = ls.jwt_settings.update(api_token_ttl_days=30, api_tokens_enabled=True, legacy_api_tokens_enabled=True)
    assert (before.legacy_api_tokens_enabled, after.legacy_api_tokens_enabled, after.api_tokens_enabled) == (True, True, True)
    assert ls.versions.get().release


def test_organizations(ls, org):
    assert org in [o.id for o in ls.organizations.list()]
    assert ls.organizations.update(org, title="Renamed").title == ls.organizations.get(org).title == "Renamed"
    assert ls.organizations.update_default_role(org, default_role="AN").default_role == "AN"
    first = ls.organizations.invites.get_invite_link()
    assert first.invite_url.endswith(first.token) and ls.organizations.reset_token().token != first.token
    address = f"{new_name()}@example.com"
    ls.organizations.invites.send_email(emails=[address], role="AN")
    ls.organizations.invites.revoke_invite(email=address)


def test_members_of_organizations(ls, org):
    someone = Person("AN", org)
    assert someone.number in [m.user.id for m in ls.organizations.members.list(org)]
    assert ls.organizations.members.get(org, someone.number).user == someone.number
    assert ls.organizations.members.update(org, user_id=someone.number, role="RE").role == "RE"
    assert ls.organizations.members.get_filter_schema(org)
    assert someone.number in [m.user.id for m in ls.organizations.members.list_filtered(org, role="RE").results]
    assert ls.organizations.members.search(org, filters={})
    assert ls.organizations.api_organizations_memberships_filter_options_membership_list(org) is not None
    assert ls.organizations.api_organizations_memberships_filter_options_skills_list(org) is not None
    ls.organizations.members.delete(org, someone.number)
    assert someone.number not in [m.user.id for m in ls.organizations.members.list(org)]


def test_workspaces(ls, boss, people):
    made = ls.workspaces.create(title=new_name(), color="#00FF00")
    assert made.id in [w.id for w in ls.workspaces.list()] and ls.workspaces.get(made.id).color == "#00FF00"
    assert ls.workspaces.update(made.id, description="d").description == "d"
    person = people[0].number
    assert ls.workspaces.members.create(made.id, user=person, workspace=made.id).user == person
    assert person in [m.user["id"] if isinstance(m.user, dict) else m.user.id for m in ls.workspaces.members.list(made.id)]
    assert person in [m.id for m in ls.workspaces.members.paginated.list(made.id)]
    ls.workspaces.members.delete(made.id, user_id=person)
    ls.workspaces.members.bulk.post(made.id, all_=False, included=[p.number for p in people])
    ls.workspaces.members.bulk.delete(made.id, all_=False, included=[p.number for p in people])
    assert not {p.number for p in people} & {m.id for m in ls.workspaces.members.paginated.list(made.id)}
    number, _ = start(ls, 0)
    ls.workspaces.projects.add(made.id, project=number)
    assert [p.id for p in ls.workspaces.projects.list(made.id)] == [number]
    ls.workspaces.projects.remove(made.id, project=number)
    ls.workspaces.delete(made.id)
    refused(404, ls.workspaces.get, made.id)


# ---- storages ----


@pytest.fixture
def folder():
    path = os.path.join(shared_server().dir, "media", new_name())
    os.mkdir(path)
    os.chmod(path, 0o777)
    yield path
    shutil.rmtree(path)


def test_comments(ls, project):
    made = ls.annotations.create(project[1][0], result=choice()).id
    comment = ls.comments.create(annotation=made, text="why")
    assert (comment.text, comment.annotation, comment.is_resolved) == ("why", made, False)
    assert [c.id for c in ls.comments.list(annotation=made)] == [comment.id]
    assert ls.comments.list(projects=str(project[0]), expand_created_by=True)[0].created_by.email
    assert ls.comments.update(comment.id, is_resolved=True).resolved_at and ls.comments.get(comment.id).is_resolved
    assert b"why" in ls.comments.export(projects=str(project[0]), tz="UTC")
    ls.comments.delete(comment.id)
    refused(404, ls.comments.get, comment.id)


def test_reviews(ls, project):
    made = ls.annotations.create(project[1][0], result=choice()).id
    review = ls.annotation_reviews.create(annotation=made, accepted=True)
    assert (review.annotation, review.accepted) == (made, True) and ls.annotation_reviews.get(review.id).created_by == ls.users.whoami().id
    assert [r.id for r in ls.annotation_reviews.list(annotation=made)] == [review.id]
    assert ls.annotation_reviews.update(review.id, annotation=made, accepted=False).accepted is False
    ls.annotation_reviews.delete(review.id)
    refused(404, ls.annotation_reviews.get, review.id)


@pytest.mark.parametrize("direction", ["import_storage", "export_storage"])
@pytest.mark.parametrize("kind", KINDS)
def test_storages(ls, project, folder, direction, kind):
    storages = getattr(getattr(ls, direction), kind)
    fields = {"local": {"path": folder}, "s3s": {"role_arn": "arn:aws:iam::1:role/r", "bucket": "b"}}.get(kind, {})
    made = storages.create(project=project[0], title="T", **fields)
    assert [s.id for s in storages.list(project=project[0])] == [made.id] and storages.get(made.id).title == "T"
    assert storages.update(made.id, description="D", **fields).description == "D"
    if kind == "local":
        storages.validate(project=project[0], **fields)
        assert storages.sync(made.id).status == "completed"
    else:       # the record is kept; without a driver its objects are out of reach, which is said
        assert "driver" in str(refused(400, storages.validate, project=project[0], **fields))
        assert "driver" in str(refused(400, storages.sync, made.id))
    storages.delete(made.id)
    refused(404, storages.get, made.id)


def test_types_of_storages(ls):
    assert {"s3", "gcs", "azure", "redis", "localfiles"} <= {t.name for t in ls.import_storage.list_types()}
    assert {"s3", "gcs", "azure", "redis", "localfiles"} <= {t.name for t in ls.export_storage.list_types()}


# ---- all of them ----


def test_every_method_was_called(request):
    """The last of this file."""
    here = {item.originalname for item in request.session.items if item.module is request.module}
    if here != {name for name in globals() if name.startswith("test_")}:
        pytest.skip("tells something when the whole file runs")
    with open(os.path.join(os.path.dirname(__file__), "sdk_methods.txt")) as file:
        wanted = {line.strip() for line in file if not line.startswith("#")}
    assert {name for name in wanted if not name.startswith(LATER)} - called == set()
