"""The gespreksleider on her phone: who is there, which case, which method, how long still, and closing the list."""

from __future__ import annotations

from typing import Any, Final

from app.access import Permission
from app.intervision.methods.reading import Method, methods
from app.intervision.room import leading
from app.intervision.room.inputs import MethodChosen, StepGiven
from app.intervision.room.lead_page import LeadPage, lead_page
from app.kit.errors import Refused
from app.meetings.rules import Attendance, Mark
from app.web.kit.ask import Answer, Ask, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.meetings import ATTENDANCE_LOOKS
from app.web.words.rooms import CASE_LOOKS
from app.web.words.shared import N_

area = Area()
MARKS: Final = (Attendance.PRESENT, Attendance.ABSENT_NOTIFIED, Attendance.ABSENT)


@area.get("/gesprek/{meeting:id}", policy=Permission.SIGNED_IN, name="circle.show")
def show(ask: Ask, meeting: int) -> Answer:
    """One page for the whole afternoon."""
    return _shown(ask, meeting)


@area.post("/gesprek/{meeting:id}/lijst", policy=Permission.SIGNED_IN, name="circle.mark", back="/gesprek/{meeting:id}")
def mark(ask: Ask, meeting: int) -> Answer:
    """Keep who was there; with `do=settle` the list is closed in the same step."""
    page = lead_page(ask.db, ask.viewer, meeting, now=ask.now)
    raw = {name: [value] for name, value in ask.form.multi_items() if isinstance(value, str)}
    form: Submitted[Any] = Submitted(raw, ask.viewer.locale)
    marks = _read_marks(form, page)
    toast = N_("De lijst is bewaard.")
    if not form.errors:
        try:
            leading.mark(ask.db, by=ask.viewer, meeting_id=meeting, marks=marks, now=ask.now)
            if form.get("do") == "settle":
                leading.close(ask.db, by=ask.viewer, meeting_id=meeting, now=ask.now)
                toast = N_("De lijst is afgerond. Dank je wel!")
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/gesprek/{meeting}", toast=toast)
    return _shown(ask, meeting, marking=form)


@area.post(
    "/gesprek/{meeting:id}/methode", policy=Permission.SIGNED_IN, name="circle.begin", back="/gesprek/{meeting:id}"
)
def begin(ask: Ask, meeting: int) -> Answer:
    """Begin with a method; the time of its first step runs from now."""
    form = Submitted.read(MethodChosen, ask.form, ask.viewer.locale)
    page = lead_page(ask.db, ask.viewer, meeting, now=ask.now)
    if form.valid:
        try:
            leading.begin(ask.db, by=ask.viewer, meeting_id=page.meeting.id, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/gesprek/{meeting}")
    return _shown(ask, meeting, choosing=form)


@area.post("/gesprek/{meeting:id}/stap", policy=Permission.SIGNED_IN, name="circle.step", back="/gesprek/{meeting:id}")
def step(ask: Ask, meeting: int) -> Answer:
    """Go to another step; what a phone without a connection said comes with how long ago that was."""
    form = Submitted.read(StepGiven, ask.form, ask.viewer.locale)
    page = lead_page(ask.db, ask.viewer, meeting, now=ask.now)
    if form.valid:
        try:
            leading.go_to_step(ask.db, by=ask.viewer, meeting_id=page.meeting.id, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/gesprek/{meeting}")
    return _shown(ask, meeting, choosing=form)


def _read_marks(form: Submitted[Any], page: LeadPage) -> dict[int, Mark]:
    """The marks in the form. A mark that stands already is left alone, so that minutes an admin noted stay."""
    marks: dict[int, Mark] = {}
    for one in page.people:
        chosen = form.get(f"mark-{one.line.signup_id}")
        if chosen and chosen not in MARKS:
            form.add(f"mark-{one.line.signup_id}", "enum")
        elif chosen and chosen != _as_tapped(one.line.attendance):
            marks[one.line.signup_id] = Mark(Attendance(chosen))
    return marks


def _as_tapped(attendance: Attendance) -> str:
    return Attendance.PRESENT.value if attendance.was_there else attendance.value


def _shown(
    ask: Ask, meeting: int, *, marking: Submitted[Any] | None = None, choosing: Submitted[Any] | None = None
) -> Answer:
    page = lead_page(ask.db, ask.viewer, meeting, now=ask.now)
    known = {f"mark-{one.line.signup_id}": _as_tapped(one.line.attendance) for one in page.people}
    form: Submitted[Any] = marking or Submitted.blank(ask.viewer.locale, **known)
    locale = ask.viewer.locale
    running = methods().get(page.running.method) if page.running is not None else None
    blank: Submitted[Any] = Submitted.blank(locale, method=page.running.method if page.running else "incident")
    return render(
        "circle/page.html",
        page,
        status=200 if marking is None and choosing is None else 422,
        form=form,
        choosing=choosing or blank,
        marks=[(one.value, ATTENDANCE_LOOKS[one].word) for one in MARKS],
        methods=[(one.slug, one.name.of(locale), one.use.of(locale)) for one in methods().values()],
        method=running.name.of(locale) if running is not None else "",
        steps=_steps(running, ask),
        looks=CASE_LOOKS,
        now=ask.now,
        keeper=ask.viewer.id,
    )


def _steps(method: Method | None, ask: Ask) -> list[tuple[str, str, int]]:
    """Name, what to say, minutes."""
    locale = ask.viewer.locale
    return [(one.name.of(locale), one.say.of(locale), one.minutes) for one in method.steps] if method else []
