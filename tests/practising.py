"""Noor at work on the assignment of the tiny course, step by step through the real actions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from PIL import Image
from sqlalchemy import select

from app.courses.actions.coaching import assign_coach
from app.courses.editions import edition_of
from app.delivery import actions as delivery
from app.delivery.inputs import Group
from app.delivery.tables import DeliveryDate
from app.kit.db import Database
from app.kit.errors import NotFound
from app.kit.pictures import Photo
from app.kit.storage import Storage
from app.people.actions.accounts import grant_role
from app.people.queries import viewer_for
from app.people.rules import Role, Viewer
from app.practice import inputs
from app.practice.actions import assessing, evidence, observed_photos, records, reflections, visits
from app.practice.observation_page import observation_page
from app.practice.queries import form_parts
from app.practice.rules.forms import Observation
from app.practice.tables.coaching import Assessment
from app.practice.tables.work import Preparation, ReflectionDraft, Submission
from tests.people import Cast, make_person
from tests.support.again import again_in
from tests.trained import Training, finish_theory, in_training

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kit.clock import MovableClock

PREPARED: Final = inputs.Preparation(
    goal="Iedereen kiest een beeld", session_plan="Kring, werken, kring", learning_question="Durf ik te wachten?"
)
SCORED: Final = {"self_SM1": "2", "self_VS1": "3"}
OBSERVED: Final = {
    "score_SM1": "3",
    "score_VS1": "3",
    "note_VS1": "Kwam rustig terug op de afspraak.",
    "check_afspraak-genoemd": "ja",
    "check_iets-gemaakt": "bewust-anders",
    "reason_iets-gemaakt": "De groep wilde eerst praten",
    "strong_1": "Rust",
    "growing_1": "Vaker open vragen",
    "agreement_1": "Noor schrijft voor donderdag drie vragen op",
}
DAY: Final = date(2026, 12, 3)
LOOKED_BACK: Final = inputs.Reflection(
    situation="Iemand wilde stoppen",
    task="Ruimte laten",
    action="Ik wachtte",
    result="Ze ging verder",
    reflection="Wachten werkt",
    transfer="Vaker wachten",
)
VISIT_AT: Final = datetime(2026, 12, 3, 12, 30, tzinfo=UTC)
WHERE: Final = {"place": "De Esdoorn", "address": "Dorpsstraat 1", "municipality": "Rotterdam"}


@dataclass(frozen=True)
class Practising:
    """Noor with her record; `dates` are the ids of her group's dates, in order."""

    training: Training
    storage: Storage
    record_id: int
    dates: tuple[int, ...]

    @property
    def noor(self) -> Viewer:
        return self.training.cast.noor

    @property
    def ruben(self) -> Viewer:
        return self.training.cast.ruben


def group_form(**changes: Any) -> dict[str, str]:
    """Two meetings, the second one the end presentation, as the form sends them."""
    fields = WHERE | {"goal_group": "Buren", "rows": "2"}
    for number, kind in ((1, "session"), (2, "end_presentation")):
        fields |= {
            f"id_{number}": "",
            f"kind_{number}": kind,
            f"day_{number}": (DAY + timedelta(days=7 * (number - 1))).isoformat(),
            f"starts_{number}": "13:30",
            f"ends_{number}": "15:30",
        }
    return fields | {name: str(value) for name, value in changes.items()}


def make_group(db: Session, by: Viewer, *, now: datetime, **changes: Any) -> tuple[int, ...]:
    """Enter a group; gives the ids of its dates."""
    given = Group.model_validate(group_form(**changes))
    group_id = delivery.save_group(db, by=by, given=given, authorised=(), pinned=frozenset(), now=now)
    return tuple(
        db.scalars(select(DeliveryDate.id).where(DeliveryDate.delivery_id == group_id).order_by(DeliveryDate.starts_at))
    )


def begin(
    database: Database, storage: Storage, clock: MovableClock, *, until: str = "open", **policy: Any
) -> Practising:
    """Bring Noor to a step: open, prepared, planned, visited, handed_in or observed. Moves the clock."""
    key = ("begin", clock.now(), until, *sorted(policy.items()))

    def make() -> tuple[Practising, datetime]:
        return _brought(database, storage, clock, until, policy), clock.now()

    at_work, moved = again_in(database, storage, key, make)
    clock.set(moved)
    return replace(at_work, storage=storage)


