"""A mail server of the tests' own, and a template to send."""

import pytest

from forum import paths
from forum.mail import message
from tests.mail.server import Server


@pytest.fixture
def server():
    """A real SMTP server on the loopback, without TLS."""
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def templates(tmp_path, monkeypatch):
    """A folder of mail templates with "greeting" in it."""
    folder = tmp_path / "mail"
    folder.mkdir()
    text = "Subject: Hello {{ name }}\n\nDear {{ name }},\n\n{{ base_url }}/reset/{{ token }}\n"
    (folder / "greeting.txt").write_text(text)
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path)
    message._templates.cache_clear()
    yield folder
    message._templates.cache_clear()


@pytest.fixture
def mailing(app, server, monkeypatch):
    """The application with the test's mail server in its settings."""
    settings = {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": server.port,
        "SMTP_STARTTLS": False,
        "MAIL_FROM": "The Forum <noreply@forum.example>",
        "BASE_URL": "https://forum.example/",
    }
    for name, value in settings.items():
        monkeypatch.setitem(app.config, name, value)
    return app
