"""The letters of a round for admins: what goes out when and to how many, words of their own, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from app.access import Permission
from app.intervision.actions.letters import write_letter
from app.intervision.inputs import RoundLetterGiven
from app.intervision.queries import letters
from app.intervision.queries.facts import RoundTitle
from app.intervision.queries.letters import LetterDay
from app.intervision.rules import DAYS_BEFORE, PlannedLetter
from app.kit.errors import NotFound, Refused
from app.letters.desk import Desk, Letter, NotDue, write
from app.outbox.tables import Message
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.meetings import HALF_WORDS
from app.web.words.post import KIND_WORDS, STATE_LOOKS
from app.web.words.shared import N_

area = Area()
SLUGS: Final = {
    "casus": PlannedLetter.CASE_CALL,
    "vooraf": PlannedLetter.AGENDA,
    "herinnering": PlannedLetter.REMINDER,
}


@dataclass(frozen=True)
class LetterPage:
    """One kind of letter: its own words, and how it reads for the first meeting ahead."""

    round: RoundTitle
    slug: str
    kind: str
    days_before: int
    people: int
    version: int
    letter: Letter | None


@area.get("/beheer/intervisie/{round:id}/mails", policy=Permission.MANAGE, name="admin_intervision.letters")
def show(ask: Ask, round: int) -> Answer:  # noqa: A002 - the name in the address
    """Every letter of the round, those to come first."""
    page = letters.letters_page(ask.db, round, now=ask.now)
    slugs = {letter: slug for slug, letter in SLUGS.items()}
    return render("admin_intervision/letters.html", page, slugs=slugs, looks=STATE_LOOKS, kinds=KIND_WORDS, **_half())


@area.get(
    "/beheer/intervisie/{round:id}/mails/{letter:slug}",
    policy=Permission.MANAGE,
    name="admin_intervision.letter_form",
)
def letter_form(ask: Ask, round: int, letter: str) -> Answer:  # noqa: A002
    """One kind of letter, with the words that were added to it."""
    kind = _kind(letter)
    words = letters.own_words(ask.db, round)[kind]
    form: Submitted[RoundLetterGiven] = Submitted.blank(ask.viewer.locale, own_text=words.text)
    return _page(ask, round, letter, words.text, form)


@area.post(
    "/beheer/intervisie/{round:id}/mails/{letter:slug}", policy=Permission.MANAGE, name="admin_intervision.letter"
)
def letter(ask: Ask, round: int, letter: str) -> Answer:  # noqa: A002
    """Look again with these words, or keep them for everybody who gets the letter from now on."""
    kind = _kind(letter)
    form = Submitted.read(RoundLetterGiven, ask.form, ask.viewer.locale)
    text = form.given.own_text if form.value else form.get("own_text")
    if form.valid and form.given.do == "preview":
        return _page(ask, round, letter, text, form)
    if form.valid:
        given = form.given
        try:
            write_letter(
                ask.db,
                by=ask.viewer,
                round_id=round,
                letter=kind,
                own_text=given.own_text,
                version=given.version,
                now=ask.now,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/beheer/intervisie/{round}/mails", toast=N_("Bewaard. Zo gaat de mail straks weg."))
    return _page(ask, round, letter, text, form, status=422)


def _kind(slug: str) -> PlannedLetter:
    if slug not in SLUGS:
        raise NotFound
    return SLUGS[slug]


def _page(
    ask: Ask, round_id: int, slug: str, text: str, form: Submitted[RoundLetterGiven], *, status: int = 200
) -> Page:
    kind = SLUGS[slug]
    found = letters.letters_page(ask.db, round_id, now=ask.now)
    (line,) = (line for line in found.planned if line.letter is kind)
    coming = [day for day in line.days if day.goes_on is not None]
    page = LetterPage(
        round=found.round,
        slug=slug,
        kind=kind.value,
        days_before=DAYS_BEFORE[kind],
        people=sum(day.people for day in coming),
        version=line.own.version,
        letter=_preview(ask, kind, coming, text),
    )
    return render("admin_intervision/letter.html", page, form=form, kinds=KIND_WORDS, status=status, **_half())


def _preview(ask: Ask, kind: PlannedLetter, coming: list[LetterDay], text: str) -> Letter | None:
    """The letter as it would go out for the first meeting ahead, to the admin herself; nothing of it is kept."""
    if not coming:
        return None
    view = coming[0].meeting
    message = Message(
        key="preview",
        kind=kind.value,
        person_id=ask.viewer.id,
        data={"meeting_id": view.id},
        created_at=ask.now,
        send_at=view.starts_at - timedelta(days=DAYS_BEFORE[kind]),
        own_text=text,
        reply_to_id=view.contact_id,
    )
    try:
        return write(ask.db, message, Desk(ask.services.settings, ask.services.keyring, ask.now))
    except NotDue:
        return None


def _half() -> dict[str, Any]:
    return {"half": HALF_WORDS}
