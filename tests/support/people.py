"""People who can sign in, cheap hashes, and a site that mails; for tests of accounts."""

import pytest

from forum.accounts import names, passwords
from forum.accounts.passwords import Cost
from forum.accounts.rules import Rules
from forum.core import clock
from tests import factories

PASSWORD = "violet harbour ninety lanterns"
NEW_PASSWORD = "copper meadow seven windmills"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture(name="cheap_hashes", autouse=True)
def cheap_hashes_fixture(request, monkeypatch):
    """Argon2 at its least, but for tests that ask for `real_hashes`."""
    if "real_hashes" not in request.fixturenames:
        monkeypatch.setattr(passwords.HASHING, "cost", Cost(passes=1, memory=8, lanes=1))


@pytest.fixture(name="real_hashes")
def real_hashes_fixture():
    """Keep the parameters of the product."""


@pytest.fixture(name="member")
def member_fixture(app):
    """Makes members who can sign in with PASSWORD."""

    def make(username="amina", **values):
        values = {
            "username_key": names.key(username),
            "username_skeleton": names.skeleton(username),
            "password_hash": passwords.hash_password(PASSWORD),
            "password_changed_at": clock.now(),
            **values,
        }
        if values.get("email"):
            values.setdefault("email_key", values["email"].casefold())
            values.setdefault("email_confirmed_at", clock.now())
        return factories.user(username, **values)

    return make


@pytest.fixture(name="mailing")
def mailing_fixture(app, monkeypatch):
    """A site that sends mail; nothing leaves, as no worker runs."""
    monkeypatch.setitem(app.config, "SMTP_HOST", "mail.invalid")
    monkeypatch.setitem(app.config, "BASE_URL", "https://forum.example")


def rules(**values):
    """The rules of a site that is open and mails."""
    return Rules(
        **{
            "site_name": "Common Thread",
            "registration": "open",
            "is_email_required": False,
            "sends_mail": True,
            "base_url": "https://forum.example",
            "reset_minutes": 60,
            "idle_days": 14,
            "absolute_days": 90,
            "secret": "a secret",
            **values,
        }
    )


def sign_in(browser, username="amina", password=PASSWORD, **kwargs):
    """Send the sign-in form."""
    return browser.post("/sign-in", {"username": username, "password": password}, **kwargs)