def _brought(
    database: Database, storage: Storage, clock: MovableClock, until: str, policy: dict[str, Any]
) -> Practising:
    now = clock.now()
    with database.writing() as db:
        training = in_training(db, storage, now=now, **policy)
        training = replace(training, cast=_fresh(db, training.cast, now))
        finish_theory(db, training, now=now)
        ((assignment_id, _),) = edition_of(db, training.edition_id).assignments
        record_id = records.open_record(db, by=training.cast.noor, assignment_id=assignment_id, now=now)
        dates = make_group(db, training.cast.noor, now=now)
    at_work = Practising(training, storage, record_id, dates)
    for step in ("open", "prepared", "planned", "visited", "handed_in", "observed"):
        _STEPS[step](database, at_work, clock)
        if step == until:
            break
    return at_work


def _fresh(db: Session, cast: Cast, now: datetime) -> Cast:
    """Everybody as she is after the roles were given, with a proof of just now."""

    def again(one: Viewer) -> Viewer:
        return replace(viewer_for(db, one.id), factor_at=now)

    return replace(cast, noor=again(cast.noor), ruben=again(cast.ruben), fatma=again(cast.fatma))


def fresh(viewer: Viewer, clock: MovableClock) -> Viewer:
    """The same person, who proved just now who she is."""
    return replace(viewer, factor_at=clock.now())


def shaded(shade: int) -> Photo:
    """A photo of an even shade, as it comes out of the decoder."""
    out = BytesIO()
    Image.new("RGB", (16, 12), (shade, shade, shade)).save(out, "WEBP")
    return Photo(out.getvalue(), out.getvalue() + b"\0", 16, 12)


def add_photo(database: Database, at_work: Practising, clock: MovableClock, *, shade: int = 90) -> int:
    """A photo of the professional, of an even shade."""
    stored = evidence.store_photo(at_work.storage, shaded(shade), now=clock.now())
    with database.writing() as db:
        return evidence.add_photo(
            db,
            by=at_work.noor,
            record_id=at_work.record_id,
            given=inputs.PhotoNote(recognisable="nobody", caption="Huizen van karton"),
            stored=stored,
            now=clock.now(),
        )


def add_visit_photo(
    database: Database,
    at_work: Practising,
    clock: MovableClock,
    *,
    shade: int = 120,
    sent_key: str | None = None,
) -> int:
    """A photo that the coach took, of an even shade."""
    stored = evidence.store_photo(at_work.storage, shaded(shade), now=clock.now())
    with database.writing() as db:
        return observed_photos.add_photo(
            db,
            by=at_work.ruben,
            record_id=at_work.record_id,
            given=inputs.VisitPhotoNote(recognisable="nobody", caption="De kring"),
            stored=stored,
            sent_key=sent_key,
            now=clock.now(),
        )


def self_view(db: Session, at_work: Practising, scores: dict[str, str] | None = None) -> inputs.SelfView:
    model = inputs.self_view(*form_parts(db, at_work.noor, at_work.record_id))
    written = db.get(Preparation, at_work.record_id)
    version = {"version": written.draft_version if written else 0}
    return model.model_validate((SCORED if scores is None else scores) | {"note": "Ik vond het spannend"} | version)


def observation(db: Session, at_work: Practising, **changes: str) -> Observation:
    model = inputs.observation_form(*form_parts(db, at_work.ruben, at_work.record_id))
    return model.model_validate(
        OBSERVED | {name.replace("__", "-"): text for name, text in changes.items()}
    ).observation()


def look_back(database: Database, at_work: Practising, clock: MovableClock, **changes: Any) -> int:
    """Write what looking back asks for; gives the version of the draft."""
    with database.writing() as db:
        draft = db.get(ReflectionDraft, at_work.record_id)
        given = LOOKED_BACK.model_copy(update={"version": draft.version if draft else 0} | changes)
        return reflections.keep_reflection(
            db, by=at_work.noor, record_id=at_work.record_id, given=given, now=clock.now()
        )


def hand_in(database: Database, at_work: Practising, clock: MovableClock, scores: dict[str, str] | None = None) -> int:
    """Look back, score oneself and hand in; gives the submission."""
    look_back(database, at_work, clock)
    with database.writing() as db:
        given = self_view(db, at_work, scores)
        return records.submit(db, by=at_work.noor, record_id=at_work.record_id, given=given, now=clock.now())


