"""A mail server that keeps what it gets, and that can refuse, or be away, when a test says so."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST: Final = "127.0.0.1"
OK: Final = "250 OK"


@dataclass(frozen=True)
class Received:
    """One message as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The plain words: what someone reads who does not show HTML."""
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def calendar(self) -> str:
        """The invitation inside, with its method; empty when there is none."""
        parts = (part for part in self.message.walk() if part.get_content_type() == "text/calendar")
        return next((str(part.get_content()) for part in parts), "")

    def _body(self, kind: str) -> str:
        body = self.message.get_body(preferencelist=(kind,))
        return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""


@dataclass
class SmtpSink:
    """Listens on a port of its own. `received` grows in the order of arrival."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    _answer: str = OK
    _answers: dict[str, str] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def to(self, address: str) -> list[Received]:
        """What was delivered to one address, oldest first."""
        return [mail for mail in self.received if address in mail.recipients]

    def refuse(self, answer: str = "451 try again later", *, only: str | None = None) -> None:
        """Answer every message with this line from now on, or only those to one address."""
        if only is None:
            self._answer = answer
        else:
            self._answers[only] = answer

    def accept(self) -> None:
        """Take everything again."""
        self._answer = OK
        self._answers.clear()

    def go_down(self) -> None:
        """Stop listening; whoever connects is refused."""
        self._run(self._close())

    def come_back(self) -> None:
        """Listen again, on the same port."""
        self._run(self._listen())

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse an address at the door, as a real server does with an unknown one."""
        answer = self._answers.get(address, OK)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the message, or refuse it."""
        if self._answer != OK:
            return self._answer
        content = envelope.content
        raw = content.encode() if isinstance(content, str) else content or b""
        message = message_from_bytes(raw, policy=policy.default)
        self.received.append(Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        return OK

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await self._loop.create_server(
                lambda: SMTP(self, hostname="sink", enable_SMTPUTF8=True, loop=self._loop), HOST, self.port
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None


@contextmanager
def sink() -> Iterator[SmtpSink]:
    """A running mail server, with its own thread."""
    mail = SmtpSink()
    loop = mail._loop
    thread = threading.Thread(target=loop.run_forever, name="smtp-sink", daemon=True)
    thread.start()
    mail.come_back()
    try:
        yield mail
    finally:
        mail.go_down()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()
