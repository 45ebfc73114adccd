"""What asks for an admin: decisions, what is late, what failed. Each line: what, since when, where to act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from itertools import takewhile
from typing import Final

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.certification.keeping_up import late_reading, owing_meetings
from app.certification.queries import Candidate, invitees, judged, ready_of
from app.conversation.queries import left_unread
from app.courses.drafts.queries import left_lying
from app.courses.training_days.waiting import days_work
from app.delivery.seeking import asked_since, looking_since
from app.intervision.queries.rounds import RoundWork, round_page, without_place
from app.intervision.queries.rounds import waiting as rounds_waiting
from app.kit.localtime import local_day
from app.ledger.tables import LedgerContent, LedgerEvent
from app.outbox.tables import Message
from app.people.queries import person_names
from app.people.tables import Account, Invitation, Person
from app.practice.afterwards import WaitingCorrections, corrections_work
from app.practice.going import SOON, going
from app.practice.queries import WaitingRecord
from app.practice.queries import waiting as practice_waiting
from app.practice.worklines import practice_work
from app.reports.background import DRAFT_LIES, Background, background_of
from app.reports.editions_work import EditionWork, people_to_move, trainers_to_ask
from app.reports.following import Following, still_of, watched
from app.reports.progress import Show
from app.settings import Settings

ENDS_SOON: Final = timedelta(days=3)
MAIL_LATE: Final = timedelta(hours=1)
BACKUP_LATE: Final = timedelta(hours=48)  # twice the usual day
NIGHTS: Final = 40  # how far back we look for the night from which something was wrong
NAMES: Final = 3
INVITED_MOST: Final = 50  # people in one address


class Work(StrEnum):
    """What a line is about, in the order of the list."""

    FIRST_STEPS = "first_steps"
    DECISIONS = "decisions"
    CORRECTIONS = "corrections"
    AFTER_CERTIFICATE = "after_certificate"
    LATE_REVIEWS = "late_reviews"
    LEFT_UNREAD = "left_unread"
    LATE_READING = "late_reading"
    TO_MOVE = "to_move"
    TO_ASK = "to_ask"
    NO_GROUP = "no_group"
    TRAINER_WANTED = "trainer_wanted"
    NO_COACH = "no_coach"
    NOT_BACK = "not_back"
    BLOCKED = "blocked"
    OVER_TIME = "over_time"
    STANDING_STILL = "standing_still"
    COME_BACK = "come_back"
    MAIL = "mail"
    INVITATIONS = "invitations"
    DAYS_TO_PLAN = "days_to_plan"
    DAYS_TO_SETTLE = "days_to_settle"
    DAYS_TO_MAKE_UP = "days_to_make_up"
    TO_PLAN = "to_plan"
    TO_PUBLISH = "to_publish"
    TO_PLACE = "to_place"
    TO_SETTLE = "to_settle"
    NO_LEADER = "no_leader"
    TOO_SMALL = "too_small"
    NO_PLACE = "no_place"
    FILES_GO = "files_go"
    DRAFTS = "drafts"
    JOBS = "jobs"
    BACKUP = "backup"
    CHECK = "check"


@dataclass(frozen=True)
class WorkLine:
    """One line. `names` are a few of the people it is about; `round` belongs to the lines on intervision.

    `ends_in`: in how many days it ends, where `since` is a day that must still come. `course`: of an edition.
    """

    what: Work
    count: int
    href: str
    since: date | None = None
    names: tuple[str, ...] = ()
    round: RoundWork | None = None
    ends_in: int | None = None
    course: str = ""


@dataclass(frozen=True)
class Patience:
    """How long somebody may look before it asks for an admin: for a group, and for a trainer."""

    group: timedelta
    trainer: timedelta

    @classmethod
    def of(cls, settings: Settings) -> Patience:
        return cls(timedelta(days=settings.search_late_days), timedelta(days=settings.request_late_days))


USUAL: Final = Patience.of(Settings.model_construct())
"""As the settings are when nobody changed them."""


@dataclass(frozen=True)
class WorkList:
    """Everything that waits, and when the last backup was made."""

    lines: tuple[WorkLine, ...]
    backup_at: datetime | None
    reviews: tuple[WaitingRecord, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class _Found:
    """A line, and whom it is about; names are looked up once for all lines."""

    line: WorkLine
    people: Sequence[int] = ()


def work_list(db: Session, *, now: datetime, first_steps_open: bool, patience: Patience = USUAL) -> WorkList:
    """The list of this moment.

    The number of statements does not grow with what waits, but for three for each course whose trainers were not asked.
    """
    reviews = practice_waiting(db, now)
    background = background_of(db, now)
    asked_back, taken_back = corrections_work(db)
    watching = watched(db, now=now)
    waiting = _waiting(db, watching)
    found = [
        _Found(WorkLine(Work.FIRST_STEPS, 1, "/beheer/start")) if first_steps_open else None,
        _decisions(waiting),
        _corrections(Work.CORRECTIONS, asked_back, "/beheer/correcties"),
        _corrections(Work.AFTER_CERTIFICATE, taken_back, "/beheer/mensen?stand=certified"),
        _late_reviews(reviews),
        _left_unread(db, now),
        _late_reading(db, background.late, now) if background.late else None,
        *_editions(people_to_move(db, {one.enrolment.id for one in waiting}) if background.to_move else ()),
        *_editions(trainers_to_ask(db, local_day(now)) if background.unasked else ()),
        *_practice(db, now),
        _standing_still(watching, now),
        _no_group(db, now - patience.group),
        _trainer_wanted(db, now - patience.trainer),
        _mail(db, now),
        _invitations(db, now),
        *_training_days(db, now),
        *_rounds(db, now),
        _files_go(db, now),
        _drafts(db, now) if background.untouched else None,
        _failed_jobs(background),
        _check(db),
    ]
    backup_at = background.backup_at
    if not first_steps_open and (backup_at is None or now - backup_at > BACKUP_LATE):
        found.append(_Found(WorkLine(Work.BACKUP, 1, "", local_day(backup_at) if backup_at else None)))
    return WorkList(_named(db, [one for one in found if one is not None]), backup_at, tuple(reviews))


def _named(db: Session, found: Sequence[_Found]) -> tuple[WorkLine, ...]:
    """The lines with a few names each, read in one statement for all."""
    few = [list(dict.fromkeys(one.people))[:NAMES] for one in found]
    names = person_names(db, [id_ for ids in few for id_ in ids])
    return tuple(
        replace(one.line, names=tuple(names[id_] for id_ in ids if id_ in names)) if ids else one.line
        for one, ids in zip(found, few, strict=True)
    )


def _waiting(db: Session, watching: Sequence[Following]) -> list[Candidate]:
    """Who waits for a decision about the certificate, longest first."""
    far = [one for one in watching if one.practice.signed_off]
    theory, practice = ({one.enrolment.id: one.theory for one in far}, {one.enrolment.id: one.practice for one in far})
    known = judged(db, [one.enrolment for one in far], theory=theory, practice=practice)
    return [one for one in ready_of(known) if one.waits]


def _decisions(waiting: Sequence[Candidate]) -> _Found | None:
    if not waiting:
        return None
    line = WorkLine(Work.DECISIONS, len(waiting), "/beheer/besluiten", waiting[0].ready_on)
    return _Found(line, [one.enrolment.person_id for one in waiting])


def _corrections(what: Work, found: WaitingCorrections, href: str) -> _Found | None:
    """Sign-offs that somebody wants taken back, or that were while there is a certificate."""
    if found.since is None:
        return None
    if what is Work.AFTER_CERTIFICATE and len(found.person_ids) == 1:
        href = f"/beheer/mensen/{found.person_ids[0]}"
    return _Found(WorkLine(what, len(found.person_ids), href, local_day(found.since)), found.person_ids)


def _late_reviews(reviews: Sequence[WaitingRecord]) -> _Found | None:
    late = [one for one in reviews if one.late]
    if not late:
        return None
    href = f"/beheer/mensen/{late[0].person_id}" if len(late) == 1 else "/beheer/mensen?stand=training"
    line = WorkLine(Work.LATE_REVIEWS, len(late), href, local_day(late[0].waiting_since))
    return _Found(line, [one.person_id for one in late])


def _left_unread(db: Session, now: datetime) -> _Found | None:
    """Messages of professionals that no coach read within the days that she promises."""
    left = left_unread(db, now)
    if not left:
        return None
    href = f"/beheer/mensen/{left[0].person_id}" if len(left) == 1 else "/beheer/mensen?stand=training"
    line = WorkLine(Work.LEFT_UNREAD, len(left), href, local_day(left[0].since))
    return _Found(line, [one.person_id for one in left])


def _late_reading(db: Session, count: int, now: datetime) -> _Found | None:
    """Trainers who did not read in time what is new: they may begin no group."""
    found = late_reading(db, local_day(now))
    if found is None:  # the last one read it since they were counted
        return None
    course_slug, number, since = found
    href = f"/beheer/opleidingen/{course_slug}/edities/{number}#trainers"
    return _Found(WorkLine(Work.LATE_READING, count, href, since))


def _editions(found: Iterable[EditionWork]) -> list[_Found]:
    """What editions ask: see `app.reports.editions_work`."""
    return [
        _Found(WorkLine(Work(one.what), len(one.people), one.href, local_day(one.since), course=one.course), one.people)
        for one in found
    ]


def _practice(db: Session, now: datetime) -> list[_Found]:
    """What practice asks: see `app.practice.worklines`."""
    return [
        _Found(WorkLine(Work(one.what), one.count, one.href, local_day(one.since)), one.people)
        for one in practice_work(db, now=now)
    ]


def _standing_still(watching: Sequence[Following], now: datetime) -> _Found | None:
    """Who stands still and is to act herself: where others are to act, the other lines tell."""
    still = still_of(watching)
    if not still:
        return None
    cohorts = {one.enrolment.cohort_id for one in still}
    href = "/beheer/opleidingsgroepen"
    if len(cohorts) == 1:
        href += f"/{cohorts.pop()}/voortgang?toon={Show.STILL}"
    since = local_day(now) - timedelta(days=still[0].quiet)
    return _Found(WorkLine(Work.STANDING_STILL, len(still), href, since), [one.enrolment.person_id for one in still])


def _no_group(db: Session, before: datetime) -> _Found | None:
    looking = looking_since(db, before=before)
    if not looking:
        return None
    line = WorkLine(Work.NO_GROUP, len(looking), "/beheer/groepen", local_day(looking[0][1]))
    return _Found(line, [person_id for person_id, _ in looking])


def _trainer_wanted(db: Session, before: datetime) -> _Found | None:
    asked = asked_since(db, before=before)
    if not asked:
        return None
    names = tuple(dict.fromkeys(name for name, _ in asked))[:NAMES]
    return _Found(WorkLine(Work.TRAINER_WANTED, len(asked), "/beheer/groepen", local_day(asked[0][1]), names))


def _mail(db: Session, now: datetime) -> _Found | None:
    """Mail that came back, or that should have left long ago."""
    waits = (
        Message.sent_at.is_(None)
        & Message.bounced_at.is_(None)
        & Message.expired_at.is_(None)
        & Message.suppressed_at.is_(None)
        & (Message.send_at < now - MAIL_LATE)
    )
    row = db.execute(
        select(func.count().label("n"), func.min(Message.send_at).label("since"))
        .select_from(Message)
        .where(or_(Message.bounced_at.is_not(None), waits))
    ).one()
    return _Found(WorkLine(Work.MAIL, row.n, "/beheer/post", local_day(row.since))) if row.n else None


def _invitations(db: Session, now: datetime) -> _Found | None:
    """Newest invitations that ran out, or do so within days, of people who did not come in."""
    newer = aliased(Invitation)
    rows = db.execute(
        select(Invitation.person_id, Invitation.expires_at)
        .join(Person, Person.id == Invitation.person_id)
        .outerjoin(Account, Account.person_id == Invitation.person_id)
        .where(
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at <= now + ENDS_SOON,
            Account.person_id.is_(None),
            Person.erased_at.is_(None),
            ~exists().where(newer.person_id == Invitation.person_id, newer.id > Invitation.id),
        )
        .order_by(Invitation.expires_at)
    ).all()
    if not rows:
        return None
    ids = [row.person_id for row in rows]
    first = rows[0].expires_at
    line = WorkLine(
        Work.INVITATIONS,
        len(rows),
        "/beheer/mensen/uitnodigen?" + "&".join(f"person={id_}" for id_ in ids[:INVITED_MOST]),
        local_day(first),
        ends_in=(local_day(first) - local_day(now)).days if first > now else None,
    )
    return _Found(line, ids)


def _training_days(db: Session, now: datetime) -> list[_Found]:
    """What scholingsdagen ask: see `app.courses.training_days.waiting`."""
    return [
        _Found(WorkLine(Work(one.what), one.count, one.href, one.since), one.people)
        for one in days_work(db, today=local_day(now))
    ]


def _rounds(db: Session, now: datetime) -> list[_Found]:
    lines: list[_Found] = []
    for one in rounds_waiting(db, partial(owing_meetings, db), now=now):
        href = f"/beheer/intervisie/{one.round_id or f'seizoen?year={one.year}'}"
        if one.what == Work.TO_PLACE:
            lines.append(_Found(WorkLine(Work.TO_PLACE, one.count, f"{href}/plaatsen", round=one)))
        elif one.what != Work.NO_PLACE:
            lines.append(_Found(WorkLine(Work(one.what), one.count, href, round=one)))
        elif one.round_id is not None and (people := _left_out(db, one.round_id, now)):
            lines.append(_Found(WorkLine(Work.NO_PLACE, len(people), href, round=one), people))
    return lines


def _left_out(db: Session, round_id: int, now: datetime) -> list[int]:
    """Who is left without a place and still has a certificate; a round that was called off is rare."""
    intervention_id = round_page(db, round_id, now=now).round.intervention_id
    return sorted(without_place(db, round_id, now=now) & invitees(db, intervention_id, local_day(now)).person_ids)


def _files_go(db: Session, now: datetime) -> _Found | None:
    """Evidence that will be removed within two weeks: who still needs it can say so now."""
    soon = going(db, now=now, ahead=SOON)
    if not soon:
        return None
    people = tuple(dict.fromkeys(one.person for one in soon))[:NAMES]
    return _Found(WorkLine(Work.FILES_GO, sum(one.files for one in soon), "/beheer/bewaren", names=people))


def _check(db: Session) -> _Found | None:
    """What last night's check found, since the first night that found something (security.md 2)."""
    nights = db.execute(
        select(LedgerEvent.at, LedgerContent.content)
        .join(LedgerContent, LedgerContent.event_id == LedgerEvent.id)
        .where(LedgerEvent.action == "upkeep.checked")
        .order_by(LedgerEvent.at.desc())
        .limit(NIGHTS)
    ).all()
    wrong = list(takewhile(lambda night: night.content.get("violations"), nights))
    if not wrong:
        return None
    return _Found(WorkLine(Work.CHECK, int(wrong[0].content["violations"]), "", local_day(wrong[-1].at)))


def _drafts(db: Session, now: datetime) -> _Found | None:
    """Changes to a course that nobody published, and nobody touched for a month."""
    lying = left_lying(db, before=now - DRAFT_LIES)
    if not lying:
        return None
    href = f"/beheer/opleidingen/{lying[0].slug}" if len(lying) == 1 else "/beheer/opleidingen"
    return _Found(WorkLine(Work.DRAFTS, len(lying), href, local_day(lying[0].changed_at)))


def _failed_jobs(background: Background) -> _Found | None:
    if background.failed_since is None:
        return None
    return _Found(WorkLine(Work.JOBS, background.failed, "", local_day(background.failed_since)))
