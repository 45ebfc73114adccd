"""One meeting of a round for admins: planning, changing, calling off, who was there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from app.access import Permission
from app.certification.queries import invitees
from app.intervision.actions import answering
from app.intervision.actions import rounds as planned
from app.intervision.inputs import SessionGiven
from app.intervision.queries import rounds
from app.intervision.queries.leaders import by_name, may_lead
from app.intervision.queries.rounds import RoundPage, SessionPage
from app.intervision.rules import Invitees
from app.kit.errors import NotFound, Refused
from app.kit.localtime import local
from app.meetings.actions import attendance
from app.meetings.inputs import Answered, Cancelled
from app.meetings.rules import NET_MINUTES, AnswerTo, Attendance, Mark
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.meetings import ATTENDANCE_LOOKS, HALF_WORDS, MEETING_LOOKS
from app.web.words.shared import N_

area = Area()
SEATS: Final = 12
MARKS: Final = (Attendance.PRESENT, Attendance.ABSENT_NOTIFIED, Attendance.ABSENT)
MINUTES_MAX: Final = 720
UNKNOWN: Final = "unknown"


@dataclass(frozen=True)
class MeetingForm:
    """The form of a meeting, new or changed. `told`: people with a seat, who hear of another day or place.

    `leaders` may lead it by their role, or lead it already; `trainers` may too, and can be many.
    """

    round: RoundPage
    leaders: list[tuple[int, str]]
    trainers: list[tuple[int, str]]
    meeting_id: int | None = None
    version: int = 0
    told: int = 0


@dataclass(frozen=True)
class CancelPage:
    """What calling a meeting off would do."""

    session: SessionPage
    seated: int
    silent: int


@area.get("/beheer/intervisie/{round:id}/bijeenkomst", policy=Permission.MANAGE, name="admin_intervision.add_form")
def add_form(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """A new meeting, with the usual times and places filled in."""
    form: Submitted[SessionGiven] = Submitted.blank(
        ask.viewer.locale, starts="13:30", ends="16:00", net_minutes=NET_MINUTES, seats=SEATS
    )
    return render("admin_intervision/meeting_form.html", _form_page(ask, round), form=form, half=HALF_WORDS)


@area.post("/beheer/intervisie/{round:id}/bijeenkomst", policy=Permission.MANAGE, name="admin_intervision.add")
def add(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """Plan a meeting; nobody hears of it until the invitations go out."""
    form = Submitted.read(SessionGiven, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            trainers = _trainers(ask, rounds.round_page(ask.db, round, now=ask.now).round.intervention_id)
            planned.add_session(ask.db, by=ask.viewer, round_id=round, given=form.given, now=ask.now, trainers=trainers)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/intervisie/{round}", toast=N_("De bijeenkomst staat in concept."))
    return invalid("admin_intervision/meeting_form.html", _form_page(ask, round), form=form, half=HALF_WORDS)


@area.get("/beheer/intervisie/bijeenkomst/{meeting:id}", policy=Permission.MANAGE, name="admin_intervision.meeting")
def show(ask: Ask, meeting: int) -> Answer:
    """One meeting: answers and seats."""
    return render("admin_intervision/meeting.html", _session(ask, meeting), form=_empty(ask), **_words())


@area.post(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/antwoord/{place:id}",
    policy=Permission.MANAGE,
    name="admin_intervision.answer",
)
def answer(ask: Ask, meeting: int, place: int) -> Answer:
    """Note what somebody said on the phone, by the same rules and with the same mails as her own answer."""
    page = _session(ask, meeting)
    if place not in {line.signup_id for line in page.lines}:
        raise NotFound
    form = Submitted.read(Answered, ask.form, ask.viewer.locale)
    if form.valid:
        said = form.given.answer
        try:
            if said == "wait":
                answering.wait(ask.db, signup_id=place, actor_id=ask.viewer.id, now=ask.now)
            else:
                answering.answer(ask.db, signup_id=place, answer=AnswerTo(said), actor_id=ask.viewer.id, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/intervisie/bijeenkomst/{meeting}", toast=N_("Het antwoord is genoteerd."))
    return invalid("admin_intervision/meeting.html", _session(ask, meeting), form=form, **_words())


@area.get(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/wijzigen",
    policy=Permission.MANAGE,
    name="admin_intervision.change_form",
)
def change_form(ask: Ask, meeting: int) -> Answer:
    """The meeting as it is, to change."""
    found = _session(ask, meeting).session
    view = found.meeting
    starts, ends = local(view.starts_at), local(view.ends_at)
    names = ("net_minutes", "seats", "venue", "address", "link", "access", "food", "bring")
    form: Submitted[SessionGiven] = Submitted.blank(
        ask.viewer.locale,
        day=starts.date(),
        starts=starts.strftime("%H:%M"),
        ends=ends.strftime("%H:%M"),
        facilitators=sorted(found.facilitator_ids),
        **{name: getattr(view, name) for name in names},
    )
    return render("admin_intervision/meeting_form.html", _change_page(ask, meeting), form=form, half=HALF_WORDS)


@area.post(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/wijzigen/{version:id}",
    policy=Permission.MANAGE,
    name="admin_intervision.change",
)
def change(ask: Ask, meeting: int, version: int) -> Answer:
    """Change it; who has a seat is told when day, time or place are others."""
    form = Submitted.read(SessionGiven, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            told = planned.change_session(
                ask.db,
                by=ask.viewer,
                meeting_id=meeting,
                given=form.given,
                version=version,
                keyring=ask.services.keyring,
                now=ask.now,
                trainers=_trainers(ask, _session(ask, meeting).round.intervention_id),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            toast = N_("Verplaatst. Wie een plek heeft, krijgt een mail.") if told else N_("De bijeenkomst is bewaard.")
            return redirect(f"/beheer/intervisie/bijeenkomst/{meeting}", toast=toast)
    return invalid("admin_intervision/meeting_form.html", _change_page(ask, meeting), form=form, half=HALF_WORDS)


@area.get(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/annuleren",
    policy=Permission.MANAGE,
    name="admin_intervision.cancel_form",
)
def cancel_form(ask: Ask, meeting: int) -> Answer:
    """How many people will be told."""
    form: Submitted[Cancelled] = Submitted.blank(ask.viewer.locale)
    return render("admin_intervision/cancel.html", _cancel_page(ask, meeting), form=form)


@area.post(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/annuleren",
    policy=Permission.MANAGE,
    name="admin_intervision.cancel",
)
def cancel(ask: Ask, meeting: int) -> Answer:
    """Call it off, with the admin's own words in the mails."""
    page = _cancel_page(ask, meeting)
    form = Submitted.read(Cancelled, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            planned.cancel_session(ask.db, by=ask.viewer, meeting_id=meeting, own_text=form.given.own_text, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            to = f"/beheer/intervisie/{page.session.round.id}"
            return redirect(to, toast=N_("De bijeenkomst gaat niet door. De mails gaan nu weg."))
    return invalid("admin_intervision/cancel.html", page, form=form)


@area.get(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/aanwezigheid",
    policy=Permission.MANAGE,
    name="admin_intervision.list_form",
)
def list_form(ask: Ask, meeting: int) -> Answer:
    """The list of the meeting. `iedereen`: everybody with a seat stands on present, to correct from there."""
    page = _session(ask, meeting)
    everybody = ask.query.get("iedereen") == "ja"
    known: dict[str, object] = {}
    for line in page.lines:
        there = Attendance.PRESENT if everybody and line.answer == "yes" and not line.attendance else line.attendance
        known[f"mark-{line.signup_id}"] = Attendance.PRESENT if there.was_there else there or UNKNOWN
        known[f"minutes-{line.signup_id}"] = line.minutes if line.attendance is Attendance.PARTIAL else ""
    form: Submitted[Any] = Submitted.blank(ask.viewer.locale, **known)
    return render("admin_intervision/attendance.html", page, form=form, marks=_marks(), **_words())


@area.post(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/aanwezigheid",
    policy=Permission.MANAGE,
    name="admin_intervision.mark",
)
def mark(ask: Ask, meeting: int) -> Answer:
    """Keep who was there; with `do=settle` the list is closed in the same step."""
    page = _session(ask, meeting)
    raw = {name: [value] for name, value in ask.form.multi_items() if isinstance(value, str)}
    form: Submitted[Any] = Submitted(raw, ask.viewer.locale)
    marks = _read_marks(form, page)
    toast = N_("De lijst is bewaard.")
    if not form.errors:
        try:
            attendance.mark_attendance(ask.db, by=ask.viewer, meeting_id=meeting, marks=marks, now=ask.now)
            if form.get("do") == "settle":
                attendance.settle(ask.db, by=ask.viewer, meeting_id=meeting, now=ask.now)
                toast = N_("De lijst is afgerond.")
        except Refused as refused:
            _say_who_lacks(form, page, refused)
        else:
            return redirect(f"/beheer/intervisie/bijeenkomst/{meeting}", toast=toast)
    return invalid("admin_intervision/attendance.html", page, form=form, marks=_marks(), **_words())


@area.post(
    "/beheer/intervisie/bijeenkomst/{meeting:id}/heropenen",
    policy=Permission.MANAGE,
    name="admin_intervision.reopen",
)
def reopen(ask: Ask, meeting: int) -> Answer:
    """Open a closed list again."""
    _session(ask, meeting)
    attendance.reopen(ask.db, by=ask.viewer, meeting_id=meeting, now=ask.now)
    return redirect(f"/beheer/intervisie/bijeenkomst/{meeting}/aanwezigheid", toast=N_("De lijst is weer open."))


def _session(ask: Ask, meeting_id: int) -> SessionPage:
    return rounds.session_page(ask.db, meeting_id, now=ask.now)


def _form_page(ask: Ask, round_id: int, **more: Any) -> MeetingForm:
    page = rounds.round_page(ask.db, round_id, now=ask.now)
    known = may_lead(ask.db) | {
        person_id
        for line in page.sessions
        if line.meeting.id == more.get("meeting_id")
        for person_id in line.facilitator_ids
    }
    trainers = _trainers(ask, page.round.intervention_id).person_ids - known
    return MeetingForm(page, by_name(ask.db, known), by_name(ask.db, trainers), **more)


def _trainers(ask: Ask, intervention_id: int) -> Invitees:
    return invitees(ask.db, intervention_id, ask.today)


def _change_page(ask: Ask, meeting_id: int) -> MeetingForm:
    found = _session(ask, meeting_id)
    view, tally = found.session.meeting, found.session.tally
    return _form_page(ask, found.round.id, meeting_id=meeting_id, version=view.version, told=tally.yes)


def _cancel_page(ask: Ask, meeting_id: int) -> CancelPage:
    found = _session(ask, meeting_id)
    return CancelPage(found, found.session.tally.yes, found.silent)


def _read_marks(form: Submitted[Any], page: SessionPage) -> dict[int, Mark]:
    """The marks in the form; `unknown` takes a mark away, and who is not in the form stays as she was."""
    marks: dict[int, Mark] = {}
    for line in page.lines:
        if f"mark-{line.signup_id}" not in form.raw:
            continue
        chosen, minutes = form.get(f"mark-{line.signup_id}"), form.get(f"minutes-{line.signup_id}").strip()
        if chosen not in {UNKNOWN, *MARKS}:
            form.add(f"mark-{line.signup_id}", "enum")
        elif minutes and not (minutes.isascii() and minutes.isdigit() and int(minutes[:6]) <= MINUTES_MAX):
            form.add(f"minutes-{line.signup_id}", "minutes_wrong")
        elif chosen != UNKNOWN or line.attendance:
            known = Attendance.UNKNOWN if chosen == UNKNOWN else Attendance(chosen)
            marks[line.signup_id] = Mark(known, int(minutes) if minutes else None)
    return marks


def _say_who_lacks(form: Submitted[Any], page: SessionPage, refused: Refused) -> None:
    """At whom nothing is filled in yet, instead of how many they are."""
    if refused.code == "marks_missing":
        for line in page.lines:
            if line.answer == "yes" and form.get(f"mark-{line.signup_id}", UNKNOWN) == UNKNOWN:
                form.add(f"mark-{line.signup_id}", "unanswered")
    if not form.problems:
        form.refuse(refused)


def _marks() -> list[tuple[str, str]]:
    return [(mark.value, ATTENDANCE_LOOKS[mark].word) for mark in MARKS]


def _empty(ask: Ask) -> Submitted[Any]:
    return Submitted.blank(ask.viewer.locale)


def _words() -> dict[str, Any]:
    return {"half": HALF_WORDS, "meeting_looks": MEETING_LOOKS, "attendance_looks": ATTENDANCE_LOOKS}
