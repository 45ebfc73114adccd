"""Looking back (STARR): written by the professional, read by her coach after handing in, taken away when she wants."""

from __future__ import annotations

from typing import Any

from app.access import Permission
from app.kit.errors import Forbidden, NotFound, Refused
from app.kit.i18n import translations
from app.kit.localtime import local
from app.practice import inputs
from app.practice.actions import assessing, reflections
from app.practice.conflicts import Difference
from app.practice.reflection_page import ReflectionPage, reflection_page
from app.practice.rules.reflections import Starr, differing
from app.web.kit.ask import Answer, Ask, Content, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.reflections import PARTS
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]


@area.get(
    "/praktijk/{record:id}/terugblik", policy=Permission.SIGNED_IN, name="practice.reflection", own_transactions=True
)
def show(ask: Ask, record: int) -> Answer:
    """That an admin read what somebody wrote is noted, as with scores (domain.md 8.3b)."""
    database = ask.services.database
    with database.reading() as db:
        page = reflection_page(db, ask.viewer, record)
    if ask.viewer.is_admin and not page.mine and page.handed_in:
        with database.writing() as db:
            assessing.note_reading(db, by=ask.viewer, record_id=record, now=ask.now)
    return _shown(ask, page)


@area.post("/praktijk/{record:id}/terugblik", policy=Permission.FOLLOW_TRAINING, name="practice.keep_reflection")
def keep(ask: Ask, record: int) -> Answer:
    """Keep what she wrote. While she types the page sends it by itself, and gets back the version that stands now."""
    form = Submitted.read(inputs.Reflection, ask.form, ask.viewer.locale)
    typing = form.get("whole") == "typing"
    if form.valid:
        try:
            version = reflections.keep_reflection(
                ask.db, by=ask.viewer, record_id=record, given=form.given, now=ask.now
            )
        except Refused as refused:
            form.refuse(refused)
            if refused.code == "stale_reflection":
                return _stale(ask, record, form, typing=typing)
        else:
            if not typing:
                return redirect(f"/praktijk/{record}#terugblik", toast=N_("Je terugblik is bewaard."))
            form.raw["version"] = [str(version)]
            return _shown(ask, reflection_page(ask.db, ask.viewer, record), form, keeping="kept")
    return _shown(ask, reflection_page(ask.db, ask.viewer, record), form, keeping="failed" if typing else "")


@area.post(
    "/praktijk/{record:id}/terugblik/weg",
    policy=Permission.SIGNED_IN,
    name="practice.remove_reflection",
    back="/praktijk/{record:id}/terugblik",
)
def remove(ask: Ask, record: int) -> Answer:
    reflections.remove_reflection(ask.db, by=ask.viewer, record_id=record, now=ask.now)
    return redirect(f"/praktijk/{record}/terugblik", toast=N_("Je terugblik is weg, voor iedereen."))


@area.get("/praktijk/{record:id}/terugblik/bestand", policy=Permission.SIGNED_IN, name="practice.download_reflection")
def download(ask: Ask, record: int) -> Answer:
    """What she wrote, as a text to keep. Hers alone: who reads along reads it on the page."""
    page = reflection_page(ask.db, ask.viewer, record)
    if not page.removable:
        raise NotFound
    return Content(
        body=_as_text(ask, page).encode(),
        media_type="text/plain; charset=utf-8",
        filename=f"terugblik-{record}.txt",
        headers={"Cache-Control": "private, no-store"},
    )


def _as_text(ask: Ask, page: ReflectionPage) -> str:
    say = translations(ask.viewer.locale).gettext
    handed = [
        (say(N_("Ingeleverd op {day}")).format(day=f"{local(one.submitted_at):%d-%m-%Y}"), one.words)
        for one in page.handed_in
    ]
    drafts = [(say(N_("Nog niet ingeleverd")), page.words)] if page.may_write else []
    pieces = [page.title]
    for head, words in (*drafts, *handed):
        if words != Starr():
            pieces.append(head)
            pieces += [f"{say(label)}\n{text}" for name, label, _ in PARTS if (text := getattr(words, name))]
    return "\n\n".join(pieces) + "\n"


def _stale(ask: Ask, record: int, form: Form, *, typing: bool) -> Page:
    """Show what was saved elsewhere beside what was typed here; sending again is a choice."""
    page = reflection_page(ask.db, ask.viewer, record)
    if typing:
        return _shown(ask, page, form, keeping="stale")
    form.raw["version"] = [str(page.version)]
    labels = {name: label for name, label, _ in PARTS}
    say = translations(ask.viewer.locale).gettext
    found = differing(page.words, form.given.starr().as_facts())
    elsewhere = tuple(Difference(say(labels[name]), saved, typed) for name, saved, typed in found)
    return _shown(ask, page, form, elsewhere=elsewhere)


def _shown(
    ask: Ask,
    page: ReflectionPage,
    typed: Form | None = None,
    *,
    elsewhere: tuple[Difference, ...] = (),
    keeping: str = "",
) -> Page:
    if typed is not None and not page.mine:
        raise Forbidden
    blank: Form = Submitted.blank(ask.viewer.locale, version=page.version, **page.words.as_facts())
    return render(
        "practice/reflection.html",
        page,
        part="practice/_reflection_kept.html",
        status=422 if typed is not None and not keeping else 200,
        form=typed or blank,
        parts=PARTS,
        elsewhere=elsewhere,
        keeping=keeping,
        keeper=ask.viewer.id,
        lost=typed if typed is not None and not page.may_write else None,
    )
