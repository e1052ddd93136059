"""Mail speaks the language of its recipient, whoever causes it."""

import pytest

from forum.core.db import transaction
from forum.jobs.worker import run_due
from forum.mail import actions
from tests import factories


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "Your password was changed"), ("es", "Tu contraseña ha cambiado")],
)
def test_mail_speaks_the_language_of_its_recipient(mailing, server, language, subject):
    with transaction():
        actions.send(
            "password-changed",
            "reader@example.com",
            {"link": "https://forum.example/reset"},
            event="password-changed:1",
            language=language,
        )
    run_due(10)
    (received,) = server.received
    assert received["Subject"] == subject
    assert received["Content-Language"] == language


def test_a_member_is_written_to_in_the_language_of_their_choice(mailing, server, browser):
    factories.user(
        username="wren",
        language="es",
        email="wren@example.com",
        email_key="wren@example.com",
        email_confirmed_at=factories.clock.now(),
    )
    browser.post("/reset", {"username": "wren"}, headers={"Accept-Language": "en"})
    run_due(10)
    (received,) = server.received
    assert received["Subject"] == "Un enlace que pediste"
    assert "Sirve una sola vez, durante 60 minutos:" in received.get_content()


def test_a_member_who_chose_nothing_is_written_to_as_they_read(mailing, server, browser):
    factories.user(
        username="wren",
        email="wren@example.com",
        email_key="wren@example.com",
        email_confirmed_at=factories.clock.now(),
    )
    browser.post("/reset", {"username": "wren"}, headers={"Accept-Language": "es"})
    run_due(10)
    (received,) = server.received
    assert received["Subject"] == "Un enlace que pediste"
