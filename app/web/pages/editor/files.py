"""One file of a draft: written in fields where that can be, kept while somebody types, shown beside as it will read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData

from app.access import Permission
from app.courses.differing import Passage, passages_between
from app.courses.drafts import actions, queries, rules, scripts
from app.courses.drafts.queries import FileFacts
from app.courses.drafts.reading import Stored, named_in_draft
from app.courses.drafts.writing import MODELS, Mode, Remark, fields_of, mode_of, seen, text_from
from app.kit.errors import NotFound, Refused
from app.kit.storage import pieces_of
from app.theory.lesson_parts import FilePlace, LessonPicture, Part, parts_of, picture_of
from app.web.kit.ask import Answer, Ask, Page, Streamed, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.lessons import at_the_desk, forms_of
from app.web.kit.route import Area
from app.web.pages.editor.check_desk import done
from app.web.words.drafts import BLOCKS, KIND_WORDS, ROW_LOOKS
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]
MOTIF: Final = "hand"
"""Which picture belongs to its module is said elsewhere in the course."""
BODY_BYTES: Final = 4_000_000
"""A text of a megabyte grows in a form; one that is larger gets its sentence up to here."""
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class FilePage:
    """A file at the desk. `parts`: its text as it will be read; `at`: the line that somebody came for, 0: none.

    `elements`: core elements, for the cards of a script.
    `elsewhere`: what somebody else kept meanwhile beside what was typed here; None when nobody did, or too much.
    """

    slug: str
    course: str
    file: FileFacts
    mode: Mode
    title: str
    intro: str
    picture: LessonPicture | None
    parts: tuple[Part, ...]
    remarks: tuple[Remark, ...]
    pictures: tuple[tuple[str, str], ...]
    elements: tuple[tuple[str, str], ...]
    at: int
    elsewhere: tuple[Passage, ...] | None
    stale: bool

    @property
    def preview(self) -> bool:
        """Nothing that somebody does to the text as it reads is kept."""
        return True

    @property
    def course_slug(self) -> str:
        """As pages of lessons say it."""
        return self.slug


@dataclass(frozen=True)
class _Desk:
    """What was read at one moment. `stored`: what else is in the draft, without the other texts."""

    file: FileFacts
    stored: dict[str, Stored]

    @property
    def text(self) -> str:
        return self.file.text or ""

    @property
    def mode(self) -> Mode:
        return mode_of(self.file.path, self.file.text)


@area.get(
    "/beheer/opleidingen/{course:slug}/bestand/{file:id}",
    policy=Permission.EDIT_CONTENT,
    name="editor.file",
    own_transactions=True,
    at_length=True,
)
def show(ask: Ask, course: str, file: int) -> Answer:
    desk = _read(ask, course, file)
    return _shown(ask, course, desk)


@area.post(
    "/beheer/opleidingen/{course:slug}/bestand/{file:id}",
    policy=Permission.EDIT_CONTENT,
    name="editor.keep",
    own_transactions=True,
    at_length=True,
    body_bytes=BODY_BYTES,
)
def keep(ask: Ask, course: str, file: int) -> Answer:
    """Keep what was written. While somebody types the page sends it by itself, and gets back how it reads now."""
    desk = _read(ask, course, file)
    if desk.mode not in MODELS:
        raise NotFound
    form = _typed(ask, desk.mode)
    typing = form.get("whole") == "typing"
    if form.valid and form.get("rows"):
        _look(form)
    text = text_from(desk.mode, desk.text, form.given, form.raw) if form.valid else None
    if form.valid and text is None:
        form.refuse(Refused("head_broken", "rest" if desk.mode == "session" else "title"))
    if text is None:
        return _shown(ask, course, desk, form, keeping="failed" if typing else "")
    try:
        with ask.services.database.writing() as db:
            version = actions.keep_text(
                db, by=ask.viewer, slug=course, file_id=file, text=text, version=form.given.version, now=ask.now
            )
    except Refused as refused:
        form.refuse(refused)
        stale = refused.code == "stale_text"
        if typing:
            return _shown(ask, course, desk, form, text=text, keeping="stale" if stale else "failed")
        if stale:
            form.raw["version"] = [str(desk.file.version)]
        return _shown(ask, course, desk, form, text=text, stale=stale)
    if not typing:
        return redirect(f"/beheer/opleidingen/{course}{done(form)}#f{file}", toast=N_("Bewaard in het concept."))
    form.raw["version"] = [str(version)]
    return _shown(ask, course, _read(ask, course, file), form, text=text, keeping="kept")


@area.get(
    "/beheer/opleidingen/{course:slug}/inhoud/{name:file}",
    policy=Permission.EDIT_CONTENT,
    name="editor.content",
    own_transactions=True,
)
def content(ask: Ask, course: str, name: str) -> Answer:
    """A picture or media of a draft; no transaction waits for the store."""
    actions.must_write(ask.viewer)
    with ask.services.database.reading() as db:
        found = queries.stored_file(db, course, name)
    storage = ask.services.storage

    def pieces(start: int, end: int) -> Iterator[bytes]:
        try:
            yield from pieces_of(storage, found.key, start, end)
        except FileNotFoundError as gone:
            raise NotFound from gone

    shows = found.media_type.startswith(("image/webp", "video/", "audio/"))
    return Streamed(
        size=found.size,
        pieces=pieces,
        tag=found.sha256,
        media_type=found.media_type,
        filename=None if shows else name,
        headers=dict(HEADERS),
    )


def _typed(ask: Ask, mode: Mode) -> Form:
    """The form; the rows of a script are as many as somebody made."""
    pairs = ask.form.multi_items()
    rows = scripts.typed(pairs) if mode == "session" else {}
    form: Form = Submitted.read(
        MODELS[mode], FormData([(name, given) for name, given in pairs if name not in rows]), ask.viewer.locale
    )
    form.raw |= scripts.numbered(rows)
    return form


def _look(form: Form) -> None:
    """Note what is too much for a script."""
    try:
        scripts.must_fit(form.raw, form.get("materials"))
    except Refused as refused:
        form.refuse(refused)


def _read(ask: Ask, course: str, file: int) -> _Desk:
    """Raises: NotFound."""
    actions.must_write(ask.viewer)
    with ask.services.database.reading(snapshot=True) as db:
        found = queries.file_facts(db, course, file)
        return _Desk(found, named_in_draft(db, found.draft_id))


def _shown(
    ask: Ask,
    course: str,
    desk: _Desk,
    typed: Form | None = None,
    *,
    text: str | None = None,
    stale: bool = False,
    keeping: str = "",
) -> Page:
    """The page; while somebody types, the part of it that says what was kept and how it reads."""
    fields = fields_of(desk.mode, desk.text) if desk.mode != "file" else {}
    blank: Form = Submitted.blank(ask.viewer.locale, version=desk.file.version, **fields)
    page = _page(ask, course, desk, desk.text if text is None else text, stale=stale)
    parts = at_the_desk(page.parts, MOTIF)
    form = typed or blank
    return render(
        "editor/file.html",
        page,
        part="editor/_kept.html",
        status=422 if typed is not None and not keeping else 200,
        form=form,
        rows=scripts.counts(form.raw),
        script=scripts.read(form.raw, page.elements) if form.get("rows") else None,
        row_looks=ROW_LOOKS,
        rows_most=scripts.ROWS_MOST,
        keeping=keeping,
        keeper=ask.viewer.id,
        now=ask.now,
        blocks=BLOCKS,
        kinds=KIND_WORDS,
        parts=parts,
        forms=forms_of(parts, ask.viewer.locale),
        typed=None,
    )


def _page(ask: Ask, course: str, desk: _Desk, text: str, *, stale: bool) -> FilePage:
    file, place = desk.file, ask.query.get("regel", "")
    looks = seen(file.path, text, desk.mode, desk.stored, ask.services.storage) if desk.mode != "file" else None
    head, shelf = desk.stored.get("course.yaml"), _shelf(course)
    line = int(place) if place.isascii() and place.isdigit() and len(place) < 7 else 0
    return FilePage(
        slug=course,
        course=queries.title_of_course(head, course),
        file=file,
        mode=desk.mode,
        title=looks.title if looks is not None else "",
        intro=looks.intro if looks is not None else "",
        picture=picture_of(shelf, looks.image) if looks is not None and looks.image else None,
        parts=tuple(parts_of(looks.html, looks.blocks, shelf)) if looks is not None else (),
        remarks=looks.remarks if looks is not None else (),
        pictures=_pictures(desk, text),
        elements=scripts.elements_in(head.text) if head is not None and desk.mode == "session" else (),
        at=max(line - rules.lines_above(file.path, file.text), 0) if desk.mode != "text" else line,
        elsewhere=passages_between(desk.text, text) if stale else None,
        stale=stale,
    )


def _shelf(course: str) -> FilePlace:
    here = f"/beheer/opleidingen/{course}/inhoud/"
    return FilePlace(here, here)


def _pictures(desk: _Desk, text: str) -> tuple[tuple[str, str], ...]:
    """What can stand above a lesson; also what stands there now and is no picture of the course."""
    names = [path.removeprefix("images/") for path in desk.stored if path.startswith("images/")]
    now = fields_of(desk.mode, text).get("image", "") if desk.mode == "lesson" else ""
    return tuple((name, name) for name in dict.fromkeys([*names, now]) if name)
