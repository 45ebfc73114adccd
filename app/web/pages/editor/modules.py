"""A module of a draft in fields: what it is called, what opens it, and a new one or one that goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.orm import Session

from app.access import Permission
from app.courses.differing import Passage
from app.courses.drafts import actions, inputs, queries, shaping
from app.courses.drafts.reading import Stored, stored_in_draft, stored_in_edition
from app.courses.drafts.rules import SLUG, kind_of, module_of, title_in
from app.courses.drafts.structure import OF_MODULE, SHAPE, digest, facts_of, going_with, parts_of
from app.kit.errors import Refused
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.pages.editor.structure_desk import (
    ShapeAsText,
    ShapeDesk,
    as_text,
    beside,
    desk_at,
    desk_of,
    kept,
    must_have_seen,
)
from app.web.words.drafts import KIND_WORDS
from app.web.words.shared import N_

if TYPE_CHECKING:
    from app.courses.files.course_text import CourseText, HalfModule

area = Area()
Form = Submitted[Any]
HERE: Final = "/beheer/opleidingen/{course:slug}/opbouw"
TICKS: Final = ("safety", "available")


@dataclass(frozen=True)
class ModulePage:
    """A module in a form. `earlier`: modules that it can wait for; `elements`: core elements, by name.

    `elsewhere`: what somebody else kept meanwhile, where `stale`.
    """

    here: str
    title: str
    slug: str
    name: str
    earlier: tuple[tuple[str, str], ...]
    elements: tuple[tuple[str, str], ...]
    elsewhere: tuple[Passage, ...] | None
    stale: bool


@dataclass(frozen=True)
class NewModulePage:
    """A module that is not there yet. `loose`: lessons that it begins with, since they stand in no module."""

    here: str
    title: str
    loose: tuple[str, ...]


@dataclass(frozen=True)
class GoingPart:
    """What goes along: what it is and what it is called."""

    kind: str
    title: str


@dataclass(frozen=True)
class ModuleGoesPage:
    """A module that may go. `waiting`: titles of modules that wait for it; `only`: none other has to come first."""

    here: str
    course: str
    slug: str
    title: str
    parts: tuple[GoingPart, ...]
    waiting: tuple[str, ...]
    only: bool


# One that is there


@area.get(
    f"{HERE}/module/{{module:slug}}",
    policy=Permission.EDIT_CONTENT,
    name="editor.module",
    own_transactions=True,
    at_length=True,
)
def show(ask: Ask, course: str, module: str) -> Answer:
    try:
        desk = desk_of(ask, course)
    except ShapeAsText:
        return as_text(ask, course)
    now = facts_of(desk.module(module))
    ticks = {name: "on" if now[name] else "" for name in TICKS}
    return _shown(desk, module, Submitted.blank(ask.viewer.locale, **(now | ticks), seen=digest(now)))


@area.post(
    f"{HERE}/module/{{module:slug}}",
    policy=Permission.EDIT_CONTENT,
    name="editor.keep_module",
    own_transactions=True,
    at_length=True,
)
def keep(ask: Ask, course: str, module: str) -> Answer:
    form: Form = Submitted.read(inputs.ModuleSaid, ask.form, ask.viewer.locale)
    try:
        desk = desk_of(ask, course)
        if desk.sheet.module(module) is None and form.get("seen"):
            return _shown(desk, module, form.refuse(Refused("module_gone")), status=422)
        desk.module(module)
        if not form.valid:
            return _shown(desk, module, form, status=422)
        facts = _facts(form.given)
        try:
            kept(ask, desk, lambda sheet: _changed(sheet, module, form, facts), back_to=f"{desk.here}#m-{module}")
        except Refused as refused:
            return _shown(desk, module, form.refuse(refused), status=422, elsewhere=beside(refused))
    except ShapeAsText:
        return as_text(ask, course)
    return redirect(f"{desk.here}#m-{module}", toast=N_("Bewaard in het concept."))


def _changed(sheet: CourseText, module: str, form: Form, facts: Mapping[str, Any]) -> CourseText | None:
    from app.courses.files.course_text import with_module  # noqa: PLC0415 - few requests read courses

    there = sheet.module(module)
    if there is None:
        raise Refused("module_gone")
    must_have_seen(form, facts, facts_of(there))
    shaping.must_wait_well(sheet.course.modules, module, facts["after"])
    known = {one.slug for one in sheet.course.core_elements}
    if facts["core_element"] not in {None, there.core_element, *known}:
        raise Refused("unknown_core_element", "core_element")
    return with_module(sheet, module, facts)


def _facts(given: inputs.ModuleSaid) -> dict[str, Any]:
    facts = {name: getattr(given, name) for name in OF_MODULE}
    facts["after"] = list(dict.fromkeys(facts["after"]))
    return facts | {"core_element": given.core_element or None} | {name: bool(facts[name]) for name in TICKS}


def _shown(
    desk: ShapeDesk,
    module: str,
    form: Form,
    *,
    status: int = 200,
    elsewhere: tuple[Passage, ...] | None = None,
) -> Page:
    modules = desk.sheet.course.modules
    place = desk.sheet.place_of(module)
    titles = {one.slug: one.title or one.slug for one in modules}
    earlier = [one.slug for one in modules[: len(modules) if place is None else place]]
    ticked = [name for name in form.getlist("after") if name != module and SLUG.fullmatch(name)]
    there = desk.sheet.module(module)
    page = ModulePage(
        here=desk.here,
        title=desk.title,
        slug=module,
        name=there.title if there is not None else form.get("title"),
        earlier=tuple((name, titles.get(name, name)) for name in dict.fromkeys([*earlier, *ticked])),
        elements=tuple((one.slug, one.title or one.slug) for one in desk.sheet.course.core_elements if one.slug),
        elsewhere=elsewhere,
        stale=elsewhere is not None,
    )
    return render("editor/structure_module.html", page, status=status, form=form)


# A new one


@area.get(
    f"{HERE}/module", policy=Permission.EDIT_CONTENT, name="editor.new_module", own_transactions=True, at_length=True
)
def begin(ask: Ask, course: str) -> Answer:
    try:
        desk = desk_of(ask, course)
    except ShapeAsText:
        return as_text(ask, course)
    slug = ask.query.get("map", "")
    form: Form = Submitted.blank(ask.viewer.locale)
    if slug in _loose(ask, desk):
        before = _published(ask, desk, slug)
        told = {"title": before.title, "summary": before.summary} if before is not None else {}
        form = Submitted.blank(ask.viewer.locale, slug=slug, **told)
    return _new_shown(ask, desk, form)


@area.post(
    f"{HERE}/module", policy=Permission.EDIT_CONTENT, name="editor.add_module", own_transactions=True, at_length=True
)
def add(ask: Ask, course: str) -> Answer:
    """A module at the end. Without a lesson it is announced; with one it is open."""
    from app.courses.files.course_text import module_added  # noqa: PLC0415

    form: Form = Submitted.read(inputs.NewModule, ask.form, ask.viewer.locale)
    try:
        desk = desk_of(ask, course)
        if not form.valid:
            return _new_shown(ask, desk, form, status=422)
        given: inputs.NewModule = form.given
        loose = _loose(ask, desk)
        slug = given.slug if given.slug in loose else ""
        slug = slug or shaping.new_slug(given.title, desk.sheet.course.modules, _ever(ask, desk))
        open_now = bool(given.lesson) or slug in loose
        facts = {"slug": slug, "title": given.title, "summary": given.summary, "available": open_now, "safety": False}
        if slug in loose and (before := _published(ask, desk, slug)) is not None:
            facts |= {"core_element": before.core_element, "safety": before.safety}

        def change(sheet: CourseText) -> CourseText | None:
            if sheet.module(slug) is not None:
                raise Refused("module_is_there", "title")
            return module_added(sheet, facts)

        def write(db: Session, text: str, version: int) -> None:
            shaping.begin_module(
                db,
                by=ask.viewer,
                slug=course,
                file_id=desk.file.id,
                text=text,
                version=version,
                module=slug,
                lesson=given.lesson,
                now=ask.now,
            )

        try:
            kept(ask, desk, change, back_to=f"{desk.here}#m-{slug}", write=write)
        except Refused as refused:
            return _new_shown(ask, desk, form.refuse(refused), status=422)
    except ShapeAsText:
        return as_text(ask, course)
    return redirect(f"{desk.here}#m-{slug}", toast=N_("De module staat erbij."))


def _stored(ask: Ask, desk: ShapeDesk) -> Mapping[str, Stored]:
    with ask.services.database.reading(snapshot=True) as db:
        return stored_in_draft(db, desk.file.draft_id)


def _ever(ask: Ask, desk: ShapeDesk) -> set[str]:
    """The names of modules in the draft, those that were taken out of it, and those of every edition."""
    with ask.services.database.reading() as db:
        return queries.modules_ever(db, desk.course, desk.file.draft_id)


def _loose(ask: Ask, desk: ShapeDesk) -> Mapping[str, tuple[str, ...]]:
    """The lessons that stand in no module of the course, by the name of their folder."""
    found: dict[str, tuple[str, ...]] = {}
    for path, file in _stored(ask, desk).items():
        slug = module_of(path)
        if slug and desk.sheet.module(slug) is None and SLUG.fullmatch(slug):
            found[slug] = (*found.get(slug, ()), title_in(file.text) or path)
    return found


def _published(ask: Ask, desk: ShapeDesk, slug: str) -> HalfModule | None:
    """The module as the newest edition has it."""
    with ask.services.database.reading(snapshot=True) as db:
        editions = queries.editions_of_course(db, desk.course)
        stored = stored_in_edition(db, editions[0].id) if editions else {}
    if SHAPE not in stored:
        return None
    from app.courses.files.course_text import read_course  # noqa: PLC0415

    sheet = read_course(stored[SHAPE].text or "")
    return sheet.module(slug) if sheet is not None else None


def _new_shown(ask: Ask, desk: ShapeDesk, form: Form, *, status: int = 200) -> Page:
    loose = _loose(ask, desk).get(form.get("slug"), ())
    page = NewModulePage(desk.here, desk.title, loose)
    return render("editor/structure_new.html", page, status=status, form=form)


# One that goes


@area.get(
    f"{HERE}/module/{{module:slug}}/weg",
    policy=Permission.EDIT_CONTENT,
    name="editor.module_goes",
    own_transactions=True,
    at_length=True,
)
def goes(ask: Ask, course: str, module: str) -> Answer:
    try:
        return _asking(ask, course, module)
    except ShapeAsText:
        return as_text(ask, course)


@area.post(
    f"{HERE}/module/{{module:slug}}/weg",
    policy=Permission.EDIT_CONTENT,
    name="editor.remove_module",
    own_transactions=True,
    at_length=True,
)
def remove(ask: Ask, course: str, module: str) -> Answer:
    """With everything in it, as she was told."""
    from app.courses.files.course_text import without_module  # noqa: PLC0415

    form: Form = Submitted.read(inputs.Going, ask.form, ask.viewer.locale)
    try:
        desk = desk_of(ask, course)
        going = desk.module(module)

        def change(sheet: CourseText) -> CourseText | None:
            nonlocal going
            if len(sheet.course.modules) == 1:
                raise Refused("last_module")
            going = sheet.module(module) or going
            return without_module(sheet, module)

        def write(db: Session, text: str, version: int) -> None:
            shaping.drop_module(
                db,
                by=ask.viewer,
                slug=course,
                file_id=desk.file.id,
                text=text,
                version=version,
                module=going,
                seen=form.get("seen"),
                now=ask.now,
            )

        try:
            kept(ask, desk, change, write=write)
        except Refused as refused:
            return _asking(ask, course, module, form.refuse(refused))
    except ShapeAsText:
        return as_text(ask, course)
    toast = N_("De module is weg. Tot je publiceert, kun je de lessen terugzetten.")
    return redirect(f"{desk.here}#modules", toast=toast)


def _read(ask: Ask, course: str) -> tuple[ShapeDesk, Mapping[str, Stored]]:
    """The shape and all files at one moment. Raises: NotFound; ShapeAsText."""
    actions.must_write(ask.viewer)
    with ask.services.database.reading(snapshot=True) as db:
        file = queries.file_named(db, course, SHAPE)
        stored = stored_in_draft(db, file.draft_id)
    return desk_at(course, file), stored


def _asking(ask: Ask, course: str, module: str, form: Form | None = None) -> Page:
    desk, stored = _read(ask, course)
    there = desk.module(module)
    seen = going_with(there, {path: one.sha256 for path, one in stored.items()})
    if form is not None:
        form.raw["seen"] = [seen]
    others = [one for one in desk.sheet.course.modules if one.slug != module]
    page = ModuleGoesPage(
        here=desk.here,
        course=desk.title,
        slug=module,
        title=there.title or module,
        parts=tuple(
            GoingPart(KIND_WORDS[kind_of(path)], title_in(stored[path].text) or path)
            for path in sorted(parts_of(stored, module))
        ),
        waiting=tuple(one.title or one.slug for one in others if module in one.after),
        only=there.safety and not any(one.safety for one in others),
    )
    return render(
        "editor/structure_goes.html",
        page,
        status=200 if form is None else 422,
        form=form or Submitted.blank(ask.viewer.locale, seen=seen),
    )
