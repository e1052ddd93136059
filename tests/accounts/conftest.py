"""What the tests of accounts share: cheap hashes, people with passwords, a site that mails."""

from collections.abc import Iterator

import pytest

from forum.accounts import names, passwords
from forum.accounts.passwords import Cost
from forum.core import clock
from tests import factories

PASSWORD = "violet harbour ninety lanterns"
NEW_PASSWORD = "copper meadow seven windmills"


@pytest.fixture(autouse=True)
def cheap_hashes(request, monkeypatch) -> Iterator[None]:
    """Argon2 at its least, but for tests that are about the parameters."""
    if "real_hashes" not in request.fixturenames:
        monkeypatch.setattr(passwords.HASHING, "cost", Cost(passes=1, memory=8, lanes=1))
    yield


@pytest.fixture
def real_hashes() -> None:
    """Keep the parameters of the product."""


@pytest.fixture
def member(app):
    """Makes members who can sign in with PASSWORD."""

    def make(username="amina", **values):
        values = {
            "username_key": names.key(username),
            "username_skeleton": names.skeleton(username),
            "password_hash": passwords.hash_password(PASSWORD),
            "password_changed_at": clock.now(),
            **values,
        }
        return factories.user(username, **values)

    return make


@pytest.fixture
def mailing(app, monkeypatch) -> None:
    """A site that sends mail; nothing leaves, as no worker runs."""
    monkeypatch.setitem(app.config, "SMTP_HOST", "mail.invalid")
    monkeypatch.setitem(app.config, "BASE_URL", "https://forum.example")
