"""From letter to mail: over SMTP, or into a folder when there is no mail server."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Final, Protocol

from app.kit.ids import digest
from app.kit.localtime import local
from app.letters.desk import Letter
from app.outbox.tables import Message
from app.settings import Settings

CONNECT_S: Final = 15
THINK_S: Final = 300  # minutes, not seconds: a server may think long after the last dot (RFC 5321 4.5.3.2)
PERMANENT: Final = 500
KIND: Final = "X-Letter"  # which kind of letter, for who sorts mails
_ADDRESS: Final = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")


class Bounced(Exception):
    """The mail server refuses this message for good."""


class NotNow(Exception):
    """The mail server cannot be reached or asks to come back later."""


class Mailer(Protocol):
    """Takes one mail away. Raises: Bounced, NotNow."""

    def send(self, mail: EmailMessage) -> None: ...


@dataclass(frozen=True)
class SmtpMailer:
    """Hands mail to a relay."""

    settings: Settings

    def send(self, mail: EmailMessage) -> None:
        """Only what is said of this recipient or this message is final; trouble with the server itself passes."""
        settings = self.settings
        (to,) = mail["To"].addresses
        (sender,) = mail["From"].addresses
        try:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=CONNECT_S)
            try:
                if settings.smtp_starttls:
                    server.starttls(context=ssl.create_default_context())
                if settings.smtp_user:
                    server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
                if server.sock is not None:
                    server.sock.settimeout(THINK_S)
                server.send_message(mail, from_addr=sender.addr_spec, to_addrs=[to.addr_spec])
            finally:
                with suppress(OSError, smtplib.SMTPException):  # what was taken is sent, however the goodbye goes
                    server.quit()
                server.close()
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            raise _sorted(code, words) from refused
        except smtplib.SMTPDataError as refused:
            raise _sorted(refused.smtp_code, refused.smtp_error) from refused
        except smtplib.SMTPResponseException as refused:
            raise NotNow(_told(refused.smtp_code, refused.smtp_error)) from refused
        except (OSError, smtplib.SMTPException) as trouble:
            raise NotNow(type(trouble).__name__) from trouble


@dataclass(frozen=True)
class FolderMailer:
    """Writes each mail as an .eml file: for a demo, or until a mail server is set up.

    The names sort by time and say what kind of letter it is, never to whom: 20261106-144003_people.invitation_4f…
    """

    folder: Path

    def send(self, mail: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = mail["Message-ID"].strip("<>").partition("@")[0]
        made = local(mail["Date"].datetime)
        (self.folder / f"{made:%Y%m%d-%H%M%S}_{mail[KIND]}_{name}.eml").write_bytes(bytes(mail))

    def forget(self, keys: Iterable[str]) -> None:
        """Remove the mails of messages with these keys; no error when they are gone, or never stood here."""
        for key in keys:
            for one in self.folder.glob(f"*{_name(key)}.eml"):  # also those from before names began with a time
                one.unlink(missing_ok=True)

    def sweep(self, *, before: datetime) -> int:
        """Remove mails written before a moment, as long as the outbox keeps them; gives how many."""
        old = [one for one in self.folder.glob("*.eml") if one.stat().st_mtime < before.timestamp()]
        for one in old:
            one.unlink(missing_ok=True)
        return len(old)


def make_mailer(settings: Settings) -> Mailer:
    """SMTP when a server is named, else the folder of mails."""
    return SmtpMailer(settings) if settings.smtp_host else mail_folder(settings)


def mail_folder(settings: Settings) -> FolderMailer:
    """The folder `mail` in the data directory, also when a mail server was named later."""
    return FolderMailer(settings.data_dir / "mail")


def make_mail(letter: Letter, message: Message, settings: Settings) -> EmailMessage:
    """The mail of a letter, to one person. Its Message-ID follows from the message's key: a repeat is the same mail.

    Raises: Bounced when an address is not one address.
    """
    sender_name, sender = parseaddr(settings.mail_from)
    mail = EmailMessage()
    mail["Message-ID"] = f"<{_name(message.key)}@{sender.partition('@')[2]}>"
    try:
        mail["From"] = Address(_plain(sender_name), addr_spec=sender)
        mail["To"] = Address(_plain(letter.to_name), addr_spec=letter.to_address)
        mail["Reply-To"] = Address(addr_spec=parseaddr(letter.reply_to)[1])
    except (ValueError, IndexError, HeaderParseError) as broken:
        raise Bounced("Het adres is niet te gebruiken.") from broken
    mail["Subject"] = _plain_line(letter.subject)
    mail["Date"] = format_datetime(message.created_at)
    mail[KIND] = message.kind
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    if letter.calendar is not None:
        mail.add_alternative(letter.calendar.body, subtype="calendar", params={"method": letter.calendar.method})
    for number, entry in enumerate(letter.more, start=1):
        name = f"agenda-{number}.ics"
        mail.add_attachment(entry.body, subtype="calendar", filename=name, params={"method": entry.method})
    return mail


def _name(key: str) -> str:
    """The first half of a Message-ID, and the end of the name of the file."""
    return digest(key)[:40]


def _plain(name: str) -> str:
    """A name without signs that mail programs read as something else."""
    return _plain_line(name.translate(dict.fromkeys(map(ord, '"<>'))))


def _plain_line(text: str) -> str:
    """Without signs that end a line: what follows one would be read as a header."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _sorted(code: int, words: bytes | str) -> Exception:
    return Bounced(_told(code, words)) if code >= PERMANENT else NotNow(_told(code, words))


def _told(code: int, words: bytes | str) -> str:
    """What the server said, without addresses: the reason stays longer than the person may."""
    told = words.decode(errors="replace") if isinstance(words, bytes) else words
    return _ADDRESS.sub("…", _plain_line(f"{code} {told}"))[:300]
