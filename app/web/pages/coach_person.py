"""One of a coach's people: her road, what was agreed, and the notes that both of them read."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import Session

from app.access import Permission
from app.kit.errors import Refused
from app.practice import inputs
from app.practice.actions import noting
from app.practice.notes import note_page
from app.practice.person_page import person_page
from app.theory import words_back
from app.theory.inputs import WordsBack
from app.theory.shared import note_read
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]
LISTS: Final = {"today": "/coach", "practice": "/beheer/praktijk"}


@area.get("/coach/mensen/{enrolment:id}", policy=Permission.SEE_COACHING, name="coach.person", own_transactions=True)
def show(ask: Ask, enrolment: int) -> Answer:
    """That an admin read what coach and professional wrote to each other is noted (domain.md 8.3b)."""
    return _looked_at(ask, enrolment)


@area.post(
    "/coach/mensen/{enrolment:id}/notitie",
    policy=Permission.SEE_COACHING,
    name="coach.write_note",
    own_transactions=True,
)
def write_note(ask: Ask, enrolment: int) -> Answer:
    form = Submitted.read(inputs.Note, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            with ask.services.database.writing() as db:
                noting.write_note(db, by=ask.viewer, enrolment_id=enrolment, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return _back(enrolment, N_("Je notitie is bewaard."))
    return _looked_at(ask, enrolment, note=form)


@area.get("/coach/mensen/{enrolment:id}/notitie/{note:id}", policy=Permission.SEE_COACHING, name="coach.note")
def note(ask: Ask, enrolment: int, note: int) -> Answer:
    page = note_page(ask.db, ask.viewer, enrolment_id=enrolment, note_id=note)
    form: Form = Submitted.blank(
        ask.viewer.locale, text=page.text, come_back_on=page.come_back_on, version=page.version
    )
    return render("coach/note.html", page, form=form)


@area.post("/coach/mensen/{enrolment:id}/notitie/{note:id}", policy=Permission.SEE_COACHING, name="coach.change_note")
def change_note(ask: Ask, enrolment: int, note: int) -> Answer:
    form = Submitted.read(inputs.Note, ask.form, ask.viewer.locale)
    page = note_page(ask.db, ask.viewer, enrolment_id=enrolment, note_id=note)
    if form.valid:
        which = {"enrolment_id": enrolment, "note_id": note}
        try:
            noting.change_note(ask.db, by=ask.viewer, **which, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
            if refused.code == "stale_note":  # sending it again is a choice
                form.raw["version"] = [str(page.version)]
        else:
            return _back(enrolment, N_("Je notitie is aangepast."))
    return render("coach/note.html", page, status=422, form=form)


@area.post(
    "/coach/mensen/{enrolment:id}/notitie/{note:id}/weg", policy=Permission.SEE_COACHING, name="coach.remove_note"
)
def remove_note(ask: Ask, enrolment: int, note: int) -> Answer:
    noting.remove_note(ask.db, by=ask.viewer, enrolment_id=enrolment, note_id=note, now=ask.now)
    return _back(enrolment, N_("De notitie is weg."))


@area.post(
    "/coach/mensen/{enrolment:id}/notitie/{note:id}/klaar",
    policy=Permission.SEE_COACHING,
    name="coach.settle_note",
    back="/coach/mensen/{enrolment:id}",
)
def settle_note(ask: Ask, enrolment: int, note: int) -> Answer:
    """From the page of the person, or from a work list: back to where the button was pressed."""
    noting.settle_note(ask.db, by=ask.viewer, enrolment_id=enrolment, note_id=note, now=ask.now)
    if (where := LISTS.get(str(ask.form.get("from")))) is not None:
        return redirect(where, toast=N_("Mooi, je bent erop teruggekomen."))
    return _back(enrolment, N_("Mooi, je bent erop teruggekomen."))


@area.post("/coach/mensen/{enrolment:id}/afspraak", policy=Permission.COACH, name="coach.mark_agreement")
def mark_agreement(ask: Ask, enrolment: int) -> Answer:
    noting.coached_enrolment(ask.db, by=ask.viewer, enrolment_id=enrolment)
    form = Submitted.read(inputs.KeptAgreement, ask.form, ask.viewer.locale)
    if form.valid:
        noting.mark_agreement(ask.db, by=ask.viewer, given=form.given, now=ask.now)
        return redirect(f"/coach/mensen/{enrolment}#as", toast=N_("Bewaard. Jullie zien het allebei."))
    return _page(ask, ask.db, enrolment, lost=form)


@area.post(
    "/coach/mensen/{enrolment:id}/antwoord/{answer:id}",
    policy=Permission.COACH,
    name="coach.read_answer",
    back="/coach/mensen/{enrolment:id}",
)
def read_answer(ask: Ask, enrolment: int, answer: int) -> Answer:
    """An open answer of a check was read; perhaps with words for who wrote it."""
    form = Submitted.read(WordsBack, ask.form, ask.viewer.locale)
    if form.valid:
        which = {"enrolment_id": enrolment, "answer_id": answer}
        try:
            words_back.read_answer(ask.db, by=ask.viewer, **which, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            toast = N_("Bewaard. Het staat bij de toets.") if form.given.words else N_("Gelezen.")
            return redirect(f"/coach/mensen/{enrolment}#antwoorden", toast=toast)
    noting.coached_enrolment(ask.db, by=ask.viewer, enrolment_id=enrolment)
    return _page(ask, ask.db, enrolment, words={answer: form})


def _back(enrolment: int, toast: str) -> Answer:
    return redirect(f"/coach/mensen/{enrolment}#notities", toast=toast)


def _looked_at(ask: Ask, enrolment: int, *, note: Form | None = None) -> Answer:
    """The page, and that it was looked at, in a transaction of its own, whatever came of the form.

    Of an admin who reads along; and of the coach where something was shared with her, which is new until then.
    """
    database = ask.services.database
    with database.reading() as db:
        answer = _page(ask, db, enrolment, note=note)
    page = answer.data["page"]
    if not page.mine and (page.notes or page.agreements or page.preparation or page.answers):
        with database.writing() as db:
            noting.note_looking(db, by=ask.viewer, enrolment_id=enrolment, now=ask.now)
    if page.mine and any(one.new for one in page.shared):
        with database.writing() as db:
            note_read(db, by=ask.viewer, enrolment=enrolment, now=ask.now)
    return answer


def _page(
    ask: Ask,
    db: Session,
    enrolment: int,
    *,
    note: Form | None = None,
    lost: Form | None = None,
    words: dict[int, Form] | None = None,
) -> Page:
    page, typed = person_page(db, ask.viewer, enrolment, now=ask.now), words or {}
    if note is not None and not page.may_note:
        note, lost = None, note
    blank = {
        one.id: Submitted[Any].blank(ask.viewer.locale, words=one.words, version=one.version) for one in page.answers
    }
    if set(typed) - set(blank):  # it was answered anew, or forgotten, in the meantime
        lost = next(iter(typed.values()))
    return render(
        "coach/person.html",
        page,
        status=200 if note is None and lost is None and not typed else 422,
        note=note or Submitted.blank(ask.viewer.locale),
        form=Submitted.blank(ask.viewer.locale),
        words=blank | typed,
        lost=lost,
        today=ask.today,
    )
