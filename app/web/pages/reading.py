"""What somebody does while she reads: her place is kept, what she writes, answers and plays, and what she saves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.access import Permission
from app.courses.queries import reading_of
from app.kit.errors import Refused
from app.theory import counting, inputs, lessons
from app.theory.lesson_page import lesson_page
from app.theory.lesson_parts import Reflecting
from app.theory.lessons import Spot, Written
from app.theory.notebook import NotebookPage, notebook_page
from app.theory.print_page import module_page
from app.theory.rules import lesson_href
from app.web.kit.ask import Answer, Ask, Content, Page, redirect, render
from app.web.kit.forms import OWN_FIELDS, Submitted
from app.web.kit.lessons import Keeping, Typed, on_paper, shown
from app.web.kit.route import Area
from app.web.words.courses import WORDS
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]


@area.post("/opleiding/{course:slug}/{lesson:slug}/plek", policy=Permission.FOLLOW_TRAINING, name="reading.place")
def place(ask: Ask, course: str, lesson: str) -> Answer:
    """Where she is. The page sends it by itself, also when it is left."""
    form = Submitted.read(inputs.Place, ask.form, ask.viewer.locale)
    if form.valid:
        lessons.keep_place(ask.db, by=ask.viewer, at=Spot(course, lesson), given=form.given, now=ask.now)
    return _told({"state": "kept"}) if form.valid else _told({"state": "invalid"}, status=422)


@area.post("/opleiding/{course:slug}/{lesson:slug}/actief", policy=Permission.FOLLOW_TRAINING, name="reading.active")
def active(ask: Ask, course: str, lesson: str) -> Answer:
    """How long she was active in a lesson. The page sends it by itself, only in a course that says so."""
    form = Submitted.read(inputs.Active, ask.form, ask.viewer.locale)
    if not form.valid:
        return _told({"state": "invalid"}, status=422)
    measured = counting.note_active(ask.db, by=ask.viewer, at=Spot(course, lesson), given=form.given, now=ask.now)
    return _told({"state": "kept" if measured else "off"})


@area.post(
    "/opleiding/{course:slug}/{lesson:slug}/schrijven/{block:slug}",
    policy=Permission.FOLLOW_TRAINING,
    name="reading.write",
)
def write(ask: Ask, course: str, lesson: str, block: str) -> Answer:
    """Keep what she writes. While she types the page sends it by itself, and gets back the version that stands now."""
    form = Submitted.read(inputs.Words, ask.form, ask.viewer.locale)
    typing = form.get("whole") == "typing"
    kept: Written | None = None
    state = "failed"
    if form.valid:
        try:
            kept = lessons.keep_words(
                ask.db, by=ask.viewer, at=Spot(course, lesson, block), given=form.given, now=ask.now
            )
        except Refused as refused:
            form.refuse(refused)
            state = "stale" if refused.code == "stale_words" else "failed"
    if typing:
        return _kept(Keeping(course, lesson, block, state), form, kept)
    if ask.by_script:
        return _told({"state": "kept"}) if kept is not None else _told({"state": state}, status=422)
    if kept is not None and kept.gone:
        told = N_("Bewaard bij je notities: deze vraag staat niet meer in de les.")
        return redirect(f"/opleiding/{course}/mijn/notities", toast=told)
    if kept is not None:
        return redirect(f"{lesson_href(course, lesson)}#blok-{block}", toast=N_("Bewaard."))
    return _unkept(ask, Spot(course, lesson, block), form, state)


def _unkept(ask: Ask, at: Spot, form: Form, state: str) -> Page:
    """The lesson with the words that were not kept, and what stands there now when somebody kept it elsewhere."""
    block = at.block_id
    page = lesson_page(ask.db, ask.viewer, at.course_slug, at.lesson_slug, today=ask.today)
    now = next((one for one in page.parts if isinstance(one, Reflecting) and one.id == block), None)
    if now is not None and state == "stale":
        form.raw["version"] = [str(now.version)]
    typed = Typed(
        block,
        form,
        elsewhere=now.words if now is not None and state == "stale" else "",
        left=form.get("words") if now is None else "",
    )
    return shown(ask, page, form if now is None else None, typed=typed, status=422)


def _kept(page: Keeping, form: Form, kept: Written | None) -> Page:
    """The state of a reflection, for the page on which she goes on typing."""
    if kept is not None:
        form.raw["version"] = [str(kept.version)]
        page = replace(page, state="kept", saved_at=kept.saved_at, shared=kept.shared, withdrawn=kept.withdrawn)
    return render("lessons/typed.html", page, part="lessons/_typed.html", form=form)


@area.post(
    "/opleiding/{course:slug}/{lesson:slug}/delen/{block:slug}", policy=Permission.FOLLOW_TRAINING, name="reading.share"
)
def share(ask: Ask, course: str, lesson: str, block: str) -> Answer:
    """Let the coach read it, or no longer: one press, which sends what stands in the box along."""
    form = Submitted.read(inputs.Sharing, ask.form, ask.viewer.locale)
    at, state = Spot(course, lesson, block), "failed"
    if form.valid:
        try:
            lessons.share_words(ask.db, by=ask.viewer, at=at, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
            state = "stale" if refused.code == "stale_words" else "failed"
        else:
            told = N_("Je coach kan dit nu lezen.") if form.given.shared else N_("Alleen jij leest dit nu.")
            return redirect(f"{lesson_href(course, lesson)}#blok-{block}", toast=told)
    if "words" in form.raw:
        return _unkept(ask, at, form, state)
    page = lesson_page(ask.db, ask.viewer, course, lesson, today=ask.today)
    return shown(ask, page, form, status=422)


@area.post(
    "/opleiding/{course:slug}/{lesson:slug}/vraag/{block:slug}",
    policy=Permission.FOLLOW_TRAINING,
    name="reading.answer",
)
def answer(ask: Ask, course: str, lesson: str, block: str) -> Answer:
    """Look whether an answer is right, as often as she likes."""
    form = _as_it_came(ask)
    at = Spot(course, lesson, block)
    try:
        _, problems = lessons.answer_question(ask.db, by=ask.viewer, at=at, raw=form.getlist(block), now=ask.now)
    except Refused as refused:
        return _refused(ask, course, lesson, form, refused)
    for name, code in problems:
        form.add(name, code)
    if {name for name in form.raw if name not in OWN_FIELDS} - {block}:
        form.add("", "extra_forbidden")
    if form.problems:
        page = lesson_page(ask.db, ask.viewer, course, lesson, today=ask.today)
        return shown(ask, page, typed=Typed(block, form), status=422)
    return redirect(f"{lesson_href(course, lesson)}#blok-{block}")


@area.post(
    "/opleiding/{course:slug}/{lesson:slug}/gespeeld/{block:slug}",
    policy=Permission.FOLLOW_TRAINING,
    name="reading.played",
)
def played(ask: Ask, course: str, lesson: str, block: str) -> Answer:
    """Which parts of a film or sound were played. The page sends it by itself."""
    form = Submitted.read(inputs.Watched, ask.form, ask.viewer.locale)
    if not form.valid:
        return _told({"state": "invalid"}, status=422)
    at = Spot(course, lesson, block)
    done = lessons.note_played(ask.db, by=ask.viewer, at=at, given=form.given, now=ask.now)
    return _told({"state": "kept", "done": done})


@area.post(
    "/opleiding/{course:slug}/{lesson:slug}/notitie", policy=Permission.FOLLOW_TRAINING, name="reading.save_note"
)
def save_note(ask: Ask, course: str, lesson: str) -> Answer:
    form = Submitted.read(inputs.Note, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            lessons.save_note(ask.db, by=ask.viewer, at=Spot(course, lesson), given=form.given, now=ask.now)
        except Refused as refused:
            return _refused(ask, course, lesson, form, refused)
        else:
            told = N_("Je notitie is bewaard.") if form.given.words else N_("De passage is bewaard.")
            if reading_of(ask.db, ask.viewer, course).outline.lesson_of(lesson) is None:
                return redirect(f"/opleiding/{course}/mijn/notities", toast=told)
            place = form.given.anchor or "notities"
            return redirect(f"{lesson_href(course, lesson)}#{place}", toast=told)
    page = lesson_page(ask.db, ask.viewer, course, lesson, today=ask.today)
    return shown(ask, page, form, status=422)


@area.get("/opleiding/{course:slug}/mijn/notities", policy=Permission.FOLLOW_TRAINING, name="reading.notebook")
def notebook(ask: Ask, course: str) -> Answer:
    """All that she saved and wrote in this training."""
    return _noted(ask, notebook_page(ask.db, ask.viewer, course))


@area.post(
    "/opleiding/{course:slug}/mijn/notities/{note:id}", policy=Permission.FOLLOW_TRAINING, name="reading.change_note"
)
def change_note(ask: Ask, course: str, note: int) -> Answer:
    form = Submitted.read(inputs.NoteWords, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            lessons.change_note(ask.db, by=ask.viewer, course_slug=course, note_id=note, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/opleiding/{course}/mijn/notities#notitie-{note}", toast=N_("Je notitie is bewaard."))
    return _noted(ask, notebook_page(ask.db, ask.viewer, course), {note: form})


@area.post(
    "/opleiding/{course:slug}/mijn/notities/{note:id}/weg",
    policy=Permission.FOLLOW_TRAINING,
    name="reading.remove_note",
    back="/opleiding/{course:slug}/mijn/notities",
)
def remove_note(ask: Ask, course: str, note: int) -> Answer:
    lessons.remove_note(ask.db, by=ask.viewer, course_slug=course, note_id=note, now=ask.now)
    return redirect(f"/opleiding/{course}/mijn/notities", toast=N_("Je notitie is weg."))


@area.get("/opleiding/{course:slug}/module/{module:slug}", policy=Permission.SIGNED_IN, name="reading.module")
def module(ask: Ask, course: str, module: str) -> Answer:
    """A whole module on one page, to print or to keep as a PDF."""
    page = module_page(ask.db, ask.viewer, course, module, today=ask.today)
    texts = [tuple(on_paper(part, page.motif) for part in one.parts) for one in page.lessons]
    return render("lessons/module.html", page, texts=texts)


def _noted(ask: Ask, page: NotebookPage, typed: Mapping[int, Form] | None = None) -> Page:
    """The notes, each with its form; `typed`: one that came in and did not fit."""
    notes = (one for lesson in page.lessons for one in lesson.notes)
    blank: dict[int, Form] = {
        one.id: Submitted.blank(ask.viewer.locale, words=one.words, version=one.version) for one in notes
    }
    opened = next(iter(typed or ()), 0)
    return render(
        "lessons/notebook.html", page, status=422 if typed else 200, forms=blank | dict(typed or {}), opened=opened
    )


def _refused(ask: Ask, course: str, lesson: str, form: Form, refused: Refused) -> Answer:
    """The lesson as it is now with why it was refused; the course, where the lesson is not there any more."""
    if refused.code == "lesson_gone":
        return redirect(f"/opleiding/{course}", toast=WORDS[refused.code])
    page = lesson_page(ask.db, ask.viewer, course, lesson, today=ask.today)
    return shown(ask, page, form.refuse(refused), status=422)


def _as_it_came(ask: Ask) -> Form:
    """A form whose fields are those of a question, so there is no fixed model."""
    raw: dict[str, list[str]] = {}
    for name, given in ask.form.multi_items():
        if isinstance(given, str):
            raw.setdefault(name, []).append(given)
    form: Form = Submitted(raw, ask.viewer.locale)
    form.key = form.get("form_key", form.key)
    return form


def _told(what: dict[str, Any], *, status: int = 200) -> Content:
    """An answer for our own script."""
    return Content(status=status, body=json.dumps(what).encode(), media_type="application/json")
