"""Accounts: credentials in every form, sessions, sign-up, tokens, users, members, the organization's switches, the server's own
routes. What only labeld decides, or needs its database, is marked `ours`."""

import base64
import json
import time
import uuid

import pytest
import requests

from people import PASSWORD, Browser, Person, member, text_of
from server import Server, shared_server
from work import Api, admin, anonymous, ours, owner, sql

NOT_PROVIDED = "Authentication credentials were not provided."


def address(name="ann"):
    return f"{name}-{uuid.uuid4().hex[:10]}@example.com"


def ask(method="GET", path="/api/current-user/whoami", **kw):
    return anonymous().send(method, path, **kw)


def with_header(name, value, path="/api/current-user/whoami"):
    return ask(path=path, headers={name: value})


def refused(answer, detail=NOT_PROVIDED):
    assert answer.status_code == 401, answer.text
    body = answer.json()
    assert body["detail"] == detail and body["status_code"] == 401 and body["exc_info"] is None
    assert answer.headers["WWW-Authenticate"] == "Token"


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


# ---- the server itself ----


def test_health_and_version_need_no_credentials():
    answer = ask(path="/health")
    assert (answer.status_code, answer.text) == (200, '{"status": "UP"}')
    assert answer.headers["Content-Type"].startswith("text/html")
    for path in ("/api/version", "/api/version/"):
        version = with_header("Authorization", "Token nonsense", path).json()
        assert version["release"] == "1.23.2" and version["edition"] == "Community"
        assert version["label-studio-os-package"]["version"] == "1.23.2"
    assert "<pre>" in ask(path="/version").text


@ours
def test_version_lets_the_older_client_use_members_and_workspaces():
    assert "label-studio-enterprise-backend" in ask(path="/api/version").json()
    assert ask(path="/ready").status_code == 200


@ours
def test_the_schema_names_every_field_and_reference():
    schema = ask(path="/docs/api/schema/?format=json").json()
    assert schema["openapi"] == "3.0.3"
    text = json.dumps(schema)
    for operation in (o for path in schema["paths"].values() for o in path.values()):
        assert operation["operationId"] and operation["responses"]
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in schema["components"]["schemas"]
    assert len({o["operationId"] for p in schema["paths"].values() for o in p.values()}) == \
        sum(len(p) for p in schema["paths"].values())


# ---- what every route does ----


def test_both_forms_of_a_path():
    for path in ("/api/users", "/api/users/", "//api/users/", "/api/projects", "/api/token"):
        assert owner().send("GET", path).status_code == 200, path


def test_methods_that_a_path_does_not_serve():
    answer = owner().send("PUT", "/api/users/")
    assert answer.status_code == 405 and answer.json()["detail"] == 'Method "PUT" not allowed.'
    assert {"GET", "POST", "HEAD", "OPTIONS"} <= {m.strip() for m in answer.headers["Allow"].split(",")}
    assert owner().send("GET", "/api/users/").headers["Allow"]


def test_unknown_addresses():
    assert owner().send("GET", "/api/no-such-thing/").status_code == 404
    assert owner().send("GET", "/api/users/abc/").status_code == 404
    assert owner().send("GET", "/api/users/99999999999999999999/").status_code == 404


@pytest.mark.parametrize("accept, status", [
    ("application/json", 200), ("*/*", 200), ("text/html, */*;q=0.1", 200), ("application/*", 200), ("", 200),
    ("text/html", 406), ("application/xml", 406),
])
def test_accept(accept, status):
    answer = owner().send("GET", "/api/users/", headers={"Accept": accept})
    assert answer.status_code == status
    if status == 406:
        assert answer.json()["detail"] == "Could not satisfy the request Accept header."


@ours
def test_accept_with_json_ruled_out():
    assert owner().send("GET", "/api/users/", headers={"Accept": "application/json;q=0"}).status_code == 406


def test_bodies_that_cannot_be_read():
    raw = owner().raw
    assert raw("POST", "/api/users/", "{", status=400).json()["detail"].startswith("JSON parse error - ")
    assert raw("POST", "/api/users/", "<a/>", "text/xml", 415).json()["detail"] == 'Unsupported media type "text/xml" in request.'
    wrong = raw("POST", "/api/users/", "[]", status=400).json()["validation_errors"]
    assert wrong == {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}