def observe(
    database: Database,
    at_work: Practising,
    clock: MovableClock,
    *,
    version: int = 0,
    whole: bool = True,
    **changes: str,
) -> int:
    with database.writing() as db:
        return assessing.save_observation(
            db,
            by=at_work.ruben,
            record_id=at_work.record_id,
            given=observation(db, at_work, **changes),
            version=version,
            whole=whole,
            now=clock.now(),
        )


def basis_now(db: Session, coach: Viewer, record_id: int) -> str:
    """What the signing page would say that a coach has before her; empty when she has nothing to sign."""
    try:
        basis = observation_page(db, coach, record_id, now=VISIT_AT).basis
    except NotFound:
        return ""
    return basis.digest if basis else ""


def signature(db: Session, at_work: Practising, decision: str = "signed_off", **more: Any) -> inputs.Signature:
    """A signature under what lies there now."""
    submission_id = db.scalars(
        select(Submission.id).where(Submission.record_id == at_work.record_id).order_by(Submission.number.desc())
    ).first()
    version = db.scalars(
        select(Assessment.version)
        .where(Assessment.record_id == at_work.record_id, Assessment.coach_id == at_work.ruben.id)
        .order_by(Assessment.attempt.desc())
    ).first()
    named = {
        "submission_id": submission_id,
        "version": version,
        "basis": basis_now(db, at_work.ruben, at_work.record_id),
    }
    return inputs.Signature.model_validate(
        {"decision": decision, "seen": "on"}
        | named
        | ({"by_when": "2026-12-17"} if decision == "returned" else {})
        | more
    )


def sign(
    database: Database, at_work: Practising, clock: MovableClock, decision: str = "signed_off", **more: Any
) -> int:
    with database.writing() as db:
        given = signature(db, at_work, decision, **more)
        return assessing.sign(
            db, by=fresh(at_work.ruben, clock), record_id=at_work.record_id, given=given, now=clock.now()
        )


def hand_over(database: Database, at_work: Practising, clock: MovableClock, to: str) -> Practising:
    """Somebody else coaches Noor from now on; she is the coach in what comes back."""
    with database.writing() as db:
        coach = make_person(db, to, now=clock.now())
        for slug in at_work.ruben.coach_of:
            grant_role(db, by=None, person_id=coach, role=Role.COACH, intervention=slug, now=clock.now())
    return coached_by(database, at_work, clock, coach)


def coached_by(database: Database, at_work: Practising, clock: MovableClock, coach_id: int) -> Practising:
    """The same work with another coach, from now on."""
    training = at_work.training
    with database.writing() as db:
        fatma, enrolment_id = training.cast.fatma, training.enrolment_id
        assign_coach(db, by=fatma, enrolment_id=enrolment_id, coach_id=coach_id, now=clock.now())
        coach = replace(viewer_for(db, coach_id), factor_at=clock.now())
    return replace(at_work, training=replace(training, cast=replace(training.cast, ruben=coach)))


def _open(_database: Database, _at_work: Practising, _clock: MovableClock) -> None:
    return


def _prepare(database: Database, at_work: Practising, clock: MovableClock) -> None:
    with database.writing() as db:
        records.prepare(db, by=at_work.noor, record_id=at_work.record_id, given=PREPARED, now=clock.now())


def _plan(database: Database, at_work: Practising, clock: MovableClock) -> None:
    with database.writing() as db:
        visits.plan_visit(db, by=at_work.ruben, record_id=at_work.record_id, date_id=at_work.dates[0], now=clock.now())


def _visit(_database: Database, _at_work: Practising, clock: MovableClock) -> None:
    clock.set(VISIT_AT + timedelta(hours=3))


def _hand_in(database: Database, at_work: Practising, clock: MovableClock) -> None:
    add_photo(database, at_work, clock)
    hand_in(database, at_work, clock)


def _observe(database: Database, at_work: Practising, clock: MovableClock) -> None:
    clock.advance(timedelta(hours=1))
    observe(database, at_work, clock)


_STEPS: Final = {
    "open": _open,
    "prepared": _prepare,
    "planned": _plan,
    "visited": _visit,
    "handed_in": _hand_in,
    "observed": _observe,
}
