"""Rounds of intervision for admins: the list, one round, and inviting the trainers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from app.access import Permission
from app.certification.queries import invitees
from app.courses.queries import interventions
from app.intervision.actions import rounds as planned
from app.intervision.inputs import ClosingGiven, InvitationGiven, RoundGiven
from app.intervision.queries import rounds
from app.intervision.queries.replies import replies
from app.intervision.queries.rounds import Batch, RoundPage
from app.intervision.rules import half_to_plan, next_halves
from app.kit.errors import NotFound, Refused
from app.letters.desk import Desk, Letter, NotDue, write
from app.outbox.tables import Message
from app.people.queries import cards
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.delivery import DAY_WORDS, PART_WORDS
from app.web.words.meetings import (
    FULL_LOOK,
    HALF_WORDS,
    MEETING_LOOKS,
    NO_FACILITATOR_LOOK,
    ROUND_LOOKS,
    TOO_SMALL_LOOK,
)
from app.web.words.shared import N_

area = Area()
OWN_TEXT = N_(
    "Het is weer tijd voor intervisie. Je bespreekt met andere trainers wat je meemaakt in je groepen. Kom je ook?"
)


@dataclass(frozen=True)
class NewRound:
    """What the form of a new round offers."""

    interventions: list[tuple[int, str]]
    halves: list[tuple[str, str]]
    years: list[tuple[int, str]]


@dataclass(frozen=True)
class InvitingPage:
    """The invitations before they go out: how many, to whom, and how the first one reads."""

    round: RoundPage
    count: int
    names: list[str]
    leaders: list[str]
    letter: Letter | None
    reply_to: str


@area.get("/beheer/intervisie", policy=Permission.MANAGE, name="admin_intervision.list")
def listing(ask: Ask) -> Answer:
    """Every round, the newest first."""
    return render("admin_intervision/list.html", rounds.rounds(ask.db, now=ask.now), **_looks())


@area.get("/beheer/intervisie/nieuw", policy=Permission.MANAGE, name="admin_intervision.new")
def new(ask: Ask) -> Answer:
    """The form of a new round, with the half-year that comes."""
    page = _new_round(ask)
    year, half = half_to_plan(ask.today)
    form: Submitted[RoundGiven] = Submitted.blank(
        ask.viewer.locale,
        intervention=page.interventions[0][0] if len(page.interventions) == 1 else None,
        year=year,
        half=half.value,
    )
    return render("admin_intervision/new.html", page, form=form)


@area.post("/beheer/intervisie/nieuw", policy=Permission.MANAGE, name="admin_intervision.make")
def make(ask: Ask) -> Answer:
    """Make a round; its first meeting comes next."""
    form = Submitted.read(RoundGiven, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            round_id = planned.make_round(ask.db, by=ask.viewer, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/intervisie/{round_id}", toast=N_("De ronde staat klaar. Plan de eerste dag."))
    return invalid("admin_intervision/new.html", _new_round(ask), form=form)


@area.get("/beheer/intervisie/{round:id}", policy=Permission.MANAGE, name="admin_intervision.round")
def one_round(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """One round with its meetings."""
    page = _round(ask, round)
    return render("admin_intervision/round.html", page, form=_closing_form(ask, page), **_beside(ask, page), **_looks())


@area.post("/beheer/intervisie/{round:id}/sluiten", policy=Permission.MANAGE, name="admin_intervision.closing")
def closing(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """Another last day to answer."""
    form = Submitted.read(ClosingGiven, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            planned.change_closing(ask.db, by=ask.viewer, round_id=round, day=form.given.signup_closes_on, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/intervisie/{round}", toast=N_("De laatste dag om te antwoorden is veranderd."))
    page = _round(ask, round)
    return invalid("admin_intervision/round.html", page, form=form, **_beside(ask, page), **_looks())


@area.get("/beheer/intervisie/{round:id}/uitnodigen", policy=Permission.MANAGE, name="admin_intervision.preview")
def preview(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """How the invitation reads for the first person."""
    form: Submitted[InvitationGiven] = Submitted.blank(ask.viewer.locale, own_text=OWN_TEXT)
    return render("admin_intervision/invite.html", _inviting(ask, round, OWN_TEXT), form=form, half=HALF_WORDS)


@area.post("/beheer/intervisie/{round:id}/uitnodigen", policy=Permission.MANAGE, name="admin_intervision.invite")
def invite(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """Look again with the own words, or send."""
    form = Submitted.read(InvitationGiven, ask.form, ask.viewer.locale)
    text = form.given.own_text if form.value else form.get("own_text")
    if form.valid and form.given.do == "preview":
        return render("admin_intervision/invite.html", _inviting(ask, round, text), form=form, half=HALF_WORDS)
    if form.valid:
        page = rounds.round_page(ask.db, round, now=ask.now)
        try:
            sent = planned.publish(
                ask.db,
                by=ask.viewer,
                round_id=round,
                invitees=invitees(ask.db, page.round.intervention_id, ask.today),
                own_text=text,
                keyring=ask.services.keyring,
                now=ask.now,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(
                f"/beheer/intervisie/{round}",
                toast=N_("De uitnodigingen gaan nu weg.") if sent > 1 else N_("De mail gaat nu weg."),
            )
    return invalid("admin_intervision/invite.html", _inviting(ask, round, text), form=form, half=HALF_WORDS)


def _round(ask: Ask, round_id: int) -> RoundPage:
    """One round. Without a place are those with a certificate, as on the work list."""
    page = rounds.round_page(ask.db, round_id, now=ask.now)
    if not page.without_place:
        return page
    trainers = invitees(ask.db, page.round.intervention_id, ask.today).person_ids
    return replace(page, without_place=len(trainers & rounds.without_place(ask.db, round_id, now=ask.now)))


def _beside(ask: Ask, page: RoundPage) -> dict[str, Any]:
    """What stands beside the meetings: who would be invited now, and who can come on none of the days."""
    return {
        "todo": _todo(ask, page),
        "replies": replies(ask.db, page.round.id),
        "day_words": DAY_WORDS,
        "part_words": PART_WORDS,
    }


def _new_round(ask: Ask) -> NewRound:
    halves = next_halves(ask.today)
    return NewRound(
        interventions=[(one.id, one.name) for one in interventions(ask.db)],
        halves=[(half.value, word) for half, word in HALF_WORDS.items()],
        years=[(year, str(year)) for year in sorted({year for year, _ in halves})],
    )


def _closing_form(ask: Ask, page: RoundPage) -> Submitted[ClosingGiven]:
    return Submitted.blank(ask.viewer.locale, signup_closes_on=page.round.signup_closes_on)


def _todo(ask: Ask, page: RoundPage) -> Batch:
    """Who would be invited to what now."""
    wanted = invitees(ask.db, page.round.intervention_id, ask.today)
    return rounds.batch(ask.db, page.round.id, wanted, now=ask.now)


def _inviting(ask: Ask, round_id: int, own_text: str) -> InvitingPage:
    page = rounds.round_page(ask.db, round_id, now=ask.now)
    todo = _todo(ask, page)
    people = cards(ask.db, todo.person_ids)
    first = min(people.values(), key=lambda card: card.name) if people else None
    mine = [meeting_id for meeting_id, person_id in todo.places if first and person_id == first.id]
    return InvitingPage(
        round=page,
        count=len(people),
        names=sorted(card.name for card in people.values()),
        leaders=sorted(card.name for card in cards(ask.db, {person_id for _, person_id in todo.leaders}).values()),
        letter=_letter(ask, round_id, first.id, mine, own_text) if first else None,
        reply_to=ask.viewer.name,
    )


def _letter(ask: Ask, round_id: int, person_id: int, meeting_ids: list[int], own_text: str) -> Letter | None:
    """The invitation as it would go out, written by the same hand; nothing of it is kept."""
    message = Message(
        key="preview",
        kind="intervision.invitation",
        person_id=person_id,
        data={"round_id": round_id, "meeting_ids": meeting_ids},
        created_at=ask.now,
        send_at=ask.now,
        own_text=own_text,
        reply_to_id=ask.viewer.id,
    )
    try:
        return write(ask.db, message, Desk(ask.services.settings, ask.services.keyring, ask.now))
    except (NotDue, NotFound):
        return None


def _looks() -> dict[str, Any]:
    return {
        "half": HALF_WORDS,
        "round_looks": ROUND_LOOKS,
        "meeting_looks": MEETING_LOOKS,
        "full_look": FULL_LOOK,
        "alone_look": NO_FACILITATOR_LOOK,
        "small_look": TOO_SMALL_LOOK,
    }
