"""Queueing mail in the transaction that causes it, and sending it from a job."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.message import EmailMessage
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.core import clock, i18n
from forum.core.db import db, insert, transaction
from forum.core.text import cut, scrub_line
from forum.jobs.actions import enqueue
from forum.mail import message, transport
from forum.mail.models import Delivery, DeliveryState

JOB = "mail"
KEEP = timedelta(days=30)  # and with it how long an event is remembered
_ERROR_LENGTH = 500
_OVER = frozenset({DeliveryState.SENT, DeliveryState.REFUSED})
_log = logging.getLogger(__name__)


def send(
    kind: str, recipient: str, context: Mapping[str, Any], *, event: str, language: str = ""
) -> None:
    """Have templates/mail/<kind>.txt sent to one address, once the current transaction commits.

    `language` is what the recipient chose; when empty, it is that of whoever causes the mail.

    One `event` ("reset:<id>", no secret in it) reaches one address once, however often it is
    asked for. `context` is plain JSON, deleted as soon as the message is on its way. Does nothing
    where the site sends no mail.
    """
    if not transport.is_configured():
        _say_that_mail_is_off()
        return
    recipient = scrub_line(recipient)
    delivery_id = db.session.scalar(
        insert(Delivery)
        .values(
            event=event,
            recipient=recipient,
            kind=kind,
            context={**context, "language": language or i18n.language()},
            message_id=message.message_id(event, recipient, host=transport.own_name()),
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=[Delivery.event, Delivery.recipient])
        .returning(Delivery.id)
    )
    if delivery_id is not None:
        enqueue(JOB, {"delivery_id": delivery_id}, dedupe=f"{JOB}:{delivery_id}")


@cache
def _say_that_mail_is_off() -> None:
    _log.warning("FORUM_SMTP_HOST is not set: no mail is sent")


def deliver(payload: dict[str, Any]) -> None:
    """Send one delivery; raises for what may work later, so that the job is tried again.

    "Sending" is committed before the first byte leaves: a crash between the other side's yes and
    our note of it costs a second copy with the same Message-ID, never the message.
    """
    delivery_id = payload["delivery_id"]
    with transaction():
        delivery = db.session.get(Delivery, delivery_id, with_for_update=True)
        if delivery is None or delivery.state in _OVER:
            return
        delivery.state = DeliveryState.SENDING
        _forget_old()
    try:
        transport.send(_message_of(delivery))
    except (transport.RefusedForGoodError, message.AddressError) as error:
        _note(delivery_id, DeliveryState.REFUSED, str(error))
    except Exception as error:
        _note(delivery_id, DeliveryState.WAITING, str(error))
        raise
    else:
        _note(delivery_id, DeliveryState.SENT)


def _message_of(delivery: Delivery) -> EmailMessage:
    return message.build(
        delivery.kind,
        delivery.context,
        recipient=delivery.recipient,
        sender=transport.sender(),
        message_id=delivery.message_id,
        at=delivery.created_at,
        words=transport.words(),
        language=delivery.context.get("language", i18n.DEFAULT),
    )


def _forget_old() -> None:
    """Addresses are not kept for longer than a repeated event could be told by them."""
    db.session.execute(
        sa.delete(Delivery)
        .where(Delivery.state.in_(_OVER), Delivery.created_at < clock.now() - KEEP)
        .execution_options(synchronize_session=False)
    )


def _note(delivery_id: int, state: DeliveryState, error: str = "") -> None:
    with transaction():
        delivery = db.session.get_one(Delivery, delivery_id, with_for_update=True)
        delivery.state = state
        delivery.last_error = cut(scrub_line(error), _ERROR_LENGTH)
        if state is DeliveryState.SENT:
            delivery.sent_at = clock.now()
        if state in _OVER:
            delivery.context = {}  # links in it open accounts


HANDLERS: Mapping[str, Callable[[dict[str, Any]], None]] = {JOB: deliver}
