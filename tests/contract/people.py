"""People in the roles of an organization, calling with a token or through a browser's session. labeld only: roles are given by
labeld-admin and the database."""

import functools
import json
import re
import uuid

import requests

from server import shared_server
from work import Api, admin, owner, sql

ROLES = ["OW", "AD", "MA", "RE", "AN", "VO", "NO", "DI"]
PASSWORD = "a-long-password-19"


class Person(Api):
    """A member; `role` is given after the account was made, so that every role can be had."""

    def __init__(self, role, organization=None):
        self.address = f"{role.lower()}-{uuid.uuid4().hex[:10]}@example.com"
        arguments = ["--email", self.address, "--password", PASSWORD, "--role", "AN" if role == "DI" else role]
        made = json.loads(admin("create-user", *arguments, *(["--organization", str(organization)] if organization else [])))
        self.number, self.role = made["id"], role
        super().__init__(made["token"])
        if role == "DI":
            sql(f"UPDATE membership SET role = 'DI' WHERE user_id = {self.number}")

    def set_token(self, token):
        self.session.headers["Authorization"] = "Token " + token


class Owner(Api):
    """The owner of the shared server's organization."""

    role = "OW"

    def __init__(self):
        super().__init__(shared_server().token)
        self.address, self.number = shared_server().email, owner().id

    def set_token(self, token):
        self.session.headers["Authorization"] = "Token " + token
        owner().session.headers["Authorization"] = "Token " + token
        shared_server().token = token


def head_of_new_organization(title="Elsewhere"):
    """The owner of an organization of their own, `organization`, where everything may be changed."""
    person = Person("AN")
    person.organization = json.loads(admin("create-organization", "--title", title, "--owner", person.address))["id"]
    sql(f"DELETE FROM membership WHERE user_id = {person.number} AND organization_id <> {person.organization}; "
        f"UPDATE user_account SET active_organization = {person.organization} WHERE id = {person.number}")
    person.role = "OW"
    return person


@functools.cache
def member(role):
    return Owner() if role == "OW" else Person(role)


class Browser:
    """A session with cookies, as a browser has one; forms carry their token."""

    def __init__(self, address=None, password=PASSWORD):
        self.url = shared_server().url
        self.session = requests.Session()
        if address:
            answer = self.log_in(address, password)
            assert answer.status_code == 302, answer.text

    def get(self, path, **kw):
        kw.setdefault("allow_redirects", False)
        return self.session.get(self.url + path, timeout=60, **kw)

    @property
    def csrf(self):
        if "csrftoken" not in self.session.cookies:
            self.get("/user/login/")
        return self.session.cookies["csrftoken"]

    def form(self, path, fields=None, token=None, **kw):
        kw.setdefault("allow_redirects", False)
        fields = {**(fields or {}), "csrfmiddlewaretoken": self.csrf if token is None else token}
        return self.session.post(self.url + path, data=fields, timeout=60, **kw)

    def log_in(self, address, password=PASSWORD, path="/user/login/", **fields):
        return self.form(path, {"email": address, "password": password, **fields})


def browser_of(role):
    return Browser(member(role).address, shared_server().password if role == "OW" else PASSWORD)


def text_of(answer):
    """Title of a page without its tags."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.S)
    return re.sub(r"<[^>]+>", "", found.group(1)).strip() if found else ""