def test_cross_origin_requests():
    answer = owner().send("GET", "/api/users/", headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    preflight = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    answer = ask("OPTIONS", "/api/users/", headers=preflight)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Methods"] == "DELETE, GET, OPTIONS, PATCH, POST, PUT"
    assert answer.headers["Access-Control-Max-Age"] == "86400"
    for name in ("accept", "authorization", "content-type", "x-csrftoken"):
        assert name in answer.headers["Access-Control-Allow-Headers"]
    failed = ask(path="/api/users/", headers={"Origin": "https://elsewhere.example"})
    assert failed.status_code == 401 and failed.headers["Access-Control-Allow-Origin"] == "*"


def test_options_describe_the_route():
    body = owner().call("OPTIONS", "/api/projects/", 200)
    assert body["renders"] == ["application/json"] and "title" in body["actions"]["POST"]


# ---- legacy token ----


def test_token_header():
    token = shared_server().token
    for scheme in ("Token", "token", "TOKEN"):
        assert with_header("Authorization", f"{scheme} {token}").status_code == 200
    assert with_header("X-Api-Key", token).status_code == 200
    refused(ask())
    refused(with_header("Authorization", "Token " + "0" * 40), "Invalid token.")
    refused(with_header("Authorization", "Token"), "Invalid token header. No credentials provided.")
    refused(with_header("Authorization", "Basic dXNlcjpwYXNz"))
    refused(ask(path="/api/current-user/whoami?token=" + token))


@ours
def test_reset_of_the_legacy_token_takes_effect_at_once():
    person = Person("AD")
    old = person.get("/api/current-user/token")["token"]
    new = person.post("/api/current-user/reset-token/")["token"]
    assert new != old and len(new) == 40
    refused(with_header("Authorization", "Token " + old), "Invalid token.")
    assert with_header("Authorization", "Token " + new).json()["id"] == person.number


@ours
def test_the_organization_turns_token_kinds_off():
    person = Person("AD")
    access = anonymous().post("/api/token/refresh/", {"refresh": person.post("/api/token/")["token"]}, 200)["access"]
    browser = Browser(person.address)
    try:
        settings = owner().post("/api/jwt/settings", {"legacy_api_tokens_enabled": False}, 200)
        assert settings == {"api_tokens_enabled": True, "legacy_api_tokens_enabled": False, "api_token_ttl_days": 73000}
        refused(person.send("GET", "/api/users/"),
                "Authentication token no longer valid: legacy token authentication has been disabled for this organization")
        assert with_header("Authorization", "Bearer " + access).status_code == 200
        bearer = {"Authorization": "Bearer " + access}
        assert ask("POST", "/api/jwt/settings", json={"legacy_api_tokens_enabled": True, "api_tokens_enabled": False},
                   headers=bearer).status_code == 200
        refused(with_header("Authorization", "Bearer " + access))
        assert browser.get("/api/current-user/whoami").status_code == 200
    finally:
        sql("UPDATE organization SET legacy_api_tokens_enabled = true, api_tokens_enabled = true WHERE id = 1")


# ---- personal access tokens ----


@ours
def test_life_of_a_personal_access_token():
    person = Person("MA")
    made = person.post("/api/token/")
    token = made["token"]
    claims = claims_of(token)
    assert claims["token_type"] == "refresh" and claims["user_id"] == str(person.number) and len(claims["jti"]) == 32
    assert claims["exp"] - claims["iat"] == 73000 * 86400
    assert made["created_at"] and made["expires_at"]
    again = person.post("/api/token/", status=409)
    assert again["detail"] == "You already have a valid token. Please revoke it before creating a new one."
    assert [t["token"] for t in person.get("/api/token/")] == [token.rsplit(".", 1)[0]]

    access = anonymous().post("/api/token/refresh/", {"refresh": token}, 200)["access"]
    assert claims_of(access)["token_type"] == "access" and claims_of(access)["exp"] - claims_of(access)["iat"] == 300
    assert with_header("Authorization", "Bearer " + access).json()["id"] == person.number
    assert with_header("X-Api-Key", access).json()["id"] == person.number
    refused(with_header("Authorization", "bearer " + access))
    refused(with_header("Authorization", "Bearer " + token))
    refused(with_header("Authorization", "Bearer " + access[:-4] + "AAAA"))
    refused(with_header("Authorization", "Bearer"))

    cut = token.rsplit(".", 1)[0]
    anonymous().post("/api/token/blacklist/", {"refresh": cut}, 204)
    gone = anonymous().post("/api/token/blacklist/", {"refresh": cut}, 404)
    assert gone == {"detail": "Token is invalid or already blacklisted."}
    refused(with_header("Authorization", "Bearer " + access))      # at once, not when it expires
    assert person.get("/api/token/") == []
    person.post("/api/token/")


@ours
def test_rotation():
    person = Person("AN")
    old = person.post("/api/token/")["token"]
    new = person.post("/api/token/rotate/", {"refresh": old}, 200)["refresh"]
    answer = ask("POST", "/api/token/refresh/", json={"refresh": old})
    assert answer.status_code == 401 and answer.json()["detail"] == "Token is blacklisted"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert ask("POST", "/api/token/refresh/", json={"refresh": new}).status_code == 200
    bad = person.post("/api/token/rotate/", {"refresh": old}, 400)
    assert bad["validation_errors"] == {"non_field_errors": ["Invalid refresh token"]}
    Person("AN").post("/api/token/rotate/", {"refresh": new}, 400)      # somebody else's


def test_refresh_wants_a_refresh_token():
    for bad in ("x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."):
        answer = ask("POST", "/api/token/refresh/", json={"refresh": bad})
        assert answer.status_code == 401 and answer.json()["detail"] == "Token is invalid"
    missing = anonymous().post("/api/token/refresh/", {}, 400)
    assert missing["validation_errors"] == {"refresh": ["This field is required."]}


@ours
def test_a_deactivated_user_gets_no_access_token():
    person = Person("MA")
    token = person.post("/api/token/")["token"]
    access = anonymous().post("/api/token/refresh/", {"refresh": token}, 200)["access"]
    owner().patch("/api/organizations/1/memberships", {"user_id": person.number, "role": "DI"})
    assert ask("POST", "/api/token/refresh/", json={"refresh": token}).status_code == 401
    assert with_header("Authorization", "Bearer " + access).status_code == 401


# ---- sessions ----


def test_log_in_as_the_older_client_does_it():
    url, session = shared_server().url, requests.Session()
    session.get(url + "/user/login", timeout=60)
    form = {"email": shared_server().email, "password": shared_server().password, "api_key": "",
            "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    answer = session.post(url + "/user/login", data=form, headers={"Referer": url + "/user/login"}, timeout=60)
    assert answer.status_code < 400
    assert session.get(url + "/api/current-user/token", timeout=60).json()["token"] == shared_server().token


@ours
def test_log_in_page():
    person = Person("AD")
    browser = Browser()
    page = browser.get("/user/login/?next=/organization/")
    assert text_of(page) == "Log in" and "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert browser.session.cookies["csrftoken"]
    wrong = browser.log_in(person.address, "wrong-password")
    assert wrong.status_code == 200 and "do not match" in wrong.text and person.address in wrong.text
    unknown = browser.log_in(address(), "wrong-password")
    assert "do not match" in unknown.text
    answer = browser.log_in(person.address.upper(), path="/user/login/?next=/organization/")
    assert answer.status_code == 302 and answer.headers["Location"].endswith("/organization/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Max-Age" not in cookie.split("csrftoken")[0]
    assert browser.get("/user/login/").status_code == 302
    assert "sessionid" not in requests.get(shared_server().url + "/api/users/", headers=dict(person.session.headers),
                                           timeout=60).cookies


@ours
@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "/logout/", ""])
def test_log_in_leads_to_this_server_only(target):
    person = Person("AN")
    browser = Browser()
    answer = browser.form("/user/login/", {"email": person.address, "password": PASSWORD, "persist_session": "on"}, params={"next": target})
    assert answer.status_code == 302 and answer.headers["Location"].endswith("/") and "elsewhere" not in answer.headers["Location"]
    assert "logout" not in answer.headers["Location"] and "Max-Age" in answer.headers["Set-Cookie"]


@ours
def test_failed_log_ins_are_slowed_down():
    person = Person("AN")
    browser = Browser()
    for _ in range(10):
        assert browser.log_in(person.address, "wrong-password").status_code == 200
    answer = browser.log_in(person.address)      # even the right one
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    Browser(Person("AN").address)      # others are not concerned
    sql("DELETE FROM login_throttle")
    assert browser.log_in(person.address).status_code == 302


@ours
def test_sessions_end():
    person = Person("AD")
    browser, other = Browser(person.address), Browser(person.address)

    def alive(which):
        return which.get("/api/current-user/whoami").status_code == 200

    assert alive(browser) and alive(other)
    browser.get("/logout/")
    assert not alive(browser) and alive(other)

    sql(f"UPDATE user_session SET last_seen_at = now() - interval '3 hours', created_at = now() - interval '5 hours' WHERE user_id = {person.number}")
    try:
        owner().patch("/api/session-policy/", {"max_time_between_activity": 170})
        assert not alive(other)
        owner().patch("/api/session-policy/", {"max_time_between_activity": 200, "max_session_age": 290})
        assert not alive(other)
        policy = owner().patch("/api/session-policy/", {"max_session_age": 310})
        assert alive(other) and policy["max_session_age"] == 310
        assert owner().get("/api/session-policy/") == policy
        wrong = owner().call("PATCH", "/api/session-policy/", 400, json={"max_session_age": 0})
        assert "max_session_age" in wrong["validation_errors"]
    finally:
        sql("UPDATE organization SET max_session_age_min = NULL, max_session_idle_min = NULL")


@ours
def test_a_new_password_ends_the_other_sessions():
    person = Person("AD")
    browser, other = Browser(person.address), Browser(person.address)
    fields = {"action": "change", "old_password": PASSWORD, "new_password": "another-password-20"}
    wrong = browser.form("/user/account/password", {**fields, "old_password": "not-this-one"})
    assert wrong.status_code == 400 and "not your present password" in wrong.text
    weak = browser.form("/user/account/password", {**fields, "new_password": person.address})
    assert weak.status_code == 400 and "too similar" in weak.text
    assert browser.form("/user/account/password", fields).status_code == 303
    assert browser.get("/api/current-user/whoami").status_code == 200
    assert other.get("/api/current-user/whoami").status_code == 401
    assert Browser().log_in(person.address).status_code == 200
    assert Browser().log_in(person.address, "another-password-20").status_code == 302


@ours
def test_a_password_that_is_reset_ends_sessions_and_tokens_when_told():
    person = Person("AD")
    browser, refresh = Browser(person.address), person.post("/api/token/")["token"]
    access = anonymous().post("/api/token/refresh/", {"refresh": refresh}, 200)["access"]

    def answered():
        bearer = anonymous().send("GET", "/api/current-user/whoami", headers={"Authorization": "Bearer " + access})
        return [browser.get("/api/current-user/whoami").status_code, person.send("GET", "/api/current-user/whoami").status_code, bearer.status_code]

    assert answered() == [200, 200, 200]
    admin("reset-password", "--email", person.address, "--password", "another-password-21")
    assert answered() == [401, 200, 200]
    assert browser.log_in(person.address, "another-password-21").status_code == 302
    admin("reset-password", "--email", person.address, "--password", "another-password-22", "--revoke-tokens")
    assert answered() == [401, 401, 401]
    anonymous().post("/api/token/refresh/", {"refresh": refresh}, 401)
    assert browser.log_in(person.address, "another-password-22").status_code == 302
    person.set_token(browser.get("/api/current-user/token").json()["token"])
    assert answered() == [200, 200, 401]


@ours
def test_requests_of_a_session_come_from_this_site():
    person = Person("AD")
    browser = Browser(person.address)
    url = shared_server().url + "/api/current-user/reset-token/"
    foreign = browser.session.post(url, headers={"Origin": "https://elsewhere.example"}, timeout=60)
    assert foreign.status_code == 403 and "https://elsewhere.example" in foreign.json()["detail"]
    assert browser.session.post(url, headers={"Sec-Fetch-Site": "cross-site"}, timeout=60).status_code == 403
    assert browser.session.post(url, headers={"Origin": shared_server().url}, timeout=60).status_code == 201
    strict = browser.session.post(url + "?enforce_csrf_checks=1", timeout=60)
    assert strict.status_code == 403 and strict.json()["detail"].startswith("CSRF Failed")
    token = {"X-CSRFToken": browser.csrf}
    assert browser.session.post(url + "?enforce_csrf_checks=1", headers=token, timeout=60).status_code == 201


@ours
def test_a_bad_token_is_not_replaced_by_a_session():
    browser = Browser(Person("AD").address)
    for header in ("Token " + "0" * 40, "Bearer nonsense"):
        assert browser.get("/api/current-user/whoami", headers={"Authorization": header}).status_code == 401
    # A proxy's own log-in is none of our business.
    assert browser.get("/api/current-user/whoami", headers={"Authorization": "Basic dXNlcjpwYXNz"}).status_code == 200


# ---- sign-up ----


def sign_up(browser, email, password=PASSWORD, path="/user/signup/", **fields):
    return browser.form(path, {"email": email, "password": password, **fields})


@ours
def test_sign_up():
    email, browser = address("New"), Browser()
    answer = sign_up(browser, email, first_name="Ann", last_name="Lee")
    assert answer.status_code == 302 and browser.session.cookies["sessionid"]
    me = browser.get("/api/current-user/whoami").json()
    assert (me["email"], me["username"], me["initials"]) == (email, email.split("@")[0], "AL")
    assert me["active_organization"] == 1
    assert [(m["organization_id"], m["role"], m["active"]) for m in me["org_membership"]] == [(1, "AD", True)]
    again = sign_up(Browser(), email.upper())
    assert again.status_code == 200 and "already exists" in again.text


@ours
@pytest.mark.parametrize("email, password, problem", [
    ("no-address", PASSWORD, "valid email"), ("", PASSWORD, "blank"), ("x@example.com", "short", "8-128"),
    ("x@example.com", "y" * 129, "8-128"), ("longer.name@example.com", "longer.name", "too similar"),
])
def test_sign_up_that_is_refused(email, password, problem):
    browser = Browser()
    answer = sign_up(browser, email, password, first_name="<b>Ann</b>")
    assert answer.status_code == 200 and problem in answer.text
    assert "&lt;b&gt;Ann&lt;/b&gt;" in answer.text and "sessionid" not in browser.session.cookies
    assert f'value="{password}"' not in answer.text


@ours
def test_invitation_and_default_role():
    link = owner().get("/api/invite")
    assert link["invite_url"] == "/user/signup/?token=" + link["token"]
    try:
        answer = owner().patch("/api/organizations/1/set-default-role", {"default_role": "AN"})
        assert answer["default_role"] == "AN"
        browser = Browser()
        assert "Join" in text_of(browser.get(link["invite_url"]))
        assert sign_up(browser, address("guest"), path=link["invite_url"]).status_code == 302
        assert browser.get("/api/current-user/whoami").json()["org_membership"][0]["role"] == "AN"
        assert browser.get("/organization/").status_code == 403
        wrong = owner().call("PATCH", "/api/organizations/1/set-default-role", 400, json={"default_role": "OW"})
        assert "default_role" in wrong["validation_errors"]
    finally:
        owner().patch("/api/organizations/1/set-default-role", {"default_role": "AD"})
    fresh = owner().post("/api/invite/reset-token")
    assert fresh["token"] != link["token"]
    assert Browser().get(link["invite_url"]).status_code == 403
    assert sign_up(Browser(), address("late"), path=link["invite_url"]).status_code == 403


@ours
def test_a_server_with_other_settings():
    """Sign-up only with a link, organizations by API, and no scripts of projects whatever an organization says."""
    with Server(env={"DISABLE_SIGNUP_WITHOUT_LINK": "true", "ALLOW_ORGANIZATION_CREATION": "true", "LABELD_CUSTOM_SCRIPTS": "off"}) as server:
        session = requests.Session()
        page = session.get(server.url + "/user/login/", timeout=60)
        assert "/user/signup/" not in page.text
        form = {"email": address(), "password": PASSWORD, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
        assert session.get(server.url + "/user/signup/", timeout=60).status_code == 403
        assert session.post(server.url + "/user/signup/", data=form, timeout=60).status_code == 403
        link = requests.get(server.url + "/api/invite", headers={"Authorization": "Token " + server.token}, timeout=60).json()
        answer = session.post(server.url + link["invite_url"], data=form, allow_redirects=False, timeout=60)
        assert answer.status_code == 302
        headers = {"Authorization": "Token " + server.token}
        switch = {"custom_scripts_enabled": True}
        assert requests.patch(server.url + "/api/organizations/1/", json=switch, headers=headers, timeout=60).status_code == 200
        body = {"title": "Scripted", "label_config": "<View/>", "custom_script": "x = 1"}
        project = requests.post(server.url + "/api/projects/", json=body, headers=headers, timeout=60).json()
        assert "custom_script" not in project
        for path in (f"/projects/{project['id']}/custom-script.js", f"/projects/{project['id']}/custom-script/bench"):
            assert session.get(server.url + path, timeout=60).status_code == 404
        settings = session.get(f"{server.url}/projects/{project['id']}/settings/custom-script", timeout=60).text
        assert "Scripts are switched off on this server." in settings
        refused = requests.post(server.url + "/api/organizations/", json={"title": "Second"}, headers=headers, timeout=60)
        assert refused.status_code == 403  # nobody is in two organizations while scripts are on in one
        switch = {"custom_scripts_enabled": False}
        assert requests.patch(server.url + "/api/organizations/1/", json=switch, headers=headers, timeout=60).status_code == 200
        made = requests.post(server.url + "/api/organizations/", json={"title": "Second"}, headers=headers, timeout=60)
        assert made.status_code == 201 and made.json()["title"] == "Second"
        listed = requests.get(server.url + "/api/organizations/", headers=headers, timeout=60).json()
        assert made.json()["id"] in [o["id"] for o in listed]


# ---- the calling user ----


def test_whoami():
    me = owner().me
    assert set(me) >= {
        "id", "first_name", "last_name", "username", "email", "last_activity", "custom_hotkeys", "avatar", "initials", "phone",
        "active_organization", "active_organization_meta", "allow_newsletters", "date_joined", "permissions",
    }
    assert {"projects.create", "tasks.delete", "annotations.create", "organizations.change"} <= set(me["permissions"])
    for key in ("first_name", "last_name", "username", "email", "initials", "phone", "last_activity"):
        assert isinstance(me[key], str)


@ours
def test_permissions_follow_the_role():
    assert "projects.create" not in member("AN").me["permissions"]
    assert "annotations.create" in member("AN").me["permissions"]
    assert "projects.create" in member("MA").me["permissions"]
    assert member("NO").me["permissions"] == []


@ours
def test_hotkeys():
    person = Person("AN")
    keys = {"annotation:submit": {"key": "alt+enter"}, "a:b": {"key": "x", "active": False}}
    assert person.patch("/api/current-user/hotkeys/", {"custom_hotkeys": keys}) == {"custom_hotkeys": keys}
    assert person.get("/api/current-user/hotkeys/") == {"custom_hotkeys": keys}
    assert person.patch("/api/current-user/hotkeys/", {"custom_hotkeys": {}}) == {"custom_hotkeys": {}}


@pytest.mark.parametrize("keys", [
    [], {"submit": {"key": "x"}}, {":b": {"key": "x"}}, {"a:": {"key": "x"}}, {"a:b": "x"}, {"a:b": {}}, {"a:b": {"key": ""}},
    {"a:b": {"key": "x" * 51}}, {"a:b": {"key": "é"}}, {"a:b": {"key": "x", "active": 1}}, {"a:b": {"key": "alt+f4"}},
    {f"a:{i}": {"key": "x"} for i in range(201)}, {"a:" + "b" * 100: {"key": "x"}},
])
def test_hotkeys_that_are_refused(keys):
    answer = owner().call("PATCH", "/api/current-user/hotkeys/", 400, json={"custom_hotkeys": keys})
    assert answer["error"] == "Invalid hotkeys configuration" and answer["details"]["custom_hotkeys"]


# ---- users ----


@ours
def test_users_made_by_api():
    email = address("made")
    made = owner().post("/api/users/", {"username": "made", "email": email, "first_name": "  Ann ", "phone": 123})
    assert (made["first_name"], made["phone"], made["initials"]) == ("Ann", "123", "A")
    assert made["active_organization"] == 1 and made["org_membership"][0]["role"] == "AD"
    assert any(u["id"] == made["id"] for u in owner().get("/api/users/"))
    twice = owner().post("/api/users/", {"username": "made", "email": email.upper()}, 400)
    assert list(twice["validation_errors"]) == ["email"]
    missing = owner().post("/api/users/", {"email": address()}, 400)
    assert missing["validation_errors"] == {"username": ["This field is required."]}
    path = f"/api/users/{made['id']}/"
    assert owner().patch(path, {"last_name": "Lee"})["last_name"] == "Lee"
    assert owner().patch(path, {"allow_newsletters": True})["allow_newsletters"] is True
    assert owner().patch(path, {"allow_newsletters": None})["allow_newsletters"] is None
    assert owner().call("PATCH", path, 405, json={"email": address()})["detail"] == "Cannot update read-only field: email"
    owner().delete(path)
    gone = owner().get(path)
    assert (gone["first_name"], gone["last_name"], gone["email"], gone["initials"]) == ("Deleted", "User", "Deleted", "DU")
    back = owner().post("/api/users/", {"username": "made", "email": email})
    assert back["id"] == made["id"] and back["email"] == email


@ours
def test_people_change_themselves_only():
    person = Person("AN")
    assert person.patch(f"/api/users/{person.number}/", {"first_name": "Me"})["first_name"] == "Me"
    person.call("PATCH", f"/api/users/{owner().id}/", 404, json={"first_name": "You"})
    Person("MA").call("PATCH", f"/api/users/{owner().id}/", 403, json={"first_name": "You"})
    wrong = person.call("PATCH", f"/api/users/{person.number}/", 400, json={"active_organization": 999999})
    assert "active_organization" in wrong["validation_errors"]


@ours
def test_removing_a_member():
    person = Person("AN")
    browser = Browser(person.address)
    path = f"/api/organizations/1/memberships/{person.number}/"
    figures = owner().get(path)
    assert figures["user"] == person.number and figures["annotations_count"] == 0 and figures["role"] == "AN"
    owner().delete(path)
    assert person.send("GET", "/api/current-user/whoami").status_code == 401
    assert browser.get("/api/current-user/whoami").status_code == 401
    owner().delete(path, 404)
    self_removal = owner().delete(f"/api/organizations/1/memberships/{owner().id}/", 405)
    assert self_removal == {"detail": "User cannot soft delete self"}
    assert Person("AD").delete(f"/api/users/{owner().id}/", 403)["detail"] == "The organization owner cannot be deleted"


@ours
def test_member_lists():
    person = Person("RE")
    members = owner().get("/api/organizations/1/memberships", search=person.address)
    assert members["count"] == 1 and members["next"] is None
    item = members["results"][0]
    assert (item["organization"], item["user"]["id"], item["role"]) == (1, person.number, "RE")
    assert item["created_projects"] is None and item["user"]["contributed_to_projects"] is None
    assert {m["role"] for m in owner().get("/api/organizations/1/memberships", role="RE", page_size=-1)["results"]} == {"RE"}
    page = owner().get("/api/organizations/1/memberships", page_size=1)
    assert len(page["results"]) == 1 and "page=2" in page["next"]
    assert owner().get("/api/organizations/1/memberships", page=100000)["results"] == []    # the generated client's pager ends with it
    listed = owner().get("/api/organizations/1/memberships", search=person.address, contributed_to_projects="true")
    assert listed["results"][0]["user"]["created_projects"] == []
    owner().patch("/api/organizations/1/memberships", {"user_id": person.number, "role": "MA"})
    assert owner().get(f"/api/organizations/1/memberships/{person.number}/")["role"] == "MA"
    for body in ({}, {"user_id": person.number, "role": "OW"}, {"user_id": owner().id, "role": "AN"}):
        owner().call("PATCH", "/api/organizations/1/memberships", 400, json=body)


# ---- organizations ----


@ours
def test_organization():
    listed = owner().get("/api/organizations/")
    assert [set(o) for o in listed] == [{"id", "title", "contact_info", "created_at"}]
    title = listed[0]["title"]
    one = owner().get("/api/organizations/1")
    assert one["token"] and owner().id in one["users"] and one["created_by"] == owner().id
    try:
        assert owner().patch("/api/organizations/1", {"title": "Ünïted", "contact_info": "a@example.com"})["title"] == "Ünïted"
        assert owner().put("/api/organizations/1", {"title": "Renamed"})["title"] == "Renamed"
        assert owner().call("PATCH", "/api/organizations/1", 400, json={"title": "x" * 1001})["validation_errors"]["title"]
    finally:
        owner().patch("/api/organizations/1", {"title": title, "contact_info": None})
    assert owner().post("/api/organizations/", {"title": "Second"}, 403)
    seen = Person("AN").get("/api/organizations/1")
    assert seen["token"] is None and len(seen["users"]) == 1


# ---- pages of accounts ----


@ours
def test_account_pages():
    person = Person("AD")
    browser = Browser(person.address)
    saved = browser.form("/user/account/profile", {"action": "save", "first_name": "Ann", "last_name": "O'Neil <x>"})
    assert saved.status_code == 303
    page = browser.get("/user/account/profile")
    assert "Profile saved." in page.text and "O&#39;Neil &lt;x&gt;" in page.text
    assert "Profile saved." not in browser.get("/user/account/profile").text
    made = browser.form("/user/account/tokens", {"action": "pat_create"})
    assert made.status_code == 200 and "It is not shown again" in made.text
    token = person.get("/api/token/")[0]["token"]
    assert token + "." in made.text
    assert browser.form("/user/account/tokens", {"action": "pat_create"}).status_code == 409
    claims = claims_of(token)
    assert browser.form("/user/account/tokens", {"action": "pat_revoke", "id": claims["jti"]}).status_code == 303
    assert person.get("/api/token/") == []
    old = person.get("/api/current-user/token")["token"]
    assert browser.form("/user/account/tokens", {"action": "legacy_reset"}).status_code == 303
    assert with_header("Authorization", "Token " + old).status_code == 401
    assert browser.get("/user/account/nowhere").status_code == 404


@ours
def test_people_page():
    person, browser = Person("AN"), Browser(shared_server().email, shared_server().password)
    assert person.address in browser.get("/organization/?search=" + person.address).text
    assert browser.form("/organization/", {"action": "set_role", "user": person.number, "role": "RE"}).status_code == 303
    assert person.me["org_membership"][0]["role"] == "RE"
    assert browser.form("/organization/", {"action": "remove", "user": person.number}).status_code == 303
    assert person.send("GET", "/api/users/").status_code == 401
    title = owner().get("/api/organizations/1")["title"]
    rules = {"action": "save", "title": title, "default_role": "AD", "api_tokens_enabled": "true", "legacy_api_tokens_enabled": "true"}
    assert browser.form("/organization/settings", rules).status_code == 303
    assert owner().get("/api/jwt/settings")["legacy_api_tokens_enabled"] is True
    assert browser.form("/organization/settings", {**rules, "title": ""}).status_code == 400


@ours
def test_error_pages_are_pages():
    browser = Browser(Person("AN").address)
    html = {"Accept": "text/html"}
    assert browser.get("/no-such-page", headers=html).status_code == 404
    assert "There is no such page" in browser.get("/no-such-page", headers=html).text
    refused_page = browser.get("/organization/")
    assert refused_page.status_code == 403 and "You may not do this" in refused_page.text
    assert "Content-Security-Policy" in refused_page.headers


@ours
def test_use_is_noted_at_most_once_a_minute():
    person = Person("AN")
    seen = sql(f"SELECT last_used_at FROM legacy_token WHERE user_id = {person.number}")
    person.get("/api/current-user/whoami")
    first = sql(f"SELECT last_used_at FROM legacy_token WHERE user_id = {person.number}")
    time.sleep(0.01)
    person.get("/api/current-user/whoami")
    assert seen == "" and first and first == sql(f"SELECT last_used_at FROM legacy_token WHERE user_id = {person.number}")
