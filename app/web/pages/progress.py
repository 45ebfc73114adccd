"""Voortgang: who of a cohort, or of a coach, is where; and writing to exactly those people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from app.access import Permission
from app.courses.actions.writing import OWN_LETTER, letter_keys, write_to, written_before
from app.courses.cohorts import CohortName, cohort_name
from app.courses.inputs import SEATS_MAX, OwnLetter
from app.courses.writing import Receivers, receivers
from app.kit.errors import Refused
from app.kit.i18n import translations
from app.kit.ids import read_id
from app.letters.desk import Desk, Letter, write
from app.outbox.tables import Message
from app.reports.progress import Asked, ProgressPage, Show, asked_for, coach_progress, cohort_progress
from app.web.kit.ask import Answer, Ask, Page, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.letters import GREETING, letter_for
from app.web.words.shared import N_

area = Area()
Form = Submitted[Any]
START_MOST: Final = 100_000
DAYS_MOST: Final = 3_650
CHIPS: Final = (
    (Show.EVERYBODY, N_("Iedereen")),
    (Show.STILL, N_("Staat stil")),
    (Show.NOT_BEGUN, N_("Nog niet begonnen")),
    (Show.THEORY_DONE, N_("Theorie klaar")),
    (Show.COACH, N_("Wacht op de coach")),
    (Show.ADMIN, N_("Wacht op een beheerder")),
    (Show.PAUSED, N_("Pauze")),
)
WAITS_FOR_YOU: Final = N_("Wacht op jou")


@dataclass(frozen=True)
class LetterPage:
    """A letter to people who were chosen. `to`: whom it reaches; `had`: who got these very words today."""

    cohort: CohortName | None
    home: str
    to: Receivers
    had: tuple[str, ...]
    letter: Letter | None

    @property
    def count(self) -> int:
        return len(self.to.people) - len(self.had)


def _home(cohort_id: int | None) -> str:
    """Where the people stand that it is about."""
    return "/coach" if cohort_id is None else f"/beheer/opleidingsgroepen/{cohort_id}"


# Who is where


@area.get(
    "/beheer/opleidingsgroepen/{cohort:id}/voortgang", policy=Permission.MANAGE, name="progress.cohort", snapshot=True
)
def of_cohort(ask: Ask, cohort: int) -> Answer:
    asked = _asked(ask)
    return _progress(ask, cohort, asked, cohort_progress(ask.db, ask.viewer, cohort, asked, now=ask.now))


@area.get("/coach/voortgang", policy=Permission.COACH, name="progress.coach", snapshot=True)
def of_coach(ask: Ask) -> Answer:
    asked = _asked(ask)
    return _progress(ask, None, asked, coach_progress(ask.db, ask.viewer, asked, now=ask.now))


def _asked(ask: Ask) -> Asked:
    """What the address asks for; what we do not know is everybody, by the number of the policy."""
    show, days, start = (ask.query.get(name, "") for name in ("toon", "dagen", "vanaf"))
    quiet = read_id(days)
    return Asked(
        show=Show(show) if show in set(Show) else Show.EVERYBODY,
        days=quiet if quiet is not None and quiet <= DAYS_MOST else None,
        start=min(read_id(start) or 0, START_MOST),
    )


def _progress(ask: Ask, cohort_id: int | None, asked: Asked, page: ProgressPage) -> Page:
    home = _home(cohort_id)

    def address(where: str, **changed: object) -> str:
        wanted = {"toon": asked.show.value, "dagen": asked.days} | changed
        said = {name: given for name, given in wanted.items() if given and given != Show.EVERYBODY}
        return f"{home}/{where}?{urlencode(said)}" if said else f"{home}/{where}"

    return render(
        "progress/page.html",
        page,
        home=home,
        chips=[
            (
                show,
                WAITS_FOR_YOU if cohort_id is None and show is Show.COACH else word,
                page.counts[show],
                address("voortgang", toon=show.value),
            )
            for show, word in CHIPS
            if page.counts[show] or show in {Show.EVERYBODY, Show.STILL, page.show}
        ],
        day_chips=[(days, address("voortgang", dagen=days)) for days in page.choices],
        write_href=address("schrijven"),
        previous_href=address("voortgang", vanaf=page.previous) if page.previous is not None else "",
        next_href=address("voortgang", vanaf=page.next) if page.next is not None else "",
        blank=Submitted.blank(ask.viewer.locale),
    )


# Writing to them


@area.get("/beheer/opleidingsgroepen/{cohort:id}/schrijven", policy=Permission.MANAGE, name="progress.letter")
def letter(ask: Ask, cohort: int) -> Answer:
    return _begin(ask, cohort)


@area.post("/beheer/opleidingsgroepen/{cohort:id}/schrijven", policy=Permission.MANAGE, name="progress.write")
def write_to_cohort(ask: Ask, cohort: int) -> Answer:
    return _written(ask, cohort)


@area.get("/coach/schrijven", policy=Permission.COACH, name="progress.coach_letter")
def coach_letter(ask: Ask) -> Answer:
    return _begin(ask, None)


@area.post("/coach/schrijven", policy=Permission.COACH, name="progress.coach_write")
def write_to_own(ask: Ask) -> Answer:
    return _written(ask, None)


def _begin(ask: Ask, cohort_id: int | None) -> Answer:
    """A letter to everybody of a filter, or to those who were ticked, with words to begin with."""
    cohort = cohort_name(ask.db, ask.viewer, cohort_id) if cohort_id is not None else None
    asked = _asked(ask)
    if "kies" in ask.query:
        ids = _ids(ask.request.query_params.getlist("wie"))
    else:
        ids = [one.enrolment.id for one in asked_for(ask.db, ask.viewer, cohort_id, asked, now=ask.now)]
    words = translations(ask.viewer.locale).gettext
    subject, text = (words(part) for part in letter_for(asked.show))
    text = f"{text}\n\n{words(GREETING)}\n{ask.viewer.name}"
    form: Form = Submitted.blank(ask.viewer.locale, subject=subject, own_text=text)
    return _letter_page(ask, cohort, receivers(ask.db, ask.viewer, cohort_id, ids), form)


def _written(ask: Ask, cohort_id: int | None) -> Answer:
    """Look at the letter with other words, or send it to exactly those who were shown."""
    cohort = cohort_name(ask.db, ask.viewer, cohort_id) if cohort_id is not None else None
    form: Form = Submitted.read(OwnLetter, ask.form, ask.viewer.locale)
    if form.valid and form.given.do == "send":
        try:
            count = write_to(ask.db, by=ask.viewer, cohort_id=cohort_id, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            toast = N_("De mail gaat eruit.") if count == 1 else N_("De mails gaan eruit.")
            return redirect(f"{_home(cohort_id)}/voortgang", toast=toast)
    to = receivers(ask.db, ask.viewer, cohort_id, _ids(form.get("to").split(",")))
    return _letter_page(ask, cohort, to, form, status=200 if form.valid else 422)


def _ids(given: list[str]) -> list[int]:
    return [id_ for one in given if (id_ := read_id(one)) is not None][:SEATS_MAX]


def _letter_page(ask: Ask, cohort: CohortName | None, to: Receivers, form: Form, *, status: int = 200) -> Page:
    """The list in the form is the one that is shown: what is sent later goes to nobody else."""
    typed = form.value
    subject, text = (typed.subject, typed.own_text) if typed else (form.get("subject"), form.get("own_text"))
    form.raw["to"] = [",".join(str(one.enrolment_id) for one in to.people)]
    keys = letter_keys(ask.viewer, to.people, subject=subject, own_text=text, now=ask.now)
    had = written_before(ask.db, keys.values())
    page = LetterPage(
        cohort=cohort,
        home=_home(cohort.id if cohort else None),
        to=to,
        had=tuple(one.name for one in to.people if keys[one.enrolment_id] in had),
        letter=_preview(ask, to, subject, text, as_coach=cohort is None),
    )
    return render("progress/letter.html", page, form=form, status=status, part="cohorts/_preview.html")


def _preview(ask: Ask, to: Receivers, subject: str, text: str, *, as_coach: bool) -> Letter | None:
    """The letter as the first of them would get it now; nothing is stored."""
    if not to.people:
        return None
    first = to.people[0]
    message = Message(
        key="preview",
        kind=OWN_LETTER,
        person_id=first.person_id,
        data={
            "enrolment_id": first.enrolment_id,
            "by_id": ask.viewer.id,
            "as_coach": as_coach,
            "subject": subject,
        },
        created_at=ask.now,
        send_at=ask.now,
        own_text=text,
        reply_to_id=ask.viewer.id,
    )
    return write(ask.db, message, Desk(ask.services.settings, ask.services.keyring, ask.now))
