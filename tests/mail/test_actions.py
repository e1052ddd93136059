"""Mail is written down with its cause, sent once, and tried again when that may help."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.core.db import db, transaction
from forum.jobs.models import Job
from forum.jobs.worker import run_due
from forum.mail import actions, transport
from forum.mail.models import Delivery, DeliveryState

pytestmark = pytest.mark.usefixtures("templates")
CONTEXT = {"name": "Wren", "token": "t0ken"}
SOON = timedelta(seconds=15)  # after the first failure


def _send(event="reset:1", recipient="reader@example.com", kind="greeting"):
    with transaction():
        actions.send(kind, recipient, CONTEXT, event=event)


def _delivery() -> Delivery:
    return db.session.scalars(sa.select(Delivery).execution_options(populate_existing=True)).one()


def _job() -> Job:
    return db.session.scalars(sa.select(Job).execution_options(populate_existing=True)).one()


def _count(model) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def _run_later(after=SOON):
    with time_machine.travel(datetime.now(UTC) + after):
        run_due(10)


def test_a_message_reaches_its_address(mailing, server):
    _send()
    run_due(10)
    assert server.envelopes[0].rcpt_tos == ["reader@example.com"]
    assert server.received[0]["Subject"] == "Hello Wren"
    assert "https://forum.example/reset/t0ken" in server.received[0].get_content()
    assert _delivery().state is DeliveryState.SENT
    assert _delivery().sent_at is not None


def test_nothing_leaves_before_the_commit(mailing, server):
    with transaction():
        actions.send("greeting", "reader@example.com", CONTEXT, event="reset:1")
        assert server.received == []
    assert server.received == []


def test_a_transaction_that_is_rolled_back_sends_nothing(mailing, server):
    def act():
        with transaction():
            actions.send("greeting", "reader@example.com", CONTEXT, event="reset:1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    run_due(10)
    assert (_count(Delivery), _count(Job), server.received) == (0, 0, [])


def test_one_event_reaches_one_address_once(mailing, server):
    _send()
    _send()
    run_due(10)
    _send()
    run_due(10)
    assert len(server.received) == 1


def test_one_event_reaches_several_addresses(mailing, server):
    _send(recipient="one@example.com")
    _send(recipient="two@example.com")
    run_due(10)
    assert {message["To"] for message in server.received} == {"one@example.com", "two@example.com"}


def test_running_the_job_again_sends_nothing(mailing, server):
    _send()
    run_due(10)
    actions.deliver({"delivery_id": _delivery().id})
    assert len(server.received) == 1


def test_a_delivery_that_is_gone_is_no_error(mailing):
    actions.deliver({"delivery_id": 4711})


def test_a_site_without_mail_server_writes_nothing_and_says_so_once(app, caplog):
    actions._say_that_mail_is_off.cache_clear()
    with caplog.at_level(logging.WARNING):
        _send()
        _send(event="reset:2")
    assert (_count(Delivery), _count(Job)) == (0, 0)
    assert [record.getMessage() for record in caplog.records].count(
        "FORUM_SMTP_HOST is not set: no mail is sent"
    ) == 1


@pytest.mark.parametrize("answer", [("RCPT", "550 No such mailbox"), ("DATA", "554 Not taken")])
def test_a_permanent_no_is_taken_for_an_answer(mailing, server, answer):
    server.answers.append(answer)
    _send()
    run_due(10)
    assert _delivery().state is DeliveryState.REFUSED
    assert _delivery().last_error.startswith(answer[1])
    assert _job().done_at is not None
    _run_later(timedelta(hours=12))
    assert server.received == []


@pytest.mark.parametrize(
    "answer",
    [
        ("RCPT", "450 Busy"),
        ("DATA", "451 Try later"),
        ("MAIL", "550 You may not send here"),
        ("MAIL", "421 Closing"),
    ],
    ids=["recipient", "data", "sender", "closing"],
)
def test_what_may_pass_is_tried_again(mailing, server, answer):
    server.answers.append(answer)
    _send()
    run_due(10)
    assert _delivery().state is DeliveryState.WAITING
    assert answer[1].split()[0] in _delivery().last_error
    assert _job().done_at is None
    _run_later()
    assert len(server.received) == 1
    assert _delivery().state is DeliveryState.SENT
    assert _delivery().last_error == ""


def test_a_server_that_is_away_is_waited_for(mailing, server, monkeypatch):
    monkeypatch.setitem(mailing.config, "SMTP_PORT", 1)
    _send()
    run_due(10)
    assert _delivery().state is DeliveryState.WAITING
    monkeypatch.setitem(mailing.config, "SMTP_PORT", server.port)
    _run_later()
    assert len(server.received) == 1


def test_a_lost_answer_costs_a_second_copy_with_the_same_message_id(mailing, server):
    server.answers.append(("DATA", "hang up"))
    _send()
    run_due(10)
    _run_later()
    first, second = server.received
    assert first["Message-ID"] == second["Message-ID"] == _delivery().message_id
    assert _delivery().state is DeliveryState.SENT


def test_a_server_that_says_nothing_is_left_after_the_time_out(mailing, server, monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.3)
    server.answers.append(("DATA", "stall"))
    _send()
    run_due(10)
    assert _delivery().state is DeliveryState.WAITING
    assert "timed out" in _delivery().last_error


def test_a_delivery_is_marked_before_the_first_byte_leaves(mailing, monkeypatch):
    seen = []
    monkeypatch.setattr(transport, "send", lambda _message: seen.append(_delivery().state))
    _send()
    run_due(10)
    assert seen == [DeliveryState.SENDING]


def test_a_delivery_that_a_crash_left_half_way_is_sent(mailing, server):
    _send()
    with transaction():
        db.session.execute(sa.update(Delivery).values(state=DeliveryState.SENDING))
    run_due(10)
    assert len(server.received) == 1


@pytest.mark.parametrize("answers", [[], [("RCPT", "550 no")]], ids=["sent", "refused"])
def test_the_values_of_a_message_do_not_stay(mailing, server, answers):
    server.answers += answers
    _send()
    run_due(10)
    assert _delivery().context == {}


def test_the_values_of_a_message_stay_while_it_may_still_be_sent(mailing, server):
    server.answers.append(("RCPT", "450 Busy"))
    _send()
    run_due(10)
    assert _delivery().context == {**CONTEXT, "language": "en"}


def test_an_address_that_is_none_is_refused(mailing, server):
    _send(recipient="reader@example.com\nBcc: other@example.com")
    run_due(10)
    assert _delivery().state is DeliveryState.REFUSED
    assert server.received == []


def test_a_template_that_fails_leaves_the_message_waiting(mailing, templates):
    (templates / "broken.txt").write_text("Subject: {{ nothing }}\n\nText\n")
    _send(kind="broken")
    run_due(10)
    assert _delivery().state is DeliveryState.WAITING
    assert "nothing" in _delivery().last_error


def test_old_deliveries_are_forgotten(mailing, server):
    _send()
    run_due(10)
    with transaction():
        db.session.execute(
            sa.update(Delivery).values(created_at=datetime.now(UTC) - timedelta(days=31))
        )
    _send(event="reset:2", recipient="other@example.com")
    run_due(10)
    assert _delivery().recipient == "other@example.com"
