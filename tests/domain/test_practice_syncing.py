"""Drafts from phones: replayed, out of order, late, from two devices. One effect, and nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import func, select

from app.kit.clock import MovableClock
from app.kit.db import Database
from app.kit.errors import NotFound, Refused
from app.kit.storage import Storage, folder
from app.ledger.tables import LedgerEvent
from app.people.actions.accounts import revoke_role
from app.people.queries import viewer_for
from app.people.rules import Role
from app.practice import inputs
from app.practice.actions import noting
from app.practice.actions.keeping import expire_files
from app.practice.actions.syncing import Sending, Taken, take_in
from app.practice.actions.visits import cancel_visit
from app.practice.notes import notes_of
from app.practice.observation_page import observation_page
from app.practice.phone import form_for_phone, open_forms
from app.practice.rules.states import FILES_KEPT
from app.practice.tables.coaching import Assessment, CoachNote, DraftDevice
from tests.practising import Practising, begin, hand_over, observation, observe, sign

if TYPE_CHECKING:
    from app.people.rules import Viewer

PHONE: Final = "telefoon-van-ruben"
TABLET: Final = "tablet-van-ruben-1"


@pytest.fixture
def storage(data_dir: Path) -> Storage:
    return folder(data_dir / "files")


@dataclass
class Desk:
    """Ruben's devices and what they send."""

    database: Database
    clock: MovableClock
    at_work: Practising

    def send(
        self,
        number: int,
        version: int,
        *,
        device: str = PHONE,
        whole: bool = False,
        attempt: int = 1,
        by: Viewer | None = None,
        **words: str,
    ) -> Taken:
        with self.database.writing() as db:
            given = observation(db, self.at_work, **words)
            return take_in(
                db,
                by=by or self.at_work.ruben,
                record_id=self.at_work.record_id,
                given=given,
                sent=Sending(device, number, attempt, version, whole),
                now=self.clock.now(),
            )

    def stored(self) -> Assessment:
        with self.database.reading() as db:
            return db.scalars(select(Assessment).order_by(Assessment.attempt.desc())).first()  # type: ignore[return-value]

    def count(self, table: type) -> int:
        with self.database.reading() as db:
            return db.scalar(select(func.count()).select_from(table)) or 0

    def assessed(self) -> int:
        with self.database.reading() as db:
            events = select(func.count()).select_from(LedgerEvent).where(LedgerEvent.action == "practice.assessed")
            return db.scalar(events) or 0


@pytest.fixture
def desk(database: Database, storage: Storage, clock: MovableClock) -> Desk:
    return Desk(database, clock, begin(database, storage, clock, until="handed_in"))


def test_the_same_send_ten_times_counts_once(desk: Desk) -> None:
    first = desk.send(1, 0, whole=True)
    kept = desk.stored()
    desk.clock.advance(timedelta(days=2))
    again = [desk.send(1, 0, whole=True) for _ in range(10)]
    assert {(one.version, one.conflict, one.finished) for one in [first, *again]} == {(1, False, True)}
    now = desk.stored()
    assert (now.version, now.saved_at, now.finished_at) == (kept.version, kept.saved_at, kept.finished_at)
    assert desk.assessed() == 1
    assert (desk.count(Assessment), desk.count(DraftDevice)) == (1, 1)


def test_an_answer_that_was_lost_is_no_conflict(desk: Desk) -> None:
    """The phone went on typing on the version it knew: what stands since then is its own."""
    desk.send(1, 0, strong_1="Rust")
    desk.send(2, 0, strong_1="Rust en tijd")
    third = desk.send(3, 0, strong_1="Rust, tijd en humor")
    assert (third.version, third.conflict) == (3, False)
    assert desk.stored().form["strong"] == ["Rust, tijd en humor"]


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_in_whatever_order_they_arrive_the_last_one_typed_stands(desk: Desk, order: tuple[int, ...]) -> None:
    typed = {1: "R", 2: "Ru", 3: "Rust"}
    for number in order:
        assert not desk.send(number, 0, strong_1=typed[number]).conflict
    assert desk.stored().form["strong"] == ["Rust"]
    for number in order:  # and all of it once more, two days later
        desk.clock.advance(timedelta(days=1))
        assert not desk.send(number, 0, strong_1=typed[number]).conflict
    assert desk.stored().form["strong"] == ["Rust"]


