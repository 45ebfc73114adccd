"""My practice: the assignments of the own training, and the page on which one is done and handed in."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.access import Permission
from app.conversation.queries import new_in
from app.kit.errors import Forbidden, Refused
from app.kit.ids import read_id
from app.practice import inputs
from app.practice.actions import assessing, noting, records, visits
from app.practice.conflicts import Difference, preparation_differences, self_view_differences
from app.practice.own_practice import practice_list
from app.practice.queries import form_parts
from app.practice.record_page import RecordPage, record_page
from app.practice.rules.forms import self_gaps
from app.practice.together_page import together_page
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.reflections import PARTS
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]


@area.get("/praktijk", policy=Permission.FOLLOW_TRAINING, name="practice.list")
def assignments(ask: Ask) -> Answer:
    page = practice_list(ask.db, ask.viewer)
    if page is not None and len(page.rows) == 1 and page.rows[0].record_id is not None:
        return redirect(f"/praktijk/{page.rows[0].record_id}")
    return render("practice/list.html", page, form=Submitted.blank(ask.viewer.locale))


@area.post("/praktijk/begin", policy=Permission.FOLLOW_TRAINING, name="practice.begin")
def begin(ask: Ask) -> Answer:
    assignment_id = read_id(str(ask.form.get("assignment_id", "")))
    if assignment_id is None:
        return redirect("/praktijk")
    record = records.open_record(ask.db, by=ask.viewer, assignment_id=assignment_id, now=ask.now)
    return redirect(f"/praktijk/{record}")


@area.get("/praktijk/afspraken", policy=Permission.FOLLOW_TRAINING, name="practice.together")
def together(ask: Ask) -> Answer:
    return _together(ask)


@area.post("/praktijk/afspraken", policy=Permission.FOLLOW_TRAINING, name="practice.mark_agreement")
def mark_agreement(ask: Ask) -> Answer:
    form = Submitted.read(inputs.KeptAgreement, ask.form, ask.viewer.locale)
    if not form.valid:
        return _together(ask, status=422)
    noting.mark_agreement(ask.db, by=ask.viewer, given=form.given, now=ask.now)
    return redirect("/praktijk/afspraken", toast=N_("Bewaard. Jullie zien het allebei."))


def _together(ask: Ask, *, status: int = 200) -> Page:
    page, form = together_page(ask.db, ask.viewer), Submitted[Any].blank(ask.viewer.locale)
    return render("practice/together.html", page, status=status, form=form, today=ask.today)


@area.get("/praktijk/{record:id}", policy=Permission.SIGNED_IN, name="practice.record", own_transactions=True)
def show(ask: Ask, record: int) -> Answer:
    """The page of one assignment. That an admin opened somebody's scores is noted (domain.md 8.3b)."""
    database = ask.services.database
    with database.reading() as db:
        page = record_page(db, ask.viewer, record, now=ask.now)
        talk = new_in(db, ask.viewer, record)
    if ask.viewer.is_admin and not page.mine and (page.marks or page.results):
        with database.writing() as db:
            assessing.note_reading(db, by=ask.viewer, record_id=record, now=ask.now)
    return _shown(ask, page, talk=talk)


