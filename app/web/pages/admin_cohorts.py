"""Opleidingsgroepen: making them, filling them, and inviting people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from app.access import Permission
from app.certification.keeping_up import deciding
from app.courses import cohorts as reading
from app.courses.actions import cohorts
from app.courses.actions.cohorts import INVITATION
from app.courses.cohorts import CohortFacts, CohortLine, EditionChoice, FoundPerson, cohort_facts
from app.courses.inputs import CoachChoice, InvitationLetter, NewCohort, PeopleToAdd
from app.courses.queries import enrolment_facts
from app.courses.rules import EnrolmentFacts, EnrolmentStage
from app.courses.training_days.queries import CohortDays, days_of
from app.kit.errors import NotFound, Refused
from app.kit.i18n import translations
from app.letters.desk import Desk, Letter, write
from app.outbox.tables import Message
from app.people.queries import admin_ids, cards, coaches
from app.people.rules import PersonCard
from app.practice.actions import handover
from app.practice.queries import progress_of as practice_of
from app.reports.following import standing_still
from app.theory import moving
from app.theory.queries import progress_of as theory_of
from app.web.kit.ask import Answer, Ask, invalid, redirect, render
from app.web.kit.forms import Submitted
from app.web.kit.route import Area
from app.web.words.courses import OWN_TEXT
from app.web.words.meetings import MEETING_LOOKS
from app.web.words.shared import N_

area = Area()
LIST: Final = "/beheer/opleidingsgroepen"
IN_COHORT: Final = "Gekozen bij de opleidingsgroep"
STAGES: Final = {
    EnrolmentStage.INVITED: (N_("Uitgenodigd"), "sky", "mail"),
    EnrolmentStage.FOLLOWING: (N_("Bezig"), "sun", "pencil"),
    EnrolmentStage.PAUSED: (N_("Pauze"), "", "pause"),
    EnrolmentStage.COMPLETED: (N_("Klaar"), "leaf", "check"),
}


@dataclass(frozen=True)
class CohortsPage:
    """All cohorts, and what a new one can be about. `still`: how many stand still, by cohort."""

    cohorts: list[CohortLine]
    still: dict[int, int]
    editions: list[EditionChoice]
    contacts: list[PersonCard]


@dataclass(frozen=True)
class Row:
    """One person of the cohort. `stage` is empty when nobody invited her yet."""

    enrolment_id: int
    person: PersonCard
    coach: PersonCard | None
    word: str
    tone: str
    pic: str
    since: datetime | None
    steps: int
    lessons_done: int
    lessons_total: int
    signed_off: int
    required: int
    invited: bool
    confirmed: bool
    completed: bool


@dataclass(frozen=True)
class CohortPage:
    """One cohort with its people."""

    id: int
    facts: CohortFacts
    contact: PersonCard | None
    rows: list[Row]
    coaches: list[PersonCard]
    found: list[FoundPerson]
    without_coach: int
    to_invite: int
    days: CohortDays

    @property
    def sample(self) -> bool:
        return self.facts.sample


@dataclass(frozen=True)
class LetterPage:
    """The invitation as it will go out, written for the first person."""

    id: int
    facts: CohortFacts
    count: int
    names: list[str]
    without_coach: int
    letter: Letter | None
    action: str
    again: int | None


@area.get(LIST, policy=Permission.MANAGE, name="cohorts.list")
def all_cohorts(ask: Ask) -> Answer:
    return render("cohorts/list.html", _list(ask), form=_new_form(ask))


@area.post(LIST, policy=Permission.MANAGE, name="cohorts.make")
def make(ask: Ask) -> Answer:
    form = Submitted.read(NewCohort, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            cohort_id = cohorts.make_cohort(ask.db, by=ask.viewer, given=form.given, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"{LIST}/{cohort_id}", toast=N_("De groep staat klaar. Zet er nu mensen in."))
    return invalid("cohorts/list.html", _list(ask), form=form)


def _list(ask: Ask) -> CohortsPage:
    contacts = [card for card in cards(ask.db, admin_ids(ask.db), ask.today).values() if card.email]
    still = Counter(one.enrolment.cohort_id for one in standing_still(ask.db, now=ask.now))
    return CohortsPage(reading.cohorts(ask.db, ask.viewer), still, reading.editions_to_follow(ask.db), contacts)


def _new_form(ask: Ask) -> Submitted[NewCohort]:
    return Submitted.blank(ask.viewer.locale, seats=16, contact_id=ask.viewer.id)


@area.get(LIST + "/{cohort:id}", policy=Permission.MANAGE, name="cohorts.cohort")
def cohort(ask: Ask, cohort: int) -> Answer:
    return _cohort(ask, cohort, Submitted.blank(ask.viewer.locale))


@area.post(LIST + "/{cohort:id}/mensen", policy=Permission.MANAGE, name="cohorts.enrol")
def enrol(ask: Ask, cohort: int) -> Answer:
    form = Submitted.read(PeopleToAdd, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            ids = cohorts.enrol(ask.db, by=ask.viewer, cohort_id=cohort, person_ids=form.given.person_ids, now=ask.now)
            waits = partial(deciding, ask.db)
            moving.come_along(ask.db, by=ask.viewer, enrolment_ids=ids, deciding=waits, now=ask.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"{LIST}/{cohort}", toast=N_("Toegevoegd. Er is nog geen mail verstuurd."))
    return _cohort(ask, cohort, form, status=422)


@area.post(LIST + "/{cohort:id}/coach", policy=Permission.MANAGE, name="cohorts.coach")
def coach(ask: Ask, cohort: int) -> Answer:
    """A coach for one person, or for everybody who has none yet."""
    form = Submitted.read(CoachChoice, ask.form, ask.viewer.locale)
    if form.valid:
        try:
            _give(ask, _to_coach(ask, cohort, form.given), form.given.coach_id)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"{LIST}/{cohort}", toast=N_("De coach is gekozen en krijgt bericht."))
    return _cohort(ask, cohort, form, status=422)


def _give(ask: Ask, enrolment_ids: list[int], coach_id: int) -> None:
    """A first coach, or another one than now: then what is planned goes along."""
    known = enrolment_facts(ask.db, enrolment_ids)
    first = [id_ for id_ in enrolment_ids if known[id_].coach_id is None]
    if first:
        handover.give_first_coach(ask.db, by=ask.viewer, enrolment_ids=first, coach_id=coach_id, now=ask.now)
    for id_ in set(enrolment_ids) - set(first):
        handover.give_coach(ask.db, by=ask.viewer, enrolment_id=id_, coach_id=coach_id, reason=IN_COHORT, now=ask.now)


def _to_coach(ask: Ask, cohort_id: int, given: CoachChoice) -> list[int]:
    facts = cohort_facts(ask.db, ask.viewer, cohort_id)
    if given.enrolment_id is not None:
        if given.enrolment_id not in facts.enrolment_ids:
            raise NotFound
        return [given.enrolment_id]
    known = enrolment_facts(ask.db, facts.enrolment_ids)
    ids = [id_ for id_, one in known.items() if one.coach_id is None and one.completed_at is None]
    if not ids:
        raise Refused("nobody_without_coach")
    return ids


@area.post(LIST + "/{cohort:id}/stoppen/{enrolment:id}", policy=Permission.MANAGE, name="cohorts.withdraw")
def withdraw(ask: Ask, cohort: int, enrolment: int) -> Answer:
    cohorts.withdraw(ask.db, by=ask.viewer, cohort_id=cohort, enrolment_id=enrolment, now=ask.now)
    return redirect(f"{LIST}/{cohort}", toast=N_("De plek is weer vrij."))


@area.get(LIST + "/{cohort:id}/uitnodigen", policy=Permission.MANAGE, name="cohorts.letter")
def letter(ask: Ask, cohort: int) -> Answer:
    text = translations(ask.viewer.locale).gettext(OWN_TEXT)
    return _letter(ask, cohort, Submitted.blank(ask.viewer.locale, own_text=text))


@area.post(LIST + "/{cohort:id}/uitnodigen", policy=Permission.MANAGE, name="cohorts.invite")
def invite(ask: Ask, cohort: int) -> Answer:
    """Look at the letter with other words, or send it to everybody who was not invited yet."""
    form = Submitted.read(InvitationLetter, ask.form, ask.viewer.locale)
    if not form.valid or form.given.do != "send":
        return _letter(ask, cohort, form, status=200 if form.valid else 422)
    try:
        count = cohorts.invite(
            ask.db,
            by=ask.viewer,
            cohort_id=cohort,
            enrolment_ids=cohort_facts(ask.db, ask.viewer, cohort).enrolment_ids,
            own_text=form.given.own_text,
            keyring=ask.services.keyring,
            now=ask.now,
        )
    except Refused as refused:
        return _letter(ask, cohort, form.refuse(refused), status=422)
    if not count:
        return _letter(ask, cohort, form.refuse(Refused("everybody_invited")), status=422)
    toast = N_("De uitnodiging gaat eruit.") if count == 1 else N_("De uitnodigingen gaan eruit.")
    return redirect(f"{LIST}/{cohort}", toast=toast)


@area.get(LIST + "/{cohort:id}/uitnodigen/{enrolment:id}", policy=Permission.MANAGE, name="cohorts.letter_again")
def letter_again(ask: Ask, cohort: int, enrolment: int) -> Answer:
    text = translations(ask.viewer.locale).gettext(OWN_TEXT)
    return _letter(ask, cohort, Submitted.blank(ask.viewer.locale, own_text=text), again=enrolment)


@area.post(LIST + "/{cohort:id}/uitnodigen/{enrolment:id}", policy=Permission.MANAGE, name="cohorts.invite_again")
def invite_again(ask: Ask, cohort: int, enrolment: int) -> Answer:
    """A new link for one person."""
    form = Submitted.read(InvitationLetter, ask.form, ask.viewer.locale)
    if not form.valid or form.given.do != "send":
        return _letter(ask, cohort, form, again=enrolment, status=200 if form.valid else 422)
    try:
        cohorts.invite_again(
            ask.db,
            by=ask.viewer,
            cohort_id=cohort,
            enrolment_id=enrolment,
            own_text=form.given.own_text,
            keyring=ask.services.keyring,
            now=ask.now,
        )
    except Refused as refused:
        return _letter(ask, cohort, form.refuse(refused), again=enrolment, status=422)
    return redirect(f"{LIST}/{cohort}", toast=N_("De nieuwe uitnodiging gaat eruit."))


# Page data


def _cohort(ask: Ask, cohort_id: int, form: Submitted[Any], *, status: int = 200) -> Answer:
    facts = cohort_facts(ask.db, ask.viewer, cohort_id)
    known = enrolment_facts(ask.db, facts.enrolment_ids)
    people = cards(ask.db, _people(facts, known), ask.today)
    theory = theory_of(ask.db, known.values())
    practice = practice_of(ask.db, known.values(), theory=theory)
    rows = [
        _row(known[id_], people, facts.invited_at.get(id_), theory.get(id_), practice.get(id_))
        for id_ in facts.enrolment_ids
    ]
    q = ask.query.get("q", "")[:100]
    page = CohortPage(
        id=cohort_id,
        facts=facts,
        contact=people.get(facts.contact_id),
        rows=sorted(rows, key=lambda row: row.person.name),
        coaches=coaches(ask.db, facts.intervention_slug),
        found=reading.people_to_add(ask.db, ask.viewer, cohort_id, q) if facts.free else [],
        without_coach=sum(row.coach is None and not row.completed for row in rows),
        to_invite=sum(not row.invited and not row.confirmed for row in rows),
        days=days_of(ask.db, ask.viewer, cohort_id, now=ask.now),
    )
    search: Submitted[Any] = Submitted.blank(ask.viewer.locale, q=q)
    looks, part = MEETING_LOOKS, "cohorts/_found.html"
    return render("cohorts/cohort.html", page, form=form, search=search, looks=looks, status=status, part=part)


def _people(facts: CohortFacts, known: dict[int, EnrolmentFacts]) -> list[int]:
    ids = {facts.contact_id, *(one.person_id for one in known.values())}
    return sorted(ids | {one.coach_id for one in known.values() if one.coach_id is not None})


def _row(
    enrolment: EnrolmentFacts, people: dict[int, PersonCard], invited_at: datetime | None, theory: Any, practice: Any
) -> Row:
    word, tone, pic = STAGES[enrolment.stage]
    since = enrolment.completed_at or enrolment.paused_at or enrolment.confirmed_at or invited_at
    if enrolment.stage == EnrolmentStage.INVITED and invited_at is None:
        word, tone, pic = N_("Nog niet uitgenodigd"), "", "clock"
    theory_done, practice_done = bool(theory and theory.complete), bool(practice and practice.complete)
    return Row(
        enrolment_id=enrolment.id,
        person=people[enrolment.person_id],
        coach=people.get(enrolment.coach_id or 0),
        word=word,
        tone=tone,
        pic=pic,
        since=since,
        steps=3 if enrolment.completed_at else theory_done + (theory_done and practice_done),
        lessons_done=theory.lessons_done if theory else 0,
        lessons_total=theory.lessons_total if theory else 0,
        signed_off=practice.signed_off if practice else 0,
        required=practice.required if practice else 0,
        invited=invited_at is not None,
        confirmed=enrolment.confirmed_at is not None,
        completed=enrolment.completed_at is not None,
    )


def _letter(ask: Ask, cohort_id: int, form: Submitted[Any], *, again: int | None = None, status: int = 200) -> Answer:
    facts = cohort_facts(ask.db, ask.viewer, cohort_id)
    known = enrolment_facts(ask.db, facts.enrolment_ids)
    waiting = [one for one in known.values() if one.confirmed_at is None]
    if again is None:
        waiting = [one for one in waiting if one.id not in facts.invited_at]
    else:
        waiting = [one for one in waiting if one.id == again]
        if not waiting:
            raise NotFound
    people = cards(ask.db, [one.person_id for one in waiting], ask.today)
    waiting.sort(key=lambda one: people[one.person_id].name)
    preview = _preview(ask, waiting[0], form.get("own_text")) if waiting else None
    names = [people[one.person_id].name for one in waiting]
    page = LetterPage(
        id=cohort_id,
        facts=facts,
        count=len(waiting),
        names=names,
        without_coach=sum(one.coach_id is None for one in waiting),
        letter=preview,
        action=f"/beheer/opleidingsgroepen/{cohort_id}/uitnodigen/{again}"
        if again is not None
        else f"/beheer/opleidingsgroepen/{cohort_id}/uitnodigen",
        again=again,
    )
    return render("cohorts/letter.html", page, form=form, status=status, part="cohorts/_preview.html")


def _preview(ask: Ask, enrolment: EnrolmentFacts, own_text: str) -> Letter:
    """The letter for one person as it would go out now; nothing is stored."""
    message = Message(
        key="preview",
        kind=INVITATION,
        person_id=enrolment.person_id,
        data={"enrolment_id": enrolment.id},
        created_at=ask.now,
        send_at=ask.now,
        own_text=own_text,
        reply_to_id=enrolment.contact_id,
    )
    return write(ask.db, message, Desk(ask.services.settings, ask.services.keyring, ask.now))
