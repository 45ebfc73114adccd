"""Reading a lesson, and the knowledge check at the end of a module."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from app.access import Permission
from app.kit.errors import Refused
from app.theory import actions, inputs
from app.theory.lesson_page import lesson_page
from app.theory.quizzes import QuizPage, attempt_page, quiz_page
from app.theory.rules import quiz_href, read_answers
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import OWN_FIELDS, Submitted
from app.web.kit.lessons import shown
from app.web.kit.route import Area
from app.web.words.shared import N_

area = Area()


@area.get("/opleiding/{course:slug}/{lesson:slug}", policy=Permission.SIGNED_IN, name="theory.lesson")
def lesson(ask: Ask, course: str, lesson: str) -> Answer:
    return shown(ask, lesson_page(ask.db, ask.viewer, course, lesson, today=ask.today))


@area.post("/opleiding/{course:slug}/{lesson:slug}", policy=Permission.FOLLOW_TRAINING, name="theory.finish")
def finish(ask: Ask, course: str, lesson: str) -> Answer:
    """The lesson is done; on to what follows. What was done without a connection says how long ago that was."""
    form = Submitted.read(inputs.Finished, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            to = actions.finish_lesson(
                ask.db,
                by=ask.viewer,
                course_slug=course,
                lesson_slug=lesson,
                now=ask.now,
                ago_s=form.given.ago,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(to, toast=N_("Les klaar."))
    page = lesson_page(ask.db, ask.viewer, course, lesson, today=ask.today)
    return shown(ask, page, form, status=422)


@area.get("/opleiding/{course:slug}/toets/{quiz:slug}", policy=Permission.SIGNED_IN, name="theory.quiz")
def quiz(ask: Ask, course: str, quiz: str) -> Answer:
    page = quiz_page(ask.db, ask.viewer, course, quiz, now=ask.now)
    form: Submitted[BaseModel] = Submitted.blank(ask.viewer.locale)
    return render("lessons/quiz.html", page, form=form)


@area.post("/opleiding/{course:slug}/toets/{quiz:slug}", policy=Permission.FOLLOW_TRAINING, name="theory.hand_in")
def hand_in(ask: Ask, course: str, quiz: str) -> Answer:
    """Every question is answered, or the form comes back with what was chosen."""
    page = quiz_page(ask.db, ask.viewer, course, quiz, now=ask.now)
    form = _read(ask)
    raw = {name: given for name, given in form.raw.items() if name not in OWN_FIELDS}
    answers, problems = read_answers(page.questions, raw)
    for name, code in problems:
        form.add(name, code)
    if not form.problems:
        try:
            number = actions.hand_in_quiz(
                ask.db, by=ask.viewer, course_slug=course, quiz_slug=quiz, answers=answers, now=ask.now
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"{quiz_href(course, quiz)}/poging/{number}")
    return _again(page, form)


def _again(page: QuizPage, form: Submitted[Any]) -> Answer:
    return invalid("lessons/quiz.html", page, form=form)


def _read(ask: Ask) -> Submitted[Any]:
    """The form as it came; its fields are the questions of this check, so there is no fixed model."""
    raw: dict[str, list[str]] = {}
    for name, given in ask.form.multi_items():
        if isinstance(given, str):
            raw.setdefault(name, []).append(given)
    form: Submitted[Any] = Submitted(raw, ask.viewer.locale)
    form.key = form.get("form_key", form.key)
    return form


@area.get(
    "/opleiding/{course:slug}/toets/{quiz:slug}/poging/{number:id}",
    policy=Permission.FOLLOW_TRAINING,
    name="theory.attempt",
)
def attempt(ask: Ask, course: str, quiz: str, number: int) -> Answer:
    return render("lessons/attempt.html", attempt_page(ask.db, ask.viewer, course, quiz, number, now=ask.now))
