"""Messages have safe headers, whatever their values hold."""

from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser

import pytest
from jinja2 import UndefinedError

from forum.mail import message

NOON = datetime(2026, 3, 24, 12, tzinfo=UTC)


def _build(context, recipient="reader@example.com", kind="greeting"):
    built = message.build(
        kind,
        context,
        recipient=recipient,
        sender="The Forum <noreply@forum.example>",
        message_id="<abc@forum.example>",
        at=NOON,
        words={"site_name": "The Forum", "base_url": "https://forum.example"},
    )
    return BytesParser(policy=policy.default).parsebytes(built.as_bytes())


def test_a_message_has_the_subject_and_the_text_of_its_template(templates):
    built = _build({"name": "Wren", "token": "t0"})
    assert built["Subject"] == "Hello Wren"
    assert built.get_content() == "Dear Wren,\n\nhttps://forum.example/reset/t0\n"


def test_a_message_says_that_a_machine_wrote_it_and_when(templates):
    built = _build({"name": "Wren", "token": "t0"})
    assert built["Auto-Submitted"] == "auto-generated"
    assert built["Message-ID"] == "<abc@forum.example>"
    assert built["Date"].datetime == NOON
    assert built["From"] == "The Forum <noreply@forum.example>"
    assert built["To"] == "reader@example.com"


@pytest.mark.parametrize(
    "separator",
    ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x00\n"],
    ids=ascii,
)
def test_a_value_cannot_add_a_header(templates, separator):
    name = f"Wren{separator}Bcc: other@example.com{separator}{separator}text"
    built = _build({"name": name, "token": "t0"})
    assert built["Bcc"] is None
    assert len(built.get_all("Subject")) == 1
    assert "Bcc: other@example.com" in built["Subject"]
    assert built.get_content().endswith("/reset/t0\n")


@pytest.mark.parametrize(
    "recipient",
    [
        "reader@example.com\r\nBcc: other@example.com",
        "reader@example.com, other@example.com",
        "reader@example.com\u2028Bcc: other@example.com",
        "Reader <reader@example.com>",
    ],
    ids=["line-break", "two", "separator", "named"],
)
def test_what_is_no_address_is_refused(templates, recipient):
    with pytest.raises(message.AddressError):
        _build({"name": "Wren", "token": "t0"}, recipient)


def test_letters_of_all_scripts_arrive(templates):
    built = _build({"name": "Zoë 水 \u0627", "token": "t0"})
    assert built["Subject"] == "Hello Zoë 水 \u0627"
    assert "Dear Zoë 水" in built.get_content()


def test_a_long_link_arrives_whole(templates):
    token = "x" * 300
    assert f"/reset/{token}\n" in _build({"name": "Wren", "token": token}).get_content()


def test_a_missing_value_is_an_error(templates):
    with pytest.raises(UndefinedError):
        _build({"name": "Wren"})


def test_a_template_without_a_subject_is_an_error(templates):
    (templates / "bare.txt").write_text("Hello\n")
    with pytest.raises(message.TemplateError):
        _build({}, kind="bare")


def test_the_text_is_not_escaped_as_if_it_were_html(templates):
    assert "Dear A & B," in _build({"name": "A & B", "token": "t0"}).get_content()


def test_the_message_id_stays_the_same_for_one_delivery_and_differs_for_others():
    ids = [
        message.message_id(event, recipient, host="forum.example")
        for event in ("reset:1", "reset:2")
        for recipient in ("a@example.com", "b@example.com")
    ]
    assert len(set(ids)) == 4
    assert ids[0] == message.message_id("reset:1", "a@example.com", host="forum.example")
    assert ids[0].endswith("@forum.example>")