@area.post("/praktijk/{record:id}/voorbereiding", policy=Permission.FOLLOW_TRAINING, name="practice.prepare")
def prepare(ask: Ask, record: int) -> Answer:
    form = Submitted.read(inputs.Preparation, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            records.prepare(ask.db, by=ask.viewer, record_id=record, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
            if refused.code == "stale_preparation":
                return _stale(ask, record, form)
        else:
            return redirect(f"/praktijk/{record}", toast=N_("Je voorbereiding is bewaard."))
    return _page(ask, ask.db, record, prepare=form)


def _stale(ask: Ask, record: int, form: Form) -> Page:
    """Show what was saved elsewhere beside what was typed here; sending again is a choice."""
    page = record_page(ask.db, ask.viewer, record, now=ask.now)
    form.raw["version"] = [str(page.preparation.version if page.preparation else 0)]
    return _shown(
        ask,
        page,
        talk=new_in(ask.db, ask.viewer, record),
        prepare=form,
        elsewhere=preparation_differences(page.preparation, form.given),
    )


@area.post("/praktijk/{record:id}/zelf", policy=Permission.FOLLOW_TRAINING, name="practice.save_self_view")
def save_self_view(ask: Ask, record: int) -> Answer:
    """Keep the self-scores, whole or not. While she fills in the page sends them by itself."""
    form = _self_form(ask, record)
    typing = form.get("whole") == "typing"
    if form.valid:
        try:
            version = records.save_self_view(ask.db, by=ask.viewer, record_id=record, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
            if refused.code == "stale_self_view":
                return _stale_own(ask, record, form, typing=typing)
        else:
            if not typing:
                return redirect(f"/praktijk/{record}", toast=N_("Bewaard. Je kunt later verder."))
            form.raw["version"] = [str(version)]
            return _page(ask, ask.db, record, own=form, keeping="kept")
    return _page(ask, ask.db, record, own=form, keeping="failed" if typing else "")


def _stale_own(ask: Ask, record: int, form: Form, *, typing: bool = False) -> Page:
    """Show what was chosen elsewhere beside what was chosen here; sending again is a choice."""
    page = record_page(ask.db, ask.viewer, record, now=ask.now)
    if typing:
        return _shown(ask, page, own=form, keeping="stale")
    form.raw["version"] = [str(page.draft.version)]
    definition, rubric = form_parts(ask.db, ask.viewer, record)
    found = self_view_differences(page.draft, form.given, definition, rubric)
    return _shown(ask, page, own=form, elsewhere=found)


@area.post("/praktijk/{record:id}/inleveren", policy=Permission.FOLLOW_TRAINING, name="practice.submit")
def submit(ask: Ask, record: int) -> Answer:
    form = _self_form(ask, record)
    if form.valid:
        try:
            records.submit(ask.db, by=ask.viewer, record_id=record, given=form.given, now=ask.now)
        except Refused as refused:
            if refused.code == "stale_self_view":
                return _stale_own(ask, record, form.refuse(refused))
            _note_gaps(ask, record, form, refused)
        else:
            return redirect(f"/praktijk/{record}", toast=N_("Je werk is ingeleverd."))
    return _page(ask, ask.db, record, own=form)


@area.post("/praktijk/{record:id}/bezoek", policy=Permission.FOLLOW_TRAINING, name="practice.note_way")
def note_way(ask: Ask, record: int) -> Answer:
    """How the coach gets to the group, and whom to ask for there."""
    form = Submitted.read(inputs.TheWay, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            visits.note_the_way(ask.db, by=ask.viewer, record_id=record, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/praktijk/{record}", toast=N_("Bewaard. Jullie kunnen het allebei lezen."))
    return _page(ask, ask.db, record, way=form)


def _self_form(ask: Ask, record: int) -> Form:
    definition, rubric = form_parts(ask.db, ask.viewer, record)
    return Submitted.read(inputs.self_view(definition, rubric), ask.form, ask.viewer.locale)


def _note_gaps(ask: Ask, record: int, form: Form, refused: Refused) -> None:
    """All that is missing at once, instead of one thing at a time."""
    found = self_gaps(form.given.scores(), *form_parts(ask.db, ask.viewer, record))
    if refused.code not in {gap.code for gap in found}:
        form.refuse(refused)
        return
    for gap in found:
        form.add(gap.field, gap.code, title=gap.title)


def _page(
    ask: Ask,
    db: Session,
    record: int,
    *,
    prepare: Form | None = None,
    own: Form | None = None,
    way: Form | None = None,
    keeping: str = "",
) -> Page:
    """The page of one assignment; a form that came back carries its sentences and makes the status 422."""
    page = record_page(db, ask.viewer, record, now=ask.now)
    return _shown(ask, page, talk=new_in(db, ask.viewer, record), prepare=prepare, own=own, way=way, keeping=keeping)


def _shown(
    ask: Ask,
    page: RecordPage,
    *,
    talk: int = 0,
    prepare: Form | None = None,
    own: Form | None = None,
    way: Form | None = None,
    elsewhere: tuple[Difference, ...] = (),
    keeping: str = "",
) -> Page:
    """`keeping`: the page keeps the self-scores by itself, and hears how that went."""
    typed = prepare or own or way
    shown = page.may_prepare if prepare else page.may_note_way if way else page.may_hand_in
    if typed is not None and not page.mine:
        raise Forbidden
    return render(
        "practice/record.html",
        page,
        part="practice/_own_kept.html",
        status=200 if typed is None or keeping else 422,
        prepare=prepare or _prepare_form(ask, page),
        own=own or _own_form(ask, page),
        way=way
        or Submitted.blank(ask.viewer.locale, directions=page.way.directions, venue_contact=page.way.venue_contact),
        elsewhere=elsewhere,
        lost=None if shown else typed,
        keeping=keeping,
        keeper=ask.viewer.id,
        parts=PARTS,
        talk=talk,
    )


def _way_form(ask: Ask, page: RecordPage) -> Form:
    known = page.way
    return Submitted.blank(ask.viewer.locale, directions=known.directions, venue_contact=known.venue_contact)


def _prepare_form(ask: Ask, page: RecordPage) -> Form:
    written = page.preparation
    if written is None:
        return Submitted.blank(ask.viewer.locale, version=0)
    return Submitted.blank(
        ask.viewer.locale,
        goal=written.goal,
        session_plan=written.session_plan,
        learning_question=written.learning_question,
        version=written.version,
    )


def _own_form(ask: Ask, page: RecordPage) -> Form:
    scores = {f"self_{code}": level for code, level in page.draft.scores.items()}
    return Submitted.blank(ask.viewer.locale, note=page.draft.note, version=page.draft.version, **scores)