def test_typed_and_taken_back_before_the_first_arrived(desk: Desk) -> None:
    """A word that is as it was is a send of its own, so that what it took back does not come back."""
    desk.send(1, 0, strong_1="Rust")
    desk.send(3, 1, strong_1="Rust")
    late = desk.send(2, 1, strong_1="Onrust")
    assert late.known
    assert desk.stored().form["strong"] == ["Rust"]


def test_a_second_device_gets_back_what_stands_and_changes_nothing(desk: Desk) -> None:
    desk.send(1, 0, strong_1="Van de telefoon")
    kept = desk.stored()
    other = desk.send(1, 0, device=TABLET, strong_1="Van de tablet")
    assert (other.conflict, other.known, other.version) == (True, False, 1)
    assert other.saved.strong == ("Van de telefoon",)
    assert desk.stored().version == kept.version
    settled = desk.send(2, other.version, device=TABLET, strong_1="Van allebei")
    assert (settled.conflict, settled.version) == (False, 2)
    behind = desk.send(2, 1, strong_1="De telefoon weer")
    assert (behind.conflict, behind.saved.strong) == (True, ("Van allebei",))
    assert desk.stored().form["strong"] == ["Van allebei"]


def test_a_late_repeat_says_that_it_was_taken_in_and_what_came_after(desk: Desk) -> None:
    desk.send(1, 0, strong_1="Rust")
    desk.send(1, 1, device=TABLET, strong_1="Rust en tijd")
    desk.clock.advance(timedelta(days=2))
    late = desk.send(1, 0, strong_1="Rust")
    assert (late.known, late.conflict, late.saved.strong) == (True, True, ("Rust en tijd",))
    assert desk.stored().version == 2


def test_the_form_on_the_page_counts_as_another_device(desk: Desk) -> None:
    desk.send(1, 0, strong_1="Van de telefoon")
    observe(desk.database, desk.at_work, desk.clock, version=1, whole=False, strong_1="Van het bureau")
    assert desk.send(2, 1, strong_1="Van de telefoon, langer").conflict
    assert desk.stored().form["strong"] == ["Van het bureau"]


def test_two_devices_with_the_same_words_do_not_quarrel(desk: Desk) -> None:
    desk.send(1, 0, strong_1="Rust")
    same = desk.send(1, 0, device=TABLET, strong_1="Rust")
    assert (same.conflict, same.version) == (False, 1)
    whole = desk.send(2, 0, device=TABLET, strong_1="Rust", whole=True)
    assert (whole.conflict, whole.finished) == (False, True)
    assert desk.assessed() == 1


def test_what_lacks_is_told_and_the_rest_is_kept(desk: Desk) -> None:
    taken = desk.send(1, 0, whole=True, agreement_1="", score_SM1="")
    assert {gap.field for gap in taken.open_ones} == {"agreement_1", "score_SM1"}
    assert not taken.finished
    assert desk.stored().form["strong"] == ["Rust"]
    assert desk.assessed() == 0


def test_signed_in_the_meantime(desk: Desk) -> None:
    desk.send(1, 0, whole=True)
    sign(desk.database, desk.at_work, desk.clock)
    lost = desk.send(1, 0, whole=True)  # its answer was lost; it stands, so all is well
    assert (lost.conflict, lost.finished, lost.handed_in) == (False, True, False)
    with pytest.raises(Refused, match="form_closed"):
        desk.send(2, 1, strong_1="Te laat")
    assert desk.stored().form["strong"] == ["Rust"]


def test_a_draft_of_an_attempt_that_is_over_does_not_land_in_the_next(desk: Desk) -> None:
    desk.send(1, 0, whole=True, score_SM1="1")
    sign(desk.database, desk.at_work, desk.clock, "not_met", reason="Samen nog een keer")
    with pytest.raises(Refused, match="form_closed"):
        desk.send(2, 1, strong_1="Hoort bij de eerste keer")
    assert desk.count(Assessment) == 1


def test_the_visit_is_called_off(database: Database, storage: Storage, clock: MovableClock) -> None:
    desk = Desk(database, clock, begin(database, storage, clock, until="planned"))
    desk.send(1, 0)
    with database.writing() as db:
        cancel_visit(db, by=desk.at_work.ruben, record_id=desk.at_work.record_id, reason="Ziek", now=clock.now())
    with pytest.raises(Refused, match="form_closed"):
        desk.send(2, 1, strong_1="Anders")


