"""The list of people, and inviting them to an account of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from app.access import Permission
from app.courses.actions import cohorts
from app.courses.queries import latest_enrolments
from app.courses.rules import EnrolmentFacts
from app.kit.errors import Refused
from app.kit.i18n import translations
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
from app.web.words.courses import OWN_TEXT
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
class Invited:
    """One of them. `group`: where she has a seat; she then gets the invitation of that group."""

    id: int
    name: str
    group: str


@dataclass(frozen=True)
class InvitePage:
    """Whom we are about to invite, and the letter as the first of them will read it."""

    people: tuple[Invited, ...]
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
    text = translations(ask.viewer.locale).gettext(OWN_TEXT) if _seats(ask, ids) else ""
    return _invite_page(ask, ids, Submitted.blank(ask.viewer.locale, person=ids, own_text=text))


@area.post("/beheer/mensen/uitnodigen", policy=Permission.MANAGE, name="admin_people.invite")
def invite(ask: Ask) -> Answer:
    """Show the letter with the own words in it, or send it."""
    form = Submitted.read(inputs.InviteToAccount, ask.form, ask.viewer.locale)
    ids = _ids(form.getlist("person"))
    if not form.valid or form.given.step == "preview":
        return _invite_page(ask, ids, form, status=200 if form.valid else 422)
    try:
        _invite(ask, list(form.given.person), form.given.own_text)
    except Refused as refused:
        return _invite_page(ask, ids, form.refuse(refused), status=422)
    return redirect("/beheer/mensen?stand=outside", toast=N_("De uitnodigingen zijn onderweg."))


def _ids(given: list[str]) -> list[int]:
    return [id_ for one in given if (id_ := read_id(one)) is not None][:MOST]


def _seats(ask: Ask, ids: list[int]) -> dict[int, EnrolmentFacts]:
    """Who of these has a seat in a group and did not come in yet."""
    return {one.person_id: one for one in latest_enrolments(ask.db, ids) if one.confirmed_at is None}


def _invite(ask: Ask, ids: list[int], own_text: str) -> None:
    """To the group for who has a seat in one, to an account of her own for the others. Raises: Refused."""
    outside = [line.id for line in listing.lines_of(ask.db, ids) if not line.has_account]
    seats = _seats(ask, outside)
    for seat in seats.values():
        cohorts.invite_again(
            ask.db,
            by=ask.viewer,
            cohort_id=seat.cohort_id,
            enrolment_id=seat.id,
            own_text=own_text,
            keyring=ask.services.keyring,
            now=ask.now,
        )
    others = [id_ for id_ in outside if id_ not in seats]
    if others or not seats:
        invitations.invite(
            ask.db, by=ask.viewer, person_ids=others, own_text=own_text, keyring=ask.services.keyring, now=ask.now
        )


def _invite_page(ask: Ask, ids: list[int], form: Submitted[inputs.InviteToAccount], *, status: int = 200) -> Page:
    lines = listing.lines_of(ask.db, ids)
    waiting = [line for line in lines if not line.has_account]
    seats = _seats(ask, [line.id for line in waiting])
    people = tuple(Invited(one.id, one.name, seats[one.id].cohort_name if one.id in seats else "") for one in waiting)
    letter = _preview(ask, waiting[0], seats.get(waiting[0].id), form.get("own_text")) if waiting else None
    return render(INVITE, InvitePage(people, len(lines) - len(waiting), letter), status=status, form=form)


def _preview(ask: Ask, line: PersonLine, seat: EnrolmentFacts | None, own_text: str) -> Letter | None:
    """The letter as this person will read it; None for somebody without an address."""
    message = Message(
        key="preview",
        kind=cohorts.INVITATION if seat else "people.invitation",
        person_id=line.id,
        data={"enrolment_id": seat.id} if seat else {},
        own_text=own_text,
        reply_to_id=seat.contact_id if seat else ask.viewer.id,
        created_at=ask.now,
        send_at=ask.now,
    )
    try:
        return write(ask.db, message, Desk(ask.services.settings, ask.services.keyring, ask.now))
    except NotDue:
        return None
