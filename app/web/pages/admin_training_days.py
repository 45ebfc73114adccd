"""Scholingsdagen for admins: planning, changing, calling off, who was there, and what was made up for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from app.access import Permission
from app.courses.cohorts import CohortFacts, cohort_facts
from app.courses.training_days import actions
from app.courses.training_days.inputs import MadeUp, OtherDay
from app.courses.training_days.queries import DayPage, day_page
from app.kit.errors import Refused
from app.kit.localtime import local
from app.meetings.inputs import Cancelled, MeetingGiven
from app.meetings.rules import SEATS_MAX, SEATS_MIN, AnswerTo, Attendance, Mark
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.meetings import ATTENDANCE_LOOKS, MEETING_LOOKS
from app.web.words.shared import N_
from app.web.words.training_days import MAKE_UP_WORDS

area = Area()
WHOLE_DAY: Final = {"starts": "09:30", "ends": "16:30", "net_minutes": 360}
MARKS: Final = (Attendance.PRESENT, Attendance.ABSENT_NOTIFIED, Attendance.ABSENT)
MINUTES_MAX: Final = 720
UNKNOWN: Final = "unknown"


@dataclass(frozen=True)
class DayForm:
    """The form of a day, new or changed. `told`: people with a seat, who hear of another day or place."""

    cohort_id: int
    cohort: str
    day_id: int | None = None
    version: int = 0
    told: int = 0


@area.get("/beheer/opleidingsgroepen/{cohort:id}/scholingsdag", policy=Permission.MANAGE, name="training_days.add_form")
def add_form(ask: Ask, cohort: int) -> Answer:
    """A new day, with the usual times and a seat for everybody filled in."""
    facts = cohort_facts(ask.db, ask.viewer, cohort)
    seats = min(max(facts.seats, SEATS_MIN), SEATS_MAX)
    form: Submitted[MeetingGiven] = Submitted.blank(ask.viewer.locale, seats=seats, **WHOLE_DAY)
    return render("training_days/form.html", _new(cohort, facts), form=form)


@area.post("/beheer/opleidingsgroepen/{cohort:id}/scholingsdag", policy=Permission.MANAGE, name="training_days.add")
def add(ask: Ask, cohort: int) -> Answer:
    """Plan it; everybody in training gets a seat and a mail."""
    facts = cohort_facts(ask.db, ask.viewer, cohort)
    form = Submitted.read(MeetingGiven, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            day_id = actions.add_day(ask.db, by=ask.viewer, cohort_id=cohort, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/scholingsdagen/{day_id}", toast=N_("De dag staat. Iedereen krijgt een plek."))
    return invalid("training_days/form.html", _new(cohort, facts), form=form)


@area.get("/beheer/scholingsdagen/{day:id}", policy=Permission.MANAGE, name="training_days.day")
def show(ask: Ask, day: int) -> Answer:
    """One day: who comes, who was there, who has it to make up for."""
    return _day(ask, day)


@area.get("/beheer/scholingsdagen/{day:id}/wijzigen", policy=Permission.MANAGE, name="training_days.change_form")
def change_form(ask: Ask, day: int) -> Answer:
    """The day as it is, to change."""
    page = day_page(ask.db, ask.viewer, day, now=ask.now)
    view = page.meeting
    starts, ends = local(view.starts_at), local(view.ends_at)
    names = ("net_minutes", "seats", "venue", "address", "link", "access", "food", "bring")
    form: Submitted[MeetingGiven] = Submitted.blank(
        ask.viewer.locale,
        day=starts.date(),
        starts=starts.strftime("%H:%M"),
        ends=ends.strftime("%H:%M"),
        **{name: getattr(view, name) for name in names},
    )
    return render("training_days/form.html", _changed(page), form=form)


@area.post(
    "/beheer/scholingsdagen/{day:id}/wijzigen/{version:id}", policy=Permission.MANAGE, name="training_days.change"
)
def change(ask: Ask, day: int, version: int) -> Answer:
    """Change it; who has a seat is told when day, time or place are others."""
    form = Submitted.read(MeetingGiven, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            told = actions.change_day(ask.db, by=ask.viewer, day_id=day, given=form.given, version=version, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            toast = N_("Verplaatst. Wie een plek heeft, krijgt een mail.") if told else N_("De dag is bewaard.")
            return redirect(f"/beheer/scholingsdagen/{day}", toast=toast)
    return invalid("training_days/form.html", _changed(day_page(ask.db, ask.viewer, day, now=ask.now)), form=form)


@area.get("/beheer/scholingsdagen/{day:id}/afzeggen", policy=Permission.MANAGE, name="training_days.cancel_form")
def cancel_form(ask: Ask, day: int) -> Answer:
    """How many people will be told."""
    form: Submitted[Cancelled] = Submitted.blank(ask.viewer.locale)
    return render("training_days/cancel.html", day_page(ask.db, ask.viewer, day, now=ask.now), form=form)


@area.post("/beheer/scholingsdagen/{day:id}/afzeggen", policy=Permission.MANAGE, name="training_days.cancel")
def cancel(ask: Ask, day: int) -> Answer:
    """Call it off, with the admin's own words in the mails."""
    page = day_page(ask.db, ask.viewer, day, now=ask.now)
    form = Submitted.read(Cancelled, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            actions.cancel_day(ask.db, by=ask.viewer, day_id=day, own_text=form.given.own_text, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            to = f"/beheer/opleidingsgroepen/{page.cohort_id}"
            return redirect(to, toast=N_("De dag gaat niet door. De mails gaan nu weg."))
    return invalid("training_days/cancel.html", page, form=form)


@area.post("/beheer/scholingsdagen/{day:id}/aanwezigheid", policy=Permission.MANAGE, name="training_days.mark")
def mark(ask: Ask, day: int) -> Answer:
    """Keep who was there; with `do=settle` the list is closed in the same step."""
    page = day_page(ask.db, ask.viewer, day, now=ask.now)
    raw = {name: [value] for name, value in ask.form.multi_items() if isinstance(value, str)}
    form: Submitted[Any] = Submitted(raw, ask.viewer.locale)
    marks = _read_marks(form, page)
    settle = form.get("do") == "settle"
    if not form.errors:
        try:
            actions.mark(ask.db, by=ask.viewer, day_id=day, marks=marks, settle=settle, now=ask.now)
        except Refused as refused:
            _say_who_lacks(form, page, refused)
        else:
            toast = N_("De lijst is afgerond.") if settle else N_("De lijst is bewaard.")
            return redirect(f"/beheer/scholingsdagen/{day}", toast=toast)
    return _day(ask, day, form, status=422)


@area.post("/beheer/scholingsdagen/{day:id}/heropenen", policy=Permission.MANAGE, name="training_days.reopen")
def reopen(ask: Ask, day: int) -> Answer:
    """Open a closed list again."""
    actions.reopen(ask.db, by=ask.viewer, day_id=day, now=ask.now)
    return redirect(f"/beheer/scholingsdagen/{day}", toast=N_("De lijst is weer open."))


@area.post("/beheer/scholingsdagen/{day:id}/ingehaald", policy=Permission.MANAGE, name="training_days.make_up")
def make_up(ask: Ask, day: int) -> Answer:
    """Somebody made up for this day."""
    form = Submitted.read(MadeUp, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            actions.make_up(ask.db, by=ask.viewer, day_id=day, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/scholingsdagen/{day}", toast=N_("Genoteerd: de dag is ingehaald."))
    return _day(ask, day, form, status=422)


@area.post(
    "/beheer/scholingsdagen/{day:id}/niet-ingehaald/{enrolment:id}",
    policy=Permission.MANAGE,
    name="training_days.take_back",
)
def take_back(ask: Ask, day: int, enrolment: int) -> Answer:
    """It was not made up for after all."""
    actions.take_back(ask.db, by=ask.viewer, day_id=day, enrolment_id=enrolment, now=ask.now)
    return redirect(f"/beheer/scholingsdagen/{day}", toast=N_("De dag staat weer open voor deze persoon."))


@area.post("/beheer/scholingsdagen/{day:id}/andere-dag", policy=Permission.MANAGE, name="training_days.elsewhere")
def elsewhere(ask: Ask, day: int) -> Answer:
    """Somebody comes to the day of another group instead."""
    form = Submitted.read(OtherDay, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            actions.go_elsewhere(
                ask.db, by=ask.viewer, day_id=day, given=form.given, keyring=ask.services.keyring, now=ask.now
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/scholingsdagen/{day}", toast=N_("De plek is geregeld. Er gaat een mail uit."))
    return _day(ask, day, form, status=422)


def _day(ask: Ask, day_id: int, form: Submitted[Any] | None = None, *, status: int = 200) -> Answer:
    page = day_page(ask.db, ask.viewer, day_id, now=ask.now)
    known: dict[str, object] = {}
    for row in page.rows:
        there = Attendance.PRESENT if row.attendance.was_there else row.attendance
        known[f"mark-{row.signup_id}"] = there or UNKNOWN
        known[f"minutes-{row.signup_id}"] = row.minutes if row.attendance is Attendance.PARTIAL else ""
    marks: Submitted[Any] = Submitted.blank(ask.viewer.locale, **known)
    return render(
        "training_days/day.html",
        page,
        status=status,
        form=form or marks,
        marks=[(mark.value, ATTENDANCE_LOOKS[mark].word) for mark in MARKS],
        ways=[(way.value, word) for way, word in MAKE_UP_WORDS.items()],
        looks=ATTENDANCE_LOOKS,
        meeting_looks=MEETING_LOOKS,
    )


def _read_marks(form: Submitted[Any], page: DayPage) -> dict[int, Mark]:
    """The marks in the form; `unknown` takes a mark away, and who is not in the form stays as she was."""
    marks: dict[int, Mark] = {}
    for row in page.rows:
        if row.signup_id is None or f"mark-{row.signup_id}" not in form.raw:
            continue
        chosen, minutes = form.get(f"mark-{row.signup_id}"), form.get(f"minutes-{row.signup_id}").strip()
        if chosen not in {UNKNOWN, *MARKS}:
            form.add(f"mark-{row.signup_id}", "enum")
        elif minutes and not (minutes.isascii() and minutes.isdigit() and int(minutes[:6]) <= MINUTES_MAX):
            form.add(f"minutes-{row.signup_id}", "minutes_wrong")
        elif chosen != UNKNOWN or row.attendance:
            known = Attendance.UNKNOWN if chosen == UNKNOWN else Attendance(chosen)
            marks[row.signup_id] = Mark(known, int(minutes) if minutes else None)
    return marks


def _say_who_lacks(form: Submitted[Any], page: DayPage, refused: Refused) -> None:
    """At whom nothing is filled in yet, instead of how many they are."""
    if refused.code == "marks_missing":
        for row in page.rows:
            if row.answer is AnswerTo.YES and form.get(f"mark-{row.signup_id}", UNKNOWN) == UNKNOWN:
                form.add(f"mark-{row.signup_id}", "unanswered")
    if not form.problems:
        form.refuse(refused)


def _new(cohort_id: int, facts: CohortFacts) -> DayForm:
    return DayForm(cohort_id, facts.name)


def _changed(page: DayPage) -> DayForm:
    return DayForm(page.cohort_id, page.cohort, page.id, page.meeting.version, page.seated)
