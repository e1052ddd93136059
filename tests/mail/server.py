"""An SMTP server that can refuse, stall or hang up, as real ones do."""

import asyncio
import threading
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

_STALL_SECONDS = 30


class Server:
    """Runs in a thread; `received` holds the messages that it took, as parsed.

    `answers` are used up one per conversation step that they name: ("RCPT", "550 no") or
    ("DATA", "hang up").
    """

    def __init__(self, **options: Any) -> None:
        self.received: list[Any] = []
        self.envelopes: list[Any] = []
        self.answers: list[tuple[str, str]] = []
        self.started = threading.Event()
        self._controller = _Controller(self, hostname="127.0.0.1", port=0, **options)
        self._controller.start()
        self.port: int = self._controller.port

    def stop(self) -> None:
        self._controller.stop()

    def answer_to(self, step: str) -> str | None:
        if self.answers and self.answers[0][0] == step:
            return self.answers.pop(0)[1]
        return None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        answer = self.answer_to("RCPT")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802
        answer = self.answer_to("MAIL")
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        self.started.set()
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        self.envelopes.append(envelope)
        answer = self.answer_to("DATA")
        if answer == "hang up":  # it has the message, but its yes is lost
            server.transport.abort()
        elif answer == "stall":
            await asyncio.sleep(_STALL_SECONDS)  # or until the server is stopped
        elif answer is not None:
            self.received.pop()
            return answer
        return "250 OK"


def allow(user: str, password: str) -> Any:
    """An authenticator of the server that knows one account."""

    def check(_server, _session, _envelope, _mechanism, given):
        is_known = (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=is_known, handled=False)

    return check


class _Controller(Controller):
    """Takes a free port, which is known only once the server listens."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
