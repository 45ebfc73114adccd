"""Editions of a course: what is new in one, moving people to it, and asking trainers to read it."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.datastructures import FormData, UploadFile

from app.access import Permission
from app.certification.keeping_up import deciding
from app.certification.keeping_up import trainers as trainers_of
from app.courses.changes import editions_in
from app.courses.inputs import Asked, Move, Stay, StayNoMore
from app.kit.errors import Refused
from app.theory import staying, updates, updating
from app.theory.moving import edition_in
from app.theory.moving import move as move_people
from app.theory.moving_page import Choice, EditionPage, MovePage, edition_page, move_page
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.editions import CHANGE_LOOKS, PART_WORDS
from app.web.words.shared import N_

area = Area()


@area.get("/beheer/opleidingen/{course:slug}/edities/{number:id}", policy=Permission.MANAGE, name="editions.show")
def show(ask: Ask, course: str, number: int) -> Answer:
    page = edition_page(ask.db, ask.viewer, course, number)
    form = _looked_for(ask)  # who comes back to choose others
    return _page(ask, page, form=form if form.raw and form.valid else None)


@area.get(
    "/beheer/opleidingen/{course:slug}/edities/{number:id}/verplaatsen", policy=Permission.MANAGE, name="editions.look"
)
def look(ask: Ask, course: str, number: int) -> Answer:
    """What a move would do to each. The choice stands in the address, so that coming back to it is harmless."""
    form = _looked_for(ask)
    edition = f"/beheer/opleidingen/{course}/edities/{number}"
    if not form.raw:
        edition_in(ask.db, ask.viewer, course, number)
        return redirect(edition)
    if not form.valid:
        return _page(ask, edition_page(ask.db, ask.viewer, course, number), form=form, status=422)
    try:
        return render("editions/move.html", _move_page(ask, course, number, form.given), form=form)
    except Refused as refused:
        if refused.code == "nobody_to_move" and (form.given.group or form.given.who):
            return redirect(edition, toast=N_("Wie je koos, is al verplaatst."))
        return _page(ask, edition_page(ask.db, ask.viewer, course, number), form=form.refuse(refused), status=422)


@area.post(
    "/beheer/opleidingen/{course:slug}/edities/{number:id}/verplaatsen", policy=Permission.MANAGE, name="editions.move"
)
def move(ask: Ask, course: str, number: int) -> Answer:
    """Move those who stood on the page that was looked at."""
    form = Submitted.read(Move, ask.form, ask.viewer.locale)
    if not form.valid:
        return _page(ask, edition_page(ask.db, ask.viewer, course, number), form=form, status=422)
    given = form.given
    try:
        count = move_people(
            ask.db,
            by=ask.viewer,
            course_slug=course,
            number=number,
            enrolment_ids=given.who,
            chosen=set(given.read),
            deciding=partial(deciding, ask.db),
            also=given.also,
            now=ask.now,
        )
    except Refused as refused:
        form.refuse(refused)
        if refused.code == "waits_for_decision":  # since she was looked at
            return render("editions/move.html", _move_page(ask, course, number, given), form=form, status=422)
        return _page(ask, edition_page(ask.db, ask.viewer, course, number), form=form, status=422)
    toast = N_("Verplaatst: 1 persoon.") if count == 1 else N_("Iedereen die je koos, is verplaatst.")
    return redirect(f"/beheer/opleidingen/{course}/edities/{number}", toast=toast)


def _looked_for(ask: Ask) -> Submitted[Move]:
    """The choice in the address, which the page itself made: what else stands there is left alone."""
    given = ask.request.query_params.multi_items()
    named: list[tuple[str, str | UploadFile]] = [
        (name, part) for name, text in given if name in Move.model_fields for part in text.split(",")
    ]
    return Submitted.read(Move, FormData(named), ask.viewer.locale)


def _move_page(ask: Ask, course: str, number: int, given: Move) -> MovePage:
    return move_page(
        ask.db,
        ask.viewer,
        course,
        number,
        choice=Choice(tuple(given.group), tuple(given.who), tuple(given.read), frozenset(given.also)),
        deciding=partial(deciding, ask.db),
        today=ask.today,
    )


@area.post(
    "/beheer/opleidingen/{course:slug}/edities/{number:id}/trainers",
    policy=Permission.MANAGE,
    name="editions.ask_trainers",
)
def ask_trainers(ask: Ask, course: str, number: int) -> Answer:
    """Trainers read what is new to them."""
    form = Submitted.read(Asked, ask.form, ask.viewer.locale)
    page = edition_page(ask.db, ask.viewer, course, number)
    if form.valid:
        try:
            updating.ask(
                ask.db,
                by=ask.viewer,
                course_slug=course,
                number=number,
                chosen=form.given.chosen(),
                trainers=trainers_of(ask.db, page.edition.intervention_id, ask.today),
                now=ask.now,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            back = f"/beheer/opleidingen/{course}/edities/{number}#trainers"
            return redirect(back, toast=N_("Gevraagd. De trainers krijgen een mail."))
    return _page(ask, page, ask_form=form, status=422)


@area.post(
    "/beheer/opleidingen/{course:slug}/edities/{number:id}/blijven", policy=Permission.MANAGE, name="editions.leave"
)
def leave(ask: Ask, course: str, number: int) -> Answer:
    """The edition asks nothing of who follows an older one, or of trainers."""
    form = Submitted.read(Stay, ask.form, ask.viewer.locale)
    page = edition_page(ask.db, ask.viewer, course, number)
    if form.valid:
        given = form.given
        try:
            staying.leave(
                ask.db,
                by=ask.viewer,
                course_slug=course,
                number=number,
                about=given.about,
                reason=given.reason,
                now=ask.now,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(
                _part(course, number, given.about), toast=N_("Besloten. Het staat niet meer op de werklijst.")
            )
    return _page(ask, page, stay_form=form, status=422)


@area.post(
    "/beheer/opleidingen/{course:slug}/edities/{number:id}/blijven/terug",
    policy=Permission.MANAGE,
    name="editions.leave_no_more",
)
def leave_no_more(ask: Ask, course: str, number: int) -> Answer:
    """Such a decision is taken back."""
    form = Submitted.read(StayNoMore, ask.form, ask.viewer.locale)
    if not form.valid:
        return _page(ask, edition_page(ask.db, ask.viewer, course, number), stay_form=form, status=422)
    about = form.given.about
    staying.leave_no_more(ask.db, by=ask.viewer, course_slug=course, number=number, about=about, now=ask.now)
    return redirect(_part(course, number, about), toast=N_("Teruggenomen. Het staat weer op de werklijst."))


def _part(course: str, number: int, about: str) -> str:
    """The part of the page of an edition that is about people in training, or about trainers."""
    return f"/beheer/opleidingen/{course}/edities/{number}#{'mensen' if about == staying.PEOPLE else 'trainers'}"


def _page(
    ask: Ask,
    page: EditionPage,
    *,
    form: Submitted[Move] | None = None,
    ask_form: Submitted[Asked] | None = None,
    stay_form: Submitted[Any] | None = None,
    status: int = 200,
) -> Page:
    trainers = trainers_of(ask.db, page.edition.intervention_id, ask.today).person_ids
    offer = updates.offer(ask.db, editions_in(ask.db, page.course_slug), page.edition)
    usual = [":".join(piece) for piece in offer.usual] if offer else []
    again = [one.slug for one in page.changed if one.to_read_again]
    return render(
        "editions/edition.html",
        page,
        status=status,
        form=form or Submitted.blank(ask.viewer.locale, read=again),
        ask_form=ask_form or Submitted.blank(ask.viewer.locale, pieces=usual),
        stay_forms={
            about: stay_form if stay_form and stay_form.get("about") == about else Submitted.blank(ask.viewer.locale)
            for about in (staying.PEOPLE, staying.TRAINERS)
        },
        stays=staying.stays_of(ask.db, page.edition.id) if page.newest else {},
        offer=offer,
        asked=updates.update_progress(ask.db, page.edition.id, trainers, today=ask.today),
        trainers=len(trainers),
        looks=CHANGE_LOOKS,
        part_words=PART_WORDS,
    )
