"""What is different, and making it an edition."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.access import Permission, may
from app.certification.keeping_up import trainers as trainers_of
from app.courses.differing import Change, compare
from app.courses.drafts import actions, inputs, publishing, queries
from app.courses.drafts.outline import ProblemLine, outline_of
from app.courses.drafts.publishing import Handbook
from app.courses.drafts.queries import Draft
from app.courses.drafts.reading import checks_of, sides, stored_in_draft, stored_in_edition
from app.kit.errors import NotFound, Refused
from app.kit.i18n import translations
from app.kit.storage import PIECE
from app.web.kit.ask import Answer, Ask, Page, Streamed, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.drafts import KIND_WORDS, WHAT_LOOKS
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]
DRAFT: Final = "concept"


@dataclass(frozen=True)
class ComparePage:
    """Two states of a course beside each other. `without_files`: one of them is from before editions kept theirs."""

    slug: str
    title: str
    states: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    without_files: bool


@dataclass(frozen=True)
class PublishPage:
    """The last look before a draft becomes an edition. `number`: what it will be.

    `newer`: the number of the edition that it would take back in part; 0: none. `rules`: those for certificates become
    others; `decides`: she may do that. `followers`: people who stay in an edition, by its number; `trainers`: with a
    certificate that holds.
    """

    slug: str
    title: str
    number: int
    changes: tuple[Change, ...]
    problems: tuple[ProblemLine, ...]
    handbook: Handbook | None
    newer: int
    rules: bool
    decides: bool
    followers: tuple[tuple[int, int], ...]
    trainers: int

    @property
    def following(self) -> int:
        return sum(people for _, people in self.followers)


@area.get(
    "/beheer/opleidingen/{course:slug}/verschil",
    policy=Permission.EDIT_CONTENT,
    name="editor.compare",
    own_transactions=True,
    at_length=True,
)
def compare_states(ask: Ask, course: str) -> Answer:
    """Between the draft and its edition, or any two states that somebody chooses."""
    actions.must_write(ask.viewer)
    with ask.services.database.reading(snapshot=True) as db:
        editions = queries.editions_of_course(db, course)
        draft = queries.draft_id_of(db, course)
        known = {str(one.number): one for one in editions}
        names = [*([DRAFT] if draft is not None else []), *known]
        if not names:
            raise NotFound
        after = _chosen(ask, "naar", names, names[0])
        before = _chosen(ask, "van", names, names[min(1, len(names) - 1)])
        files = {
            name: stored_in_draft(db, draft or 0) if name == DRAFT else stored_in_edition(db, known[name].id)
            for name in {before, after}
        }
        title = editions[0].title if editions else queries.title_of_course(files[after].get("course.yaml"), course)
    changes = compare(sides(files[before]), sides(files[after]))
    form: Form = Submitted.blank(ask.viewer.locale, van=before, naar=after)
    states = tuple((name, _called(ask, name)) for name in names)
    page = ComparePage(course, title, states, changes, not all(files.values()))
    return render("editor/compare.html", page, form=form, kinds=KIND_WORDS, looks=WHAT_LOOKS)


def _chosen(ask: Ask, name: str, names: list[str], otherwise: str) -> str:
    given = ask.query.get(name, "")
    return given if given in names else otherwise


def _called(ask: Ask, name: str) -> str:
    say = translations(ask.viewer.locale).gettext
    return say(N_("Het concept")) if name == DRAFT else say(N_("Editie {number}")).format(number=name)


@area.get(
    "/beheer/opleidingen/{course:slug}/zip",
    policy=Permission.EDIT_CONTENT,
    name="editor.zip",
    own_transactions=True,
    at_length=True,
)
def as_zip(ask: Ask, course: str) -> Answer:
    """The draft as a zip to keep, or to write on elsewhere. It waits on the disk, under no name, while it is sent."""
    from app.courses.drafts.archives import write_zip  # noqa: PLC0415 - few requests need it

    draft = _read(ask, course)
    target = tempfile.TemporaryFile(dir=ask.services.settings.data_dir)  # noqa: SIM115 - open until it is sent
    write_zip(target, draft.stored, ask.services.storage)
    size = target.tell()

    def pieces(start: int, end: int) -> Iterator[bytes]:
        with target:
            target.seek(start)
            while start < end and (piece := target.read(min(PIECE, end - start))):
                start += len(piece)
                yield piece

    name = f"{course}.zip"
    return Streamed(
        size=size,
        pieces=pieces,
        tag=f"{draft.facts.id}-{draft.facts.version}",
        media_type="application/zip",
        filename=name,
    )


@area.get(
    "/beheer/opleidingen/{course:slug}/publiceren",
    policy=Permission.EDIT_CONTENT,
    name="editor.publish_form",
    own_transactions=True,
    at_length=True,
)
def look(ask: Ask, course: str) -> Answer:
    return _shown(ask, _read(ask, course))


@area.post(
    "/beheer/opleidingen/{course:slug}/publiceren",
    policy=Permission.EDIT_CONTENT,
    name="editor.publish",
    own_transactions=True,
    at_length=True,
)
def publish(ask: Ask, course: str) -> Answer:
    """Reading and checking first, with no transaction open; then the edition in one."""
    form: Form = Submitted.read(inputs.Publishing, ask.form, ask.viewer.locale)
    draft = _read(ask, course)
    storage, say = ask.services.storage, translations(ask.viewer.locale).gettext
    if form.valid:
        try:
            made = publishing.ready(draft, form.given, storage)
            with ask.writing(back_to=f"/beheer/opleidingen/{course}") as db:
                number = publishing.publish_draft(db, made, by=ask.viewer, storage=storage, now=ask.now)
        except Refused as refused:
            if refused.code == "published_meanwhile" and draft.edition is not None:
                toast = say(N_("Dit is intussen al gepubliceerd, als editie {number}."))
                return redirect(f"/beheer/opleidingen/{course}", toast=toast.format(number=draft.edition.number))
            form.refuse(refused)
        else:
            toast = say(N_("Gepubliceerd: dit is nu editie {number}.")).format(number=number)
            return redirect(f"/beheer/opleidingen/{course}", toast=toast)
    return _shown(ask, draft, form)


def _read(ask: Ask, course: str) -> Draft:
    actions.must_write(ask.viewer)
    with ask.services.database.reading(snapshot=True) as db:
        return queries.read_draft(db, course)


def _shown(ask: Ask, draft: Draft, form: Form | None = None) -> Page:
    page = _page(ask, draft)
    handbook = page.handbook
    news = {"handbook_version": handbook.version} if handbook is not None else {}
    blank: Form = Submitted.blank(ask.viewer.locale, version=draft.facts.version, **news)
    return render(
        "editor/publish.html",
        page,
        status=422 if form is not None else 200,
        form=form or blank,
        version=draft.facts.version,
        kinds=KIND_WORDS,
        looks=WHAT_LOOKS,
    )


def _page(ask: Ask, draft: Draft) -> PublishPage:
    with ask.services.database.reading() as db:
        checks = checks_of(db)
        followers = queries.followers_of(db, draft.facts.slug)
        intervention = queries.intervention_of(db, draft.facts.slug)
        trainers = trainers_of(db, intervention, ask.today).person_ids if intervention is not None else ()
    found = checks.problems((draft.facts.id, draft.facts.version), draft.stored, ask.services.storage)
    outline = outline_of(draft, found, words=True)
    return PublishPage(
        slug=draft.facts.slug,
        title=outline.title,
        number=draft.edition.number + 1 if draft.edition is not None else 1,
        changes=outline.changes,
        problems=outline.problems,
        handbook=publishing.handbook_of(draft),
        newer=draft.edition.number if draft.newer and draft.edition is not None else 0,
        rules=publishing.changes_rules(draft),
        decides=may(ask.viewer, Permission.DECIDE),
        followers=followers,
        trainers=len(trainers),
    )
