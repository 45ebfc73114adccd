"""Bijlezen: what is new to a trainer, piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from app.access import Permission
from app.kit.errors import NotFound
from app.kit.i18n import translations
from app.theory.updates import task_instead, update_lesson, update_page, update_session
from app.theory.updating import Piece, read
from app.web.kit.ask import Answer, Ask, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.lessons import illustrated, with_news
from app.web.kit.news import marked
from app.web.kit.route import Area
from app.web.words.editions import PART_WORDS
from app.web.words.shared import N_

area = Area()


@area.get("/bijlezen/{task:id}", policy=Permission.SIGNED_IN, name="updates.show")
def show(ask: Ask, task: int) -> Answer:
    return _or_instead(ask, task, lambda: _list(ask, task))


def _list(ask: Ask, task: int) -> Answer:
    page = update_page(ask.db, ask.viewer, task, today=ask.today)
    return render("updates/page.html", page, part_words=PART_WORDS)


@area.get("/bijlezen/{task:id}/verder", policy=Permission.SIGNED_IN, name="updates.next")
def go_on(ask: Ask, task: int) -> Answer:
    """On to the first piece that is not read yet."""
    return _or_instead(ask, task, lambda: redirect(_next(ask, task)))


def _or_instead(ask: Ask, task: int, answer: Callable[[], Answer]) -> Answer:
    """The answer, or on to what she reads now where a newer edition replaced the task. Raises: NotFound."""
    try:
        return answer()
    except NotFound:
        instead = task_instead(ask.db, ask.viewer, task)
    if instead is None:
        return redirect("/traject", toast=N_("Er kwam een nieuwere editie. Je hoeft nu niets te lezen."))
    return redirect(f"/bijlezen/{instead}", toast=N_("Er kwam een nieuwere editie. Dit lees je nu."))


@area.get("/bijlezen/{task:id}/les/{lesson:slug}", policy=Permission.SIGNED_IN, name="updates.lesson")
def lesson(ask: Ask, task: int, lesson: str) -> Answer:
    return _or_instead(ask, task, lambda: _lesson(ask, task, lesson))


def _lesson(ask: Ask, task: int, slug: str) -> Answer:
    page, place = update_lesson(ask.db, ask.viewer, task, slug)
    parts = [with_news(illustrated(part, page.motif), page.new_ids, ask.viewer.locale) for part in page.parts]
    return render("updates/lesson.html", page, place=place, form=_form(ask), parts=parts)


@area.post("/bijlezen/{task:id}/les/{lesson:slug}", policy=Permission.SIGNED_IN, name="updates.read_lesson")
def read_lesson(ask: Ask, task: int, lesson: str) -> Answer:
    return _read(ask, task, ("lesson", lesson))


@area.get("/bijlezen/{task:id}/bijeenkomst/{session:slug}", policy=Permission.SIGNED_IN, name="updates.session")
def session(ask: Ask, task: int, session: str) -> Answer:
    return _or_instead(ask, task, lambda: _session(ask, task, session))


def _session(ask: Ask, task: int, slug: str) -> Answer:
    page, place = update_session(ask.db, ask.viewer, task, slug)
    background = marked(page.html, page.new_ids, _new(ask))
    return render("updates/session.html", page, place=place, form=_form(ask), background=background)


@area.post("/bijlezen/{task:id}/bijeenkomst/{session:slug}", policy=Permission.SIGNED_IN, name="updates.read_session")
def read_session(ask: Ask, task: int, session: str) -> Answer:
    return _read(ask, task, ("session", session))


def _read(ask: Ask, task: int, piece: Piece) -> Answer:
    read(ask.db, by=ask.viewer, task_id=task, piece=piece, now=ask.now)
    return _or_instead(ask, task, lambda: redirect(_next(ask, task), toast=N_("Gelezen.")))


def _next(ask: Ask, task: int) -> str:
    """The first piece that is left, or the list that says that she is up to date."""
    page = update_page(ask.db, ask.viewer, task, today=ask.today)
    return page.next.href if page.next else f"/bijlezen/{task}"


def _form(ask: Ask) -> Submitted[BaseModel]:
    blank: Submitted[Any] = Submitted.blank(ask.viewer.locale)
    return blank


def _new(ask: Ask) -> str:
    return translations(ask.viewer.locale).gettext("Nieuw")
