"""Drafts that come in from a phone: late, twice, out of order, from two devices. One effect, and nothing lost.

A device numbers what it sends and says on which version of the form it builds. Its clock is never asked. What came
before is told so; what another device wrote in the meantime is given back, for the coach to choose. Locking the draft
to one device was not chosen: the phone that holds the lock may lie at the bottom of a bag.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.courses.editions import edition_of
from app.kit.errors import Refused
from app.people.rules import Viewer
from app.practice.actions.assessing import form_of, keep, stands
from app.practice.actions.cases import Case, coached_case
from app.practice.rules.forms import Gap, Observation, gaps
from app.practice.rules.states import may_be_observed, waits_for_coach
from app.practice.tables.coaching import Assessment, DraftDevice


@dataclass(frozen=True)
class Sending:
    """One send of one device: the attempt that it is about, the version that it builds on, its number there."""

    device: str
    number: int
    attempt: int
    version: int
    whole: bool = False


@dataclass(frozen=True)
class Taken:
    """What stands after a draft came in.

    `conflict`: something else than what was sent, by another device; `known`: this send was taken in before.
    `handed_in`: the professional's work waits for a decision. `open_ones`: what lacks, when the coach said that it
    was whole.
    """

    version: int
    saved: Observation
    saved_at: datetime
    finished: bool
    handed_in: bool
    conflict: bool = False
    known: bool = False
    open_ones: tuple[Gap, ...] = ()


def take_in(db: Session, *, by: Viewer, record_id: int, given: Observation, sent: Sending, now: datetime) -> Taken:
    """Keep a draft that a device sent, or say what stands instead.

    Raises: NotFound when the record is not hers (any more); Refused when the form is closed, unless it already
    stands there word for word: then the answer was lost on the way, and that is all.
    """
    case = coached_case(db, by=by, record_id=record_id, now=now)
    form = form_of(db, case, by=by, attempt=sent.attempt)
    device = db.get(DraftDevice, (form.id, sent.device)) if form else None
    ours = form is not None and device is not None and device.version == form.version
    if form is not None and stands(form, given) and (form.finished_at is not None or not sent.whole):
        _note(db, form, device, sent, now=now)
        return _taken(case, form)
    if not may_be_observed(case.path.state) or case.record.attempt != sent.attempt:
        raise Refused("form_closed")
    if form is not None and device is not None and sent.number <= device.number:
        return _taken(case, form, conflict=not ours, known=True)
    if form is not None and form.version != sent.version and not ours and not stands(form, given):
        return _taken(case, form, conflict=True)
    lacking = (
        gaps(given, case.definition, edition_of(db, case.enrolment.practice_edition_id).rubric) if sent.whole else []
    )
    form = keep(db, case, form, by=by, given=given, whole=sent.whole and not lacking, now=now)
    _note(db, form, device, sent, now=now)
    return _taken(case, form, open_ones=tuple(lacking))


def _note(db: Session, form: Assessment, device: DraftDevice | None, sent: Sending, *, now: datetime) -> None:
    """Remember how far the device is; an older send that comes in late changes nothing of that."""
    if device is None:
        db.add(
            DraftDevice(
                assessment_id=form.id, device=sent.device, number=sent.number, version=form.version, sent_at=now
            )
        )
    elif sent.number > device.number:
        device.number, device.version, device.sent_at = sent.number, form.version, now
    db.flush()


def _taken(
    case: Case, form: Assessment, *, conflict: bool = False, known: bool = False, open_ones: tuple[Gap, ...] = ()
) -> Taken:
    return Taken(
        version=form.version,
        saved=Observation.from_facts(form.form),
        saved_at=form.saved_at,
        finished=form.finished_at is not None,
        handed_in=waits_for_coach(case.path.state),
        conflict=conflict,
        known=known,
        open_ones=open_ones,
    )
