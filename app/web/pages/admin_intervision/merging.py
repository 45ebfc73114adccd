"""Putting a meeting together with another one of its round: who goes along, and what everybody hears."""

from __future__ import annotations

from dataclasses import dataclass

from app.access import Permission
from app.intervision.actions.merging import merge
from app.intervision.inputs import MergeGiven
from app.intervision.queries import rounds
from app.intervision.queries.rounds import SessionLine, SessionPage
from app.kit.errors import Refused
from app.meetings.rules import AnswerTo, MeetingState
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()


@dataclass(frozen=True)
class MergePage:
    """What putting a meeting into another would do. `others`: the meetings with room for everybody who goes along."""

    session: SessionPage
    others: list[SessionLine]
    going: list[str]
    silent: int
    possible: bool


@area.get(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/samenvoegen",
    policy=Permission.MANAGE,
    name="admin_intervision.merge_form",
)
def merge_form(ask: Ask, meeting: int) -> Answer:
    """Where its people can go, who they are, and which mails that sends."""
    form: Submitted[MergeGiven] = Submitted.blank(ask.viewer.locale)
    return render("admin_intervision/merge.html", _page(ask, meeting), form=form)


@area.post(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/samenvoegen",
    policy=Permission.MANAGE,
    name="admin_intervision.merge",
)
def merge_into(ask: Ask, meeting: int) -> Answer:
    """Move everybody to the other meeting and call this one off."""
    page = _page(ask, meeting)
    form = Submitted.read(MergeGiven, ask.form, ask.viewer.locale)
    if form.valid and form.given.into not in {line.meeting.id for line in page.others}:
        form.add("into", "merge_not_now")
    if form.valid:
        try:
            merge(
                ask.db,
                by=ask.viewer,
                meeting_id=meeting,
                into=form.given.into,
                keyring=ask.services.keyring,
                now=ask.now,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            toast = N_("Samengevoegd. De mails gaan nu weg.")
            return redirect(f"/beheer/intervisie/bijeenkomst/{form.given.into}", toast=toast)
    return invalid("admin_intervision/merge.html", page, form=form)


def _page(ask: Ask, meeting_id: int) -> MergePage:
    found = rounds.session_page(ask.db, meeting_id, now=ask.now)
    going = sorted(line.name for line in found.lines if line.answer is AnswerTo.YES)
    possible = found.session.meeting.state is MeetingState.PUBLISHED
    others = [
        line
        for line in rounds.round_page(ask.db, found.round.id, now=ask.now).sessions
        if line.meeting.id != meeting_id
        and line.meeting.state is MeetingState.PUBLISHED
        and line.meeting.free >= len(going)
        and not line.tally.waiting
    ]
    return MergePage(found, others if possible else [], going, found.silent, possible)
