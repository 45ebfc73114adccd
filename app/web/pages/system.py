"""What machines ask: is it alive, is it ready, whom to tell about a leak. And the language of the pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import text, update

from app.access import Permission
from app.kit.i18n import known_locale
from app.people.tables import Person
from app.web.kit.ask import Answer, Ask, Content, Cookie, Redirect
from app.web.kit.paths import local_path
from app.web.kit.responses import LANGUAGE_COOKIE
from app.web.kit.route import Area

area = Area()
YEAR: Final = timedelta(days=365)


@area.get("/healthz", policy=Permission.PUBLIC, name="system.alive", own_transactions=True)
def alive(_ask: Ask) -> Answer:
    """The process answers and the database lets itself be read."""
    return Content(body=b"ok\n", media_type="text/plain")


@area.get("/readyz", policy=Permission.PUBLIC, name="system.ready")
def ready(ask: Ask) -> Answer:
    """The database answers with a question of our own."""
    ask.db.execute(text("SELECT 1 FROM person LIMIT 1"))
    return Content(body=b"ready\n", media_type="text/plain")


@area.get("/.well-known/security.txt", policy=Permission.PUBLIC, name="system.security_txt")
def security_txt(ask: Ask) -> Answer:
    """Where to report a weakness (RFC 9116); it expires within a year, as the standard asks."""
    settings = ask.services.settings
    first_of_month = datetime(ask.now.year, ask.now.month, 1, tzinfo=UTC)
    lines = [
        f"Contact: mailto:{settings.help_address}",
        f"Expires: {(first_of_month + timedelta(days=330)).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.address}/.well-known/security.txt",
    ]
    return Content(body=("\n".join(lines) + "\n").encode(), media_type="text/plain; charset=utf-8")


@area.post("/taal", policy=Permission.PUBLIC, name="system.language")
def choose_language(ask: Ask) -> Answer:
    """Speak the language that was chosen, now and in mails."""
    locale = known_locale(str(ask.form.get("locale", "")))
    if ask.viewer.signed_in:
        ask.db.execute(update(Person).where(Person.id == ask.viewer.id).values(locale=locale))
    to = local_path(str(ask.form.get("next", "")), default="/", doors=True)
    return Redirect(status=303, to=to, cookies=[Cookie(LANGUAGE_COOKIE, locale, int(YEAR.total_seconds()))])
