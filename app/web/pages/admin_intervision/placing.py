"""Giving a seat to everybody without one: the planner's proposal, what an admin makes of it, and taking it back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.access import Permission
from app.certification.queries import invitees
from app.intervision.actions import placing, seating
from app.intervision.planner.model import Wishes
from app.intervision.planner.plan import form_groups
from app.intervision.planner.solving import best
from app.intervision.queries.placing import Asked, asked, intervention_of
from app.intervision.queries.proposals import ProposalPage, proposal_page
from app.kit.errors import NotFound, Refused
from app.kit.ids import read_id
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.meetings import HALF_WORDS
from app.web.words.placing import OUTCOME_WORDS, UNPLACED_WORDS, WHY_WORDS
from app.web.words.shared import N_

area = Area()
PAGE = "admin_intervision/placing/page.html"
EFFECT = "admin_intervision/placing/_effect.html"
TO = "naar-"
NOBODY = "geen"


@area.get("/beheer/intervisie/{round:id}/plaatsen", policy=Permission.MANAGE, name="admin_intervision.placing")
def show(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """The newest proposal, or the question to make one."""
    page = _page(ask, round)
    return render(PAGE, page, form=_form(ask, page), **_words())


@area.post(
    "/beheer/intervisie/{round:id}/plaatsen/voorstel",
    policy=Permission.MANAGE,
    name="admin_intervision.propose",
    own_transactions=True,
    heavy=True,
)
def propose(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """Let the planner think, away from the database; the newest proposal stands in place of the older one."""
    to = f"/beheer/intervisie/{round}/plaatsen"
    with ask.services.database.reading() as db:
        trainers = invitees(db, intervention_of(db, round), ask.today).person_ids
        told = asked(db, round, trainers, now=ask.now)
    _refuse_nothing_to_do(told)
    plan = form_groups(told.people, told.slots, told.rules, Wishes(), seed=round, solve=best)
    with ask.writing(back_to=to) as db:
        placing.keep_proposal(db, by=ask.viewer, round_id=round, plan=plan, now=ask.now)
    return redirect(to, toast=N_("Het voorstel staat klaar. Er is nog niemand geplaatst."))


@area.post("/beheer/intervisie/{round:id}/plaatsen", policy=Permission.MANAGE, name="admin_intervision.place")
def place(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """Keep what was chosen and show what it does (`do=look`), or give the seats."""
    raw = {name: [value] for name, value in ask.form.multi_items() if isinstance(value, str)}
    form: Submitted[Any] = Submitted(raw, ask.viewer.locale)
    proposal_id = read_id(form.get("proposal")) or 0
    try:
        placing.choose(ask.db, round_id=round, proposal_id=proposal_id, chosen=_chosen(form))
        if form.get("do") == "look":
            page = _page(ask, round)
            return render(PAGE, page, form=_form(ask, page), part=EFFECT, **_words())
        result = placing.accept(ask.db, by=ask.viewer, round_id=round, proposal_id=proposal_id, now=ask.now)
    except Refused as refused:
        form.refuse(refused)
        page = _page(ask, round)
        return invalid(PAGE, page, form=replace(_form(ask, page), problems=form.problems), **_words())
    toast = N_("Niet iedereen kon nog geplaatst worden.") if result.failed else N_("Geplaatst. De mails gaan nu weg.")
    return redirect(f"/beheer/intervisie/{round}/plaatsen", toast=toast)


@area.post("/beheer/intervisie/{round:id}/plaatsen/terug", policy=Permission.MANAGE, name="admin_intervision.unplace")
def unplace(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """Take the seats of a proposal back."""
    proposal_id = read_id(str(ask.form.get("proposal", ""))) or 0
    result = placing.undo(ask.db, by=ask.viewer, round_id=round, proposal_id=proposal_id, now=ask.now)
    toast = N_("Teruggedraaid, maar wie zelf antwoordde houdt de plek.") if result.failed else N_("Teruggedraaid.")
    return redirect(f"/beheer/intervisie/{round}/plaatsen", toast=toast)


@area.post(
    "/beheer/intervisie/{round:id}/plaatsen/tafels", policy=Permission.MANAGE, name="admin_intervision.all_tables"
)
def all_tables(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """Make the tables of every meeting ahead that has none."""
    _page(ask, round)
    made = seating.seat_everywhere(ask.db, by=ask.viewer, round_id=round, now=ask.now)
    toast = N_("De tafels zijn gemaakt.") if made else N_("Alle bijeenkomsten hebben al tafels.")
    return redirect(f"/beheer/intervisie/{round}/plaatsen", toast=toast)


def _page(ask: Ask, round_id: int) -> ProposalPage:
    trainers = invitees(ask.db, intervention_of(ask.db, round_id), ask.today).person_ids
    return proposal_page(ask.db, round_id, trainers, now=ask.now)


def _form(ask: Ask, page: ProposalPage) -> Submitted[Any]:
    known = {f"{TO}{line.id}": line.chosen.id if line.chosen else NOBODY for line in page.lines}
    return Submitted.blank(ask.viewer.locale, proposal=page.proposal_id, **known)


def _chosen(form: Submitted[Any]) -> dict[int, int | None]:
    """The meeting of each line, if any. Raises: NotFound for what no page of ours sends."""
    chosen: dict[int, int | None] = {}
    for name in form.raw:
        if name.startswith(TO):
            line, meeting = read_id(name.removeprefix(TO)), read_id(form.get(name))
            if line is None or (meeting is None and form.get(name) != NOBODY):
                raise NotFound
            chosen[line] = meeting
    return chosen


def _refuse_nothing_to_do(told: Asked) -> None:
    if not told.slots:
        raise Refused("no_meeting_ahead")
    if not told.to_place:
        raise Refused("nobody_to_place")


def _words() -> dict[str, Any]:
    return {"half": HALF_WORDS, "why": WHY_WORDS, "why_not": WHY_WORDS | UNPLACED_WORDS, "outcomes": OUTCOME_WORDS}