def test_after_a_hand_over_nothing_comes_in_and_nothing_is_told(desk: Desk) -> None:
    desk.send(1, 0, strong_1="Rust")
    handed = hand_over(desk.database, desk.at_work, desk.clock, "Bram de Boer")
    with pytest.raises(NotFound):
        desk.send(2, 1, strong_1="Van de vorige coach")
    hers = Desk(desk.database, desk.clock, handed)
    first = hers.send(1, 0, device=TABLET, strong_1="Van de nieuwe coach")
    assert (first.version, first.conflict) == (1, False)  # drafts stay with their author
    assert desk.count(Assessment) == 2


def test_somebody_who_is_no_coach_any_more(desk: Desk) -> None:
    with desk.database.writing() as db:
        for slug in desk.at_work.ruben.coach_of:
            revoke_role(
                db,
                by=desk.at_work.training.cast.fatma,
                person_id=desk.at_work.ruben.id,
                role=Role.COACH,
                intervention=slug,
                now=desk.clock.now(),
            )
        after = viewer_for(db, desk.at_work.ruben.id)
    with pytest.raises(Refused, match="not_coach_of_intervention"):  # what her phone then says, beside her words
        desk.send(1, 0, by=after)
    assert desk.count(Assessment) == 0


def test_foreign_records_do_not_exist(desk: Desk) -> None:
    cast = desk.at_work.training.cast
    for stranger in (cast.joris, cast.noor, cast.fatma):
        with pytest.raises(NotFound):
            desk.send(1, 0, by=stranger)
    assert desk.count(Assessment) == 0


def test_the_phone_gets_what_the_form_needs_and_no_view_of_the_other_side(desk: Desk) -> None:
    at_work = desk.at_work
    desk.send(1, 0, whole=True)
    with desk.database.reading() as db:
        [one] = open_forms(db, at_work.ruben)
        page = observation_page(db, at_work.ruben, at_work.record_id, now=desk.clock.now())
        form = form_for_phone(page, notes_of(db, page.enrolment_id, viewer_id=at_work.ruben.id))
        assert open_forms(db, at_work.training.cast.fatma) == ()
    assert (one.record_id, form["record"], form["version"]) == (at_work.record_id, at_work.record_id, 1)
    assert form["fields"]["strong_1"] == "Rust"
    assert [item["code"] for fold in form["folds"] for item in fold["criteria"]] == ["SM1", "VS1"]
    assert "Ik vond het spannend" not in str(form)  # Noor's note about herself, in by now
    assert {"marks", "self_note", "self_scores"} & set(form) == set()


def test_a_form_has_another_mark_once_it_changed_and_goes_with_the_decision(desk: Desk) -> None:
    def marks() -> list[str]:
        with desk.database.reading() as db:
            return [one.mark for one in open_forms(db, desk.at_work.ruben)]

    before = marks()
    assert marks() == before
    desk.send(1, 0, whole=True)
    assert marks() != before
    before = marks()
    with desk.database.writing() as db:
        which = desk.at_work.training.enrolment_id
        noting.write_note(
            db, by=desk.at_work.ruben, enrolment_id=which, given=inputs.Note(text="Bel"), now=desk.clock.now()
        )
        note_id = db.scalars(select(CoachNote.id)).one()
    noted = marks()
    assert noted != before
    with desk.database.writing() as db:  # another one in its place
        noting.remove_note(db, by=desk.at_work.ruben, enrolment_id=which, note_id=note_id, now=desk.clock.now())
        noting.write_note(
            db, by=desk.at_work.ruben, enrolment_id=which, given=inputs.Note(text="Mail"), now=desk.clock.now()
        )
    assert marks() != noted
    sign(desk.database, desk.at_work, desk.clock)
    assert marks() == []


def test_how_far_a_device_is_goes_after_ninety_days(desk: Desk) -> None:
    desk.send(1, 0)
    with desk.database.writing() as db:
        expire_files(db, now=desk.clock.now() + FILES_KEPT - timedelta(minutes=1))
    assert desk.count(DraftDevice) == 1
    with desk.database.writing() as db:
        expire_files(db, now=desk.clock.now() + FILES_KEPT + timedelta(minutes=1))
    assert desk.count(DraftDevice) == 0
    assert desk.count(Assessment) == 1


def test_kept_forms_are_the_same_for_an_admin_who_coaches(desk: Desk) -> None:
    """What she may do as an admin makes nobody's draft hers."""
    ruben: Any = replace(desk.at_work.ruben, roles=desk.at_work.ruben.roles | {Role.ADMIN})
    assert not desk.send(1, 0, by=ruben).conflict
    assert desk.stored().coach_id == ruben.id
