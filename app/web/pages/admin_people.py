"""The list of people, and inviting them to an account of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from app.access import Permission
from app.kit.errors import Refused
from app.kit.ids import read_id
from app.letters.desk import Desk, Letter, NotDue, write
from app.outbox.tables import Message
from app.people import inputs, listing
from app.people.actions import invitations
from app.people.listing import PersonLine
from app.people.rules import Role
from app.reports.people import CHIPS, people_page
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.roles import ROLES
from app.web.words.shared import N_
from app.web.words.stages import CHIPS as CHIP_WORDS
from app.web.words.stages import STAGES

area = Area()
LIST: Final = "admin_people/people.html"
INVITE: Final = "admin_people/invite.html"
MOST: Final = 200
ASKED: Final = ("q", "rol", "organisatie", "stand")


@dataclass(frozen=True)
class InvitePage:
    """Whom we are about to invite, and the letter as the first of them will read it."""

    people: tuple[PersonLine, ...]
    already: int
    letter: Letter | None


@area.get("/beheer/mensen", policy=Permission.MANAGE, name="admin_people.list", snapshot=True)
def people(ask: Ask) -> Answer:
    """Everybody, searched and filtered, a page at a time."""
    asked = {name: ask.query.get(name, "")[:200] for name in ASKED}
    chip = asked["stand"] if asked["stand"] in CHIPS else ""
    page = people_page(
        ask.db,
        q=asked["q"],
        role=asked["rol"],
        organisation=asked["organisatie"][:15],
        chip=chip,
        after=ask.query.get("na", "")[:300],
        before=ask.query.get("voor", "")[:300],
        on=ask.today,
    )
    form: Submitted[Any] = Submitted.blank(ask.viewer.locale, **asked)

    def address(**changed: str) -> str:
        wanted = {name: given for name, given in (asked | changed).items() if given}
        return f"/beheer/mensen?{urlencode(wanted)}" if wanted else "/beheer/mensen"

    return render(
        LIST,
        page,
        form=form,
        chips=[(name, CHIP_WORDS[name], page.counts[name], address(stand=name)) for name in CHIPS],
        next_href=address(na=page.after) if page.after else "",
        previous_href=address(voor=page.before) if page.before else "",
        blank=Submitted.blank(ask.viewer.locale),
        stage_words=STAGES,
        role_words=ROLES,
        role_choices=[(role.value, ROLES[role]) for role in Role],
    )


@area.get("/beheer/mensen/uitnodigen", policy=Permission.MANAGE, name="admin_people.invite_form")
def invite_form(ask: Ask) -> Answer:
    """The letter first: who gets it, what it says, and as the first one will read it."""
    ids = _ids(ask.request.query_params.getlist("person"))
    return _invite_page(ask, ids, Submitted.blank(ask.viewer.locale, person=ids))


@area.post("/beheer/mensen/uitnodigen", policy=Permission.MANAGE, name="admin_people.invite")
def invite(ask: Ask) -> Answer:
    """Show the letter with the own words in it, or send it."""
    form = Submitted.read(inputs.InviteToAccount, ask.form, ask.viewer.locale)
    ids = _ids(form.getlist("person"))
    if not form.valid or form.given.step == "preview":
        return _invite_page(ask, ids, form, status=200 if form.valid else 422)
    try:
        invitations.invite(
            ask.db,
            by=ask.viewer,
            person_ids=list(form.given.person),
            own_text=form.given.own_text,
            keyring=ask.services.keyring,
            now=ask.now,
        )
    except Refused as refused:
        return _invite_page(ask, ids, form.refuse(refused), status=422)
    return redirect("/beheer/mensen?stand=outside", toast=N_("De uitnodigingen zijn onderweg."))


def _ids(given: list[str]) -> list[int]:
    return [id_ for one in given if (id_ := read_id(one)) is not None][:MOST]


def _invite_page(ask: Ask, ids: list[int], form: Submitted[inputs.InviteToAccount], *, status: int = 200) -> Page:
    lines = listing.lines_of(ask.db, ids)
    waiting = tuple(line for line in lines if not line.has_account)
    letter = _preview(ask, waiting[0], form.get("own_text")) if waiting else None
    return render(INVITE, InvitePage(waiting, len(lines) - len(waiting), letter), status=status, form=form)


def _preview(ask: Ask, line: PersonLine, own_text: str) -> Letter | None:
    """The letter as this person will read it; None for somebody without an address."""
    message = Message(
        key="preview",
        kind="people.invitation",
        person_id=line.id,
        data={},
        own_text=own_text,
        reply_to_id=ask.viewer.id,
        created_at=ask.now,
        send_at=ask.now,
    )
    try:
        return write(ask.db, message, Desk(ask.services.settings, ask.services.keyring, ask.now))
    except NotDue:
        return None
