"""The conversation with the mail server: encryption, sign-in, names."""

import shutil
import smtplib
import ssl
import subprocess
from email.message import EmailMessage

import pytest

from forum.mail import transport
from tests.mail.server import Server, allow


def _message() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "noreply@forum.example"
    message["To"] = "reader@example.com"
    message.set_content("Text\n")
    return message


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 and its key, made for this test."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed: mail over TLS is not tried")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(  # noqa: S603 - our own arguments
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key


@pytest.fixture
def secure_server(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    running = Server(
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=allow("forum", "pass"),
    )
    yield running
    running.stop()


@pytest.fixture
def over_tls(mailing, secure_server, monkeypatch):
    settings = {
        "SMTP_PORT": secure_server.port,
        "SMTP_STARTTLS": True,
        "SMTP_USER": "forum",
        "SMTP_PASSWORD": "pass",
    }
    for name, value in settings.items():
        monkeypatch.setitem(mailing.config, name, value)
    return secure_server


def _trust(certificate, monkeypatch):
    context = ssl.create_default_context(cafile=certificate[0])
    monkeypatch.setattr(transport.ssl, "create_default_context", lambda: context)


def test_mail_goes_over_tls_after_signing_in(over_tls, certificate, monkeypatch):
    _trust(certificate, monkeypatch)
    transport.send(_message())
    assert len(over_tls.received) == 1


def test_a_server_with_an_unknown_certificate_gets_neither_password_nor_mail(over_tls):
    with pytest.raises(ssl.SSLCertVerificationError):
        transport.send(_message())
    assert over_tls.received == []


def test_a_wrong_password_is_no_refusal_of_the_message(over_tls, certificate, mailing, monkeypatch):
    _trust(certificate, monkeypatch)
    monkeypatch.setitem(mailing.config, "SMTP_PASSWORD", "wrong")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        transport.send(_message())


def test_mail_does_not_fall_back_to_plain_text(mailing, server, monkeypatch):
    monkeypatch.setitem(mailing.config, "SMTP_STARTTLS", True)
    with pytest.raises(smtplib.SMTPNotSupportedError):
        transport.send(_message())
    assert server.received == []


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        ("https://forum.example", "forum.example"),
        ("http://127.0.0.1:8000", "[127.0.0.1]"),
        ("http://[::1]:8000", "[IPv6:::1]"),
        ("nonsense", "localhost"),
    ],
)
def test_the_site_introduces_itself_by_its_configured_name(app, monkeypatch, base_url, name):
    monkeypatch.setitem(app.config, "BASE_URL", base_url)
    assert transport.own_name() == name
