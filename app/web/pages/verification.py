"""The public check: anybody with the code may know whether a certificate is real and valid now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from markupsafe import Markup

from app.access import Permission
from app.certification.documents import Verification, verification
from app.certification.paper.sheet import check_link, spaced
from app.kit.ids import read_code
from app.people.actions.limits import Limit, refusal
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area

area = Area()
LOOKUPS: Final = 60
HOUR: Final = timedelta(hours=1)
UNSEEN: Final = {"X-Robots-Tag": "noindex, nofollow"}


@area.get("/c", policy=Permission.PUBLIC, name="verification.ask")
def ask_code(ask: Ask) -> Answer:
    """Type the code of a certificate; there is no way to look for a number or a name."""
    typed = ask.query.get("code", "")
    code = read_code(typed)
    if code is not None:
        return redirect(check_link("", code))
    if typed:
        return _unknown(ask, typed)
    return _unindexed(render("verification/ask.html", form=_form(ask)))


@area.get("/c/{code}", policy=Permission.PUBLIC, name="verification.show", own_transactions=True)
def show(ask: Ask, code: str) -> Answer:
    """The state at this moment. Unknown and malformed codes get one and the same answer.

    Raises: Refused("too_many_tries") for a network that tries many codes.
    """
    limit = Limit(f"verification:{ask.network}", LOOKUPS, HOUR)
    with ask.services.database.writing() as db:
        refused = refusal(db, limit, now=ask.now)
    if refused is not None:
        raise refused
    with ask.services.database.reading(snapshot=True) as db:
        found = verification(db, code, on=ask.today)
    if found is None:
        return _unknown(ask, "")
    return _unindexed(_shown(ask, found))


def _shown(ask: Ask, found: Verification) -> Page:
    return render(
        "verification/page.html",
        found,
        checked_at=ask.now,
        form=_form(ask),
        spaced_code=spaced(found.code),
        seal=Markup(found.seal_svg),  # noqa: S704 - drawn by us when it was issued
    )


def _unknown(ask: Ask, typed: str) -> Page:
    return _unindexed(render("verification/unknown.html", status=404, form=_form(ask, typed)))


def _unindexed(page: Page) -> Page:
    page.headers |= UNSEEN
    return page


def _form(ask: Ask, typed: str = "") -> Submitted[Any]:
    return Submitted.blank(ask.viewer.locale, code=typed[:100])
