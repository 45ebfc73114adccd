"""The shape of a draft without YAML: what the course is called, its modules with what opens them, and their lessons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.access import Permission
from app.courses.differing import Passage
from app.courses.drafts import actions, inputs, queries, shaping
from app.courses.drafts.reading import checks_of
from app.courses.drafts.structure import OF_COURSE, SHAPE, Shape, digest, shape_of
from app.kit.errors import Refused
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.pages.editor.structure_desk import (
    ShapeAsText,
    as_text,
    beside,
    desk_at,
    desk_of,
    here,
    kept,
    must_have_seen,
)
from app.web.words.drafts import KIND_ICONS, KIND_WORDS
from app.web.words.shared import N_

if TYPE_CHECKING:
    from app.courses.files.course_text import CourseText

area = Area()
Form = Submitted[Any]
HERE: Final = "/beheer/opleidingen/{course:slug}/opbouw"
LANGUAGES: Final = (("nl", N_("Nederlands")), ("en", N_("Engels")))


@dataclass(frozen=True)
class CourseFacts:
    """What is said of the course as a whole. `elements`: its core elements by name."""

    summary: str
    target_group: str
    intervention_name: str
    language: str
    sample: bool
    active_minutes: bool
    elements: tuple[str, ...]


@dataclass(frozen=True)
class StructurePage:
    """The shape of a draft. `file`: of its text; `removed`: so many parts were taken out and can come back.

    `focus`: the button that moved something and led here, for who presses it again.
    """

    slug: str
    title: str
    facts: CourseFacts
    shape: Shape
    file: int
    removed: int
    focus: str


@dataclass(frozen=True)
class FactsPage:
    """The facts of a course in a form. `elsewhere`: what somebody else kept meanwhile, where `stale`."""

    here: str
    title: str
    elsewhere: tuple[Passage, ...] | None
    stale: bool


@area.get(HERE, policy=Permission.EDIT_CONTENT, name="editor.structure", own_transactions=True, at_length=True)
def show(ask: Ask, course: str) -> Answer:
    try:
        return _shown(ask, course)
    except ShapeAsText:
        return as_text(ask, course)


@area.post(
    f"{HERE}/les", policy=Permission.EDIT_CONTENT, name="editor.lay_lesson", own_transactions=True, at_length=True
)
def add_lesson(ask: Ask, course: str) -> Answer:
    """A lesson at the end of a module; who shapes a course writes it later."""
    form: Form = Submitted.read(inputs.NewLesson, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            with ask.writing(back_to=here(course)) as db:
                file = actions.add_lesson(
                    db, by=ask.viewer, slug=course, module=form.given.module, title=form.given.title, now=ask.now
                )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"{here(course)}#f{file}", toast=N_("De les staat erbij."))
    try:
        return _shown(ask, course, form)
    except ShapeAsText:
        return as_text(ask, course)


@area.post(
    f"{HERE}/module/{{module:slug}}/plek",
    policy=Permission.EDIT_CONTENT,
    name="editor.move_module",
    own_transactions=True,
    at_length=True,
    back=HERE,
)
def move_module(ask: Ask, course: str, module: str) -> Answer:
    """One place up or down."""
    from app.courses.files.course_text import module_moved  # noqa: PLC0415 - few requests read courses

    up = ask.form.get("do") != "down"
    back_to = f"{here(course)}?na={'up' if up else 'down'}-m-{module}"

    def change(sheet: CourseText) -> CourseText | None:
        shaping.must_move_well(sheet.course.modules, module, up=up)
        return module_moved(sheet, module, up=up)

    try:
        desk = desk_of(ask, course)
        desk.module(module)
        try:
            kept(ask, desk, change, back_to=back_to)
        except Refused as refused:
            return _shown(ask, course, Submitted.blank(ask.viewer.locale).refuse(refused))
    except ShapeAsText:
        return as_text(ask, course)
    return redirect(back_to)


def _shown(ask: Ask, course: str, form: Form | None = None) -> Page:
    """Raises: NotFound; ShapeAsText."""
    actions.must_write(ask.viewer)
    with ask.services.database.reading(snapshot=True) as db:
        draft = queries.read_draft(db, course)
        file = queries.file_named(db, course, SHAPE)
        checks = checks_of(db)
    desk = desk_at(course, file)
    found = checks.problems((draft.facts.id, draft.facts.version), draft.stored, ask.services.storage)
    ids = {path: id_ for id_, path, removed in draft.rows if removed is None}
    said = desk.sheet.course
    facts = CourseFacts(
        summary=said.summary,
        target_group=said.target_group,
        intervention_name=said.intervention_name,
        language=said.language,
        sample=said.sample,
        active_minutes=said.active_minutes,
        elements=tuple(one.title for one in said.core_elements if one.title),
    )
    removed = sum(gone is not None for _, _, gone in draft.rows)
    shape = shape_of(desk.sheet, draft.stored, ids, found)
    page = StructurePage(course, desk.title, facts, shape, file.id, removed, ask.query.get("na", ""))
    blank: Form = Submitted.blank(ask.viewer.locale)
    return render(
        "editor/structure.html",
        page,
        status=422 if form is not None else 200,
        form=form or blank,
        fresh=blank,
        kinds=KIND_WORDS,
        icons=KIND_ICONS,
        languages=dict(LANGUAGES),
    )


# The facts of the course


@area.get(
    f"{HERE}/gegevens", policy=Permission.EDIT_CONTENT, name="editor.facts", own_transactions=True, at_length=True
)
def facts_form(ask: Ask, course: str) -> Answer:
    try:
        return _facts_shown(ask, course)
    except ShapeAsText:
        return as_text(ask, course)


@area.post(
    f"{HERE}/gegevens", policy=Permission.EDIT_CONTENT, name="editor.keep_facts", own_transactions=True, at_length=True
)
def keep_facts(ask: Ask, course: str) -> Answer:
    from app.courses.files.course_text import with_course  # noqa: PLC0415

    form: Form = Submitted.read(inputs.CourseSaid, ask.form, ask.viewer.locale)
    try:
        if not form.valid:
            return _facts_shown(ask, course, form)
        facts = {name: getattr(form.given, name) for name in OF_COURSE}
        facts |= {name: bool(facts[name]) for name in ("sample", "active_minutes")}
        desk = desk_of(ask, course)

        def change(sheet: CourseText) -> CourseText | None:
            must_have_seen(form, facts, _now(sheet.course))
            return with_course(sheet, facts)

        try:
            kept(ask, desk, change)
        except Refused as refused:
            return _facts_shown(ask, course, form.refuse(refused), beside(refused))
    except ShapeAsText:
        return as_text(ask, course)
    return redirect(desk.here, toast=N_("Bewaard in het concept."))


def _now(said: object) -> dict[str, Any]:
    return {name: getattr(said, name) for name in OF_COURSE}


def _facts_shown(ask: Ask, course: str, form: Form | None = None, elsewhere: tuple[Passage, ...] | None = None) -> Page:
    desk = desk_of(ask, course)
    now = _now(desk.sheet.course)
    ticks = {name: "on" if now[name] else "" for name in ("sample", "active_minutes")}
    blank: Form = Submitted.blank(ask.viewer.locale, **(now | ticks), seen=digest(now))
    page = FactsPage(desk.here, desk.title, elsewhere, stale=elsewhere is not None)
    status = 200 if form is None else 422
    return render("editor/structure_facts.html", page, status=status, form=form or blank, languages=LANGUAGES)
