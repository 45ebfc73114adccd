"""A lesson, check or assignment in the shape of a draft: what it is called, how long it takes, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from app.access import Permission
from app.courses.differing import Passage
from app.courses.drafts import actions, inputs, queries, shaping
from app.courses.drafts.queries import FileFacts
from app.courses.drafts.rules import Kind, kind_of, module_of, title_in
from app.courses.drafts.structure import asks_in, digest
from app.kit.errors import NotFound, Refused
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.pages.editor.structure_desk import TRIES, ShapeAsText, as_text, beside, desk_of, here, must_have_seen
from app.web.words.drafts import KIND_WORDS
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]
HERE: Final = "/beheer/opleidingen/{course:slug}/opbouw/onderdeel/{file:id}"
PARTS: Final = frozenset({Kind.LESSON, Kind.CHECK, Kind.ASSIGNMENT})


@dataclass(frozen=True)
class PartPage:
    """A part in a form. `writes`: where its text is written; `modules`: where a lesson may stand, none for others."""

    here: str
    back: str
    writes: str
    course: str
    name: str
    kind: Kind
    modules: tuple[tuple[str, str], ...]
    elsewhere: tuple[Passage, ...] | None
    stale: bool


@dataclass(frozen=True)
class PartGoesPage:
    """A part that may go. `asks`: so many questions and reflections in it go along."""

    back: str
    action: str
    title: str
    kind: Kind
    asks: int


@area.get(HERE, policy=Permission.EDIT_CONTENT, name="editor.part", own_transactions=True, at_length=True)
def show(ask: Ask, course: str, file: int) -> Answer:
    part = _read(ask, course, file)
    now = _now(part)
    form: Form = Submitted.blank(ask.viewer.locale, **now, seen=digest(now))
    try:
        return _shown(ask, course, part, form)
    except ShapeAsText:
        return as_text(ask, course)


@area.post(HERE, policy=Permission.EDIT_CONTENT, name="editor.keep_part", own_transactions=True, at_length=True)
def keep(ask: Ask, course: str, file: int) -> Answer:
    form: Form = Submitted.read(inputs.PartSaid, ask.form, ask.viewer.locale)
    part = _read(ask, course, file)
    try:
        if not form.valid:
            return _shown(ask, course, part, form, status=422)
        try:
            _kept(ask, course, part, form)
        except Refused as refused:
            return _shown(ask, course, part, form.refuse(refused), status=422, elsewhere=beside(refused))
    except ShapeAsText:
        return as_text(ask, course)
    return redirect(f"{here(course)}#f{file}", toast=N_("Bewaard in het concept."))


def _kept(ask: Ask, course: str, part: FileFacts, form: Form) -> None:
    """Keep what was typed in the text as it stands now; who writes at the rest of it meanwhile is not in the way.

    Raises: Refused.
    """
    from app.courses.files.course_text import with_top  # noqa: PLC0415 - few requests read courses

    top = {"title": form.given.title, "minutes": form.given.minutes}
    for tries in range(TRIES):
        now, stood = _now(part), module_of(part.path)
        module = (form.given.module or stood) if part.kind is Kind.LESSON else ""
        must_have_seen(form, top | ({"module": module} if "module" in now else {}), now)
        text = with_top(part.text or "", top)
        if text is None:
            raise Refused("check_odd")
        try:
            with ask.services.database.writing() as db:
                shaping.keep_part(
                    db,
                    by=ask.viewer,
                    slug=course,
                    file_id=part.id,
                    text=text,
                    version=part.version,
                    stood=stood,
                    module=module,
                    now=ask.now,
                )
        except Refused as refused:
            if refused.code != "stale_text" or tries == TRIES - 1:
                raise
            part = _read(ask, course, part.id)
        else:
            return


def _read(ask: Ask, course: str, file: int) -> FileFacts:
    """Raises: NotFound, also for what has no place in the shape."""
    actions.must_write(ask.viewer)
    with ask.services.database.reading(snapshot=True) as db:
        found = queries.file_facts(db, course, file)
    if found.kind not in PARTS or found.removed:
        raise NotFound
    return found


def _now(part: FileFacts) -> dict[str, Any]:
    """What the form asks; for a lesson also where it stands."""
    from app.courses.files.course_text import top_of  # noqa: PLC0415

    top = top_of(part.text or "")
    stands = {"module": module_of(part.path)} if part.kind is Kind.LESSON else {}
    return {"title": str(top.get("title") or ""), "minutes": top.get("minutes") or ""} | stands


def _writes(course: str, part: FileFacts) -> str:
    """Where its text is written; of a check, its questions."""
    file = f"/beheer/opleidingen/{course}/bestand/{part.id}"
    return f"/beheer/opleidingen/{course}/bestand/{part.id}/vragen" if part.kind is Kind.CHECK else file


def _shown(
    ask: Ask,
    course: str,
    part: FileFacts,
    form: Form,
    *,
    status: int = 200,
    elsewhere: tuple[Passage, ...] | None = None,
) -> Page:
    desk = desk_of(ask, course)
    own = module_of(part.path)
    titles = {one.slug: one.title or one.slug for one in desk.sheet.course.modules}
    modules = tuple(({own: own.replace("-", " ").capitalize()} | titles).items()) if own not in titles else None
    page = PartPage(
        here=f"{here(course)}/onderdeel/{part.id}",
        back=here(course),
        writes=_writes(course, part),
        course=desk.title,
        name=title_in(part.text) or part.path.rpartition("/")[2],
        kind=part.kind,
        modules=(modules or tuple(titles.items())) if part.kind is Kind.LESSON else (),
        elsewhere=elsewhere,
        stale=elsewhere is not None,
    )
    return render("editor/structure_part.html", page, status=status, form=form, kinds=KIND_WORDS)


@area.get(f"{HERE}/weg", policy=Permission.EDIT_CONTENT, name="editor.part_goes", own_transactions=True)
def goes(ask: Ask, course: str, file: int) -> Answer:
    """Asked first; it can come back until the draft is published."""
    part = _read(ask, course, file)
    page = PartGoesPage(
        back=here(course),
        action=f"/beheer/opleidingen/{course}/bestand/{file}/weg",
        title=title_in(part.text) or part.path.rpartition("/")[2],
        kind=kind_of(part.path),
        asks=asks_in(part.text),
    )
    return render("editor/structure_part_goes.html", page, form=Submitted.blank(ask.viewer.locale), kinds=KIND_WORDS)
