"""The courses that authors work at, and the outline of the draft of one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from app.access import Permission, may
from app.courses.drafts import actions, checks, inputs, outline, queries, starting
from app.courses.drafts.outline import Outline
from app.courses.drafts.queries import EditionFacts
from app.courses.drafts.reading import checks_of
from app.kit.errors import NotFound, Refused
from app.kit.i18n import Locale
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.pages.editor.check_desk import done_before
from app.web.words.drafts import KIND_ICONS, KIND_WORDS, ROW_LOOKS, WHAT_LOOKS
from app.web.words.shared import N_

area = Area()
DOCS: Final = Path(__file__).parents[4] / "docs"
GUIDES: Final[dict[Locale, str]] = {"nl": "cursus-schrijven.md", "en": "cursus-schrijven.en.md"}
Form = Submitted[Any]


@dataclass(frozen=True)
class OutlinePage:
    """The draft of a course, or where one begins. `editions`: the newest first. `moves`: she may move people to one.

    `writers`: whose words are in the draft and in no edition. `done`: the key of the form that was kept just now.
    """

    slug: str
    title: str
    editions: tuple[EditionFacts, ...]
    outline: Outline | None
    moves: bool
    writers: tuple[str, ...] = ()
    done: str = ""


@dataclass(frozen=True)
class HelpPage:
    """How courses are written. `lang`: in which language it reads."""

    reads: Markup
    lang: str


@cache
def guide(locale: Locale) -> Markup:
    """docs/cursus-schrijven.md as a page, without its title; its translation for who reads English."""
    from app.courses.files.prose import parser  # noqa: PLC0415 - few requests read courses

    words = (DOCS / GUIDES[locale]).read_text(encoding="utf-8").partition("\n")[2]
    return Markup(parser().render(words))  # noqa: S704 - our own words, in a renderer that lets no HTML through


@area.get("/beheer/opleidingen", policy=Permission.EDIT_CONTENT, name="editor.courses")
def courses(ask: Ask) -> Answer:
    return render("editor/courses.html", queries.courses_page(ask.db))


@area.get("/beheer/opleiding-beginnen", policy=Permission.EDIT_CONTENT, name="editor.start_form")
def start_form(ask: Ask) -> Answer:
    return _starting(ask)


@area.post("/beheer/opleiding-beginnen", policy=Permission.EDIT_CONTENT, name="editor.start")
def start(ask: Ask) -> Answer:
    """A course that begins with nothing, as a draft with one of everything."""
    form: Form = Submitted.read(inputs.NewCourse, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            slug = starting.start_course(ask.db, by=ask.viewer, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
            if "proposed" in refused.facts:
                form.raw["slug"] = [str(refused.facts["proposed"])]
        else:
            return redirect(
                f"/beheer/opleidingen/{slug}",
                toast=N_("Je opleiding staat klaar als concept. De tekst erin zegt wat waar komt."),
            )
    return _starting(ask, form)


def _starting(ask: Ask, form: Form | None = None) -> Page:
    blank: Form = Submitted.blank(ask.viewer.locale)
    return render("editor/start.html", None, status=422 if form is not None else 200, form=form or blank)


@area.get("/beheer/cursus-schrijven", policy=Permission.EDIT_CONTENT, name="editor.help", own_transactions=True)
def writing_help(ask: Ask) -> Answer:
    """How courses are written: the same words as in docs, so that they cannot part ways."""
    locale = ask.viewer.locale
    return render("editor/help.html", HelpPage(guide(locale), locale))


@area.get(
    "/beheer/opleidingen/{course:slug}",
    policy=Permission.EDIT_CONTENT,
    name="editor.outline",
    own_transactions=True,
    at_length=True,
)
def show(ask: Ask, course: str) -> Answer:
    return _shown(ask, course)


@area.post("/beheer/opleidingen/{course:slug}/concept", policy=Permission.EDIT_CONTENT, name="editor.begin")
def begin(ask: Ask, course: str) -> Answer:
    """Begin to write the next edition."""
    actions.begin_draft(ask.db, by=ask.viewer, slug=course, now=ask.now)
    return redirect(
        f"/beheer/opleidingen/{course}", toast=N_("Het concept staat klaar. Niemand ziet het tot je publiceert.")
    )


@area.post("/beheer/opleidingen/{course:slug}/concept/weg", policy=Permission.EDIT_CONTENT, name="editor.drop")
def drop(ask: Ask, course: str) -> Answer:
    """For ever, so only what she looked at."""
    form: Form = Submitted.read(inputs.Looked, ask.form, ask.viewer.locale)
    if not form.valid:
        raise Refused("draft_went_on")
    actions.drop_draft(ask.db, by=ask.viewer, slug=course, version=form.given.version, now=ask.now)
    return redirect("/beheer/opleidingen", toast=N_("Het concept is weggegooid. Wat gepubliceerd is, blijft."))


@area.post(
    "/beheer/opleidingen/{course:slug}/les",
    policy=Permission.EDIT_CONTENT,
    name="editor.add_lesson",
    own_transactions=True,
    at_length=True,
)
def add_lesson(ask: Ask, course: str) -> Answer:
    form: Form = Submitted.read(inputs.NewLesson, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            with ask.writing(back_to=f"/beheer/opleidingen/{course}") as db:
                file = actions.add_lesson(
                    db, by=ask.viewer, slug=course, module=form.given.module, title=form.given.title, now=ask.now
                )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/opleidingen/{course}/bestand/{file}", toast=N_("De les staat erbij."))
    return _shown(ask, course, form)


@area.post(
    "/beheer/opleidingen/{course:slug}/toets",
    policy=Permission.EDIT_CONTENT,
    name="editor.add_check",
    back="/beheer/opleidingen/{course:slug}",
)
def add_check(ask: Ask, course: str) -> Answer:
    """A check for a module; leads to its first question."""
    form: Form = Submitted.read(inputs.NewCheck, ask.form, ask.viewer.locale)
    if not form.valid:
        raise Refused("unknown_module")
    file, question = checks.add_check(ask.db, by=ask.viewer, slug=course, module=form.given.module, now=ask.now)
    here = f"/beheer/opleidingen/{course}/bestand/{file}"
    if not question:
        return redirect(f"{here}/vragen", toast=N_("Deze module heeft al een toets. Je ziet hem hier."))
    return redirect(f"{here}/vraag/{question}", toast=N_("De toets staat erbij. Schrijf hier de eerste vraag."))


@area.post(
    "/beheer/opleidingen/{course:slug}/bestand/{file:id}/plek",
    policy=Permission.EDIT_CONTENT,
    name="editor.move",
    back="/beheer/opleidingen/{course:slug}",
)
def move(ask: Ask, course: str, file: int) -> Answer:
    """One place up or down among its own."""
    up = ask.form.get("do") != "down"
    actions.move(ask.db, by=ask.viewer, slug=course, file_id=file, up=up, now=ask.now)
    place = f"?na={'up' if up else 'down'}-f{file}" if _in_shape(ask) else f"#f{file}"
    return redirect(f"{_page_of(ask, course)}{place}")


def _page_of(ask: Ask, course: str) -> str:
    """Where the button stood: in the outline, or in the shape."""
    page = f"/beheer/opleidingen/{course}"
    return f"/beheer/opleidingen/{course}/opbouw" if _in_shape(ask) else page


def _in_shape(ask: Ask) -> bool:
    return ask.form.get("at") == "opbouw"


@area.post(
    "/beheer/opleidingen/{course:slug}/bestand/{file:id}/weg",
    policy=Permission.EDIT_CONTENT,
    name="editor.remove",
    back="/beheer/opleidingen/{course:slug}",
)
def remove(ask: Ask, course: str, file: int) -> Answer:
    actions.remove(ask.db, by=ask.viewer, slug=course, file_id=file, now=ask.now)
    return redirect(f"{_page_of(ask, course)}#weg", toast=N_("Het is weg. Tot je publiceert, kun je het terugzetten."))


@area.post(
    "/beheer/opleidingen/{course:slug}/bestand/{file:id}/terug",
    policy=Permission.EDIT_CONTENT,
    name="editor.put_back",
    back="/beheer/opleidingen/{course:slug}",
)
def put_back(ask: Ask, course: str, file: int) -> Answer:
    actions.put_back(ask.db, by=ask.viewer, slug=course, file_id=file, now=ask.now)
    return redirect(f"/beheer/opleidingen/{course}#f{file}", toast=N_("Het staat er weer."))


def _shown(ask: Ask, course: str, form: Form | None = None) -> Page:
    page = outline_page(ask, course)
    return render(
        "editor/outline.html",
        page,
        status=422 if form is not None else 200,
        form=form or Submitted.blank(ask.viewer.locale),
        fresh=Submitted.blank(ask.viewer.locale),
        kinds=KIND_WORDS,
        row_looks=ROW_LOOKS,
        icons=KIND_ICONS,
        looks=WHAT_LOOKS,
    )


def outline_page(ask: Ask, course: str) -> OutlinePage:
    """What is read is read in one moment; checking and comparing wait for no database. Raises: NotFound."""
    actions.must_write(ask.viewer)
    with ask.services.database.reading(snapshot=True) as db:
        editions = tuple(queries.editions_of_course(db, course))
        draft = queries.read_draft(db, course) if queries.draft_id_of(db, course) is not None else None
        writers = queries.writers_of(db, draft) if draft is not None else ()
        known = checks_of(db)
    moves = may(ask.viewer, Permission.MANAGE)
    if draft is None:
        if not editions:
            raise NotFound
        return OutlinePage(course, editions[0].title, editions, None, moves)
    found = known.problems((draft.facts.id, draft.facts.version), draft.stored, ask.services.storage)
    made = outline.outline_of(draft, found, words=False)
    return OutlinePage(course, made.title, editions, made, moves, writers, done_before(ask))
